"""Times of the day as people say them, in Dutch and English: "half tien", "9u30", "kwart over 3", "2pm"."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

HALF_A_DAY, DAY = timedelta(hours=12), timedelta(days=1)

_DUTCH = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf")
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_HOURS = {word: number for words in (_DUTCH, _ENGLISH) for number, word in enumerate(words, 1)} | {"één": 1}
#: How many minutes, hours or days.
NUMBERS = {
    **_HOURS,
    **dict.fromkeys(("a", "an"), 1),
    **dict.fromkeys(("a couple of", "couple of"), 2),
    **dict.fromkeys(("paar", "een paar", "enkele", "a few"), 3),
    **dict.fromkeys(("vijftien", "fifteen"), 15),
    **dict.fromkeys(("twintig", "twenty"), 20),
    **dict.fromkeys(("vijfentwintig", "twenty-five"), 25),
    **dict.fromkeys(("dertig", "thirty"), 30),
    **dict.fromkeys(("veertig", "forty"), 40),
}


def any_of(words: Collection[str]) -> str:
    """A pattern for any of these words, the longest first."""
    return "|".join(sorted(words, key=len, reverse=True))


HOUR = rf"(?:\d{{1,2}}|{any_of(_HOURS)})"
_MINUTES = rf"(?:\d{{1,2}}|{any_of(NUMBERS)})"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day, since midnight."""

    begins: timedelta
    ends: timedelta
    #: It is that of today: "vanmiddag".
    is_today: bool = False


def _part(begins: int, ends: int, *words: str, is_today: bool = False) -> dict[str, Part]:
    return dict.fromkeys(words, Part(timedelta(hours=begins), timedelta(hours=ends), is_today))


PARTS = {
    **_part(9, 12, "ochtend", "in de ochtend", "'s ochtends", "'s morgens", "vroeg"),
    **_part(9, 12, "morning", "in the morning"),
    **_part(11, 12, "einde van de ochtend", "end of the morning"),
    **_part(13, 17, "middag", "in de middag", "'s middags", "na de lunch"),
    **_part(13, 17, "afternoon", "in the afternoon", "after lunch"),
    **_part(13, 14, "begin van de middag", "early afternoon"),
    **_part(16, 17, "einde van de middag", "end of the afternoon", "late afternoon"),
    **_part(18, 21, "avond", "in de avond", "'s avonds", "evening", "in the evening", "night"),
    **_part(9, 12, "vanochtend", "vanmorgen", "this morning", is_today=True),
    **_part(13, 17, "vanmiddag", "this afternoon", is_today=True),
    **_part(18, 21, "vanavond", "tonight", "this evening", is_today=True),
    **_part(17, 17, "einde van de dag", "einde dag", "einde werkdag"),
    **_part(17, 17, "end of the day", "end of day", "end of the working day", "eod"),
    **_part(17, 17, "close of business", "end of business", "cob"),
}
_NOON, _EVENING = timedelta(hours=12), timedelta(hours=18)

_CLOCK = re.compile(
    rf"(?P<h>\d{{1,2}})[:.](?P<m>\d{{2}})(?:\s*(?:uur|u|h|hrs))?|(?P<hu>\d{{1,2}})\s*[uh]\s*(?P<mu>\d{{2}})"
    rf"|(?P<hour>{HOUR})(?:\s*(?:uur|u|h|o'clock))?|een uur of (?P<about>{HOUR})"
    rf"|(?P<uur>{HOUR})\s+uur\s+(?P<muur>\d{{2}})"
    rf"|half\s+(?P<half>{HOUR})|half\s+past\s+(?P<halfpast>{HOUR})"
    rf"|(?:a\s+)?(?:kwart|quarter|(?P<mins>{_MINUTES})(?:\s+minuten|\s+minutes)?)"
    rf"\s+(?P<dir>over|voor|past|to)\s+(?P<ofhalf>half\s+)?(?P<base>{HOUR})"
    r"|(?P<named>noon|midday|middernacht|midnight)"
)
_AMPM = re.compile(r"\s*([ap])\.?m\.?$")
_NAMED = {"noon": 12, "midday": 12, "middernacht": 24, "midnight": 24}


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of the day, since midnight."""

    at: timedelta
    #: It may be of the morning or the afternoon: "3", "half 4", "3:30".
    is_vague: bool = False
    #: It says which: "a", "p", or by its name.
    half: str = ""


def clock_of(text: str) -> Clock | None:
    """The time of the day that a text in small letters names; None when it names none that there is."""
    half = _AMPM.search(text)
    found = _CLOCK.fullmatch(text[: half.start()] if half else text)
    if found is None:
        return None
    if found["named"]:
        return None if half else Clock(timedelta(hours=_NAMED[found["named"]]), half="named")
    at, is_vague = _since_midnight(found)
    if half:
        if not timedelta(hours=1) <= at < timedelta(hours=13):
            return None
        return Clock(at % HALF_A_DAY + (HALF_A_DAY if half[1] == "p" else timedelta(0)), half=half[1])
    minutes = int(found["m"] or found["mu"] or found["muur"] or 0)
    return Clock(at, is_vague) if timedelta(0) <= at <= DAY and minutes < 60 else None


def _since_midnight(found: re.Match[str]) -> tuple[timedelta, bool]:
    """The time that was found, and whether it may be of the morning or the afternoon."""
    if exact := found["h"] or found["hu"]:
        at = timedelta(hours=int(exact), minutes=int(found["m"] or found["mu"]))
        return at, exact[0] != "0" and at < timedelta(hours=6)
    if half := found["half"]:  # "half nine" is later than "half negen"
        return timedelta(hours=_number(half), minutes=30 if half in _ENGLISH else -30), True
    if spoken := found["hour"] or found["about"] or found["uur"] or found["halfpast"]:
        minutes = 30 if found["halfpast"] else int(found["muur"] or 0)
        return timedelta(hours=_number(spoken), minutes=minutes), spoken[0] != "0"
    minutes = _number(found["mins"]) if found["mins"] else 15
    base = _number(found["base"]) * 60 - (30 if found["ofhalf"] else 0)
    return timedelta(minutes=base + (minutes if found["dir"] in ("over", "past") else -minutes)), True


def _number(text: str) -> int:
    return NUMBERS[text] if text in NUMBERS else int(text)


def usual(clock: Clock) -> timedelta:
    """A time that may be of the morning or the afternoon is of the one in which people work."""
    is_early = clock.is_vague and clock.at < timedelta(hours=8)
    return clock.at + (HALF_A_DAY if is_early else timedelta(0))


def within(clock: Clock, part: Part) -> timedelta | None:
    """A time in a part of the day, or within the hour around it; None where it cannot be in it."""
    at, is_late = clock.at, part.begins >= _NOON
    if not clock.half and is_late and at < _NOON:
        at += HALF_A_DAY
    earliest = part.begins - timedelta(hours=1) if is_late else timedelta(0)
    latest = DAY if part.begins >= _EVENING else part.ends + timedelta(hours=1)
    return at if earliest <= at <= latest else None
