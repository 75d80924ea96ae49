"""The record's contract for replies: what is due, in which order, and when to look again."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import pytest

from bot.cases.errors import Stale
from bot.cases.model import CaseId, MessageRef, Reply, ReplyId, ReplyState
from bot.cases.posts import PostId
from bot.cases.record import Record, Store
from bot.cases.said import say
from tests.contract.samples import BRAND, MINUTE, NOW, SECOND, a_case, a_full_reply, a_reply


async def queue(store: Store, *replies: tuple[int, datetime, dict[str, Any]]) -> list[Reply]:
    """Store replies, each given as (number of its case from 1, send_after, other fields)."""

    def work(record: Record) -> list[Reply]:
        cases = {number: record.cases.add(a_case()) for number in {number for number, *_ in replies}}
        added = [record.replies.add(a_reply(cases[n].id, at, **more)) for n, at, more in replies]
        return [reply for reply in added if reply is not None]

    return await store.do(work)


async def due(store: Store, now: datetime = NOW, limit: int = 10) -> list[ReplyId]:
    """Which replies may go out at `now`."""
    return await store.do(lambda record: [reply.id for reply in record.replies.due(now, limit)])


def test_the_sample_reply_sets_every_field() -> None:
    full = a_full_reply(CaseId(1))

    assert [f.name for f in fields(Reply) if getattr(full, f.name) == f.default] == ["version"]


async def test_a_reply_comes_back_whole(store: Store) -> None:
    def work(record: Record) -> tuple[Reply, Reply | None, Reply | None]:
        full = a_full_reply(record.cases.add(a_case()).id)
        added = record.replies.add(full)
        assert added is not None
        return full, added, record.replies.get(added.id)

    full, added, read = await store.do(work)

    assert added is not None
    assert read == added == replace(full, id=added.id)


async def test_a_message_becomes_one_reply(store: Store) -> None:
    message = {"message": MessageRef("C1", "1.1")}
    replies = await queue(store, (1, NOW, message), (1, NOW, message))

    assert len(replies) == 1


async def test_replies_without_a_message_are_each_kept(store: Store) -> None:
    replies = await queue(store, (1, NOW, {}), (1, NOW, {}))

    assert len(replies) == 2


async def test_a_reply_is_found_by_message_line_and_post(store: Store) -> None:
    message, line = MessageRef("C1", "1.1"), MessageRef("C1", "2.1")
    _, reply = await queue(
        store, (1, NOW, {}), (1, NOW, {"message": message, "line": line, "post_id": PostId("1502")})
    )

    assert await store.do(lambda record: record.replies.of_message(message)) == reply
    assert await store.do(lambda record: record.replies.of_line(line)) == reply
    assert await store.do(lambda record: record.replies.of_post(BRAND, PostId("1502"))) == reply


async def test_an_unknown_reply_is_none(store: Store) -> None:
    ref = MessageRef("C1", "404")

    assert await store.do(lambda record: record.replies.get(ReplyId(404))) is None
    assert await store.do(lambda record: record.replies.of_message(ref)) is None
    assert await store.do(lambda record: record.replies.of_line(ref)) is None
    assert await store.do(lambda record: record.replies.of_post(BRAND, PostId("404"))) is None


async def test_the_replies_of_a_case_come_in_the_order_they_were_queued(store: Store) -> None:
    late, _, early = await queue(store, (1, NOW + MINUTE, {}), (2, NOW, {}), (1, NOW, {}))

    assert await store.do(lambda record: record.replies.of_case(late.case_id)) == [late, early]


async def test_a_saved_reply_comes_back_with_its_new_version(store: Store) -> None:
    [reply] = await queue(store, (1, NOW, {}))
    changed = replace(a_full_reply(reply.case_id), id=reply.id, version=reply.version)

    saved = await store.do(lambda record: record.replies.save(changed))

    assert saved == replace(changed, version=reply.version + 1)
    assert await store.do(lambda record: record.replies.get(reply.id)) == saved


async def test_saving_an_old_version_is_stale(store: Store) -> None:
    [reply] = await queue(store, (1, NOW, {}))
    await store.do(lambda record: record.replies.save(reply))

    with pytest.raises(Stale):
        await store.do(lambda record: record.replies.save(reply))


async def test_a_reply_is_due_when_its_hold_is_over(store: Store) -> None:
    [reply] = await queue(store, (1, NOW, {}))

    assert await due(store, NOW - SECOND) == []
    assert await due(store, NOW) == [reply.id]


async def test_a_held_reply_is_never_due(store: Store) -> None:
    await queue(store, (1, NOW, {"blocked": say("hold.draft")}))

    assert await due(store, NOW + MINUTE) == []


@pytest.mark.parametrize("state", [state for state in ReplyState if state is not ReplyState.QUEUED])
async def test_only_a_queued_reply_is_due(store: Store, state: ReplyState) -> None:
    await queue(store, (1, NOW, {"state": state}))

    assert await due(store) == []


async def test_the_oldest_are_due_first(store: Store) -> None:
    newer, oldest, newest = await queue(store, (1, NOW - SECOND, {}), (2, NOW - MINUTE, {}), (3, NOW, {}))

    assert await due(store) == [oldest.id, newer.id, newest.id]
    assert await due(store, limit=2) == [oldest.id, newer.id]


async def test_of_one_case_only_the_first_written_is_due(store: Store) -> None:
    first, _, other = await queue(store, (1, NOW, {}), (1, NOW - MINUTE, {}), (2, NOW, {}))

    assert await due(store) == [first.id, other.id]


async def test_a_reply_does_not_wait_for_one_that_is_held_or_later(store: Store) -> None:
    _, _, reply = await queue(
        store, (1, NOW, {"blocked": say("hold.draft")}), (1, NOW + MINUTE, {}), (1, NOW, {})
    )

    assert await due(store) == [reply.id]


@pytest.mark.parametrize("state", [ReplyState.SENDING, ReplyState.UNCONFIRMED])
async def test_nothing_is_due_in_a_case_whose_earlier_reply_is_in_doubt(
    store: Store, state: ReplyState
) -> None:
    await queue(store, (1, NOW + MINUTE, {"state": state}), (1, NOW, {}))

    assert await due(store) == []


async def test_a_reply_is_lost_when_its_lease_has_run_out(store: Store) -> None:
    _, lost, _ = await queue(
        store,
        (1, NOW, {"state": ReplyState.SENDING, "lease_until": NOW + SECOND}),
        (2, NOW, {"state": ReplyState.SENDING, "lease_until": NOW}),
        (3, NOW, {}),
    )

    assert await store.do(lambda record: record.replies.lost(NOW, 10)) == [lost]


async def test_an_unconfirmed_reply_is_looked_for_when_its_time_comes(store: Store) -> None:
    _, _, now, _ = await queue(
        store,
        (1, NOW + SECOND, {"state": ReplyState.UNCONFIRMED}),
        (2, NOW, {"state": ReplyState.UNCONFIRMED, "blocked": say("hold.unknown")}),
        (3, NOW, {"state": ReplyState.UNCONFIRMED}),
        (4, NOW, {}),
    )

    assert await store.do(lambda record: record.replies.unconfirmed(NOW, 10)) == [now]


async def test_replies_of_a_later_time_are_told_whatever_is_before_them(store: Store) -> None:
    later = NOW + SECOND
    queued = await queue(
        store,
        (1, NOW, {"state": ReplyState.UNCONFIRMED, "blocked": say("hold.unknown")}),
        (1, later, {}),
        (2, NOW, {"state": ReplyState.SENDING, "lease_until": later}),
        (3, later, {"state": ReplyState.UNCONFIRMED}),
        (4, NOW, {}),
        (5, later, {"blocked": say("hold.unknown")}),
        (6, later, {"state": ReplyState.STOPPED}),
    )
    found = await store.do(lambda record: record.replies.later(NOW))

    assert {reply.id for reply in found} == {reply.id for reply in queued[1:4]}


async def test_the_next_look_is_at_the_earliest_of_queue_lease_and_doubt(store: Store) -> None:
    async def next_send() -> datetime | None:
        return await store.do(lambda record: record.replies.next_due())

    assert await next_send() is None
    await queue(store, (1, NOW + 9 * MINUTE, {}))
    assert await next_send() == NOW + 9 * MINUTE
    await queue(store, (2, NOW + 5 * MINUTE, {"state": ReplyState.UNCONFIRMED}))
    assert await next_send() == NOW + 5 * MINUTE
    await queue(store, (3, NOW, {"state": ReplyState.SENDING, "lease_until": NOW + MINUTE}))

    assert await next_send() == NOW + MINUTE


async def test_a_reply_behind_one_in_doubt_does_not_call_for_a_look(store: Store) -> None:
    await queue(
        store,
        (1, NOW, {"state": ReplyState.UNCONFIRMED, "blocked": say("hold.unknown")}),
        (1, NOW, {}),
    )

    assert await store.do(lambda record: record.replies.next_due()) is None
