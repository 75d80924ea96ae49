"""The private route: who may switch, what is said, and what becomes of the replies that wait."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.cases.model import AgentId, Case, MessageRef, Reply, ReplyKind, Status
from bot.cases.posts import Surface
from bot.cases.said import Money, Said, say
from bot.work import private
from tests.contract.samples import NOW, SAID
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

PRIVATE = Surface.PRIVATE


def claimed(office: Office, **fields: object) -> Case:
    """A case that Mo has."""
    return office.case(**{"status": Status.CLAIMED, "assignee": MO.id} | fields)


def go_private(office: Office, case: Case, text: str = "", problem: Said | None = None) -> Said | None:
    """Mo switches to private."""
    return private.go_private(
        office.record, office.house, case, MO, text, NOW, message=MessageRef("C1", "9.1"), problem=problem
    )


def only_reply(office: Office, case: Case) -> Reply:
    """The one reply of the case."""
    [reply] = office.record.replies_of(case.id)
    return reply


@pytest.mark.parametrize(
    ("status", "assignee", "answer"),
    [
        (Status.NEW, None, "mode.claim_first"),
        (Status.ANSWERED, None, "mode.claim_first"),
        (Status.CLAIMED, ANN.id, "release.not_yours"),
        (Status.CLOSED, None, "close.not_open"),
        (Status.DISMISSED, None, "close.not_open"),
    ],
)
@pytest.mark.parametrize("mode", Surface)
def test_only_who_has_an_open_case_switches_it(
    office: Office, status: Status, assignee: AgentId | None, answer: str, mode: Surface
) -> None:
    case = office.case(status=status, assignee=assignee, mode=mode)

    to_private = go_private(office, case, "secret")
    to_public = private.go_public(office.record, office.house, case, MO, NOW)

    assert to_private is not None
    assert (to_private.key, to_public.key) == (answer, answer)
    assert office.now_case(case) == case
    assert office.record.replies_of(case.id) == []


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.ANSWERED])
def test_the_case_goes_on_in_private(office: Office, status: Status) -> None:
    case = claimed(office, status=status)

    assert go_private(office, case) == say("mode.private", n=case.id, customer="jansen")
    assert office.now_case(case).mode is PRIVATE
    assert office.events(case) == ["mode"]


def test_words_that_come_along_are_the_first_private_reply(office: Office) -> None:
    case = claimed(office)

    assert go_private(office, case, "Call us") is None
    assert (only_reply(office, case).mode, only_reply(office, case).body) == (PRIVATE, "Call us")
    assert only_reply(office, case).held is None


def test_what_the_desk_found_in_the_words_holds_them(office: Office) -> None:
    case = claimed(office)
    go_private(office, case, "Call us", SAID)

    assert only_reply(office, case).held == SAID


def test_a_case_that_is_private_already_says_so(office: Office) -> None:
    case = claimed(office, mode=PRIVATE)

    assert go_private(office, case) == say("mode.already", n=case.id, mode=say("mode.name.private"))


def test_a_case_that_is_private_already_takes_the_words(office: Office) -> None:
    case = claimed(office, mode=PRIVATE)

    assert go_private(office, case, "Call us") is None
    assert only_reply(office, case).mode is PRIVATE
    assert office.events(case) == ["reply_queued"]


def test_a_reply_that_waits_does_not_change_its_way_by_itself(office: Office) -> None:
    case = claimed(office)
    waiting = office.reply(case)
    go_private(office, case)

    held = office.now_reply(waiting)

    assert held.mode is Surface.PUBLIC
    assert held.held == say("hold.mode_switched", mode=say("mode.name.private"))


def test_the_case_comes_back_into_public(office: Office) -> None:
    case = claimed(office, mode=PRIVATE)

    answer = private.go_public(office.record, office.house, case, MO, NOW)

    assert answer == say("mode.public", n=case.id, brand="brand")
    assert office.now_case(case).mode is Surface.PUBLIC


def test_a_case_that_is_public_already_says_so(office: Office) -> None:
    case = claimed(office)

    answer = private.go_public(office.record, office.house, case, MO, NOW)

    assert answer == say("mode.already", n=case.id, mode=say("mode.name.public"))


def test_without_a_private_way_the_customer_is_invited_in_public(office: Office) -> None:
    office.rules.closed = {PRIVATE: "no_private_way"}
    case = claimed(office)

    assert go_private(office, case) == say("invite.drafted", n=case.id)
    draft = only_reply(office, case)
    assert (draft.mode, draft.kind) == (Surface.PUBLIC, ReplyKind.INVITATION)
    assert office.rules.invitation in draft.body


def test_an_invitation_waits_for_a_person(office: Office) -> None:
    office.rules.closed = {PRIVATE: "no_private_way"}
    case = claimed(office)
    go_private(office, case)

    assert only_reply(office, case).held == say("hold.draft")


def test_words_for_one_person_do_not_go_into_the_invitation_and_wait_held(office: Office) -> None:
    office.rules.closed = {PRIVATE: "no_private_way"}
    case = claimed(office)
    go_private(office, case, "Your address is Lindelaan 12")

    invitation, words = office.record.replies_of(case.id)

    assert "Lindelaan" not in invitation.body
    assert (words.mode, words.body, words.held) == (
        PRIVATE,
        "Your address is Lindelaan 12",
        say("hold.no_private_way"),
    )


def test_an_invitation_names_its_price(office: Office) -> None:
    office.rules.closed = {PRIVATE: "no_private_way"}
    office.rules.price_with_link = Decimal("0.2")
    case = claimed(office)

    assert go_private(office, case) == say("invite.draft", n=case.id, price=Money(Decimal("0.2")))


def test_without_any_way_nothing_is_drafted(office: Office) -> None:
    office.rules.closed = {PRIVATE: "no_private_way"}
    office.rules.invitation = ""
    case = claimed(office)

    assert go_private(office, case, "Call us") == say("mode.no_way", n=case.id)
    assert office.record.replies_of(case.id) == []
