"""What who starts the bot is told of hours and due times."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import readiness
from bot.cases.hours import Hours, Period
from bot.cases.installation import Installation, Team

NEW_YORK = ZoneInfo("America/New_York")
EVENINGS = {day: ((timedelta(hours=18), timedelta(hours=23)),) for day in range(7)}
NOW = datetime(2026, 12, 1, 12, tzinfo=NEW_YORK)


def told(until: date | None) -> list[tuple[str, bool, str]]:
    """Of evenings until a day."""
    team = Team("care", "C1", hours=Hours(NEW_YORK, [Period(EVENINGS, last=until)]))
    installation = Installation("en", "America/New_York", {"care": team}, {})
    return [(found.subject, found.ok, found.text) for found in readiness.of_hours(installation, NOW)]


@pytest.mark.parametrize(
    ("until", "is_well"), [(date(2027, 6, 30), True), (date(2026, 12, 31), True), (date(2026, 12, 20), False)]
)
def test_hours_that_end_are_told_with_the_day_and_are_a_fault_within_a_month(
    until: date, is_well: bool
) -> None:
    [(subject, ok, text)] = told(until)

    assert (subject, ok) == ("Team care: hours", is_well)
    assert text.startswith(f"They end on {until}; from then on the clock runs day and night.")


def test_hours_without_an_end_are_not_worth_a_word() -> None:
    assert told(None) == []


@pytest.mark.parametrize(("count", "words"), [(0, ""), (1, "1 open case keeps"), (3, "3 open cases keep")])
def test_due_times_of_other_settings_are_told_with_the_way_to_new_ones(count: int, words: str) -> None:
    text = "".join(found.text for found in readiness.of_due_times(count))

    assert text.startswith(words)
    assert bool(text) == ("webcare targets" in text)
