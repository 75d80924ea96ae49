"""A case whose card is gone goes on in a new thread unless it asks for nothing; no refusal ends a promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from bot.cases import errors
from bot.cases.alarms import Flag
from bot.cases.errands import ErrandKind, Job
from bot.cases.model import (
    Case,
    FlagKind,
    MessageKind,
    MessageRef,
    ReplyKind,
    ReplyState,
    Status,
    ThreadMessage,
)
from bot.cases.said import say
from bot.work import alarms, asks, new_thread, posting, watch
from tests.contract.samples import MINUTE, NOW, SAID
from tests.unit.office import MO, Office
from tests.unit.office import office as office

ANEW = MessageRef("C1", "99.9")
REFUSALS = ["thread_not_found", "message_not_found", "cannot_reply_to_message"]


def take(office: Office, now: datetime = NOW) -> Sequence[Job]:
    """What is carried to the desk next."""
    office.record.outbox.take_slot("C1", now)
    return posting.take(office.tx(now), 9)


def refuse(office: Office, job: Job, why: str = "thread_not_found") -> None:
    """The desk will not do it."""
    posting.failed(office.tx(), job, errors.DeskRefused(why))


def carry(office: Office, now: datetime = NOW) -> list[Job]:
    """Carry all that waits, to the last; the new card gets the place ANEW."""
    done: list[Job] = []
    for _ in range(30):
        for job in take(office, now):
            ref = ANEW if job.errand.kind is ErrandKind.CARD else MessageRef("C1", f"{100 + len(done)}.1")
            posting.done(office.tx(now), job, job.ref or ref)
            done.append(job)
    return done


def gone(office: Office, case: Case) -> bool:
    """Somebody deletes the card."""
    assert case.thread is not None
    return new_thread.begin(office.tx(), office.now_case(case), case.thread)


@pytest.mark.parametrize("why", REFUSALS)
def test_what_cannot_be_posted_in_its_thread_is_posted_in_a_new_one(office: Office, why: str) -> None:
    case = office.waiting_case()
    later = office.mention(case, text="and now?")
    asks.post(office.tx(), case, later.number)
    [job] = take(office)
    refuse(office, job, why)
    done = carry(office)

    assert [job.errand.kind for job in done] == [ErrandKind.CARD, ErrandKind.SAY, ErrandKind.POST]
    assert [job.thread for job in done] == [None, ANEW, ANEW]
    assert office.now_case(case).thread == ANEW


def test_a_card_that_is_gone_is_posted_anew_while_the_customer_waits(office: Office) -> None:
    case = office.waiting_case()
    asks.card(office.tx(), case)
    [job] = take(office)
    refuse(office, job, "message_not_found")
    [card, *_] = carry(office)

    assert (card.errand.kind, card.ref, card.errand.channel) == (ErrandKind.CARD, None, "C1")


def test_the_story_is_what_came_in_and_what_went_out(office: Office) -> None:
    case = office.waiting_case(status=Status.CLAIMED, assignee=MO.id)
    for ts in ("50.1", "51.1"):
        office.show(case, office.mention(case), ts)
    out = office.reply(case, state=ReplyState.SENT, sent_at=NOW, line=MessageRef("C1", "52.1"))
    waits = office.reply(case, key="k2", line=MessageRef("C1", "53.1"))
    office.reply(case, key="k3", state=ReplyState.STOPPED, line=MessageRef("C1", "54.1"))
    office.reply(case, key="k4", state=ReplyState.SENT, kind=ReplyKind.ELSEWHERE, sent_at=NOW)
    gone(office, case)
    card, said, *story = [job for job in carry(office) if job.errand.ref is None]

    assert (card.errand.kind, said.errand.kind) == (ErrandKind.CARD, ErrandKind.SAY)
    assert [job.errand.post_number or job.errand.reply_id for job in story] == [2, 3, out.id, waits.id]
    assert all(job.thread == ANEW for job in [said, *story])


def test_a_long_story_is_told_from_its_end(office: Office) -> None:
    case = office.waiting_case()
    for number in range(new_thread.STORY + 3):
        office.show(case, office.mention(case), f"5{number}.1")
    gone(office, case)
    [said] = office.said()

    assert said.values["more"] == say("thread.left_out", count=3, network="x")
    assert len(office.waiting(ErrandKind.POST)) == new_thread.STORY


def test_what_waits_to_be_sent_waits_for_a_person(office: Office) -> None:
    case = office.waiting_case()
    message = MessageRef("C1", "60.1")
    free = office.reply(case, message=message)
    held = office.reply(case, key="k2", held=SAID, message=MessageRef("C1", "61.1"))
    gone(office, case)

    assert office.now_reply(free).held == say("hold.thread_gone")
    assert office.now_reply(held).held == SAID
    assert [office.now_reply(reply).message for reply in (free, held)] == [None, None]


def test_a_claim_by_reaction_does_not_end_with_the_card_it_was_put_on(office: Office) -> None:
    case = office.waiting_case(assignee=MO.id, claimed_by_reaction=True)
    gone(office, case)
    after = office.now_case(case)

    assert (after.assignee, after.claimed_by_reaction) == (MO.id, False)


@pytest.mark.parametrize("status", [Status.CLOSED, Status.DISMISSED, Status.ANSWERED])
def test_for_a_case_that_asks_for_nothing_nothing_is_posted(office: Office, status: Status) -> None:
    case = office.case(status=status)
    asks.tell(office.tx(), case, SAID)
    [job] = take(office)
    refuse(office, job)

    assert office.now_case(case).thread == case.thread
    assert carry(office) == []


@pytest.mark.parametrize("state", [ReplyState.QUEUED, ReplyState.UNCONFIRMED, ReplyState.FAILED])
def test_a_case_of_which_a_reply_is_open_goes_on(office: Office, state: ReplyState) -> None:
    case = office.case(status=Status.ANSWERED)
    office.reply(case, state=state)

    assert gone(office, case)
    assert [job.errand.kind for job in carry(office)] == [ErrandKind.CARD, ErrandKind.SAY, ErrandKind.LINE]


def test_it_begins_once_however_many_effects_are_refused(office: Office) -> None:
    case = office.waiting_case()
    first, second = (
        asks.key_of_post(office.mention(case).number),
        asks.key_of_post(office.mention(case).number),
    )
    for key in (first, second):
        asks.post(office.tx(), case, int(key.removeprefix("post-")))
    jobs = [*take(office)]
    office.record.outbox.take_slot("C1", NOW)
    for job in jobs:
        refuse(office, job)
    done = carry(office)

    assert [job.errand.kind for job in done].count(ErrandKind.CARD) == 1
    assert [job.errand.key for job in done if job.errand.kind is ErrandKind.POST] == [first, second]


def test_a_question_and_a_warning_are_said_in_the_new_thread(office: Office) -> None:
    case = office.waiting_case(assignee=MO.id)
    asks.tell(office.tx(), case, SAID, key="ask-1")
    assert case.due_at is not None
    watch.flag(office.tx(case.due_at))
    for _ in range(2):
        for job in take(office, case.due_at):
            if job.thread == case.thread:
                refuse(office, job)
            else:
                posting.done(office.tx(), job, job.ref or ANEW)
    done = carry(office, case.due_at)

    assert {job.errand.kind for job in done if job.thread == ANEW} >= {ErrandKind.SAY, ErrandKind.ALARM}
    assert "ask-1" in [job.errand.key for job in done]


def test_a_question_that_nobody_answered_is_asked_again(office: Office) -> None:
    case = office.case(status=Status.ANSWERED)
    message = MessageRef("C1", "61.2")
    office.record.threads.add_message(
        ThreadMessage(message, case.id, MO.id, MessageKind.ASKED, "on its way", NOW)
    )
    asks.tell(office.tx(), case, SAID, key=asks.key_of_question(message))
    carry(office)
    gone(office, case)

    assert "ask-C1:61.2" in [job.errand.key for job in carry(office) if job.thread == ANEW]


def test_who_writes_in_the_old_thread_is_told_where_it_goes_on(office: Office) -> None:
    case = office.waiting_case()
    assert case.thread is not None
    gone(office, case)
    new_thread.point_on(office.tx(), case.thread, MO.id)
    [whisper] = office.errands(ErrandKind.WHISPER)

    assert (whisper.agent, whisper.ref) == (MO.id, case.thread)
    assert whisper.said is not None
    assert whisper.said.key == "thread.elsewhere"


@pytest.mark.parametrize("kind", [ErrandKind.CARD, ErrandKind.POST, ErrandKind.LINE, ErrandKind.SAY])
def test_a_refusal_that_nobody_knows_ends_nothing_that_has_to_be_seen(
    office: Office, kind: ErrandKind
) -> None:
    case = office.waiting_case(thread=None) if kind is ErrandKind.CARD else office.waiting_case()
    match kind:
        case ErrandKind.CARD:
            asks.card(office.tx(), case)
        case ErrandKind.POST:
            asks.post(office.tx(), case, office.mention(case).number)
        case ErrandKind.LINE:
            asks.line(office.tx(), case, office.reply(case))
        case _:
            asks.tell(office.tx(), case, SAID)
    for attempt in range(9):
        [job] = take(office, NOW + attempt * 10 * MINUTE)
        refuse(office, job, "some_new_code")

    [again] = take(office, NOW + 100 * MINUTE)

    assert again.errand.kind is kind


class TestAnAlarmThatIsGone:
    """The message of an alarm was deleted, or may not be changed."""

    def an_alarm(self, office: Office, *, grown: bool) -> int:
        """One that is posted, of one case or grown by another, and how often it is posted after a refusal."""
        case = office.waiting_case(warn_at=NOW + 60 * MINUTE)
        due = NOW + 60 * MINUTE
        watch.flag(office.tx(due))
        carry(office, due)
        [alarm] = office.alarms()
        if grown:
            other = office.waiting_case()
            added = Flag(other.id, due, FlagKind.MISSED, due + MINUTE / 2)
            office.record.alarms.add_flag(added)
            alarms.tell(office.tx(due + MINUTE / 2), [(other, added)])
        else:
            asks.alarm(office.tx(due), alarm)
        for job in take(office, due + MINUTE / 2):
            if job.errand.kind is ErrandKind.ALARM:
                posting.failed(office.tx(due), job, errors.DeskRefused("message_not_found"))
        assert office.now_case(case).thread == case.thread
        return sum(job.ref is None for job in carry(office, due + MINUTE) if job.errand.alarm_id)

    def test_is_said_anew_with_what_it_had_to_add(self, office: Office) -> None:
        assert self.an_alarm(office, grown=True) == 1

    def test_is_not_when_it_had_nothing_to_add(self, office: Office) -> None:
        assert self.an_alarm(office, grown=False) == 0


def test_an_old_thread_names_its_case(office: Office) -> None:
    case = office.waiting_case()
    assert case.thread is not None
    gone(office, case)

    assert office.record.threads.case_of_old(case.thread) == case.id
    assert office.record.threads.case_of_old(replace(case.thread, ts="1.9")) is None


def test_a_redraw_that_ends_after_the_thread_was_lost_does_not_bring_it_back(office: Office) -> None:
    case = office.waiting_case()
    asks.card(office.tx(), case)
    [redraw] = take(office)
    gone(office, case)
    posting.done(office.tx(), redraw, redraw.ref)
    carry(office)

    assert office.now_case(case).thread == ANEW
