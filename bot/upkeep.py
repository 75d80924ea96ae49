"""What the operator does with the record: looks at it, copies it, puts a copy back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import storage
from bot.cases.figures import Figures
from bot.cases.tx import Setup
from bot.clock import SystemClock
from bot.config import Config
from bot.transactions import Transactions
from bot.work import startup


class UpkeepError(Exception):
    """It cannot be done; the text says what a person can do."""


def look(config: Config) -> Figures:
    """How things stand, whether a bot is running or not. Raises `UpkeepError`."""
    with _in_words():
        return storage.look(config.database.get_secret_value(), datetime.now(UTC))


def back_up(config: Config, copy: Path) -> None:
    """Copy the SQLite file to the new file `copy`, whether a bot is running or not. Raises `UpkeepError`."""
    with _in_words():
        storage.back_up(config.database.get_secret_value(), copy)


def put_back(config: Config, copy: Path) -> Path | None:
    """Put a backup in the place of the SQLite file; returns where that one is kept, None when there was none.

    Raises `UpkeepError`, also while a bot is running; then nothing has changed.
    """
    now = datetime.now(UTC)
    with _in_words(), storage.put_back(config.database.get_secret_value(), copy, now) as restored:
        asyncio.run(_doubt(config, restored.url, now))
    return restored.kept


def refilled(config: Config) -> None:
    """Let a PostgreSQL database know that its own tools have put a backup into it. No bot may run meanwhile,
    nor since before that: it would have sent by now what waited in the backup. Raises `UpkeepError`."""
    url = config.database.get_secret_value()
    with _in_words():
        storage.check_refilled(url)
        asyncio.run(_doubt(config, url, datetime.now(UTC)))


async def _doubt(config: Config, url: str, now: datetime) -> None:
    """Let a record know that it is a copy, before anything else is done with it."""
    store = storage.open_store(url)
    try:
        setup = Setup(config.installation(), {}, {})
        await Transactions(store, setup, SystemClock()).do(startup.put_back, now=now)
    finally:
        await store.close()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except storage.StorageError as error:
        raise UpkeepError(str(error)) from error
