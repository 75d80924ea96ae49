"""Brings a database to the tables of this program, and refuses one that a newer program has written."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from storage.errors import StorageError, Unusable, in_words, place_of
from storage.schema import HEAD, metadata

MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = text("SELECT version_num FROM alembic_version")
#: Two processes that start at once on PostgreSQL bring it up one after the other.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(739200)")
#: A transaction that stands still is ended after seconds (`engine.ABANDONED_AFTER`). Here the program
#: computes between two statements, on a slow machine for longer than that.
_UNHURRIED = text("SET LOCAL idle_in_transaction_session_timeout = '5min'")


def upgrade(connection: Connection) -> None:
    """Apply what is missing, within the transaction that is open on `connection`. Raises `StorageError`."""
    if connection.dialect.name == "postgresql":
        connection.execute(_UNHURRIED)
        connection.execute(_ONE_AT_A_TIME)
    if version_of(connection) == HEAD:
        return
    from alembic import command  # costs 200 ms, and nearly every start gets by without it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def version_of(connection: Connection) -> str | None:
    """The migration a database stands at; None for an empty one. Raises `StorageError`."""
    place = place_of(connection.engine.url)
    tables = set(inspect(connection).get_table_names())
    ours = tables & set(metadata.tables)
    if "alembic_version" not in tables:
        # PostgreSQL is shared by schemas and programs; an SQLite file is one program's.
        if foreign := sorted(tables if connection.dialect.name == "sqlite" else ours):
            raise Unusable(
                f"The database {place} holds tables that webcare did not make ({', '.join(foreign[:5])}). "
                "Give webcare a database of its own under `database:` in app.yaml."
            )
        return None
    if not ours and tables != {"alembic_version"}:
        raise Unusable(
            f"The database {place} belongs to another program. "
            "Give webcare a database of its own under `database:` in app.yaml."
        )
    version = connection.execute(_VERSION).scalar_one_or_none()
    if version is not None and version not in _known():
        raise StorageError(
            f"The database {place} was written by a newer webcare (its version is {version}, this "
            f"program knows up to {HEAD}). Install the newer program, or put back an older backup."
        )
    return version


def version_behind(engine: Engine, shown: URL) -> str | None:
    """The migration that the database behind `engine` stands at; None for an empty one. Changes nothing, and
    lets go of the database. Blocks. Raises `StorageError`, which names the database as `shown`."""
    try:
        with engine.connect() as connection:
            return version_of(connection)
    except DBAPIError as error:
        raise in_words(error, shown) from error
    finally:
        engine.dispose()


def _known() -> frozenset[str]:
    """The migrations of this program, by the numbers their files begin with."""
    return frozenset(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
