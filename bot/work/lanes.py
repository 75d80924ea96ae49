"""The pace of what is no post: redraws and marks, of which the desk takes few a minute, most urgent first.

Slack's Tier 3 (chat.update, reactions.add) allows 50 calls a minute and method and does not promise more in
a burst; Tier 2 (reactions.remove) allows 20, Tier 4 (chat.postEphemeral) 100. How it counts it does not say,
so no minute, wherever it begins, has more than that: at most `BURST` at once, and then one each so `EVERY`.
It is counted in the record, across processes and starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.cases.errands import MARK, REDRAW, Errand, ErrandKind, Rank
from bot.work.tx import Tx

NAMES = (REDRAW, MARK)

#: So many calls may go at once after a rest …
BURST = 8
#: … and then one each so often, which makes 50 in any minute: nearly as fast as threads are read, so that
#: lines keep up with the replies that wait for their threads.
EVERY = timedelta(seconds=60 / 42)
#: So many of the burst are left for what is more urgent: what others have to wait for never makes those wait
#: who have just claimed something, or done something and look at it.
KEPT: Mapping[Rank, int] = {
    Rank.CLAIMED: 0,
    Rank.ANSWERING: 4,
    Rank.WARNING: 5,
    Rank.CUSTOMER: 5,
    Rank.TIDYING: 6,
}
#: What a call costs where another tier than the third counts it.
_UNMARK, _WHISPER = 2.5, 0.5


class Lane:
    """How much of a lane is left at one moment. Its slot in the record says when all of it will be."""

    def __init__(self, whole_at: datetime | None, now: datetime) -> None:
        self._now = now
        #: When the whole burst will be there again.
        self.whole_at = max(whole_at or now, now)

    def opens(self, rank: Rank) -> datetime:
        """When a call of this rank may go."""
        return self.whole_at - EVERY * (BURST - 1 - KEPT[rank])

    def least(self) -> Rank | None:
        """The least urgent rank of which a call may go now; None when none may."""
        return max((rank for rank in Rank if self.opens(rank) <= self._now), default=None)

    def take(self, errand: Errand) -> None:
        """A call goes."""
        self.whole_at += EVERY * _cost(errand)


def _cost(errand: Errand) -> float:
    if errand.kind is ErrandKind.WHISPER:
        return _WHISPER
    return _UNMARK if errand.kind is ErrandKind.MARK and not errand.present else 1


def close(tx: Tx, name: str, until: datetime) -> None:
    """The desk asked for patience: nothing goes in this lane before `until`, and no burst then."""
    tx.outbox.take_slot(name, until + EVERY * (BURST - 1))
