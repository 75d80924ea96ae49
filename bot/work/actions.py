"""The table of verbs: what agents can do, in which words, at which doors, and what does it.

Doors (words in a thread, slash commands, reactions, buttons) only read what is wanted, as an `Action`. Here
it is decided whether it may be, it is done, and it is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Any

from bot.cases.actions import Action, Result, Verb, Via, done, refused
from bot.cases.history import EventKind
from bot.cases.model import SETTLED, Agent, Case, CaseId, MessageRef, Reply, ReplyId
from bot.cases.posts import Surface
from bot.cases.said import Ping, Said, ThreadLink, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import (
    answers,
    claims,
    decisions,
    initials,
    lists,
    presses,
    private,
    questions,
    takeovers,
    tenures,
)
from bot.work.replies import Words

#: A claim by a reaction that was only found standing counts from up to a second later than it was found, and
#: may be taken back within that second.
FOUND_LATER = Decimal(2)
_LONGEST_NUMBER = 16


class Number(Enum):
    """The number of a case behind a word."""

    #: What stands there is text.
    NONE = "none"
    NEEDED = "needed"
    #: Without one the slash command is about the agent's only case.
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Row:
    """One verb. What `find` finds it to be about is handed to `do`; a `Result` of `find` is the answer."""

    find: Callable[[Tx, Action, Agent], Any]
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
    #: The doors at which it is not done once the case was decided about otherwise.
    heeds: frozenset[Via] = frozenset()
    #: The card shows that it was done: a reaction or a button needs no words.
    shows: bool = False


def carry_out(tx: Tx, action: Action, agent: Agent) -> Said | None:
    """Do what an agent wants, and answer. Returns the answer to a slash command, which goes out with its
    acknowledgement; None for all other doors."""
    found = _find(tx, action, agent)
    result = found if isinstance(found, Result) else act(tx, found, action, agent)
    case = tx.cases.get(found.case_id) if isinstance(found, Reply) else found
    case = case if isinstance(case, Case) else None
    return answers.answer(tx, action, agent, result, case, VERBS[action.verb].shows)


def act(tx: Tx, found: Any, action: Action, agent: Agent) -> Result:
    """Do what an agent wants with what it is about, unless it was decided otherwise since."""
    row = VERBS[action.verb]
    if action.via in row.heeds and _is_overtaken(tx, found, action, agent):
        said = say("command.overtaken", agent=Ping(agent.id), word=f"!{action.typed}")
        # A reaction that is heard late still stands on the card, or is gone.
        return Result(False, said, lasting=True) if action.via is Via.WORD else Result(False)
    return row.do(tx, found, action, agent)


def _find(tx: Tx, action: Action, agent: Agent) -> Any:
    """What the action is about; a `Result` says why nothing comes of it."""
    row = VERBS[action.verb]
    if not agent.may_reply:
        return refused("command.not_member")
    if action.via is Via.CHANNEL and row.find not in (_nothing, _perhaps_case):
        return refused("command.in_channel", word=f"!{action.typed}")
    if action.via is Via.SLASH and row.words and not row.slash:
        return refused("command.in_thread", word=f"!{action.typed}")
    return row.find(tx, action, agent)


def _is_overtaken(tx: Tx, case: Case, action: Action, agent: Agent) -> bool:
    if action.verb is Verb.CLAIM and case.assignee == agent.id:
        return False
    return tenures.is_overtaken(tx, case, FOUND_LATER if action.via is Via.REMOVAL else Decimal(0))


# What a verb is about


def _case(tx: Tx, action: Action, agent: Agent) -> Case | Result:
    """The case of the thread or the button; of a slash command the one with that number, or the agent's."""
    if action.subject is None:
        found = _numbered(tx, action, agent)
        if isinstance(found, Result) and action.verb is Verb.PRIVATE:
            return private.not_sent(found, action.argument)
        return found
    case = tx.cases.get(CaseId(int(str(action.subject))))
    if case is None:
        return refused("command.no_such_case", n=str(action.subject))
    if not action.number or is_number_of(case, action.number):
        return case
    if action.verb is Verb.STOP and presses.may_stop(tx, case, agent):
        return case
    return _elsewhere(tx, case, action)


def _numbered(tx: Tx, action: Action, agent: Agent) -> Case | Result:
    """The case with that number; without one the agent's only case, where the verb allows that."""
    if action.number or VERBS[action.verb].number is not Number.OWN:
        return case_by_number(tx, action.number)
    mine = tx.cases.claimed_by(agent.id)
    if len(mine) == 1:
        return mine[0]
    if not mine:
        return refused("command.no_case_of_yours", word=action.typed)
    return refused("command.which_case", word=action.typed, cases=lists.choice(tx, mine))


def case_by_number(tx: Tx, number: str) -> Case | Result:
    """The case with the number that was typed, or the sentence that says what is wrong."""
    if not number:
        return refused("command.needs_number")
    case = tx.cases.get(CaseId(int(number))) if len(number) < _LONGEST_NUMBER else None
    return case if case is not None else refused("command.no_such_case", n=number)


def is_number_of(case: Case, number: str) -> bool:
    """Whether what was typed is the number of this case."""
    return len(number) < _LONGEST_NUMBER and int(number) == case.id


def _elsewhere(tx: Tx, case: Case, action: Action) -> Result:
    """What to say of a word whose number is not that of its thread's case: nothing is done, nothing sent."""
    number, typed = action.number, action.typed
    other = case_by_number(tx, number)
    if isinstance(other, Case):
        key = "command.other_case" if VERBS[action.verb].slash else "command.other_thread"
        answer = say(key, n=case.id, other=ThreadLink(other.id, number), number=number, word=typed)
    else:
        answer = say("command.other_unknown", n=case.id, other=number)
    if action.verb is not Verb.PRIVATE or not action.argument:  # what stands behind the others goes nowhere
        return Result(False, answer)
    answer = say("command.other_text", answer=answer, n=case.id, other=number, word=typed)
    return private.not_sent(Result(False, answer), action.argument, in_thread=True)


def _reply(tx: Tx, action: Action, _: Agent) -> Reply | Result:
    reply = tx.replies.get(ReplyId(int(str(action.subject))))
    return reply or refused("reply.unknown")


def _reply_or_case(tx: Tx, action: Action, agent: Agent) -> Reply | Case | Result:
    return _case(tx, action, agent) if action.via is Via.WORD else _reply(tx, action, agent)


def _message(_: Tx, action: Action, __: Agent) -> MessageRef | Result:
    return action.subject if isinstance(action.subject, MessageRef) else refused("reply.unknown")


def _perhaps_case(tx: Tx, action: Action, _: Agent) -> Case | None:
    return tx.cases.get(CaseId(int(str(action.subject)))) if action.subject else None


def _nothing(_: Tx, __: Action, ___: Agent) -> None:
    return None


# What it does


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
        words = Words(action.argument, action.problem, action.at) if action.argument else None
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
    return presses.stop_newest(tx, found, agent, action.at.ts if action.at else "")


def _press(tx: Tx, reply: Reply, action: Action, agent: Agent) -> Result:
    said = presses.press(tx, reply.id, action.verb, agent)
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
    holds = {tx.team(case).hold} if case else {team.hold for team in tx.installation.teams.values()}
    when = say("command.later")
    if len(holds) == 1:
        seconds = round(holds.pop().total_seconds())
        when = say("command.after", count=seconds) if seconds else say("command.at_once")
    worded = [(say(f"help.{verb}"), row.find) for verb, row in VERBS.items() if row.words]
    there = [line for line, find in worded if find in (_case, _reply_or_case)]
    anywhere = [line for line, find in worded if find is _nothing]
    return Result(True, say("command.help", when=when, there=there, anywhere=anywhere))


def _unknown(_: Tx, __: None, action: Action, ___: Agent) -> Result:
    return refused("command.unknown", word=action.typed if action.via is Via.SLASH else f"!{action.typed}")


_TYPED, _LATE = frozenset({Via.WORD}), frozenset({Via.WORD, Via.REACTION})

VERBS: Mapping[Verb, Row] = {
    Verb.CLAIM: Row(
        _case,
        _claim,
        ("claim", "claimen", "pak", "neem", "take"),
        slash="claim 12",
        number=Number.NEEDED,
        reaction="claim",
        heeds=_TYPED,
        shows=True,
    ),
    Verb.RELEASE: Row(
        _case,
        _release,
        ("release", "geef", "teruggeven", "geefterug", "loslaten"),
        slash="release 12",
        number=Number.NEEDED,
        removal="claim",
        heeds=frozenset({Via.WORD, Via.REMOVAL}),
        shows=True,
    ),
    Verb.TAKE_OVER: Row(_case, _take_over),
    Verb.STOP: Row(_reply_or_case, _stop, ("stop", "stoppen"), number=Number.NEEDED, on_reply="stop"),
    Verb.SEND_NOW: Row(_reply, _send_now, on_reply="send_now"),
    Verb.NOTE: Row(_case, _note, ("note", "notitie", "intern")),
    Verb.PRIVATE: Row(
        _case,
        _private,
        ("dm", "privé", "prive", "private"),
        slash="dm 12 [text]",
        number=Number.OWN,
        reaction="private",
        heeds=_LATE,
    ),
    Verb.PUBLIC: Row(
        _case,
        lambda tx, case, _, agent: private.go_public(tx, case, agent),
        ("public", "openbaar"),
        slash="public 12",
        number=Number.OWN,
        heeds=_TYPED,
    ),
    Verb.INVITE: Row(_case, lambda tx, case, _, agent: private.invite(tx, case, agent)),
    Verb.CLOSE: Row(
        _case,
        lambda tx, case, _, agent: claims.close(tx, case, agent),
        ("close", "sluit", "sluiten"),
        slash="close 12",
        number=Number.NEEDED,
        reaction="close",
        heeds=_LATE,
        shows=True,
    ),
    Verb.DISMISS: Row(
        _case,
        _dismiss,
        ("dismiss", "weg", "afhandelen", "geenantwoord"),
        number=Number.NEEDED,
        reaction="dismiss",
        heeds=_TYPED,
        shows=True,
    ),
    Verb.SEND_ANYWAY: Row(_reply, _press),
    Verb.AGAIN: Row(_reply, _press),
    Verb.FOUND: Row(_reply, _press),
    Verb.CLAIM_AND_SEND: Row(_message, _decide),
    Verb.KEEP_NOTE: Row(_message, _decide),
    Verb.PUBLISH: Row(_message, _decide_invited),
    Verb.WAIT_FOR_CUSTOMER: Row(_message, _decide_invited),
    Verb.QUEUE: Row(
        _nothing,
        lambda tx, _, __, ___: Result(True, lists.queue(tx)),
        ("queue", "wachtrij", "lijst"),
        slash="queue",
    ),
    Verb.INITIALS: Row(
        _nothing,
        lambda tx, _, act, agent: initials.set_own(tx, agent, act.argument),
        ("me", "ik"),
        slash="me ^MK",
    ),
    Verb.HELP: Row(_perhaps_case, _help, ("help", "hulp"), slash="help"),
    Verb.UNKNOWN: Row(_nothing, _unknown),
}
#: What agents type, and what it means.
MEANINGS: Mapping[str, Verb] = {word: verb for verb, row in VERBS.items() for word in row.words}
#: Words that a message is searched for. What needs no case is, alone without its mark, no word for the bot.
WORDS = frozenset(word for word, verb in MEANINGS.items() if VERBS[verb].find is not _nothing)
