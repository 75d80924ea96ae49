"""Migrations: what they build is the schema in code, and what they cannot take they leave alone."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

import storage
from storage import StorageError, engine, upgrade
from storage.engine import parse
from storage.schema import HEAD, metadata


def open_and_close(url: str) -> None:
    """Start and stop once."""
    asyncio.run(storage.open_store(url).close())


@contextmanager
def looking_into(url: str) -> Iterator[Connection]:
    """A transaction beside the store."""
    engine = create_engine(parse(url))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def indices(connection: Connection) -> list[str]:
    """Every index as the database itself describes it: its columns, its order, and which rows it holds."""
    catalogue = (
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if connection.dialect.name == "sqlite"
        else "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    return sorted(
        row for row in connection.execute(text(catalogue)).scalars() if "alembic_version" not in row
    )


@contextmanager
def a_program_of(monkeypatch: pytest.MonkeyPatch, directory: Path, head: str) -> Iterator[None]:
    """The program as it was when `head` was its newest migration."""
    earlier = directory / "migrations"
    shutil.copytree(upgrade.MIGRATIONS, earlier)
    for later in (earlier / "versions").glob("[0-9]*.py"):
        if later.name[:4] > head:
            later.unlink()
    with monkeypatch.context() as then:
        then.setattr(upgrade, "MIGRATIONS", earlier)
        then.setattr(upgrade, "HEAD", head)
        yield


_A_CASE = text(
    "INSERT INTO cases (id, account, team, author_id, root_id, opened_at, status, mode, claimed_by_reaction,"
    " dismiss_reason, version) VALUES (:id, 'a', 'care', '7', 'r', 0, :status, 'public', false, '', 1)"
)
_A_POST = text(
    "INSERT INTO posts (account, id, case_id, author_id, surface, text, created_at, root_id, by_brand, url,"
    " lang, version, stored_at) VALUES ('a', :id, :case, '7', :surface, '', 0, 'r', false, '', '', 1, 0)"
)
_AN_EVENT = text("INSERT INTO events (case_id, at, kind, who, detail) VALUES (1, 0, :kind, '', :detail)")


def test_from_nothing_they_build_the_schema_in_code(empty_url: str) -> None:
    open_and_close(empty_url)

    with looking_into(empty_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_they_build_the_very_indices_of_the_code(empty_url: str) -> None:
    open_and_close(empty_url)

    with looking_into(empty_url) as connection:
        migrated = indices(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        metadata.drop_all(connection)
        metadata.create_all(connection)
        assert migrated == indices(connection)


def test_the_program_knows_its_newest_migration() -> None:
    assert ScriptDirectory(str(upgrade.MIGRATIONS)).get_heads() == [HEAD]


def test_a_database_of_any_earlier_program_is_brought_up_to_the_schema_in_code(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_program_of(monkeypatch, tmp_path, "0001"):
        open_and_close(empty_url)
    open_and_close(empty_url)

    with looking_into(empty_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_settled_case_of_private_messages_alone_is_private_again(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_program_of(monkeypatch, tmp_path, "0003"):
        open_and_close(empty_url)
    cases = {1: ("closed", ["private"]), 2: ("dismissed", ["private", "public"]), 3: ("new", ["private"])}
    with looking_into(empty_url) as connection:
        for number, (status, surfaces) in cases.items():
            connection.execute(_A_CASE, {"id": number, "status": status})
            for surface in surfaces:
                connection.execute(_A_POST, {"id": f"{number}{surface}", "case": number, "surface": surface})
    open_and_close(empty_url)

    with looking_into(empty_url) as connection:
        rows = connection.execute(text("SELECT mode, invited FROM cases ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [("private", "no"), ("public", "no"), ("public", "no")]


def test_cases_set_aside_for_azijn_were_for_venting(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_program_of(monkeypatch, tmp_path, "0007"):
        open_and_close(empty_url)
    with looking_into(empty_url) as connection:
        connection.execute(_A_CASE, {"id": 1, "status": "dismissed"})
        connection.execute(text("UPDATE cases SET dismiss_reason = 'azijn'"))
        connection.execute(_AN_EVENT, {"kind": "dismissed", "detail": '{"reason":"azijn"}'})
    open_and_close(empty_url)

    with looking_into(empty_url) as connection:
        reasons = connection.execute(text("SELECT dismiss_reason FROM cases")).scalars().all()
        details = connection.execute(text("SELECT detail FROM events")).scalars().all()
    assert (reasons, details) == (["venting"], ['{"reason":"venting"}'])


def test_an_account_that_could_not_be_read_yet_is_not_read_yet(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_program_of(monkeypatch, tmp_path, "0010"):
        open_and_close(empty_url)
    with looking_into(empty_url) as connection:
        connection.execute(
            text(
                "INSERT INTO accounts (account, connected_at, cursors, next_poll_at, condition, faults,"
                " lease_by, lease_until, version) VALUES ('a', 7, '{}', 8, 'failing', 3, 'before', 9, 4)"
            )
        )
    open_and_close(empty_url)

    with looking_into(empty_url) as connection:
        account = connection.execute(text("SELECT connected_at, condition, version FROM accounts")).one()
        list_of = connection.execute(text("SELECT * FROM streams")).one()
    assert tuple(account) == (7, "failing", 4)
    assert tuple(list_of) == ("a", "mentions", True, None, 8, None, 3, "", None, 1)


def test_the_clock_of_a_case_becomes_its_timer(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_program_of(monkeypatch, tmp_path, "0012"):
        open_and_close(empty_url)
    clocks = {  # waiting_since, due_at, warn_at, flag, turns_at, escalate_at
        1: (100, 160, 145, None, 145, None),
        2: (100, 160, 160, None, 160, None),
        3: (100, 160, 145, "at_risk", 160, None),
        4: (100, 160, 145, "missed", None, 175),
        5: (100, 160, 145, "missed", None, None),
        6: (None, None, None, None, None, None),
    }
    columns = ("waiting_since", "due_at", "warn_at", "flag", "turns_at", "escalate_at")
    setting = text(f"UPDATE cases SET {', '.join(f'{name} = :{name}' for name in columns)} WHERE id = :id")
    with looking_into(empty_url) as connection:
        for number, clock in clocks.items():
            connection.execute(_A_CASE, {"id": number, "status": "new"})
            connection.execute(setting, {"id": number, **dict(zip(columns, clock, strict=True))})
    open_and_close(empty_url)

    with looking_into(empty_url) as connection:
        named = "case_id, kind, since, due_at, warn_at, turns_at, flag"
        timers = connection.execute(text(f"SELECT {named} FROM timers ORDER BY case_id")).all()
    assert [tuple(timer) for timer in timers] == [
        (1, "answer", 100, 160, 145, 145, None),
        (2, "answer", 100, 160, 160, 160, None),
        (3, "answer", 100, 160, 145, 160, "at_risk"),
        (4, "answer", 100, 160, 145, 175, "missed"),
        (5, "answer", 100, 160, 145, None, "missed"),
    ]


_AN_ANSWER = text(
    "INSERT INTO replies (id, case_id, account, mode, key, body, text, queued_at, send_after, kind, state,"
    " agent, seen_number, manual_url, looks, url, version)"
    " VALUES (:id, 1, 'a', 'public', '', '', '', 0, 0, 'answer', 'sent', :agent, :seen, '', 0, '', 1)"
)


def test_what_an_answer_came_to_is_read_out_of_the_history_once(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_program_of(monkeypatch, tmp_path, "0013"):
        open_and_close(empty_url)
    told = {  # by the number of the reply: since when somebody waited, the due time, and the publication
        10: ("00:00:00", "01:00:00", "00:59:00"),
        11: ("00:00:00", "01:00:00", "00:59:30"),
        12: ("02:00:00", "02:30:00", "02:30:00.000007"),
        13: (None, None, "03:00:00"),
    }
    detail = {
        number: dict(zip(("waiting_since", "due_at", "published_at"), map(on_the_first_day, at), strict=True))
        for number, at in told.items()
    }
    with looking_into(empty_url) as connection:
        connection.execute(_A_CASE, {"id": 1, "status": "answered"})
        connection.execute(text("UPDATE cases SET first_replied_at = 3540000000"))
        for name in ("first", "second"):
            connection.execute(_A_POST, {"id": name, "case": 1, "surface": "public"})
        connection.execute(text("UPDATE posts SET created_at = 7200000000 WHERE id = 'second'"))
        # Who wrote the second had not seen what waited.
        for number, agent, seen in ((10, "U1", 1), (11, "U1", 0), (12, None, 2), (13, "U1", 2)):
            connection.execute(_AN_ANSWER, {"id": number, "agent": agent, "seen": seen})
            answered = {"kind": "answered", "detail": json.dumps({"reply": number, **detail[number]})}
            connection.execute(_AN_EVENT, [answered, answered])  # a history that tells it twice
    open_and_close(empty_url)

    with looking_into(empty_url) as connection:
        answers = connection.execute(text("SELECT * FROM answers ORDER BY reply_id")).all()
    minute = 60_000_000
    assert [tuple(answer) for answer in answers] == [
        (10, "answer", 1, 0, 60 * minute, 59 * minute, True, -minute, True, "U1"),
        (12, "answer", 1, 120 * minute, 150 * minute, 150 * minute + 7, False, 7, False, None),
    ]


def on_the_first_day(time_of_day: str | None) -> str | None:
    """An instant as the history has it."""
    return f"1970-01-01T{time_of_day}+00:00" if time_of_day else None


def test_a_start_on_a_current_database_does_without_alembic(sqlite_url: str) -> None:
    open_and_close(sqlite_url)
    second_start = (
        "import asyncio, sys, storage\n"
        f"asyncio.run(storage.open_store({sqlite_url!r}).close())\n"
        "sys.exit('alembic' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", second_start], check=False).returncode == 0


def test_a_database_of_a_newer_program_is_refused(empty_url: str) -> None:
    open_and_close(empty_url)
    with looking_into(empty_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StorageError, match="written by a newer webcare"):
        storage.open_store(empty_url)
    with pytest.raises(StorageError, match="written by a newer webcare"):
        storage.check(empty_url)


@pytest.mark.parametrize("with_migrations", [False, True])
def test_the_file_of_another_program_is_left_alone(sqlite_url: str, *, with_migrations: bool) -> None:
    with looking_into(sqlite_url) as connection:
        connection.execute(text("CREATE TABLE invoices (id INTEGER)"))
        if with_migrations:
            connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
            connection.execute(text("INSERT INTO alembic_version VALUES ('a1b2c3')"))
        before = set(inspect(connection).get_table_names())
    asks: list[Callable[[str], object]] = [
        storage.open_store,
        storage.check,
        lambda url: storage.look(url, datetime.now(UTC)),
    ]
    for ask in asks:
        with pytest.raises(StorageError, match="a database of its own"):
            ask(sqlite_url)

    with looking_into(sqlite_url) as connection:
        assert set(inspect(connection).get_table_names()) == before


def test_another_program_may_use_the_same_postgresql(postgres_url: str) -> None:
    with looking_into(postgres_url) as connection:
        connection.execute(text("CREATE TABLE invoices (id INTEGER)"))
    open_and_close(postgres_url)

    assert storage.check(postgres_url).endswith("is ready.")


def test_a_slow_machine_brings_its_tables_up_all_the_same(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ABANDONED_AFTER", 0.2)
    head = upgrade.version_of

    def slowly(connection: Connection) -> str | None:
        time.sleep(0.6)  # within the transaction, as a machine that does not get to it
        return head(connection)

    monkeypatch.setattr(upgrade, "version_of", slowly)
    open_and_close(postgres_url)

    assert storage.check(postgres_url).endswith("is ready.")


def test_a_check_tells_whether_a_database_is_ready(empty_url: str) -> None:
    before = storage.check(empty_url)
    open_and_close(empty_url)

    assert "at the first start" in before or "at the next start" in before
    assert storage.check(empty_url).endswith("is ready.")


def test_one_that_fails_leaves_nothing_behind(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_and_close(empty_url)
    broken = tmp_path / "migrations"
    shutil.copytree(upgrade.MIGRATIONS, broken)
    (broken / "versions" / "9000_half_done.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        f"revision, down_revision = '9000', '{HEAD}'\n"
        "def upgrade():\n"
        "    op.create_table('half_done', sa.Column('id', sa.Integer))\n"
        "    raise OSError('the power went off')\n"
    )
    monkeypatch.setattr(upgrade, "MIGRATIONS", broken)
    monkeypatch.setattr(upgrade, "HEAD", "9000")

    with pytest.raises(OSError, match="the power went off"):
        storage.open_store(empty_url)
    with looking_into(empty_url) as connection:
        assert "half_done" not in inspect(connection).get_table_names()
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD


def test_two_that_start_at_once_on_postgresql_both_start(postgres_url: str) -> None:
    async def start_both() -> list[storage.SqlStore]:
        return await asyncio.gather(*(asyncio.to_thread(storage.open_store, postgres_url) for _ in range(2)))

    async def start_and_stop() -> int:
        stores = await start_both()
        for store in stores:
            await store.close()
        return len(stores)

    assert asyncio.run(start_and_stop()) == 2
