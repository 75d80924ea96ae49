"""Rate limits: how often a method may be called, and how long the caller is told to wait."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from bot.sandbox.slack.errors import SlackError

#: Calls a minute per method, app and workspace (docs.slack.dev/apis/web-api/rate-limits).
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
#: Methods without a tier of their own.
UNTIERED = 0


@dataclass
class Limits:
    """What the workspace allows; all of it may be changed while it runs.

    Slack promises "20+" a minute; this is the stricter reading: never more than that in any 60 seconds.
    """

    #: Off: nothing is limited.
    enabled: bool = True
    #: Whether agents' tokens are limited like the app's. Agents stand for people in Slack's own clients.
    people: bool = False
    #: Messages to one channel: this many at once …
    posting_burst: int = 3
    #: … and from then on one in so many seconds.
    posting_interval: float = 1.0
    #: Messages to the whole workspace in a minute.
    posting_per_minute: int = 300
    #: Multiplies the tiers.
    scale: float = 1.0
    monotonic: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._calls: dict[Hashable, deque[float]] = {}
        #: Per channel: when its posting budget will be full again.
        self._full_again: dict[Hashable, float] = {}

    def spend(self, tier: int, method: str, caller: str) -> None:
        """Count a call of `method`, or refuse it with 429."""
        if self.enabled and tier != UNTIERED:
            self._in_a_minute((method, caller), max(1, int(TIERS[tier] * self.scale)))

    def spend_post(self, channel: str, caller: str) -> None:
        """Count a message to `channel`, or refuse it with 429."""
        if not self.enabled:
            return
        now = self.monotonic()
        full_again = max(self._full_again.get((channel, caller), now), now)
        # The budget holds `posting_burst` messages; each moves the instant of being full an interval away.
        wait = full_again + self.posting_interval - now - self.posting_burst * self.posting_interval
        if wait > 1e-9:
            raise _ratelimited(wait)
        self._in_a_minute(("posts", caller), self.posting_per_minute)
        self._full_again[channel, caller] = full_again + self.posting_interval

    def _in_a_minute(self, key: Hashable, most: int) -> None:
        now = self.monotonic()
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= most:
            raise _ratelimited(calls[len(calls) - most] + 60 - now)
        calls.append(now)


def _ratelimited(wait: float) -> SlackError:
    return SlackError("ratelimited", status=429, headers={"Retry-After": str(max(1, math.ceil(wait)))})
