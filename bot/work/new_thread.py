"""A new thread for a case whose card is gone from the desk, with its story: nobody sees the old one."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.history import EventKind
from bot.cases.model import SETTLED, AgentId, Case, MessageRef, Reply, ReplyKind, ReplyState
from bot.cases.said import Ping, ThreadLink, say
from bot.cases.tx import Tx
from bot.outbox import put

#: So many later posts of the story are shown again, the newest.
STORY = 20
#: Replies that still ask for something, or may.
_PENDING = frozenset({ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNCONFIRMED, ReplyState.FAILED})
#: What the story tells of the brand's side: what is out, and what may still go.
_TOLD = _PENDING | {ReplyState.SENT}


def card_gone(tx: Tx, ref: MessageRef) -> None:
    """Somebody deleted a message of ours at the desk; it may have been a card."""
    case = tx.cases.of_thread(ref)
    if case is not None:
        begin(tx, case, ref)


def begin(tx: Tx, case: Case, gone: MessageRef) -> bool:
    """Let a case whose thread `gone` is no more go on in a new one; False when it asks for nothing: then
    nothing is posted until it does.

    Its card is posted again and, below it, what came in and went out. What waits to be sent was written in a
    thread that cannot be read any more, so a person lets it go.
    """
    if case.thread != gone:
        return True  # it goes on elsewhere already
    standing, asked = tx.replies.of_case(case.id), tx.threads.asked(case.id)
    is_open = case.waiting_since is not None or asked or any(reply.state in _PENDING for reply in standing)
    if case.status in SETTLED or not is_open:
        return False
    # A claim that was made by a reaction on the old card does not end because that reaction is gone.
    case = tx.cases.save(replace(case, thread=None, claimed_by_reaction=False))
    tx.note(case, EventKind.THREAD_GONE)
    put.card(tx, case)
    later = [post.number for post in tx.posts.of_case(case.id)][1:]
    who = Ping(case.assignee) if case.assignee else None
    left_out = (
        say("thread.left_out", count=len(later) - STORY, network=tx.account(case).network)
        if len(later) > STORY
        else ""
    )
    put.tell(tx, case, say("thread.anew", who=who, n=case.id, more=left_out))
    for number in later[-STORY:]:
        put.follow_up_again(tx, case, number)
    moved = say("thread.moved", case=ThreadLink(case.id, f"#{case.id}"))
    for message in asked:
        key = put.key_of_question(message.ref)
        question = tx.outbox.shown(key)
        put.say_again(tx, case, key)
        if question is not None:
            put.say_instead(tx, case, question.ref, moved)
    for reply in standing:
        if reply.line is not None and reply.state in _PENDING:
            put.say_instead(tx, case, reply.line, moved)
        if reply.kind is not ReplyKind.ELSEWHERE and reply.state in _TOLD:
            put.line_below(tx, case, tx.replies.save(_moved(reply)))
    return True


def _moved(reply: Reply) -> Reply:
    """The reply without what stood in the old thread; one that would go out by itself waits for a person."""
    moved = replace(reply, line=None)
    if reply.state not in _PENDING:
        return moved
    blocked = reply.blocked
    if reply.state is ReplyState.QUEUED and blocked is None:
        blocked = say("hold.thread_gone")
    return replace(moved, message=None, blocked=blocked)


def readable(case: Case, ref: MessageRef) -> MessageRef | None:
    """The message where it stands in the thread of its case; None where it stands in one that is no more:
    what becomes of it there is not heard."""
    return ref if case.thread is not None and case.thread.ts < ref.ts else None


def point_on(tx: Tx, old: MessageRef, agent: AgentId) -> None:
    """Tell who writes in a thread that is no more where its case goes on, and who writes below a list of
    cases that this is the thread of none: what they wrote is not read."""
    case = tx.cases.of_thread(old, ever=True)
    if case is not None:
        read_since = ThreadLink(case.id, f"#{case.id}")
        put.whisper(tx, old.channel, old, agent, say("thread.elsewhere", case=read_since))
    elif tx.alarms.of_thread(old) is not None:
        put.whisper(tx, old.channel, old, agent, say("watch.elsewhere"))
