"""Publishing: which reply goes next, the guard before it goes, what is written before and after the call."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cases import errors, leases
from bot.cases.history import EventKind
from bot.cases.model import AgentId, Case, MessageRef, Reply, ReplyId, ReplyMove, ReplyState, reply_after
from bot.cases.ports import NotSent, SendCommand, Sent, Spent, Unknown
from bot.cases.posts import AccountId
from bot.cases.said import say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import accounts, known, outcomes, replies, unread

#: A message this young need not be read again before its text goes out.
JUST_NOW = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Task:
    """Something the sending tick must do for one reply."""

    reply_id: ReplyId
    account: AccountId
    #: The thread that must be known as it stands, and what in it decides: the agent's message behind the
    #: reply, or the bot's line about one that has none, where it may be stopped as well.
    thread: MessageRef | None = None
    seen: MessageRef | None = None
    #: When it was first to go out, and since when the line's time is past.
    since: datetime | None = None
    told: datetime | None = None
    #: It goes out in the moment it was written, with no time to change it: there is nothing to read again.
    just_written: bool = False
    #: Who stands behind it.
    agent: AgentId | None = None
    #: Ask the network where it is, instead of sending it.
    reconcile: bool = False


def tasks(tx: Tx, limit: int = 50) -> Sequence[Task]:
    """What is due: replies to send, and replies whose fate is unknown."""
    due = [_to_send(tx, reply) for reply in tx.replies.due(tx.now, limit)]
    doubt = [*tx.replies.lost(tx.now, limit), *tx.replies.unconfirmed(tx.now, limit)]
    return due + [Task(r.id, r.account, reconcile=True) for r in doubt]


def writers(tx: Tx, until: datetime, limit: int = 50) -> Set[AgentId]:
    """Who wrote the replies that go out until then, but not yet."""
    soon = tx.replies.due(until, limit)
    return {reply.agent for reply in soon if reply.agent is not None and reply.send_after > tx.now}


def _to_send(tx: Tx, reply: Reply) -> Task:
    case = tx.cases.get(reply.case_id)
    return Task(
        reply.id,
        reply.account,
        thread=case.thread if case else None,
        seen=reply.message or reply.line,
        since=unread.since(reply),
        told=reply.send_after,
        agent=reply.agent,
        just_written=reply.message is not None and _is_just_written(tx, reply.message, reply),
    )


def _is_just_written(tx: Tx, ref: MessageRef, reply: Reply) -> bool:
    """Whether a reply without a hold goes out in the moment it was written, with no time to change it."""
    if reply.send_after != reply.queued_at:
        return False
    message = tx.threads.message(ref)
    return message is not None and timedelta(0) <= tx.now - message.at < JUST_NOW


def begin(tx: Tx, reply_id: ReplyId) -> SendCommand | None:
    """Commit "sending" and return what to send; None when something came in between and a person is asked.

    This is the send-time guard: it runs in the very transaction that begins the sending, after the network
    was looked at once more. No line is drawn for it: most calls end at once, and few redraws go in a minute.
    """
    reply = tx.replies.get(reply_id)
    case = tx.cases.get(reply.case_id) if reply else None
    if reply is None or case is None or reply.held is not None or reply.send_after > tx.now:
        return None
    state = reply_after(reply.state, ReplyMove.SEND)
    if state is None:
        return None
    visibility = replies.visibility(tx, case, reply)
    held = replies.obstacle(tx, case, reply)
    if held is None and not visibility:
        held = say("hold.no_private_way")
    if held is not None:
        put.line(tx, case, tx.replies.save(replace(reply, held=held)))
        return None
    sending = tx.replies.save(
        replace(
            reply,
            state=state,
            visibility=visibility,
            attempted_at=tx.now,
            lease_until=leases.until(tx.now),
            failure=None,
        )
    )
    return command(tx, case, sending)


def renew(tx: Tx, reply_id: ReplyId, begun: SendCommand) -> bool:
    """The call that publishes the reply lasts: it goes on belonging to this process, and its line says once
    that it is on its way. False when it no longer belongs to it."""
    reply = tx.replies.get(reply_id)
    case = tx.cases.get(reply.case_id) if reply else None
    if reply is None or case is None or reply.attempted_at != begun.attempted_at:
        return False
    if reply.state is not ReplyState.SENDING:
        return False
    renewed = tx.replies.save(replace(reply, lease_until=leases.until(tx.now)))
    if reply.lease_until == leases.until(begun.attempted_at):
        put.line(tx, case, renewed)
    return True


def command(tx: Tx, case: Case, reply: Reply) -> SendCommand:
    """The reply as the network is asked to publish, or to find, it."""
    target = replies.target_of(tx, case, reply.in_reply_to)
    assert reply.attempted_at is not None
    return SendCommand(
        key=reply.key,
        visibility=reply.visibility,
        text=reply.text,
        in_reply_to=reply.in_reply_to,
        author_id=case.author_id,
        author_handle=target.author_handle,
        attempted_at=reply.attempted_at,
    )


def lost(tx: Tx, reply_id: ReplyId) -> SendCommand | None:
    """A reply whose fate is unknown, to be looked for on the network; None when that is settled already."""
    reply = tx.replies.get(reply_id)
    case = tx.cases.get(reply.case_id) if reply else None
    if reply is None or case is None or reply.attempted_at is None:
        return None
    if reply.state is ReplyState.SENDING and (reply.lease_until is None or reply.lease_until <= tx.now):
        outcomes.lose_sight(tx, case, reply)
        reply = tx.replies.get(reply_id)
        assert reply is not None
    if reply.state is not ReplyState.UNCONFIRMED:
        return None
    return command(tx, case, reply)


def finish(tx: Tx, reply_id: ReplyId, outcome: Sent | NotSent | Unknown | errors.NetworkError) -> None:
    """Write what the network said of a reply; harmless when it was settled in the meantime."""
    reply = tx.replies.get(reply_id)
    case = tx.cases.get(reply.case_id) if reply else None
    if reply is None or case is None:
        return
    accounts.pay(tx, reply.account, _spent(outcome))
    if isinstance(outcome, errors.TargetGone) and reply.in_reply_to:
        known.ask_soon(tx, reply.account, tx.now, [reply.in_reply_to])
    match outcome:
        case Sent():
            outcomes.arrive(tx, case, reply, outcome)
        case NotSent() if reply.failure is not None and reply.failure.key == "refused.duplicate":
            outcomes.refuse(tx, case, reply, reply.failure)
        case NotSent():
            outcomes.not_there(tx, case, reply)
        case Unknown():
            outcomes.lose_sight(tx, case, reply)
        case errors.Duplicate() if _was_in_doubt(tx, reply):
            # The same words stand there already: perhaps our own, from a call whose answer was lost.
            doubtful = tx.replies.save(replace(reply, failure=say("refused.duplicate")))
            outcomes.lose_sight(tx, case, doubtful)
        case errors.NetworkError() if reply.state is ReplyState.UNCONFIRMED:
            outcomes.lose_sight(tx, case, reply)
        case errors.NetworkError():
            outcomes.fail(tx, case, reply, outcome)


def _was_in_doubt(tx: Tx, reply: Reply) -> bool:
    return any(
        event.kind is EventKind.REPLY_UNCONFIRMED and (event.detail or {}).get("reply") == reply.id
        for event in tx.history.of_case(reply.case_id)
    )


def _spent(outcome: Sent | NotSent | Unknown | errors.NetworkError) -> tuple[Spent, ...]:
    return () if isinstance(outcome, errors.NetworkError) else outcome.spent
