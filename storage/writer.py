"""The storage thread of SQLite: all work that waits is run in one transaction and committed together."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine

from bot.cases.errors import Stale
from storage.errors import StorageError, in_words
from storage.pieces import TRIES, Listener, Piece, deliver
from storage.record import SqlRecord
from storage.watched import Watched

#: At most so many pieces share a commit, so that the first of them does not wait for too long.
_GROUP = 128


class Writer:
    """One thread, one connection. A commit costs more than most pieces do: sharing it makes this fast."""

    def __init__(self, engine: Engine, listeners: Sequence[Listener], watched: Watched | None = None) -> None:
        self._engine = engine
        self._listeners = listeners
        self._watched = watched
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
        connection = self._engine.raw_connection()
        cursor: Any = connection.cursor()
        more = True
        while more and (first := self._waiting.get()) is not None:
            group, more = self._gather(first)
            self._commit(cursor, group)
            deliver(group, self._listeners)
        cursor.close()
        connection.close()

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

    def _commit(self, cursor: sqlite3.Cursor, group: Sequence[Piece]) -> None:
        """Run and commit a group. Nearly always all goes well, so it is tried without savepoints, which cost
        as much again as the work; when something does not, all is undone and run with one around each."""
        try:
            if self._watched is not None:
                self._watched.look()
            cursor.execute("BEGIN IMMEDIATE")
            if not self._run_all(cursor, group):
                cursor.execute("ROLLBACK")
                if len(group) == 1 and not isinstance(group[0].fault, Stale):
                    return
                cursor.execute("BEGIN IMMEDIATE")
                for piece in group:
                    self._run_apart(cursor, piece)
            cursor.execute("COMMIT")
        except sqlite3.Error as error:
            # The transaction is gone, and with it every piece that had a part in it.
            if cursor.connection.in_transaction:
                cursor.connection.rollback()
            fault = in_words(error, self._engine.url)
            for piece in group:
                piece.fail(fault)
        except StorageError as error:  # the file is lost
            for piece in group:
                piece.fail(error)

    def _run_all(self, cursor: sqlite3.Cursor, group: Sequence[Piece]) -> bool:
        """Run the pieces one after the other; False at the first that fails."""
        for piece in group:
            self._attempt(cursor, piece)
            if piece.fault is not None:
                return False
        return True

    def _run_apart(self, cursor: sqlite3.Cursor, piece: Piece) -> None:
        """Run one piece so that what goes wrong in it undoes nothing of the others."""
        for left in reversed(range(TRIES - 1)):  # one try was made before
            cursor.execute("SAVEPOINT piece")
            self._attempt(cursor, piece)
            if piece.fault is not None:
                cursor.execute("ROLLBACK TO piece")
            cursor.execute("RELEASE piece")
            if not isinstance(piece.fault, Stale) or not left:
                return

    def _attempt(self, cursor: sqlite3.Cursor, piece: Piece) -> None:
        """Run the piece once and keep its outcome in it."""
        record = SqlRecord(cursor, self._engine.dialect)
        try:
            piece.succeed(piece.work(record), record.finish())
        except sqlite3.Error as error:
            if not cursor.connection.in_transaction:  # such as a full disk: SQLite undid everything
                raise
            piece.fail(in_words(error, self._engine.url))
        except BaseException as error:  # it belongs to the one who waits, not to this thread
            piece.fail(error)
