"""Reactions of agents: on a card they claim, close, dismiss or switch; on a reply they stop or hurry it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.cases.model import Agent, Case, MessageRef, Reply, is_older
from bot.cases.posts import Surface
from bot.cases.record import Record
from bot.cases.said import Said
from bot.work import asks, claims, presses, private, takeovers, tenures, threads
from bot.work.house import House

#: A claim by a reaction that was only found standing counts from up to a second later than it was found, and
#: may be taken back within that second.
FOUND_LATER = Decimal(2)


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction that was put on a message, or taken away."""

    #: Canonical, without a skin tone.
    name: str
    added: bool
    #: The desk's own; of two about one person's reaction on one message the newer counts.
    stamp: str


def react(
    record: Record, house: House, ref: MessageRef, reaction: Reaction, agent: Agent, now: datetime
) -> None:
    """A reaction was put on a message or taken away.

    Reactions on messages that are neither a card nor a reply mean nothing. What stands already, and what a
    newer event has overtaken, changes nothing: events may be repeated, read again after an outage, and come
    in any order.
    """
    case = record.case_of_thread(ref)
    reply = None if case else record.reply_of_message(ref) or record.reply_of_line(ref)
    if (case is None and reply is None) or not agent.may_reply:
        return
    name, added, stamp = reaction.name, reaction.added, reaction.stamp
    if not record.keep_reaction(ref, name, agent.id, added, stamp, record.stamp):
        return
    if case is not None:
        answer = _on_card(record, house, case, reaction.name, agent, reaction.added, now)
    else:
        case = record.case(reply.case_id) if reply else None
        answer = (
            _on_reply(record, house, reply, reaction.name, agent, now) if reply and reaction.added else None
        )
    if answer is not None and case is not None:
        asks.tell(record, house, case, answer, now)


def _on_reply(
    record: Record, house: House, reply: Reply, reaction: str, agent: Agent, now: datetime
) -> Said | None:
    meaning = house.installation.reactions
    if reaction == meaning.send_now and _was_edited_since(record, reply):
        return None
    action = {meaning.stop: "stop", meaning.send_now: "send_now"}.get(reaction)
    return presses.press(record, house, reply.id, action, agent, now) if action else None


def _on_card(
    record: Record, house: House, case: Case, reaction: str, agent: Agent, added: bool, now: datetime
) -> Said | None:
    meaning = house.installation.reactions
    if added and reaction in (meaning.close, meaning.private) and tenures.is_overtaken(record, case):
        return None
    if not added:
        if tenures.is_overtaken(record, case, FOUND_LATER):
            return None
        if reaction == meaning.claim and case.assignee != agent.id:
            takeovers.withdraw(record, case, agent, now)
        elif reaction == meaning.claim and case.claimed_by_reaction:
            claims.release(record, house, case, agent, now)
        return None
    if reaction == meaning.claim:
        before = case.assignee
        answer = claims.claim(record, house, case, agent, now, by_reaction=True)
        threads.take_up_asked(record, house, case, agent, now)
        return _unless_done(answer, agent) if before != agent.id else None
    if reaction == meaning.close:
        return _unless_done(claims.close(record, house, case, agent, now), agent)
    if reaction == meaning.dismiss:
        return claims.ask_dismiss(record, case, agent, now)
    if reaction == meaning.private:
        if case.mode is Surface.PRIVATE:
            return None
        return private.go_private(record, house, case, agent, "", now)
    return None


def _was_edited_since(record: Record, reply: Reply) -> bool:
    """Whether the reply's message was edited after the act that this piece of work carries out was done."""
    message = record.message(reply.message) if reply.message else None
    if message is None or not message.edited or not record.stamp:
        return False
    return is_older(record.stamp, message.edited)


def _unless_done(answer: Said, agent: Agent) -> Said | None:
    """The card shows what was done; only what was not done needs words, addressed to who asked."""
    if answer.key in ("claim.done", "close.done"):
        return None
    return takeovers.addressed(answer, agent)
