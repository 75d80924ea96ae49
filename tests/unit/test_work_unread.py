"""Replies that wait until their thread is read: what their lines, the channel and a supervisor are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.cases.model import MessageRef, Reply
from bot.cases.outbox import EntryState, Line, Say
from bot.cases.said import Instant, say
from bot.work import replies, startup, unread
from bot.work.unread import DEAF, ODD, READING, REFUSED, Unread
from tests.contract.samples import MINUTE, NOW, SECOND
from tests.unit.office import MO, Office
from tests.unit.office import office as office

STANDS = MessageRef("C1", "1700000007.700000")


def waiting(office: Office, due: datetime = NOW) -> Reply:
    """A reply by Mo whose time has come, and which has a line."""
    case = office.case(assignee=MO.id)
    return office.reply(case, send_after=due, line=MessageRef("C1", "1700000005.500000"))


def put_off(office: Office, reply: Reply, why: Unread, now: datetime) -> Reply:
    """The reply as it stands after it was put off."""
    unread.put_off(office.tx(now), {reply.id: why})
    return current(office, reply)


def current(office: Office, reply: Reply) -> Reply:
    """The reply as it stands."""
    found = office.record.replies.get(reply.id)
    assert found is not None
    return found


def redraws(office: Office, reply: Reply) -> int:
    """How often the line was asked for and carried since; it counts as drawn now."""
    lines = office.effects(Line)
    office.carry(Line)
    return sum(line.reply_id == reply.id for line in lines)


def announced(office: Office) -> list[Say]:
    """What is still to be said in the channel."""
    return office.effects(Say)


def test_a_reply_whose_thread_is_read_in_its_turn_tells_since_when_it_waits(office: Office) -> None:
    reply = waiting(office)
    put = put_off(office, reply, Unread(READING, NOW + MINUTE), NOW)

    assert put.send_after == NOW + MINUTE
    assert put.failure == say("unread.reading", since=Instant(NOW, "seconds"))


def test_however_often_it_is_put_off_its_line_is_drawn_once(office: Office) -> None:
    reply = waiting(office)
    put, drawn = reply, 0
    for _ in range(5):  # as after five starts
        put = put_off(office, reply, Unread(READING, put.send_after + MINUTE), put.send_after)
        drawn += redraws(office, reply)

    assert drawn == 1
    assert unread.since(put) == NOW


def test_one_that_was_put_off_while_the_clock_was_ahead_waits_for_no_time_to_come(office: Office) -> None:
    ahead = NOW + 60 * MINUTE
    put_off(office, waiting(office, ahead), Unread(READING, ahead + SECOND), ahead)
    startup.cap_waits(office.tx(NOW))
    [reply] = office.record.replies.later(NOW)
    again = put_off(office, reply, Unread(READING, ahead), reply.send_after)

    assert reply.send_after < ahead
    assert unread.since(reply) == unread.since(again) == reply.send_after


@pytest.mark.parametrize("why", [DEAF, REFUSED, ODD])
def test_where_nobody_knows_when_no_time_is_told_and_the_line_is_drawn_once(office: Office, why: str) -> None:
    reply = waiting(office)
    now, drawn, rests = NOW, 0, []
    for _ in range(12):
        put = put_off(office, reply, Unread(why, now, "missing_scope"), now)
        drawn += redraws(office, reply)
        rests.append(put.send_after - now)
        now = put.send_after
    assert put.failure is not None

    assert "until" not in put.failure.values
    assert drawn == 1
    assert rests == sorted(rests)
    assert (rests[0], rests[-1]) == (unread.SHORTLY, unread.LONGEST)


def test_once_its_thread_is_read_a_reply_may_go_at_once(office: Office) -> None:
    reply = waiting(office)
    put_off(office, reply, Unread(REFUSED, NOW, "is_archived"), NOW)
    case = office.record.cases.get(reply.case_id)
    assert case is not None
    assert case.thread is not None
    unread.was_read(office.tx(NOW + SECOND), case.thread, "1700000009.900000")

    assert current(office, reply).send_after == NOW + SECOND


def test_a_stopped_reply_no_longer_tells_why_it_waited(office: Office) -> None:
    reply = waiting(office)
    put = put_off(office, reply, Unread(DEAF, NOW), NOW)
    case = office.record.cases.get(reply.case_id)
    assert case is not None
    replies.stop_reply(office.tx(), case, put)

    assert current(office, reply).failure is None


def test_a_reply_that_was_hurried_or_changed_meanwhile_is_left_alone(office: Office) -> None:
    reply = waiting(office, due=NOW + MINUTE)

    assert put_off(office, reply, Unread(DEAF, NOW), NOW) == reply


def test_the_channel_hears_after_a_minute_once_and_sees_in_the_same_message_that_it_is_over(
    office: Office,
) -> None:
    reply, other = waiting(office), waiting(office)
    put_off(office, reply, Unread(DEAF, NOW), NOW)
    put_off(office, other, Unread(DEAF, NOW), NOW)
    early = unread.tell(office.tx(NOW + 59 * SECOND)), announced(office)
    unread.tell(office.tx(NOW + MINUTE))
    unread.tell(office.tx(NOW + 2 * MINUTE))
    [told] = office.entries(Say)
    office.stand(told, STANDS)
    unread.tell(office.tx(NOW + 2 * MINUTE))
    once = announced(office)
    for each in (reply, other):
        case = office.record.cases.get(each.case_id)
        assert case is not None
        replies.stop_reply(office.tx(), case, current(office, each))
    last = unread.tell(office.tx(NOW + 3 * MINUTE))
    unread.tell(office.tx(NOW + 4 * MINUTE))
    over = say("unread.over", since=Instant(NOW), until=Instant(NOW + 3 * MINUTE))

    assert (early, once, last) == ((True, []), [], False)
    assert (told.lane, told.effect) == ("C1", Say(say("unread.many", since=Instant(NOW))))
    assert announced(office) == [Say(over, ref=STANDS)]


def test_what_is_over_before_it_was_posted_is_not_posted(office: Office) -> None:
    reply = waiting(office)
    put = put_off(office, reply, Unread(DEAF, NOW), NOW)
    unread.tell(office.tx(NOW + MINUTE))
    case = office.record.cases.get(reply.case_id)
    assert case is not None
    replies.stop_reply(office.tx(), case, put)
    told = announced(office)
    unread.tell(office.tx(NOW + 2 * MINUTE))

    assert [each.said.key for each in told] == ["unread.many"]
    assert announced(office) == []


def test_what_is_on_its_way_when_it_is_over_shows_so_once_it_stands(office: Office) -> None:
    reply = waiting(office)
    put = put_off(office, reply, Unread(DEAF, NOW), NOW)
    unread.tell(office.tx(NOW + MINUTE))
    [told] = office.entries(Say)
    office.record.outbox.save(replace(told, state=EntryState.UNDERWAY, lease_until=NOW + 9 * MINUTE))
    case = office.record.cases.get(reply.case_id)
    assert case is not None
    replies.stop_reply(office.tx(), case, put)
    unread.tell(office.tx(NOW + 2 * MINUTE))
    before = announced(office)
    office.stand(told, STANDS)
    unread.tell(office.tx(NOW + 3 * MINUTE))

    assert before == [told.effect]
    assert [(each.said.key, each.ref) for each in announced(office)] == [("unread.over", STANDS)]


def test_what_waits_for_long_once_more_is_told_once_more(office: Office) -> None:
    keys = set()
    for begins in (NOW, NOW + 10 * MINUTE):
        reply = waiting(office, due=begins)
        put = put_off(office, reply, Unread(DEAF, begins), begins)
        unread.tell(office.tx(begins + MINUTE))
        [told] = office.entries(Say)
        keys.add(told.key)
        office.stand(told, STANDS)
        case = office.record.cases.get(reply.case_id)
        assert case is not None
        replies.stop_reply(office.tx(), case, put)
        unread.tell(office.tx(begins + 2 * MINUTE))
        [over] = office.carry(Say)

        assert told.effect == Say(say("unread.many", since=Instant(begins)))
        assert isinstance(over.effect, Say)
        assert over.effect.said.key == "unread.over"
    assert len(keys) == 2  # what stands under the first is not taken for the second


def test_those_who_watch_are_told_of_what_waits_longer_than_a_minute(office: Office) -> None:
    reply = waiting(office)
    put_off(office, reply, Unread(REFUSED, NOW, "is_archived"), NOW)
    late = [len(unread.late(office.tx(NOW + passed))) for passed in (timedelta(seconds=59), MINUTE)]

    assert late == [0, 1]
