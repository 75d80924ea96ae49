"""Service time counted anew, and in another way than the product does: minute after minute, each asked what a
clock on the wall shows. Nothing of `bot` is used."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
MINUTE = timedelta(minutes=1)
#: Easter Sundays, as printed calendars list them.
_EASTER = {
    2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2028: (4, 16), 2029: (4, 1), 2030: (4, 21),
    2031: (4, 13), 2032: (3, 28), 2033: (4, 17), 2034: (4, 9), 2035: (3, 25),
}  # fmt: skip


def holidays(year: int) -> set[date]:
    """New Year, Easter, King's Day (not on a Sunday), Ascension, Pentecost, Christmas; every fifth year
    Liberation Day."""
    easter = date(year, *_EASTER[year])
    king = date(year, 4, 27)
    moving = [easter + timedelta(days=days) for days in (-2, 0, 1, 39, 49, 50)]
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    lustrum = [date(year, 5, 5)] if year % 5 == 0 else []
    return {*moving, *fixed, *lustrum, king - timedelta(days=king.weekday() == 6)}


@dataclass(frozen=True)
class Written:
    """Hours as a person writes them: (first, last, blocks by weekday), single days, with holidays or not."""

    periods: Sequence[tuple[date | None, date | None, Mapping[str, str]]]
    days: Mapping[date, str]
    keeps_holidays: bool


_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _blocks(text: str) -> list[tuple[int, int]]:
    found = []
    for part in filter(None, text.split(", ")):
        begin, end = (int(time[:2]) * 60 + int(time[3:]) for time in part.split("-"))
        found.append((begin, end if end > begin else end + 1440))
    return found


def _written_for(written: Written, day: date) -> list[tuple[int, int]]:
    if day in written.days:
        return _blocks(written.days[day])
    if written.keeps_holidays and day in holidays(day.year):
        return []
    told = ""
    for first, last, week in written.periods:
        if (first is None or day >= first) and (last is None or day <= last):
            told = week.get(_NAMES[day.weekday()], told)
    return _blocks(told)


class Walk:
    """Every open minute of the years, in order, by the minutes that the wall shows."""

    def __init__(self, written: Written, first: int, last: int) -> None:
        self.open: list[int] = []
        self._origin = datetime(first, 1, 1, tzinfo=UTC)
        at, known = self._origin, dict[date, list[tuple[int, int]]]()
        number = 0
        while at.year <= last:
            wall = at.astimezone(ZONE)
            for day, extra in ((wall.date(), 0), (wall.date() - timedelta(days=1), 1440)):
                if day not in known:
                    known[day] = _written_for(written, day) if day.year >= first else []
                shown = wall.hour * 60 + wall.minute + extra
                if any(begin <= shown < end for begin, end in known[day]):
                    self.open.append(number)
                    break
            number, at = number + 1, at + MINUTE

    def due(self, since: datetime, minutes: int) -> datetime:
        """When so many open minutes have passed since an instant on the minute."""
        number = int((since - self._origin) / MINUTE)
        place = bisect_left(self.open, number) + minutes - 1
        return self._origin + (self.open[place] + 1) * MINUTE


def some_hours(dice: random.Random) -> Written:
    """Hours such as teams have: a lunch break, late evenings, nights, weekends, summers, single days."""
    usual = dice.choice(["09:00-17:30", "09:00-12:30, 13:00-21:00", "08:00-22:00", "07:45-16:15"])
    nights = dice.random() < 0.3
    week = dict.fromkeys(_NAMES[:5], usual)
    if dice.random() < 0.6:
        week["sat"] = dice.choice(["10:00-17:00", "09:00-13:00, 14:00-15:30"])
    if nights:
        week |= {"fri": "14:00-24:00", "sat": "00:00-01:30, 20:00-05:00", "sun": "21:00-06:00", "mon": usual}
    year = dice.randrange(2025, 2034)
    summer = {"mon": "10:00-16:00", "tue": "10:00-16:00", "wed": ""}
    periods = [(None, None, week), (date(year, 7, 1), date(year, 8, 31), summer)]
    days = {date(year, 12, 24): "09:00-16:00", date(year, 6, dice.randrange(1, 28)): ""}
    return Written(periods, days, dice.random() < 0.8)
