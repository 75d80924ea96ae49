"""The databases that these tests run on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.postgres import postgres_url as postgres_url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where an SQLite database may lie; nothing is there yet."""
    return tmp_path / "webcare.db"


@pytest.fixture
def sqlite_url(file: Path) -> str:
    """The URL of that file."""
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url
