"""Who is who at the desk: asked of Slack once, then remembered for a while."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from bot.cases.errors import DeskBusy, DeskError
from bot.cases.model import Agent, AgentId
from bot.cases.ports import Clock, Desk
from bot.cases.tx import Tx
from bot.transactions import Transactions
from bot.work import shifts

#: A name, or the loss of a right to reply, is noticed after this long at the latest.
KEPT = timedelta(minutes=10)
#: Before somebody's words go out, Slack is asked again who that is, unless it has only just said so …
JUST_NOW = timedelta(seconds=2)
#: … or cannot be asked now, and said so this lately.
FRESH = timedelta(minutes=1)


class People:
    """The agents, from memory, the record or Slack, in this order."""

    def __init__(self, transactions: Transactions, desk: Desk, clock: Clock) -> None:
        self._transactions = transactions
        self._desk = desk
        self._clock = clock
        self._asked: dict[AgentId, asyncio.Task[Agent]] = {}
        self._busy: DeskBusy | None = None

    async def agent(self, agent_id: AgentId, kept: timedelta = KEPT) -> Agent:
        """Who this is, as Slack said not longer ago than `kept`. Raises `errors.DeskError` when Slack says
        nothing: then nothing is decided for this person, and Slack delivers the event again."""
        now = self._clock.now()
        known = await self._transactions.do(lambda tx: remembered(tx, agent_id, kept), now=now)
        if known is not None:
            return known
        fresh = await self._desk.agent(agent_id)
        return await self._transactions.do(lambda tx: _keep(tx, fresh), now=now)

    async def look_after(self) -> None:
        """Ask about everybody who has a case: who is no longer a member gives back what they had."""
        holders = await self._transactions.do(
            lambda tx: {case.assignee for case in tx.cases.open() if case.assignee is not None}
        )
        for holder in sorted(holders):
            with suppress(DeskError):  # it is asked again with the next look
                await self.agent(holder)

    async def ask_again(self, agent_id: AgentId) -> Agent:
        """Who this is now that words of theirs are to go out, as `agent`. However many go out, Slack is asked
        once at a time, and not before it wants to be asked again."""
        asked = self._asked.get(agent_id)
        if asked is None:
            asked = self._asked[agent_id] = asyncio.create_task(self._ask_again(agent_id))
            asked.add_done_callback(lambda _: self._asked.pop(agent_id))
        return await asyncio.shield(asked)

    async def _ask_again(self, agent_id: AgentId) -> Agent:
        if self._busy is None or self._clock.now() >= self._busy.until:
            try:
                return await self.agent(agent_id, JUST_NOW)
            except DeskBusy as error:
                self._busy = error
        known = await self._transactions.do(lambda tx: remembered(tx, agent_id, FRESH))
        if known is None:
            raise DeskBusy(self._busy.until, self._busy.detail)
        return known


def remembered(tx: Tx, agent_id: AgentId, kept: timedelta = KEPT) -> Agent | None:
    """Who this is, when Slack said so not longer ago than `kept`."""
    known = tx.people.agent(agent_id)
    return (
        known if known is not None and known.seen_at is not None and known.seen_at > tx.now - kept else None
    )


def _keep(tx: Tx, fresh: Agent) -> Agent:
    known = tx.people.agent(fresh.id)
    agent = replace(fresh, seen_at=tx.now, initials=known.initials if known else "")
    tx.people.save_agent(agent)
    if known is not None and known.may_reply and not agent.may_reply:
        shifts.gone(tx, agent)
    return agent
