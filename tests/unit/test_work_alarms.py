"""Alarms: what turns together is one message, calls are few, and what was acted on is struck out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cases import targets
from bot.cases.alarms import Alarm, Audience
from bot.cases.model import Case, MessageRef, Status
from bot.cases.outbox import Delivery, Warn
from bot.cases.pictures import AlarmPicture
from bot.cases.said import Call, Ping
from bot.cases.timers import FlagKind
from bot.outbox import put
from bot.slack.calls import refused
from bot.work import alarms, claims, turns
from bot.work.effects import OUTBOX
from tests.contract.samples import MINUTE, NOW, SECOND
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

DUE = NOW + 60 * MINUTE


def cases(office: Office, *apart: timedelta, **fields: Any) -> list[Case]:
    """Waiting cases that are due one after the other; each time after the first."""
    office.record.people.save_agent(MO)
    office.record.people.save_agent(ANN)
    return [
        office.waiting_case(NOW + later, **{"warn_at": DUE + later, **fields})
        for later in (timedelta(0), *apart)
    ]


def look(office: Office, at: datetime) -> datetime | None:
    """What the watching tick does in one transaction."""
    turns.flag(office.tx(at))
    return alarms.call_again(office.tx(at))


def stands_at(delivery: Delivery) -> MessageRef:
    """Where it stands once it was posted."""
    return MessageRef("C1", f"17000009{delivery.entry.id:02}.000100")


def post(office: Office, at: datetime) -> list[Delivery]:
    """Carry what waits to the desk; returns the alarms among it, as they were drawn."""
    carried = []
    for _ in range(20):
        for lane in ("C1", "redraw", "mark"):
            office.record.outbox.take_slot(lane, at)
        deliveries = OUTBOX.take(office.tx(at), 20)
        for delivery in deliveries:
            ref = delivery.ref or stands_at(delivery)
            OUTBOX.done(office.tx(at), delivery, ref)
            if isinstance(delivery.entry.effect, Warn):
                carried.append(delivery)
    return carried


def look_and_post(office: Office, at: datetime) -> list[Delivery]:
    """The watch looks, and what it asks for is carried."""
    look(office, at)
    return post(office, at)


def shown(delivery: Delivery) -> AlarmPicture:
    """What an alarm's message showed."""
    assert isinstance(delivery.picture, AlarmPicture)
    return delivery.picture


def alarm_of(delivery: Delivery) -> int:
    """The alarm that was carried."""
    assert isinstance(delivery.entry.effect, Warn)
    return delivery.entry.effect.alarm_id


def numbers(delivery: Delivery) -> list[int]:
    """The cases that it named."""
    return [line.case_id for line in shown(delivery).lines]


def answer(office: Office, case: Case) -> None:
    """The customer has an answer; the card is redrawn."""
    answered = targets.wait_no_more(office.now_case(case))
    office.record.cases.save(replace(answered, status=Status.ANSWERED))
    put.card(office.tx(DUE), office.now_case(case))


class TestOneMessage:
    """Those that turn within a minute of each other."""

    def test_one_case_is_told_in_its_thread(self, office: Office) -> None:
        [case] = cases(office)
        [delivery] = look_and_post(office, DUE)

        assert delivery.thread == case.thread
        assert (shown(delivery).single, shown(delivery).call) == (True, Call("channel"))

    def test_who_has_a_case_is_told_in_its_thread_alone(self, office: Office) -> None:
        [case] = cases(office, assignee=MO.id)
        [delivery] = look_and_post(office, DUE)

        assert delivery.thread == case.thread
        assert (shown(delivery).call, shown(delivery).to_channel) == (Ping(MO.id), False)

    def test_a_list_grows_by_a_redraw(self, office: Office) -> None:
        first, second, third, fourth = cases(office, timedelta(0), 30 * SECOND, 80 * SECOND)
        deliveries = [delivery for at in (0, 30, 80) for delivery in look_and_post(office, DUE + at * SECOND)]

        assert [numbers(delivery) for delivery in deliveries] == [
            [first.id, second.id],
            [first.id, second.id, third.id],
            [first.id, second.id, third.id, fourth.id],
        ]
        assert [delivery.ref is not None for delivery in deliveries] == [False, True, True]
        assert len({alarm_of(delivery) for delivery in deliveries}) == 1

    def test_a_warning_in_a_thread_stays_about_its_case_and_what_follows_is_a_list(
        self, office: Office
    ) -> None:
        first, second, third = cases(office, 30 * SECOND, 80 * SECOND)
        deliveries = [delivery for at in (0, 30, 80) for delivery in look_and_post(office, DUE + at * SECOND)]

        assert [(numbers(delivery), delivery.thread, shown(delivery).single) for delivery in deliveries] == [
            ([first.id], first.thread, True),
            ([second.id], None, False),
            ([second.id, third.id], None, False),
        ]
        assert [delivery.ref is not None for delivery in deliveries] == [False, False, True]

    def test_what_grows_before_it_is_posted_is_a_list_in_the_channel(self, office: Office) -> None:
        first, second = cases(office, 30 * SECOND)
        look(office, DUE)
        look(office, DUE + 30 * SECOND)
        [delivery] = post(office, DUE + 31 * SECOND)

        assert (numbers(delivery), delivery.thread, shown(delivery).single) == (
            [first.id, second.id],
            None,
            False,
        )
        assert office.record.alarms.of_thread(stands_at(delivery)) is not None

    def test_a_list_says_that_a_case_is_late_once_it_is(self, office: Office) -> None:
        cases(office, timedelta(0), warn_at=DUE - 5 * MINUTE)
        [at_risk] = look_and_post(office, DUE - 5 * MINUTE)
        redrawn = [
            delivery for delivery in look_and_post(office, DUE) if alarm_of(delivery) == alarm_of(at_risk)
        ]

        assert [line.kind for line in shown(at_risk).lines] == [FlagKind.AT_RISK] * 2
        assert [[line.kind for line in shown(delivery).lines] for delivery in redrawn] == [
            [FlagKind.MISSED] * 2
        ]

    def test_a_warning_about_one_case_is_not_drawn_anew_when_another_says_that_it_is_late(
        self, office: Office
    ) -> None:
        cases(office, warn_at=DUE - 5 * MINUTE)
        [at_risk] = look_and_post(office, DUE - 5 * MINUTE)
        [missed] = look_and_post(office, DUE)

        assert alarm_of(at_risk) != alarm_of(missed)

    def test_what_turns_after_more_than_a_minute_is_another(self, office: Office) -> None:
        cases(office, 61 * SECOND)
        look_and_post(office, DUE)
        look_and_post(office, DUE + 61 * SECOND)

        assert len(office.alarms()) == 2

    def test_it_does_not_grow_for_ever(self, office: Office) -> None:
        cases(office, *(timedelta(seconds=50 * number) for number in range(1, 15)))
        for number in range(15):
            look(office, DUE + timedelta(seconds=50 * number))

        assert len(office.alarms()) == 2

    def test_several_at_once_are_a_list_in_the_channel(self, office: Office) -> None:
        cases(office, timedelta(0), timedelta(0))
        [delivery] = look_and_post(office, DUE)

        assert (delivery.thread, shown(delivery).single, len(numbers(delivery))) == (None, False, 3)

    def test_each_agent_has_their_own(self, office: Office) -> None:
        mine, theirs = cases(office, assignee=MO.id) + cases(office, assignee=ANN.id)
        deliveries = look_and_post(office, DUE)

        assert {(shown(delivery).call, delivery.thread) for delivery in deliveries} == {
            (Ping(MO.id), mine.thread),
            (Ping(ANN.id), theirs.thread),
        }

    def test_each_channel_has_its_own(self, office: Office) -> None:
        cases(office)
        office.waiting_case(thread=MessageRef("C2", "1700000001.100000"))
        look(office, DUE)

        assert sorted(alarm.audience.channel for alarm in office.alarms()) == ["C1", "C2"]

    def test_a_case_that_is_at_risk_and_then_missed_has_one_line(self, office: Office) -> None:
        [case] = cases(office, warn_at=DUE - 30 * SECOND)
        deliveries = [*look_and_post(office, DUE - 30 * SECOND), *look_and_post(office, DUE)]

        assert [[line.kind for line in shown(delivery).lines] for delivery in deliveries] == [
            [FlagKind.AT_RISK],
            [FlagKind.MISSED],
        ]
        assert numbers(deliveries[1]) == [case.id]

    def test_a_clock_that_was_put_back_begins_anew(self, office: Office) -> None:
        [case] = cases(office)
        ahead, channel = DUE + 60 * MINUTE, Audience("C1", "channel", is_agent=False)
        office.record.alarms.add(Alarm(0, channel, "k", case.id, True, ahead, ahead, True))
        look(office, DUE)

        assert [alarm.calls for alarm in office.alarms()] == [True, True]

    @pytest.mark.parametrize(("count", "lines", "more"), [(10, 10, 0), (11, 10, 1), (50, 10, 40)])
    def test_a_long_list_names_a_part(self, office: Office, count: int, lines: int, more: int) -> None:
        cases(office, *[timedelta(0)] * (count - 1))
        [delivery] = look_and_post(office, DUE)

        assert (len(numbers(delivery)), shown(delivery).open - len(numbers(delivery))) == (lines, more)

    def test_each_line_carries_the_post_that_waits(self, office: Office) -> None:
        [case] = cases(office)
        office.mention(case, text="and now?", created_at=NOW + MINUTE)
        [delivery] = look_and_post(office, DUE)
        [line] = shown(delivery).lines

        assert (line.words, line.author.handle) == ("@brand where is my parcel?", "jansen")


class TestCalls:
    """A channel is called at most once in ten minutes; nothing is left uncalled for ever."""

    def test_what_turns_soon_after_a_call_calls_nobody_yet(self, office: Office) -> None:
        cases(office, 5 * MINUTE)
        deliveries = [*look_and_post(office, DUE), *look_and_post(office, DUE + 5 * MINUTE)]

        assert [shown(delivery).call for delivery in deliveries] == [Call("channel"), None]

    def test_it_is_called_for_once_afterwards_in_a_list_that_is_new(self, office: Office) -> None:
        _, second, third = cases(office, 30 * SECOND, 5 * MINUTE)
        for at in (timedelta(0), 30 * SECOND, 5 * MINUTE):
            look_and_post(office, DUE + at)
        due = look(office, DUE + 9 * MINUTE)
        deliveries = look_and_post(office, DUE + 10 * MINUTE)
        later = [
            delivery for minute in range(11, 60) for delivery in look_and_post(office, DUE + minute * MINUTE)
        ]

        assert due == DUE + 10 * MINUTE
        [delivery] = deliveries
        assert (numbers(delivery), shown(delivery).call, delivery.ref, delivery.thread) == (
            [second.id, third.id],
            Call("channel"),
            None,
            None,
        )
        assert later == []

    def test_what_was_not_drawn_yet_is_called_for_by_its_posting(self, office: Office) -> None:
        cases(office, 30 * SECOND)
        look(office, DUE)
        look(office, DUE + 30 * SECOND)
        [delivery] = post(office, DUE + 31 * SECOND)

        assert len(numbers(delivery)) == 2
        assert look(office, DUE + 31 * SECOND) is None

    def test_what_is_on_its_way_calls_for_no_more_than_it_shows(self, office: Office) -> None:
        cases(office, 30 * SECOND)
        look(office, DUE)
        OUTBOX.take(office.tx(DUE), 1)
        look(office, DUE + 30 * SECOND)

        assert look(office, DUE + 31 * SECOND) == DUE + 10 * MINUTE

    def test_nobody_is_called_for_what_was_seen_to_meanwhile(self, office: Office) -> None:
        _, second = cases(office, 30 * SECOND)
        look_and_post(office, DUE)
        look_and_post(office, DUE + 30 * SECOND)
        answer(office, second)

        assert look(office, DUE + 10 * MINUTE) is None
        assert len(office.alarms()) == 2

    def test_an_agent_is_called_for_the_rest_after_a_minute(self, office: Office) -> None:
        _, second = cases(office, 30 * SECOND, assignee=MO.id)
        look_and_post(office, DUE)
        look_and_post(office, DUE + 30 * SECOND)
        [delivery] = look_and_post(office, DUE + 60 * SECOND)

        assert (numbers(delivery), shown(delivery).call) == ([second.id], Ping(MO.id))

    @pytest.mark.parametrize("call", ["here", "S0123456789"])
    def test_who_is_called_is_a_setting_of_the_team(self, office: Office, call: str) -> None:
        office.configure_team(call=call)
        cases(office)
        [delivery] = look_and_post(office, DUE)

        assert shown(delivery).call == Call(call)

    def test_a_team_that_wants_no_calls_has_none(self, office: Office) -> None:
        office.configure_team(call="nobody")
        cases(office, 30 * SECOND)
        deliveries = [*look_and_post(office, DUE), *look_and_post(office, DUE + 30 * SECOND)]

        assert [(shown(delivery).call, shown(delivery).to_channel) for delivery in deliveries] == [
            (None, True)
        ] * 2
        assert look(office, DUE + 10 * MINUTE) is None


class TestStruckOut:
    """What somebody acted on."""

    def told(self, office: Office, at: datetime) -> list[tuple[int, str]]:
        """The cases of the last redraw with how they were dealt with; "" while they stand."""
        *_, delivery = post(office, at)
        return [(line.case_id, line.outcome.key if line.outcome else "") for line in shown(delivery).lines]

    def test_a_claim_where_nobody_had_it(self, office: Office) -> None:
        first, second = cases(office, timedelta(0))
        look_and_post(office, DUE)
        claims.claim(office.tx(DUE), office.now_case(first), MO)

        assert self.told(office, DUE) == [(second.id, ""), (first.id, "watch.over.claimed")]

    def test_what_is_given_back_stands_again(self, office: Office) -> None:
        [case] = cases(office)
        look_and_post(office, DUE)
        claims.claim(office.tx(DUE), office.now_case(case), MO)
        post(office, DUE)
        claims.release(office.tx(DUE), office.now_case(case), MO)

        assert self.told(office, DUE) == [(case.id, "")]

    def test_an_answer(self, office: Office) -> None:
        [case] = cases(office, assignee=MO.id)
        look_and_post(office, DUE)
        answer(office, case)

        assert self.told(office, DUE) == [(case.id, "watch.over.answered")]

    def test_a_dismissal(self, office: Office) -> None:
        [case] = cases(office)
        look_and_post(office, DUE)
        claims.dismiss(office.tx(DUE), office.now_case(case), MO, "spam")

        assert self.told(office, DUE) == [(case.id, "watch.over.dismissed")]

    def test_in_every_message_that_says_it(self, office: Office) -> None:
        [case] = cases(office, warn_at=DUE - 15 * MINUTE)
        for at in (DUE - 15 * MINUTE, DUE):
            look_and_post(office, at)
        claims.claim(office.tx(DUE), office.now_case(case), MO)

        assert len(post(office, DUE)) == 2

    def test_a_redraw_that_changes_no_line_is_not_asked_for(self, office: Office) -> None:
        [case] = cases(office)
        look_and_post(office, DUE)
        put.card(office.tx(DUE), office.now_case(case))

        assert post(office, DUE) == []

    def test_what_was_seen_to_before_it_was_posted_is_not_posted(self, office: Office) -> None:
        [case] = cases(office)
        look(office, DUE)
        claims.claim(office.tx(DUE), office.now_case(case), MO)
        alarms.follow(office.tx(DUE), office.now_case(case))

        assert post(office, DUE) == []
        assert office.entries(Warn) == []


def test_a_list_that_cannot_be_redrawn_goes_on_in_another_message_under_another_key(office: Office) -> None:
    cases(office, timedelta(0), 20 * SECOND)
    look(office, DUE)
    [posted] = post(office, DUE)
    look(office, DUE + 20 * SECOND)
    taken = OUTBOX.take(office.tx(DUE + 20 * SECOND), 20)
    [redraw] = [each for each in taken if isinstance(each.entry.effect, Warn)]
    OUTBOX.failed(office.tx(DUE + 20 * SECOND), redraw, refused("edit_window_closed"))
    [anew] = office.entries(Warn)

    assert redraw.ref == stands_at(posted)
    assert anew.lane == "C1"
    # A search for the new message must not find the one that stands.
    assert anew.key not in (posted.entry.key, redraw.entry.key)
