"""Reactions of agents: on a card they claim, close, dismiss or switch; on a reply they stop or hurry it."""

from __future__ import annotations

from datetime import datetime

from bot.cases.model import Agent, Case, MessageRef, Reply
from bot.cases.posts import Surface
from bot.cases.record import Record
from bot.cases.said import Said
from bot.work import asks, claims, presses, private, takeovers
from bot.work.house import House


def react(
    record: Record, house: House, ref: MessageRef, reaction: str, agent: Agent, added: bool, now: datetime
) -> None:
    """A reaction was put on a message or taken away. `reaction` is canonical, without a skin tone.

    Reactions on messages that are neither a card nor a reply mean nothing. What stands already changes
    nothing, so that events repeated or read again after an outage are harmless.
    """
    case = record.case_of_thread(ref)
    reply = None if case else record.reply_of_message(ref) or record.reply_of_line(ref)
    if (case is None and reply is None) or not agent.may_reply:
        return
    if not record.keep_reaction(ref, reaction, agent.id, added):
        return
    if case is not None:
        answer = _on_card(record, house, case, reaction, agent, added, now)
    else:
        case = record.case(reply.case_id) if reply else None
        answer = _on_reply(record, house, reply, reaction, agent, now) if reply and added else None
    if answer is not None and case is not None:
        asks.tell(record, house, case, answer, now)


def _on_reply(
    record: Record, house: House, reply: Reply, reaction: str, agent: Agent, now: datetime
) -> Said | None:
    meaning = house.installation.reactions
    action = {meaning.stop: "stop", meaning.send_now: "send_now"}.get(reaction)
    return presses.press(record, house, reply.id, action, agent, now) if action else None


def _on_card(
    record: Record, house: House, case: Case, reaction: str, agent: Agent, added: bool, now: datetime
) -> Said | None:
    meaning = house.installation.reactions
    if not added:
        if reaction == meaning.claim and case.claimed_by_reaction and case.assignee == agent.id:
            claims.release(record, house, case, agent, now)
        return None
    if reaction == meaning.claim:
        before = case.assignee
        answer = claims.claim(record, house, case, agent, now, by_reaction=True)
        return _unless_done(answer, agent) if before != agent.id else None
    if reaction == meaning.close:
        return _unless_done(claims.close(record, house, case, agent, now), agent)
    if reaction == meaning.dismiss:
        return claims.ask_dismiss(case)
    if reaction == meaning.private:
        if case.mode is Surface.PRIVATE:
            return None
        return private.go_private(record, house, case, agent, "", now)
    return None


def _unless_done(answer: Said, agent: Agent) -> Said | None:
    """The card shows what was done; only what was not done needs words, addressed to who asked."""
    if answer.key in ("claim.done", "close.done"):
        return None
    return takeovers.addressed(answer, agent)
