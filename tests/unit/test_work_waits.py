"""Waiting on purpose, and what ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases.model import Case, WaitsFor
from bot.cases.timers import TimerKind
from bot.work import turns
from tests.contract.samples import NOW, a_post
from tests.unit.office import MO, Office
from tests.unit.office import office as office

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def waiting(office: Office, what: str = "customer 2d the warehouse looks") -> Case:
    """A case that Mo lets wait."""
    case = office.case(assignee=MO.id)
    office.word(case, MO, "wait", what)
    return office.now_case(case)


def timer(office: Office, case: Case) -> timedelta | None:
    """How long the case still waits."""
    found = office.record.timers.of_case(case.id).get(TimerKind.WAIT)
    return found.due_at - NOW if found else None


@pytest.mark.parametrize(
    ("what", "waits_for", "length", "reason"),
    [
        ("customer 2d", WaitsFor.CUSTOMER, 2 * DAY, ""),
        ("klant 2 dagen", WaitsFor.CUSTOMER, 2 * DAY, ""),
        ("inside 4h asked the warehouse", WaitsFor.INSIDE, 4 * HOUR, "asked the warehouse"),
        ("intern 4 uur magazijn gevraagd", WaitsFor.INSIDE, 4 * HOUR, "magazijn gevraagd"),
    ],
)
def test_a_case_waits_until_then_and_says_why(
    office: Office, what: str, waits_for: WaitsFor, length: timedelta, reason: str
) -> None:
    case = waiting(office, what)

    assert (case.waits_for, case.wait_reason) == (waits_for, reason)
    assert timer(office, case) == length
    assert office.said()[-1].key == "wait.set"
    assert office.events(case) == ["waits"]


@pytest.mark.parametrize("what", ["customer", "customer 25:00", "2d", "somebody 2d", "customer soon"])
def test_what_cannot_be_read_is_answered_with_an_example_and_changes_nothing(
    office: Office, what: str
) -> None:
    case = office.case(assignee=MO.id)
    said = office.word(case, MO, "wait", what)

    assert said is not None
    assert said.key == "wait.how"
    assert office.now_case(case) == case
    assert timer(office, case) is None


def test_it_does_not_wait_for_a_customer_who_waits(office: Office) -> None:
    case = office.waiting_case(assignee=MO.id)
    said = office.word(case, MO, "wait", "customer 2d")

    assert said is not None
    assert said.key == "wait.customer_waits"
    assert office.now_case(case).waits_for is None


def test_waiting_for_a_colleague_stops_no_clock(office: Office) -> None:
    case = office.waiting_case(assignee=MO.id)
    office.word(case, MO, "wait", "inside 4h")

    assert office.now_case(case).answer_due == case.answer_due
    assert office.now_case(case).waits_for is WaitsFor.INSIDE


def test_when_the_time_has_come_who_has_the_case_is_told_once(office: Office) -> None:
    case = waiting(office)
    office.carry()
    for _ in range(2):
        turns.flag(office.tx(NOW + 2 * DAY))

    assert [said.key for said in office.said()] == ["wait.over"]
    assert office.said()[0].values["who"].agent_id == MO.id
    assert office.now_case(case).waits_for is None
    assert timer(office, case) is None
    assert office.events(case) == ["waits", "wait_over"]


def test_the_customer_ends_it_too(office: Office) -> None:
    case = waiting(office)
    office.take_in(a_post("1501"))

    assert office.now_case(case).waits_for is None
    assert timer(office, case) is None


@pytest.mark.parametrize("word", ["off", "uit"])
def test_an_agent_ends_it(office: Office, word: str) -> None:
    case = waiting(office)
    office.word(case, MO, "wait", word)

    assert office.now_case(case).waits_for is None
    assert timer(office, case) is None
    assert office.said()[-1].key == "wait.ended"


def test_another_wait_takes_its_place(office: Office) -> None:
    case = waiting(office)
    office.word(case, MO, "wacht", "intern 4u")

    assert office.now_case(case).waits_for is WaitsFor.INSIDE
    assert timer(office, case) == 4 * HOUR


def test_closing_ends_it(office: Office) -> None:
    case = waiting(office)
    office.word(case, MO, "dismiss", "spam")

    assert office.now_case(case).waits_for is None
    assert timer(office, case) is None


@pytest.mark.parametrize("text", ["wait", "wait!", "!wait", "wacht"])
def test_the_bare_word_still_means_stop(text: str) -> None:
    from bot.work import doors

    assert doors.meant(text).word == "stop"
    assert doors.meant("!wait customer 2d").word == "wait"
