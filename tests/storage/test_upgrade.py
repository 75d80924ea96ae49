"""The record of an earlier program, brought along: this program sees in it what that one saw."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

import pytest

import storage
from bot.work.tx import Tx
from tests.storage import old_record, portraits
from tests.storage.old_record import seen

T = TypeVar("T")

#: The tables of what may come in a second time.
HEARD = ("deliveries", "reactions", "unread")


@pytest.fixture
def old_url(empty_url: str) -> str:
    """A database of each kind, as the earlier program left it."""
    old_record.load(empty_url)
    return empty_url


def ask(url: str, question: Callable[[Tx], T]) -> T:
    """What this program answers about the record, in the moment in which the other one ended."""

    async def answer() -> T:
        setup = old_record.setup(seen())
        store = storage.open_store(url)
        try:
            return await store.do(lambda record: question(Tx(record, setup, old_record.ended_at())))
        finally:
            await store.close()

    return asyncio.run(answer())


def differences(before: object, after: object, where: str = "") -> Iterator[str]:
    """Where two pictures differ, a line each."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            yield from differences(before.get(name), after.get(name), f"{where}.{name}")
    elif before != after:
        yield f"{where}: {before!r} became {after!r}"


def test_every_case_is_as_it_was(old_url: str) -> None:
    before: dict[str, Any] = seen()["cases"]
    after = ask(old_url, lambda tx: {number: portraits.of_case(tx, int(number)) for number in before})

    assert list(differences(before, after)) == []


def test_what_is_to_be_done_is_what_was(old_url: str) -> None:
    before = seen()["whole"]
    after = ask(old_url, portraits.of_whole)

    assert list(differences(before, after)) == []


def test_a_waiting_reply_is_due_at_the_same_instant(old_url: str) -> None:
    replies = [reply for case in seen()["cases"].values() for reply in case["replies"]]
    waiting = [reply for reply in replies if reply["state"] == "queued" and reply["blocked"] is None]
    due = ask(
        old_url,
        lambda tx: [
            portraits.is_due(tx, reply["id"], datetime.fromisoformat(reply["send_after"]))
            for reply in waiting
        ],
    )

    assert due == [True, True, True]


def test_what_was_heard_is_no_news(old_url: str) -> None:
    heard = [(table, row) for table, row in old_record.rows() if table in HEARD]
    news = ask(
        old_url,
        lambda tx: [row for table, row in heard if portraits.is_news(tx, table, row)],
    )

    assert {table for table, _ in heard} == set(HEARD)
    assert news == []


def test_what_was_written_in_a_thread_is_known_as_what_it_was(old_url: str) -> None:
    messages = [row for table, row in old_record.rows() if table == "messages"]
    kinds = ask(old_url, lambda tx: [portraits.kind_of(tx, row["channel"], row["ts"]) for row in messages])

    assert kinds == [row["kind"] for row in messages]


def test_a_thread_leads_to_its_case_also_the_one_that_was_deleted(old_url: str) -> None:
    kept = list(old_record.rows())
    shown = [row for table, row in kept if table == "cases" and "thread_ts" in row]
    threads = [(row["thread_channel"], row["thread_ts"], row["id"]) for row in shown]
    threads += [(row["channel"], row["ts"], row["case_id"]) for table, row in kept if table == "old_threads"]
    found = ask(
        old_url,
        lambda tx: [portraits.case_of_place(tx, channel, ts) for channel, ts, _ in threads],
    )

    assert found == [case for _, _, case in threads]
