"""The pace of calls: no more of a method than Slack allows, however often the program is started."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.cases.errors import DeskBusy
from bot.cases.outbox import DeskPace
from bot.cases.ports import Clock
from bot.cases.record import Record, Store
from bot.slack.calls import RATELIMITED

T = TypeVar("T")

log = logging.getLogger(__name__)

#: Slack's Tier 3 (conversations.history, conversations.replies) allows 50 calls a minute and method, and does
#: not promise more in a burst: so many may go at once after a rest …
BURST = 5
#: … and then one each so often, which makes 50 in any minute.
EVERY = timedelta(seconds=60 / 45)
#: What is posted and changed: one message a second and channel (chat.postMessage, "special"). chat.update and
#: reactions.add are of Tier 3 as well, reactions.remove of Tier 2 (20 a minute), chat.postEphemeral of Tier 4
#: (100). 8 and then 42 a minute are the 50 of Tier 3 in any minute.
DESK_PACE = DeskPace(
    post_every=timedelta(seconds=1),
    burst=8,
    call_every=timedelta(seconds=60 / 42),
    whisper=0.5,
    unmark=2.5,
    longest_rest=timedelta(minutes=2),
)
#: A caller with others waiting is told to come again, instead of being kept for longer than this.
SHORTLY = timedelta(seconds=2)


class Pace:
    """Turns for calls, by method, counted in the record: a program that is started again, or one that runs
    beside this one, goes on counting where the other stopped."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        #: By method: turns are given in the order in which they were asked for.
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        #: Methods of which Slack took the last call.
        self._taken: set[str] = set()
        #: By method: when it was last known that the next call may go.
        self._opens: dict[str, datetime] = {}

    async def keep(self, method: str, call: Callable[[], Awaitable[T]], *, patient: bool) -> T:
        """Make a call of `method` in its turn. Who is `patient` waits out Slack's limit as well and
        goes on with the same call; everybody else gets `DeskBusy` instead of a long wait.

        After a start, and after Slack asked for patience, the first call goes alone: of several on their way
        each would be refused.
        """
        while True:
            async with self._locks[method]:
                await self._wait(method, patient=patient)
                while method not in self._taken:
                    if (answer := await self._made(method, call, patient=patient)) is not None:
                        return answer
                    await self._wait(method, patient=patient)
            if (answer := await self._made(method, call, patient=patient)) is not None:
                return answer

    async def _made(self, method: str, call: Callable[[], Awaitable[T]], *, patient: bool) -> T | None:
        """The answer; None when Slack asks for patience, and the caller has it."""
        try:
            answer = await call()
        except DeskBusy as error:
            if error.detail != RATELIMITED:
                raise
            await self._close(method, error.until)
            if not patient:
                raise
            return None
        self._taken.add(method)
        return answer

    async def _wait(self, method: str, *, patient: bool) -> None:
        while (opens := await self._store.do(partial(self._take, method))) is not None:
            wait = opens - self._clock.now()
            if wait > SHORTLY and not patient:
                raise DeskBusy(opens, f"{method} has had its calls for now")
            await asyncio.sleep(max(0.0, wait.total_seconds() / self._clock.speed))

    async def _close(self, method: str, until: datetime) -> None:
        """Slack asks for patience: no call before `until`, and none in a burst then."""
        log.warning(
            "Slack's limit is reached; reading goes on when it allows",
            extra={"action": "limit_reached", "method": method, "until": until.isoformat()},
        )
        self._opens[method] = until
        self._taken.discard(method)
        await self._store.do(lambda record: record.outbox.take_slot(method, until + EVERY * (BURST - 1)))

    def opens(self, method: str, calls: int) -> datetime:
        """About when `calls` more calls will have been made, if nobody else asks."""
        now = self._clock.now()
        return max(now, self._opens.get(method, now)) + EVERY * calls

    def _take(self, method: str, record: Record) -> datetime | None:
        """Count one call at this moment; or, where it is too early, when it may go."""
        now = self._clock.now()
        # The slot says when a whole burst will be there again; each call moves it by one.
        whole = max(record.outbox.slot(method) or now, now)
        opens = whole - EVERY * (BURST - 1)
        if opens > now:
            self._opens[method] = opens
            return opens
        record.outbox.take_slot(method, whole + EVERY)
        self._opens[method] = whole + EVERY - EVERY * (BURST - 1)
        return None
