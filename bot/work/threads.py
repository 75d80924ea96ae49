"""What agents write in the thread of a case: a reply, a note, a word for the bot, or a question back.

What becomes of it when it is edited or deleted is in `edits.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

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
from bot.cases.said import Ping, Said, say
from bot.guide.intent import Intent, Meant
from bot.work import (
    asks,
    claims,
    commands,
    forgotten,
    new_thread,
    presses,
    private,
    questions,
    replies,
    restoring,
    takeovers,
    tenures,
)
from bot.work.commands import Command
from bot.work.replies import Words
from bot.work.tx import Tx

#: Who wrote a word so long ago may no longer be there to see a whisper: it was heard late.
_STILL_THERE = timedelta(minutes=2)
#: Answers to words that stay in the thread: a wish was not carried out, or words did not go to the customer.
_FOR_ALL = frozenset({"command.overtaken", "invite.not_sent_here"})


@dataclass(frozen=True, slots=True)
class Written:
    """A message as the desk read it: plain text, and what in it must not leave the house."""

    ref: MessageRef
    #: The first message of the thread.
    thread: MessageRef
    text: str
    at: datetime
    #: A colleague or channel named, a custom emoji, a file: a hold of the catalogue; None when all is well.
    problem: Said | None = None
    #: The desk's stamp of the edit this text comes from; "" for a first version.
    edited: str = ""
    #: When that edit was made.
    edited_at: datetime | None = None
    #: The same text as it was typed, without the marks of lists that `text` shows; None where it has none.
    typed: str | None = None

    @property
    def meant(self) -> Intent:
        """What it is meant to be. Words behind a word for the bot are those of `text`, with their marks."""
        meant = commands.meant(self.text if self.typed is None else self.typed)
        shown = commands.meant(self.text) if self.typed and meant.meant is Meant.COMMAND else meant
        return shown if shown.word == meant.word else meant


def is_ours(tx: Tx, thread: MessageRef) -> bool:
    """Whether a case has this thread, or had it before it went on in another, or a list of ours began it."""
    known = tx.record.case_of_thread(thread) or tx.record.case_of_old_thread(thread)
    return known is not None or tx.record.alarm_of_thread(thread) is not None


def take_message(tx: Tx, written: Written, agent: Agent) -> None:
    """Deal with a message in a thread, once. Messages outside the threads of cases mean nothing.

    It is judged by how the case stood when it was written, however late and in whatever order it is heard:
    what was written before its writer had the case is asked about.
    """
    case = tx.record.case_of_thread(written.thread)
    if case is None:
        new_thread.point_on(tx, written.thread, agent.id)
        return
    if tx.record.message(written.ref) is not None or forgotten.was_dealt_with(case, written.at):
        return
    stood = tenures.at(tx, case, written.ref.ts)
    kind, word, rest = _kind_of(tx, case, stood, written, agent)
    problem = written.problem
    if kind in (MessageKind.REPLY, MessageKind.COMMAND) and restoring.is_from_before(tx, written.at):
        # It may be out, or done, already: a person lets a reply go, and a word is not obeyed again.
        kind = MessageKind.NOTE if kind is MessageKind.COMMAND else kind
        problem = problem or say("hold.restored")
    message = ThreadMessage(
        written.ref,
        case.id,
        agent.id,
        kind,
        "" if kind is MessageKind.NOTE else written.text,
        written.at,
        edited=written.edited,
        problem=written.problem,
    )
    if not tx.record.add_message(message):
        return
    match kind:
        case MessageKind.OUTSIDER | MessageKind.NOTE:
            asks.note_event(tx, case, kind.value, agent.id)
            asks.mark_inside(tx, written.ref)
            if word == "colleague":
                takeovers.offer(tx, case, written.thread, agent)
        case MessageKind.COMMAND:
            command = Command(word, rest, written.ref, written.problem)
            answer = commands.word(tx, case, agent, command)
            if answer is not None:
                _answer(tx, case, written, agent, answer)
        case MessageKind.ASKED:
            asked = questions.question(tx, word, written.ref, agent, case)
            asks.tell(tx, case, asked, key=asks.key_of_question(written.ref))
        case MessageKind.REPLY:
            words = Words(written.text, problem, written.ref, written.edited or None, mode=stood.mode)
            replies.queue(tx, case, agent, words)


def _answer(tx: Tx, case: Case, written: Written, agent: Agent, answer: Said) -> None:
    """Answer a word for the bot: to its writer alone, as the card shows everybody what became of the case.
    What asks something, or must be read, stays in the thread; so does an answer to somebody who may have
    left."""
    if answer.buttons or answer.key in _FOR_ALL or tx.now - written.at > _STILL_THERE:
        asks.tell(tx, case, answer)
    else:
        asks.whisper(tx, written.ref.channel, written.thread, agent.id, answer)


def decide_asked(
    tx: Tx, ref: MessageRef, send: bool, agent: Agent, *, pressed: MessageRef | None
) -> Said | None:
    """The answer to "claim and send, or keep as note?", given on `pressed`. Only the writer's own message,
    only once; the question then shows what was decided. Returns what to tell the presser when nothing was."""
    found = _asked(tx, ref, agent)
    if isinstance(found, Said):
        return found
    known, case = found
    if not send:
        keep_as_note(tx, case, known, pressed=pressed)
        return None
    answer = claims.claim(tx, case, agent)
    claimed = tx.record.case(case.id)
    if claimed is None or claimed.assignee != agent.id:
        asks.tell(tx, case, takeovers.addressed(answer, agent))
        return None
    if claimed.invited is Invited.UNDECIDED:
        invited = questions.question(tx, "invited", ref, agent, claimed)
        asks.question_shows(tx, case, ref, invited, pressed=pressed)
        return None
    tx.record.save_message(replace(known, kind=MessageKind.REPLY))
    mode = tenures.at(tx, case, ref.ts).mode
    words = Words(known.text, known.problem, new_thread.readable(case, ref), stamp="", mode=mode)
    replies.queue(tx, claimed, agent, words)
    sent = say(_sent(case), agent=Ping(agent.id))
    asks.question_shows(tx, case, ref, sent, pressed=pressed)
    return None


def decide_invited(
    tx: Tx, ref: MessageRef, publish: bool, agent: Agent, *, pressed: MessageRef | None
) -> Said | None:
    """The answer to "publish, or wait for the customer?", as `decide_asked`. What waits is kept until the
    customer writes in private; as a note where that does not come in here."""
    found = _asked(tx, ref, agent)
    if isinstance(found, Said):
        return found
    known, case = found
    if publish and case.assignee == agent.id:
        private.publish_meanwhile(tx, case, agent)
    if publish or case.assignee != agent.id or not tx.hears_private(case):
        return decide_asked(tx, ref, publish, agent, pressed=pressed)
    tx.record.save_message(replace(known, kind=MessageKind.REPLY))
    private.keep(tx, case, agent, Words(known.text, known.problem, new_thread.readable(case, ref)))
    asks.question_shows(tx, case, ref, say("asked.kept_for_private"), pressed=pressed)
    return None


def _asked(tx: Tx, ref: MessageRef, agent: Agent) -> tuple[ThreadMessage, Case] | Said:
    """The message that is still to be decided about by `agent`, and its case; or why it is not."""
    known = tx.record.message(ref)
    case = tx.record.case(known.case_id) if known else None
    if known is None or case is None:
        return say("reply.unknown")
    if known.kind is not MessageKind.ASKED:
        return say("unclaimed.decided")
    if known.agent != agent.id:
        return say("unclaimed.not_yours", agent=Ping(known.agent))
    return known, case


def keep_as_note(tx: Tx, case: Case, known: ThreadMessage, *, pressed: MessageRef | None = None) -> None:
    """What was asked about stays inside; the question shows so."""
    tx.record.save_message(replace(known, kind=MessageKind.NOTE, text=""))
    asks.mark_inside(tx, known.ref)
    if case.status in SETTLED:
        kept = say("asked.kept_settled", status=case.status.value)
    else:
        kept = say("unclaimed.kept" if case.assignee is None else "note.kept")
    asks.question_shows(tx, case, known.ref, kept, pressed=pressed)


def _sent(case: Case) -> str:
    """What is said of a message that was sent from a case that stood so before."""
    if case.status in SETTLED:
        return "asked.sent_reopened"
    return "unclaimed.sent" if case.assignee is None else "ask.sent"


def take_up_asked(tx: Tx, case: Case, agent: Agent) -> None:
    """Queue what the agent wrote after a claim that was heard only now; it was asked about for nothing. What
    was written before the claim stays to be decided."""
    current = tx.record.case(case.id)
    if current is None or current.assignee != agent.id:
        return
    for known in tx.record.asked(case.id, agent.id):
        stood, key = tenures.at(tx, current, known.ref.ts), asks.key_of_question(known.ref)
        question = tx.record.errand_of_key(key)
        asked = question.said.key if question and question.said else ""
        if stood.assignee != agent.id or asked != "ask.unclaimed":
            continue
        tx.record.save_message(replace(known, kind=MessageKind.REPLY))
        stamp, message = known.edited or known.ref.ts, new_thread.readable(current, known.ref)
        replies.queue(tx, current, agent, Words(known.text, known.problem, message, stamp, mode=stood.mode))
        said = say("unclaimed.sent", agent=Ping(agent.id))
        asks.question_shows(tx, current, known.ref, said)


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
    if intent.word == "stop" and presses.may_stop(tx, case, agent):
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
