"""The watch: what is flagged, when, and once only; and when the channel hears of what somebody has."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.cases import targets
from bot.cases.alarms import Flag
from bot.cases.model import AgentId, Case, Status
from bot.cases.outbox import Rank, Warn
from bot.cases.record import Wake
from bot.cases.timers import FlagKind, TimerKind
from bot.work import claims, startup, takeovers, turns
from tests.contract.samples import MINUTE, NOW, SECOND, a_clock
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

WARNED = NOW + 45 * MINUTE
DUE = NOW + 60 * MINUTE
#: When the channel is told of a case that was missed when it was due and that somebody has.
ESCALATED = DUE + 15 * MINUTE


def flag(office: Office, at: datetime) -> None:
    """Look what turned."""
    turns.flag(office.tx(at))


def flags(office: Office) -> list[Flag]:
    """Every flag, by case and due time."""
    return [flag for case in office.record.cases.open() for flag in office.record.alarms.flags_of(case.id)]


def flagged(office: Office) -> list[tuple[int, str]]:
    """Every flag that was said, by case and kind, in order."""
    return [(flag.case_id, flag.kind.value) for flag in flags(office) if flag.alarm_id is not None]


def told(office: Office, kind: FlagKind) -> list[str]:
    """Whom each flag of a kind was for."""
    alarms = (office.record.alarms.get(flag.alarm_id or 0) for flag in flags(office) if flag.kind is kind)
    return [alarm.audience.who for alarm in alarms if alarm is not None]


def claim(office: Office, case: Case, at: datetime) -> None:
    """Mo takes the case."""
    claims.claim(office.tx(at), office.now_case(case), MO)


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (WARNED - SECOND, None),
        (WARNED, FlagKind.AT_RISK),
        (DUE - SECOND, FlagKind.AT_RISK),
        (DUE, FlagKind.MISSED),
    ],
)
def test_a_case_is_flagged_as_its_instants_pass(office: Office, at: datetime, kind: FlagKind | None) -> None:
    case = office.waiting_case()
    flag(office, at)

    assert office.now_case(case).flag is kind
    assert office.events(case) == ([kind.value] if kind else [])


def test_every_kind_of_timer_has_somebody_who_turns_it() -> None:
    assert turns.TURNS.keys() == set(TimerKind)


def test_what_was_said_of_a_due_time_is_not_said_again(office: Office) -> None:
    case = office.waiting_case()
    flag(office, WARNED)
    office.record.cases.save(replace(office.now_case(case), answer_due=case.answer_due))
    flag(office, WARNED)

    assert len(office.entries(Warn)) == 1
    assert office.now_case(case).flag is FlagKind.AT_RISK


def test_a_case_that_was_warned_of_is_told_once_more_when_it_is_missed(office: Office) -> None:
    case = office.waiting_case(assignee=MO.id)
    flag(office, WARNED)
    flag(office, DUE)
    flag(office, DUE + MINUTE)

    assert flagged(office) == [(case.id, "at_risk"), (case.id, "missed")]


@pytest.mark.parametrize(("assignee", "who"), [(MO.id, "U1"), (None, "channel")])
def test_a_warning_is_for_who_has_the_case_or_for_the_channel(
    office: Office, assignee: AgentId | None, who: str
) -> None:
    office.waiting_case(assignee=assignee)
    flag(office, WARNED)

    assert told(office, FlagKind.AT_RISK) == [who]


def test_a_transaction_turns_a_part_and_leaves_the_rest_for_the_next(office: Office) -> None:
    for _ in range(turns.CHUNK + 3):
        office.waiting_case()

    turned = [turns.flag(office.tx(WARNED)) for _ in range(3)]

    assert turned == [turns.CHUNK, 3, 0]


def test_a_warning_goes_before_what_customers_wrote(office: Office) -> None:
    office.waiting_case()
    flag(office, WARNED)

    [alarm] = office.entries(Warn)

    assert alarm.rank is Rank.WARNING
    assert Wake.DELIVER in office.woken()


def test_two_due_times_of_one_case_are_each_told_however_close(office: Office) -> None:
    case = office.waiting_case()
    assert case.due_at is not None
    for later in (timedelta(0), timedelta(milliseconds=300)):
        due_at = case.due_at + later
        office.record.cases.save(replace(office.now_case(case), answer_due=a_clock(due_at)))
        flag(office, due_at)

    assert flagged(office) == [(case.id, "missed")] * 2


class TestTheChannelHearsOfWhatSomebodyHas:
    """A missed case of somebody who may not be there."""

    def test_after_the_time_that_is_set_and_once(self, office: Office) -> None:
        office.waiting_case(assignee=MO.id)
        flag(office, DUE)
        flag(office, ESCALATED - SECOND)
        before = told(office, FlagKind.ESCALATED)
        for at in (ESCALATED, ESCALATED + MINUTE, ESCALATED + 60 * MINUTE):
            flag(office, at)

        assert before == []
        assert told(office, FlagKind.ESCALATED) == ["channel"]

    def test_the_next_turn_is_that_moment(self, office: Office) -> None:
        office.waiting_case(assignee=MO.id)
        flag(office, DUE)

        assert office.record.timers.next_due() == ESCALATED

    def test_not_of_what_it_was_told_itself(self, office: Office) -> None:
        office.waiting_case()
        flag(office, DUE)
        flag(office, ESCALATED)

        assert told(office, FlagKind.ESCALATED) == []
        assert office.record.timers.next_due() is None

    def test_who_takes_it_after_it_was_missed_gets_the_same_time(self, office: Office) -> None:
        case = office.waiting_case()
        flag(office, DUE)
        claim(office, case, DUE + 10 * MINUTE)
        flag(office, ESCALATED)
        before = told(office, FlagKind.ESCALATED)
        flag(office, ESCALATED + 10 * MINUTE)

        assert (before, told(office, FlagKind.ESCALATED)) == ([], ["channel"])

    def test_also_when_the_channel_knew_for_long_and_somebody_takes_it_then(self, office: Office) -> None:
        case = office.waiting_case()
        flag(office, DUE)
        flag(office, ESCALATED)
        claim(office, case, ESCALATED + 60 * MINUTE)
        flag(office, ESCALATED + 75 * MINUTE)

        assert told(office, FlagKind.ESCALATED) == ["channel"]

    def test_a_colleague_who_takes_it_over_gets_the_same_time(self, office: Office) -> None:
        case = office.waiting_case(assignee=MO.id, status=Status.CLAIMED)
        flag(office, DUE)
        takeovers.take(office.tx(DUE + 10 * MINUTE), office.now_case(case), ANN, by_reaction=False)
        flag(office, ESCALATED)
        before = told(office, FlagKind.ESCALATED)
        flag(office, ESCALATED + 10 * MINUTE)

        assert (before, told(office, FlagKind.ESCALATED)) == ([], ["channel"])

    def test_of_what_was_given_back_after_only_its_agent_was_told(self, office: Office) -> None:
        case = office.waiting_case(assignee=MO.id, status=Status.CLAIMED)
        flag(office, DUE)
        claims.release(office.tx(DUE + MINUTE), office.now_case(case), MO)
        flag(office, ESCALATED)

        assert told(office, FlagKind.ESCALATED) == ["channel"]

    def test_not_of_what_was_answered(self, office: Office) -> None:
        case = office.waiting_case(assignee=MO.id)
        flag(office, DUE)
        office.record.cases.save(targets.wait_no_more(office.now_case(case)))
        flag(office, ESCALATED)

        assert told(office, FlagKind.ESCALATED) == []

    def test_a_clock_that_was_ahead_puts_it_off_for_no_longer_than_usual(self, office: Office) -> None:
        office.waiting_case(assignee=MO.id)
        flag(office, DUE + timedelta(days=1))
        startup.cap_waits(office.tx(DUE))

        assert office.record.timers.next_due() == ESCALATED

    def test_what_was_said_before_a_backup_was_made_is_not_repeated(self, office: Office) -> None:
        case = office.waiting_case(assignee=ANN.id)
        flag(office, DUE)
        office.record.alarms.add_flag(Flag(case.id, DUE, FlagKind.ESCALATED, ESCALATED))
        flag(office, ESCALATED)

        [alarm] = office.alarms()
        assert [entry.key for entry in office.entries(Warn)] == [alarm.key]
