"""What is nearly a word to stop a reply, and nothing else: "/stop", "! Stop", "stop!", "wacht even", "!stpo".

Pure, and tolerant: a reply that was stopped can be written again, one that went out cannot be taken back.
"""

from __future__ import annotations

import difflib
import re

from bot.cases.characters import is_unseen
from bot.guide.lookalikes import skeleton

#: No wish to stop is longer.
_LONGEST = 60
#: Signs, and the digit that is typed where shift does not catch.
_MARKS = re.compile(r"[\W_]*1?")
#: The signs that begin a word for the bot, and what is typed in their place; no other means one.
_OF_WORDS = frozenset("!/\\❗")
_STOP = re.compile(
    r"(?:(?:nee|no|oeps|oops|oh|sorry|please|graag|svp|aub) )*"
    r"(?:stop(?:pen)?|wacht|wait|hold(?: on| it)?|halt|ho|cancel|annuleer|annuleren|undo|intrekken"
    r"|tegenhouden|houd? tegen|niet (?:doen|(?:ver)?sturen|verzenden|plaatsen)|(?:ver)?stuur niet"
    r"|(?:do not|don t|dont) (?:send|post)|(?:wrong|verkeerde) (?:case|customer|klant|thread))"
    r"(?: (?:maar|even|eens|nu|now|nog|dit|dat|deze|die|it|this|that|him|her|them|hem|haar|ze|all|alles|ermee"
    r"|please|pls|svp|aub|graag|a|het|de|the|sec|second|minute|moment|bericht|message|antwoord|reply|stop|wacht"
    r"|wait|nee|no))*"
)
#: Signs that say it without a word.
_SIGNS = frozenset("🛑❌⛔✋🚫⏹⏸")
#: What may stand beside such a sign: a shade of skin, or more weight.
_BESIDE = frozenset("!.…🏻🏼🏽🏾🏿")
_LIKE_STOP = ("stop", "stoppen")
_CLOSE = 0.75


def is_nearly_stop(text: str) -> bool:
    """Whether a text says nothing but that something is to be stopped. A misspelt word needs a mark in front.

    >>> [is_nearly_stop(text) for text in ("! Stop", "wacht even!", "!stpo", "🛑", "Top!")]
    [True, True, True, True, False]
    """
    if len(text) > _LONGEST:
        return False
    plain = "".join(char for char in skeleton(text) if not is_unseen(char))
    marks = _MARKS.match(plain)
    start = marks.end() if marks else 0
    words = re.sub(r"[\W_]+", " ", plain[start:]).strip()
    if not words:
        return not _SIGNS.isdisjoint(plain) and all(
            char in _SIGNS or char in _BESIDE or char.isspace() for char in plain
        )
    is_marked = not _OF_WORDS.isdisjoint(plain[:start])
    return bool(_STOP.fullmatch(words)) or (
        is_marked and bool(difflib.get_close_matches(words, _LIKE_STOP, 1, _CLOSE))
    )
