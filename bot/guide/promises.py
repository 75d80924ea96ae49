"""Promises to come back, found in what a brand writes: "we komen er morgen op terug", "we'll call you".

By rules (`promise_dutch.py`, `promise_english.py`), sentence by sentence. What is asked, what depends on the
customer, what is denied, what is past and what somebody else said promises nothing (`promise_doubts.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.guide import dates, promise_doubts, times
from bot.guide.promise_dutch import AND_NL, DUTCH, WE_NL
from bot.guide.promise_english import AND_EN, ENGLISH, WE_EN

#: No network takes more, and no sentence is longer that somebody reads.
_MOST, _LONGEST = 10_000, 600
_FOUND = [re.compile(pattern) for pattern in (*DUTCH, *ENGLISH)]
_OURS_NL = re.compile(rf"\b{WE_NL}\b")
_OURS_EN = re.compile(rf"\b(?:{WE_EN}|(?:i|we)(?:'ll|'ve|'m|'re))\b")
_CLAUSE = re.compile(r"[,;:()–—]|\s-\s|\b(?:maar|but|dus|so|omdat|because)\b")
_QUOTED = re.compile(r"[“\"„][^”\"“„]{0,500}[”\"]|^>.*$", re.MULTILINE)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=[^\s.!?])[^.!?\n]*)*[.!?]*")
#: "I'll call you at ten, okay?" asks nothing.
_TAG = re.compile(
    r",? (?:goed|ok|oké|oke|okay|prima|akkoord|alright|all right|deal|is that ok|is dat goed)\s*\?+$"
)
#: Neither a time nor a denial.
_POLITE = re.compile(
    r"\b(?:goede(?:n)? ?(?:morgen|middag|avond)|good (?:morning|afternoon|evening)"
    r"|no (?:problem|worries|rush)|geen (?:probleem|dank))\b"
)
_WORKING_DAYS = re.compile(
    r"\b(\d{1,2}|een|één|twee|drie|vier|vijf|tien|one|two|three|four|five|ten|a)\s+"
    r"(?:werkdag(?:en)?|(?:working|business) days?)\b"
)
_COUNTS = {"een": 1, "één": 1, "a": 1, "one": 1, "twee": 2, "two": 2, "drie": 3, "three": 3, "vier": 4}
_COUNTS |= {"four": 4, "vijf": 5, "five": 5, "tien": 10, "ten": 10}
#: So many words name a time at most.
_MOST_WORDS = 7
_BARE = re.compile(r"\d{1,2}|een|één|one|an?")
_AT = re.compile(r"(?:om|at|by|voor|before|rond|around)\s+\d{1,2}")
#: A length is a due time only behind these; otherwise it tells how long something took.
_WITHIN = re.compile(r"(?:binnen|over|in|within|nog)\b")
#: Behind these stands when something was.
_PAST = frozenset({"van", "from", "sinds", "since", "afgelopen", "vorige", "last", "al", "of", "for", "the"})
#: Today, in words that name no time.
_TODAY = re.compile(
    r"\b(?:straks|zo(?! (?:snel|spoedig|gauw|goed))|zometeen|dadelijk|shortly|later on"
    r"|in a (?:bit|moment|mo|sec))\b"
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to come back."""

    #: The sentence that makes it.
    words: str
    #: By when, in UTC; None where no time is named.
    due_at: datetime | None = None
    #: The last day for it, where only days are named: it ends when people go home. `due_at` says 17:00 then.
    day: date | None = None
    #: Within so many working days, where it is said so.
    working_days: int | None = None


def find(text: str, now: datetime) -> Promise | None:
    """The first promise in a text that went out at `now`, which has the zone of the brand; of several the
    first that names a time. None without one.

    >>> find("Thanks! We'll call you.", datetime(2026, 12, 1)).words
    "We'll call you."
    """
    first = None
    for sentence in _promising(text):
        found = _timed(sentence, now)
        if found.due_at is not None or found.working_days is not None:
            return found
        first = first or found
    return first


def _promising(text: str) -> Iterator[str]:
    """The sentences that promise to come back."""
    is_asked, ours = False, False
    for match in _SENTENCE.finditer(_QUOTED.sub(" ", text[:_MOST].replace("’", "'"))):
        sentence = match[0].strip()
        small = _POLITE.sub("", _TAG.sub(".", sentence.casefold())).strip()
        ours = ours or promise_doubts.COLLEAGUE.search(small) is not None
        ours = ours and promise_doubts.OTHERS.search(small) is None
        if ours:  # "he" is one of them
            small = promise_doubts.THEY_EN.sub("someone", promise_doubts.THEY_NL.sub("iemand", small))
        depends = is_asked and promise_doubts.THEN.match(small) is not None
        is_question = small.endswith("?")
        is_asked = is_question or promise_doubts.ASKED.search(small) is not None
        is_asked = is_asked and promise_doubts.PATIENCE.search(small) is None
        if not is_question and not depends and len(small) <= _LONGEST and _promises(small):
            yield sentence


def _promises(sentence: str) -> bool:
    """Whether a sentence in small letters promises something."""
    sentence = promise_doubts.WHAT_IS_SAID.sub("", sentence)
    if promise_doubts.REPORTED.search(sentence) or promise_doubts.ASKED_FIRST.search(sentence):
        return False
    if promise_doubts.IF_WE_NEED.search(sentence):
        return False
    if promise_doubts.ON_CONDITION.search(promise_doubts.WHAT_IS_TOLD.sub("weten ", sentence)):
        return False
    plain = _with_subjects(sentence)
    found = (match for pattern in _FOUND for match in pattern.finditer(plain))
    return any(not promise_doubts.NOT_SO.search(_around(plain, match)) for match in found)


def _with_subjects(sentence: str) -> str:
    """The sentence in which each part behind "and" that goes on with our subject says it again."""
    for and_more, ours, subject in ((AND_NL, _OURS_NL, "; we "), (AND_EN, _OURS_EN, "; we will ")):
        said, place = "", 0
        for match in and_more.finditer(sentence):
            said += sentence[place : match.start()]
            clauses = [each for each in _CLAUSE.split(said) if each.strip()]
            said += subject if clauses and ours.search(clauses[-1]) else match[0]
            place = match.end()
        sentence = said + sentence[place:]
    return sentence


def _around(sentence: str, match: re.Match[str]) -> str:
    """The clause in which something was found, up to what it tells."""
    before = _CLAUSE.split(sentence[: match.start()])[-1]
    behind = promise_doubts.CONTENT.split(_CLAUSE.split(sentence[match.end() :])[0])[0]
    return before + match[0] + behind


# By when


def _timed(sentence: str, now: datetime) -> Promise:
    small = _POLITE.sub("", sentence.casefold())
    if days := _WORKING_DAYS.search(small):
        return Promise(sentence, working_days=_COUNTS.get(days[1]) or int(days[1]))
    found = _time(small, now)
    if found is None and _TODAY.search(small):
        found = times.moment("today", now)
    return Promise(sentence) if found is None else Promise(sentence, found.ends, found.day)


def _time(sentence: str, now: datetime) -> times.Moment | None:
    """The longest words that name a time to come."""
    plain = times.in_words(sentence.rstrip(".!? "))
    parts = [part.split() for part in re.split(r"[,;:()](?=\s|$)", plain)]
    for count in range(_MOST_WORDS, 0, -1):
        for words in parts:
            for place in range(len(words) - count + 1):
                found = _named(words, place, count, now)
                if found is not None:
                    return found
    return None


def _named(words: list[str], place: int, count: int, now: datetime) -> times.Moment | None:
    some = words[place : place + count]
    if not all(word in times.WORDS or word[0].isdigit() for word in some):
        return None
    text, is_last = " ".join(some), place + count == len(words)
    if _BARE.fullmatch(text) or (_AT.fullmatch(text) and not is_last):
        return None
    if some[0] in dates.SHORT and not (count > 1 and some[1][0].isdigit()):
        return None
    if some[0] in _PAST or (place and words[place - 1] in _PAST):
        return None
    if times.is_length(text) and not _WITHIN.match(text):
        return None
    return times.moment(text, now, times.Reading(late=True))
