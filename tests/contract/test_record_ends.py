"""The record's contract for the end of rows: what is over goes, and what something still asks for stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.cases import ends
from bot.cases.model import AgentId, Case, CaseId, MessageKind, MessageRef, ReplyState, Status, Tenure
from bot.cases.outbox import EntryState, Shown
from bot.cases.posts import Surface
from bot.cases.record import Record, Store
from tests.contract.samples import (
    BRAND,
    MINUTE,
    NOW,
    SAID,
    SECOND,
    a_case,
    a_full_message,
    a_post,
    a_reply,
    an_entry,
    full_effects,
)

CLOSED = NOW
#: The first instant at which what only the desk needed of a case closed at NOW goes.
LATER = CLOSED + ends.CASES + SECOND
CARD = MessageRef("C1", "1700000000.000100")
OLD = MessageRef("C1", "1690000000.000100")
NOTE = MessageRef("C1", "1700000001.000100")
LATE_NOTE = MessageRef("C1", "1700000002.000100")
ANN = AgentId("U1")


async def forget(store: Store, now: datetime, most: int = 100) -> bool:
    """One piece of forgetting."""
    return await store.do(lambda record: record.upkeep.forget(now, most))


async def a_worked_case(store: Store, **fields: Any) -> Case:
    """A closed case with everything that the desk keeps of one."""
    moved: dict[str, Any] = {"thread": CARD} | fields

    def work(record: Record) -> Case:
        case = record.cases.add(a_case(status=Status.CLOSED, closed_at=CLOSED, thread=OLD))
        case = record.cases.save(replace(case, **moved))
        for ref, at in ((NOTE, CLOSED - MINUTE), (LATE_NOTE, CLOSED + MINUTE)):
            record.threads.add_message(
                replace(a_full_message(case.id), ref=ref, at=at, kind=MessageKind.NOTE)
            )
        record.threads.add_tenure(Tenure(case.id, "", ANN, Surface.PUBLIC))
        for thread in (OLD, CARD):
            record.threads.note_read(thread, NOTE.ts)
        record.threads.keep_reaction(CARD, "white_check_mark", ANN, True, NOTE.ts)
        for card in (OLD, CARD):
            record.threads.keep_reaction(card, "eyes", ANN, False, NOTE.ts)
        record.outbox.keep(Shown(f"ask-{case.id}", NOTE, CLOSED, case.id, SAID))
        record.outbox.keep(Shown(f"post-{case.id}", NOTE, CLOSED, case.id))
        return case

    return await store.do(work)


def kept(record: Record, case_id: CaseId) -> dict[str, Any]:
    """What is known of a worked case."""
    threads = [record.cases.of_thread(ref, ever=True) for ref in (OLD, CARD)]
    return {
        "messages": [ref for ref in (NOTE, LATE_NOTE) if record.threads.message(ref)],
        "tenures": len(record.threads.tenures_of(case_id)),
        "marks": [ref for ref in (OLD, CARD) if record.threads.read_to(ref)],
        "threads": [case and case.id for case in threads],
        "sentence": record.outbox.shown(f"ask-{case_id}") is not None,
        "post": record.outbox.shown(f"post-{case_id}") is not None,
    }


def everything(case: Case) -> dict[str, Any]:
    """As `kept`, while nothing is forgotten."""
    return {
        "messages": [NOTE, LATE_NOTE],
        "tenures": 1,
        "marks": [OLD, CARD],
        "threads": [case.id, case.id],
        "sentence": True,
        "post": True,
    }


async def test_what_the_desk_needed_of_a_closed_case_goes_when_that_is_long_past(store: Store) -> None:
    case = await a_worked_case(store)
    await forget(store, LATER)

    left = {
        "messages": [LATE_NOTE],
        "tenures": 0,
        "marks": [],
        "threads": [case.id, case.id],
        "sentence": False,
        "post": True,
    }
    assert await store.do(lambda record: kept(record, case.id)) == left
    assert await store.do(lambda record: record.cases.get(case.id)) == replace(case, forgotten_to=CLOSED)


async def test_reactions_that_stand_on_a_card_stay_known(store: Store) -> None:
    await a_worked_case(store)
    await forget(store, LATER)

    def news(record: Record) -> list[bool]:
        return [
            record.threads.keep_reaction(CARD, "white_check_mark", ANN, True, "1800000000.1"),
            *(record.threads.keep_reaction(card, "eyes", ANN, True, "16.1") for card in (OLD, CARD)),
        ]

    assert await store.do(news) == [False, True, True]


@pytest.mark.parametrize(
    ("fields", "now"),
    [
        ({}, LATER - 2 * SECOND),
        ({"status": Status.ANSWERED}, LATER),
        ({"status": Status.NEW, "closed_at": None}, LATER),
    ],
)
async def test_a_case_that_is_open_or_was_closed_of_late_is_known_whole(
    store: Store, fields: dict[str, Any], now: datetime
) -> None:
    case = await a_worked_case(store, **fields)
    await forget(store, now)

    assert await store.do(lambda record: kept(record, case.id)) == everything(case)
    assert await store.do(lambda record: record.cases.get(case.id)) == case


async def test_a_case_with_an_undecided_message_is_known_whole(store: Store) -> None:
    case = await a_worked_case(store)
    await store.do(
        lambda record: record.threads.save_message(
            replace(a_full_message(case.id), ref=NOTE, at=CLOSED - MINUTE, kind=MessageKind.ASKED)
        )
    )
    await forget(store, LATER)

    assert await store.do(lambda record: kept(record, case.id)) == everything(case)


@pytest.mark.parametrize(
    ("state", "whole"),
    [
        (ReplyState.QUEUED, True),
        (ReplyState.SENDING, True),
        (ReplyState.UNCONFIRMED, True),
        (ReplyState.SENT, False),
        (ReplyState.STOPPED, False),
        (ReplyState.FAILED, False),
    ],
)
async def test_a_case_with_a_reply_on_its_way_is_known_whole(
    store: Store, state: ReplyState, whole: bool
) -> None:
    case = await a_worked_case(store)
    await store.do(lambda record: record.replies.add(a_reply(case.id, state=state)))
    await forget(store, LATER)

    assert (await store.do(lambda record: kept(record, case.id)) == everything(case)) is whole


async def test_what_is_forgotten_of_a_case_is_the_records_to_say(store: Store) -> None:
    case = await a_worked_case(store, forgotten_to=NOW)
    before = await store.do(lambda record: record.cases.get(case.id))
    await forget(store, LATER)
    opened = replace(case, status=Status.NEW, closed_at=None)
    await store.do(lambda record: record.cases.save(opened))  # as it was read before
    after = await store.do(lambda record: record.cases.get(case.id))

    assert (before and before.forgotten_to, after and after.forgotten_to) == (None, CLOSED)


async def test_a_case_that_is_closed_again_is_forgotten_again(store: Store) -> None:
    case = await a_worked_case(store)
    await forget(store, LATER)
    again = replace(case, closed_at=LATER)
    await store.do(lambda record: record.cases.save(again))
    await forget(store, LATER + ends.CASES + SECOND)

    assert await store.do(lambda record: kept(record, case.id)["messages"]) == []


async def test_so_many_cases_are_forgotten_at_a_time(store: Store) -> None:
    cases = [
        await a_worked_case(store, closed_at=CLOSED + number * SECOND, thread=MessageRef("C2", f"{number}.1"))
        for number in range(3)
    ]
    more = [await forget(store, LATER + MINUTE, most=2) for _ in range(2)]
    forgotten = await store.do(lambda record: [record.cases.get(case.id) for case in cases])

    assert more == [True, False]
    assert all(case and case.forgotten_to for case in forgotten)


async def test_what_is_still_to_be_shown_stays_whatever_becomes_of_its_case(store: Store) -> None:
    case = await a_worked_case(store)
    ages_ago = {"asked_at": NOW - timedelta(days=4000), "urgent_at": NOW - timedelta(days=4000)}

    def work(record: Record) -> tuple[list[Any], list[Any]]:
        reply = record.replies.add(a_reply(case.id, state=ReplyState.SENT))
        post = record.posts.add(a_post(), case.id, NOW)
        assert reply is not None
        assert post is not None
        asked = [
            record.outbox.add(an_entry(effect, f"{number}-{state}", state=state, **ages_ago))
            for number, effect in enumerate(full_effects(case.id, reply.id, post.number))
            for state in EntryState
        ]
        record.upkeep.forget(LATER + timedelta(days=4000), 100)
        return asked, list(record.outbox.waiting())

    asked, left = await store.do(work)

    assert None not in asked
    assert left == asked


async def test_a_sentence_of_a_channel_goes_by_its_age_and_one_of_a_case_with_that(store: Store) -> None:
    case = await a_worked_case(store, status=Status.ANSWERED)

    def work(record: Record) -> list[list[str]]:
        record.outbox.keep(Shown("unread-C1", CARD, NOW, None, SAID))
        record.outbox.keep(Shown("edits-closed-C1", CARD, NOW + MINUTE, None, SAID))
        left = []
        for at in (ends.SENTENCES, ends.SENTENCES + SECOND, ends.SENTENCES + 2 * MINUTE):
            record.upkeep.forget(NOW + at, 100)
            keys = ("unread-C1", "edits-closed-C1", f"ask-{case.id}", f"post-{case.id}")
            left.append([key.partition("-")[0] for key in keys if record.outbox.shown(key)])
        return left

    assert await store.do(work) == [
        ["unread", "edits", "ask", "post"],
        ["edits", "ask", "post"],
        ["ask", "post"],
    ]


async def test_so_many_sentences_of_channels_go_at_a_time_the_oldest_first(store: Store) -> None:
    def work(record: Record) -> tuple[list[bool], list[list[bool]]]:
        more, left = [], []
        for second in (3, 1, 2):
            record.outbox.keep(Shown(f"account-{second}", CARD, NOW + second * SECOND, None, SAID))
        for _ in range(2):
            more.append(record.upkeep.forget(NOW + ends.SENTENCES + MINUTE, 2))
            left.append([record.outbox.shown(f"account-{second}") is not None for second in (1, 2, 3)])
        return more, left

    assert await store.do(work) == ([True, False], [[False, False, True], [False] * 3])


async def test_the_oldest_go_first(store: Store) -> None:
    def work(record: Record) -> tuple[bool, list[bool]]:
        for second in (3, 1, 2):
            record.upkeep.first_time(f"Ev{second}", NOW + second * SECOND)
        more = record.upkeep.forget(NOW + ends.DELIVERIES + MINUTE, 2)
        return more, [record.upkeep.first_time(f"Ev{second}", NOW) for second in (1, 2, 3)]

    assert await store.do(work) == (True, [True, True, False])


async def test_deliveries_go_when_slack_repeats_none_any_more(store: Store) -> None:
    def work(record: Record) -> list[bool]:
        record.upkeep.first_time("old", NOW - ends.DELIVERIES - SECOND)
        record.upkeep.first_time("new", NOW - ends.DELIVERIES)
        record.upkeep.forget(NOW, 100)
        return [record.upkeep.first_time("old", NOW), record.upkeep.first_time("new", NOW)]

    assert await store.do(work) == [True, False]


async def test_spending_goes_after_more_than_a_year(store: Store) -> None:
    last = NOW.date() - ends.SPENDING

    def work(record: Record) -> list[Decimal]:
        days = [last - timedelta(days=1), last]
        for day in days:
            record.accounts.add_spending(BRAND, day, "read", 1, Decimal(1))
            record.accounts.add_spending(BRAND, day, "send", 1, Decimal(1))
        record.upkeep.forget(NOW, 100)
        return [record.accounts.spent(BRAND, day) for day in days]

    assert await store.do(work) == [0, 2]


async def test_the_history_stays(store: Store) -> None:
    case = await a_worked_case(store)

    def work(record: Record) -> tuple[int, int]:
        record.posts.add(a_post("1"), case.id, NOW)
        record.replies.add(a_reply(case.id, state=ReplyState.SENT))
        record.upkeep.forget(NOW + timedelta(days=4000), 100)
        return len(record.posts.of_case(case.id)), len(record.replies.of_case(case.id))

    assert await store.do(work) == (1, 1)
