"""A timer: when it turns next, and what it says then."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.cases.timers import FlagKind, Timer, TimerKind, says, set_right, started, taken, turned
from tests.contract.samples import MINUTE, NOW, SECOND

DUE = NOW + 60 * MINUTE
WARNED = NOW + 45 * MINUTE
AFTER = 15 * MINUTE


def a_timer(warn_at: datetime | None = WARNED) -> Timer:
    """One that runs from NOW on."""
    return started(TimerKind.ANSWER, NOW, DUE, warn_at)


@pytest.mark.parametrize(
    ("warn_at", "turns_at"),
    [(WARNED, WARNED), (DUE, DUE), (DUE + SECOND, DUE), (None, DUE)],
    ids=["warned", "warned when due", "warned too late", "never warned"],
)
def test_it_turns_first_at_its_warning_and_at_the_latest_when_it_is_due(
    warn_at: datetime | None, turns_at: datetime
) -> None:
    assert a_timer(warn_at) == Timer(TimerKind.ANSWER, NOW, DUE, warn_at, turns_at)


def test_it_says_that_it_is_at_risk_then_missed_then_that_it_escalates_and_no_more() -> None:
    story: list[tuple[datetime | None, FlagKind | None]] = []
    timer = a_timer()
    for _ in range(3):
        at = timer.turns_at
        assert at is not None
        story.append((at, says(timer, at)))
        timer = turned(timer, at, at + AFTER if timer.flag is not FlagKind.MISSED else None)
        story.append((timer.turns_at, timer.flag))

    assert story == [
        (WARNED, FlagKind.AT_RISK),
        (DUE, FlagKind.AT_RISK),
        (DUE, FlagKind.MISSED),
        (DUE + AFTER, FlagKind.MISSED),
        (DUE + AFTER, FlagKind.ESCALATED),
        (None, FlagKind.MISSED),
    ]


def test_past_its_warning_and_its_due_time_it_says_only_that_it_is_missed() -> None:
    late = DUE + MINUTE

    assert says(a_timer(), late) is FlagKind.MISSED
    assert turned(a_timer(), late, late + AFTER) == replace(
        a_timer(), flag=FlagKind.MISSED, turns_at=late + AFTER
    )


def test_until_it_is_due_it_is_at_risk() -> None:
    assert says(a_timer(), DUE - SECOND) is FlagKind.AT_RISK
    assert says(a_timer(), DUE) is FlagKind.MISSED


def test_only_a_missed_one_turns_at_another_time_when_somebody_takes_its_case() -> None:
    warned = turned(a_timer(), WARNED, WARNED + AFTER)
    told = turned(turned(warned, DUE, DUE + AFTER), DUE + AFTER, None)
    later = DUE + 60 * MINUTE

    assert taken(a_timer(), WARNED + AFTER) == a_timer()
    assert taken(warned, WARNED + AFTER) == warned
    assert taken(told, later + AFTER) == replace(told, turns_at=later + AFTER)


class TestAfterAClockThatWasAhead:
    """What such a clock let it say too early."""

    @pytest.mark.parametrize("ahead", [WARNED, DUE, DUE + 60 * MINUTE])
    def test_it_has_yet_to_say_what_it_said_too_early(self, ahead: datetime) -> None:
        timer = turned(a_timer(), ahead, ahead + AFTER)

        assert set_right(timer, WARNED - SECOND, WARNED - SECOND + AFTER) == a_timer()

    def test_also_once_it_had_escalated(self) -> None:
        told = turned(turned(a_timer(), DUE, DUE + AFTER), DUE + AFTER, None)

        assert set_right(told, DUE - SECOND, DUE - SECOND + AFTER) == a_timer()

    def test_what_it_said_in_its_time_stands(self) -> None:
        warned = turned(a_timer(), WARNED, WARNED + AFTER)

        assert set_right(warned, WARNED, WARNED + AFTER) == warned

    def test_one_that_has_said_nothing_turns_when_it_would_have(self) -> None:
        assert set_right(a_timer(), NOW, NOW + AFTER) == a_timer()

    def test_a_missed_one_escalates_no_later_than_one_that_is_missed_now(self) -> None:
        late = turned(a_timer(), DUE + 60 * MINUTE, DUE + 60 * MINUTE + AFTER)

        assert set_right(late, DUE, DUE + AFTER) == replace(late, turns_at=DUE + AFTER)

    def test_one_that_escalates_sooner_does_so(self) -> None:
        missed = turned(a_timer(), DUE, DUE + AFTER)

        assert set_right(missed, DUE + MINUTE, DUE + MINUTE + AFTER) == missed

    def test_one_that_has_escalated_does_not_turn_again(self) -> None:
        told = turned(turned(a_timer(), DUE, DUE + AFTER), DUE + AFTER, None)

        assert set_right(told, DUE + MINUTE, DUE + MINUTE + AFTER) == told
