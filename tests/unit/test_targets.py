"""A promised response time as instants: when a reply is due, when to warn, when the channel is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from bot.cases import targets
from bot.cases.hours import Hours, Period
from bot.cases.installation import Promise, Targets, Team
from bot.cases.timers import FlagKind, Timer, TimerKind
from tests.contract.samples import BRAND, MINUTE, NOW, SECOND, a_case, a_clock, a_full_case

PROMISED = Targets(
    first_reply=60 * MINUTE, next_reply=240 * MINUTE, warn_before=15 * MINUTE, escalate_after=20 * MINUTE
)
TEAM = Team("care", "C1", targets=PROMISED)
SINCE = NOW - 7 * MINUTE


@pytest.mark.parametrize(
    ("replied_at", "due_at", "warn_at"),
    [
        (None, SINCE + 60 * MINUTE, SINCE + 45 * MINUTE),
        (NOW - 9 * MINUTE, SINCE + 240 * MINUTE, SINCE + 225 * MINUTE),
    ],
    ids=["the first reply", "the next reply"],
)
def test_a_clock_begins_anew_with_the_target_of_its_reply_and_changes_nothing_else(
    replied_at: datetime | None, due_at: datetime, warn_at: datetime
) -> None:
    before = replace(a_full_case(), first_replied_at=replied_at)
    clock = Timer(TimerKind.ANSWER, SINCE, due_at, warn_at, turns_at=warn_at, flag=None)

    assert targets.wait_from(before, SINCE, TEAM) == replace(before, answer_due=clock)


@pytest.mark.parametrize(
    ("warn_before", "warn_at"),
    [
        (60 * MINUTE - SECOND, NOW + SECOND),
        (60 * MINUTE, NOW),
        (60 * MINUTE + SECOND, NOW),
        (0 * MINUTE, NOW + 60 * MINUTE),
    ],
    ids=["inside the target", "the whole target", "longer than the target", "no warning time"],
)
def test_a_warning_comes_before_the_due_time_and_never_before_the_mention(
    warn_before: timedelta, warn_at: datetime
) -> None:
    case = targets.wait_from(a_case(), NOW, replace(TEAM, targets=replace(PROMISED, warn_before=warn_before)))

    assert case.answer_due is not None
    assert case.answer_due.warn_at == warn_at


def test_a_stopped_clock_leaves_nothing_to_wait_for_and_changes_nothing_else() -> None:
    before = a_full_case()

    assert targets.wait_no_more(before) == replace(before, answer_due=None)


@pytest.mark.parametrize(
    ("flag", "turns_at"),
    [
        (FlagKind.MISSED, NOW + 20 * MINUTE),
        (FlagKind.AT_RISK, NOW + 75 * MINUTE),
        (None, NOW + 75 * MINUTE),
    ],
)
def test_who_claims_a_missed_case_gets_the_whole_time_before_the_channel_is_told(
    flag: FlagKind | None, turns_at: datetime
) -> None:
    clock = replace(a_clock(NOW), flag=flag, turns_at=NOW + 75 * MINUTE)
    before = replace(a_full_case(), answer_due=clock)

    after = targets.claimed(before, NOW, TEAM)

    assert after == replace(before, answer_due=replace(clock, turns_at=turns_at))


def test_a_claim_starts_no_clock() -> None:
    assert targets.claimed(a_case(), NOW, TEAM) == a_case()


def test_a_warning_may_be_a_part_of_the_target() -> None:
    team = replace(TEAM, targets=replace(PROMISED, warn_before=Fraction(1, 5)))

    case = targets.wait_from(a_case(), NOW, team)

    assert case.answer_due is not None
    assert case.answer_due.warn_at == NOW + 48 * MINUTE


@pytest.mark.parametrize(("promised", "within"), [(30, 30), (90, 60)])
def test_of_the_targets_that_apply_the_shortest_counts(promised: int, within: int) -> None:
    per_account = {BRAND: Promise(first_reply=promised * MINUTE)}
    team = replace(TEAM, targets=replace(PROMISED, per_account=per_account))

    assert targets.wait_from(a_case(), NOW, team).due_at == NOW + within * MINUTE


#: Open on weekdays from 9 to 17:30; Christmas of 2026 is a Friday.
OFFICE = Hours(
    ZoneInfo("Europe/Amsterdam"),
    [Period(dict.fromkeys(range(5), ((timedelta(hours=9), timedelta(hours=17.5)),)))],
    {date(2026, 12, 25): ()},
)


@pytest.mark.parametrize(
    ("since", "warn_at", "due_at"),
    [
        ("2026-12-21 10:00", "2026-12-21 10:45", "2026-12-21 11:00"),
        ("2026-12-21 16:45", "2026-12-22 09:00", "2026-12-22 09:15"),
        ("2026-12-21 16:30", "2026-12-21 17:15", "2026-12-21 17:30"),
        ("2026-12-21 22:10", "2026-12-22 09:45", "2026-12-22 10:00"),
        ("2026-12-24 17:20", "2026-12-28 09:35", "2026-12-28 09:50"),
    ],
)
def test_a_target_is_counted_in_service_hours(since: str, warn_at: str, due_at: str) -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    instants = [datetime.fromisoformat(text).replace(tzinfo=zone) for text in (since, warn_at, due_at)]

    case = targets.wait_from(a_case(), instants[0].astimezone(UTC), replace(TEAM, hours=OFFICE))

    assert case.answer_due is not None
    assert [case.waiting_since, case.answer_due.warn_at, case.due_at] == instants


def test_a_missed_case_escalates_in_service_time() -> None:
    closing = datetime(2026, 12, 21, 16, 20, tzinfo=UTC)

    at = targets.escalates_at(replace(TEAM, hours=OFFICE), closing)

    assert at == datetime(2026, 12, 22, 8, 10, tzinfo=UTC)
