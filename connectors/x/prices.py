"""What X charges, and what a call therefore cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from bot.cases.ports import Spent
from connectors.settings import BadSettings

#: US dollars, pay-per-use, November 2026: docs.x.com, "Pricing". Reads cost by the object returned and once
#: per UTC day for the same object; writes by the request. `mention_read` and `own_read` are "owned reads":
#: the credentials are those of the account whose posts are read, else they cost as `post_read` does. A reply
#: to somebody who summoned the brand may be billed at $0.010; the dearer price is counted here.
DEFAULT: Mapping[str, Decimal] = {
    "mention_read": Decimal("0.001"),
    "own_read": Decimal("0.001"),
    "post_read": Decimal("0.005"),
    "user_read": Decimal("0.010"),
    "dm_read": Decimal("0.010"),
    "post_create": Decimal("0.015"),
    "post_create_with_url": Decimal("0.200"),
    "dm_create": Decimal("0.015"),
}


class PriceList:
    """The default prices with those of app.yaml over them."""

    def __init__(self, changed: Mapping[str, Decimal]) -> None:
        unknown = sorted(changed.keys() - DEFAULT.keys())
        if unknown:
            raise BadSettings(
                f"prices: X charges nothing called {', '.join(unknown)}. Its kinds are: {', '.join(DEFAULT)}."
            )
        self.table: dict[str, Decimal] = {**DEFAULT, **changed}

    def spent(self, kind: str, count: int = 1) -> tuple[Spent, ...]:
        """What `count` of a kind cost; nothing at all for none."""
        return (Spent(kind, count, self.table[kind] * count),) if count else ()


class Bill:
    """Which posts were asked for by their id today: X bills each once per UTC day. After a restart they count
    once more."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._read: set[str] = set()

    def count(self, ids: Iterable[str], now: datetime) -> int:
        """How many of these X bills."""
        if self._day != now.date():
            self._day, self._read = now.date(), set()
        fresh = set(ids) - self._read
        self._read |= fresh
        return len(fresh)
