"""What of Slack reaches the bot: single events lost or told late, and its rights and channel taken away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.call import Method
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import User
from bot.sandbox.world import World

Json = dict[str, Any]

#: How the bot loses what it reads. Nobody writes or deletes in a channel that is archived.
KICKED, ARCHIVED, REVOKED, SCOPE_LOST = "kicked", "archived", "token revoked", "scope lost"
WAYS = (KICKED, ARCHIVED, REVOKED, SCOPE_LOST)
#: What a token without the scope to read threads may still do.
_HISTORY = frozenset({"channels:history", "groups:history"})


class Access:
    """Stands between a local Slack and its app."""

    def __init__(self, world: World, note: Callable[[str], None]) -> None:
        """`note` is told what is taken away and given back."""
        self._world = world
        self._note = note
        self._one_at_a_time = asyncio.Lock()
        self._taken = ""
        #: By word: events that carry it are not told at all.
        self._lost: set[str] = set()
        #: By word: by how many seconds later they are told.
        self._late: dict[str, float] = {}
        #: When the bot could not read: from, until, how; by the servers' clock.
        self.unreadable: list[tuple[datetime, datetime, str]] = []
        events, api = world.slack._parts.events, world.slack._api
        self._deliver, self._caller = events._deliver, api._caller
        setattr(events, "_deliver", self._told)  # noqa: B010  # mypy refuses the plain assignment to a method
        setattr(api, "_caller", self._admitted)  # noqa: B010  # the same

    def lose(self, word: str) -> None:
        """What is first said with this word never reaches the bot as an event."""
        self._lost.add(word)

    def hold_back(self, word: str, seconds: float) -> None:
        """What is first said with this word reaches the bot so much later than what comes after it."""
        self._late[word] = seconds

    async def until_away(self, seconds: float) -> None:
        """Wait for a moment in which the bot has no connection, at most this long."""
        until = time.monotonic() + seconds
        while self._world.slack.connections and time.monotonic() < until:  # noqa: ASYNC110  # it sets no event
            await asyncio.sleep(0.02)

    @asynccontextmanager
    async def taken_away(self, how: str) -> AsyncIterator[None]:
        """The bot cannot read the channel meanwhile, nor does it hear of it. One thing is taken at a time."""
        async with self._one_at_a_time:
            since = self._world.slack.workspace.clock()
            self._note(f"fault: {how}")
            self._take(how)
            try:
                yield
            finally:
                self.unreadable.append((since, self._world.slack.workspace.clock(), how))
                self._give_back(how)
                self._note(f"no longer {how}")

    def _take(self, how: str) -> None:
        slack, channel = self._world.slack, self._world.channel
        self._taken = how
        if how in (KICKED, ARCHIVED):  # nobody stays in a channel that is archived
            slack.leave(slack.bot.id, channel)
        if how == ARCHIVED:
            slack.archive(channel, slack.bot.id)

    def _give_back(self, how: str) -> None:
        slack, channel = self._world.slack, self._world.channel
        self._taken = ""
        if how == ARCHIVED:
            slack.archive(channel, slack.bot.id, archived=False)
        if how in (KICKED, ARCHIVED):
            slack.join(slack.bot.id, channel)

    def _told(self, payload: Json) -> None:
        """An event is on its way to the app."""
        event = payload["event"]
        if self._taken in (REVOKED, SCOPE_LOST) and event["type"] == "message":
            return
        text = str(event.get("text", "")) if not event.get("subtype") else ""
        word = next((word for word in text.split() if word in self._lost or word in self._late), "")
        if word in self._lost:
            self._lost.discard(word)
            self._note(f"fault: the event of {word} is lost")
        elif word in self._late:
            asyncio.get_running_loop().call_later(self._late.pop(word), self._deliver, payload)
        else:
            self._deliver(payload)

    def _admitted(self, request: web.Request, args: Arguments, method: Method) -> User:
        """Who calls, with what the bot's token allows at this moment."""
        caller: User = self._caller(request, args, method)
        if caller.id != self._world.slack.bot.id or method.app_level:
            return caller
        if self._taken == REVOKED:
            raise SlackError("token_revoked")
        if self._taken == SCOPE_LOST:
            return replace(caller, scopes=frozenset(caller.scopes) - _HISTORY)
        return caller
