"""Who is who at the desk: asked of Slack once, then remembered for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases.model import Agent, AgentId
from bot.cases.ports import Clock, Desk
from bot.cases.record import Record, Store

#: A name, or the loss of a right to reply, is noticed after this long at the latest.
KEPT = timedelta(minutes=10)
#: Before somebody's words go out, Slack is asked again who that is, unless it said so this lately.
FRESH = timedelta(seconds=30)


class People:
    """The agents, from memory, the record or Slack, in this order."""

    def __init__(self, store: Store, desk: Desk, clock: Clock) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock

    async def agent(self, agent_id: AgentId, kept: timedelta = KEPT) -> Agent:
        """Who this is, as Slack said not longer ago than `kept`. Raises `errors.DeskError` when Slack says
        nothing: then nothing is decided for this person, and Slack delivers the event again."""
        now = self._clock.now()
        known = await self._store.do(lambda record: remembered(record, agent_id, now, kept))
        if known is not None:
            return known
        fresh = await self._desk.agent(agent_id)
        return await self._store.do(lambda record: _keep(record, fresh, now))

    async def ask_again(self, agent_id: AgentId) -> Agent:
        """Who this is now that words of theirs are to go out, as `agent`."""
        return await self.agent(agent_id, FRESH)


def remembered(record: Record, agent_id: AgentId, now: datetime, kept: timedelta = KEPT) -> Agent | None:
    """Who this is, when Slack said so not longer ago than `kept`."""
    known = record.agent(agent_id)
    return known if known is not None and known.seen_at is not None and known.seen_at > now - kept else None


def _keep(record: Record, fresh: Agent, now: datetime) -> Agent:
    known = record.agent(fresh.id)
    agent = replace(fresh, seen_at=now, initials=known.initials if known else "")
    record.save_agent(agent)
    return agent
