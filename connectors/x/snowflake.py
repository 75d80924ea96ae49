"""X's ids: decimal numbers that carry the millisecond in which they were given out.

A server that only speaks X's language may number its posts otherwise. So an id is an opaque string that can
be ordered; an instant is read from it only where something else confirms that instant.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
