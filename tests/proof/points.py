"""Named points at which the product's process can end itself: around each commit and each outside call."""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import storage
from bot.cases.record import Record
from bot.slack.desk import SlackDesk
from connectors.x.connector import XConnector
from storage import pieces, pool, writer
from storage.pieces import Listener, Piece

#: Orders death at whichever point is the nth.
ANY = "any"

T = TypeVar("T")
Tell = Callable[[dict[str, Any]], None]

#: The outside calls, by the class that makes them.
CALLS: dict[type, tuple[str, ...]] = {
    XConnector: ("pull", "authors", "posts", "send", "reconcile"),
    SlackDesk: ("open_thread", "say", "redraw", "mark", "whisper", "find", "agent"),
}


class Points:
    """Counts the points as they are passed, and ends the process at the one that was ordered."""

    def __init__(self, die_at: str, nth: int, tell: Tell) -> None:
        self._die_at = die_at
        self._left = nth
        self._tell = tell
        self._seen: set[str] = set()

    def reach(self, name: str) -> None:
        """A point was reached. Returns unless it is the ordered one, passed for the last time."""
        if name not in self._seen:
            self._seen.add(name)
            self._tell({"point": name})
        if self._die_at in (name, ANY):
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Put the points into the product of this process."""
        self._around_commits()
        for kind, names in CALLS.items():
            for name in names:
                setattr(kind, name, self._around(getattr(kind, name), name))

    def _around_commits(self) -> None:
        """A commit has its point before it in the last breath of the work, and the one after it before
        anybody hears of the commit."""
        do, deliver = storage.SqlStore.do, pieces.deliver

        async def watched_do(store: storage.SqlStore, work: Callable[[Record], T]) -> T:
            name = name_of(work)

            @functools.wraps(work)
            def watched(record: Record) -> T:
                result = work(record)
                self.reach(f"before the commit of {name}")
                return result

            return await do(store, watched)

        def watched_deliver(group: Sequence[Piece], listeners: Sequence[Listener]) -> None:
            for piece in group:
                if piece.fault is None:
                    self.reach(f"after the commit of {name_of(piece.work)}")
            deliver(group, listeners)

        setattr(storage.SqlStore, "do", watched_do)  # noqa: B010  # mypy refuses the plain assignment
        for module in (writer, pool):
            setattr(module, "deliver", watched_deliver)  # noqa: B010  # the same

    def _around(self, call: Callable[..., Awaitable[Any]], name: str) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(call)
        async def watched(*args: Any, **kwargs: Any) -> Any:
            self.reach(f"before the call {name}")
            result = await call(*args, **kwargs)
            self.reach(f"after the call {name}")
            return result

        return watched


def name_of(work: Callable[..., Any]) -> str:
    """Where in the product a piece of work was handed over, such as `Posting.run`."""
    name = getattr(work, "__qualname__", type(work).__name__)
    return name.replace(".<locals>", "").replace(".<lambda>", "")
