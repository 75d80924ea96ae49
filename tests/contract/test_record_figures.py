"""How things stand: what is counted, on either database, while the record is at work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.cases.accounts import Condition
from bot.cases.alarms import Flag
from bot.cases.figures import BOUNDS, AccountFigures, Figures
from bot.cases.history import Event, EventKind
from bot.cases.model import CaseId, ReplyKind, ReplyState, Status
from bot.cases.outbox import EntryState, Say
from bot.cases.record import Record, Store
from bot.cases.said import Instant, say
from bot.cases.timers import FlagKind
from tests.contract.samples import (
    BRAND,
    MINUTE,
    NOW,
    SAID,
    SECOND,
    a_case,
    a_full_account,
    a_full_stream,
    a_reply,
    a_stream,
    a_waiting_case,
    an_account,
    an_entry,
)


async def figures(store: Store, *works: Callable[[Record], object], after: timedelta = 0 * SECOND) -> Figures:
    """How things stand so long after NOW, once this was done."""
    for work in works:
        await store.do(work)
    return await store.figures(NOW + after)


def of_a_case(work: Callable[[Record, CaseId], object], **fields: object) -> Callable[[Record], object]:
    """Work about a case that is made for it."""
    return lambda record: work(record, record.cases.add(a_case(**fields)).id)


async def test_an_empty_record_has_nothing_to_count(store: Store) -> None:
    assert await store.figures(NOW) == Figures(at=NOW)


async def test_cases_are_counted_by_status(store: Store) -> None:
    statuses = [Status.NEW, Status.CLOSED, Status.CLOSED, Status.DISMISSED]
    read = await figures(store, *(lambda record, s=s: record.cases.add(a_case(status=s)) for s in statuses))

    assert read.cases == {Status.NEW: 1, Status.CLOSED: 2, Status.DISMISSED: 1}


async def test_customers_who_wait_are_counted_with_the_oldest_and_the_late(store: Store) -> None:
    late, soon = a_waiting_case(NOW - MINUTE), a_waiting_case(NOW + MINUTE)
    read = await figures(store, lambda r: r.cases.add(late), lambda r: r.cases.add(soon), of_a_case(_nothing))

    assert (read.waiting, read.overdue, read.waiting_since) == (2, 1, late.waiting_since)


async def test_what_waits_for_the_desk_is_counted(store: Store) -> None:
    underway = an_entry(Say(SAID), "underway", state=EntryState.UNDERWAY, asked_at=NOW - 9 * MINUTE)
    older = an_entry(Say(SAID), "older", asked_at=NOW - MINUTE)
    newer = an_entry(Say(SAID), "newer")
    read = await figures(store, *(lambda r, e=e: r.outbox.add(e) for e in (underway, newer, older)))

    assert (read.errands, read.errand_since) == (2, NOW - MINUTE)


async def test_replies_are_counted_while_they_are_not_out(store: Store) -> None:
    def add(record: Record, case_id: CaseId) -> None:
        record.replies.add(a_reply(case_id))
        record.replies.add(a_reply(case_id, blocked=SAID))
        record.replies.add(a_reply(case_id, state=ReplyState.UNCONFIRMED, blocked=SAID))
        record.replies.add(a_reply(case_id, state=ReplyState.STOPPED))

    read = await figures(store, of_a_case(add))

    assert read.replies == {ReplyState.QUEUED: 2, ReplyState.UNCONFIRMED: 1}
    assert read.blocked == 2


async def test_a_reply_is_late_from_its_time_on(store: Store) -> None:
    def add(record: Record, case_id: CaseId) -> None:
        record.replies.add(a_reply(case_id, NOW + MINUTE))

    before = await figures(store, of_a_case(add), after=59 * SECOND)
    after = await figures(store, after=61 * SECOND)

    assert (before.reply_due_since, after.reply_due_since) == (None, NOW + MINUTE)


async def test_a_reply_that_waits_for_its_thread_is_late_from_its_first_time_on(store: Store) -> None:
    def add(record: Record, case_id: CaseId) -> None:
        deaf, limited = say("unread.deaf", since=Instant(NOW)), say("refused.limited", until=Instant(NOW))
        for failure in (deaf, limited):
            record.replies.add(a_reply(case_id, NOW + 3 * MINUTE, failure=failure))

    read = await figures(store, of_a_case(add), after=MINUTE)

    assert (read.unread, read.reply_due_since) == (1, NOW)


async def test_a_reply_that_waits_for_a_person_is_not_late(store: Store) -> None:
    def add(record: Record, case_id: CaseId) -> None:
        record.replies.add(a_reply(case_id, NOW, blocked=SAID))

    read = await figures(store, of_a_case(add), after=MINUTE)

    assert read.reply_due_since is None


async def test_published_are_those_that_went_out_from_here(store: Store) -> None:
    def add(record: Record, case_id: CaseId) -> None:
        record.replies.add(a_reply(case_id, state=ReplyState.SENT))
        record.replies.add(a_reply(case_id, state=ReplyState.SENT, kind=ReplyKind.INVITATION))
        record.replies.add(a_reply(case_id, state=ReplyState.SENT, kind=ReplyKind.ELSEWHERE))

    read = await figures(store, of_a_case(add))

    assert read.published == 2


async def test_refusals_and_doubts_are_counted_from_the_history(store: Store) -> None:
    def add(record: Record, case_id: CaseId) -> None:
        for kind in (*EventKind, EventKind.REPLY_REFUSED):
            record.history.add(Event(case_id, NOW, kind))

    read = await figures(store, of_a_case(add))

    assert (read.refused, read.in_doubt, read.closed_unanswered) == (2, 1, 1)


async def test_the_lateness_of_flags_is_that_of_missed_cases(store: Store) -> None:
    def add(record: Record, case_id: CaseId) -> None:
        record.alarms.add_flag(Flag(case_id, NOW, FlagKind.AT_RISK, NOW - 15 * MINUTE))
        record.alarms.add_flag(Flag(case_id, NOW, FlagKind.MISSED, NOW + SECOND))
        record.alarms.add_flag(Flag(case_id, NOW + MINUTE, FlagKind.MISSED, NOW + MINUTE + 20 * SECOND))

    lateness = (await figures(store, of_a_case(add))).lateness

    assert (lateness.count, lateness.total) == (2, 21 * SECOND)
    assert lateness.within == tuple(1 if bound < 20 * SECOND else 2 for bound in BOUNDS)


async def test_an_account_is_told_with_what_it_spent_today(store: Store) -> None:
    today, yesterday = NOW.date(), (NOW - timedelta(days=1)).date()

    def add(record: Record) -> None:
        record.accounts.save(a_full_account())
        record.streams.save(a_full_stream())
        record.streams.save(a_stream(name="dms", main=False, next_at=NOW + MINUTE, looked_at=NOW + MINUTE))
        record.accounts.add_spending(BRAND, today, "mention_read", 3, Decimal("0.003"))
        record.accounts.add_spending(BRAND, today, "post_create", 1, Decimal("0.2"))
        record.accounts.add_spending(BRAND, yesterday, "post_create", 1, Decimal(9))

    read = await figures(store, add)

    assert read.accounts == (AccountFigures(BRAND, Condition.LIMITED, NOW, NOW, NOW, Decimal("0.203")),)


async def test_an_account_that_spent_nothing_and_was_never_looked_at_is_told(store: Store) -> None:
    connected = NOW - MINUTE

    def add(record: Record) -> None:
        record.accounts.save(an_account(connected_at=connected))
        record.streams.save(a_stream())

    read = await figures(store, add)

    assert read.accounts == (AccountFigures(BRAND, Condition.WELL, connected, None, NOW, Decimal(0)),)


async def test_figures_wait_for_no_work_and_see_what_is_committed(store: Store) -> None:
    case = await store.do(lambda record: record.cases.add(a_case()))
    seen: list[Figures] = []
    loop = asyncio.get_running_loop()

    def close_and_look(record: Record) -> None:
        record.cases.save(replace(case, status=Status.CLOSED, closed_at=NOW))
        seen.append(asyncio.run_coroutine_threadsafe(store.figures(NOW), loop).result(timeout=5))

    await store.do(close_and_look)
    seen.append(await store.figures(NOW))

    assert [read.cases for read in seen] == [{Status.NEW: 1}, {Status.CLOSED: 1}]


def _nothing(_record: Record, _case_id: CaseId) -> None:
    """Leave the case as it is."""
