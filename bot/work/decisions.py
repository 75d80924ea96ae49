"""An agent decides about a message that the bot had asked about: it is sent, kept as a note, or waits."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.actions import Result, refused
from bot.cases.model import SETTLED, Agent, Case, Invited, MessageKind, MessageRef, ThreadMessage
from bot.cases.said import Ping, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import claims, new_thread, private, questions, replies, takeovers, tenures
from bot.work.replies import Words


def decide_asked(tx: Tx, ref: MessageRef, send: bool, agent: Agent, *, pressed: MessageRef | None) -> Result:
    """The answer to "claim and send, or keep as note?", given on `pressed`. Only the writer's own message,
    only once; the question then shows what was decided."""
    found = _asked(tx, ref, agent)
    if isinstance(found, Result):
        return found
    known, case = found
    if not send:
        questions.keep_as_note(tx, case, known, pressed=pressed)
        return Result(True)
    answer = claims.claim(tx, case, agent)
    claimed = tx.cases.get(case.id)
    if claimed is None or claimed.assignee != agent.id:
        if answer.said is not None:
            put.tell(tx, case, takeovers.addressed(answer.said, agent), key=answer.asks)
        return Result(False)
    if claimed.invited is Invited.UNDECIDED:
        invited = questions.question(tx, "invited", ref, agent, claimed)
        put.question_shows(tx, case, ref, invited, pressed=pressed)
        return Result(True)
    tx.threads.save_message(replace(known, kind=MessageKind.REPLY))
    mode = tenures.at(tx, case, ref.ts).mode
    words = Words(known.text, known.blocked, new_thread.readable(case, ref), stamp="", mode=mode)
    replies.queue(tx, claimed, agent, words)
    sent = say(_sent(case), agent=Ping(agent.id))
    put.question_shows(tx, case, ref, sent, pressed=pressed)
    if case.assignee != agent.id:
        questions.ask_anew(tx, claimed, only=agent.id)
    return Result(True)


def decide_invited(
    tx: Tx, ref: MessageRef, publish: bool, agent: Agent, *, pressed: MessageRef | None
) -> Result:
    """The answer to "publish, or wait for the customer?", as `decide_asked`. What waits is kept until the
    customer writes in private; as a note where that does not come in here."""
    found = _asked(tx, ref, agent)
    if isinstance(found, Result):
        return found
    known, case = found
    if publish and case.assignee == agent.id:
        private.publish_meanwhile(tx, case, agent)
    if publish or case.assignee != agent.id or not tx.hears_private(case):
        return decide_asked(tx, ref, publish, agent, pressed=pressed)
    tx.threads.save_message(replace(known, kind=MessageKind.REPLY))
    private.keep(tx, case, agent, Words(known.text, known.blocked, new_thread.readable(case, ref)))
    put.question_shows(tx, case, ref, say("asked.kept_for_private"), pressed=pressed)
    return Result(True)


def _asked(tx: Tx, ref: MessageRef, agent: Agent) -> tuple[ThreadMessage, Case] | Result:
    """The message that is still to be decided about by `agent`, and its case; or why it is not."""
    known = tx.threads.message(ref)
    case = tx.cases.get(known.case_id) if known else None
    if known is None or case is None:
        return refused("reply.unknown")
    if known.kind is not MessageKind.ASKED:
        return refused("unclaimed.decided")
    if known.agent != agent.id:
        return refused("unclaimed.not_yours", agent=Ping(known.agent))
    return known, case


def _sent(case: Case) -> str:
    """What is said of a message that was sent from a case that stood so before."""
    if case.status in SETTLED:
        return "asked.sent_reopened"
    return "unclaimed.sent" if case.assignee is None else "ask.sent"


def take_up_asked(tx: Tx, case: Case, agent: Agent) -> None:
    """Queue what the agent wrote after a claim that was heard only now; it was asked about for nothing. What
    was written before the claim stays to be decided."""
    current = tx.cases.get(case.id)
    if current is None or current.assignee != agent.id:
        return
    for known in tx.threads.asked(case.id, agent.id):
        stood, key = tenures.at(tx, current, known.ref.ts), put.key_of_question(known.ref)
        question = put.said_under(tx, key)
        if stood.assignee != agent.id or question is None or question.key != "ask.unclaimed":
            continue
        tx.threads.save_message(replace(known, kind=MessageKind.REPLY))
        stamp, message = known.edited or known.ref.ts, new_thread.readable(current, known.ref)
        replies.queue(tx, current, agent, Words(known.text, known.blocked, message, stamp, mode=stood.mode))
        said = say("unclaimed.sent", agent=Ping(agent.id))
        put.question_shows(tx, current, known.ref, said)
