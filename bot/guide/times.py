"""Times as people type them, in Dutch and English: "half tien", "9.30", "morgen 9-13", "in an hour", "2d"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

#: More words than any time has.
_MOST_WORDS = 8

_SMALL = {
    "een": 1,
    "één": 1,
    "a": 1,
    "an": 1,
    "one": 1,
    "twee": 2,
    "two": 2,
    "drie": 3,
    "three": 3,
    "vier": 4,
    "four": 4,
    "vijf": 5,
    "five": 5,
    "zes": 6,
    "six": 6,
    "zeven": 7,
    "seven": 7,
    "acht": 8,
    "eight": 8,
    "negen": 9,
    "nine": 9,
    "tien": 10,
    "ten": 10,
    "elf": 11,
    "eleven": 11,
    "twaalf": 12,
    "twelve": 12,
}
_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(_SMALL)})"
_HOUR_WORD = rf"(?:\d{{1,2}}|{'|'.join(_SMALL)})"

_UNITS = {
    "second": "s|sec|seconde|seconden|second|seconds",
    "minute": "m|min|mins|minuut|minuten|minute|minutes",
    "hour": "h|u|uur|uren|hour|hours|hr|hrs",
    "day": "d|dag|dagen|day|days",
    "week": "w|week|weken|weeks",
}
_LENGTHS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_ANY_UNIT = "|".join(_UNITS.values())
_AHEAD = r"(?:(?:over|in|na|after|for|nog|binnen|within)\s+)"
_PART = re.compile(rf"({_NUMBER})\s*({_ANY_UNIT})(?![^\W\d_])\s*(?:en|and)?\s*", re.IGNORECASE)
#: Lengths that are said in words of their own.
_SAID = {
    **dict.fromkeys(("half uur", "halfuur", "half an hour", "half hour"), timedelta(minutes=30)),
    **dict.fromkeys(("kwartier", "quarter of an hour"), timedelta(minutes=15)),
    **dict.fromkeys(("anderhalf uur", "hour and a half"), timedelta(minutes=90)),
}

_WEEKDAYS = (
    ("maandag", "monday", "ma", "mon"),
    ("dinsdag", "tuesday", "di", "tue"),
    ("woensdag", "wednesday", "wo", "wed"),
    ("donderdag", "thursday", "do", "thu"),
    ("vrijdag", "friday", "vr", "fri"),
    ("zaterdag", "saturday", "za", "sat"),
    ("zondag", "sunday", "zo", "sun"),
)
_WEEKDAY = {name: day for day, names in enumerate(_WEEKDAYS) for name in names}
_MONTHS = (
    ("januari", "january", "jan"),
    ("februari", "february", "feb"),
    ("maart", "march", "mrt", "mar"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("augustus", "august", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_NEAR = {
    "vandaag": 0,
    "today": 0,
    "morgen": 1,
    "tomorrow": 1,
    "overmorgen": 2,
    "the day after tomorrow": 2,
}
#: A part of the day: its own day, where it names one, when it begins and when it is over.
_PARTS: dict[str, tuple[int | None, int, int]] = {
    **dict.fromkeys(("ochtend", "morning", "in the morning", "'s ochtends"), (None, 9, 12)),
    **dict.fromkeys(("middag", "afternoon", "in the afternoon", "'s middags"), (None, 13, 17)),
    **dict.fromkeys(("avond", "evening", "in the evening", "night", "'s avonds"), (None, 18, 21)),
    **dict.fromkeys(("vanochtend", "vanmorgen", "this morning"), (0, 9, 12)),
    **dict.fromkeys(("vanmiddag", "this afternoon"), (0, 13, 17)),
    **dict.fromkeys(("vanavond", "tonight", "this evening"), (0, 18, 21)),
    **dict.fromkeys(("eind van de dag", "einde van de dag", "end of the day", "end of day"), (0, 17, 17)),
}
_BEFORE_TIME = re.compile(
    r"^(?:(?:until|till|tot|by|before|voor|uiterlijk|vanaf|from|op|on|om|at|rond|around|about)\s+)+",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    rf"(?:(?P<h>\d{{1,2}})[:.](?P<m>\d{{2}})(?:\s*uur|\s*u)?|(?P<hu>\d{{1,2}})\s*[uh](?P<mu>\d{{2}})"
    rf"|(?P<exact>\d{{1,2}})|(?P<hour>{_HOUR_WORD})\s*(?:uur|u|h|o'clock)"
    rf"|half\s+(?P<half>{_HOUR_WORD})"
    rf"|half\s+past\s+(?P<halfpast>{_HOUR_WORD})"
    rf"|(?:kwart|quarter|a\s+quarter)\s+(?P<dir>over|voor|past|to)\s+(?P<quarter>{_HOUR_WORD})"
    rf"|(?P<mins>{_NUMBER})\s+(?P<mdir>over|voor|past|to)\s+(?P<base>{_HOUR_WORD})"
    rf"|(?P<hmins>{_NUMBER})\s+(?P<hdir>over|voor)\s+half\s+(?P<hbase>{_HOUR_WORD})"
    rf"|(?P<named>noon|midday|middernacht|midnight))"
    r"(?:\s*(?P<ampm>am|pm|a\.m\.|p\.m\.))?",
    re.IGNORECASE,
)
#: The hours in which people mean a time that may be of the morning or the afternoon.
_WORKING = (8, 20)
_TO = re.compile(r"\s*(?:-|–|\btot\b|\bto\b|\buntil\b|\bt/m\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a time is meant that can be read in two ways."""

    #: A day or a part of one without a time is over then, rather than begins.
    late: bool = False
    #: "3 uur" is a length rather than a time of the day.
    bare_hours_last: bool = False


_USUAL = Reading()


def instant(text: str, now: datetime, reading: Reading = _USUAL) -> datetime | None:
    """The instant that a text names, by the clocks of the zone of `now`, in UTC; None when it names none, or
    one that has passed."""
    plain = " ".join(text.casefold().replace("’", "'").split()).rstrip(".,!")
    plain = re.sub(r"\bmorgen(ochtend|middag|avond)\b", r"morgen \1", plain)
    length = _length(plain, reading)
    if length is not None:
        return _after(now, length)
    for day, clock in _splits(_BEFORE_TIME.sub("", plain)):
        found = _of_day(day, clock, now, reading)
        if found is not None and found > now:
            return found.astimezone(UTC)
    return None


def leading(text: str, now: datetime, reading: Reading = _USUAL) -> tuple[datetime, str] | None:
    """The instant with which a text begins, as long as it can be read, and the words behind it."""
    words = text.split()
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        found = instant(" ".join(words[:count]), now, reading)
        if found is not None:
            return found, " ".join(words[count:])
    return None


def span(text: str, now: datetime) -> tuple[datetime, datetime] | None:
    """From when until when a text says, in UTC: "tomorrow 9-13", "vrijdag 13:00 tot 17:30". None when it says
    no such thing, or one that is over. What passes midnight ends on the next day."""
    plain = " ".join(text.casefold().split())
    for match in re.finditer(rf"(?P<a>\S+(?:\s*[ap]m)?){_TO.pattern}(?P<b>\S+(?:\s*[ap]m)?)", plain):
        begin, end = _time(match["a"], None), _time(match["b"], None)
        rest = " ".join(f"{plain[: match.start()]} {plain[match.end() :]}".split())
        day = _day(_BEFORE_TIME.sub("", rest), now) if rest else now.date()
        if begin is None or end is None or day is None:
            continue
        begins, ends = (_at(day, at, now) for at in (begin, end))
        if ends <= begins:
            ends = _at(day + timedelta(days=1), end, now)
        if ends > now:
            return begins.astimezone(UTC), ends.astimezone(UTC)
        if not rest:
            tomorrow = day + timedelta(days=1)
            return _at(tomorrow, begin, now).astimezone(UTC), (ends + timedelta(days=1)).astimezone(UTC)
    return None


def _after(now: datetime, length: timedelta) -> datetime:
    """Days pass on the calendar, hours and minutes on the clock."""
    days = timedelta(days=length.days)
    wall = (now.replace(tzinfo=None) + days).replace(tzinfo=now.tzinfo)
    return wall.astimezone(UTC) + (length - days)


def _length(plain: str, reading: Reading) -> timedelta | None:
    ahead = re.match(_AHEAD, plain)
    rest = plain[ahead.end() :] if ahead else plain
    bare = re.sub(r"^(?:een|an|a)\s+", "", rest)
    if bare in _SAID:
        return _SAID[bare]
    total, place = timedelta(0), 0
    while part := _PART.match(rest, place):
        unit = next(name for name, words in _UNITS.items() if part[2] in words.split("|"))
        is_clock = unit == "hour" and part[2] in ("u", "uur") and not ahead and not reading.bare_hours_last
        if is_clock:
            return None
        total, place = total + _number(part[1]) * _LENGTHS[unit], part.end()
    return total if place and place == len(rest) and total else None


def _number(text: str) -> int:
    return _SMALL[text] if text in _SMALL else int(text)


def _splits(plain: str) -> Iterator[tuple[str, str]]:
    """The text as a day and a time, whichever comes first and either of which may be missing."""
    words = plain.split()
    for place in range(len(words), -1, -1):
        yield " ".join(words[:place]), _BEFORE_TIME.sub("", " ".join(words[place:]))
    for place in range(1, len(words)):
        yield _BEFORE_TIME.sub("", " ".join(words[place:])), " ".join(words[:place])


def _of_day(day: str, clock: str, now: datetime, reading: Reading) -> datetime | None:
    part = _PARTS.get(clock) or (_PARTS.get(day) if not clock else None)
    if part is not None:
        own = day if clock in _PARTS else ""
        on = _day(own, now) if own else None if part[0] is None and not clock else now.date()
        if own and part[0] is not None:
            return None
        hour = part[2] if reading.late else part[1]
        if on is None:
            return None
        at = _at(on, time(hour), now)
        return _at(on, time(part[2]), now) if at <= now and not own else at
    on = _day(day, now) if day else None
    if day and on is None:
        return None
    if not clock:
        return _at(on, time(17 if reading.late else 9), now) if on is not None else None
    at_time = _time(clock, _WORKING)
    if at_time is None:
        return None
    if on is not None:
        return _at(on, at_time, now)
    today = _at(now.date(), at_time, now)
    return today if today > now else _at(now.date() + timedelta(days=1), at_time, now)


def _day(text: str, now: datetime) -> date | None:
    today = now.date()
    if text in _NEAR:
        return today + timedelta(days=_NEAR[text])
    week = re.fullmatch(r"(?:volgende|next)\s+week(?:\s+(\w+))?|(\w+)\s+(?:volgende|next)\s+week", text)
    if week:
        monday = today + timedelta(days=7 - today.weekday())
        name = week[1] or week[2] or "monday"
        return monday + timedelta(days=_WEEKDAY[name]) if name in _WEEKDAY else None
    if re.fullmatch(r"(?:het\s+)?eind(?:e)? van de week|(?:the\s+)?end of the week", text):
        return today + timedelta(days=(4 - today.weekday()) % 7)
    if text in ("na het weekend", "after the weekend"):
        return today + timedelta(days=7 - today.weekday())
    named = re.sub(r"^(?:aanstaande|komende|volgende|deze|next|this|coming)\s+", "", text)
    if named in _WEEKDAY:
        return today + timedelta(days=(_WEEKDAY[named] - today.weekday() - 1) % 7 + 1)
    return _date(text, today)


def _date(text: str, today: date) -> date | None:
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    if found:
        return _real(int(found[1]), int(found[2]), int(found[3]))
    numbers = re.fullmatch(r"(\d{1,2})[-/](\d{1,2})(?:[-/](\d{4}))?", text)
    spelled = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(\w+)(?:\s+(\d{4}))?", text)
    turned = re.fullmatch(r"(\w+)\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s+(\d{4}))?", text)
    if numbers:
        day, month, year = int(numbers[1]), int(numbers[2]), numbers[3]
    elif spelled and spelled[2] in _MONTH:
        day, month, year = int(spelled[1]), _MONTH[spelled[2]], spelled[3]
    elif turned and turned[1] in _MONTH:
        day, month, year = int(turned[2]), _MONTH[turned[1]], turned[3]
    else:
        return None
    if year:
        return _real(int(year), month, day)
    this = _real(today.year, month, day)
    return this if this is not None and this >= today else _real(today.year + 1, month, day)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(text: str, usual: tuple[int, int] | None) -> time | None:
    """A time of the day. A spoken one that may be of the afternoon is, if only that lies within `usual`."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    if found["named"]:
        return time(12 if found["named"] in ("noon", "midday") else 0)
    exact = found["h"] or found["hu"] or found["exact"]
    if exact:
        hour, minute = int(exact), int(found["m"] or found["mu"] or 0)
        return _in_half(hour, minute, found["ampm"], None)
    if found["hour"]:
        hour, minute = _number(found["hour"]), 0
    elif found["half"]:
        hour, minute = _number(found["half"]) - 1, 30
    elif found["halfpast"]:
        hour, minute = _number(found["halfpast"]), 30
    else:
        hour, minute = _relative(found)
    return _in_half(hour, minute, found["ampm"], usual)


def _relative(found: re.Match[str]) -> tuple[int, int]:
    if found["hbase"]:
        base, minutes, direction = _number(found["hbase"]) * 60 - 30, _number(found["hmins"]), found["hdir"]
    elif found["quarter"]:
        base, minutes, direction = _number(found["quarter"]) * 60, 15, found["dir"]
    else:
        base, minutes, direction = _number(found["base"]) * 60, _number(found["mins"]), found["mdir"]
    return divmod(base + (minutes if direction in ("over", "past") else -minutes), 60)


def _in_half(hour: int, minute: int, ampm: str | None, usual: tuple[int, int] | None) -> time | None:
    if ampm:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if ampm[0] == "p" else 0)
    elif usual is not None and hour < usual[0] and hour + 12 <= usual[1]:
        hour += 12
    hour = 12 if hour == 0 and usual is not None and not ampm else hour
    return time(hour, minute) if 0 <= hour < 24 and 0 <= minute < 60 else None


def _at(day: date, at: time, now: datetime) -> datetime:
    return datetime.combine(day, at, now.tzinfo)
