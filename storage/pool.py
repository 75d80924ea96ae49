"""The storage threads of PostgreSQL: a few pieces of work side by side, each in a transaction of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Sequence
from queue import SimpleQueue

import psycopg
from psycopg import errors
from sqlalchemy import Engine, PoolProxiedConnection

from bot.cases.errors import Stale
from storage.engine import POOL
from storage.errors import StorageError, in_words
from storage.pieces import TRIES, Listener, Piece, deliver
from storage.record import SqlRecord

#: Others were faster: nothing was kept, and a second try meets another state of things.
_BEATEN = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)
#: The rest before a broken connection is replaced, in seconds; each next one is twice as long.
_REST = 0.05

#: How long, in seconds, a piece waits for the one that is being done before another thread takes it. Most are
#: done sooner, and side by side those of one case would only get in each other's way.
_SOON = 0.002

#: What a thread waits at; None tells it to end.
_Inbox = SimpleQueue[Piece | None]


class Pool:
    """Some threads, each with a connection of its own, that take pieces in the order in which they come: one
    as long as it keeps up, the others when a piece has waited."""

    def __init__(self, engine: Engine, listeners: Sequence[Listener]) -> None:
        self._engine = engine
        self._listeners = listeners
        self._lock = threading.Lock()
        self._waiting: deque[Piece | None] = deque()
        self._idle: list[_Inbox] = []
        self._help_comes = False
        self._threads = [
            threading.Thread(target=self._run, name=f"storage-{number}", daemon=True)
            for number in range(1, POOL + 1)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, piece: Piece) -> None:
        """Hand over a piece, from its event loop; its future is resolved once it is committed."""
        with self._lock:
            if len(self._idle) == len(self._threads):
                # The thread that worked last: its connection's server process is still warm.
                self._idle.pop().put(piece)
                return
            self._waiting.append(piece)
        self._help_later(piece.future.get_loop())

    def finish(self) -> None:
        """Do what was handed over, then stop. Blocks until that is done."""
        with self._lock:
            self._waiting.extend(None for _ in self._threads)
            while self._idle:
                self._idle.pop().put(self._waiting.popleft())
        for thread in self._threads:
            thread.join()

    def _help_later(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._help_comes:
            self._help_comes = True
            loop.call_later(_SOON, self._help, loop)

    def _help(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let another thread take what has waited; one more comes while there is more."""
        self._help_comes = False
        with self._lock:
            if self._waiting and self._idle:
                self._idle.pop().put(self._waiting.popleft())
            more = bool(self._waiting and self._idle)
        if more:
            self._help_later(loop)

    def _take(self, inbox: _Inbox) -> Piece | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._idle.append(inbox)
        return inbox.get()

    def _run(self) -> None:
        inbox: _Inbox = SimpleQueue()
        line = _Line(self._engine)
        while (piece := self._take(inbox)) is not None:
            line.do(piece)
            deliver([piece], self._listeners)
        line.close()


class _Line:
    """A connection that is kept from piece to piece: to take it from a pool and give it back each time would
    cost a tenth of what a claim does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: PoolProxiedConnection | None = None

    def do(self, piece: Piece) -> None:
        """Run and commit the piece, again if need be, and keep its outcome in it."""
        for tried in range(TRIES):
            try:
                connection = self._open()
            except psycopg.Error as error:
                piece.fail(in_words(error, self._engine.url))
                again = True
            else:
                again = self._attempt(connection, piece)
                if piece.fault is not None:
                    self._undo(connection)
            if not again:
                return
            if not isinstance(piece.fault, Stale):
                time.sleep(_REST * 2**tried)

    def close(self) -> None:
        """Let go of the connection."""
        if self._kept is not None:
            self._kept.close()

    def _open(self) -> psycopg.Connection:
        if self._kept is None:
            self._kept = self._engine.raw_connection()
        connection = self._kept.driver_connection
        assert isinstance(connection, psycopg.Connection)
        return connection

    def _undo(self, connection: psycopg.Connection) -> None:
        """Undo what was not committed; a broken connection is replaced before the next piece."""
        try:
            connection.rollback()
        except psycopg.Error:
            connection.close()
        if connection.closed and self._kept is not None:
            self._kept.invalidate()
            self._kept = None

    def _attempt(self, connection: psycopg.Connection, piece: Piece) -> bool:
        """Run the piece once and keep its outcome in it; True when it may succeed if it is run again."""
        record = SqlRecord(connection.cursor(), self._engine.dialect)
        try:
            piece.succeed(piece.work(record), record.finish())
        except psycopg.Error as error:
            piece.fail(in_words(error, self._engine.url))
            return isinstance(error, _BEATEN) or connection.closed
        except BaseException as error:  # it belongs to the one who waits, not to this thread
            piece.fail(error)
            return isinstance(error, Stale)
        return self._commit(connection, piece)

    def _commit(self, connection: psycopg.Connection, piece: Piece) -> bool:
        """Commit what the piece did; True when it was certainly not kept and may be run again."""
        try:
            connection.commit()
        except psycopg.Error as error:
            if connection.closed:
                piece.fail(
                    StorageError(
                        "The connection to PostgreSQL broke while a change was being saved, so nobody "
                        "knows whether it was. Look before doing it again."
                    )
                )
                return False
            piece.fail(in_words(error, self._engine.url))
            return isinstance(error, _BEATEN)
        return False
