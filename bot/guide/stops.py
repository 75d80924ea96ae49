"""What is nearly a word to stop a reply, and nothing else: "/stop", "! Stop", "stop!", "wacht even", "!stpo".

Pure, and tolerant: a reply that was stopped can be written again, one that went out cannot be taken back.
"""

from __future__ import annotations

import difflib
import re
import unicodedata

from bot.cases.characters import is_unseen

#: No wish to stop is longer.
_LONGEST = 60
#: Signs, and the digit that is typed where shift does not catch.
_MARKS = re.compile(r"[\W_]*1?")
_STOP = re.compile(
    r"(?:(?:nee|no|oeps|oops|oh|sorry|please|graag|svp|aub) )*"
    r"(?:stop(?:pen)?|wacht|wait|hold(?: on| it)?|halt|ho|cancel|annuleer|annuleren|undo|intrekken"
    r"|tegenhouden|niet (?:(?:ver)?sturen|verzenden|plaatsen)|(?:do not|don t|dont) (?:send|post))"
    r"(?: (?:maar|even|eens|nu|now|nog|dit|dat|deze|die|it|this|that|please|svp|aub|graag|a|het|the|bericht"
    r"|message|antwoord|reply|stop|wacht|wait|nee|no))*"
)
#: Signs that say it without a word.
_SIGNS = frozenset("🛑❌⛔✋🚫⏹")
_LIKE_STOP = ("stop", "stoppen")
_CLOSE = 0.75


def is_nearly_stop(text: str) -> bool:
    """Whether a text says nothing but that something is to be stopped. A misspelt word needs a mark in front.

    >>> [is_nearly_stop(text) for text in ("! Stop", "wacht even!", "!stpo", "🛑", "Top!")]
    [True, True, True, True, False]
    """
    if len(text) > _LONGEST:
        return False
    plain = "".join(char for char in unicodedata.normalize("NFKC", text).lower() if not is_unseen(char))
    marks = _MARKS.match(plain)
    start = marks.end() if marks else 0
    words = re.sub(r"[\W_]+", " ", plain[start:]).strip()
    if not words:
        return not _SIGNS.isdisjoint(plain) and _SIGNS.issuperset(
            char for char in plain if not char.isspace()
        )
    is_marked = bool(plain[:start].strip())
    return bool(_STOP.fullmatch(words)) or (
        is_marked and bool(difflib.get_close_matches(words, _LIKE_STOP, 1, _CLOSE))
    )
