"""From the URL in app.yaml to an engine, set up so that what is committed survives the process."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import StorageError

#: How many pieces of work run side by side on PostgreSQL.
POOL = 4
#: How long, in seconds, another program may hold the file or PostgreSQL take to answer.
PATIENCE = 5.0
#: Values go to PostgreSQL in the order of the statement, as they do to SQLite, and not by name.
IN_ORDER: Literal["format"] = "format"
#: How long a transaction may stand still on PostgreSQL, in seconds: a process that is paused in the middle of
#: one loses it, so that nobody waits longer for its locks than for its leases.
ABANDONED_AFTER = 3.0
_PRAGMAS = (
    # With WAL, NORMAL survives the death of the process; only a power failure can take the last commits away.
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
)


def parse(text: str) -> URL:
    """The URL of the database, with the driver we ship. Raises `StorageError` for anything else."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StorageError(_wrong("is not a database URL")) from error
    match url.drivername:
        case "sqlite" | "sqlite+pysqlite":
            return url.set(drivername="sqlite")
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return url.set(drivername="postgresql+psycopg")
        case other:
            raise StorageError(_wrong(f"names a kind of database that webcare does not speak: {other}"))


def _wrong(what: str) -> str:
    return (
        f"`database:` {what}. Write sqlite:///webcare.db for a file, or "
        "postgresql+psycopg://user:password@host/name for PostgreSQL."
    )


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database; None for one in memory and for PostgreSQL. Raises `StorageError` for a
    folder."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    file = Path(str(url.database))
    with suppress(OSError):  # who may not look there is told so by what they want to do
        if file.is_dir():
            raise StorageError(
                f"The database {file} is a folder. Name a file in it under `database:` in app.yaml: "
                f"sqlite:///{file / 'webcare.db'}"
            )
    return file


def connect(url: URL) -> Engine:
    """An engine for `url`. Nothing is opened yet."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    engine = create_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        connect_args={"connect_timeout": round(PATIENCE)},
        hide_parameters=True,
        paramstyle=IN_ORDER,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.execute(f"SET idle_in_transaction_session_timeout = {round(ABANDONED_AFTER * 1000)}")
        connection.commit()

    return engine


def to_read(file: Path) -> URL:
    """An SQLite file as it is opened by somebody who must change nothing, whether a bot has it open or not.

    Without a -wal beside it nobody has it open; SQLite would make one even for a reader, who may be another
    user than the bot and so lock it out.
    """
    still = {} if file.with_name(f"{file.name}-wal").exists() else {"immutable": "1"}
    query = {"mode": "ro", "uri": "true", **still}
    return URL.create("sqlite", database=file.absolute().as_uri(), query=query)


def settle(engine: Engine) -> None:
    """Write into an SQLite file how it is kept. Once it is known to be ours, and outside any transaction."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        connection.cursor().execute("PRAGMA journal_mode=WAL")
        connection.close()


def _sqlite(url: URL) -> Engine:
    """One connection for the life of the engine, opened here and then used by the storage thread alone."""
    engine = create_engine(
        url,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": PATIENCE},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        # The driver would begin by itself, late and without IMMEDIATE; it is told to leave that to us.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma).close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
