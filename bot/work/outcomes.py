"""What became of a reply on the network: published, refused, lost; and what follows for the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases import errors, targets
from bot.cases.errands import Rank
from bot.cases.figures import IN_DOUBT, REFUSED
from bot.cases.model import (
    CLOSES_PRIVATE,
    AgentId,
    Case,
    Move,
    Reply,
    ReplyKind,
    ReplyMove,
    ReplyState,
    after,
    reply_after,
)
from bot.cases.ports import Sent
from bot.cases.posts import Surface
from bot.cases.record import Record, Wake
from bot.cases.said import Instant, Said, say
from bot.work import asks, replies
from bot.work.house import House

#: How long to wait before the network is asked again about an unconfirmed reply; after the last a person is.
#: What is public is mostly listed within a second, so the first looks follow one another closely; the sixth
#: lies behind the time after which a network's list counts as complete.
LOOKS = tuple(timedelta(seconds=pause) for pause in (1, 1, 2, 4, 7, 17, 31, 90))
#: The same for private messages, which networks let be listed far less often (X: once a minute).
PRIVATE_LOOKS = tuple(timedelta(seconds=pause) for pause in (3, 10, 20, 30, 90))


def arrive(
    record: Record,
    house: House,
    case: Case,
    reply: Reply,
    sent: Sent | None,
    now: datetime,
    who: AgentId | str = "",
) -> None:
    """The reply is on the network: as the network says (`sent`), or as a person saw (None)."""
    state = reply_after(reply.state, ReplyMove.ARRIVE)
    if state is None:
        return
    published_at = sent.at if sent else (reply.attempted_at or now)
    arrived = record.save_reply(
        replace(
            reply,
            state=state,
            held=None,
            failure=None,
            lease_until=None,
            post_id=sent.post_id if sent else None,
            url=sent.url if sent else "",
            sent_at=published_at,
        )
    )
    if reply.message:
        reactions = house.installation.reactions
        if reply.state is ReplyState.FAILED:
            asks.mark(record, reply.message, reactions.failed, False, now)
        asks.mark(record, reply.message, reactions.sent, True, now)
    asks.line(record, house, case, arrived, now)
    if reply.state is ReplyState.UNCONFIRMED:
        asks.lines_behind(record, house, case, arrived, now)
    record.wake(Wake.SEND)  # the case's next reply waited for this one
    answer(record, house, case, arrived, now, who or reply.agent or "")


def answer(record: Record, house: House, case: Case, reply: Reply, now: datetime, who: AgentId | str) -> Case:
    """Stop the case's clock for what this published reply answers; what came later keeps its own.

    Met or missed is decided by the network's publication time and written into the history.
    """
    assert reply.sent_at is not None
    status = after(case.status, Move.ANSWER) or case.status
    asks.note_event(
        record,
        case,
        "answered",
        now,
        who,
        reply=reply.id,
        mode=reply.mode.value,
        published_at=reply.sent_at.isoformat(),
        waiting_since=case.waiting_since.isoformat() if case.waiting_since else None,
        due_at=case.due_at.isoformat() if case.due_at else None,
        met=reply.sent_at <= case.due_at if case.due_at else None,
        elsewhere=reply.kind is ReplyKind.ELSEWHERE,
    )
    answered = replace(case, first_replied_at=case.first_replied_at or reply.sent_at)
    later = replies.unanswered(record, case)
    if not later:
        answered = replace(targets.wait_no_more(answered), status=status)
    elif case.waiting_since is not None:
        answered = targets.wait_from(answered, later[0].created_at, house.team(case).targets)
    answered = record.save_case(answered)
    asks.card(record, house, answered, now, rank=Rank.CUSTOMER)
    record.wake(Wake.WATCH)
    return answered


def refuse(
    record: Record, house: House, case: Case, reply: Reply, failure: Said, now: datetime, manual_url: str = ""
) -> None:
    """The network certainly did not take it: say why, and what can be done."""
    state = reply_after(reply.state, ReplyMove.REFUSE)
    if state is None:
        return
    refused = record.save_reply(
        replace(reply, state=state, failure=failure, manual_url=manual_url, lease_until=None)
    )
    asks.note_event(record, case, REFUSED, now, reply=reply.id, reason=failure.key)
    if reply.message:
        asks.mark(record, reply.message, house.installation.reactions.failed, True, now)
    asks.line(record, house, case, refused, now)
    if reply.mode is Surface.PRIVATE and failure.key in CLOSES_PRIVATE:
        asks.card(record, house, case, now)  # which no longer says that replies go privately
    if reply.state is ReplyState.UNCONFIRMED:
        asks.lines_behind(record, house, case, refused, now)
    record.wake(Wake.SEND)  # the case's next reply waited for this one


def lose_sight(record: Record, house: House, case: Case, reply: Reply, now: datetime) -> None:
    """Nobody knows whether it is out: look again a little later, and after the last look ask a person."""
    state = reply_after(reply.state, ReplyMove.LOSE_SIGHT)
    if state is None:
        return
    looks = reply.looks + 1 if state is reply.state else 0
    pauses = PRIVATE_LOOKS if reply.mode is Surface.PRIVATE else LOOKS
    ask = looks >= len(pauses)
    unconfirmed = record.save_reply(
        replace(
            reply,
            state=state,
            looks=looks,
            lease_until=None,
            held=say("hold.needs_person") if ask else None,
            send_after=now if ask else now + pauses[looks],
        )
    )
    if looks == 0:
        asks.note_event(record, case, IN_DOUBT, now, reply=reply.id)
        asks.lines_behind(record, house, case, unconfirmed, now)
    asks.line(record, house, case, unconfirmed, now)
    record.wake(Wake.SEND)


def wait(
    record: Record,
    house: House,
    case: Case,
    reply: Reply,
    until: datetime,
    failure: Said | None,
    now: datetime,
) -> None:
    """Certainly not done, and the network asks for patience: back into the queue for later."""
    state = reply_after(reply.state, ReplyMove.WAIT)
    if state is None:
        return
    waiting = record.save_reply(
        replace(reply, state=state, send_after=until, failure=failure, lease_until=None)
    )
    asks.line(record, house, case, waiting, now)
    record.wake(Wake.SEND)


def not_there(record: Record, house: House, case: Case, reply: Reply, now: datetime) -> None:
    """The network's certain word that an unconfirmed reply never arrived: it goes back into the queue."""
    state = reply_after(reply.state, ReplyMove.AGAIN)
    if state is None:
        return
    again = record.save_reply(replace(reply, state=state, send_after=now, looks=0, held=None))
    asks.note_event(record, case, "reply_not_there", now, reply=reply.id)
    asks.line(record, house, case, again, now)
    asks.lines_behind(record, house, case, again, now)
    record.wake(Wake.SEND)


def fail(
    record: Record, house: House, case: Case, reply: Reply, error: errors.NetworkError, now: datetime
) -> None:
    """What an error of the network means for the reply that met it."""
    match error:
        case errors.Unclear():
            lose_sight(record, house, case, reply, now)
        case errors.RateLimited(until=until):
            wait(
                record, house, case, reply, max(until, now), say("refused.limited", until=Instant(until)), now
            )
        case errors.Retry(after=pause):
            wait(
                record, house, case, reply, now + pause, say("refused.retry", until=Instant(now + pause)), now
            )
        case errors.NotPermitted(reason=reason, manual_url=manual_url, detail=detail):
            # Words meant for one person are not offered for copying into public.
            by_hand = manual_url if reply.mode is Surface.PUBLIC else ""
            refuse(record, house, case, reply, say(f"refused.{reason}", detail=detail), now, by_hand)
        case errors.Invalid(rule=rule, detail=detail):
            refuse(record, house, case, reply, say(f"refused.{rule}", detail=detail), now)
        case errors.Duplicate():
            refuse(record, house, case, reply, say("refused.duplicate"), now)
        case errors.TargetGone():
            refuse(record, house, case, reply, say("refused.gone"), now)
        case errors.WindowClosed():
            refuse(record, house, case, reply, say("refused.window"), now)
        case errors.AuthExpired():
            refuse(record, house, case, reply, say("refused.auth"), now)
        case errors.OutOfCredit():
            refuse(record, house, case, reply, say("refused.credit"), now)
        case _:
            refuse(record, house, case, reply, say("refused.refused", detail=error.detail), now)
