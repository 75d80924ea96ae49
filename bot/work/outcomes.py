"""What became of a reply on the network: published, refused, lost; and what follows for the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases import answers, errors, targets
from bot.cases.history import EventKind
from bot.cases.model import (
    CLOSES_PRIVATE,
    AgentId,
    Case,
    Move,
    Reply,
    ReplyMove,
    ReplyState,
    after,
    reply_after,
)
from bot.cases.outbox import Rank
from bot.cases.ports import Sent
from bot.cases.posts import Surface
from bot.cases.record import Wake
from bot.cases.said import Instant, Said, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import replies

#: How long to wait before the network is asked again about an unconfirmed reply; after the last a person is.
#: What is public is mostly listed within a second, so the first looks follow one another closely; the sixth
#: lies behind the time after which a network's list counts as complete.
LOOKS = tuple(timedelta(seconds=pause) for pause in (1, 1, 2, 4, 7, 17, 31, 90))
#: The same for private messages, which networks let be listed far less often (X: once a minute).
PRIVATE_LOOKS = tuple(timedelta(seconds=pause) for pause in (3, 10, 20, 30, 90))


def arrive(tx: Tx, case: Case, reply: Reply, sent: Sent | None, who: AgentId | str = "") -> None:
    """The reply is on the network: as the network says (`sent`), or as a person saw (None)."""
    state = reply_after(reply.state, ReplyMove.ARRIVE)
    if state is None:
        return
    published_at = sent.at if sent else (reply.attempted_at or tx.now)
    arrived = tx.replies.save(
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
        reactions = tx.installation.reactions
        if reply.state is ReplyState.FAILED:
            put.mark(tx, reply.message, reactions.failed, False)
        put.mark(tx, reply.message, reactions.sent, True)
    put.line(tx, case, arrived)
    if reply.state is ReplyState.UNCONFIRMED:
        put.lines_behind(tx, case, arrived)
    tx.wake(Wake.SEND)  # the case's next reply waited for this one
    answer(tx, case, arrived, who or reply.agent or "")


def answer(tx: Tx, case: Case, reply: Reply, who: AgentId | str) -> Case:
    """Stop the case's clock for what this published reply answers; what came later keeps its own.

    What it came to, by the network's publication time, is a row of its own (`answers`).
    """
    assert reply.sent_at is not None
    status = after(case.status, Move.ANSWER) or case.status
    tx.note(
        case,
        EventKind.ANSWERED,
        who,
        reply=reply.id,
        mode=reply.mode.value,
        published_at=reply.sent_at.isoformat(),
    )
    answered = replace(case, first_replied_at=case.first_replied_at or reply.sent_at)
    later = replies.unanswered(tx, case)
    if not later:
        answered = replace(targets.wait_no_more(answered), status=status)
    elif case.waiting_since is not None:
        answered = targets.wait_from(answered, later[0].created_at, tx.team(case).targets)
    answered = tx.cases.save(answered)
    if (given := answers.given(case, answered, reply)) is not None:
        tx.history.add_answer(given)
    put.card(tx, answered, rank=Rank.CUSTOMER)
    tx.wake(Wake.WATCH)
    return answered


def refuse(tx: Tx, case: Case, reply: Reply, failure: Said, manual_url: str = "") -> None:
    """The network certainly did not take it: say why, and what can be done."""
    state = reply_after(reply.state, ReplyMove.REFUSE)
    if state is None:
        return
    refused = tx.replies.save(
        replace(reply, state=state, failure=failure, manual_url=manual_url, lease_until=None)
    )
    tx.note(case, EventKind.REPLY_REFUSED, reply=reply.id, reason=failure.key)
    if reply.message:
        put.mark(tx, reply.message, tx.installation.reactions.failed, True)
    put.line(tx, case, refused)
    if reply.mode is Surface.PRIVATE and failure.key in CLOSES_PRIVATE:
        put.card(tx, case)  # which no longer says that replies go privately
    if reply.state is ReplyState.UNCONFIRMED:
        put.lines_behind(tx, case, refused)
    tx.wake(Wake.SEND)  # the case's next reply waited for this one


def lose_sight(tx: Tx, case: Case, reply: Reply) -> None:
    """Nobody knows whether it is out: look again a little later, and after the last look ask a person."""
    state = reply_after(reply.state, ReplyMove.LOSE_SIGHT)
    if state is None:
        return
    looks = reply.looks + 1 if state is reply.state else 0
    pauses = PRIVATE_LOOKS if reply.mode is Surface.PRIVATE else LOOKS
    ask = looks >= len(pauses)
    unconfirmed = tx.replies.save(
        replace(
            reply,
            state=state,
            looks=looks,
            lease_until=None,
            held=say("hold.needs_person") if ask else None,
            send_after=tx.now if ask else tx.now + pauses[looks],
        )
    )
    if looks == 0:
        tx.note(case, EventKind.REPLY_UNCONFIRMED, reply=reply.id)
        put.lines_behind(tx, case, unconfirmed)
    put.line(tx, case, unconfirmed)
    tx.wake(Wake.SEND)


def wait(tx: Tx, case: Case, reply: Reply, until: datetime, failure: Said | None) -> None:
    """Certainly not done, and the network asks for patience: back into the queue for later."""
    state = reply_after(reply.state, ReplyMove.WAIT)
    if state is None:
        return
    waiting = tx.replies.save(
        replace(reply, state=state, send_after=until, failure=failure, lease_until=None)
    )
    put.line(tx, case, waiting)
    tx.wake(Wake.SEND)


def not_there(tx: Tx, case: Case, reply: Reply) -> None:
    """The network's certain word that an unconfirmed reply never arrived: it goes back into the queue."""
    state = reply_after(reply.state, ReplyMove.AGAIN)
    if state is None:
        return
    again = tx.replies.save(replace(reply, state=state, send_after=tx.now, looks=0, held=None))
    tx.note(case, EventKind.REPLY_NOT_THERE, reply=reply.id)
    put.line(tx, case, again)
    put.lines_behind(tx, case, again)
    tx.wake(Wake.SEND)


def fail(tx: Tx, case: Case, reply: Reply, error: errors.NetworkError) -> None:
    """What an error of the network means for the reply that met it."""
    match error:
        case errors.Unclear():
            lose_sight(tx, case, reply)
        case errors.RateLimited(until=until):
            wait(tx, case, reply, max(until, tx.now), say("refused.limited", until=Instant(until)))
        case errors.Retry(after=pause):
            wait(tx, case, reply, tx.now + pause, say("refused.retry", until=Instant(tx.now + pause)))
        case errors.NotPermitted(reason=reason, manual_url=manual_url, detail=detail):
            # Words meant for one person are not offered for copying into public.
            by_hand = manual_url if reply.mode is Surface.PUBLIC else ""
            refuse(tx, case, reply, say(f"refused.{reason}", detail=detail), by_hand)
        case errors.Invalid(rule=rule, detail=detail):
            refuse(tx, case, reply, say(f"refused.{rule}", detail=detail))
        case errors.Duplicate():
            refuse(tx, case, reply, say("refused.duplicate"))
        case errors.TargetGone():
            refuse(tx, case, reply, say("refused.gone"))
        case errors.WindowClosed():
            refuse(tx, case, reply, say("refused.window"))
        case errors.AuthExpired():
            refuse(tx, case, reply, say("refused.auth"))
        case errors.OutOfCredit():
            refuse(tx, case, reply, say("refused.credit"))
        case _:
            refuse(tx, case, reply, say("refused.refused", detail=error.detail))
