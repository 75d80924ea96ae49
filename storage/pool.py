"""The storage threads of PostgreSQL: a few pieces of work side by side, each in a transaction of its own."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.cases.errors import Stale
from storage.engine import POOL
from storage.errors import StorageError, in_words
from storage.pieces import TRIES, Listener, Piece, deliver
from storage.record import SqlRecord

log = logging.getLogger(__name__)

#: SQLSTATEs after which the same work may well succeed: serialization failure and deadlock.
_AGAIN = frozenset({"40001", "40P01"})


class Pool:
    """Some threads that take pieces from one queue."""

    def __init__(self, engine: Engine, listeners: Sequence[Listener]) -> None:
        self._engine = engine
        self._listeners = listeners
        self._waiting: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"storage-{number}", daemon=True)
            for number in range(1, POOL + 1)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, piece: Piece) -> None:
        """Hand over a piece; its future is resolved once it is committed."""
        self._waiting.put(piece)

    def finish(self) -> None:
        """Do what was handed over, then stop. Blocks until that is done."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while (piece := self._waiting.get()) is not None:
            self._do(piece)
            deliver([piece], self._listeners)

    def _do(self, piece: Piece) -> None:
        for left in reversed(range(TRIES)):
            try:
                self._attempt(piece)
            except Stale as fault:
                piece.fail(fault)
            except DBAPIError as fault:
                piece.fail(in_words(fault, self._engine.url))
                if not _may_run_again(fault):
                    return
            except BaseException as fault:  # it belongs to the one who waits, not to this thread
                piece.fail(fault)
                return
            else:
                return
            if left:
                log.debug("A piece of work is run again", extra={"action": "work_again"})

    def _attempt(self, piece: Piece) -> None:
        piece.fault = None
        with self._engine.connect() as connection:
            record = SqlRecord(connection)
            result = piece.work(record)
            try:
                connection.commit()
            except DBAPIError as fault:
                if fault.connection_invalidated:
                    raise StorageError(
                        "The connection to PostgreSQL broke while a change was being saved, so nobody "
                        "knows whether it was. Look before doing it again."
                    ) from fault
                raise
            piece.result = result
            piece.wakes = record.wakes


def _may_run_again(fault: DBAPIError) -> bool:
    """True where nothing was kept and a second try may meet another state of things."""
    if fault.connection_invalidated or isinstance(fault, IntegrityError):
        return True
    return getattr(fault.orig, "sqlstate", None) in _AGAIN
