"""The table of verbs: what agents can do, in which words, at which doors, and what does it.

Doors (words in a thread, slash commands, reactions, buttons) only read what is wanted, as an `Action`;
`dispatch.py` finds what it is about, has it done by the function of its row, and answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from bot.cases.actions import Action, Result, Verb, Via, done, refused
from bot.cases.history import EventKind
from bot.cases.model import SETTLED, Agent, Case, MessageRef, Reply
from bot.cases.pictures import CardPicture, LinePicture
from bot.cases.posts import Surface
from bot.cases.reminders import ReminderState
from bot.cases.said import Button, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import (
    claims,
    decisions,
    lists,
    offers,
    priorities,
    private,
    questions,
    reminders,
    replies,
    reply_actions,
    shifts,
    takeovers,
    waits,
)
from bot.work.replies import Words


class About(Enum):
    """What a verb is about."""

    CASE = "case"
    REPLY = "reply"
    #: The newest reply of a case when it is typed, this reply at every other door.
    REPLY_OR_CASE = "reply or case"
    #: A message that was asked about.
    MESSAGE = "message"
    PERHAPS_CASE = "perhaps a case"
    NOTHING = "nothing"


class Number(Enum):
    """The number of a case behind a word."""

    #: What stands there is text.
    NONE = "none"
    NEEDED = "needed"
    #: Without one the slash command is about the agent's only case.
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Row:
    """One verb. What it is found to be about (`dispatch.py`) is handed to `do`."""

    about: About
    do: Callable[[Tx, Any, Action, Agent], Result]
    #: What agents type, in English and Dutch, behind "!" or the slash command.
    words: tuple[str, ...] = ()
    #: How it is written behind the slash command, where it can be; "" where not.
    slash: str = ""
    #: Whether the number of a case may stand behind it.
    number: Number = Number.NONE
    #: The setting of app.yaml that names its reaction on a card; "" without one.
    reaction: str = ""
    #: The same for one that is taken away from a card, and for one on a reply.
    removal: str = ""
    on_reply: str = ""
    #: What a card or a line shows decides whether it has a button there, and what that says.
    card: Callable[[CardPicture], Button | None] | None = None
    line: Callable[[LinePicture], Button | None] | None = None
    #: The doors at which it is not done once the case was decided about otherwise.
    heeds: frozenset[Via] = frozenset()
    #: The card shows that it was done: a reaction or a button needs no words.
    shows: bool = False


def on_card(card: CardPicture) -> tuple[Button, ...]:
    """The buttons of a card, the ones that lead on first; none once the case asks for nothing any more."""
    if card.case.status in SETTLED:
        return ()
    return _row(row.card(card) for row in VERBS.values() if row.card)


def on_line(line: LinePicture) -> tuple[Button, ...]:
    """The buttons of a line, likewise: for its case where its own way is closed, and for its reply."""
    ways = [offers.way_out(line, verb) for verb in VERBS]
    return _row([*ways, *(row.line(line) for row in VERBS.values() if row.line)])


def _row(buttons: Iterable[Button | None]) -> tuple[Button, ...]:
    return tuple(sorted(filter(None, buttons), key=lambda button: not button.style))


def _claim(tx: Tx, case: Case, action: Action, agent: Agent) -> Result:
    by_reaction = action.via is Via.REACTION
    again = action.via in (Via.WORD, Via.SLASH)
    result = claims.claim(tx, case, agent, by_reaction=by_reaction, again=again)
    if by_reaction:
        decisions.take_up_asked(tx, case, agent)
    claimed = tx.cases.get(case.id)
    if claimed is not None and result.done and case.assignee != agent.id:
        questions.ask_anew(tx, claimed, only=agent.id)
    return result


def _take_over(tx: Tx, case: Case, action: Action, agent: Agent) -> Result:
    assert action.at is not None, "only the button below the question takes over"
    if case.assignee is not None or case.status in SETTLED:
        return takeovers.press(tx, case, agent, action.argument, asked=action.at)
    via = Via.REACTION if action.argument.endswith(":reaction") else Via.BUTTON
    return _claim(tx, case, replace(action, via=via), agent)  # it was given back meanwhile


def _release(tx: Tx, case: Case, action: Action, agent: Agent) -> Result:
    if action.via is not Via.REMOVAL:
        return claims.release(tx, case, agent)
    if case.assignee != agent.id:
        takeovers.withdraw(tx, case, agent)
    elif case.claimed_by_reaction:
        return claims.release(tx, case, agent)
    return Result(False)


def _dismiss(tx: Tx, case: Case, action: Action, agent: Agent) -> Result:
    result = claims.dismiss(tx, case, agent, action.argument)
    if result.done and result.said and action.via is Via.BUTTON and action.at:
        put.say_instead(tx, case, action.at, result.said)
    return result


def _private(tx: Tx, case: Case, action: Action, agent: Agent) -> Result:
    if action.via is Via.REACTION and case.mode is Surface.PRIVATE:
        return Result(True)
    if not action.inside:
        words = Words(action.argument, action.blocked, action.at) if action.argument else None
        return private.go_private(tx, case, agent, words)
    switched = private.go_private(tx, case, agent)
    key = "note.behind_slash"
    if action.via is Via.WORD:
        key = "note.behind_dm"
        tx.note(case, EventKind.NOTE, agent.id)
    return Result(switched.done, say(key, answer=switched.said or ""))


def _note(tx: Tx, case: Case, action: Action, agent: Agent) -> Result:
    tx.note(case, EventKind.NOTE, agent.id)
    if action.at is not None:
        put.mark_inside(tx, action.at)
    return done("note.kept" if action.argument else "note.empty")


def _stop(tx: Tx, found: Reply | Case, action: Action, agent: Agent) -> Result:
    if isinstance(found, Reply):
        return _press(tx, found, action, agent)
    return reply_actions.stop_newest(tx, found, agent, action.at.ts if action.at else "")


def _press(tx: Tx, reply: Reply, action: Action, agent: Agent) -> Result:
    said = reply_actions.press(tx, reply.id, action.verb, agent)
    return Result(said is None, said)


def _send_now(tx: Tx, reply: Reply, action: Action, agent: Agent) -> Result:
    message = tx.threads.message(reply.message) if reply.message else None
    was_edited = message is not None and message.edited and tx.stamp and tx.stamp < message.edited
    if action.via is Via.REACTION and was_edited:  # it was meant for the former words
        return Result(False)
    return _press(tx, reply, action, agent)


def _decide(tx: Tx, message: MessageRef, action: Action, agent: Agent) -> Result:
    send = action.verb is Verb.CLAIM_AND_SEND
    return decisions.decide_asked(tx, message, send, agent, pressed=action.at)


def _decide_invited(tx: Tx, message: MessageRef, action: Action, agent: Agent) -> Result:
    publish = action.verb is Verb.PUBLISH
    return decisions.decide_invited(tx, message, publish, agent, pressed=action.at)


def _help(tx: Tx, case: Case | None, _: Action, __: Agent) -> Result:
    """What can be done, and how long a message waits before it goes out, where one answer fits all."""
    holds = {tx.hold(case)} if case else tx.installation.holds()
    when = say("command.later")
    if len(holds) == 1:
        seconds = round(holds.pop().total_seconds())
        when = say("command.after", count=seconds) if seconds else say("command.at_once")
    worded = [(say(f"help.{verb}"), row.about) for verb, row in VERBS.items() if row.words]
    there = [line for line, about in worded if about in (About.CASE, About.REPLY_OR_CASE)]
    anywhere = [line for line, about in worded if about is About.NOTHING]
    return Result(True, say("command.help", when=when, there=there, anywhere=anywhere))


def _unknown(_: Tx, __: None, action: Action, ___: Agent) -> Result:
    return refused("command.unknown", word=action.typed if action.via is Via.SLASH else f"!{action.typed}")


_TYPED, _LATE = frozenset({Via.WORD}), frozenset({Via.WORD, Via.REACTION})

#: Where several are offered, at a door or in help, they stand in this order.
VERBS: Mapping[Verb, Row] = {
    Verb.CLAIM: Row(
        About.CASE,
        _claim,
        ("claim", "claimen", "pak", "neem", "take"),
        slash="claim 12",
        number=Number.NEEDED,
        reaction="claim",
        heeds=_TYPED,
        shows=True,
        card=offers.claim,
    ),
    Verb.TAKE_OVER: Row(About.CASE, _take_over),
    Verb.RELEASE: Row(
        About.CASE,
        _release,
        ("release", "geef", "teruggeven", "geefterug", "loslaten"),
        slash="release 12",
        number=Number.NEEDED,
        removal="claim",
        heeds=frozenset({Via.WORD, Via.REMOVAL}),
        shows=True,
        card=offers.release,
    ),
    Verb.CLOSE: Row(
        About.CASE,
        lambda tx, case, _, agent: claims.close(tx, case, agent),
        ("close", "sluit", "sluiten"),
        slash="close 12",
        number=Number.NEEDED,
        reaction="close",
        heeds=_LATE,
        shows=True,
        card=offers.close,
    ),
    Verb.DISMISS: Row(
        About.CASE,
        _dismiss,
        ("dismiss", "weg", "afhandelen", "geenantwoord"),
        number=Number.NEEDED,
        reaction="dismiss",
        heeds=_TYPED,
        shows=True,
        card=offers.dismiss,
    ),
    Verb.PRIVATE: Row(
        About.CASE,
        _private,
        ("dm", "privé", "prive", "private"),
        slash="dm 12 [text]",
        number=Number.OWN,
        reaction="private",
        heeds=_LATE,
        card=offers.private,
    ),
    Verb.INVITE: Row(
        About.CASE, lambda tx, case, _, agent: private.invite(tx, case, agent), card=offers.invite
    ),
    Verb.PUBLIC: Row(
        About.CASE,
        lambda tx, case, _, agent: private.go_public(tx, case, agent),
        ("public", "openbaar"),
        slash="public 12",
        number=Number.OWN,
        heeds=_TYPED,
        card=offers.public,
    ),
    Verb.SEND_NOW: Row(About.REPLY, _send_now, on_reply="send_now", line=offers.send_now),
    Verb.OVERRIDE: Row(About.REPLY, _press, line=offers.send_anyway),
    Verb.CONFIRM: Row(About.REPLY, _press, line=offers.found),
    Verb.RETRY: Row(About.REPLY, _press, line=offers.again),
    Verb.STOP: Row(
        About.REPLY_OR_CASE,
        _stop,
        ("stop", "stoppen"),
        number=Number.NEEDED,
        on_reply="stop",
        line=offers.stop,
    ),
    Verb.NOTE: Row(About.CASE, _note, ("note", "notitie", "intern")),
    Verb.PRIORITY: Row(
        About.CASE,
        priorities.change,
        ("priority", "prioriteit", "prio", "urgent", "spoed"),
        slash="priority 12 high",
        number=Number.NEEDED,
        shows=True,
        card=offers.priority,
    ),
    Verb.WAIT: Row(
        About.CASE,
        waits.wait,
        ("wait", "wacht"),
        slash="wait 12 customer 2d",
        number=Number.NEEDED,
        shows=True,
    ),
    Verb.REOPEN: Row(
        About.CASE,
        lambda tx, case, action, agent: claims.reopen(tx, case, agent, action),
        ("reopen", "heropen"),
        slash="reopen 12",
        number=Number.NEEDED,
        shows=True,
    ),
    Verb.CALL_BACK: Row(
        About.CASE, reminders.call_back, ("callback", "terugbellen"), slash="", number=Number.NONE, shows=True
    ),
    Verb.KEPT: Row(
        About.CASE,
        lambda tx, case, action, agent: reminders.decide(tx, case, action, agent, ReminderState.KEPT),
        ("kept", "nagekomen"),
        shows=True,
    ),
    Verb.MOVE_ON: Row(
        About.CASE, lambda tx, case, action, agent: reminders.decide(tx, case, action, agent, None)
    ),
    Verb.DROP: Row(
        About.CASE,
        lambda tx, case, action, agent: reminders.decide(tx, case, action, agent, ReminderState.DROPPED),
    ),
    Verb.KEEP_CLAIM: Row(About.CASE, lambda tx, case, _, agent: claims.keep(tx, case, agent)),
    Verb.CONFIRM_CLOSING: Row(
        About.CASE, lambda tx, case, action, agent: claims.confirm_closing(tx, case, agent, action)
    ),
    Verb.CLAIM_AND_SEND: Row(About.MESSAGE, _decide),
    Verb.KEEP_NOTE: Row(About.MESSAGE, _decide),
    Verb.PUBLISH: Row(About.MESSAGE, _decide_invited),
    Verb.WAIT_FOR_CUSTOMER: Row(About.MESSAGE, _decide_invited),
    Verb.QUEUE: Row(
        About.NOTHING,
        lambda tx, _, __, ___: Result(True, lists.queue(tx)),
        ("queue", "wachtrij", "lijst"),
        slash="queue",
    ),
    Verb.DUTY: Row(About.NOTHING, shifts.show_or_add, ("duty", "dienst"), slash="duty"),
    Verb.AWAY: Row(About.NOTHING, shifts.go_away, ("away", "afwezig"), slash="away until 14:00"),
    Verb.HERE: Row(About.NOTHING, shifts.come_back, ("here", "hier"), slash="here"),
    Verb.INITIALS: Row(
        About.NOTHING,
        lambda tx, _, act, agent: replies.set_initials(tx, agent, act.argument),
        ("me", "ik"),
        slash="me ^MK",
    ),
    Verb.HELP: Row(About.PERHAPS_CASE, _help, ("help", "hulp"), slash="help"),
    Verb.UNKNOWN: Row(About.NOTHING, _unknown),
}
#: What agents type, and what it means.
MEANINGS: Mapping[str, Verb] = {word: verb for verb, row in VERBS.items() for word in row.words}
#: Words that a message is searched for. What needs no case is, alone without its mark, no word for the bot.
WORDS = frozenset(word for word, verb in MEANINGS.items() if VERBS[verb].about is not About.NOTHING)
