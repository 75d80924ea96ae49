"""How far a list of X was read: what a pull hands over and the next one gets back; and the order of X's ids.

The ids are decimal numbers that carry the millisecond in which they were given out. A server that only speaks
X's language may number its posts otherwise. So an id is an opaque string that can be ordered; an instant is
read from it only where something else confirms that instant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a stream was read."""

    #: When it was first read, by our clock.
    connected: datetime
    #: Nothing up to here is ours; None when the list was empty then.
    floor: str | None = None
    #: The newest id that was read.
    since: str | None = None
    #: Where the next pull starts: some way below `since`.
    start: str | None = None
    #: Where the next deep pull starts, and when the last one was made.
    deep: str | None = None
    deep_at: datetime | None = None
    #: What was read already of the part that is read again, and the UTC day on which X billed it last.
    read: Mapping[str, date] = field(default_factory=dict)
    #: What of it was not read whole, and is brought again as long as it is read again.
    partial: frozenset[str] = frozenset()

    def is_deep_due(self, now: datetime, every: timedelta) -> bool:
        """Whether it is time to read further down than usual; also after a clock was put back."""
        if self.deep is None:
            return False
        return self.deep_at is None or not self.deep_at <= now < self.deep_at + every

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        days: dict[str, list[str]] = defaultdict(list)
        for number in sorted(self.read, key=order):
            days[self.read[number].isoformat()].append(number)
        return {
            "connected": self.connected.isoformat(),
            "floor": self.floor,
            "since": self.since,
            "start": self.start,
            "deep": self.deep,
            "deep_at": self.deep_at.isoformat() if self.deep_at else None,
            "read": days,
            "partial": sorted(self.partial, key=order),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Cursor:
        """The cursor that `to_json` wrote, now or in a release that knew one day for all that was read."""
        days, deep_at = value["read"], value.get("deep_at")
        if isinstance(days, list):
            days = {value["day"]: days} if value["day"] else {}
        return cls(
            connected=datetime.fromisoformat(value["connected"]),
            floor=value["floor"],
            since=value["since"],
            start=value["start"],
            deep=value.get("deep"),
            deep_at=datetime.fromisoformat(deep_at) if deep_at else None,
            partial=frozenset(value.get("partial", ())),
            read={number: date.fromisoformat(day) for day, numbers in days.items() for number in numbers},
        )


#: The instant that X's ids count from, in milliseconds (twitter-archive/snowflake, IdWorker.scala: twepoch).
_EPOCH = datetime.fromtimestamp(1_288_834_974_657 / 1000, UTC)
_MILLISECOND = timedelta(milliseconds=1)


def order(number: str) -> tuple[int, str]:
    """Sorts ids by age: a longer number is a higher one."""
    return len(number), number


def instant(number: str) -> datetime | None:
    """The instant an id carries, if it is one of X's; None for what cannot be one."""
    if not (number.isascii() and number.isdecimal() and len(number) <= 19):
        return None
    return _EPOCH + (int(number) >> 22) * _MILLISECOND


def confirmed(number: str, near: datetime, within: timedelta) -> datetime | None:
    """The instant an id carries, when it lies within so much of an instant known otherwise."""
    at = instant(number)
    return at if at is not None and abs(at - near) <= within else None


def lowest_at(at: datetime) -> str:
    """The lowest id of that millisecond."""
    return str(max((at - _EPOCH) // _MILLISECOND, 0) << 22)
