"""PostgreSQL with several processes: who wins a race, what is skipped, and what a broken line does."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

import storage
from bot.cases.model import AgentId, CaseId, Reply, ReplyState
from bot.cases.outbox import Card, Entry, EntryState, Say
from bot.cases.record import Record
from storage import SqlStore, StorageError, engine
from storage.engine import parse
from tests.contract.samples import (
    MINUTE,
    NOW,
    SAID,
    SECOND,
    a_case,
    a_post,
    a_reply,
    a_waiting_case,
    an_entry,
)
from tests.postgres import postgres_record_url as postgres_record_url


@pytest.fixture
async def two(postgres_record_url: str) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    """Two stores over one database, as two processes have them."""
    first, second = storage.open_store(postgres_record_url), storage.open_store(postgres_record_url)
    yield first, second
    await first.close()
    await second.close()


class Pause:
    """Stops a piece of work in the middle of its transaction until it is told to go on."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._go_on = threading.Event()

    def here(self) -> None:
        """Wait, in the work."""
        self._reached.set()
        self._go_on.wait(10)

    async def reached(self) -> None:
        """Wait, in the test, until the work has come so far."""
        await asyncio.to_thread(self._reached.wait, 10)

    def end(self) -> None:
        """Let the work go on."""
        self._go_on.set()


def then_pause(work: Callable[[Record], object], pause: Pause) -> Callable[[Record], object]:
    """The work, stopped just before its commit."""

    def paused(record: Record) -> object:
        result = work(record)
        pause.here()
        return result

    return paused


def test_of_two_processes_that_claim_everything_each_case_goes_to_one(postgres_url: str) -> None:
    async def open_cases() -> None:
        store = storage.open_store(postgres_url)
        await store.do(lambda record: [record.cases.add(a_case()) for _ in range(100)])
        await store.close()

    asyncio.run(open_cases())
    command = [sys.executable, "-m", "tests.storage.processes", "claim", postgres_url]
    agents = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("U1", "U2")
    ]
    for agent in agents:
        assert agent.stdout is not None
        assert agent.stdout.readline() == "ready\n"
    for agent in agents:
        assert agent.stdin is not None
        agent.stdin.write("go\n")
        agent.stdin.flush()
    won = [line for agent in agents for line in agent.communicate()[0].splitlines()]

    assert len(won) == len(set(won)) == 100


async def test_a_reply_that_another_process_is_taking_is_skipped(two: tuple[SqlStore, SqlStore]) -> None:
    first, second = two
    pause = Pause()

    def queue(record: Record) -> None:
        for _ in range(2):
            record.replies.add(a_reply(record.cases.add(a_case()).id))

    def take_one(record: Record) -> list[Reply]:
        due = record.replies.due(NOW, 1)
        return [
            record.replies.save(replace(r, state=ReplyState.SENDING, lease_until=NOW + MINUTE)) for r in due
        ]

    await first.do(queue)
    taking = asyncio.ensure_future(first.do(then_pause(take_one, pause)))
    await pause.reached()
    [other] = await asyncio.wait_for(second.do(take_one), 5)
    pause.end()
    taken = await taking

    assert isinstance(taken, list)
    assert taken[0].id != other.id


async def test_while_another_process_flags_cases_they_are_left_to_it(two: tuple[SqlStore, SqlStore]) -> None:
    first, second = two
    pause = Pause()
    waiting = a_waiting_case(NOW + MINUTE, NOW)
    await first.do(lambda record: [record.cases.add(waiting) for _ in range(2)])

    def flag_one(record: Record) -> list[CaseId]:
        turning = [number for number, _ in record.timers.due(NOW, 1)]
        for case in filter(None, map(record.cases.get, turning)):
            record.cases.save(replace(case, answer_due=None))
        return turning

    flagging = asyncio.ensure_future(first.do(then_pause(flag_one, pause)))
    await pause.reached()
    meanwhile = await asyncio.wait_for(second.do(flag_one), 5)
    pause.end()
    flagged = await flagging
    left = await second.do(flag_one)

    assert (meanwhile, len(left)) == ([], 1)
    assert flagged != left


async def test_two_processes_never_take_the_same_entry(two: tuple[SqlStore, SqlStore]) -> None:
    def ask(record: Record) -> None:
        for number in range(60):
            record.outbox.add(an_entry(Say(SAID), f"say-{number}"))

    def take(record: Record) -> list[str]:
        due = record.outbox.due(NOW, 3)
        for entry in due:
            record.outbox.save(replace(entry, state=EntryState.UNDERWAY, lease_until=NOW + MINUTE))
        return [entry.key for entry in due]

    await two[0].do(ask)
    taken = await asyncio.gather(*(two[number % 2].do(take) for number in range(30)))
    keys = [key for keys in taken for key in keys]

    assert len(keys) == len(set(keys)) == 60


async def test_two_processes_never_post_into_the_same_slot(two: tuple[SqlStore, SqlStore]) -> None:
    def post_if_free(record: Record) -> bool:
        free_at = record.outbox.slot("C1")
        if free_at is not None and free_at > NOW:
            return False
        record.outbox.take_slot("C1", NOW + SECOND)
        return True

    posted = await asyncio.gather(*(two[number % 2].do(post_if_free) for number in range(20)))

    assert sum(posted) == 1


async def test_a_card_that_a_change_relies_on_is_not_drawn_before_the_change(
    two: tuple[SqlStore, SqlStore],
) -> None:
    first, second = two
    pause = Pause()
    case = await first.do(lambda record: record.cases.add(a_case()))
    card = an_entry(Card(case.id), "a")
    await first.do(lambda record: record.outbox.add(card))
    changing = asyncio.ensure_future(
        first.do(then_pause(lambda record: record.outbox.add(replace(card, key="b")), pause))
    )
    await pause.reached()
    meanwhile = await second.do(lambda record: record.outbox.due(NOW, 10))
    pause.end()

    assert await changing is None
    assert meanwhile == []
    assert [entry.key for entry in await second.do(lambda record: record.outbox.due(NOW, 10))] == ["a"]


async def test_a_change_during_the_taking_of_a_card_asks_for_another(two: tuple[SqlStore, SqlStore]) -> None:
    first, second = two
    pause = Pause()
    case = await first.do(lambda record: record.cases.add(a_case()))
    card = an_entry(Card(case.id), "a")
    await first.do(lambda record: record.outbox.add(card))

    def take(record: Record) -> None:
        [entry] = record.outbox.due(NOW, 10)
        pause.here()
        record.outbox.save(replace(entry, state=EntryState.UNDERWAY))

    taking = asyncio.ensure_future(first.do(take))
    await pause.reached()
    changing = asyncio.ensure_future(second.do(lambda record: record.outbox.add(replace(card, key="b"))))
    await asyncio.sleep(0.1)
    pause.end()
    await taking
    another = await changing

    assert isinstance(another, Entry)
    assert another.key == "b"


async def test_a_post_that_two_processes_bring_is_stored_once(two: tuple[SqlStore, SqlStore]) -> None:
    first, second = two
    pause = Pause()
    adding = asyncio.ensure_future(
        first.do(then_pause(lambda record: record.posts.add(a_post(), None, NOW), pause))
    )
    await pause.reached()
    racing = asyncio.ensure_future(second.do(lambda record: record.posts.add(a_post(), None, NOW)))
    await asyncio.sleep(0.1)
    pause.end()

    assert await adding is not None
    assert await racing is None


async def test_pieces_that_lock_each_other_are_run_again(two: tuple[SqlStore, SqlStore]) -> None:
    cases = await two[0].do(lambda record: [record.cases.add(a_case()) for _ in range(2)])
    meeting = threading.Barrier(2)

    def touch(*order: CaseId) -> Callable[[Record], None]:
        first_try = [True]

        def work(record: Record) -> None:
            for case_id in order:
                case = record.cases.get(case_id)
                assert case is not None
                record.cases.save(case)
                if first_try[0]:
                    first_try[0] = False
                    meeting.wait(10)

        return work

    await asyncio.gather(
        two[0].do(touch(cases[0].id, cases[1].id)), two[1].do(touch(cases[1].id, cases[0].id))
    )
    versions = await two[0].do(lambda record: [case.version for case in record.cases.open()])

    assert versions == [2, 2]


async def test_what_a_process_holds_that_stands_still_is_free_for_others_soon(
    postgres_record_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ABANDONED_AFTER", 0.2)
    first, second = storage.open_store(postgres_record_url), storage.open_store(postgres_record_url)
    case = await first.do(lambda record: record.cases.add(a_case()))
    pause = Pause()

    def save(record: Record) -> None:
        current = record.cases.get(case.id)
        assert current is not None
        record.cases.save(replace(current, assignee=AgentId("U1")))

    standing = asyncio.ensure_future(first.do(then_pause(save, pause)))
    await pause.reached()
    await asyncio.wait_for(second.do(save), 5)
    pause.end()
    with pytest.raises(StorageError, match="nobody knows whether it was"):
        await standing
    await first.close()
    await second.close()


def hang_up(url: str) -> None:
    """Break every connection to the database but our own."""
    plain = parse(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_connections_that_broke_at_rest_are_replaced(
    two: tuple[SqlStore, SqlStore], postgres_record_url: str
) -> None:
    await asyncio.gather(*(two[0].do(lambda record: record.cases.open()) for _ in range(8)))
    await asyncio.to_thread(hang_up, postgres_record_url)
    added = await asyncio.gather(*(two[0].do(lambda record: record.cases.add(a_case())) for _ in range(8)))

    assert len({case.id for case in added}) == 8


async def test_work_whose_connection_breaks_is_run_again(
    two: tuple[SqlStore, SqlStore], postgres_record_url: str
) -> None:
    tries = []

    def work(record: Record) -> None:
        tries.append(1)
        record.cases.add(a_case())
        if len(tries) == 1:
            hang_up(postgres_record_url)
        record.cases.add(a_case())

    await two[0].do(work)

    assert len(tries) == 2
    assert len(await two[0].do(lambda record: record.cases.open())) == 2


async def test_a_connection_that_breaks_at_the_commit_leaves_the_matter_open_and_says_so(
    two: tuple[SqlStore, SqlStore], postgres_record_url: str
) -> None:
    tries = []

    def work(record: Record) -> None:
        tries.append(1)
        record.cases.add(a_case())
        hang_up(postgres_record_url)

    with pytest.raises(StorageError, match="nobody knows whether it was"):
        await two[0].do(work)

    assert len(tries) == 1


def test_a_server_that_does_not_answer_is_told() -> None:
    with pytest.raises(StorageError, match=r"cannot be reached at .*webcare:\*\*\*@127.0.0.1:1/webcare"):
        storage.open_store("postgresql://webcare:secret@127.0.0.1:1/webcare")


def test_a_database_that_does_not_exist_is_told(postgres_record_url: str) -> None:
    url = parse(postgres_record_url).set(database="nowhere").render_as_string(hide_password=False)

    with pytest.raises(StorageError, match="has no database of that name"):
        storage.check(url)


def test_a_user_that_does_not_exist_is_told(postgres_record_url: str) -> None:
    url = parse(postgres_record_url).set(username="nobody").render_as_string(hide_password=False)

    with pytest.raises(StorageError, match="does not know the user"):
        storage.open_store(url)


@pytest.fixture
def guarded_user(postgres_record_url: str) -> Iterator[str]:
    """A user whom the server asks for a password."""
    plain = parse(postgres_record_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        [rules] = connection.execute("SHOW hba_file").fetchone() or [""]
        before = Path(rules).read_text()
        Path(rules).write_text("local all guarded scram-sha-256\n" + before)
        connection.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
        connection.execute("SELECT pg_reload_conf()")
        yield "guarded"
        Path(rules).write_text(before)
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("DROP ROLE guarded")


@pytest.mark.parametrize(
    ("password", "told"), [("wrong", "refused the user or the password"), (None, "gives none")]
)
def test_a_wrong_or_missing_password_is_told(
    postgres_record_url: str, guarded_user: str, password: str | None, told: str
) -> None:
    url = parse(postgres_record_url).set(username=guarded_user, password=password)

    with pytest.raises(StorageError, match=told):
        storage.open_store(url.render_as_string(hide_password=False))


def test_a_user_who_may_not_create_tables_is_told(postgres_url: str) -> None:
    plain = parse(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("CREATE ROLE reader LOGIN")
    try:
        url = parse(postgres_url).set(username="reader").render_as_string(hide_password=False)
        with pytest.raises(StorageError, match="right to create tables"):
            storage.open_store(url)
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("DROP ROLE reader")
