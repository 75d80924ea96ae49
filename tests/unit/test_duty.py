"""The roster: who is on duty when, and when nobody is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cases.duty import Roster, Shift, at, changes, end_of, gaps, until_service
from bot.cases.hours import Hours, Period

ZONE = ZoneInfo("Europe/Amsterdam")


def block(begin: float, end: float) -> tuple[timedelta, timedelta]:
    """A block by the hours of a day."""
    return timedelta(hours=begin), timedelta(hours=end)


#: 2026-12-24 is a Thursday.
ROSTER = Roster(
    ZONE,
    {
        **{day: (Shift(block(9, 13), ("U1", "U2")), Shift(block(13, 21), ("S1",))) for day in range(5)},
        5: (Shift(block(22, 30), ("U3",)),),
    },
    {date(2026, 12, 24): (Shift(block(9, 16), ("U3",)),), date(2026, 12, 25): ()},
)


def when(text: str) -> datetime:
    """An instant by the clocks of Amsterdam."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def here(text: str) -> list[str]:
    """Who is on duty then."""
    now = when(text)
    return at(list(ROSTER.stints(now, now + timedelta(seconds=1))), now)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("2026-12-21 08:59", []),
        ("2026-12-21 09:00", ["U1", "U2"]),
        ("2026-12-21 13:00", ["S1"]),
        ("2026-12-21 21:00", []),
        ("2026-12-24 10:00", ["U3"]),
        ("2026-12-24 17:00", []),
        ("2026-12-25 10:00", []),
        ("2026-12-27 05:59", ["U3"]),
        ("2026-12-27 06:00", []),
    ],
)
def test_who_is_on_duty(text: str, who: list[str]) -> None:
    assert here(text) == who


def test_changes_are_told_in_order() -> None:
    stints = list(ROSTER.stints(when("2026-12-21 09:30"), when("2026-12-21 14:00")))

    assert changes(stints) == [when(f"2026-12-21 {hour}:00") for hour in ("09", "13", "21")]


def test_shifts_that_follow_one_another_are_one_for_who_has_both() -> None:
    double = Roster(ZONE, {0: (Shift(block(9, 13), ("U1",)), Shift(block(13, 17), ("U1", "U2")))})
    now = when("2026-12-21 10:00")
    stints = list(double.stints(now, now + timedelta(days=1)))

    assert end_of(stints, "U1", now) == when("2026-12-21 17:00")
    assert end_of(stints, "U2", now) is None


def test_gaps_are_what_is_open_while_nobody_is_there() -> None:
    hours = Hours(ZONE, [Period(dict.fromkeys(range(5), (block(8, 22),)))])
    opened = until_service(hours.after(when("2026-12-21 08:00")), timedelta(hours=24))
    stints = list(ROSTER.stints(opened[0][0], opened[-1][1]))

    assert opened[-1][1] == when("2026-12-22 18:00")
    assert gaps(stints, opened) == [
        (when("2026-12-21 08:00"), when("2026-12-21 09:00")),
        (when("2026-12-21 21:00"), when("2026-12-21 22:00")),
        (when("2026-12-22 08:00"), when("2026-12-22 09:00")),
    ]
