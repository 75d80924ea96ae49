"""A backup that PostgreSQL's own tools put back: told that it is one, nothing in it goes out by itself."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot.sandbox import tryout
from tests.postgres import postgres_url as postgres_url
from tests.scenario.rig import LONG, Rig, open_rig
from tests.scenario.test_status_backup import Terminal

WORDS = "It is on its way."


class Database:
    """What is left to PostgreSQL's own tools: a copy of the database, and its way back."""

    def __init__(self, terminal: Terminal, url: str) -> None:
        self._rig = terminal.rig
        self._url = make_url(url)
        self._copy = f"copy_of_{self._url.database}"

    async def back_up(self) -> None:
        """Copy the database, between a stop and a start."""
        await self._rig.stop()
        await self._run(f"CREATE DATABASE {self._copy} TEMPLATE {self._url.database}")
        await self._rig.start()

    async def put_back(self) -> None:
        """Stop the bot, and have the copy take the place of the database."""
        await self._rig.stop()
        await self._run(
            f"DROP DATABASE {self._url.database} WITH (FORCE)",
            f"ALTER DATABASE {self._copy} RENAME TO {self._url.database}",
        )

    async def states(self) -> list[str]:
        """The state of every reply."""
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(address) as connection:
            found = await connection.execute("SELECT state FROM replies ORDER BY id")
            return [state for (state,) in await found.fetchall()]

    async def _run(self, *statements: str) -> None:
        server = self._url.set(drivername="postgresql", database="postgres")
        address = server.render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            for statement in statements:
                await connection.execute(statement.encode())


def keep_in(rig: Rig, url: str) -> None:
    """Write into app.yaml where the record is."""
    rig.app_yaml = re.sub("^database:.*$", f"database: {url}", rig.app_yaml, flags=re.MULTILINE)


@pytest.fixture
async def terminal(
    tmp_path: Path, postgres_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Terminal]:
    async with open_rig(tmp_path, hold=LONG, brisk=True, start=False) as rig:
        for name, value in tryout.secrets(rig.world.description()).items():
            monkeypatch.setenv(name, value)
        keep_in(rig, postgres_url.replace(":@", "@"))  # a password is refused in app.yaml, also an empty one
        yield Terminal(rig, capsys)


@pytest.fixture
def database(terminal: Terminal, postgres_url: str) -> Database:
    """The database of the rig."""
    return Database(terminal, postgres_url)


async def test_what_waited_then_and_was_published_since_does_not_go_out_again(
    terminal: Terminal, database: Database
) -> None:
    await terminal.rig.start()
    case = await terminal.rig.claimed("my mirror is in the copy")
    _, line = await terminal.rig.queued(case, WORDS)
    await database.back_up()
    await terminal.rig.press(case.agent, line["ts"], "Send now")
    await terminal.rig.line(case.ts, "Posted as")
    await database.put_back()
    code, printed = await terminal.run("restore")
    await terminal.rig.start()

    async def found() -> bool:
        return await database.states() == ["sent"]

    await terminal.rig.until(found, "the network was not asked")

    assert (code, "knows now that it was put back" in printed) == (0, True)
    assert sum(WORDS in text for text in terminal.rig.published()) == 1


async def test_what_waited_then_and_was_stopped_since_waits_for_a_person(
    terminal: Terminal, database: Database
) -> None:
    await terminal.rig.start()
    case = await terminal.rig.claimed("my glass is in the copy")
    _, line = await terminal.rig.queued(case, WORDS)
    await database.back_up()
    await terminal.rig.press(case.agent, line["ts"], "Stop")
    await database.put_back()
    await terminal.run("restore")
    await terminal.rig.start()

    await terminal.rig.line(case.ts, "so it may have been posted already")


async def test_a_word_that_was_written_since_is_not_obeyed_again(
    terminal: Terminal, database: Database
) -> None:
    await terminal.rig.start()
    case = await terminal.rig.claimed("my bowl is in the copy")
    await database.back_up()
    await terminal.rig.write(case.agent, case.ts, "!release")
    await terminal.rig.card_shows(case.ts, "Nobody has claimed this yet")
    await database.put_back()
    await terminal.run("restore")
    await terminal.rig.start()
    await terminal.rig.card_shows(case.ts, f"Claimed by {case.agent.name}")
    await terminal.rig.settle(1.0)

    await terminal.rig.card_shows(case.ts, f"Claimed by {case.agent.name}")


async def test_a_database_into_which_nothing_was_put_is_refused(terminal: Terminal) -> None:
    code, printed = await terminal.run("restore")

    assert (code, "There is nothing of webcare" in printed) == (1, True)


async def test_a_file_is_refused_and_says_what_to_do(terminal: Terminal) -> None:
    terminal.path("copy.dump").touch()
    code, printed = await terminal.run("restore", str(terminal.path("copy.dump")))

    assert (code, "then run webcare restore without a file" in printed) == (1, True)


async def test_without_a_file_an_sqlite_database_is_not_put_back(terminal: Terminal) -> None:
    keep_in(terminal.rig, "sqlite:///webcare.db")
    code, printed = await terminal.run("restore")

    assert (code, "webcare restore FILE" in printed) == (1, True)
