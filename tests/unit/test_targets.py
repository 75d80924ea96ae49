"""When a reply is due and when to warn: a promised response time as an instant, and a clock that stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.cases import targets
from bot.cases.installation import Targets
from bot.cases.model import FlagKind
from tests.contract.samples import MINUTE, NOW, a_case, a_full_case, a_waiting_case

PROMISED = Targets(first_reply=60 * MINUTE, next_reply=240 * MINUTE, warn_before=15 * MINUTE)


@pytest.mark.parametrize(
    ("replied_at", "due_at"),
    [(None, NOW + 60 * MINUTE), (NOW - MINUTE, NOW + 240 * MINUTE)],
    ids=["the first reply", "the next reply"],
)
def test_the_first_reply_has_a_target_of_its_own(replied_at: datetime | None, due_at: datetime) -> None:
    case = targets.wait_from(a_case(first_replied_at=replied_at), NOW, PROMISED)

    assert case.waiting_since == NOW
    assert case.due_at == due_at
    assert case.warn_at == due_at - 15 * MINUTE


@pytest.mark.parametrize(
    ("warn_before", "warn_at"),
    [
        (59 * MINUTE, NOW + MINUTE),
        (60 * MINUTE, NOW),
        (61 * MINUTE, NOW),
        (0 * MINUTE, NOW + 60 * MINUTE),
    ],
    ids=["inside the target", "the whole target", "longer than the target", "no warning time"],
)
def test_a_warning_comes_before_the_due_time_and_never_before_the_mention(
    warn_before: timedelta, warn_at: datetime
) -> None:
    case = targets.wait_from(a_case(), NOW, replace(PROMISED, warn_before=warn_before))

    assert case.warn_at == warn_at


def test_a_clock_that_runs_from_another_instant_has_not_been_flagged_yet() -> None:
    flagged = a_waiting_case(NOW, flag=FlagKind.MISSED)
    case = targets.wait_from(flagged, NOW, PROMISED)

    assert case.flag is None
    assert case.due_at == NOW + 60 * MINUTE


def test_a_stopped_clock_leaves_nothing_to_wait_for() -> None:
    case = targets.wait_no_more(a_full_case())

    assert (case.waiting_since, case.due_at, case.warn_at, case.flag) == (None, None, None, None)


def test_a_clock_changes_nothing_else_of_a_case() -> None:
    before = a_full_case()
    clock = {
        name: getattr(before, name) for name in ("waiting_since", "due_at", "warn_at", "flag", "escalate_at")
    }

    assert replace(targets.wait_from(before, NOW, PROMISED), **clock) == before
    assert replace(targets.wait_no_more(before), **clock) == before
