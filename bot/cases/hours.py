"""Service hours: when a team answers, and how its time is counted.

Of a day these are asked in this order: an entry for that one day; the holidays; the entries for a period that
name its weekday. Of two entries for the same day the later one in the file wins. A weekday that no entry
names is closed, and a block that passes midnight belongs to the day on which it begins. Time is what really
passes between a local opening and a local closing: an hour that daylight saving skips or doubles counts as it
lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

#: From and until, as time since the midnight with which the day begins; until may pass the next midnight.
Block = tuple[timedelta, timedelta]
Interval = tuple[datetime, datetime]

DAY = timedelta(days=1)
#: So far ahead and back openings are looked for. Hours that have none for so long have come to their end.
FAR = timedelta(days=800)


def _never(_: int) -> Set[date]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Period:
    """The blocks of some weekdays (Monday is 0) from a day until another, both included; None is no bound."""

    week: Mapping[int, Sequence[Block]]
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Hours:
    """The service hours of a team, by the clocks of its time zone."""

    zone: ZoneInfo
    #: In the order of the file.
    periods: Sequence[Period]
    #: Single days; one without blocks is closed.
    days: Mapping[date, Sequence[Block]] = field(default_factory=dict)
    #: The days of a year on which nobody answers.
    holidays: Callable[[int], Set[date]] = _never
    _known: dict[date, tuple[Interval, ...]] = field(default_factory=dict, repr=False, compare=False)

    def blocks(self, day: date) -> Sequence[Block]:
        """The blocks of a day, as they stand in the settings."""
        if day in self.days:
            return self.days[day]
        if day in self.holidays(day.year):
            return ()
        for period in reversed(self.periods):
            begun = period.first is None or period.first <= day
            if begun and (period.last is None or day <= period.last) and day.weekday() in period.week:
                return period.week[day.weekday()]
        return ()

    def of(self, day: date) -> tuple[Interval, ...]:
        """The openings and closings that belong to a day, in UTC."""
        if (known := self._known.get(day)) is None:
            blocks = sorted(self.blocks(day))
            known = tuple((instant_of(day, a, self.zone), instant_of(day, b, self.zone)) for a, b in blocks)
            known = self._known[day] = tuple((opens, closes) for opens, closes in known if opens < closes)
        return known

    def after(self, since: datetime) -> Iterator[Interval]:
        """What is open after an instant, in order and without overlap; of a block its time that is left."""
        day, begun = self._day(since) - DAY, since
        for _ in range(FAR.days):
            for opens, closes in self.of(day):
                if closes > begun:
                    yield max(opens, begun), closes
                    begun = closes
            day += DAY

    def is_open(self, at: datetime) -> bool:
        """Whether somebody answers at this instant."""
        return next((opens <= at for opens, _ in self.after(at)), True)

    def opening(self, since: datetime) -> datetime:
        """The instant itself while it is open, else the next opening."""
        return next((opens for opens, _ in self.after(since)), since)

    def add(self, since: datetime, duration: timedelta) -> datetime:
        """The instant at which so much service time has passed. One that falls on a closing stays there. Once
        the hours have come to their end, the rest is counted as it passes."""
        left, until = duration, since
        for opens, closes in self.after(since):
            if closes - opens >= left:
                return opens + left
            left, until = left - (closes - opens), closes
        return until + left

    def before(self, until: datetime, duration: timedelta) -> datetime:
        """The instant after which so much service time is left until another."""
        left, day, ends = duration, self._day(until), until
        for _ in range(FAR.days):
            for opens, closes in reversed(self.of(day)):
                if opens >= ends:
                    continue
                closes = min(closes, ends)
                if closes - opens >= left:
                    return closes - left
                left, ends = left - (closes - opens), opens
            day -= DAY
        return ends - left

    def between(self, since: datetime, until: datetime) -> timedelta:
        """The service time that passes between two instants."""
        passed = timedelta(0)
        for opens, closes in self.after(since):
            if opens >= until:
                break
            passed += min(closes, until) - opens
        return passed

    def working_days(self, since: datetime, count: int) -> datetime:
        """The closing of so many open days after the one on which an instant falls, or the next opening."""
        day = self._open_day(since)
        for _ in range(FAR.days):
            if count == 0 and self.of(day):
                return self.of(day)[-1][1]
            day += DAY
            count -= bool(self.of(day))
        return since + count * DAY

    def _open_day(self, since: datetime) -> date:
        day = self._day(since) - DAY
        for _ in range(FAR.days):
            if any(closes > since for _, closes in self.of(day)):
                return day
            day += DAY
        return self._day(since)

    def last_closing(self, now: datetime) -> datetime | None:
        """When the hours come to their end, where that is within two years; else None."""
        closings = [closes for _, closes in self.after(now)]
        last = closings[-1] if closings else now
        return last if last < now + FAR - DAY * 60 else None

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def instant_of(day: date, since_midnight: timedelta, zone: ZoneInfo) -> datetime:
    """A time on the clock as an instant; one that daylight saving skips is the instant of the skip."""
    wall = datetime(day.year, day.month, day.day) + since_midnight  # noqa: DTZ001  # the clock on the wall
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = early.astimezone(zone).utcoffset()
    while early.astimezone(zone).utcoffset() == offset:
        early += timedelta(minutes=1)
    return early


#: Blocks of a day on which it is never closed.
_WHOLE_DAY: Sequence[Block] = ((timedelta(0), DAY),)
_ALWAYS = Period(dict.fromkeys(range(7), _WHOLE_DAY))


def always(zone: ZoneInfo) -> Hours:
    """The hours of a team that never closes."""
    return Hours(zone, (_ALWAYS,))


ALWAYS = always(ZoneInfo("UTC"))
