"""Timers beside that of the answer: claims that run out, cases that close by themselves, their end."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from bot.cases.installation import Targets, WorkingDays
from bot.cases.model import Case, MessageRef, Status
from bot.cases.outbox import Card, Warn
from bot.cases.ports import Sent
from bot.cases.posts import PostId
from bot.cases.timers import FlagKind, Timer, TimerKind
from bot.work import claims, publishing, replies, turns
from bot.work.replies import Words
from tests.contract.samples import MINUTE, NOW, a_post
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def of(office: Office, case: Case, kind: TimerKind) -> Timer | None:
    """The timer of this kind."""
    return office.record.timers.of_case(case.id).get(kind)


def a_mention(office: Office) -> Case:
    """The case that a mention opens."""
    office.take_in(a_post())
    [case] = office.record.cases.open()
    return case


def claimed(office: Office) -> Case:
    """A mention that Mo has claimed."""
    case = a_mention(office)
    claims.claim(office.tx(), case, MO)
    return office.now_case(case)


def answered(office: Office, case: Case, post_id: str = "1600") -> Case:
    """Mo's reply is published."""
    reply = replies.queue(office.tx(), case, MO, Words("On its way.", message=MessageRef("C1", post_id)))
    assert reply is not None
    sending = publishing.begin(office.tx(NOW + MINUTE), reply.id)
    assert sending is not None
    publishing.finish(office.tx(NOW + MINUTE), reply.id, Sent(PostId(post_id), "", NOW + MINUTE))
    return office.now_case(case)


class TestAClaim:
    @pytest.fixture(autouse=True)
    def _runs_out(self, office: Office) -> None:
        office.configure_team(claim_expires=2 * HOUR)

    def test_its_holder_is_warned_when_a_fifth_of_the_time_is_left(self, office: Office) -> None:
        case = claimed(office)
        turns.flag(office.tx(NOW + 96 * MINUTE))

        assert office.said()[-1].key == "rot.warning"
        assert office.now_case(case).assignee == MO.id

    def test_it_runs_out_and_a_button_takes_the_case_again(self, office: Office) -> None:
        case = claimed(office)
        for at in (96 * MINUTE, 2 * HOUR, 2 * HOUR):
            turns.flag(office.tx(NOW + at))
        after, told = office.now_case(case), office.said()[-1]

        assert (after.assignee, after.status, after.last_assignee) == (None, Status.NEW, MO.id)
        assert [said.key for said in office.said()] == ["rot.warning", "rot.expired"]
        assert [(button.action, button.value) for button in told.buttons] == [("claim", str(case.id))]
        assert of(office, case, TimerKind.CLAIM) is None
        assert after.due_at == case.due_at

    def test_a_reply_that_waits_keeps_it(self, office: Office) -> None:
        case = claimed(office)
        replies.queue(office.tx(), case, MO, Words("On its way."))
        turns.flag(office.tx(NOW + 2 * HOUR))

        assert office.now_case(case).assignee == MO.id
        assert not [said for said in office.said() if said.key.startswith("rot.")]

    def test_an_answer_ends_it_and_the_customers_next_words_begin_it(self, office: Office) -> None:
        case = answered(office, claimed(office))
        assert of(office, case, TimerKind.CLAIM) is None
        office.take_in(a_post("1700"), now=NOW + 3 * HOUR)

        timer = of(office, case, TimerKind.CLAIM)
        assert timer is not None
        assert timer.due_at == NOW + 5 * HOUR

    def test_its_holder_can_keep_it_for_as_long_again(self, office: Office) -> None:
        case = claimed(office)
        claims.keep(office.tx(NOW + HOUR), office.now_case(case), MO)
        timer = of(office, case, TimerKind.CLAIM)

        assert timer is not None
        assert timer.due_at == NOW + 3 * HOUR
        assert not claims.keep(office.tx(), office.now_case(case), ANN).done

    def test_a_colleague_who_takes_it_over_has_the_whole_time(self, office: Office) -> None:
        case = claimed(office)
        later = office.tx(NOW + HOUR)
        for _ in range(2):
            claims.claim(later, office.now_case(case), ANN, again=True)
        timer = of(office, case, TimerKind.CLAIM)

        assert office.now_case(case).assignee == ANN.id
        assert timer is not None
        assert timer.due_at == NOW + 3 * HOUR

    def test_without_the_setting_it_lasts_for_ever(self, office: Office) -> None:
        office.configure_team(claim_expires=None)

        assert of(office, claimed(office), TimerKind.CLAIM) is None


class TestQuiet:
    @pytest.fixture(autouse=True)
    def _closes(self, office: Office) -> None:
        office.configure_team(close_after=7 * DAY)

    def test_an_answered_case_closes_by_itself(self, office: Office) -> None:
        case = answered(office, claimed(office))
        turns.flag(office.tx(NOW + MINUTE + 7 * DAY))
        after = office.now_case(case)

        assert (after.status, after.dismiss_reason) == (Status.CLOSED, "quiet")
        assert office.events(case)[-1] == "closed"
        assert office.record.timers.of_case(case.id) == {}

    def test_each_reply_begins_it_again_and_the_customer_ends_it(self, office: Office) -> None:
        case = answered(office, claimed(office))
        office.take_in(a_post("1700"), now=NOW + HOUR)

        assert of(office, case, TimerKind.QUIET) is None

    def test_a_reply_that_waits_puts_it_off(self, office: Office) -> None:
        case = answered(office, claimed(office))
        replies.queue(office.tx(), case, MO, Words("One thing more."))
        office.carry()
        turns.flag(office.tx(NOW + MINUTE + 7 * DAY))
        timer = of(office, case, TimerKind.QUIET)

        assert office.now_case(case).status is Status.ANSWERED
        assert [card.case_id for card in office.effects(Card)] == [case.id]
        assert timer is not None
        assert timer.due_at == NOW + MINUTE + 14 * DAY

    def test_one_that_waits_for_the_customer_does_not_close(self, office: Office) -> None:
        case = answered(office, claimed(office))
        office.word(case, MO, "wait", "customer 30d")

        assert of(office, case, TimerKind.QUIET) is None


class TestResolution:
    @pytest.fixture(autouse=True)
    def _promised(self, office: Office) -> None:
        office.configure_team(targets=Targets(resolution=8 * HOUR, warn_before=HOUR))

    def test_it_runs_from_the_first_mention(self, office: Office) -> None:
        case = a_mention(office)
        timer = of(office, case, TimerKind.RESOLUTION)

        assert timer is not None
        assert case.waiting_since is not None
        assert timer.due_at == case.waiting_since + 8 * HOUR

    def test_it_rests_while_the_case_is_answered_and_goes_on_with_what_is_left(self, office: Office) -> None:
        case = answered(office, claimed(office))
        resting = of(office, case, TimerKind.RESOLUTION)
        assert resting is not None
        assert resting.turns_at is None
        left = resting.due_at - (NOW + MINUTE)
        office.take_in(a_post("1700"), now=NOW + 50 * HOUR)
        running = of(office, case, TimerKind.RESOLUTION)

        assert resting.rest == left
        assert running is not None
        assert running.due_at == NOW + 50 * HOUR + left

    def test_it_is_told_and_struck_out_once_the_case_is_closed(self, office: Office) -> None:
        case = claimed(office)
        turns.flag(office.tx(NOW + 9 * HOUR))
        kinds = {(flag.timer, flag.kind) for flag in office.record.alarms.flags_of(case.id)}

        assert (TimerKind.RESOLUTION, FlagKind.MISSED) in kinds
        assert office.effects(Warn)
        office.word(case, MO, "dismiss", "spam")
        assert of(office, case, TimerKind.RESOLUTION) is None

    def test_it_is_said_once_across_restarts(self, office: Office) -> None:
        case = claimed(office)
        for _ in range(3):
            turns.flag(office.tx(NOW + 9 * HOUR))

        said = [flag for flag in office.record.alarms.flags_of(case.id) if flag.timer is TimerKind.RESOLUTION]
        assert len(said) == 1

    def test_working_days_count_too_and_the_shortest_wins(self, office: Office) -> None:
        targets = Targets(resolution=WorkingDays(2))
        office.configure_team(targets=targets)
        case = a_mention(office)
        timer = of(office, case, TimerKind.RESOLUTION)

        assert timer is not None
        assert timer.due_at.hour == 0
        assert 2 * DAY < timer.due_at - timer.since <= 3 * DAY


def test_a_customer_who_comes_back_late_gets_a_new_case_that_links_to_the_old(office: Office) -> None:
    office.configure_team(reopen_within=DAY)
    case = a_mention(office)
    claims.dismiss(office.tx(), case, MO, "spam")
    office.take_in(a_post("1700", created_at=NOW + HOUR), now=NOW + HOUR)
    assert office.now_case(case).status is Status.NEW
    claims.dismiss(office.tx(NOW + HOUR), office.now_case(case), MO, "spam")
    office.take_in(a_post("1701", created_at=NOW + 30 * HOUR), now=NOW + 30 * HOUR)
    [fresh] = office.record.cases.open()

    assert fresh.follows == case.id
    assert office.now_case(case).status is Status.DISMISSED


@pytest.mark.parametrize(("part", "asks"), [(Fraction(1), True), (Fraction(0), False)])
def test_a_part_of_what_is_closed_as_venting_goes_to_a_second_reader(
    office: Office, part: Fraction, asks: bool
) -> None:
    office.configure_team(second_reader=part)
    case = office.case()
    claims.dismiss(office.tx(), case, MO, "venting")

    assert ("second.ask" in {said.key for said in office.said()}) is asks


def test_a_case_that_was_closed_comes_back_with_who_reopens_it(office: Office) -> None:
    case = office.case()
    claims.dismiss(office.tx(), case, MO, "spam")
    office.word(case, ANN, "reopen")
    again = office.word(case, ANN, "reopen")

    assert office.now_case(case).assignee == ANN.id
    assert "reopen.told" in {said.key for said in office.said()}
    assert again is not None
    assert again.key == "reopen.open"
