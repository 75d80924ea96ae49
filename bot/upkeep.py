"""What the operator does with the record: looks at it, copies it, puts a copy back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import storage
from bot.cases.figures import Figures
from bot.cases.model import Case
from bot.cases.timers import Timer
from bot.cases.tx import Setup, Tx
from bot.clock import SystemClock
from bot.config import Config
from bot.transactions import Transactions
from bot.work import due_times, startup

#: So many cases get their due times in one transaction.
CHUNK = 200


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


def kept_due_times(config: Config) -> Sequence[tuple[Case, Timer]]:
    """The cases whose due time today's settings would set differently; see `due_times.kept`. Raises
    `UpkeepError`."""
    setup, now = Setup(config.installation(), {}, {}), datetime.now(UTC)
    with _in_words():
        url = config.database.get_secret_value()
        return storage.peek(url, lambda record: due_times.kept(Tx(record, setup, now)))


def set_due_times_anew(config: Config) -> int:
    """Give these cases the due times of today's settings; returns how many got one. With SQLite no bot may
    run meanwhile. Raises `UpkeepError`."""
    with _in_words():
        return asyncio.run(_set_due_times_anew(config))


async def _set_due_times_anew(config: Config) -> int:
    store = storage.open_store(config.database.get_secret_value())
    try:
        transactions = Transactions(store, Setup(config.installation(), {}, {}), SystemClock())
        count = moved = await transactions.do(lambda tx: due_times.set_anew(tx, CHUNK))
        while moved:
            count += (moved := await transactions.do(lambda tx: due_times.set_anew(tx, CHUNK)))
        return count
    finally:
        await store.close()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except storage.StorageError as error:
        raise UpkeepError(str(error)) from error
