"""What an edit or a deletion of an agent's message comes to. It counts, or the thread says why it does not:
whoever changed their words must not believe in vain that this reached somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

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
from bot.cases.record import Record
from bot.cases.said import Ping, say
from bot.guide.intent import Meant
from bot.work import asks, commands, forgotten, new_thread, questions, replies, restoring, threads
from bot.work.house import House
from bot.work.threads import Written

#: So much of a reply is shown to who can no longer change it.
_SHOWN = 300


def take_edit(record: Record, house: House, written: Written, agent: Agent, now: datetime) -> None:
    """The message was edited: what is queued follows; what is public, or waits for nothing, stays, and the
    bot says so."""
    known = forgotten.message(record, written.ref)
    if known is None:
        threads.take_message(record, house, written, agent, now)
        return
    case = record.case(known.case_id)
    if case is None or known.agent != agent.id or written.edited <= known.edited:
        return
    reply = record.reply_of_message(written.ref)
    if reply is not None and reply.state in IN_DOUBT:
        # The edit stays unseen: if the reply never arrived, its message is read again before it goes.
        _tell(record, house, case, known, "edit.in_doubt", now, edited=written.edited)
        return
    known = replace(known, edited=written.edited)
    record.save_message(known)
    if known.kind is MessageKind.ASKED:
        _edit_asked(record, house, case, known, written, agent, now)
    elif reply is None:
        _edit_inside(record, house, case, known, written, agent, now)
    elif (known.text, known.problem) == (written.text, written.problem):
        return
    elif reply_after(reply.state, ReplyMove.CHANGE) is None:
        _edit_too_late(record, house, case, known, reply, written, now)
    else:
        record.save_message(replace(known, text=written.text, problem=written.problem))
        _edit_reply(record, house, case, known, reply, written, agent, now)


def _edit_asked(
    record: Record,
    house: House,
    case: Case,
    known: ThreadMessage,
    written: Written,
    agent: Agent,
    now: datetime,
) -> None:
    """It is asked about: a note ends the question, and every other text is what the question is about now."""
    if written.meant.stays_inside:
        threads.keep_as_note(record, house, case, known, now)
        if not _is_note(written):
            _tell(record, house, case, known, "edit.not_obeyed", now, edited=written.edited)
        return
    # Whatever was asked before was not this: let go, it is held and asked about once more.
    problem = written.problem or commands.slip_of(written.meant)
    record.save_message(replace(known, text=written.text, problem=problem))
    is_invited = case.invited is Invited.UNDECIDED and case.assignee == agent.id
    why = "invited" if is_invited else "edited"
    anew = questions.question(house, why, written.ref, agent, case)
    asks.question_shows(record, house, case, written.ref, anew, now)


def _edit_inside(
    record: Record,
    house: House,
    case: Case,
    known: ThreadMessage,
    written: Written,
    agent: Agent,
    now: datetime,
) -> None:
    """Nothing is to go out because of it: a note stays one, and a word for the bot is not read twice."""
    if record.case_of_thread(written.thread) is None:
        new_thread.point_on(record, written.thread, agent.id, now)
        return
    if not agent.may_reply or known.text == written.text:
        return
    was_word = known.kind is MessageKind.COMMAND
    if was_word:
        record.save_message(replace(known, text=written.text))
    if _is_note(written):
        if was_word:
            asks.mark_inside(record, house, written.ref, now)
    elif written.meant.meant is Meant.COMMAND:
        _tell(record, house, case, known, "edit.not_obeyed", now, edited=written.edited)
    elif was_word or case.assignee in (None, agent.id):
        # What is said in a colleague's case is a note anyway.
        _tell(record, house, case, known, "edit.stays_inside", now, edited=written.edited)


def _edit_too_late(
    record: Record,
    house: House,
    case: Case,
    known: ThreadMessage,
    reply: Reply,
    written: Written,
    now: datetime,
) -> None:
    """The reply is public, or was stopped: neither changes with its message."""
    if known.text == written.text:
        return
    was_stopped = reply.state is ReplyState.STOPPED
    if was_stopped and _is_note(written):
        asks.mark_inside(record, house, written.ref, now)
        return
    if not was_stopped:
        _tell_what_stands(record, house, case, known, reply, now, edited=written.edited)
        return
    is_word = written.meant.meant is Meant.COMMAND and not _is_note(written)
    _tell(
        record,
        house,
        case,
        known,
        "edit.not_obeyed" if is_word else "edit.stopped",
        now,
        edited=written.edited,
    )


def _edit_reply(
    record: Record,
    house: House,
    case: Case,
    known: ThreadMessage,
    reply: Reply,
    written: Written,
    agent: Agent,
    now: datetime,
) -> None:
    """The reply is not out: it follows, and its line shows how."""
    body, slip = written.text, None
    if known.kind is MessageKind.COMMAND:
        body, slip = commands.edited_dm(case, written.meant, body)
    meant = written.meant if body == written.text else commands.meant(body)
    if meant.stays_inside:
        replies.stop_reply(record, house, case, reply, now, agent.id)
        if body == written.text and not _is_note(written):
            _tell(record, house, case, known, "edit.became_word", now, edited=written.edited)
            return
        asks.tell(record, house, case, say("edit.became_note"), now)
        asks.mark_inside(record, house, written.ref, now)
        return
    problem = written.problem or slip or commands.slip_of(meant)
    if restoring.is_from_before(record, written.edited_at or now):
        problem = problem or say("hold.restored")  # it may be out as it was edited
    replies.change_text(record, house, case, reply, agent, body, problem, written.edited, now)


def _is_note(written: Written) -> bool:
    """Whether it is a note, by its mark or by a word."""
    meant = written.meant
    return meant.meant is Meant.NOTE or (meant.meant is Meant.COMMAND and meant.word == "note")


def take_deletion(
    record: Record, house: House, thread: MessageRef | None, ref: MessageRef, agent: AgentId, now: datetime
) -> None:
    """The message was deleted: what is queued is stopped; what is public stays, and the bot says so.

    A deletion that comes before its message is remembered, so that the late message is never published.
    """
    known = forgotten.message(record, ref)
    if known is None:
        case = record.case_of_thread(thread) if thread else None
        if case is not None:
            record.add_message(ThreadMessage(ref, case.id, agent, MessageKind.NOTE, "", now))
        return
    case = record.case(known.case_id)
    if known.kind is MessageKind.ASKED:
        record.save_message(replace(known, kind=MessageKind.NOTE, text=""))
        if case is not None:
            asks.question_shows(record, house, case, ref, say("delete.asked"), now)
    reply = record.reply_of_message(ref)
    if case is None or reply is None or reply.state is ReplyState.STOPPED:
        return
    if replies.stop_reply(record, house, case, reply, now, known.agent):
        return
    if reply.state in IN_DOUBT:
        _tell(record, house, case, known, "delete.in_doubt", now)
    else:
        _tell_what_stands(record, house, case, known, reply, now)


def _tell_what_stands(
    record: Record,
    house: House,
    case: Case,
    known: ThreadMessage,
    reply: Reply,
    now: datetime,
    *,
    edited: str = "",
) -> None:
    """Tell what the network goes on showing, and what can be done about that."""
    key = "edit.too_late_private" if reply.mode is Surface.PRIVATE else "edit.too_late"
    shown, network = beginning(reply.text, _SHOWN), house.account(case).network
    _tell(record, house, case, known, key, now, edited=edited, text=shown, network=network)


def _tell(
    record: Record,
    house: House,
    case: Case,
    known: ThreadMessage,
    key: str,
    now: datetime,
    *,
    edited: str = "",
    **values: str,
) -> None:
    """Tell whose message it is what it no longer decides: once for each edit, which its stamp names, and once
    for the deletion, however often they are heard."""
    once = f"late-{known.ref.channel}:{known.ref.ts}-{edited or 'deleted'}"
    asks.tell(record, house, case, say(key, agent=Ping(known.agent), **values), now, key=once)
