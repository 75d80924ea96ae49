"""The storage thread of SQLite: all work that waits is run in one transaction and committed together."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.cases.errors import Stale
from storage.errors import in_words
from storage.pieces import TRIES, Listener, Piece, deliver
from storage.record import SqlRecord

#: At most so many pieces share a commit, so that the first of them does not wait for too long.
_GROUP = 128


class Writer:
    """One thread, one connection. A commit costs more than most pieces do: sharing it makes this fast."""

    def __init__(self, engine: Engine, listeners: Sequence[Listener]) -> None:
        self._engine = engine
        self._listeners = listeners
        self._waiting: queue.SimpleQueue[Piece | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="storage", daemon=True)
        self._thread.start()

    def put(self, piece: Piece) -> None:
        """Hand over a piece; its future is resolved once it is committed."""
        self._waiting.put(piece)

    def finish(self) -> None:
        """Do what was handed over, then stop. Blocks until that is done."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            while (first := self._waiting.get()) is not None:
                group, more = self._gather(first)
                self._commit(connection, group)
                deliver(group, self._listeners)
                if not more:
                    return

    def _gather(self, first: Piece) -> tuple[list[Piece], bool]:
        """Everything that waits behind `first`, and whether to go on after it."""
        group = [first]
        while len(group) < _GROUP:
            try:
                piece = self._waiting.get_nowait()
            except queue.Empty:
                break
            if piece is None:
                return group, False
            group.append(piece)
        return group, True

    def _commit(self, connection: Connection, group: Sequence[Piece]) -> None:
        try:
            if len(group) == 1:
                self._run_alone(connection, group[0])
            else:
                self._run_together(connection, group)
        except DBAPIError as error:
            # The transaction is gone, and with it every piece that had a part in it.
            fault = in_words(error, self._engine.url)
            for piece in group:
                piece.fail(fault)

    def _run_alone(self, connection: Connection, piece: Piece) -> None:
        for last in (False,) * (TRIES - 1) + (True,):
            with connection.begin() as transaction:
                again = self._attempt(connection, piece, last)
                if piece.fault is not None or again:
                    transaction.rollback()
            if not again:
                return

    def _run_together(self, connection: Connection, group: Sequence[Piece]) -> None:
        with connection.begin():
            for piece in group:
                for last in (False,) * (TRIES - 1) + (True,):
                    connection.exec_driver_sql("SAVEPOINT piece")
                    again = self._attempt(connection, piece, last)
                    if piece.fault is not None or again:
                        # Some faults (a full disk) undo the whole transaction: then this raises too.
                        connection.exec_driver_sql("ROLLBACK TO piece")
                    connection.exec_driver_sql("RELEASE piece")
                    if not again:
                        break

    def _attempt(self, connection: Connection, piece: Piece, last: bool) -> bool:
        """Run the piece once, keeping its outcome in it; True when somebody saved first: run it again."""
        record = SqlRecord(connection)
        try:
            piece.result = piece.work(record)
        except Stale as fault:
            if not last:
                return True
            piece.fail(fault)
        except DBAPIError as fault:
            piece.fail(in_words(fault, self._engine.url))
        except BaseException as fault:  # it belongs to the one who waits, not to this thread
            piece.fail(fault)
        else:
            piece.wakes = record.wakes
        return False
