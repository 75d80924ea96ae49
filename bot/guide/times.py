"""Times as people type them, in Dutch and English: "half tien", "9.30", "morgen 9-13", "in an hour", "2d"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import permutations, product
from typing import Any

from bot.guide import dates
from bot.guide.time_of_day import (
    DAY,
    HALF_A_DAY,
    HOUR,
    NUMBERS,
    PARTS,
    Clock,
    Part,
    any_of,
    clock_of,
    usual,
    within,
)

#: No time has more words, or more characters: what is longer is not looked at.
_MOST_WORDS, _LONGEST = 10, 60
#: What lies further ahead was not meant, or is nobody's plan.
_FAR = timedelta(days=2 * 366)
#: What is named without a time begins then, and is over then.
_OPENS, _CLOSES = timedelta(hours=9), timedelta(hours=17)

_UNITS = {
    "second": "s|sec|secs|seconde|seconden|second|seconds",
    "minute": "m|min|mins|minuut|minuutje|minuten|minuutjes|minute|minutes",
    "hour": "h|u|uur|uurtje|uren|uurtjes|hour|hours|hr|hrs",
    "day": "d|dag|dagen|day|days",
    "week": "w|week|weekje|weken|weeks",
    "month": "maand|maanden|month|months",
}
_LENGTHS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split("|")}
_AHEAD = re.compile(r"(?:(?:over|in|na|after|for|nog|binnen|within|about|ongeveer)\s+)+")
_PART = re.compile(
    rf"(?:(?P<digits>\d{{1,3}}(?:[.,]\d{{1,2}})?)\s*|(?P<word>{any_of(NUMBERS)})\s+)"
    rf"(?P<unit>{any_of(_UNIT)})(?![^\W\d_])\s*(?:en|and)?\s*"
)
#: "3 uur" and "9.30" are times of the day.
_IS_CLOCK = re.compile(rf"{HOUR}\s?(?:u|uur)|\d{{1,2}}\.\d\d\D*")
#: Lengths that are said in words of their own.
_SAID = {
    **dict.fromkeys(
        ("half uur", "halfuur", "half uurtje", "half an hour", "half hour"), timedelta(minutes=30)
    ),
    **dict.fromkeys(("kwartier", "kwartiertje", "quarter of an hour"), timedelta(minutes=15)),
    **dict.fromkeys(("drie kwartier", "3 kwartier", "three quarters of an hour"), timedelta(minutes=45)),
    **dict.fromkeys(("anderhalf uur", "hour and a half"), timedelta(minutes=90)),
    **dict.fromkeys(("het uur", "the hour"), timedelta(hours=1)),
}

#: What stands before a day or a time, and behind it, and changes nothing.
_BEFORE = re.compile(
    r"^(?:(?:until|till?|tot|by|before|voor|vóór|uiterlijk|vanaf|from|van|op|on|om|at|rond|around|about|tegen"
    r"|omstreeks|ongeveer|approximately|t/m|tot en met|through|nog|later|ergens|sometime"
    r"|het|the|in de loop van de|in de loop van|in the course of the)\s+)+"
)
_BEHIND = re.compile(r"(?:\s+(?:nog|uiterlijk|a\.?s\.?|aanstaande|at the latest|latest|sharp|precies))+$")
_FUSED = re.compile(rf"\b((?:over)?morgen|{'|'.join(dates.WEEKDAY)})(ochtend|middag|avond|vroeg)\b")
_END_OF = re.compile(r"\b(?:het )?einde? (?:van )?(?:de )?(?=ochtend|middag|dag\b)")
_BEGIN_OF = re.compile(r"\b(?:het )?begin (?:van )?(?:de )?(?=middag)")
_TO = re.compile(r"\s*(?:[-–—]|\b(?:tot|to|until|till|t/m|en|and)\b)\s*")


_GLUE = (
    "until till tot by before voor vóór uiterlijk vanaf from van op on om at rond around about tegen nog"
    " later over in na after for binnen within eind einde end of begin early late start week volgende next"
    " deze this komende coming aanstaande a.s. dit weekend de het the loop course half kwart quarter past to"
    " o'clock am pm noon midday middernacht midnight"
)
#: Every word of which times are made, beside numbers.
WORDS = frozenset(" ".join((*NUMBERS, *_UNIT, *_SAID, *PARTS, *dates.NAMES, _GLUE)).split())


@dataclass(frozen=True, slots=True)
class Reading:
    """How a time is meant that can be read in two ways."""

    #: A day or a part of one without a time is over then, rather than begins.
    late: bool = False
    #: "3 uur" is a length rather than a time of the day.
    bare_hours_last: bool = False


_USUAL = Reading()


@dataclass(frozen=True, slots=True)
class Moment:
    """What a text names: an instant, or something that lasts. In UTC."""

    begins: datetime
    ends: datetime
    #: The last of the days that are named, where no part of a day and no time is.
    day: date | None = None


def moment(text: str, now: datetime, reading: Reading = _USUAL) -> Moment | None:
    """What a text names, by the clocks of the zone of `now`; None when it names nothing, or what is over or
    too far away. A day is over at its end, whenever people go home."""
    plain = _plain(text)
    if not plain or len(plain) > _LONGEST:
        return None
    if plain.startswith(("t/m ", "tot en met ", "through ")) and not reading.late:
        found = moment(plain, now, Reading(late=True))
        return found and Moment(found.ends, found.ends, found.day)
    length = _length(plain, reading)
    if length is not None:
        return _near(_after(now, length), now)
    words = plain.split()
    if len(words) > _MOST_WORDS or plain == "zo":  # which is "soon", and not Sunday
        return None
    return next(filter(None, (_near(found, now) for found in _readings(words, now))), None)


def is_length(text: str) -> bool:
    """Whether a text says how long something takes, rather than when it is."""
    return _length(_plain(text), _USUAL) is not None


def instant(text: str, now: datetime, reading: Reading = _USUAL) -> datetime | None:
    """The instant that a text names, by the clocks of the zone of `now`, in UTC; None when it names none, or
    one that has passed. What lasts begins then; what has begun is over then."""
    found = moment(text, now, reading)
    if found is None:
        return None
    at = found.ends if reading.late or found.begins <= now else found.begins
    return at if at > now else None


def leading(text: str, now: datetime, reading: Reading = _USUAL) -> tuple[datetime, str] | None:
    """The instant with which a text begins, as long as it can be read, and the words behind it."""
    words = text.split(maxsplit=_MOST_WORDS)
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        found = instant(" ".join(words[:count]), now, reading)
        if found is not None:
            return found, " ".join(words[count:])
    return None


def span(text: str, now: datetime) -> tuple[datetime, datetime] | None:
    """From when until when a text says, in UTC: "tomorrow 9-13", "vrijdag 13:00 tot 17:30". None when it says
    no such thing, or one that is over. What passes midnight ends on the next day; "9-5" ends at 17:00."""
    plain = re.sub(r"^(?:van|from|tussen|between)\s+", "", _plain(text))
    if len(plain) > _LONGEST:
        return None
    for match in reversed(list(_TO.finditer(plain))):
        before, behind = plain[: match.start()].split(), plain[match.end() :].split()
        for begin, end in product(_clocks(before, now.date()), _clocks(behind, now.date())):
            if (found := _between(begin, end, now)) is not None:
                return found
    return None


def _between(begin: _OnDay, end: _OnDay, now: datetime) -> tuple[datetime, datetime] | None:
    day = begin[1] or end[1] or now.date()
    last = end[1] if begin[1] and end[1] else day
    begins, ends = begin[0].at, end[0].at
    if begin[0].is_vague and end[0].half:  # "1-5pm"
        begins += HALF_A_DAY if begins + HALF_A_DAY < ends else timedelta(0)
    elif begin[0].is_vague and timedelta(0) < begins < timedelta(hours=6):
        begins += HALF_A_DAY
    if begins >= DAY:
        return None
    if ends <= begins and last == day:
        ends += HALF_A_DAY if end[0].is_vague and ends + HALF_A_DAY > begins else DAY
    since, until = _at(day, begins, now), _at(last, ends, now)
    if until <= now and begin[1] is None and end[1] is None:
        since, until = _at(day + DAY, begins, now), _at(last + DAY, ends, now)
    return (since, until) if since < until and now < until < now + _FAR else None


def _plain(text: str) -> str:
    """In small letters, with one blank between words."""
    if len(text) > 4 * _LONGEST:
        return text[: 4 * _LONGEST]
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'").replace("\u00b4", "'")
    plain = " ".join(re.sub(r",(?=\s|$)", " ", plain).split()).rstrip(".,;:!")
    return in_words(plain)


def in_words(text: str) -> str:
    """A text in small letters in which a day and a part of it are words of their own: "morgen middag"."""
    plain = _FUSED.sub(r"\1 \2", re.sub(r"(?<!\S)(?=s (?:ochtends|morgens|middags|avonds)\b)", "'", text))
    return _BEGIN_OF.sub("begin van de ", _END_OF.sub("einde van de ", plain))


def _near(found: Moment | None, now: datetime) -> Moment | None:
    if found is None or found.begins > now + _FAR:
        return None
    return found if found.ends > now or found.day == now.date() else None


def _after(now: datetime, length: timedelta) -> Moment | None:
    """Days pass on the calendar, hours and minutes on the clock."""
    if length > _FAR:
        return None
    days = timedelta(days=length.days)
    then = now + days if days else now  # which keeps its place in an hour that comes twice
    at = then.astimezone(UTC) + (length - days)
    return Moment(at, at)


def _length(plain: str, reading: Reading) -> timedelta | None:
    ahead = _AHEAD.match(plain)
    rest = plain[ahead.end() :] if ahead else plain
    if (bare := re.sub(r"^(?:een|an?)\s+", "", rest)) in _SAID:
        return _SAID[bare]
    if _IS_CLOCK.fullmatch(rest) and not ahead and not reading.bare_hours_last:
        return None
    total, place = timedelta(0), 0
    while part := _PART.match(rest, place):
        number = float(part["digits"].replace(",", ".")) if part["digits"] else NUMBERS[part["word"]]
        total, place = total + number * _LENGTHS[_UNIT[part["unit"]]], part.end()
    return total if place and place == len(rest) and total else None


# Days and times of the day

_OnDay = tuple[Clock, date | None]


_Days = tuple[date, date]


def _readings(words: list[str], now: datetime) -> Iterator[Moment | None]:
    """What words name: a day, a part of the day and a time, in any order, of which some may be missing."""
    read: dict[str, tuple[_Days | None, Part | None, Clock | None]] = {}
    for count in (1, 2, 3):
        for chunks in _split(words, count):
            for chunk in chunks:
                if chunk not in read:
                    bare = _BEHIND.sub("", _BEFORE.sub("", chunk))
                    read[chunk] = dates.days(bare, now.date()), PARTS.get(bare), clock_of(bare)
            if (None, None, None) in (read[chunk] for chunk in chunks):
                continue
            for order in permutations((0, 1, 2), count):
                found: list[Any] = [None, None, None]
                for kind, chunk in zip(order, chunks, strict=True):
                    found[kind] = read[chunk][kind]
                if sum(each is not None for each in found) == count:
                    yield _named(found[0], found[1], found[2], now)


def _split(words: list[str], count: int) -> Iterator[list[str]]:
    """The words in so many pieces."""
    if count == 1:
        yield [" ".join(words)]
        return
    for place in range(1, len(words) - count + 2):
        for rest in _split(words[place:], count - 1):
            yield [" ".join(words[:place]), *rest]


def _named(days: _Days | None, part: Part | None, clock: Clock | None, now: datetime) -> Moment | None:
    if days is not None and part is not None and part.is_today:
        return None
    if clock is not None:
        at = usual(clock) if part is None else within(clock, part)
        return None if at is None else _timed(at, days, now, is_free=part is None or not part.is_today)
    first, last = days or (now.date(), now.date())
    if part is None:
        return Moment(_at(first, _OPENS, now), _at(last, _CLOSES, now), last)
    passes = part.begins if part.begins < HALF_A_DAY else part.ends
    if days is None and not part.is_today and _at(first, passes, now) <= now:
        first = last = now.date() + DAY
    return Moment(_at(first, part.begins, now), _at(last, part.ends, now))


def _timed(at: timedelta, days: _Days | None, now: datetime, *, is_free: bool) -> Moment | None:
    """A time of the day: on the day that is named, else today or, once it has passed, tomorrow."""
    if days is not None:
        return Moment(then := _at(days[0], at, now), then) if days[0] == days[1] else None
    then = _at(now.date(), at, now)
    if then <= now and is_free:
        then = _at(now.date() + DAY, at, now)
    return Moment(then, then)


def _clocks(words: list[str], today: date) -> Iterator[_OnDay]:
    """A time at the beginning of words, or at their end, and the day that the others name, if any."""
    cuts = [(words[:place], words[place:]) for place in range(len(words) + 1)]
    for there, others in [*cuts, *((behind, before) for before, behind in cuts)]:
        clock = clock_of(_BEFORE.sub("", " ".join(there)))
        day = dates.days(_BEFORE.sub("", " ".join(others)), today) if others else None
        if clock is not None and (day is not None or not others):
            yield clock, day[0] if day else None


def _at(day: date, since_midnight: timedelta, now: datetime) -> datetime:
    """A time by the clocks of the zone, in UTC. One that daylight saving skips is as much later."""
    try:
        wall = datetime(day.year, day.month, day.day) + since_midnight  # noqa: DTZ001  # the clock on the wall
        return wall.replace(tzinfo=now.tzinfo).astimezone(UTC)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
