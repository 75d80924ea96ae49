"""What a process that is certain to be alone takes over from the one before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cases import leases
from bot.cases.accounts import Stream
from bot.cases.alarms import Flag
from bot.cases.model import MessageRef, ReplyState, Status
from bot.cases.outbox import Card, EntryState, Line, Say, Warn
from bot.cases.said import say
from bot.cases.timers import FlagKind
from bot.outbox.queue import PATIENCE
from bot.slack.pace import DESK_PACE
from bot.work import accounts, publishing, startup, turns
from tests.contract.samples import BRAND, MINUTE, NOW, SAID, SECOND, a_stream, an_entry
from tests.unit.office import MO, Office
from tests.unit.office import office as office


def take_over(office: Office) -> None:
    """A process starts, alone."""
    startup.take_over(office.tx())


@pytest.mark.parametrize("minutes", [-1, 1])
def test_a_reply_that_was_being_sent_is_looked_for(office: Office, minutes: int) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    lease = NOW + minutes * MINUTE
    reply = office.reply(case, state=ReplyState.SENDING, attempted_at=NOW, lease_until=lease)
    take_over(office)

    found = office.now_reply(reply)

    assert (found.state, found.lease_until) == (ReplyState.UNCONFIRMED, None)
    assert found.send_after == NOW + publishing.LOOKS[0]


@pytest.mark.parametrize("state", [state for state in ReplyState if state is not ReplyState.SENDING])
def test_other_replies_stay_as_they_are(office: Office, state: ReplyState) -> None:
    reply = office.reply(office.case(), state=state)
    take_over(office)

    assert office.now_reply(reply) == reply


def test_an_entry_that_was_underway_is_looked_for_once_what_was_asked_has_landed(office: Office) -> None:
    lease, landed = NOW + MINUTE, NOW + startup.LANDING
    office.record.outbox.add(
        an_entry(Say(SAID), "a", state=EntryState.UNDERWAY, lease_until=lease, attempts=1)
    )
    take_over(office)

    [due] = office.record.outbox.due(landed, 10)

    assert (due.state, due.lease_until) == (EntryState.UNDERWAY, landed)


def test_an_entry_that_waits_stays_as_it_is(office: Office) -> None:
    waiting = office.record.outbox.add(an_entry(Say(SAID), "a", not_before=NOW + MINUTE))
    assert waiting is not None
    take_over(office)

    assert office.record.outbox.get(waiting.id) == waiting


def test_in_another_language_the_newest_who_wait_are_drawn_first_and_what_is_done_with_last(
    office: Office,
) -> None:
    old, done, new = (
        office.waiting_case(opened_at=NOW - 9 * MINUTE),
        office.case(opened_at=NOW, status=Status.ANSWERED, assignee=MO.id),
        office.waiting_case(opened_at=NOW - MINUTE),
    )
    sent = office.reply(done, state=ReplyState.SENT, sent_at=NOW, line=MessageRef("C1", "1700000007.100000"))
    blocked = office.reply(
        old, blocked=say("hold.slip"), line=MessageRef("C1", "1700000007.200000"), key="k2"
    )
    startup.redraw(office.tx())
    drawn = office.record.outbox.due(NOW, 10)

    assert [entry.effect for entry in drawn] == [
        Card(new.id),
        Card(old.id),
        Line(old.id, blocked.id),
        Card(done.id),
        Line(done.id, sent.id),
    ]


def test_in_another_language_the_warnings_that_stand_follow(office: Office) -> None:
    waiting, claimed = (office.waiting_case(warn_at=NOW) for _ in range(2))
    turns.flag(office.tx())
    [alarm] = office.alarms()
    office.record.alarms.save(replace(alarm, ref=MessageRef("C1", "1700000008.100000")))
    office.carry(Warn)
    startup.redraw(office.tx())

    assert [warn.alarm_id for warn in office.effects(Warn)] == [alarm.id]
    assert {waiting.id, claimed.id} == {card.case_id for card in office.effects(Card)}


def test_an_account_that_was_being_looked_at_is_nobodys(office: Office) -> None:
    for name in ("mentions", "dms"):
        office.leased(name, lease_by="before")
    take_over(office)

    lists = office.record.streams.of(BRAND)

    assert [(each.lease_by, each.lease_until) for each in lists] == 2 * [("", None)]


def test_an_account_that_nobody_had_stays_as_it_is(office: Office) -> None:
    state = office.record.streams.save(a_stream())
    take_over(office)

    assert office.record.streams.get(BRAND, "mentions") == state


def test_an_account_that_was_never_connected_stays_unknown(office: Office) -> None:
    take_over(office)

    assert office.record.streams.of(BRAND) == []


class TestBringingNear:
    """After a process whose clock was an hour ahead."""

    AHEAD = NOW + 60 * MINUTE

    def cap_waits(self, office: Office) -> None:
        startup.cap_waits(office.tx())

    def stream(self, office: Office, **fields: Any) -> Stream:
        office.record.streams.save(a_stream(**fields))
        self.cap_waits(office)
        stream = office.record.streams.get(BRAND, "mentions")
        assert stream is not None
        return stream

    def test_an_account_that_was_looked_at_in_the_future_is_looked_at_now(self, office: Office) -> None:
        stream = self.stream(office, next_at=self.AHEAD + MINUTE, looked_at=self.AHEAD)

        assert (stream.next_at, stream.looked_at) == (NOW, self.AHEAD)  # the look puts that right

    def test_a_list_rests_no_longer_than_the_network_can_have_asked_for(self, office: Office) -> None:
        stream = self.stream(office, next_at=self.AHEAD, looked_at=NOW - MINUTE)

        assert stream.next_at == NOW + accounts.LONGEST_REST

    def test_an_account_that_is_looked_at_rarely_keeps_its_pace(self, office: Office) -> None:
        office.configure(poll_every=timedelta(minutes=30))

        assert self.stream(office, next_at=self.AHEAD).next_at == NOW + 30 * MINUTE

    def test_an_account_is_not_leased_longer_than_a_lease_lasts(self, office: Office) -> None:
        state = self.stream(office, lease_by="before", lease_until=self.AHEAD)

        assert (state.lease_by, state.lease_until) == ("before", leases.until(NOW))

    def test_an_account_as_it_should_be_stays_so(self, office: Office) -> None:
        before = office.record.streams.save(a_stream(next_at=NOW + MINUTE, looked_at=NOW - SECOND))
        self.cap_waits(office)

        assert office.record.streams.get(BRAND, "mentions") == before

    def test_a_reply_gets_its_hold_and_no_more(self, office: Office) -> None:
        case = office.case()
        reply = office.reply(case, send_after=self.AHEAD)
        self.cap_waits(office)

        assert office.now_reply(reply).send_after == NOW + office.tx().team(case).hold

    def test_a_reply_that_the_network_refused_for_now_waits_no_longer_than_its_window(
        self, office: Office
    ) -> None:
        reply = office.reply(office.case(), send_after=self.AHEAD, failure=say("refused.retry"))
        self.cap_waits(office)

        assert office.now_reply(reply).send_after == NOW + accounts.LONGEST_REST

    def test_every_reply_of_a_case_is_brought_near(self, office: Office) -> None:
        case = office.case()
        office.reply(case, send_after=self.AHEAD)
        second = office.reply(case, send_after=self.AHEAD)
        self.cap_waits(office)

        assert office.now_reply(second).send_after < self.AHEAD

    def test_its_line_is_drawn_anew(self, office: Office) -> None:
        reply = office.reply(office.case(), send_after=self.AHEAD)
        self.cap_waits(office)

        assert [line.reply_id for line in office.effects(Line)] == [reply.id]

    def test_one_that_waits_for_a_reply_in_doubt_is_brought_near_too(self, office: Office) -> None:
        case = office.case()
        office.reply(case, state=ReplyState.UNCONFIRMED, attempted_at=NOW, blocked=say("hold.needs_person"))
        later = office.reply(case, send_after=self.AHEAD)
        self.cap_waits(office)

        assert office.now_reply(later).send_after < self.AHEAD

    def test_a_reply_in_doubt_is_looked_for_soon(self, office: Office) -> None:
        state = ReplyState.UNCONFIRMED
        reply = office.reply(office.case(), state=state, attempted_at=NOW, send_after=self.AHEAD)
        self.cap_waits(office)

        assert office.now_reply(reply).send_after == NOW + max(publishing.LOOKS)

    def test_a_reply_that_is_being_sent_is_taken_over_soon(self, office: Office) -> None:
        state = ReplyState.SENDING
        reply = office.reply(office.case(), state=state, attempted_at=NOW, lease_until=self.AHEAD)
        self.cap_waits(office)

        assert office.now_reply(reply).lease_until == leases.until(NOW)

    def test_a_reply_as_it_should_be_stays_so(self, office: Office) -> None:
        reply = office.reply(office.case(), send_after=NOW + SECOND)
        self.cap_waits(office)

        assert office.now_reply(reply) == reply

    def test_an_entry_and_a_channel_are_brought_near(self, office: Office) -> None:
        office.record.outbox.add(an_entry(Say(SAID), "a", not_before=self.AHEAD))
        office.record.outbox.take_slot("C1", self.AHEAD)
        self.cap_waits(office)

        assert office.record.outbox.due(NOW + PATIENCE, 10)
        assert office.record.outbox.slot("C1") == NOW + DESK_PACE.longest_rest

    def test_a_flag_that_came_too_early_is_taken_off_the_card(self, office: Office) -> None:
        case = office.waiting_case(flag=FlagKind.MISSED)
        self.cap_waits(office)

        assert office.now_case(case).flag is None
        assert [card.case_id for card in office.effects(Card)] == [case.id]

    def test_it_comes_back_in_its_time_and_is_not_said_again(self, office: Office) -> None:
        case = office.waiting_case(flag=FlagKind.MISSED)
        assert case.due_at is not None
        office.record.alarms.add_flag(Flag(case.id, case.due_at, FlagKind.MISSED, NOW))
        self.cap_waits(office)
        turns.flag(office.tx(case.due_at))

        assert office.now_case(case).flag is FlagKind.MISSED
        assert office.said() == []
