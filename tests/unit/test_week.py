"""Some days at the desk under a fast clock: no flag missing, double or outside the rules."""

from __future__ import annotations

from typing import Any

from bot.cases.timers import FlagKind
from tests.week.desk import Week
from tests.week.verdict import violations


def test_days_with_shifts_and_a_morning_without_anybody_break_no_rule() -> None:
    week = Week(mentions=60, days=3, seed=5)
    week.run()

    assert violations(week) == []
    assert any(alarm.calls for alarm in week.office.alarms())


def test_a_flag_that_is_missing_would_be_seen() -> None:
    week = Week(mentions=40, days=3, seed=6)
    alarms: Any = week.office.record.alarms
    add = alarms.add_flag
    alarms.add_flag = lambda flag: flag.kind is not FlagKind.MISSED and add(flag)
    week.run()

    assert any("should have been flagged missed" in line for line in violations(week))
