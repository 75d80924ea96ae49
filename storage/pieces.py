"""A piece of work on its way through the storage threads, and how its outcome gets back to the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bot.cases.record import Record, Wake

#: How often a piece is run when others keep saving first.
TRIES = 5

Listener = Callable[[frozenset[Wake]], None]


@dataclass(slots=True, eq=False)
class Piece:
    """Work that somebody awaits, with what became of it."""

    work: Callable[[Record], Any]
    future: asyncio.Future[Any]
    result: Any = None
    fault: BaseException | None = None
    wakes: frozenset[Wake] = frozenset()

    def succeed(self, result: Any, wakes: frozenset[Wake]) -> None:
        """The piece is done; it counts once it is committed."""
        self.result = result
        self.wakes = wakes
        self.fault = None

    def fail(self, fault: BaseException) -> None:
        """Nothing of this piece was kept."""
        # A future cannot carry StopIteration: raised in the awaiting coroutine it would end that silently.
        self.fault = RuntimeError(repr(fault)) if isinstance(fault, StopIteration) else fault
        self.result = None
        self.wakes = frozenset()


def deliver(pieces: Sequence[Piece], listeners: Sequence[Listener]) -> None:
    """From a storage thread: give each waiting coroutine its outcome, then wake the ticks, in one hop."""
    loop = pieces[0].future.get_loop()
    wakes = frozenset[Wake]().union(*(piece.wakes for piece in pieces))

    def resolve() -> None:
        for piece in pieces:
            if piece.future.done():  # the one who asked was cancelled meanwhile
                continue
            if piece.fault is None:
                piece.future.set_result(piece.result)
            else:
                piece.future.set_exception(piece.fault)
        if wakes:
            for listener in listeners:
                listener(wakes)

    with suppress(RuntimeError):  # the loop was closed: nobody is left who waits
        loop.call_soon_threadsafe(resolve)
