"""The bot asks an agent what to do with a message that was not sent: send it, or keep it as a note.

When the case changes, an open question is asked again about the case as it is now.
"""

from __future__ import annotations

from dataclasses import replace

from bot.cases.model import SETTLED, Agent, AgentId, Case, MessageKind, MessageRef, ThreadMessage
from bot.cases.said import Button, Ping, Sentence, say
from bot.cases.tx import Tx
from bot.outbox import put


def question(tx: Tx, why: str, ref: MessageRef, agent: Agent, case: Case) -> Sentence:
    """What the bot asks about a message that stays inside for now. `why` names a sentence below "ask."."""
    value = _value(ref)
    keep = Button("keep_note", value, "ask.keep")
    if why != "invited":
        send = Button("claim_and_send", value, _send_label(case, agent), "primary")
        return say(f"ask.{why}", send, keep, agent=Ping(agent.id))
    publish = Button("publish", value, "ask.publish")  # neither is what an agent surely meant
    if not tx.hears_private(case):
        return say("ask.invited_unheard", publish, keep, agent=Ping(agent.id))
    wait = Button("wait_for_customer", value, "ask.wait")
    return say("ask.invited", publish, wait, agent=Ping(agent.id))


def _send_label(case: Case, agent: Agent) -> str:
    """What sending a message of this case does besides."""
    if case.status in SETTLED:
        return "ask.reopen_and_send"
    return "ask.send" if case.assignee == agent.id else "ask.claim_and_send"


def _value(ref: MessageRef) -> str:
    return f"{ref.channel}:{ref.ts}"


def ask_anew(tx: Tx, case: Case, *, but: AgentId | None = None, only: AgentId | None = None) -> None:
    """The case has become another than the open questions speak of: they ask again, about it as it is. `but`
    leaves out those to one agent, `only` all others."""
    for message in tx.threads.asked(case.id):
        agent = tx.people.agent(message.agent)
        if agent is not None and agent.id != but and only in (None, agent.id):
            asking = question(tx, "changed", message.ref, agent, case)
            put.question_shows(tx, case, message.ref, asking)


def keep_as_note(tx: Tx, case: Case, known: ThreadMessage, *, pressed: MessageRef | None = None) -> None:
    """What was asked about stays inside; the question shows so."""
    tx.threads.save_message(replace(known, kind=MessageKind.NOTE, text=""))
    put.mark_inside(tx, known.ref)
    if case.status in SETTLED:
        kept = say("asked.kept_settled", status=case.status.value)
    else:
        kept = say("unclaimed.kept" if case.assignee is None else "note.kept")
    put.question_shows(tx, case, known.ref, kept, pressed=pressed)
