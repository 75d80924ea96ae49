"""What an edit or a deletion of an agent's message comes to. It counts, or the thread says why it does not:
an agent who changed their words must not believe in vain that this reached somebody."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.cases.characters import beginning
from bot.cases.model import (
    IN_DOUBT,
    Agent,
    AgentId,
    Case,
    Invited,
    MessageKind,
    MessageRef,
    Reply,
    ReplyMove,
    ReplyState,
    ThreadMessage,
    reply_after,
)
from bot.cases.posts import Surface
from bot.cases.said import Ping, say
from bot.cases.tx import Tx
from bot.guide.intent import Meant
from bot.outbox import put
from bot.work import doors, new_thread, questions, replies, startup, threads
from bot.work.replies import Words
from bot.work.threads import Written

#: So much of a reply is shown to who can no longer change it.
_SHOWN = 300


def take_edit(tx: Tx, written: Written, agent: Agent) -> None:
    """The message was edited: what is queued follows; what is public, or waits for nothing, stays, and the
    bot says so."""
    known = threads.message(tx, written.ref)
    if known is None:
        threads.take_message(tx, written, agent)
        return
    case = tx.cases.get(known.case_id)
    if case is None or known.agent != agent.id or written.edited <= known.edited:
        return
    reply = tx.replies.of_message(written.ref)
    if reply is not None and reply.state in IN_DOUBT:
        # The edit stays unseen: if the reply never arrived, its message is read again before it goes.
        _tell(tx, case, known, "edit.in_doubt", edited=written.edited)
        return
    known = replace(known, edited=written.edited)
    tx.threads.save_message(known)
    edit = _Edit(case, known, written, agent)
    if known.kind is MessageKind.ASKED:
        _edit_asked(tx, edit)
    elif reply is None:
        _edit_inside(tx, edit)
    elif (known.text, known.blocked) == (written.text, written.blocked):
        return
    elif reply_after(reply.state, ReplyMove.CHANGE) is None:
        _edit_too_late(tx, edit, reply)
    else:
        tx.threads.save_message(replace(known, text=written.text, blocked=written.blocked))
        _edit_reply(tx, edit, reply)


@dataclass(frozen=True, slots=True)
class _Edit:
    """A message of a case that its writer has edited."""

    case: Case
    #: As it was before, but for the stamp of this edit.
    known: ThreadMessage
    #: As it is now.
    written: Written
    agent: Agent


def _edit_asked(tx: Tx, edit: _Edit) -> None:
    """It is asked about: a note ends the question, and every other text is what the question is about now."""
    case, known, written = edit.case, edit.known, edit.written
    if written.meant.stays_inside:
        questions.keep_as_note(tx, case, known)
        if not _is_note(written):
            _tell(tx, case, known, "edit.not_obeyed", edited=written.edited)
        return
    # Whatever was asked before was not this: let go, it is held and asked about once more.
    blocked = written.blocked or doors.slip_of(written.meant)
    tx.threads.save_message(replace(known, text=written.text, blocked=blocked))
    is_invited = case.invited is Invited.UNDECIDED and case.assignee == edit.agent.id
    why = "invited" if is_invited else "edited"
    asking = questions.question(tx, why, written.ref, edit.agent, case)
    put.question_shows(tx, case, written.ref, asking)


def _edit_inside(tx: Tx, edit: _Edit) -> None:
    """Nothing is to go out because of it: a note stays one, and a word for the bot is not read twice."""
    case, known, written, agent = edit.case, edit.known, edit.written, edit.agent
    if tx.cases.of_thread(written.thread) is None:
        new_thread.point_on(tx, written.thread, agent.id)
        return
    if not agent.may_reply or known.text == written.text:
        return
    was_word = known.kind is MessageKind.COMMAND
    if was_word:
        tx.threads.save_message(replace(known, text=written.text))
    if _is_note(written):
        if was_word:
            put.mark_inside(tx, written.ref)
    elif written.meant.meant is Meant.COMMAND:
        _tell(tx, case, known, "edit.not_obeyed", edited=written.edited)
    elif was_word or case.assignee in (None, agent.id):
        # What is said in a colleague's case is a note anyway.
        _tell(tx, case, known, "edit.stays_inside", edited=written.edited)


def _edit_too_late(tx: Tx, edit: _Edit, reply: Reply) -> None:
    """The reply is public, or was stopped: neither changes with its message."""
    case, known, written = edit.case, edit.known, edit.written
    if known.text == written.text:
        return
    was_stopped = reply.state is ReplyState.STOPPED
    if was_stopped and _is_note(written):
        put.mark_inside(tx, written.ref)
        return
    if not was_stopped:
        _tell_what_stands(tx, case, known, reply, edited=written.edited)
        return
    is_word = written.meant.meant is Meant.COMMAND and not _is_note(written)
    _tell(tx, case, known, "edit.not_obeyed" if is_word else "edit.stopped", edited=written.edited)


def _edit_reply(tx: Tx, edit: _Edit, reply: Reply) -> None:
    """The reply is not out: it follows, and its line shows how."""
    case, written = edit.case, edit.written
    body, slip = written.text, None
    if edit.known.kind is MessageKind.COMMAND:
        body, slip = doors.edited_dm(case, written.meant, body)
    meant = written.meant if body == written.text else doors.meant(body)
    if meant.stays_inside:
        replies.stop_reply(tx, case, reply, edit.agent.id)
        if body == written.text and not _is_note(written):
            _tell(tx, case, edit.known, "edit.became_word", edited=written.edited)
            return
        put.tell(tx, case, say("edit.became_note"))
        put.mark_inside(tx, written.ref)
        return
    blocked = written.blocked or slip or doors.slip_of(meant)
    if startup.is_from_before(tx, written.edited_at or tx.now):
        blocked = blocked or say("hold.restored")  # it may be out as it was edited
    replies.change_text(tx, case, reply, edit.agent, Words(body, blocked, stamp=written.edited))


def _is_note(written: Written) -> bool:
    """Whether it is a note, by its mark or by a word."""
    meant = written.meant
    return meant.meant is Meant.NOTE or (meant.meant is Meant.COMMAND and meant.word == "note")


def take_deletion(tx: Tx, thread: MessageRef | None, ref: MessageRef, agent: AgentId) -> None:
    """The message was deleted: what is queued is stopped; what is public stays, and the bot says so.

    A deletion that comes before its message is remembered, so that the late message is never published.
    """
    known = threads.message(tx, ref)
    if known is None:
        case = tx.cases.of_thread(thread) if thread else None
        if case is not None:
            tx.threads.add_message(ThreadMessage(ref, case.id, agent, MessageKind.NOTE, "", tx.now))
        return
    case = tx.cases.get(known.case_id)
    if known.kind is MessageKind.ASKED:
        tx.threads.save_message(replace(known, kind=MessageKind.NOTE, text=""))
        if case is not None:
            put.question_shows(tx, case, ref, say("delete.asked"))
    reply = tx.replies.of_message(ref)
    if case is None or reply is None or reply.state is ReplyState.STOPPED:
        return
    if replies.stop_reply(tx, case, reply, known.agent):
        return
    if reply.state in IN_DOUBT:
        _tell(tx, case, known, "delete.in_doubt")
    else:
        _tell_what_stands(tx, case, known, reply)


def _tell_what_stands(tx: Tx, case: Case, known: ThreadMessage, reply: Reply, *, edited: str = "") -> None:
    """Tell what the network goes on showing, and what can be done about that."""
    key = "edit.too_late_private" if reply.mode is Surface.PRIVATE else "edit.too_late"
    shown, network = beginning(reply.text, _SHOWN), tx.account(case).network
    _tell(tx, case, known, key, edited=edited, text=shown, network=network)


def _tell(tx: Tx, case: Case, known: ThreadMessage, key: str, *, edited: str = "", **values: str) -> None:
    """Tell whose message it is what it no longer decides: once for each edit, which its stamp names, and once
    for the deletion, however often they are heard."""
    once = f"late-{known.ref.channel}:{known.ref.ts}-{edited or 'deleted'}"
    put.tell(tx, case, say(key, agent=Ping(known.agent), **values), key=once)
