"""A case whose card is gone goes on in a new thread unless it asks for nothing; no refusal ends a promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from bot.cases.alarms import Flag
from bot.cases.model import (
    Case,
    MessageKind,
    MessageRef,
    ReplyKind,
    ReplyState,
    Status,
    ThreadMessage,
)
from bot.cases.outbox import Card, Delivery, Effect, FollowUp, Line, Say, Warn, Whisper
from bot.cases.said import say
from bot.cases.timers import FlagKind
from bot.outbox import put
from bot.slack.calls import refused
from bot.work import alarms, new_thread, turns
from bot.work.effects import OUTBOX
from tests.contract.samples import MINUTE, NOW, SAID
from tests.unit.office import MO, Office
from tests.unit.office import office as office

ANEW = MessageRef("C1", "1700000099.900000")
REFUSALS = ["thread_not_found", "message_not_found", "cannot_reply_to_message"]


def take(office: Office, now: datetime = NOW) -> Sequence[Delivery]:
    """What is carried to the desk next."""
    office.record.outbox.take_slot("C1", now)
    return OUTBOX.take(office.tx(now), 9)


def refuse(office: Office, delivery: Delivery, code: str = "thread_not_found") -> None:
    """Slack will not do it."""
    OUTBOX.failed(office.tx(), delivery, refused(code))


def kinds(deliveries: Sequence[Delivery]) -> list[type[Effect]]:
    """The deliveries by what they brought about."""
    return [type(delivery.entry.effect) for delivery in deliveries]


def carry(office: Office, now: datetime = NOW) -> list[Delivery]:
    """Carry all that waits, to the last; the new card gets the place ANEW."""
    done: list[Delivery] = []
    for _ in range(30):
        for delivery in take(office, now):
            is_card = isinstance(delivery.entry.effect, Card)
            ref = ANEW if is_card else MessageRef("C1", f"1700000{100 + len(done)}.000100")
            OUTBOX.done(office.tx(now), delivery, delivery.ref or ref)
            done.append(delivery)
    return done


def gone(office: Office, case: Case) -> bool:
    """Somebody deletes the card."""
    assert case.thread is not None
    return new_thread.begin(office.tx(), office.now_case(case), case.thread)


@pytest.mark.parametrize("why", REFUSALS)
def test_what_cannot_be_posted_in_its_thread_is_posted_in_a_new_one(office: Office, why: str) -> None:
    case = office.waiting_case()
    later = office.mention(case, text="and now?")
    put.follow_up(office.tx(), case, later.number)
    [delivery] = take(office)
    refuse(office, delivery, why)
    done = carry(office)

    assert kinds(done) == [Card, Say, FollowUp]
    assert [delivery.thread for delivery in done] == [None, ANEW, ANEW]
    assert office.now_case(case).thread == ANEW


def test_a_card_that_is_gone_is_posted_anew_while_the_customer_waits(office: Office) -> None:
    case = office.waiting_case()
    put.card(office.tx(), case)
    [delivery] = take(office)
    refuse(office, delivery, "message_not_found")
    [card, *_] = carry(office)

    assert (card.entry.effect, card.ref, card.entry.lane) == (Card(case.id), None, "C1")


def test_the_story_is_what_came_in_and_what_went_out(office: Office) -> None:
    case = office.waiting_case(status=Status.CLAIMED, assignee=MO.id)
    for ts in ("1700000050.100000", "1700000051.100000"):
        office.show(case, office.mention(case), ts)
    out = office.reply(case, state=ReplyState.SENT, sent_at=NOW, line=MessageRef("C1", "1700000052.100000"))
    waits = office.reply(case, key="k2", line=MessageRef("C1", "1700000053.100000"))
    office.reply(case, key="k3", state=ReplyState.STOPPED, line=MessageRef("C1", "1700000054.100000"))
    office.reply(case, key="k4", state=ReplyState.SENT, kind=ReplyKind.ELSEWHERE, sent_at=NOW)
    gone(office, case)
    card, said, *story = [delivery for delivery in carry(office) if delivery.ref is None]

    assert kinds([card, said]) == [Card, Say]
    assert [delivery.entry.effect for delivery in story] == [
        FollowUp(case.id, 2),
        FollowUp(case.id, 3),
        Line(case.id, out.id),
        Line(case.id, waits.id),
    ]
    assert all(delivery.thread == ANEW for delivery in [said, *story])


def test_a_long_story_is_told_from_its_end(office: Office) -> None:
    case = office.waiting_case()
    for number in range(new_thread.STORY + 3):
        office.show(case, office.mention(case), f"5{number}.1")
    gone(office, case)
    [said] = office.said()

    assert said.values["more"] == say("thread.left_out", count=3, network="x")
    assert len(office.entries(FollowUp)) == new_thread.STORY


def test_what_waits_to_be_sent_waits_for_a_person(office: Office) -> None:
    case = office.waiting_case()
    message = MessageRef("C1", "1700000060.100000")
    free = office.reply(case, message=message)
    blocked = office.reply(case, key="k2", blocked=SAID, message=MessageRef("C1", "1700000061.100000"))
    gone(office, case)

    assert office.now_reply(free).blocked == say("hold.thread_gone")
    assert office.now_reply(blocked).blocked == SAID
    assert [office.now_reply(reply).message for reply in (free, blocked)] == [None, None]


def test_a_claim_by_reaction_does_not_end_with_the_card_it_was_put_on(office: Office) -> None:
    case = office.waiting_case(assignee=MO.id, claimed_by_reaction=True)
    gone(office, case)
    after = office.now_case(case)

    assert (after.assignee, after.claimed_by_reaction) == (MO.id, False)


@pytest.mark.parametrize("status", [Status.CLOSED, Status.DISMISSED, Status.ANSWERED])
def test_for_a_case_that_asks_for_nothing_nothing_is_posted(office: Office, status: Status) -> None:
    case = office.case(status=status)
    put.tell(office.tx(), case, SAID)
    [delivery] = take(office)
    refuse(office, delivery)

    assert office.now_case(case).thread == case.thread
    assert carry(office) == []


@pytest.mark.parametrize("state", [ReplyState.QUEUED, ReplyState.UNCONFIRMED, ReplyState.FAILED])
def test_a_case_of_which_a_reply_is_open_goes_on(office: Office, state: ReplyState) -> None:
    case = office.case(status=Status.ANSWERED)
    office.reply(case, state=state)

    assert gone(office, case)
    assert kinds(carry(office)) == [Card, Say, Line]


def test_it_begins_once_however_many_effects_are_refused(office: Office) -> None:
    case = office.waiting_case()
    first, second = (
        put.key_of_post(office.mention(case).number),
        put.key_of_post(office.mention(case).number),
    )
    for key in (first, second):
        put.follow_up(office.tx(), case, int(key.removeprefix("post-")))
    deliveries = [*take(office)]
    office.record.outbox.take_slot("C1", NOW)
    for delivery in deliveries:
        refuse(office, delivery)
    done = carry(office)

    assert kinds(done).count(Card) == 1
    assert [delivery.entry.key for delivery in done if isinstance(delivery.entry.effect, FollowUp)] == [
        first,
        second,
    ]


def test_a_question_and_a_warning_are_said_in_the_new_thread(office: Office) -> None:
    case = office.waiting_case(assignee=MO.id)
    put.tell(office.tx(), case, SAID, key="ask-1")
    assert case.due_at is not None
    turns.flag(office.tx(case.due_at))
    for _ in range(2):
        for delivery in take(office, case.due_at):
            if delivery.thread == case.thread:
                refuse(office, delivery)
            else:
                OUTBOX.done(office.tx(), delivery, delivery.ref or ANEW)
    done = carry(office, case.due_at)

    assert {*kinds([delivery for delivery in done if delivery.thread == ANEW])} >= {Say, Warn}
    assert "ask-1" in [delivery.entry.key for delivery in done]


def test_a_question_that_nobody_answered_is_asked_again(office: Office) -> None:
    case = office.case(status=Status.ANSWERED)
    message = MessageRef("C1", "1700000061.200000")
    office.record.threads.add_message(
        ThreadMessage(message, case.id, MO.id, MessageKind.ASKED, "on its way", NOW)
    )
    put.tell(office.tx(), case, SAID, key=put.key_of_question(message))
    carry(office)
    gone(office, case)

    assert put.key_of_question(message) in [
        delivery.entry.key for delivery in carry(office) if delivery.thread == ANEW
    ]


def test_what_was_shown_in_the_old_thread_is_known_by_its_place_in_the_new_one(office: Office) -> None:
    case = office.waiting_case()
    post, message = office.mention(case), MessageRef("C1", "1700000061.000100")
    asked = ThreadMessage(message, case.id, MO.id, MessageKind.ASKED, "on its way", NOW)
    office.record.threads.add_message(asked)
    keys = (put.key_of_post(post.number), put.key_of_question(message))
    put.follow_up(office.tx(), case, post.number)
    put.tell(office.tx(), case, SAID, key=keys[1])
    office.carry()
    old = [office.record.outbox.shown(key) for key in keys]
    gone(office, case)
    between = [office.record.outbox.shown(key) for key in keys]
    anew = [each.thread for each in carry(office) if each.entry.key in keys]
    new = [office.record.outbox.shown(key) for key in keys]

    assert (anew, between) == ([ANEW, ANEW], [None, None])
    assert all(each and each.ref.ts < "1700001000" for each in new)
    assert all(each and each.ref.ts > "1700001000" for each in old)
    assert [each.said for each in new if each] == [None, SAID]


def test_who_writes_in_the_old_thread_is_told_where_it_goes_on(office: Office) -> None:
    case = office.waiting_case()
    assert case.thread is not None
    gone(office, case)
    new_thread.point_on(office.tx(), case.thread, MO.id)
    [whisper] = office.effects(Whisper)

    assert (whisper.agent, whisper.ref) == (MO.id, case.thread)
    assert whisper.said.key == "thread.elsewhere"


@pytest.mark.parametrize("kind", [Card, FollowUp, Line, Say])
def test_a_refusal_that_nobody_knows_ends_nothing_that_has_to_be_seen(
    office: Office, kind: type[Effect]
) -> None:
    case = office.waiting_case(thread=None) if kind is Card else office.waiting_case()
    if kind is Card:
        put.card(office.tx(), case)
    elif kind is FollowUp:
        put.follow_up(office.tx(), case, office.mention(case).number)
    elif kind is Line:
        put.line(office.tx(), case, office.reply(case))
    else:
        put.tell(office.tx(), case, SAID)
    for attempt in range(9):
        [delivery] = take(office, NOW + attempt * 10 * MINUTE)
        refuse(office, delivery, "some_new_code")

    [again] = take(office, NOW + 100 * MINUTE)

    assert kinds([again]) == [kind]


class TestAnAlarmThatIsGone:
    """The message of an alarm was deleted, or may not be changed."""

    def an_alarm(self, office: Office, *, grown: bool) -> int:
        """One that is posted, of one case or grown by another, and how often it is posted after a refusal."""
        case = office.waiting_case(warn_at=NOW + 60 * MINUTE)
        due = NOW + 60 * MINUTE
        turns.flag(office.tx(due))
        carry(office, due)
        [alarm] = office.alarms()
        if grown:
            other = office.waiting_case()
            added = Flag(other.id, due, FlagKind.MISSED, due + MINUTE / 2)
            office.record.alarms.add_flag(added)
            alarms.tell(office.tx(due + MINUTE / 2), [(other, added)])
        else:
            put.alarm(office.tx(due), alarm)
        for delivery in take(office, due + MINUTE / 2):
            if isinstance(delivery.entry.effect, Warn):
                OUTBOX.failed(office.tx(due), delivery, refused("message_not_found"))
        assert office.now_case(case).thread == case.thread
        alarms_posted = [each for each in carry(office, due + MINUTE) if isinstance(each.entry.effect, Warn)]
        return sum(delivery.ref is None for delivery in alarms_posted)

    def test_is_said_anew_with_what_it_had_to_add(self, office: Office) -> None:
        assert self.an_alarm(office, grown=True) == 1

    def test_is_not_when_it_had_nothing_to_add(self, office: Office) -> None:
        assert self.an_alarm(office, grown=False) == 0


def test_the_old_thread_leads_to_the_case_and_is_not_its_thread_any_more(office: Office) -> None:
    case = office.waiting_case()
    assert case.thread is not None
    gone(office, case)
    carry(office)
    anew = office.now_case(case)

    assert office.record.cases.of_thread(case.thread) is None
    assert office.record.cases.of_thread(case.thread, ever=True) == anew
    assert office.record.cases.of_thread(ANEW) == anew


def test_a_redraw_that_ends_after_the_thread_was_lost_does_not_bring_it_back(office: Office) -> None:
    case = office.waiting_case()
    put.card(office.tx(), case)
    [redraw] = take(office)
    gone(office, case)
    OUTBOX.done(office.tx(), redraw, redraw.ref)
    carry(office)

    assert office.now_case(case).thread == ANEW
