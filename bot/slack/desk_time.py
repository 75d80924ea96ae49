"""What time it is at Slack, told from the stamps that it gives; this machine's clock has no part in it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from bot.cases.ports import Clock

_STAMP = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")

#: HTTP dates are whole seconds, cut off.
_SECOND = 1.0
#: How far two good clocks drift apart in a second, with much to spare.
_DRIFT = 1e-4


def stamp_of(value: object) -> str:
    """A stamp of Slack's, written so that stamps sort as text in the order of time; "" for what is none."""
    if not isinstance(value, str) or not _STAMP.fullmatch(value):
        return ""
    seconds, _, part = value.partition(".")
    return f"{seconds:0>10}.{part:0<6}"


#: A claim by a reaction that is only found standing counts from up to a second later than it is found, and
#: may be taken back within that second.
_FOUND_LATER = 2


def taken_back(stamp: str) -> str:
    """The stamp up to which a claim counts as older than `stamp`, at which its reaction was taken away.

    >>> taken_back("1700000009.400000")
    '1700000011.400000'
    """
    seconds, _, part = stamp.partition(".")
    return f"{int(seconds) + _FOUND_LATER:010}.{part}"


class DeskTime:
    """Slack's present time, between two bounds.

    Slack stamps messages, edits and events by its own clock. What has no stamp (a slash command, a button, a
    reaction that is only found standing) counts from the moment it is received or found, and that moment has
    to be comparable with those stamps, whatever the clock here says. What Slack stamps between a request
    and its answer was stamped in between: that bounds its time from both sides, by the length of the call.
    """

    def __init__(self, clock: Clock, steady: Callable[[], float] = time.monotonic) -> None:
        """`clock` is only asked while Slack has said nothing yet; `steady` counts seconds that never jump."""
        self._clock = clock
        self.steady = steady
        #: By how much Slack's time is ahead of the steady count: at least, at most, and as of when.
        self._bounds: tuple[float, float, float] | None = None
        #: The newest stamp of something received, in microseconds.
        self._newest = 0

    def heard(self, stamp: object) -> None:
        """Slack gave this stamp to something that happened now or earlier."""
        if known := stamp_of(stamp):
            at_least = float(known) - self.steady()
            self._narrow(at_least, max(at_least + _SECOND, self._at_most()))

    def answered(self, stamp: object, began: float) -> None:
        """Slack gave this stamp to what it did for a call that began at `began` and ends now."""
        if known := stamp_of(stamp):
            self._narrow(float(known) - self.steady(), float(known) - began)

    def dated(self, header: object, began: float) -> None:
        """An answer with this HTTP date ends a call that began at `began`."""
        try:
            date = parsedate_to_datetime(str(header)).timestamp()
        except (ValueError, OverflowError):
            return
        self._narrow(date - self.steady(), date + _SECOND - began)

    def received(self) -> str:
        """A stamp not before this moment, for what is received or found now; later than any that was made
        before."""
        self._newest = max(self._newest + 1, int(self._now(1) * 1_000_000))
        return f"{self._newest // 1_000_000}.{self._newest % 1_000_000:06}"

    def earliest(self) -> str:
        """A stamp not after this moment."""
        return f"{self._now(0):.6f}"

    def _narrow(self, at_least: float, at_most: float) -> None:
        """Keep what the old bounds and the new ones agree on; the new ones where they disagree."""
        now = self.steady()
        if self._bounds is not None:
            drift = (now - self._bounds[2]) * _DRIFT
            low, high = max(at_least, self._bounds[0] - drift), min(at_most, self._bounds[1] + drift)
            if low <= high:
                at_least, at_most = low, high
        self._bounds = (at_least, at_most, now)

    def _at_most(self) -> float:
        return self._bounds[1] if self._bounds is not None else float("-inf")

    def _now(self, bound: int) -> float:
        if self._bounds is None:
            return self._clock.now().timestamp()
        return self.steady() + self._bounds[bound]
