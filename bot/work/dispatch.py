"""What an agent wants, from any door: what it is about is found, its verb does it, and it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.cases.actions import Action, Result, Verb, Via, refused
from bot.cases.model import Agent, Case, CaseId, MessageRef, Reply, ReplyId
from bot.cases.said import Ping, Sentence, ThreadLink, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import lists, private, reply_actions, takeovers, tenures
from bot.work.actions import VERBS, About, Number

_LONGEST_NUMBER = 16


def carry_out(tx: Tx, action: Action, agent: Agent) -> Sentence | None:
    """Do what an agent wants, and answer. Returns the answer to a slash command, which goes out with its
    acknowledgement; None for all other doors."""
    found = _find(tx, action, agent)
    result = found if isinstance(found, Result) else act(tx, found, action, agent)
    case = tx.cases.get(found.case_id) if isinstance(found, Reply) else found
    case = case if isinstance(case, Case) else None
    return answer(tx, action, agent, result, case, VERBS[action.verb].shows)


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
    if action.via is Via.CHANNEL and row.about not in (About.NOTHING, About.PERHAPS_CASE):
        return refused("command.in_channel", word=f"!{action.typed}")
    if action.via is Via.SLASH and row.words and not row.slash:
        return refused("command.in_thread", word=f"!{action.typed}")
    return _FIND[row.about](tx, action, agent)


def _is_overtaken(tx: Tx, case: Case, action: Action, agent: Agent) -> bool:
    if action.verb is Verb.CLAIM and case.assignee == agent.id:
        return False
    return tenures.is_overtaken(tx, case, action.upto)


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
    if action.verb is Verb.STOP and reply_actions.may_stop(tx, case, agent):
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


_FIND: Mapping[About, Callable[[Tx, Action, Agent], Any]] = {
    About.CASE: _case,
    About.REPLY: _reply,
    About.REPLY_OR_CASE: _reply_or_case,
    About.MESSAGE: _message,
    About.PERHAPS_CASE: _perhaps_case,
    About.NOTHING: _nothing,
}


#: Who typed a word so long ago may no longer be there to see a whisper: it was heard late.
_STILL_THERE = timedelta(minutes=2)
#: Questions with buttons, which the answer to a slash command does not have, and how they are said without.
IN_WORDS = {"claim.taken": "claim.taken_again", "close.needs_reason": "close.needs_reason_there"}


def answer(
    tx: Tx, action: Action, agent: Agent, result: Result, case: Case | None, shows: bool
) -> Sentence | None:
    """Answer an action, which was about `case` if about any. Returns the answer to a slash command.

    A word and a slash command are answered to their writer, a reaction and a button only where the card does
    not show it (`shows`). A question stays until it is decided, so it is said in the thread; so is what all
    must read, and what was typed by somebody who may have left.
    """
    said, via = result.said, action.via
    if via is Via.SLASH:
        told = said or say("mode.queued", n=case.id if case else "")
        return replace(told, key=IN_WORDS.get(told.key, told.key), buttons=())
    if said is None or (result.done and shows and via not in (Via.WORD, Via.CHANNEL)):
        return None
    if case is None and via is Via.WORD and action.place is not None:
        case = tx.cases.of_thread(action.place)
    is_late = action.when is not None and tx.now - action.when > _STILL_THERE
    by_reaction = via in (Via.REACTION, Via.REMOVAL)
    if case is not None and (said.buttons or result.lasting or is_late or by_reaction):
        is_for_one = said.buttons or (by_reaction and shows)
        put.tell(tx, case, takeovers.addressed(said, agent) if is_for_one else said, key=result.asks)
    elif action.place is not None:
        put.whisper(tx, action.place.channel, action.place if action.place.ts else None, agent.id, said)
    return None
