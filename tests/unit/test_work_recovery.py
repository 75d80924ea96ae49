"""What a process that is certain to be alone takes over from the one before it."""

from __future__ import annotations

import pytest

from bot.cases.errands import ErrandKind, ErrandState
from bot.cases.model import ReplyState, Status
from bot.work import outcomes, recovery
from tests.contract.samples import BRAND, MINUTE, NOW, an_account, an_errand
from tests.unit.office import MO, Office
from tests.unit.office import office as office


def take_over(office: Office) -> None:
    """A process starts, alone."""
    recovery.take_over(office.record, office.house, NOW)


@pytest.mark.parametrize("minutes", [-1, 1])
def test_a_reply_that_was_being_sent_is_looked_for(office: Office, minutes: int) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    lease = NOW + minutes * MINUTE
    reply = office.reply(case, state=ReplyState.SENDING, attempted_at=NOW, lease_until=lease)
    take_over(office)

    found = office.now_reply(reply)

    assert (found.state, found.lease_until) == (ReplyState.UNCONFIRMED, None)
    assert found.send_after == NOW + outcomes.LOOKS[0]


@pytest.mark.parametrize("state", [state for state in ReplyState if state is not ReplyState.SENDING])
def test_other_replies_stay_as_they_are(office: Office, state: ReplyState) -> None:
    reply = office.reply(office.case(), state=state)
    take_over(office)

    assert office.now_reply(reply) == reply


def test_an_errand_that_was_underway_is_looked_for_once_what_was_asked_has_landed(office: Office) -> None:
    lease, landed = NOW + MINUTE, NOW + recovery.LANDING
    office.record.add_errand(
        an_errand(ErrandKind.SAY, "a", state=ErrandState.UNDERWAY, lease_until=lease, attempts=1)
    )
    take_over(office)

    [due] = office.record.due_errands(landed, 10)

    assert (due.state, due.lease_until) == (ErrandState.UNDERWAY, landed)


def test_an_errand_that_waits_stays_as_it_is(office: Office) -> None:
    waiting = office.record.add_errand(an_errand(ErrandKind.SAY, "a", not_before=NOW + MINUTE))
    assert waiting is not None
    take_over(office)

    assert office.record.errand(waiting.id) == waiting


def test_an_account_that_was_being_looked_at_is_nobodys(office: Office) -> None:
    office.record.save_account(an_account(lease_by="before", lease_until=NOW + MINUTE))
    take_over(office)

    state = office.record.account(BRAND)

    assert state is not None
    assert (state.lease_by, state.lease_until) == ("", None)


def test_an_account_that_nobody_had_stays_as_it_is(office: Office) -> None:
    state = office.record.save_account(an_account())
    take_over(office)

    assert office.record.account(BRAND) == state


def test_an_account_that_was_never_connected_stays_unknown(office: Office) -> None:
    take_over(office)

    assert office.record.account(BRAND) is None
