"""The record's contract for what leaves the outbox, for where things stand then, and for the slots."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from bot.cases.model import CaseId, MessageRef
from bot.cases.outbox import REDRAW, Card, Entry, EntryState, Rank, Say, Shown
from bot.cases.record import Record, Store
from bot.cases.said import Sentence, say
from tests.contract.samples import MINUTE, NOW, SAID, SECOND, a_full_shown
from tests.contract.test_record_outbox import ALOUD, a_case_of, ask, change, due, get

PLACE, ELSEWHERE = MessageRef("C1", "1.1"), MessageRef("C2", "2.1")


async def keep(store: Store, shown: Shown) -> Shown:
    """Remember where something stands."""
    await store.do(lambda record: record.outbox.keep(shown))
    return shown


async def shown(store: Store, key: str) -> Shown | None:
    """Where something stands."""
    return await store.do(lambda record: record.outbox.shown(key))


async def test_every_entry_waits_in_the_order_in_which_it_was_asked_for(store: Store) -> None:
    case_id = await a_case_of(store)
    added = [
        await ask(store, Say(SAID, case_id), "z", rank=Rank.TIDYING),
        await ask(store, ALOUD, "a", lane="C2", not_before=NOW + MINUTE),
        await ask(store, Card(case_id), "m", lane=REDRAW, rank=Rank.CLAIMED),
    ]
    added[0] = await change(store, added[0], state=EntryState.UNDERWAY, lease_until=NOW)

    assert await store.do(lambda record: list(record.outbox.waiting())) == added


class TestLeaving:
    @pytest.mark.parametrize("state", list(EntryState))
    async def test_what_is_removed_leaves_nothing(self, store: Store, state: EntryState) -> None:
        entry = await change(store, await ask(store, ALOUD, "a", keep=True), state=state)
        stays = await ask(store, ALOUD, "b")
        await store.do(lambda record: record.outbox.remove(entry))

        assert await get(store, entry) is None
        assert await store.do(lambda record: list(record.outbox.waiting())) == [stays]
        assert await shown(store, "a") is None

    async def test_its_key_and_its_place_are_free_again_in_the_same_piece(self, store: Store) -> None:
        card = await ask(store, Card(await a_case_of(store)), "a")
        assert card is not None

        def anew(record: Record) -> Entry | None:
            record.outbox.remove(card)
            return record.outbox.add(replace(card, lane="C2"))

        added = await store.do(anew)

        assert added is not None
        assert await get(store, added) == added
        assert added.lane == "C2"


class TestKeeping:
    def test_the_sample_sets_every_field(self) -> None:
        full = a_full_shown(CaseId(1))

        assert [f.name for f in fields(full) if getattr(full, f.name) == f.default] == []

    async def test_where_something_stands_comes_back_whole(self, store: Store) -> None:
        full = await keep(store, a_full_shown(await a_case_of(store)))
        bare = await keep(store, Shown("unread-C1", PLACE, NOW))

        assert [await shown(store, key) for key in (full.key, bare.key, "c")] == [full, bare, None]

    async def test_the_last_place_counts(self, store: Store) -> None:
        await keep(store, Shown("a", PLACE, NOW, None, SAID))
        last = await keep(store, Shown("a", ELSEWHERE, NOW + SECOND))

        assert await shown(store, "a") == last

    async def test_the_last_of_the_keys_that_begin_alike_is_found(self, store: Store) -> None:
        for key in ("a-1", "a-2", "b-3"):
            await keep(store, Shown(key, PLACE, NOW))
        found = await store.do(lambda record: [record.outbox.shown_last(each) for each in ("a-", "b-", "c-")])

        assert [each and each.key for each in found] == ["a-2", "b-3", None]

    async def test_what_is_lost_stands_nowhere(self, store: Store) -> None:
        await keep(store, Shown("a", PLACE, NOW))
        stays = await keep(store, Shown("b", PLACE, NOW))
        for _ in range(2):
            await store.do(lambda record: record.outbox.lose("a"))

        assert [await shown(store, key) for key in ("a", "b")] == [None, stays]

    async def test_keeping_losing_and_asking_are_seen_at_once_in_one_piece(self, store: Store) -> None:
        def work(record: Record) -> list[bool]:
            seen = []
            for place in (PLACE, ELSEWHERE):
                record.outbox.keep(Shown("a", place, NOW))
                seen.append(record.outbox.shown("a") == Shown("a", place, NOW))
                record.outbox.lose("a")
                seen.append(record.outbox.shown("a") is None)
            return seen

        assert await store.do(work) == [True] * 4

    @pytest.mark.parametrize(("is_kept", "is_asked"), [(True, False), (False, True)])
    async def test_only_what_is_to_be_kept_is_superfluous_once_it_stands(
        self, store: Store, is_kept: bool, is_asked: bool
    ) -> None:
        await keep(store, Shown("a", PLACE, NOW))

        assert (await ask(store, ALOUD, "a", keep=is_kept) is not None) is is_asked

    async def test_what_was_lost_is_asked_for_anew(self, store: Store) -> None:
        await keep(store, Shown("a", PLACE, NOW))
        await store.do(lambda record: record.outbox.lose("a"))

        assert await ask(store, ALOUD, "a", keep=True) is not None


class TestSayingOtherwise:
    """A question that waits to be put may ask something else; one that somebody is putting may not."""

    @pytest.mark.parametrize(
        ("changes", "is_changed"),
        [
            ({}, True),
            ({"attempts": 1}, False),
            ({"state": EntryState.UNDERWAY, "lease_until": NOW + MINUTE}, False),
        ],
    )
    @pytest.mark.parametrize("said", [say("help"), None])
    async def test_only_what_waits_and_was_never_tried_is_said_otherwise(
        self, store: Store, said: Sentence | None, changes: dict[str, Any], is_changed: bool
    ) -> None:
        case_id = await a_case_of(store)
        question = await ask(store, Say(say("queue.empty"), case_id), "a", keep=True)
        before, beside = await change(store, question, **changes), await ask(store, ALOUD, "beside")
        told = await store.do(lambda record: record.outbox.say_otherwise("a", said))
        unknown = await store.do(lambda record: record.outbox.say_otherwise("b", said))
        after = await store.do(lambda record: list(record.outbox.waiting()))
        otherwise = [replace(before, effect=Say(said, case_id))] if said else []

        assert (told, unknown) == (is_changed, False)
        assert after == [*(otherwise if is_changed else [before]), beside]

    async def test_what_stands_already_is_not_said_otherwise(self, store: Store) -> None:
        stands = await keep(store, Shown("a", PLACE, NOW, None, SAID))

        assert await store.do(lambda record: record.outbox.say_otherwise("a", say("help"))) is False
        assert await shown(store, "a") == stands


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

    async def now(self, store: Store, entry: Entry | None) -> Entry:
        current = await get(store, entry)
        assert current is not None
        return current

    async def test_no_entry_rests_longer_than_that(self, store: Store) -> None:
        far = await ask(store, ALOUD, "far", not_before=NOW + 60 * MINUTE)
        near = await ask(store, ALOUD, "near", not_before=NOW + MINUTE)
        await self.bring(store)

        assert (await self.now(store, far)).not_before == NOW + 5 * MINUTE
        assert (await self.now(store, near)).not_before == NOW + MINUTE

    async def test_no_entry_is_leased_longer_than_that(self, store: Store) -> None:
        leases = (60 * MINUTE, MINUTE)
        far, near = [
            await change(
                store,
                await ask(store, ALOUD, f"{lease}"),
                state=EntryState.UNDERWAY,
                lease_until=NOW + lease,
                not_before=NOW + 60 * MINUTE,
            )
            for lease in leases
        ]
        await self.bring(store)

        assert await self.now(store, far) == replace(far, lease_until=NOW + 2 * MINUTE)
        assert await self.now(store, near) == near
        assert await due(store, NOW + 2 * MINUTE) == [far.key, near.key]

    async def test_no_channel_waits_longer_than_that(self, store: Store) -> None:
        await store.do(lambda record: record.outbox.take_slot("C1", NOW + 60 * MINUTE))
        await store.do(lambda record: record.outbox.take_slot("C2", NOW + SECOND))
        await self.bring(store)

        assert await store.do(lambda record: record.outbox.slot("C1")) == NOW + MINUTE
        assert await store.do(lambda record: record.outbox.slot("C2")) == NOW + SECOND
