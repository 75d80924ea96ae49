"""What became of a reply: what each error of a network means for it, and what an answer does to the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases import errors
from bot.cases.history import Event, EventKind
from bot.cases.model import MessageRef, Reply, ReplyId, ReplyState, Status
from bot.cases.outbox import Line
from bot.cases.ports import NotSent, Sent, Unknown
from bot.cases.posts import PostId, Surface
from bot.cases.record import Wake
from bot.cases.said import Instant, Sentence, say
from bot.work import pictures, publishing
from connectors.x.client import Timeouts
from connectors.x.connector import SETTLE
from tests.contract.samples import MINUTE, NOW, SECOND
from tests.unit.office import MO, Office
from tests.unit.office import office as office

MESSAGE = MessageRef("C1", "1700000009.100000")
URL = "https://fake.example/compose"
SENT = Sent(PostId("77"), "https://fake.example/77", NOW)
DUE = NOW + 60 * MINUTE


def sending_reply(office: Office, **fields: object) -> Reply:
    """A reply of a claimed case that is on its way."""
    case = office.waiting_case(status=Status.CLAIMED, assignee=MO.id)
    ordinary = {
        "state": ReplyState.SENDING,
        "attempted_at": NOW - SECOND,
        "lease_until": NOW + SECOND,
        "message": MESSAGE,
    }
    return office.reply(case, **ordinary | fields)


def fail(office: Office, reply: Reply, error: errors.NetworkError) -> Reply:
    """The network says this of the reply."""
    case = office.record.cases.get(reply.case_id)
    assert case is not None
    publishing.take_outcome(office.tx(), case, reply, error)
    return office.now_reply(reply)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (errors.AuthExpired(), say("refused.auth")),
        (errors.OutOfCredit(), say("refused.credit")),
        (errors.NotPermitted("not_mentioned", "403"), say("refused.not_mentioned", detail="403")),
        (errors.WindowClosed(), say("refused.window")),
        (errors.TargetGone(), say("refused.gone")),
        (errors.Duplicate(), say("refused.duplicate")),
        (errors.Invalid("too_long", "400"), say("refused.too_long", detail="400")),
        (errors.NetworkError("?"), say("refused.refused", detail="?")),
    ],
)
def test_a_certain_refusal_fails_the_reply_with_its_reason(
    office: Office, error: errors.NetworkError, failure: Sentence
) -> None:
    reply = fail(office, sending_reply(office), error)

    assert (reply.state, reply.failure, reply.lease_until) == (ReplyState.FAILED, failure, None)
    assert office.marks() == [("boom", True)]
    assert [event.kind for event in office.record.history.of_case(reply.case_id)] == ["reply_refused"]


@pytest.mark.parametrize(
    ("error", "failure", "until"),
    [
        (errors.RateLimited(NOW + MINUTE), say("refused.limited", until=Instant(NOW + MINUTE)), MINUTE),
        (errors.RateLimited(NOW - MINUTE), say("refused.limited", until=Instant(NOW - MINUTE)), 0 * SECOND),
        (errors.Retry(after=9 * SECOND), say("refused.retry", until=Instant(NOW + 9 * SECOND)), 9 * SECOND),
    ],
)
def test_a_plea_for_patience_puts_the_reply_back_into_the_queue(
    office: Office, error: errors.NetworkError, failure: Sentence, until: timedelta
) -> None:
    reply = fail(office, sending_reply(office), error)

    assert (reply.state, reply.failure, reply.send_after) == (ReplyState.QUEUED, failure, NOW + until)
    assert office.marks() == []


def test_an_unclear_answer_leaves_the_reply_unconfirmed_and_has_it_looked_for(office: Office) -> None:
    reply = fail(office, sending_reply(office), errors.Unclear())

    assert (reply.state, reply.failure, reply.looks) == (ReplyState.UNCONFIRMED, None, 0)
    assert reply.send_after == NOW + publishing.LOOKS[0]


@pytest.mark.parametrize(("mode", "url"), [(Surface.PUBLIC, URL), (Surface.PRIVATE, "")])
def test_only_public_words_are_handed_over_for_publishing_by_hand(
    office: Office, mode: Surface, url: str
) -> None:
    reply = fail(office, sending_reply(office, mode=mode), errors.NotPermitted("x", "", URL))

    assert reply.manual_url == url


@pytest.mark.parametrize(
    "error", [errors.Unclear(), errors.RateLimited(NOW), errors.Retry(), errors.AuthExpired()]
)
@pytest.mark.parametrize("state", [ReplyState.SENT, ReplyState.STOPPED, ReplyState.QUEUED])
def test_an_error_means_nothing_for_a_reply_that_is_not_on_its_way(
    office: Office, error: errors.NetworkError, state: ReplyState
) -> None:
    reply = sending_reply(office, state=state)

    assert fail(office, reply, error) == reply


@pytest.mark.parametrize(
    ("mode", "looks"),
    [(Surface.PUBLIC, publishing.LOOKS), (Surface.PRIVATE, publishing.PRIVATE_LOOKS)],
)
def test_each_look_in_vain_waits_longer_and_the_last_asks_a_person(
    office: Office, mode: Surface, looks: tuple[timedelta, ...]
) -> None:
    reply = fail(office, sending_reply(office, mode=mode), errors.Unclear())
    waits = []
    for _ in looks:
        case = office.record.cases.get(reply.case_id)
        assert case is not None
        publishing.mark_unconfirmed(office.tx(), case, reply)
        reply = office.now_reply(reply)
        waits.append((reply.send_after - NOW, reply.blocked))

    asked = say("hold.needs_person")
    assert waits == [*((pause, None) for pause in looks[1:]), (0 * SECOND, asked)]


def test_what_is_public_is_looked_for_while_the_list_is_fresh_and_once_it_must_be_complete() -> None:
    at = [sum(publishing.LOOKS[: each + 1], 0 * SECOND) for each in range(len(publishing.LOOKS))]

    assert [instant // SECOND for instant in at] == [1, 2, 4, 8, 15, 32, 63, 153]
    assert at[5] > SETTLE
    assert SETTLE + Timeouts().total * SECOND < at[6]


@pytest.mark.parametrize(
    ("outcome", "failure", "then"),
    [
        (SENT, None, ReplyState.SENT),
        (NotSent(), None, ReplyState.QUEUED),
        (NotSent(), say("refused.duplicate"), ReplyState.FAILED),
        (Unknown(), None, ReplyState.UNCONFIRMED),
        (errors.Retry(), None, ReplyState.UNCONFIRMED),
        (errors.AuthExpired(), None, ReplyState.UNCONFIRMED),
    ],
)
def test_what_the_network_says_of_an_unconfirmed_reply_decides(
    office: Office,
    outcome: Sent | NotSent | Unknown | errors.NetworkError,
    failure: Sentence,
    then: ReplyState,
) -> None:
    reply = sending_reply(office, state=ReplyState.UNCONFIRMED, failure=failure)
    publishing.finish(office.tx(), reply.id, outcome)

    assert office.now_reply(reply).state is then


@pytest.mark.parametrize(("doubted", "then"), [(False, ReplyState.FAILED), (True, ReplyState.UNCONFIRMED)])
def test_a_duplicate_may_be_our_own_only_after_a_doubt(
    office: Office, doubted: bool, then: ReplyState
) -> None:
    reply = sending_reply(office)
    if doubted:
        event = Event(reply.case_id, NOW, EventKind.REPLY_UNCONFIRMED, detail={"reply": reply.id})
        office.record.history.add(event)
    publishing.finish(office.tx(), reply.id, errors.Duplicate())

    assert office.now_reply(reply).state is then


def test_an_answer_to_all_stops_the_clock(office: Office) -> None:
    reply = sending_reply(office)
    publishing.finish(office.tx(), reply.id, SENT)

    case = office.record.cases.get(reply.case_id)

    assert case is not None
    assert (case.status, case.waiting_since, case.due_at) == (Status.ANSWERED, None, None)
    assert case.first_replied_at == NOW
    assert Wake.WATCH in office.woken()


def test_a_mention_that_the_answer_had_not_seen_keeps_a_clock_of_its_own(office: Office) -> None:
    reply = sending_reply(office)
    case = office.record.cases.get(reply.case_id)
    assert case is not None
    later = office.mention(case, created_at=NOW + 5 * MINUTE)
    office.mention(case, created_at=NOW + 9 * MINUTE)
    publishing.finish(office.tx(NOW + 10 * MINUTE), reply.id, SENT)

    answered = office.now_case(case)

    assert (answered.status, answered.waiting_since) == (Status.CLAIMED, later.created_at)
    assert answered.due_at == later.created_at + 60 * MINUTE


def test_posts_of_the_brand_itself_do_not_keep_the_clock_running(office: Office) -> None:
    reply = sending_reply(office)
    case = office.record.cases.get(reply.case_id)
    assert case is not None
    office.mention(case, by_brand=True)
    publishing.finish(office.tx(), reply.id, SENT)

    assert office.now_case(case).waiting_since is None


def test_the_first_answer_stays_the_first(office: Office) -> None:
    case = office.waiting_case(status=Status.CLAIMED, first_replied_at=NOW - MINUTE)
    reply = office.reply(case, sent_at=NOW, state=ReplyState.SENT)
    publishing.answer(office.tx(), case, reply, "")

    assert office.now_case(case).first_replied_at == NOW - MINUTE


@pytest.mark.parametrize("status", [Status.CLOSED, Status.DISMISSED])
def test_an_answer_that_turns_up_late_does_not_open_a_settled_case(office: Office, status: Status) -> None:
    case = office.case(status=status, closed_at=NOW)
    reply = office.reply(case, sent_at=NOW, state=ReplyState.SENT)
    publishing.answer(office.tx(), case, reply, "")

    assert office.now_case(case).status is status


def test_a_refused_reply_that_is_found_after_all_loses_its_mark(office: Office) -> None:
    reply = sending_reply(office, state=ReplyState.FAILED)
    case = office.record.cases.get(reply.case_id)
    assert case is not None
    publishing.mark_sent(office.tx(), case, reply, SENT)

    assert office.marks() == [("boom", False), ("outbox_tray", True)]


def test_a_reply_that_a_person_saw_counts_from_when_it_was_attempted(office: Office) -> None:
    reply = sending_reply(office, state=ReplyState.UNCONFIRMED)
    case = office.record.cases.get(reply.case_id)
    assert case is not None
    publishing.mark_sent(office.tx(NOW + MINUTE), case, reply, None, MO.id)

    arrived = office.now_reply(reply)

    assert (arrived.sent_at, arrived.post_id, arrived.url) == (NOW - SECOND, None, "")


# --- a reply that waits for one in doubt


def behind(office: Office, reply: Reply) -> tuple[Reply, bool]:
    """A later reply of the same case, and whether its line says now that it waits; what was asked for so far
    is done with."""
    case = office.record.cases.get(reply.case_id)
    assert case is not None
    later = office.reply(case, send_after=NOW + MINUTE)
    office.carry()
    return later, pictures.line(office.tx(), case, later).behind


def drawn_anew(office: Office) -> set[ReplyId]:
    """The replies whose lines are to be drawn anew."""
    return {line.reply_id for line in office.effects(Line)}


def test_it_says_so_once_nobody_knows_of_the_one_before(office: Office) -> None:
    reply = sending_reply(office)
    later, before = behind(office, reply)
    fail(office, reply, errors.Unclear())
    case = office.record.cases.get(reply.case_id)
    assert case is not None

    assert not before
    assert pictures.line(office.tx(), case, later).behind
    assert drawn_anew(office) == {reply.id, later.id}


@pytest.mark.parametrize(
    ("outcome", "failure"), [(SENT, None), (NotSent(), None), (NotSent(), say("refused.duplicate"))]
)
def test_it_says_when_it_goes_out_once_that_is_known(
    office: Office, outcome: Sent | NotSent, failure: Sentence | None
) -> None:
    reply = sending_reply(office, state=ReplyState.UNCONFIRMED, lease_until=None, failure=failure)
    later, before = behind(office, reply)
    publishing.finish(office.tx(), reply.id, outcome)
    case = office.record.cases.get(reply.case_id)
    assert case is not None

    assert before
    assert not pictures.line(office.tx(), case, later).behind
    assert drawn_anew(office) == {reply.id, later.id}


def test_the_one_before_does_not_say_that_it_waits(office: Office) -> None:
    case = office.waiting_case(status=Status.CLAIMED, assignee=MO.id)
    first = office.reply(case)
    office.reply(case, state=ReplyState.UNCONFIRMED, attempted_at=NOW)

    assert not pictures.line(office.tx(), case, first).behind
