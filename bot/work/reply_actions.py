"""The buttons on a reply's line and the reactions that mean the same: send now, stop, again, it is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.cases.actions import Result, done, refused
from bot.cases.characters import beginning
from bot.cases.history import EventKind
from bot.cases.model import (
    IN_DOUBT,
    Agent,
    Case,
    Reply,
    ReplyId,
    ReplyKind,
    ReplyMove,
    ReplyState,
    may_be_marked_sent,
    reply_after,
)
from bot.cases.reasons import INVITED, OVERRULABLE
from bot.cases.record import Wake
from bot.cases.said import Sentence, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import private, publishing, replies

#: Who wants to stop a reply so soon after it went out means that one.
_JUST_GONE = timedelta(minutes=2)
#: So many characters tell people which reply is meant.
_SHOWN = 60


def press(tx: Tx, reply_id: ReplyId, action: str, agent: Agent) -> Sentence | None:
    """A button on a reply's line, or a reaction that means the same. Returns what to tell the presser, if
    anything: who may not, and what is too late."""
    reply = tx.replies.get(reply_id)
    case = tx.cases.get(reply.case_id) if reply else None
    if reply is None or case is None:
        return say("reply.unknown")
    if agent.id not in (case.assignee, reply.agent):
        return say("reply.not_yours")
    if action == "stop":
        return _stop(tx, case, reply, agent)
    if action == "found":
        return _take_persons_word(tx, case, reply, agent)
    if agent.id != case.assignee:
        return say("reply.claim_first", n=case.id)
    if action == "send_now":
        return _send_now(tx, case, reply, agent)
    if action in ("send_anyway", "again"):
        return _send_again(tx, case, reply, agent)
    return say("reply.unknown")


def may_stop(tx: Tx, case: Case, agent: Agent) -> bool:
    """Whether a reply waits in the case that this agent may stop, or could have stopped until just now."""
    return any(
        reply.state in (ReplyState.QUEUED, *IN_DOUBT) and agent.id in (case.assignee, reply.agent)
        for reply in tx.replies.of_case(case.id)
    )


def stop_newest(tx: Tx, case: Case, agent: Agent, stamp: str) -> Result:
    """Stop the newest waiting reply of those that the agent may stop. One that would go out by itself comes
    before one that waits for a person; what was written after `stamp`, the desk's of this wish, is not meant.
    """
    standing = tx.replies.of_case(case.id)
    waiting = [
        reply
        for reply in standing
        if reply.state is ReplyState.QUEUED and (reply.message is None or reply.message.ts < stamp)
    ]
    theirs = [reply for reply in waiting if agent.id in (case.assignee, reply.agent)]
    if not theirs:
        if waiting:
            return refused("reply.not_yours")
        if any(_is_just_gone(tx, reply) for reply in standing if agent.id in (case.assignee, reply.agent)):
            return Result(False, say("reply.too_late"), lasting=True)
        return refused("stop.nothing")
    newest = max(theirs, key=lambda reply: (reply.blocked is None, reply.id))
    _stop(tx, case, newest, agent)
    more = len(theirs) - 1
    left = say("stop.more", count=more) if more else ""
    return done("stop.done", text=beginning(newest.body, _SHOWN), more=left)


def _is_just_gone(tx: Tx, reply: Reply) -> bool:
    """Whether a wish to stop it comes a moment too late: it is on its way, or was until just now."""
    return reply.state in IN_DOUBT or (reply.sent_at is not None and tx.now - reply.sent_at < _JUST_GONE)


def _stop(tx: Tx, case: Case, reply: Reply, agent: Agent) -> Sentence | None:
    if not replies.stop_reply(tx, case, reply, agent.id):
        return _too_late(reply)
    if reply.kind is ReplyKind.INVITATION:
        private.draft_stopped(tx, case)
    return None


def _send_now(tx: Tx, case: Case, reply: Reply, agent: Agent) -> Sentence | None:
    if reply_after(reply.state, ReplyMove.SEND) is None:
        return _too_late(reply)
    if reply.blocked is not None:
        return _why_held(reply)
    hurried = tx.replies.save(replace(reply, send_after=min(tx.now, reply.send_after)))
    tx.note(case, EventKind.REPLY_HURRIED, agent.id, reply=reply.id)
    put.line(tx, case, hurried)
    tx.wake(Wake.SEND)
    return None


def _send_again(tx: Tx, case: Case, reply: Reply, agent: Agent) -> Sentence | None:
    """Overrule a hold, or let a refused or lost reply go once more: a person has looked.

    Only who was asked whether it may go out in the other mode has agreed to that; a reply whose case was
    switched while it was held for another reason, refused or lost, is asked about first.
    """
    move = ReplyMove.CHANGE if reply_after(reply.state, ReplyMove.SEND) else ReplyMove.RETRY
    state = reply_after(reply.state, move)
    if state is None:
        return _too_late(reply)
    if move is ReplyMove.CHANGE and (reply.blocked is None or reply.blocked.key not in OVERRULABLE):
        return _why_held(reply)
    if reply.blocked is not None and reply.blocked.key in INVITED:
        case = private.publish_meanwhile(tx, case, agent)
    asked = reply.blocked is not None and reply.blocked.key == "hold.mode_switched"
    # Whether it speaks to a colleague may not have been asked yet; what was tried once was let go.
    is_next = reply.blocked is not None and reply.blocked.key != "hold.to_colleague"
    mode = case.mode if asked and reply.kind is not ReplyKind.INVITATION else reply.mode
    again = replace(
        reply,
        state=state,
        mode=mode,
        agent=agent.id,
        in_reply_to=reply.in_reply_to if mode is reply.mode else replies.answered_post(tx, case, mode),
        seen_number=replies.newest_number(tx, case),
        send_after=tx.now,
        blocked=replies.to_colleague(tx, case, reply) if is_next else None,
        looks=0,
    )
    replies.requeue(tx, case, reply, again, agent, EventKind.REPLY_AGAIN)
    return None


def _why_held(reply: Reply) -> Sentence:
    """What to do about a reply that a press does not send."""
    if reply.blocked is None:
        return say("reply.goes")
    if reply.blocked.key in OVERRULABLE:
        return say("reply.decide")
    return reply.blocked if reply.kind is ReplyKind.KEPT else say("reply.held")


def _take_persons_word(tx: Tx, case: Case, reply: Reply, agent: Agent) -> Sentence | None:
    """A person saw the reply on the network: take it as sent, without a link."""
    if not may_be_marked_sent(reply):
        return _too_late(reply)
    publishing.mark_sent(tx, case, reply, None, who=agent.id)
    return None


def _too_late(reply: Reply) -> Sentence:
    """Why nothing can be done to the reply any more: it was stopped, or is out."""
    return say("reply.stopped" if reply.state is ReplyState.STOPPED else "reply.too_late")
