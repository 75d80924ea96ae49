"""The watch: what is flagged, who is called, and from how many cases on one list says it all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.errands import ErrandKind, Rank
from bot.cases.model import AgentId, Case, FlagKind, MessageRef
from bot.cases.record import Wake
from bot.cases.said import Instant, Ping, PingChannel, say
from bot.work import watch
from tests.contract.samples import MINUTE, NOW, SECOND
from tests.unit.office import MO, Office
from tests.unit.office import office as office

WARNED = NOW + 45 * MINUTE
DUE = NOW + 60 * MINUTE


def cases(office: Office, count: int, channel: str = "C1") -> list[Case]:
    """Waiting cases in the threads of a channel."""
    return [office.waiting_case(thread=MessageRef(channel, f"{number}.1")) for number in range(count)]


def told(office: Office) -> list[str]:
    """What was said, by its key."""
    return [said.key for said in office.said()]


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (WARNED - SECOND, None),
        (WARNED, FlagKind.AT_RISK),
        (DUE - SECOND, FlagKind.AT_RISK),
        (DUE, FlagKind.MISSED),
    ],
)
def test_a_case_is_flagged_as_its_instants_pass(office: Office, at: object, kind: FlagKind | None) -> None:
    case = office.waiting_case()
    watch.flag(office.record, office.house, at)  # type: ignore[arg-type]  # the table's instants

    assert office.now_case(case).flag is kind
    assert office.events(case) == ([kind.value] if kind else [])


def test_what_was_said_of_a_due_time_is_not_said_again(office: Office) -> None:
    case = office.waiting_case()
    watch.flag(office.record, office.house, WARNED)
    office.record.save_case(replace(office.now_case(case), flag=None))
    watch.flag(office.record, office.house, WARNED)

    assert told(office) == ["watch.at_risk_unclaimed"]
    assert office.now_case(case).flag is FlagKind.AT_RISK


def test_a_case_that_was_warned_of_is_told_once_more_when_it_is_missed(office: Office) -> None:
    office.waiting_case(assignee=MO.id)
    watch.flag(office.record, office.house, WARNED)
    watch.flag(office.record, office.house, DUE)
    watch.flag(office.record, office.house, DUE + MINUTE)

    assert told(office) == ["watch.at_risk", "watch.missed"]


@pytest.mark.parametrize(
    ("assignee", "expected"),
    [
        (MO.id, say("watch.at_risk", who=Ping("U1"), due=Instant(DUE))),
        (None, say("watch.at_risk_unclaimed", channel=PingChannel(), due=Instant(DUE))),
    ],
)
def test_a_warning_calls_who_has_the_case_or_everybody(
    office: Office, assignee: AgentId | None, expected: object
) -> None:
    office.waiting_case(assignee=assignee)
    watch.flag(office.record, office.house, WARNED)

    assert office.said() == [expected]


@pytest.mark.parametrize(
    ("count", "keys"),
    [
        (watch.LIST_FROM - 1, ["watch.at_risk_unclaimed"] * (watch.LIST_FROM - 1)),
        (watch.LIST_FROM, ["watch.list"]),
    ],
)
def test_many_cases_at_once_are_told_in_one_list(office: Office, count: int, keys: list[str]) -> None:
    cases(office, count)
    watch.flag(office.record, office.house, WARNED)

    assert told(office) == keys


def test_cases_are_counted_by_channel(office: Office) -> None:
    cases(office, watch.LIST_FROM - 1, "C1")
    cases(office, watch.LIST_FROM, "C2")
    watch.flag(office.record, office.house, WARNED)

    assert sorted(told(office)) == ["watch.at_risk_unclaimed"] * (watch.LIST_FROM - 1) + ["watch.list"]
    assert office.errands(ErrandKind.SAY)[-1].channel == "C2"


def test_cases_whose_flag_was_said_before_do_not_fill_a_list(office: Office) -> None:
    [known, *_] = cases(office, watch.LIST_FROM)
    office.record.add_flag(known.id, DUE, FlagKind.AT_RISK, NOW)
    watch.flag(office.record, office.house, WARNED)

    assert told(office) == ["watch.at_risk_unclaimed"] * (watch.LIST_FROM - 1)


@pytest.mark.parametrize(("count", "lines", "more"), [(30, 30, None), (31, 31, 1), (50, 31, 20)])
def test_a_long_list_says_how_many_more_there_are(
    office: Office, count: int, lines: int, more: int | None
) -> None:
    cases(office, count)
    watch.flag(office.record, office.house, WARNED)

    [said] = office.said()
    last = said.values["cases"][-1]

    assert (said.values["count"], len(said.values["cases"])) == (count, lines)
    assert (last.values["count"] if last.key == "watch.more" else None) == more


def test_a_transaction_turns_a_part_and_leaves_the_rest_for_the_next(office: Office) -> None:
    cases(office, watch.CHUNK + 3)

    turned = [watch.flag(office.record, office.house, WARNED) for _ in range(3)]

    assert turned == [watch.CHUNK, 3, 0]


def test_a_warning_goes_before_what_customers_wrote(office: Office) -> None:
    office.waiting_case()
    watch.flag(office.record, office.house, WARNED)

    [said] = office.errands(ErrandKind.SAY)

    assert said.rank is Rank.WARNING
    assert Wake.POST in office.woken()


def test_two_due_times_of_one_case_are_each_told_however_close(office: Office) -> None:
    case = office.waiting_case()
    assert case.due_at is not None
    for later in (timedelta(0), timedelta(milliseconds=300)):
        due_at = case.due_at + later
        office.record.save_case(replace(office.now_case(case), due_at=due_at, flag=None))
        watch.flag(office.record, office.house, due_at)

    assert len(office.said()) == 2
