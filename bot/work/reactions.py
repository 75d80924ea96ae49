"""Reactions of agents, on a card or on a reply: each is read as an action, once."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cases.actions import Action, Verb, Via
from bot.cases.model import Agent, Case, MessageRef, Reply
from bot.cases.tx import Tx
from bot.work.actions import VERBS
from bot.work.dispatch import carry_out


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction that was put on a message, or taken away."""

    #: Canonical, without a skin tone.
    name: str
    added: bool
    #: The desk's own; of two about one person's reaction on one message the newer counts.
    stamp: str
    #: See `Action.upto`.
    upto: str = ""


def react(tx: Tx, ref: MessageRef, reaction: Reaction, agent: Agent) -> None:
    """A reaction was put on a message or taken away.

    Reactions on messages that are neither a card nor a reply mean nothing. What stands already, and what a
    newer event has overtaken, changes nothing: events may be repeated, read again after an outage, and come
    in any order.
    """
    found = tx.cases.of_thread(ref) or tx.replies.of_message(ref) or tx.replies.of_line(ref)
    if found is None or not agent.may_reply:
        return
    name, added, stamp = reaction.name, reaction.added, reaction.stamp
    if not tx.threads.keep_reaction(ref, name, agent.id, added, stamp, tx.stamp):
        return
    verb = _verb(tx, name, added, found)
    if verb is not None:
        via = Via.REACTION if added else Via.REMOVAL
        carry_out(tx, Action(verb, via, found.id, upto=reaction.upto), agent)


def _verb(tx: Tx, name: str, added: bool, found: Case | Reply) -> Verb | None:
    """What the reaction means where it was put, or taken away."""
    for verb, row in VERBS.items():
        setting = row.reaction if added else row.removal
        if isinstance(found, Reply):
            setting = row.on_reply if added else ""
        if setting and getattr(tx.installation.reactions, setting) == name:
            return verb
    return None
