"""What an answer came to: a row once a published reply ends a customer's wait, with how late that was."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cases.model import Case, Reply, ReplyKind, ReplyState, Status
from bot.cases.targets import Answer
from bot.cases.timers import TimerKind
from bot.work import claims, publishing
from tests.contract.samples import MINUTE, NOW, SECOND
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

DUE = NOW + 60 * MINUTE


def claimed(office: Office) -> Case:
    """A case of Mo's whose customer waits since NOW."""
    return office.waiting_case(status=Status.CLAIMED, assignee=MO.id)


def publish(office: Office, case: Case, at: datetime, **fields: Any) -> Reply:
    """A reply of Mo, who has seen all there is, is on the network at `at`; heard of nine minutes later."""
    reply = office.reply(case, **{"sent_at": at, "state": ReplyState.SENT} | fields)
    publishing.answer(office.tx(at + 9 * MINUTE), office.now_case(case), reply, reply.agent or "")
    return reply


def answers(office: Office, case: Case) -> list[Answer]:
    """What the answers of a case came to."""
    return list(office.record.history.answers_of(case.id))


@pytest.mark.parametrize(
    ("at", "met", "late_by"),
    [(DUE - SECOND, True, -SECOND), (DUE, True, timedelta(0)), (DUE + SECOND, False, SECOND)],
)
def test_met_or_missed_and_by_how_much_is_decided_by_the_networks_time(
    office: Office, at: datetime, met: bool, late_by: timedelta
) -> None:
    case = claimed(office)
    reply = publish(office, case, at)

    assert answers(office, case) == [
        Answer(
            reply.id,
            TimerKind.ANSWER,
            case.id,
            since=NOW,
            due_at=DUE,
            answered_at=at,
            met=met,
            late_by=late_by,
            is_first=True,
            agent=MO.id,
        )
    ]


def test_the_next_answer_has_a_row_and_a_target_of_its_own(office: Office) -> None:
    case = claimed(office)
    reply = office.reply(case, sent_at=NOW + MINUTE, state=ReplyState.SENT)
    later = office.mention(case, created_at=NOW + 2 * MINUTE)
    publishing.answer(office.tx(NOW + 3 * MINUTE), case, reply, MO.id)
    now_due = office.now_case(case).due_at
    publish(office, case, NOW + 10 * MINUTE)

    first, second = answers(office, case)

    assert (first.since, first.answered_at, first.is_first) == (NOW, NOW + MINUTE, True)
    assert (second.since, second.due_at, second.is_first) == (later.created_at, now_due, False)


def test_a_reply_whose_writer_had_not_seen_what_waits_is_no_answer_to_it(office: Office) -> None:
    case = claimed(office)
    publish(office, case, NOW + MINUTE, seen_number=0)

    assert answers(office, case) == []
    assert office.now_case(case).waiting_since == NOW


def test_where_nobody_waits_nothing_is_met_or_missed(office: Office) -> None:
    case = office.case(status=Status.ANSWERED, assignee=MO.id, first_replied_at=NOW)
    publish(office, case, NOW + MINUTE)

    assert answers(office, case) == []


def test_an_answer_outside_the_desk_is_nobodys(office: Office) -> None:
    case = claimed(office)
    publish(office, case, NOW + MINUTE, kind=ReplyKind.ELSEWHERE, agent=None)

    assert [answer.agent for answer in answers(office, case)] == [None]


def test_it_is_of_who_wrote_it_whoever_saw_that_it_is_out(office: Office) -> None:
    case = claimed(office)
    reply = office.reply(case, sent_at=NOW + MINUTE, state=ReplyState.SENT)
    publishing.answer(office.tx(NOW + MINUTE), case, reply, ANN.id)

    assert [answer.agent for answer in answers(office, case)] == [MO.id]


def test_a_wait_that_ends_without_an_answer_has_none(office: Office) -> None:
    case = claimed(office)
    claims.dismiss(office.tx(DUE + MINUTE), case, MO, "spam")

    assert office.now_case(case).waiting_since is None
    assert answers(office, case) == []
