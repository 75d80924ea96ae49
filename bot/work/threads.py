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
from bot.cases.record import Record
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
from bot.work.house import House

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


def is_ours(record: Record, thread: MessageRef) -> bool:
    """Whether a case has this thread, or had it before it went on in another, or a list of ours began it."""
    known = record.case_of_thread(thread) or record.case_of_old_thread(thread)
    return known is not None or record.alarm_of_thread(thread) is not None


def take_message(record: Record, house: House, written: Written, agent: Agent, now: datetime) -> None:
    """Deal with a message in a thread, once. Messages outside the threads of cases mean nothing.

    It is judged by how the case stood when it was written, however late and in whatever order it is heard:
    what was written before its writer had the case is asked about.
    """
    case = record.case_of_thread(written.thread)
    if case is None:
        new_thread.point_on(record, written.thread, agent.id, now)
        return
    if record.message(written.ref) is not None or forgotten.was_dealt_with(case, written.at):
        return
    stood = tenures.at(record, case, written.ref.ts)
    kind, word, rest = _kind_of(record, case, stood, written, agent)
    problem = written.problem
    if kind in (MessageKind.REPLY, MessageKind.COMMAND) and restoring.is_from_before(record, written.at):
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
    if not record.add_message(message):
        return
    match kind:
        case MessageKind.OUTSIDER | MessageKind.NOTE:
            asks.note_event(record, case, kind.value, now, agent.id)
            asks.mark_inside(record, house, written.ref, now)
            if word == "colleague":
                takeovers.offer(record, case, written.thread, agent, now)
        case MessageKind.COMMAND:
            answer = commands.word(record, house, case, agent, word, rest, written.ref, written.problem, now)
            if answer is not None:
                _answer(record, house, case, written, agent, answer, now)
        case MessageKind.ASKED:
            asked = questions.question(house, word, written.ref, agent, case)
            asks.tell(record, house, case, asked, now, key=asks.key_of_question(written.ref))
        case MessageKind.REPLY:
            text, ref, stamp = written.text, written.ref, written.edited or written.ref.ts
            mode = stood.mode
            replies.queue(record, house, case, agent, text, problem, now, message=ref, stamp=stamp, mode=mode)


def _answer(
    record: Record, house: House, case: Case, written: Written, agent: Agent, answer: Said, now: datetime
) -> None:
    """Answer a word for the bot: to its writer alone, as the card shows everybody what became of the case.
    What asks something, or must be read, stays in the thread; so does an answer to somebody who may have
    left."""
    if answer.buttons or answer.key in _FOR_ALL or now - written.at > _STILL_THERE:
        asks.tell(record, house, case, answer, now)
    else:
        asks.whisper(record, written.ref.channel, written.thread, agent.id, answer, now)


def decide_asked(
    record: Record,
    house: House,
    ref: MessageRef,
    send: bool,
    agent: Agent,
    now: datetime,
    *,
    pressed: MessageRef | None,
) -> Said | None:
    """The answer to "claim and send, or keep as note?", given on `pressed`. Only the writer's own message,
    only once; the question then shows what was decided. Returns what to tell the presser when nothing was."""
    found = _asked(record, ref, agent)
    if isinstance(found, Said):
        return found
    known, case = found
    if not send:
        keep_as_note(record, house, case, known, now, pressed=pressed)
        return None
    answer = claims.claim(record, house, case, agent, now)
    claimed = record.case(case.id)
    if claimed is None or claimed.assignee != agent.id:
        asks.tell(record, house, case, takeovers.addressed(answer, agent), now)
        return None
    if claimed.invited is Invited.UNDECIDED:
        invited = questions.question(house, "invited", ref, agent, claimed)
        asks.question_shows(record, house, case, ref, invited, now, pressed=pressed)
        return None
    record.save_message(replace(known, kind=MessageKind.REPLY))
    mode = tenures.at(record, case, ref.ts).mode
    text, problem, message = known.text, known.problem, new_thread.readable(case, ref)
    replies.queue(record, house, claimed, agent, text, problem, now, message=message, stamp="", mode=mode)
    sent = say(_sent(case), agent=Ping(agent.id))
    asks.question_shows(record, house, case, ref, sent, now, pressed=pressed)
    return None


def decide_invited(
    record: Record,
    house: House,
    ref: MessageRef,
    publish: bool,
    agent: Agent,
    now: datetime,
    *,
    pressed: MessageRef | None,
) -> Said | None:
    """The answer to "publish, or wait for the customer?", as `decide_asked`. What waits is kept until the
    customer writes in private; as a note where that does not come in here."""
    found = _asked(record, ref, agent)
    if isinstance(found, Said):
        return found
    known, case = found
    if publish and case.assignee == agent.id:
        private.publish_meanwhile(record, case, agent, now)
    if publish or case.assignee != agent.id or not house.hears_private(case):
        return decide_asked(record, house, ref, publish, agent, now, pressed=pressed)
    record.save_message(replace(known, kind=MessageKind.REPLY))
    message = new_thread.readable(case, ref)
    private.keep(record, house, case, agent, known.text, known.problem, now, message=message)
    asks.question_shows(record, house, case, ref, say("asked.kept_for_private"), now, pressed=pressed)
    return None


def _asked(record: Record, ref: MessageRef, agent: Agent) -> tuple[ThreadMessage, Case] | Said:
    """The message that is still to be decided about by `agent`, and its case; or why it is not."""
    known = record.message(ref)
    case = record.case(known.case_id) if known else None
    if known is None or case is None:
        return say("reply.unknown")
    if known.kind is not MessageKind.ASKED:
        return say("unclaimed.decided")
    if known.agent != agent.id:
        return say("unclaimed.not_yours", agent=Ping(known.agent))
    return known, case


def keep_as_note(
    record: Record,
    house: House,
    case: Case,
    known: ThreadMessage,
    now: datetime,
    *,
    pressed: MessageRef | None = None,
) -> None:
    """What was asked about stays inside; the question shows so."""
    record.save_message(replace(known, kind=MessageKind.NOTE, text=""))
    asks.mark_inside(record, house, known.ref, now)
    if case.status in SETTLED:
        kept = say("asked.kept_settled", status=case.status.value)
    else:
        kept = say("unclaimed.kept" if case.assignee is None else "note.kept")
    asks.question_shows(record, house, case, known.ref, kept, now, pressed=pressed)


def _sent(case: Case) -> str:
    """What is said of a message that was sent from a case that stood so before."""
    if case.status in SETTLED:
        return "asked.sent_reopened"
    return "unclaimed.sent" if case.assignee is None else "ask.sent"


def take_up_asked(record: Record, house: House, case: Case, agent: Agent, now: datetime) -> None:
    """Queue what the agent wrote after a claim that was heard only now; it was asked about for nothing. What
    was written before the claim stays to be decided."""
    current = record.case(case.id)
    if current is None or current.assignee != agent.id:
        return
    for known in record.asked(case.id, agent.id):
        stood, key = tenures.at(record, current, known.ref.ts), asks.key_of_question(known.ref)
        question = record.errand_of_key(key)
        asked = question.said.key if question and question.said else ""
        if stood.assignee != agent.id or asked != "ask.unclaimed":
            continue
        record.save_message(replace(known, kind=MessageKind.REPLY))
        stamp, text, problem = known.edited or known.ref.ts, known.text, known.problem
        message, mode = new_thread.readable(current, known.ref), stood.mode
        replies.queue(
            record, house, current, agent, text, problem, now, message=message, stamp=stamp, mode=mode
        )
        said = say("unclaimed.sent", agent=Ping(agent.id))
        asks.question_shows(record, house, current, known.ref, said, now)


def _kind_of(
    record: Record, case: Case, stood: Tenure, written: Written, agent: Agent
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
    if intent.word == "stop" and presses.may_stop(record, case, agent):
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
