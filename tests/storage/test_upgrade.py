"""The record of an earlier program, brought along: this program sees in it what that one saw."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

import pytest
from sqlalchemy import text

import storage
from bot.cases.model import CaseId
from bot.cases.posts import AccountId
from bot.cases.tx import Tx
from bot.work import unread
from storage.engine import connect, parse
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


def test_no_list_is_looked_at_before_its_account_was_to_be(old_url: str) -> None:
    before: dict[str, Any] = seen()["whole"]["accounts"]
    lists = ask(old_url, lambda tx: [each for name in before for each in tx.streams.of(AccountId(name))])

    assert {each.account for each in lists} == before.keys()
    for each in lists:
        of_account = before[each.account]
        assert (each.next_at.isoformat(), each.lease_by) == (of_account["next_look"], "")
        assert each.faults == (of_account["faults"] if each.main else 0)


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


def test_what_the_answers_came_to_is_what_the_history_told(old_url: str) -> None:
    events = [row for table, row in old_record.rows() if table == "events" and row["kind"] == "answered"]
    told = [json.loads(event["detail"]) for event in events]
    timed = {detail["reply"]: detail for detail in told if detail["due_at"]}
    cases = {CaseId(event["case_id"]) for event in events}
    answers = ask(old_url, lambda tx: [each for case in cases for each in tx.history.answers_of(case)])

    assert {answer.reply_id for answer in answers} == timed.keys()
    for answer in answers:
        detail = timed[answer.reply_id]
        instants = (answer.since, answer.due_at, answer.answered_at)
        assert [at.isoformat() for at in instants] == [
            detail[name] for name in ("waiting_since", "due_at", "published_at")
        ]
        assert (answer.met, answer.agent is None) == (detail["met"], detail["elsewhere"])


def test_a_thread_is_its_cases_where_that_goes_on_in_it(old_url: str) -> None:
    kept = list(old_record.rows())
    places = [(row["channel"], row["ts"], None) for table, row in kept if table == "old_threads"] + [
        (row["thread_channel"], row["thread_ts"], row["id"])
        for table, row in kept
        if table == "cases" and "thread_ts" in row
    ]
    found = ask(old_url, lambda tx: [portraits.goes_on_in(tx, channel, ts) for channel, ts, _ in places])

    assert None in found
    assert found == [case for _, _, case in places]


def test_what_was_written_and_sent_is_visible_as_its_surface_implies(old_url: str) -> None:
    cases = [int(number) for number in seen()["cases"]]
    found = ask(old_url, lambda tx: [portraits.visibilities(tx, number) for number in cases])
    posts = {tuple(post) for case in found for post in case["posts"]}
    sent = {(mode, shown) for case in found for mode, shown, sent in case["replies"] if sent}
    unsent = {shown for case in found for _, shown, sent in case["replies"] if not sent}

    assert posts == sent == {("public", "public"), ("private", "dm")}
    assert unsent == {""}


#: How a sentence is keyed that is said once and never asked for again.
PASSING = ("say-", "instead-")


def errands(*states: str) -> list[dict[str, Any]]:
    """What the earlier program had for the desk, in these states."""
    return [row for table, row in old_record.rows() if table == "errands" and row["state"] in states]


def is_kept(errand: Mapping[str, Any]) -> bool:
    """Whether it is looked for again: a sentence with a key that tells what it is, or a later post."""
    if errand["kind"] == "say":
        return not str(errand["key"]).startswith(PASSING)
    return bool(errand["kind"] == "post" and errand["channel"] != "redraw")


def place_of(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Where a message stands."""
    return (row["ref_channel"], row["ref_ts"]) if "ref_ts" in row else None


def test_what_was_on_its_way_to_the_desk_still_is_with_all_that_is_known_of_it(old_url: str) -> None:
    left = errands("waiting", "underway")
    now = ask(old_url, portraits.of_outbox)

    assert {row["state"] for row in left} == {"waiting", "underway"}
    assert [entry["row"] for entry in now] == [
        {
            "id": row["id"],
            "key": row["key"],
            "lane": row["channel"],
            "state": row["state"],
            "rank": row["rank"],
            "attempts": row["attempts"],
            "detail": row["detail"],
            "keep": is_kept(row),
            "instants": [row.get(name) for name in ("created_at", "urgent_at", "not_before", "lease_until")],
        }
        for row in left
    ]
    assert [entry["about"] for entry in now] == [
        [row.get(name) for name in ("kind", "case_id", "reply_id", "post_number", "alarm_id")] for row in left
    ]


def test_where_things_stand_that_are_looked_for_again_is_known_and_nothing_else_is(old_url: str) -> None:
    over = errands("done", "refused")
    standing = {row["key"]: row for row in over if is_kept(row) and "ref_ts" in row}
    found = ask(old_url, lambda tx: {row["key"]: portraits.where_shown(tx, row["key"]) for row in over})

    assert {row["kind"] for row in standing.values()} == {"say", "post"}
    assert {key for key, shown in found.items() if shown} == set(standing)
    for key, row in standing.items():
        assert found[key] == {
            "place": place_of(row),
            "at": row["created_at"],
            "case": row.get("case_id"),
            "said": json.loads(row["said"]) if "said" in row else None,
        }


def test_of_what_is_over_nothing_is_left_to_do_and_what_stands_is_not_asked_for_again(old_url: str) -> None:
    over = errands("done", "refused")
    again = ask(old_url, lambda tx: [row["key"] for row in over if portraits.is_asked_again(tx, row)])

    assert {row["state"] for row in over} == {"done", "refused"}
    assert again == [row["key"] for row in over if not is_kept(row)]


def tell_of_a_backlog(url: str, channel: str, stamp: str, *, over: bool) -> None:
    """What the earlier program said in a channel of replies that wait, and that they no longer do."""
    engine = connect(parse(url))
    keys = [f"unread-{channel}-{stamp}", *([f"unread-{channel}-{stamp}-over"] if over else [])]
    said = json.dumps({"key": "unread.many", "values": {}, "buttons": []})
    with engine.begin() as connection:
        for key in keys:
            connection.execute(
                text(
                    "INSERT INTO errands (kind, key, channel, created_at, rank, urgent_at, said, ref_channel,"
                    " ref_ts, reaction, present, state, attempts, detail) VALUES ('say', :key, :lane, 1, '2',"
                    " 1, :said, :channel, :ts, '', true, 'done', 1, '')"
                ),
                {
                    "key": key,
                    "lane": channel if key == keys[0] else "redraw",
                    "channel": channel,
                    "ts": f"{stamp}.1",
                    "said": said,
                },
            )
    engine.dispose()


def test_a_backlog_that_was_told_and_is_not_over_is_known(old_url: str) -> None:
    tell_of_a_backlog(old_url, "C0LONG", "20260301120000", over=True)
    tell_of_a_backlog(old_url, "C0LONG", "20260302120000", over=False)
    tell_of_a_backlog(old_url, "C0OVER", "20260301120000", over=True)
    prefixes = ("unread-C0LONG-", "unread-C0OVER-")
    found = ask(old_url, lambda tx: [portraits.last_shown(tx, prefix) for prefix in prefixes])

    assert [shown and shown["place"] for shown in found] == [("C0LONG", "20260302120000.1"), None]


def test_replies_that_wait_no_longer_than_they_should_are_told_of_as_before(old_url: str) -> None:
    before = errands("waiting", "underway")
    ask(old_url, unread.tell)

    assert [entry["row"]["id"] for entry in ask(old_url, portraits.of_outbox)] == [r["id"] for r in before]


def test_a_conversation_leads_to_the_newest_case_that_its_customer_has_in_it(old_url: str) -> None:
    kept = list(old_record.rows())
    begun = [("id", row) for table, row in kept if table == "cases"]
    came = [("case_id", row) for t, row in kept if t == "posts" and "case_id" in row and not row["by_brand"]]
    newest: dict[tuple[str, str, str], int] = {}
    for number, row in begun + came:
        key = (row["account"], row["author_id"], row["root_id"])
        newest[key] = max(row[number], newest.get(key, 0))
    found = ask(old_url, lambda tx: {key: portraits.case_of_conversation(tx, *key) for key in newest})

    assert came
    assert found == newest
