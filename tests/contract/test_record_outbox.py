"""The record's contract for the outbox: what is coalesced, what is due, in which order, when to return."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any, get_args

import pytest

from bot.cases.model import AgentId, CaseId, MessageRef, ReplyId
from bot.cases.outbox import (
    KINDS,
    MARK,
    REDRAW,
    Card,
    Effect,
    Entry,
    EntryState,
    FollowUp,
    Line,
    Mark,
    Rank,
    Say,
    Warn,
    Whisper,
)
from bot.cases.record import Record, Store
from tests.contract.samples import (
    MINUTE,
    NOW,
    SAID,
    SECOND,
    a_case,
    a_full_entry,
    a_post,
    a_reply,
    an_entry,
    full_effects,
)

#: What stands in a channel, and asks for nothing else to be there.
ALOUD = Say(SAID)
MESSAGE = MessageRef("C1", "1.1")


async def a_case_of(store: Store, *, thread: bool = True) -> CaseId:
    """A case, whose card is posted if it has a thread."""

    def open_case(record: Record) -> CaseId:
        case = record.cases.add(a_case())
        ref = MessageRef("C1", f"{case.id}.1") if thread else None
        return record.cases.save(replace(case, thread=ref)).id

    return await store.do(open_case)


async def effects_of(store: Store, case_id: CaseId) -> dict[type[Effect], Effect]:
    """An effect of each kind, about this case where it is about one."""

    def add(record: Record) -> list[Effect]:
        reply = record.replies.add(a_reply(case_id))
        post = record.posts.add(a_post(f"p{case_id}"), case_id, NOW)
        assert reply is not None
        assert post is not None
        return full_effects(case_id, reply.id, post.number)

    return {type(effect): effect for effect in await store.do(add)}


async def ask(store: Store, effect: Effect, key: str, **more: Any) -> Entry | None:
    """Add one entry."""
    return await store.do(lambda record: record.outbox.add(an_entry(effect, key, **more)))


async def change(store: Store, entry: Entry | None, **changes: Any) -> Entry:
    """Save an entry with these changes."""
    assert entry is not None
    changed = replace(entry, **changes)
    await store.do(lambda record: record.outbox.save(changed))
    return changed


async def due(store: Store, now: datetime = NOW, limit: int = 10, busy: tuple[str, ...] = ()) -> list[str]:
    """The keys of what is due at `now`."""
    return await store.do(lambda record: [e.key for e in record.outbox.due(now, limit, busy)])


async def next_at(store: Store, now: datetime = NOW) -> datetime | None:
    """When there may be something due."""
    return await store.do(lambda record: record.outbox.next_due(now))


async def get(store: Store, entry: Entry | None) -> Entry | None:
    """An entry as it stands."""
    assert entry is not None
    return await store.do(lambda record: record.outbox.get(entry.id))


def test_every_kind_of_effect_has_a_name_and_a_sample_that_sets_every_field() -> None:
    samples = full_effects(CaseId(1), ReplyId(1), 1)
    unset = [
        (type(sample), field.name)
        for sample in [*samples, a_full_entry(ALOUD, "full")]
        for field in fields(sample)
        if getattr(sample, field.name) == field.default
    ]

    assert unset == []
    assert {*KINDS.values()} == {type(sample) for sample in samples} == {*get_args(Effect)}


async def test_every_kind_of_entry_comes_back_whole(store: Store) -> None:
    full = await effects_of(store, await a_case_of(store))
    for number, effect in enumerate([*full.values(), Mark(MESSAGE, "x", present=False)]):
        entry = a_full_entry(effect, f"full-{number}")
        added = await store.do(lambda record, entry=entry: record.outbox.add(entry))  # type: ignore[misc]  # the default binds the loop's value
        assert added == replace(entry, id=added.id)
        assert await get(store, added) == added


@pytest.mark.parametrize(
    "effect",
    [
        Warn(7),
        Say(SAID),
        Whisper(SAID, AgentId("U1"), MessageRef("C1", "")),
        Mark(MESSAGE, "x", present=False),
    ],
)
async def test_what_belongs_to_no_case_and_to_no_message_comes_back_whole(
    store: Store, effect: Effect
) -> None:
    added = await ask(store, effect, "bare")

    assert added == an_entry(effect, "bare", id=added.id if added else 0)
    assert await get(store, added) == added


async def test_an_unknown_entry_is_none(store: Store) -> None:
    assert await store.do(lambda record: record.outbox.get(404)) is None


async def test_a_saved_entry_keeps_its_progress(store: Store) -> None:
    changed = await change(
        store,
        await ask(store, ALOUD, "a"),
        state=EntryState.UNDERWAY,
        not_before=NOW,
        attempts=2,
        lease_until=NOW + MINUTE,
        detail="channel_not_found",
    )

    assert await get(store, changed) == changed


async def test_of_what_is_asked_for_a_save_changes_nothing(store: Store) -> None:
    added = await ask(store, ALOUD, "a", rank=Rank.WARNING)
    await change(
        store, added, effect=Say(SAID, ref=MESSAGE), key="b", lane="C2", rank=Rank.TIDYING, keep=True
    )

    assert await get(store, added) == added


async def test_one_card_of_a_case_waits_at_a_time(store: Store) -> None:
    card = Card(await a_case_of(store))

    assert await ask(store, card, "a") is not None
    assert await ask(store, card, "b") is None
    assert await ask(store, Card(await a_case_of(store)), "c") is not None


async def test_a_card_that_is_underway_does_not_stand_for_a_later_change(store: Store) -> None:
    card = Card(await a_case_of(store))
    await change(store, await ask(store, card, "a"), state=EntryState.UNDERWAY)

    assert await ask(store, card, "b") is not None


async def test_one_line_of_a_reply_waits_at_a_time(store: Store) -> None:
    case_id = await a_case_of(store)
    one, other = [(await effects_of(store, case))[Line] for case in (case_id, await a_case_of(store))]

    assert await ask(store, one, "a") is not None
    assert await ask(store, one, "b") is None
    assert await ask(store, other, "c") is not None


@pytest.mark.parametrize("kind", [FollowUp, Say, Whisper, Mark])
async def test_other_kinds_are_not_coalesced(store: Store, kind: type[Effect]) -> None:
    effect = (await effects_of(store, await a_case_of(store)))[kind]

    assert await ask(store, effect, "a") is not None
    assert await ask(store, effect, "b") is not None


@pytest.mark.parametrize("state", list(EntryState))
async def test_a_key_is_in_the_outbox_once(store: Store, state: EntryState) -> None:
    await change(store, await ask(store, ALOUD, "a"), state=state)

    assert await ask(store, ALOUD, "a") is None


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
    effect = Card(await a_case_of(store))
    card = await ask(store, effect, "a", rank=Rank.CUSTOMER, urgent_at=NOW)
    await ask(store, effect, "b", rank=rank, urgent_at=urgent_at)
    moved = await get(store, card)

    assert moved is not None
    assert (moved.rank, moved.urgent_at) == expected


async def test_a_waiting_entry_asked_for_again_by_its_key_moves_up(store: Store) -> None:
    said = await ask(store, ALOUD, "a")
    await ask(store, ALOUD, "a", rank=Rank.ANSWERING)
    assert said is not None

    assert await get(store, said) == replace(said, rank=Rank.ANSWERING)


@pytest.mark.parametrize("kind", [Card, Line, Warn])
async def test_what_goes_back_to_waiting_stands_for_the_later_one_too(
    store: Store, kind: type[Effect]
) -> None:
    effect = (await effects_of(store, await a_case_of(store)))[kind]
    first = await change(store, await ask(store, effect, "a"), state=EntryState.UNDERWAY)
    later = await ask(store, effect, "b", rank=Rank.ANSWERING, urgent_at=NOW + SECOND)
    await change(store, first, state=EntryState.WAITING, attempts=1)
    again = await get(store, first)

    assert await due(store) == ["a"]
    assert await get(store, later) is None
    assert again is not None
    assert (again.rank, again.urgent_at, again.attempts) == (Rank.ANSWERING, NOW + SECOND, 1)


async def test_entries_go_by_rank_then_urgency_then_age(store: Store) -> None:
    for key, rank, urgent_at in (
        ("tidy", Rank.TIDYING, NOW - MINUTE),
        ("customer, later", Rank.CUSTOMER, NOW + MINUTE),
        ("customer, first asked", Rank.CUSTOMER, NOW),
        ("customer, then asked", Rank.CUSTOMER, NOW),
        ("agent", Rank.ANSWERING, NOW + MINUTE),
    ):
        await ask(store, ALOUD, key, rank=rank, urgent_at=urgent_at)
    order = ["agent", "customer, first asked", "customer, then asked", "customer, later", "tidy"]

    assert await due(store) == order
    assert await due(store, limit=2) == order[:2]


async def test_an_entry_waits_until_its_time(store: Store) -> None:
    await ask(store, ALOUD, "a", not_before=NOW + SECOND)

    assert await due(store) == []
    assert await next_at(store) == NOW + SECOND
    assert await due(store, NOW + SECOND) == ["a"]


async def test_an_entry_underway_comes_again_when_its_lease_has_run_out(store: Store) -> None:
    await change(store, await ask(store, ALOUD, "a"), state=EntryState.UNDERWAY, lease_until=NOW + SECOND)

    assert await due(store) == []
    assert await next_at(store) == NOW + SECOND
    assert await due(store, NOW + SECOND) == ["a"]


async def test_lost_entries_take_their_place_among_the_waiting(store: Store) -> None:
    lost = await ask(store, ALOUD, "lost", rank=Rank.WARNING)
    await change(store, lost, state=EntryState.UNDERWAY, lease_until=NOW)
    await ask(store, ALOUD, "later", rank=Rank.CUSTOMER)
    await ask(store, ALOUD, "sooner", rank=Rank.ANSWERING)

    assert await due(store) == ["sooner", "lost", "later"]
    assert await due(store, limit=2) == ["sooner", "lost"]


async def test_busy_lanes_are_left_alone(store: Store) -> None:
    await change(store, await ask(store, ALOUD, "lost"), state=EntryState.UNDERWAY, lease_until=NOW)
    await ask(store, ALOUD, "busy")
    await ask(store, ALOUD, "free", lane="C2")

    assert await due(store, busy=("C1", "C3")) == ["free"]


async def test_of_a_lane_with_little_room_only_the_urgent_come(store: Store) -> None:
    for rank in (Rank.ANSWERING, Rank.WARNING, Rank.TIDYING):
        for lane in (REDRAW, MARK):
            await ask(store, Say(SAID, ref=MESSAGE), f"{lane} {rank.name}", lane=lane, rank=rank)
    least = {REDRAW: Rank.WARNING}
    found = await store.do(lambda record: [e.key for e in record.outbox.due(NOW, 10, (), least)])

    assert [key for key in found if key.startswith(REDRAW)] == ["redraw ANSWERING", "redraw WARNING"]
    assert [key for key in found if key.startswith(MARK)] == [
        "mark ANSWERING",
        "mark WARNING",
        "mark TIDYING",
    ]


async def test_each_rank_of_a_lane_comes_when_the_lane_opens_for_it(store: Store) -> None:
    await ask(store, Say(SAID, ref=MESSAGE), "a", lane=REDRAW, rank=Rank.TIDYING)
    await store.do(lambda record: record.outbox.take_slot(REDRAW, NOW + MINUTE))
    opens = {REDRAW: {Rank.CLAIMED: NOW, Rank.TIDYING: NOW + 5 * SECOND}}

    assert await store.do(lambda record: record.outbox.next_due(NOW, opens)) == NOW + 5 * SECOND
    await ask(store, Say(SAID, ref=MESSAGE), "b", lane=REDRAW, rank=Rank.CLAIMED, not_before=NOW + SECOND)
    assert await store.do(lambda record: record.outbox.next_due(NOW, opens)) == NOW + SECOND


@pytest.mark.parametrize("kind", [FollowUp, Say, Line, Warn])
async def test_what_belongs_in_a_thread_waits_for_the_card(store: Store, kind: type[Effect]) -> None:
    case_id = await a_case_of(store, thread=False)
    await ask(store, (await effects_of(store, case_id))[kind], "in the thread")

    assert await due(store) == []
    assert await next_at(store) is None

    def post_card(record: Record) -> None:
        case = record.cases.get(case_id)
        assert case is not None
        record.cases.save(replace(case, thread=MESSAGE))

    await store.do(post_card)
    assert await due(store) == ["in the thread"]
    assert await next_at(store) == NOW


async def test_the_card_and_what_has_no_case_do_not_wait_for_a_thread(store: Store) -> None:
    await ask(store, Card(await a_case_of(store, thread=False)), "card")
    await ask(store, ALOUD, "to the channel")
    await ask(store, Warn(7), "warning in the channel")
    await ask(store, Mark(MESSAGE, "x", True), "mark")

    assert await due(store) == ["card", "to the channel", "warning in the channel", "mark"]


async def test_a_thread_gets_its_messages_in_order(store: Store) -> None:
    case_id, other = await a_case_of(store), await a_case_of(store)
    first = await ask(store, Say(SAID, case_id), "first")
    await ask(store, Say(SAID, case_id), "second")
    await ask(store, Say(SAID, other), "elsewhere")
    underway = await change(store, first, state=EntryState.UNDERWAY, lease_until=NOW + MINUTE)

    assert await due(store) == ["elsewhere"]
    await store.do(lambda record: record.outbox.remove(underway))
    assert await due(store) == ["second", "elsewhere"]


async def test_a_lost_entry_goes_before_those_that_waited_for_it(store: Store) -> None:
    case_id = await a_case_of(store)
    first = await ask(store, Say(SAID, case_id), "first")
    await ask(store, Say(SAID, case_id), "second", rank=Rank.ANSWERING)
    await change(store, first, state=EntryState.UNDERWAY, lease_until=NOW)

    assert await due(store) == ["first"]


async def test_an_entry_is_found_by_its_key(store: Store) -> None:
    entry = await ask(store, ALOUD, "a")
    await ask(store, ALOUD, "b")

    assert await store.do(lambda record: record.outbox.of_key("a")) == entry
    assert await store.do(lambda record: record.outbox.of_key("c")) is None


async def test_with_nothing_to_do_there_is_no_next_entry(store: Store) -> None:
    assert await next_at(store) is None


async def test_the_next_entry_is_due_now_when_one_waits(store: Store) -> None:
    await ask(store, ALOUD, "later", not_before=NOW + MINUTE)
    await ask(store, ALOUD, "now")

    assert await next_at(store, NOW + SECOND) == NOW + SECOND


async def test_the_next_entry_of_a_busy_channel_comes_with_its_slot(store: Store) -> None:
    await ask(store, ALOUD, "a")
    await store.do(lambda record: record.outbox.take_slot("C1", NOW + SECOND))

    assert await next_at(store) == NOW + SECOND
    await ask(store, ALOUD, "b", lane="C2")
    assert await next_at(store) == NOW
