"""The pace of what is no post: redraws and marks, of which a desk takes few a minute, most urgent first.

A desk says how many (`DeskPace`), not how it counts them. So no minute, wherever it begins, has more than
that: at most `burst` at once after a rest, and then one each so `call_every`. It is counted in the record,
across processes and starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.cases.outbox import MARK, REDRAW, DeskPace, Entry, Mark, Rank, Whisper

NAMES = (REDRAW, MARK)

#: This share of the burst is left for what is more urgent: what others have to wait for never makes those
#: wait who have just claimed something, or done something and look at it.
KEPT: Mapping[Rank, float] = {
    Rank.CLAIMED: 0,
    Rank.ANSWERING: 1 / 2,
    Rank.WARNING: 5 / 8,
    Rank.CUSTOMER: 5 / 8,
    Rank.TIDYING: 3 / 4,
}


class Lane:
    """How much of a lane is left at one moment. Its slot in the record says when all of it will be."""

    def __init__(self, whole_at: datetime | None, now: datetime, pace: DeskPace) -> None:
        self._now = now
        self._pace = pace
        #: When the whole burst will be there again.
        self.whole_at = max(whole_at or now, now)

    def opens(self, rank: Rank) -> datetime:
        """When a call of this rank may go."""
        kept = int(KEPT[rank] * self._pace.burst)
        return self.whole_at - self._pace.call_every * (self._pace.burst - 1 - kept)

    def least(self) -> Rank | None:
        """The least urgent rank of which a call may go now; None when none may."""
        return max((rank for rank in Rank if self.opens(rank) <= self._now), default=None)

    def take(self, entry: Entry) -> None:
        """A call goes."""
        self.whole_at += self._pace.call_every * _cost(entry, self._pace)


def _cost(entry: Entry, pace: DeskPace) -> float:
    match entry.effect:
        case Whisper():
            return pace.whisper
        case Mark(present=False):
            return pace.unmark
        case _:
            return 1


def closed_until(until: datetime, pace: DeskPace) -> datetime:
    """The slot of a lane that the desk has closed: nothing goes before `until`, and no burst then."""
    return until + pace.call_every * (pace.burst - 1)
