"""Either database, one after the other under the same suite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import storage
from bot.cases.record import Store
from tests.memory import MemoryStore, put_ready
from tests.postgres import postgres_record_url as postgres_record_url


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store of each kind."""
    match request.param:
        case "memory":
            return MemoryStore()
        case "sqlite":
            put_ready(tmp_path / "record.db")
            return storage.open_store(f"sqlite:///{tmp_path}/record.db")
        case _:
            return storage.open_store(request.getfixturevalue("postgres_record_url"))


@pytest.fixture
async def store(opened: Store) -> AsyncIterator[Store]:
    """A fresh store, closed after the test."""
    yield opened
    await opened.close()
