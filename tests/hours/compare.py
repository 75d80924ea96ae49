"""Due times of the product beside those of the walk."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.cases.hours import Hours
from bot.config.hours import HolidaysConfig, hours_of, read_entries
from tests.hours.walker import ZONE, Walk, Written, some_hours

#: Ten years of daylight saving and of moving holidays.
TEN_YEARS = (2025, 2034)
#: So many targets are asked of the same hours.
EACH = 10_000


@dataclass(frozen=True)
class Outcome:
    """How many due times were compared, which differ, and how long the product took for ten thousand."""

    cases: int
    wrong: tuple[str, ...]
    seconds_for_10000: float


def product_hours(written: Written) -> Hours:
    """The same hours, as app.yaml would say them."""
    lines: list[dict[str, str]] = []
    for first, last, week in written.periods:
        line = {name: blocks or "closed" for name, blocks in week.items()}
        line |= {"from": first.isoformat()} if first else {}
        line |= {"until": last.isoformat()} if last else {}
        lines.append(line)
    for day, blocks in written.days.items():
        lines.append({"day": day.isoformat(), **({"open": blocks} if blocks else {"closed": "true"})})
    holidays = HolidaysConfig(country="NL") if written.keeps_holidays else None
    return hours_of(read_entries(lines), holidays, ZONE)


def _targets(dice: random.Random, years: tuple[int, int], count: int) -> Iterator[tuple[datetime, int]]:
    first, last = datetime(years[0], 1, 2, tzinfo=UTC), datetime(years[1], 12, 1, tzinfo=UTC)
    for _ in range(count):
        since = first + timedelta(minutes=dice.randrange(int((last - first) / timedelta(minutes=1))))
        yield since, dice.choice([1, 15, 30, 60, 90, 240, 480, dice.randrange(1, 2400)])


def compare(cases: int, seed: int, years: tuple[int, int] = TEN_YEARS, each: int = EACH) -> Outcome:
    """Compare so many random due times, `each` so many with the same hours."""
    dice = random.Random(seed)  # no secret
    wrong, took, done = list[str](), 0.0, 0
    while done < cases:
        written = some_hours(dice)
        hours, walk = product_hours(written), Walk(written, *years)
        asked = list(_targets(dice, years, min(each, cases - done)))
        began = time.perf_counter()
        found = [hours.add(since, timedelta(minutes=minutes)) for since, minutes in asked]
        took += time.perf_counter() - began
        for (since, minutes), due in zip(asked, found, strict=True):
            if due != (right := walk.due(since, minutes)):
                wrong.append(f"{since} + {minutes} min: {due} instead of {right}, with {written}")
        done += len(asked)
    return Outcome(done, tuple(wrong), took / done * 10_000)
