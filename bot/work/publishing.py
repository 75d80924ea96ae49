"""The way of a reply to the network: when its time has come, the guard before it goes, what became of it, and
what that means for the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cases import errors, leases, targets
from bot.cases.history import EventKind
from bot.cases.model import (
    AgentId,
    Case,
    MessageRef,
    Move,
    Reply,
    ReplyId,
    ReplyMove,
    ReplyState,
    after,
    reply_after,
)
from bot.cases.outbox import Rank
from bot.cases.ports import NotSent, SendCommand, Sent, Unknown
from bot.cases.posts import AccountId, Surface
from bot.cases.reasons import CLOSES_PRIVATE
from bot.cases.record import Wake
from bot.cases.said import Instant, Sentence, say
from bot.cases.timers import TimerKind
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import accounts, changes, clocks, reminders, replies, unread

#: How long to wait before the network is asked again about an unconfirmed reply; after the last a person is.
#: What is public is mostly listed within a second, so the first looks follow one another closely; the sixth
#: lies behind the time after which a network's list counts as complete.
LOOKS = tuple(timedelta(seconds=pause) for pause in (1, 1, 2, 4, 7, 17, 31, 90))
#: The same for private messages, which networks let be listed far less often (X: once a minute).
PRIVATE_LOOKS = tuple(timedelta(seconds=pause) for pause in (3, 10, 20, 30, 90))
#: A message this young need not be read again before its text goes out.
JUST_NOW = timedelta(seconds=1)

#: What a refusal is called whose error says all there is to say.
_REFUSED: Mapping[type[errors.NetworkError], str] = {
    errors.Duplicate: "duplicate",
    errors.TargetGone: "gone",
    errors.WindowClosed: "window",
    errors.AuthExpired: "auth",
    errors.OutOfCredit: "credit",
}


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
    # Only one without a hold can go out in the moment it was written.
    is_unheld = reply.send_after == reply.queued_at
    message = tx.threads.message(reply.message) if reply.message and is_unheld else None
    return Task(
        reply.id,
        reply.account,
        thread=case.thread if case else None,
        seen=reply.message or reply.line,
        since=unread.since(reply),
        told=reply.send_after,
        agent=reply.agent,
        just_written=message is not None and timedelta(0) <= tx.now - message.at < JUST_NOW,
    )


def begin(tx: Tx, reply_id: ReplyId) -> SendCommand | None:
    """Commit "sending" and return what to send; None when something came in between and a person is asked.

    This is the send-time guard: it runs in the very transaction that begins the sending, after the network
    was looked at once more. No line is drawn for it: most calls end at once, and few redraws go in a minute.
    """
    reply = tx.replies.get(reply_id)
    case = tx.cases.get(reply.case_id) if reply else None
    if reply is None or case is None or reply.blocked is not None or reply.send_after > tx.now:
        return None
    state = reply_after(reply.state, ReplyMove.SEND)
    if state is None:
        return None
    visibility = replies.visibility(tx, case, reply)
    blocked = replies.block_reason(tx, case, reply)
    if blocked is None and not visibility:
        blocked = say("hold.no_private_way")
    if blocked is not None:
        put.line(tx, case, tx.replies.save(replace(reply, blocked=blocked)))
        return None
    sending = tx.replies.save(
        replace(
            reply,
            state=state,
            visibility=visibility,
            attempted_at=tx.now,
            lease_until=leases.until(tx.now, tx.setup.speed),
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
    renewed = tx.replies.save(replace(reply, lease_until=leases.until(tx.now, tx.setup.speed)))
    if reply.lease_until == leases.until(begun.attempted_at, tx.setup.speed):
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
        mark_unconfirmed(tx, case, reply)
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
    if not isinstance(outcome, errors.NetworkError):
        accounts.pay(tx, reply.account, outcome.spent)
    if isinstance(outcome, errors.TargetGone) and reply.in_reply_to:
        changes.ask_soon(tx, reply.account, tx.now, [reply.in_reply_to])
    take_outcome(tx, case, reply, outcome)


def take_outcome(
    tx: Tx, case: Case, reply: Reply, outcome: Sent | NotSent | Unknown | errors.NetworkError
) -> None:
    """What an answer of the network, or the want of one, means for the reply: each has one place here."""
    match outcome:
        case Sent():
            mark_sent(tx, case, reply, outcome)
        case NotSent() if reply.failure is not None and reply.failure.key == "refused.duplicate":
            refuse(tx, case, reply, reply.failure)
        case NotSent():
            not_there(tx, case, reply)
        case errors.Duplicate() if _was_in_doubt(tx, reply):
            # The same words stand there already: perhaps our own, from a call whose answer was lost.
            doubtful = tx.replies.save(replace(reply, failure=say("refused.duplicate")))
            mark_unconfirmed(tx, case, doubtful)
        case Unknown() | errors.Unclear():
            mark_unconfirmed(tx, case, reply)
        case errors.NetworkError() if reply.state is ReplyState.UNCONFIRMED:
            mark_unconfirmed(tx, case, reply)  # it is about the question, and not about the reply
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
        case errors.NetworkError(detail=detail):
            known_as = _REFUSED.get(type(outcome))
            failure = say(f"refused.{known_as}") if known_as else say("refused.refused", detail=detail)
            refuse(tx, case, reply, failure)


def _was_in_doubt(tx: Tx, reply: Reply) -> bool:
    return any(
        event.kind is EventKind.REPLY_UNCONFIRMED and (event.detail or {}).get("reply") == reply.id
        for event in tx.history.of_case(reply.case_id)
    )


def mark_sent(tx: Tx, case: Case, reply: Reply, sent: Sent | None, who: AgentId | str = "") -> None:
    """The reply is on the network: as the network says (`sent`), or as a person saw (None)."""
    state = reply_after(reply.state, ReplyMove.MARK_SENT)
    if state is None:
        return
    published_at = sent.at if sent else (reply.attempted_at or tx.now)
    arrived = tx.replies.save(
        replace(
            reply,
            state=state,
            blocked=None,
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
    answered = answer(tx, case, arrived, who or reply.agent or "")
    reminders.note_promise(tx, answered, arrived)


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
        answered = targets.wait_from(answered, later[0].created_at, tx.team(case))
    answered = tx.cases.save(answered)
    if (given := targets.given(case, answered, reply)) is not None:
        tx.history.add_answer(given)
    clocks.follow(tx, answered, again=[TimerKind.QUIET])
    put.card(tx, answered, rank=Rank.CUSTOMER)
    tx.wake(Wake.WATCH)
    return answered


def refuse(tx: Tx, case: Case, reply: Reply, failure: Sentence, manual_url: str = "") -> None:
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


def mark_unconfirmed(tx: Tx, case: Case, reply: Reply) -> None:
    """Nobody knows whether it is out: look again a little later, and after the last look ask a person."""
    state = reply_after(reply.state, ReplyMove.MARK_UNCONFIRMED)
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
            blocked=say("hold.needs_person") if ask else None,
            send_after=tx.now if ask else tx.now + pauses[looks],
        )
    )
    if looks == 0:
        tx.note(case, EventKind.REPLY_UNCONFIRMED, reply=reply.id)
        put.lines_behind(tx, case, unconfirmed)
    put.line(tx, case, unconfirmed)
    tx.wake(Wake.SEND)


def wait(tx: Tx, case: Case, reply: Reply, until: datetime, failure: Sentence | None) -> None:
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
    state = reply_after(reply.state, ReplyMove.RETRY)
    if state is None:
        return
    again = tx.replies.save(replace(reply, state=state, send_after=tx.now, looks=0, blocked=None))
    tx.note(case, EventKind.REPLY_NOT_THERE, reply=reply.id)
    put.line(tx, case, again)
    put.lines_behind(tx, case, again)
    tx.wake(Wake.SEND)
