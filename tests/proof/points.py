"""Named points at which the product's process can end or stop itself: around commits and outside calls."""

from __future__ import annotations

import functools
import os
import signal
import time
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

#: Ask a subject to stop itself (SIGSTOP) in the middle of its next look, or once it has taken work and before
#: it does any.
PAUSE_AT_LOOK, PAUSE_WHEN_TAKEN = signal.SIGUSR1, signal.SIGUSR2
#: How long it is waited for, in seconds.
PATIENCE = 2.4
#: A piece of work that computes for so long, in seconds, keeps everything else waiting.
TOO_LONG = 1.0
#: The commits by which work is taken that is then done outside.
_TAKES = ("Deliver.run.work", "Send._send")

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
        #: Signals that ask for a stop which is still to come, with until when it is waited for.
        self._asked: dict[int, float] = {}

    def reach(self, name: str) -> None:
        """A point was reached. Returns unless it is the ordered one, passed for the last time."""
        if name not in self._seen:
            self._seen.add(name)
            self._tell({"point": name})
        if self._die_at in (name, ANY):
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def pause_if(self, asked: signal.Signals) -> None:
        """Stop until the harness lets us go on, if this was asked for."""
        if time.monotonic() < self._asked.pop(asked, 0.0):
            self._tell({"pauses": asked.name})
            os.kill(os.getpid(), signal.SIGSTOP)

    def install(self) -> None:
        """Put the points into the product of this process."""
        for asked in (PAUSE_AT_LOOK, PAUSE_WHEN_TAKEN):
            signal.signal(asked, self._ask)
        self._around_commits()
        for kind, names in CALLS.items():
            for name in names:
                setattr(kind, name, self._around(getattr(kind, name), name))

    def _ask(self, number: int, _frame: object) -> None:
        self._asked[number] = time.monotonic() + PATIENCE

    def _around_commits(self) -> None:
        """A commit has its point before it in the last breath of the work, and the one after it before
        anybody hears of the commit."""
        do, deliver = storage.SqlStore.do, pieces.deliver

        async def watched_do(store: storage.SqlStore, work: Callable[[Record], T]) -> T:
            name = name_of(work)

            @functools.wraps(work)
            def watched(record: Record) -> T:
                began = time.thread_time()
                result = work(record)
                if (lasted := time.thread_time() - began) > TOO_LONG:
                    self._tell({"slow": name, "seconds": lasted})
                self.reach(f"before the commit of {name}")
                return result

            watched.__qualname__ = name  # a partial has none to be kept
            return await do(store, watched)

        def watched_deliver(group: Sequence[Piece], listeners: Sequence[Listener]) -> None:
            for piece in group:
                if piece.fault is None:
                    name = name_of(piece.work)
                    self.reach(f"after the commit of {name}")
                    if name in _TAKES and _took(piece.result):
                        self.pause_if(PAUSE_WHEN_TAKEN)
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


def _took(result: Any) -> bool:
    """Whether a commit brought work: deliveries of a tick (with when to come back), or a reply to send."""
    return bool(result[0] if isinstance(result, tuple) else result)


def name_of(work: Callable[..., Any]) -> str:
    """Where in the product a piece of work was handed over, such as `Deliver.run`."""
    work = work.func if isinstance(work, functools.partial) else work
    name = getattr(work, "__qualname__", type(work).__name__)
    return name.replace(".<locals>", "").replace(".<lambda>", "")
