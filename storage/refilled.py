"""A PostgreSQL database into which its own tools have put a backup."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from storage.engine import connect, parse
from storage.errors import StorageError, in_words, place_of
from storage.upgrade import version_of


def check_refilled(url: str) -> None:
    """Refuse the database at `url` when no backup can have been put into it. Changes nothing. Blocks.

    Raises `StorageError`, also for an SQLite file: that is not filled but replaced (`storage.put_back`).
    """
    address = parse(url)
    if address.get_backend_name() == "sqlite":
        raise StorageError(
            "Name the backup that is to take the place of the SQLite database: webcare restore FILE."
        )
    engine = connect(address)
    try:
        with engine.connect() as connection:
            version = version_of(connection)
    except DBAPIError as error:
        raise in_words(error, address) from error
    finally:
        engine.dispose()
    if version is None:
        raise StorageError(
            f"There is nothing of webcare in the database {place_of(address)} yet. Put the backup into it "
            "with pg_restore, and then run webcare restore again."
        )
