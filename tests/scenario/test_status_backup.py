"""What the operator does beside the running bot: looks at it, copies the record, and puts a copy back."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import main
from bot.sandbox import tryout
from tests.scenario.rig import LONG, Rig, open_rig


class Terminal:
    """A shell in the rig's directory, with the environment that app.yaml needs."""

    def __init__(self, rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
        self.rig = rig
        self._capsys = capsys

    async def run(self, command: str, *arguments: str) -> tuple[int, str]:
        """Exit code and everything that a command prints."""
        app_yaml = self.rig.directory / "app.yaml"
        app_yaml.write_text(self.rig.app_yaml, encoding="utf-8")
        self._capsys.readouterr()
        code = await asyncio.to_thread(main, [command, "--config", str(app_yaml), *arguments])
        printed = self._capsys.readouterr()
        return code, printed.out + printed.err

    def path(self, name: str) -> Path:
        """A file in the rig's directory."""
        return self.rig.directory / name

    async def back_up(self) -> str:
        """Make a backup; returns its path."""
        copy = str(self.path("copy.db"))
        assert (await self.run("backup", copy))[0] == 0
        return copy

    async def put_back(self, copy: str) -> str:
        """Stop the bot, put a backup in place and start again; returns what was printed."""
        await self.rig.stop()
        code, printed = await self.run("restore", copy)
        assert code == 0, printed
        await self.rig.start()
        return printed


@pytest.fixture
async def terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Terminal]:
    async with open_rig(tmp_path, hold=LONG, brisk=True) as rig:
        for name, value in tryout.secrets(rig.world.description()).items():
            monkeypatch.setenv(name, value)
        yield Terminal(rig, capsys)


def count(database: Path, table: str) -> int:
    """How many rows a table of a database has."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        number: int = opened.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return number


def permissions(file: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(file.stat().st_mode)


async def stays(rig: Rig, ask: Callable[[], Awaitable[object]], value: object) -> None:
    """Give what should not happen the time to happen, and see that it did not."""
    await rig.settle(1.5)

    assert await ask() == value


class TestStatus:
    async def test_is_told_while_the_bot_runs(self, terminal: Terminal) -> None:
        await terminal.rig.queued(await terminal.rig.claimed("my parcel is counted"), "We look.")
        code, printed = await terminal.run("status")

        assert code == 0
        assert "account brand-x      well; looked 0 s ago" in printed
        assert "cases                0 new, 1 claimed, 0 answered" in printed
        assert "1 waiting, 0 past the due time; the longest for" in printed
        assert "1 queued, 0 being sent, 0 unconfirmed; 0 of them wait for a person" in printed

    async def test_is_told_when_no_bot_runs_and_leaves_nothing_behind(self, terminal: Terminal) -> None:
        await terminal.rig.stop()
        before = sorted(path.name for path in terminal.rig.directory.iterdir())
        code, printed = await terminal.run("status")

        assert (code, "nobody waits" in printed) == (0, True)
        assert sorted({path.name for path in terminal.rig.directory.iterdir()} - {"app.yaml"}) == before

    async def test_lets_the_bot_be_restarted_meanwhile(self, terminal: Terminal) -> None:
        await terminal.run("status")
        await terminal.rig.stop()
        await terminal.rig.start()

        await terminal.rig.new_case("my lamp came after the look")

    async def test_without_a_database_says_so(self, terminal: Terminal) -> None:
        terminal.rig.app_yaml = terminal.rig.app_yaml.replace("webcare.db", "other.db")
        code, printed = await terminal.run("status")

        assert (code, "other.db yet: it is made when webcare is first run" in printed) == (1, True)


class TestABackup:
    async def test_is_whole_although_the_bot_is_at_work(self, terminal: Terminal) -> None:
        for number in range(5):
            await terminal.rig.post(terminal.rig.new_customer(), f"@brand parcel {number}")
        await terminal.rig.card("parcel 4")
        copy = Path(await terminal.back_up())
        await terminal.rig.new_case("one more, after the copy")

        assert count(copy, "cases") == 5
        assert not copy.with_name("copy.db-wal").exists()

    async def test_is_for_its_owner_only(self, terminal: Terminal) -> None:
        copy = Path(await terminal.back_up())

        assert permissions(copy) == 0o600

    async def test_overwrites_nothing(self, terminal: Terminal) -> None:
        terminal.path("precious").write_text("do not lose this")
        code, printed = await terminal.run("backup", str(terminal.path("precious")))

        assert (code, "precious exists already. Name a new file" in printed) == (1, True)
        assert terminal.path("precious").read_text() == "do not lose this"

    async def test_to_nowhere_is_refused(self, terminal: Terminal) -> None:
        code, printed = await terminal.run("backup", str(terminal.path("no/such/folder.db")))

        assert (code, "cannot be written (No such file or directory)" in printed) == (1, True)

    async def test_of_a_damaged_database_is_refused_and_leaves_nothing(self, terminal: Terminal) -> None:
        await terminal.rig.stop()
        terminal.path("webcare.db").write_bytes(b"not a database at all" * 500)
        code, printed = await terminal.run("backup", str(terminal.path("copy.db")))

        assert (code, "is not a database of webcare" in printed) == (1, True)
        assert not terminal.path("copy.db").exists()

    @pytest.mark.parametrize("command", ["backup", "restore"])
    async def test_of_postgresql_is_left_to_its_own_tools(self, terminal: Terminal, command: str) -> None:
        first, *rest = terminal.rig.app_yaml.splitlines()[1:]
        assert first.startswith("database:")
        terminal.path("copy.db").touch()
        terminal.rig.app_yaml = "\n".join(["database: postgresql://127.0.0.1:1/webcare", *rest])
        code, printed = await terminal.run(command, str(terminal.path("new.db")))

        assert (code, "Back up PostgreSQL with its own pg_dump" in printed) == (1, True)


class TestPuttingABackupBack:
    async def test_is_refused_while_a_bot_runs(self, terminal: Terminal) -> None:
        copy = await terminal.back_up()
        await terminal.rig.new_case("my table came after the copy")
        code, printed = await terminal.run("restore", copy)

        assert (code, "is in use by another webcare" in printed) == (1, True)
        assert count(terminal.path("webcare.db"), "cases") == 1

    async def test_brings_the_old_state_and_keeps_the_new_one_beside_it(self, terminal: Terminal) -> None:
        _, ts, _ = await terminal.rig.new_case("my chair is in the copy")
        copy = await terminal.back_up()
        await terminal.rig.react(terminal.rig.agents[0], ts, "see_no_evil")
        await terminal.rig.stop()
        events = count(terminal.path("webcare.db"), "events")
        code, printed = await terminal.run("restore", copy)
        (kept,) = terminal.rig.directory.glob("webcare.db.replaced-*")

        assert (code, f"What was there is kept as {kept}" in printed) == (0, True)
        assert count(kept, "events") == events
        assert count(terminal.path("webcare.db"), "cases") == 1

    async def test_leaves_the_database_to_those_who_had_it(self, terminal: Terminal) -> None:
        copy = await terminal.back_up()
        await terminal.rig.stop()
        terminal.path("webcare.db").chmod(0o640)
        await terminal.run("restore", copy)

        assert permissions(terminal.path("webcare.db")) == 0o640

    async def test_goes_on_where_the_backup_was_made(self, terminal: Terminal) -> None:
        _, ts, _ = await terminal.rig.new_case("my desk is in the copy")
        await terminal.put_back(await terminal.back_up())
        await terminal.rig.react(terminal.rig.agents[0], ts, "eyes")

        await terminal.rig.card_shows(ts, terminal.rig.agents[0].name)

    async def test_takes_in_anew_what_customers_wrote_since(self, terminal: Terminal) -> None:
        copy = await terminal.back_up()
        await terminal.rig.new_case("my vase came after the copy")
        await terminal.put_back(copy)

        async def cases() -> bool:
            return count(terminal.path("webcare.db"), "cases") == 1

        await terminal.rig.until(cases, "the mention was forgotten")

    async def test_does_not_send_again_what_waited_then_and_is_public_now(self, terminal: Terminal) -> None:
        case = await terminal.rig.claimed("my mirror is in the copy")
        _, line = await terminal.rig.queued(case, "It is on its way.")
        copy = await terminal.back_up()
        await terminal.rig.press(case.agent, line["ts"], "Send now")
        await terminal.rig.line(case.ts, "Posted as")
        await terminal.put_back(copy)

        async def found() -> bool:
            return self._states(terminal) == ["sent"]

        await terminal.rig.until(found, "the network was not asked")

        assert sum("on its way" in text for text in terminal.rig.published()) == 1

    async def test_does_not_send_what_waited_then_and_was_stopped_since(self, terminal: Terminal) -> None:
        case = await terminal.rig.claimed("my glass is in the copy")
        _, line = await terminal.rig.queued(case, "It is on its way.")
        copy = await terminal.back_up()
        await terminal.rig.press(case.agent, line["ts"], "Stop")
        await terminal.put_back(copy)
        await terminal.rig.line(case.ts, "so it may have been posted already")
        await terminal.rig.press(case.agent, line["ts"], "Send anyway")

        assert "It is on its way. ^" in await terminal.rig.reply_under(case.post_id)

    async def test_does_not_send_again_what_was_written_and_published_since(self, terminal: Terminal) -> None:
        case = await terminal.rig.claimed("my clock is in the copy")
        copy = await terminal.back_up()
        await terminal.rig.answered(case, "A new clock comes tomorrow.")
        await terminal.put_back(copy)
        await terminal.rig.line(case.ts, "so it may have been posted already")

        async def published() -> int:
            return sum("new clock" in text for text in terminal.rig.published())

        await stays(terminal.rig, published, 1)

    async def test_does_not_obey_a_word_again(self, terminal: Terminal) -> None:
        case = await terminal.rig.claimed("my bowl is in the copy")
        copy = await terminal.back_up()
        await terminal.rig.write(case.agent, case.ts, "!release")
        await terminal.rig.card_shows(case.ts, "Nobody has claimed this yet")
        await terminal.put_back(copy)

        await terminal.rig.card_shows(case.ts, f"Claimed by {case.agent.name}")
        await terminal.rig.settle(1.0)

        await terminal.rig.card_shows(case.ts, f"Claimed by {case.agent.name}")

    async def test_without_a_database_needs_none(self, terminal: Terminal) -> None:
        await terminal.rig.new_case("my plate is in the copy")
        copy = await terminal.back_up()
        await terminal.rig.stop()
        terminal.path("webcare.db").unlink()
        code, printed = await terminal.run("restore", copy)

        assert (code, "kept" in printed) == (0, False)
        assert count(terminal.path("webcare.db"), "cases") == 1

    @staticmethod
    def _states(terminal: Terminal) -> list[str]:
        with closing(sqlite3.connect(f"file:{terminal.path('webcare.db')}?mode=ro", uri=True)) as opened:
            return [state for (state,) in opened.execute("SELECT state FROM replies")]

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"a letter to my mother" * 100, "is not a sound backup of webcare"),
            (b"", "is not a backup of webcare"),
            (None, "There is no file"),
        ],
        ids=["another file", "an empty file", "no file"],
    )
    async def test_of_something_else_is_refused_and_changes_nothing(
        self, terminal: Terminal, content: bytes | None, sentence: str
    ) -> None:
        await terminal.rig.new_case("my fork stays")
        await terminal.rig.stop()
        if content is not None:
            terminal.path("letter").write_bytes(content)
        code, printed = await terminal.run("restore", str(terminal.path("letter")))

        assert (code, sentence in printed) == (1, True)
        assert count(terminal.path("webcare.db"), "cases") == 1
        assert not list(terminal.rig.directory.glob("webcare.db.re*"))

    async def test_of_a_newer_program_is_refused(self, terminal: Terminal) -> None:
        copy = await terminal.back_up()
        with closing(sqlite3.connect(copy)) as newer:
            newer.execute("UPDATE alembic_version SET version_num = '9999'")
            newer.commit()
        await terminal.rig.stop()
        code, printed = await terminal.run("restore", copy)

        assert (code, "was written by a newer webcare" in printed) == (1, True)
