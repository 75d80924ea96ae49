"""What agents write in the thread of a case: a reply, a note, a word for the bot, or a question back.

What becomes of it when it is edited or deleted is in `edits.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.cases.actions import Verb
from bot.cases.history import EventKind
from bot.cases.model import (
    SETTLED,
    Agent,
    Case,
    Invited,
    MessageKind,
    MessageRef,
    Tenure,
    ThreadMessage,
)
from bot.cases.said import Sentence, say
from bot.cases.tx import Tx
from bot.guide.intent import Intent, Meant
from bot.outbox import put
from bot.work import (
    dispatch,
    doors,
    new_thread,
    questions,
    replies,
    reply_actions,
    startup,
    takeovers,
    tenures,
)
from bot.work.doors import Command
from bot.work.replies import Words


@dataclass(frozen=True, slots=True)
class Written:
    """A message as the desk read it: plain text, and what in it must not leave the house."""

    ref: MessageRef
    #: The first message of the thread.
    thread: MessageRef
    text: str
    at: datetime
    #: A colleague or channel named, a custom emoji, a file; None when nothing of the kind.
    blocked: Sentence | None = None
    #: The desk's stamp of the edit this text comes from; "" for a first version.
    edited: str = ""
    #: When that edit was made.
    edited_at: datetime | None = None
    #: The same text as it was typed, without the marks of lists that `text` shows; None where it has none.
    typed: str | None = None

    @property
    def meant(self) -> Intent:
        """What it is meant to be. Words behind a word for the bot are those of `text`, with their marks."""
        meant = doors.meant(self.text if self.typed is None else self.typed)
        shown = doors.meant(self.text) if self.typed and meant.meant is Meant.COMMAND else meant
        return shown if shown.word == meant.word else meant


def is_ours(tx: Tx, thread: MessageRef) -> bool:
    """Whether a case has this thread, or had it before it went on in another, or a list of ours began it."""
    of_a_case = tx.cases.of_thread(thread, ever=True) is not None
    return of_a_case or tx.alarms.of_thread(thread) is not None


def take_message(tx: Tx, written: Written, agent: Agent) -> None:
    """Deal with a message in a thread, once. Messages outside the threads of cases mean nothing.

    It is judged by how the case stood when it was written, however late and in whatever order it is heard:
    what was written before its writer had the case is asked about.
    """
    case = tx.cases.of_thread(written.thread)
    if case is None:
        new_thread.point_on(tx, written.thread, agent.id)
        return
    if tx.threads.message(written.ref) is not None or was_dealt_with(case, written.at):
        return
    stood = tenures.at(tx, case, written.ref.ts)
    kind, word, rest = _kind_of(tx, case, stood, written, agent)
    blocked = written.blocked
    if kind in (MessageKind.REPLY, MessageKind.COMMAND) and startup.is_from_before(tx, written.at):
        # It may be out, or done, already: a person lets a reply go, and a word is not obeyed again.
        kind = MessageKind.NOTE if kind is MessageKind.COMMAND else kind
        blocked = blocked or say("hold.restored")
    message = ThreadMessage(
        written.ref,
        case.id,
        agent.id,
        kind,
        "" if kind is MessageKind.NOTE else written.text,
        written.at,
        edited=written.edited,
        blocked=written.blocked,
    )
    if not tx.threads.add_message(message):
        return
    match kind:
        case MessageKind.OUTSIDER | MessageKind.NOTE:
            tx.note(case, EventKind(kind), agent.id)
            put.mark_inside(tx, written.ref)
            if word == "colleague":
                takeovers.offer(tx, case, written.thread, agent)
        case MessageKind.COMMAND:
            command = Command(word, rest, written.ref, written.thread, written.at, written.blocked)
            dispatch.carry_out(tx, doors.in_thread(case, command), agent)
        case MessageKind.ASKED:
            asked = questions.question(tx, word, written.ref, agent, case)
            put.tell(tx, case, asked, key=put.key_of_question(written.ref))
        case MessageKind.REPLY:
            words = Words(written.text, blocked, written.ref, written.edited or None, mode=stood.mode)
            replies.queue(tx, case, agent, words)


def _kind_of(
    tx: Tx, case: Case, stood: Tenure, written: Written, agent: Agent
) -> tuple[MessageKind, str, str]:
    """What a message is in a case that stood so when it was written; of a word for the bot also its name and
    the rest of the line, of a question and of a note why it is one."""
    if not agent.may_reply:
        return MessageKind.OUTSIDER, "", ""
    intent = written.meant
    if intent.meant is Meant.NOTE:
        return MessageKind.NOTE, "", ""
    if intent.meant is Meant.COMMAND:
        return MessageKind.COMMAND, intent.typed or intent.word, intent.rest
    if intent.word == Verb.STOP and reply_actions.may_stop(tx, case, agent):
        return MessageKind.COMMAND, intent.word, ""  # asked about, it would come too late
    had_it, has_it = stood.assignee == agent.id, case.assignee == agent.id
    if case.assignee is not None and not had_it and not has_it:
        return MessageKind.NOTE, "colleague", ""
    if intent.meant is Meant.SLIP:
        return MessageKind.ASKED, "slip", ""
    if case.status in SETTLED:
        return MessageKind.ASKED, case.status.value, ""
    if has_it and not had_it:
        return MessageKind.ASKED, "before_claim", ""
    if not had_it:
        return MessageKind.ASKED, "unclaimed", ""
    if case.invited is Invited.UNDECIDED:
        return MessageKind.ASKED, "invited", ""
    return MessageKind.REPLY, "", ""


def was_dealt_with(case: Case, written_at: datetime) -> bool:
    """Whether a message that is not known was dealt with before a closing that is long past."""
    return case.forgotten_to is not None and written_at <= case.forgotten_to


def message(tx: Tx, ref: MessageRef) -> ThreadMessage | None:
    """A message as it was dealt with; of one that is forgotten, what the reply tells that came of it."""
    reply = None if (known := tx.threads.message(ref)) else tx.replies.of_message(ref)
    if reply is None or reply.agent is None:
        return known
    return ThreadMessage(ref, reply.case_id, reply.agent, MessageKind.REPLY, reply.body, reply.queued_at)
