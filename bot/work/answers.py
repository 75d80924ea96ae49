"""Who is answered where: nobody, the thread, or the agent alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.cases.actions import Action, Result, Via
from bot.cases.model import Agent, Case
from bot.cases.said import Said, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import takeovers

#: Who typed a word so long ago may no longer be there to see a whisper: it was heard late.
_STILL_THERE = timedelta(minutes=2)
#: Questions with buttons, which the answer to a slash command does not have, and how they are said without.
IN_WORDS = {"claim.taken": "claim.taken_again", "close.needs_reason": "close.needs_reason_there"}


def answer(
    tx: Tx, action: Action, agent: Agent, result: Result, case: Case | None, shows: bool
) -> Said | None:
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
