"""Reactions of agents: on a card they claim, close, dismiss or switch; on a reply they stop or hurry it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.cases.model import Agent, Case, MessageRef, Reply, is_older
from bot.cases.posts import Surface
from bot.cases.said import Said
from bot.work import asks, claims, presses, private, takeovers, tenures, threads
from bot.work.tx import Tx

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


def react(tx: Tx, ref: MessageRef, reaction: Reaction, agent: Agent) -> None:
    """A reaction was put on a message or taken away.

    Reactions on messages that are neither a card nor a reply mean nothing. What stands already, and what a
    newer event has overtaken, changes nothing: events may be repeated, read again after an outage, and come
    in any order.
    """
    case = tx.record.case_of_thread(ref)
    reply = None if case else tx.record.reply_of_message(ref) or tx.record.reply_of_line(ref)
    if (case is None and reply is None) or not agent.may_reply:
        return
    name, added, stamp = reaction.name, reaction.added, reaction.stamp
    if not tx.record.keep_reaction(ref, name, agent.id, added, stamp, tx.stamp):
        return
    if case is not None:
        answer = _on_card(tx, case, reaction.name, agent, reaction.added)
    else:
        case = tx.record.case(reply.case_id) if reply else None
        answer = _on_reply(tx, reply, reaction.name, agent) if reply and reaction.added else None
    if answer is not None and case is not None:
        asks.tell(tx, case, answer)


def _on_reply(tx: Tx, reply: Reply, reaction: str, agent: Agent) -> Said | None:
    meaning = tx.installation.reactions
    if reaction == meaning.send_now and _was_edited_since(tx, reply):
        return None
    action = {meaning.stop: "stop", meaning.send_now: "send_now"}.get(reaction)
    return presses.press(tx, reply.id, action, agent) if action else None


def _on_card(tx: Tx, case: Case, reaction: str, agent: Agent, added: bool) -> Said | None:
    meaning = tx.installation.reactions
    if added and reaction in (meaning.close, meaning.private) and tenures.is_overtaken(tx, case):
        return None
    if not added:
        if tenures.is_overtaken(tx, case, FOUND_LATER):
            return None
        if reaction == meaning.claim and case.assignee != agent.id:
            takeovers.withdraw(tx, case, agent)
        elif reaction == meaning.claim and case.claimed_by_reaction:
            claims.release(tx, case, agent)
        return None
    if reaction == meaning.claim:
        before = case.assignee
        answer = claims.claim(tx, case, agent, by_reaction=True)
        threads.take_up_asked(tx, case, agent)
        return _unless_done(answer, agent) if before != agent.id else None
    if reaction == meaning.close:
        return _unless_done(claims.close(tx, case, agent), agent)
    if reaction == meaning.dismiss:
        return claims.ask_dismiss(tx, case, agent)
    if reaction == meaning.private:
        if case.mode is Surface.PRIVATE:
            return None
        return private.go_private(tx, case, agent)
    return None


def _was_edited_since(tx: Tx, reply: Reply) -> bool:
    """Whether the reply's message was edited after the act that this piece of work carries out was done."""
    message = tx.record.message(reply.message) if reply.message else None
    if message is None or not message.edited or not tx.stamp:
        return False
    return is_older(tx.stamp, message.edited)


def _unless_done(answer: Said, agent: Agent) -> Said | None:
    """The card shows what was done; only what was not done needs words, addressed to who asked."""
    if answer.key in ("claim.done", "close.done"):
        return None
    return takeovers.addressed(answer, agent)
