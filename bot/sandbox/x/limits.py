"""X's rate limits: so many requests per endpoint, per caller, in a window of fifteen minutes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.x.auth import Caller

#: What an ordinary person's allowance is multiplied by: people on X are not apps, and here they post and read
#: through the API only because the sandbox has no other door.
PEOPLE_FACTOR = 100


@dataclass(frozen=True)
class Allowance:
    """What is left of a window after a request was counted."""

    limit: int
    remaining: int
    resets_at: datetime
    spent: bool

    def headers(self) -> dict[str, str]:
        """The three headers X sends with every answer."""
        return {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(self.remaining),
            "x-rate-limit-reset": str(math.ceil(self.resets_at.timestamp())),
        }


class Limits:
    """Counts requests. Both dictionaries map "METHOD /route" to a number and may be changed at any time."""

    def __init__(self, per_user: dict[str, int], per_app: dict[str, int]) -> None:
        self.per_user = per_user
        self.per_app = per_app
        self.window = timedelta(minutes=15)
        self._counts: dict[tuple[str, str], tuple[datetime, int]] = {}

    def count(self, route: str, caller: Caller, now: datetime) -> Allowance:
        """Count one request to `route`; a window begins with its first request."""
        limit = self._limit(route, caller)
        key = (route, caller.bucket)
        started, used = self._counts.get(key, (now, 0))
        if now >= started + self.window:
            started, used = now, 0
        spent = used >= limit
        used += not spent
        self._counts[key] = (started, used)
        return Allowance(limit, max(limit - used, 0), started + self.window, spent)

    def forget(self) -> None:
        """Begin every window again."""
        self._counts.clear()

    def _limit(self, route: str, caller: Caller) -> int:
        if caller.person is None:
            return self.per_app[route]
        return self.per_user[route] * (1 if caller.person.automated else PEOPLE_FACTOR)
