"""The record's contract for errands: what is coalesced, what is due, in which order, and when to return."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import pytest

from bot.cases.errands import Errand, ErrandKind, ErrandState, Rank
from bot.cases.model import CaseId, MessageRef, ReplyId
from bot.cases.record import Record, Store
from tests.contract.samples import (
    MINUTE,
    NOW,
    SECOND,
    a_case,
    a_full_errand,
    a_post,
    a_reply,
    an_errand,
)

CARD, LINE, POST, SAY, MARK = (
    ErrandKind.CARD,
    ErrandKind.LINE,
    ErrandKind.POST,
    ErrandKind.SAY,
    ErrandKind.MARK,
)


async def a_thread(store: Store) -> CaseId:
    """A case whose card is posted."""

    def open_case(record: Record) -> CaseId:
        case = record.cases.add(a_case())
        return record.cases.save(replace(case, thread=MessageRef("C1", f"{case.id}.1"))).id

    return await store.do(open_case)


async def ask(store: Store, kind: ErrandKind, key: str, **more: Any) -> Errand | None:
    """Add one errand."""
    return await store.do(lambda record: record.outbox.add(an_errand(kind, key, **more)))


async def change(store: Store, errand: Errand | None, **changes: Any) -> Errand:
    """Save an errand with these changes."""
    assert errand is not None
    changed = replace(errand, **changes)
    await store.do(lambda record: record.outbox.save(changed))
    return changed


async def due(store: Store, now: datetime = NOW, limit: int = 10, busy: tuple[str, ...] = ()) -> list[str]:
    """The keys of what is due at `now`."""
    return await store.do(lambda record: [e.key for e in record.outbox.due(now, limit, busy)])


async def next_at(store: Store, now: datetime = NOW) -> datetime | None:
    """When there may be something due."""
    return await store.do(lambda record: record.outbox.next_due(now))


def test_the_sample_errand_sets_every_field() -> None:
    full = a_full_errand(CaseId(1), ReplyId(1), 1)

    assert [f.name for f in fields(Errand) if getattr(full, f.name) == f.default] == []


async def test_an_errand_comes_back_whole(store: Store) -> None:
    def work(record: Record) -> tuple[Errand, Errand | None, Errand | None]:
        case = record.cases.add(a_case())
        reply = record.replies.add(a_reply(case.id))
        post = record.posts.add(a_post(), case.id, NOW)
        assert reply is not None
        assert post is not None
        full = a_full_errand(case.id, reply.id, post.number)
        added = record.outbox.add(full)
        assert added is not None
        return full, added, record.outbox.get(added.id)

    full, added, read = await store.do(work)

    assert added is not None
    assert read == added == replace(full, id=added.id)


async def test_an_unknown_errand_is_none(store: Store) -> None:
    assert await store.do(lambda record: record.outbox.get(404)) is None


async def test_a_saved_errand_keeps_its_progress(store: Store) -> None:
    errand = await ask(store, SAY, "a")
    changed = await change(
        store,
        errand,
        state=ErrandState.REFUSED,
        not_before=NOW,
        attempts=2,
        lease_until=NOW + MINUTE,
        ref=MessageRef("C1", "1.1"),
        detail="channel_not_found",
    )

    assert await store.do(lambda record: record.outbox.get(changed.id)) == changed


async def test_one_card_of_a_case_waits_at_a_time(store: Store) -> None:
    case_id = await a_thread(store)
    first = await ask(store, CARD, "a", case_id=case_id)

    assert first is not None
    assert await ask(store, CARD, "b", case_id=case_id) is None
    assert await ask(store, CARD, "c", case_id=await a_thread(store)) is not None


async def test_a_card_that_is_underway_does_not_stand_for_a_later_change(store: Store) -> None:
    case_id = await a_thread(store)
    await change(store, await ask(store, CARD, "a", case_id=case_id), state=ErrandState.UNDERWAY)

    assert await ask(store, CARD, "b", case_id=case_id) is not None


async def test_one_line_of_a_reply_waits_at_a_time(store: Store) -> None:
    def queue(record: Record) -> list[ReplyId]:
        case = record.cases.add(a_case())
        added = [record.replies.add(a_reply(case.id)) for _ in range(2)]
        return [reply.id for reply in added if reply is not None]

    one, other = await store.do(queue)

    assert await ask(store, LINE, "a", reply_id=one) is not None
    assert await ask(store, LINE, "b", reply_id=one) is None
    assert await ask(store, LINE, "c", reply_id=other) is not None


async def test_other_kinds_are_not_coalesced(store: Store) -> None:
    case_id = await a_thread(store)

    assert await ask(store, SAY, "a", case_id=case_id) is not None
    assert await ask(store, SAY, "b", case_id=case_id) is not None


@pytest.mark.parametrize("state", list(ErrandState))
async def test_a_key_is_asked_for_once_whatever_became_of_it(store: Store, state: ErrandState) -> None:
    await change(store, await ask(store, SAY, "a"), state=state)

    assert await ask(store, SAY, "a") is None


@pytest.mark.parametrize(
    ("rank", "urgent_at", "expected"),
    [
        (Rank.ANSWERING, NOW + MINUTE, (Rank.ANSWERING, NOW + MINUTE)),
        (Rank.CUSTOMER, NOW - MINUTE, (Rank.CUSTOMER, NOW - MINUTE)),
        (Rank.CUSTOMER, NOW + MINUTE, (Rank.CUSTOMER, NOW)),
        (Rank.TIDYING, NOW - MINUTE, (Rank.CUSTOMER, NOW)),
    ],
)
async def test_a_waiting_card_moves_to_the_more_urgent_place(
    store: Store, rank: Rank, urgent_at: datetime, expected: tuple[Rank, datetime]
) -> None:
    case_id = await a_thread(store)
    card = await ask(store, CARD, "a", case_id=case_id, rank=Rank.CUSTOMER, urgent_at=NOW)
    await ask(store, CARD, "b", case_id=case_id, rank=rank, urgent_at=urgent_at)
    assert card is not None

    moved = await store.do(lambda record: record.outbox.get(card.id))

    assert moved is not None
    assert (moved.rank, moved.urgent_at) == expected


async def test_a_waiting_errand_asked_for_again_by_its_key_moves_up(store: Store) -> None:
    said = await ask(store, SAY, "a")
    await ask(store, SAY, "a", rank=Rank.ANSWERING)
    assert said is not None

    moved = await store.do(lambda record: record.outbox.get(said.id))

    assert moved == replace(said, rank=Rank.ANSWERING)


async def test_a_card_that_goes_back_to_waiting_stands_for_the_later_one_too(store: Store) -> None:
    case_id = await a_thread(store)
    first = await change(store, await ask(store, CARD, "a", case_id=case_id), state=ErrandState.UNDERWAY)
    await ask(store, CARD, "b", case_id=case_id, rank=Rank.ANSWERING, urgent_at=NOW + SECOND)
    await change(store, first, state=ErrandState.WAITING, attempts=1)
    again = await store.do(lambda record: record.outbox.get(first.id))

    assert await due(store) == ["a"]
    assert again is not None
    assert (again.rank, again.urgent_at, again.attempts) == (Rank.ANSWERING, NOW + SECOND, 1)


async def test_errands_go_by_rank_then_urgency_then_age(store: Store) -> None:
    for key, rank, urgent_at in (
        ("tidy", Rank.TIDYING, NOW - MINUTE),
        ("customer, later", Rank.CUSTOMER, NOW + MINUTE),
        ("customer, first asked", Rank.CUSTOMER, NOW),
        ("customer, then asked", Rank.CUSTOMER, NOW),
        ("agent", Rank.ANSWERING, NOW + MINUTE),
    ):
        await ask(store, SAY, key, rank=rank, urgent_at=urgent_at)
    order = ["agent", "customer, first asked", "customer, then asked", "customer, later", "tidy"]

    assert await due(store) == order
    assert await due(store, limit=2) == order[:2]


@pytest.mark.parametrize("state", [ErrandState.DONE, ErrandState.REFUSED])
async def test_what_is_over_is_not_due(store: Store, state: ErrandState) -> None:
    await change(store, await ask(store, SAY, "a"), state=state)

    assert await due(store) == []
    assert await next_at(store) is None


async def test_an_errand_waits_until_its_time(store: Store) -> None:
    await ask(store, SAY, "a", not_before=NOW + SECOND)

    assert await due(store) == []
    assert await next_at(store) == NOW + SECOND
    assert await due(store, NOW + SECOND) == ["a"]


async def test_an_errand_underway_comes_again_when_its_lease_has_run_out(store: Store) -> None:
    await change(store, await ask(store, SAY, "a"), state=ErrandState.UNDERWAY, lease_until=NOW + SECOND)

    assert await due(store) == []
    assert await next_at(store) == NOW + SECOND
    assert await due(store, NOW + SECOND) == ["a"]


async def test_lost_errands_take_their_place_among_the_waiting(store: Store) -> None:
    lost = await ask(store, SAY, "lost", rank=Rank.WARNING)
    await change(store, lost, state=ErrandState.UNDERWAY, lease_until=NOW)
    await ask(store, SAY, "later", rank=Rank.CUSTOMER)
    await ask(store, SAY, "sooner", rank=Rank.ANSWERING)

    assert await due(store) == ["sooner", "lost", "later"]
    assert await due(store, limit=2) == ["sooner", "lost"]


async def test_busy_channels_are_left_alone(store: Store) -> None:
    await change(store, await ask(store, SAY, "lost"), state=ErrandState.UNDERWAY, lease_until=NOW)
    await ask(store, SAY, "busy")
    await ask(store, SAY, "free", channel="C2")

    assert await due(store, busy=("C1", "C3")) == ["free"]


@pytest.mark.parametrize("kind", [POST, SAY, LINE])
async def test_what_belongs_in_a_thread_waits_for_the_card(store: Store, kind: ErrandKind) -> None:
    case = await store.do(lambda record: record.cases.add(a_case()))
    await ask(store, kind, "in the thread", case_id=case.id)

    assert await due(store) == []
    assert await next_at(store) is None
    await store.do(lambda record: record.cases.save(replace(case, thread=MessageRef("C1", "1.1"))))
    assert await due(store) == ["in the thread"]
    assert await next_at(store) == NOW


async def test_the_card_and_what_has_no_case_do_not_wait_for_a_thread(store: Store) -> None:
    case = await store.do(lambda record: record.cases.add(a_case()))
    await ask(store, CARD, "card", case_id=case.id)
    await ask(store, SAY, "to the channel")
    await ask(store, MARK, "mark", case_id=case.id)

    assert await due(store) == ["card", "to the channel", "mark"]


async def test_a_thread_gets_its_messages_in_order(store: Store) -> None:
    case_id, other = await a_thread(store), await a_thread(store)
    first = await ask(store, POST, "first", case_id=case_id)
    await ask(store, POST, "second", case_id=case_id)
    await ask(store, POST, "elsewhere", case_id=other)
    underway = await change(store, first, state=ErrandState.UNDERWAY, lease_until=NOW + MINUTE)

    assert await due(store) == ["elsewhere"]
    await change(store, underway, state=ErrandState.DONE)
    assert await due(store) == ["second", "elsewhere"]


async def test_a_lost_errand_goes_before_those_that_waited_for_it(store: Store) -> None:
    case_id = await a_thread(store)
    first = await ask(store, POST, "first", case_id=case_id)
    await ask(store, POST, "second", case_id=case_id, rank=Rank.ANSWERING)
    await change(store, first, state=ErrandState.UNDERWAY, lease_until=NOW)

    assert await due(store) == ["first"]


async def test_an_errand_is_found_by_its_key(store: Store) -> None:
    errand = await ask(store, SAY, "a")
    await ask(store, SAY, "b")

    assert await store.do(lambda record: record.outbox.of_key("a")) == errand
    assert await store.do(lambda record: record.outbox.of_key("c")) is None


async def test_with_nothing_to_do_there_is_no_next_errand(store: Store) -> None:
    assert await next_at(store) is None


async def test_the_next_errand_is_due_now_when_one_waits(store: Store) -> None:
    await ask(store, SAY, "later", not_before=NOW + MINUTE)
    await ask(store, SAY, "now")

    assert await next_at(store, NOW + SECOND) == NOW + SECOND


async def test_the_next_errand_of_a_busy_channel_comes_with_its_slot(store: Store) -> None:
    await ask(store, SAY, "a")
    await store.do(lambda record: record.outbox.take_slot("C1", NOW + SECOND))

    assert await next_at(store) == NOW + SECOND
    await ask(store, SAY, "b", channel="C2")
    assert await next_at(store) == NOW


async def test_a_channel_that_never_had_a_post_has_no_slot(store: Store) -> None:
    assert await store.do(lambda record: record.outbox.slot("C1")) is None


async def test_a_slot_is_the_one_taken_last(store: Store) -> None:
    await store.do(lambda record: record.outbox.take_slot("C1", NOW))
    await store.do(lambda record: record.outbox.take_slot("C1", NOW + SECOND))
    await store.do(lambda record: record.outbox.take_slot("C2", NOW + MINUTE))

    assert await store.do(lambda record: record.outbox.slots()) == {"C1": NOW + SECOND, "C2": NOW + MINUTE}


class TestBringingNear:
    """After a clock that was ahead."""

    async def bring(self, store: Store, rest: int = 5, slot: int = 1, lease: int = 2) -> None:
        """Let nothing be further away than so many minutes."""
        await store.do(
            lambda record: record.outbox.cap_waits(
                NOW + rest * MINUTE, NOW + slot * MINUTE, NOW + lease * MINUTE
            )
        )

    async def now(self, store: Store, errand: Errand | None) -> Errand:
        assert errand is not None
        current = await store.do(lambda record: record.outbox.get(errand.id))
        assert current is not None
        return current

    async def test_no_errand_rests_longer_than_that(self, store: Store) -> None:
        far = await ask(store, SAY, "far", not_before=NOW + 60 * MINUTE)
        near = await ask(store, SAY, "near", not_before=NOW + MINUTE)
        await self.bring(store)

        assert (await self.now(store, far)).not_before == NOW + 5 * MINUTE
        assert (await self.now(store, near)).not_before == NOW + MINUTE

    async def test_no_errand_is_leased_longer_than_that(self, store: Store) -> None:
        case_id = await a_thread(store)
        far = await change(
            store,
            await ask(store, POST, "far", case_id=case_id),
            state=ErrandState.UNDERWAY,
            lease_until=NOW + 60 * MINUTE,
        )
        near = await change(
            store,
            await ask(store, POST, "near", case_id=case_id),
            state=ErrandState.UNDERWAY,
            lease_until=NOW + MINUTE,
        )
        await self.bring(store)

        assert (await self.now(store, far)).lease_until == NOW + 2 * MINUTE
        assert (await self.now(store, near)).lease_until == NOW + MINUTE

    async def test_what_is_done_stays_as_it_is(self, store: Store) -> None:
        done = await change(
            store,
            await ask(store, SAY, "done"),
            state=ErrandState.DONE,
            not_before=NOW + 60 * MINUTE,
            lease_until=NOW + 60 * MINUTE,
        )
        await self.bring(store)

        assert await self.now(store, done) == done

    async def test_no_channel_waits_longer_than_that(self, store: Store) -> None:
        await store.do(lambda record: record.outbox.take_slot("C1", NOW + 60 * MINUTE))
        await store.do(lambda record: record.outbox.take_slot("C2", NOW + SECOND))
        await self.bring(store)

        assert await store.do(lambda record: record.outbox.slot("C1")) == NOW + MINUTE
        assert await store.do(lambda record: record.outbox.slot("C2")) == NOW + SECOND
