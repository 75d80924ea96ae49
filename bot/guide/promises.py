"""Promises to come back, found in what a brand writes: "we komen er morgen op terug", "we'll call you".

By rules, in Dutch and English, sentence by sentence. What is asked, what depends on the customer, what is
denied, what is past and what somebody else said promises nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.guide import times

_GAP, _SHORT = r"[^.?!;]{0,70}?", r"[^.?!;]{0,30}?"
_YOU = r"\b(?:je|u|jullie)\b"
_WE = r"(?:ik|we|wij|(?:een|mijn|onze) collega|collega's|iemand|(?:ons|het) team)"
_FROM_US = r"van (?:ons|mij|me|(?:een|mijn|onze) collega|het team)"
_LATER = (
    r"\b(?:straks|zo|later|morgen\w*|overmorgen|vandaag|van(?:middag|avond|ochtend)|(?:deze|volgende) week"
    r"|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|binnen\w*|uiterlijk|over|voor \d|om \d|rond"
    r"|spoedig|snel|nog|terug)\b"
)
_CALL = r"(?:bel|belt|bellen|mail|mailt|mailen|app|appt|appen)"
_DO = (
    r"\b(?:bellen|mailen|terugbellen|terugmailen|laten weten|uitzoeken|navragen|nakijken|contact opnemen"
    r"|terugkomen|informeren|berichten)\b"
)
_ANSWER = r"\b(?:reactie|antwoord|bericht|telefoontje|belletje)\b"


def _either(verb: str, rest: str) -> tuple[str, str]:
    """A verb before or behind its subject."""
    return rf"\b{_WE} {verb}\b{rest}", rf"\b{verb} {_WE}\b{rest}"


_DUTCH = (
    *_either(r"(?:kom|komt|komen)", rf"{_GAP}\bterug\b"),
    *_either(r"(?:laat|laten)", rf"{_SHORT}{_YOU}{_GAP}\bweten\b"),
    *_either(_CALL, rf"{_SHORT}{_YOU}{_GAP}{_LATER}"),
    *_either(_CALL, rf"{_SHORT}{_LATER}{_SHORT}{_YOU}"),
    *_either(r"(?:zal|zullen|ga|gaat|gaan)", rf"{_GAP}{_DO}"),
    *_either(r"(?:neem|neemt|nemen)", rf"{_GAP}\bcontact\b{_GAP}\bop\b"),
    *_either(r"(?:hou|houd|houdt|houden)", rf"{_SHORT}\bop de hoogte\b"),
    *_either(r"(?:zoek|zoekt|zoeken)", rf"{_SHORT}\b(?:het|dit|dat)\b{_SHORT}\buit\b"),
    *_either(r"(?:vraag|vraagt|vragen|ga|gaat|gaan)", rf"{_SHORT}\b(?:het|dit|dat)\b{_SHORT}\bna\b"),
    *_either(
        r"(?:stuur|stuurt|sturen|geef|geeft|geven)",
        rf"{_SHORT}{_YOU}{_GAP}\b(?:update|antwoord|uitsluitsel|reactie)\b",
    ),
    *_either(r"(?:bericht|berichten|informeer|informeert|informeren)", rf"{_SHORT}{_YOU}{_GAP}{_LATER}"),
    rf"{_YOU} (?:hoort|horen|krijgt|krijgen|ontvangt)\b{_GAP}\b{_FROM_US}\b",
    rf"\b(?:hoor|hoort|horen|krijg|krijgt|ontvang) (?:je|u|jullie)\b{_GAP}\b{_FROM_US}\b",
    rf"\b(?:kun|kunt|kan|mag) (?:je|u)\b{_GAP}{_ANSWER}{_SHORT}\bverwachten\b",
    rf"\b(?:je|u) (?:kunt|kan|mag)\b{_GAP}{_ANSWER}{_SHORT}\bverwachten\b",
    r"\b(?:antwoord|update|bericht|nieuws) volgt\b|\bwordt vervolgd\b",
)
_I = r"(?:i|we|someone|somebody|(?:a|my|our) colleague|(?:our|the) team|one of us|(?:a|my) manager)"
_BY_US = rf"(?:\b(?:i'll|we'll)|\b{_I} (?:will|shall)|\b{_I}(?: am| are| is|'m|'re)? going to)"
_REACH = (
    r"(?:call|phone|ring|e-?mail|mail|message|text|dm|contact|update|inform|notify|reach out to|write to"
    r"|get in touch with|follow up with|speak to)"
)
_ENGLISH = (
    rf"{_BY_US}\b{_GAP}\b(?:get|come|be|circle|report|write) back\b",
    rf"{_BY_US}\b{_GAP}\blet you know\b",
    rf"{_BY_US}\b{_SHORT}\b{_REACH} you\b",
    rf"{_BY_US}\b{_SHORT}\b(?:give you (?:a call|a ring|an update)|send you an (?:update|answer))\b",
    rf"{_BY_US}\b{_GAP}\bkeep you (?:posted|updated|informed|in the loop|up to date)\b",
    rf"{_BY_US}\b{_SHORT}\b(?:look into|find out|check with|chase|follow up|investigate|ask (?:our|the))\b",
    rf"{_BY_US}\b{_SHORT}\bbe in touch\b",
    r"\byou(?:'ll| will| should|'re going to| are going to| can expect to) hear\b[^.?!;]{0,40}"
    r"\b(?:from|by|before)\b",
    r"\bexpect (?:a|an|our|my) (?:reply|answer|update|response|call|e-?mail)\b",
    r"\byou(?:'ll| will) (?:have|get|receive) (?:a|an|our|my) (?:reply|answer|update|response|call)\b",
    r"\b(?:more|update|answer|reply|news) (?:to follow|will follow|follows)\b",
    rf"\b{_I} (?:am |are |is )?(?:calling|ringing|emailing|phoning) you\b",
)
_FOUND = [re.compile(pattern) for pattern in (*_DUTCH, *_ENGLISH)]
#: It is up to the customer.
_ON_CONDITION = re.compile(
    r"\b(?:als|indien|mits|zodra|wanneer|nadat|tenzij) (?:je|u|jullie)\b"
    r"|\b(?:if|once|when|as soon as|after|unless|provided|whenever) you\b"
)
#: It is denied, only wished for, past, or happens at this moment.
_NOT_SO = re.compile(
    r"\b(?:niet|geen|nooit|nee)\b|\b(?:not|never|won't|can't|cannot|unable|no longer)\b"
    r"|\b(?:hoop|hopen|zou|zouden|would|might|could|may|hope)\b"
    r"|\b(?:zojuist|nu meteen|op dit moment|right now|just now|at the moment)\b"
)
_QUOTED = re.compile(r"[“\"„][^”\"]*[”\"]|^>.*$", re.MULTILINE)
_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\d)[^.!?\n]*)*[.!?]*")
#: What is said of a day that has no name: today is over, or the week is.
_TODAY = re.compile(
    r"\b(?:straks|zo meteen|zo dadelijk|later vandaag|vandaag nog|nog vandaag|in de loop van de dag|vandaag"
    r"|shortly|later today|today|later on|in a bit|in a moment)\b"
)
_THIS_WEEK = re.compile(r"\b(?:deze week|eind van de week|this week|end of the week|later this week)\b")
_WORKING_DAYS = re.compile(
    r"\b(\d{1,2}|een|één|twee|drie|vier|vijf|one|two|three|four|five|a)\s+"
    r"(?:werkdag(?:en)?|(?:working|business) days?)\b"
)
_COUNTS = {"een": 1, "één": 1, "a": 1, "one": 1, "twee": 2, "two": 2, "drie": 3, "three": 3, "vier": 4}
_COUNTS |= {"four": 4, "vijf": 5, "five": 5}
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to come back."""

    #: The sentence that makes it.
    words: str
    #: By when, in UTC; None where no time is named.
    due_at: datetime | None = None
    #: Within so many working days, where it is said so.
    working_days: int | None = None


def find(text: str, now: datetime) -> Promise | None:
    """The first promise in a text that went out at `now`, which has the zone of the brand; None without one.

    >>> find("Thanks! We'll call you.", datetime(2026, 12, 1)).words
    "We'll call you."
    """
    plain = _QUOTED.sub(" ", text.replace("’", "'"))
    for match in _SENTENCE.finditer(plain):
        sentence = match[0].strip()
        small = sentence.casefold()
        if sentence.endswith("?") or _ON_CONDITION.search(small):
            continue
        found = (pattern.search(small) for pattern in _FOUND)
        if any(each is not None and not _NOT_SO.search(_around(small, each)) for each in found):
            days = _WORKING_DAYS.search(small)
            if days is not None:
                count = _COUNTS.get(days[1]) or int(days[1])
                return Promise(sentence, working_days=count)
            return Promise(sentence, _due(small, now))
    return None


def _around(sentence: str, match: re.Match[str]) -> str:
    """The clause in which something was found."""
    before = re.split(r"[,;:]|\b(?:maar|but|dus|so)\b", sentence[: match.start()])[-1]
    return before + match[0] + re.split(r"[,;:]|\b(?:maar|but|omdat|because)\b", sentence[match.end() :])[0]


def _due(sentence: str, now: datetime) -> datetime | None:
    """The longest words that name a time."""
    words = re.sub(r"[,;:()]+(?=\s|$)", " ", sentence.rstrip(".!")).split()
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        for place in range(len(words) - count + 1):
            part = " ".join(words[place : place + count])
            if re.fullmatch(r"\d{1,2}|een|one|a|an|twee|two|zo", part):
                continue
            found = times.instant(part, now, times.Reading(late=True, bare_hours_last=False))
            if found is not None:
                return found
    if _TODAY.search(sentence):
        return times.instant("17:00", now) if now.hour < 17 else times.instant("2h", now)
    if _THIS_WEEK.search(sentence):
        return times.instant("eind van de week", now, times.Reading(late=True)) or now + timedelta(days=1)
    return None
