"""The record's contract for cases and what the watch asks of them."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime

import pytest

from bot.cases.alarms import Flag
from bot.cases.errors import Stale
from bot.cases.model import AgentId, Case, CaseId, Conversation, MessageRef, Status
from bot.cases.posts import AccountId, AuthorId, Surface
from bot.cases.record import Record, Store
from bot.cases.timers import FlagKind, TimerKind, says
from tests.contract.samples import (
    BRAND,
    MINUTE,
    NOW,
    ROOT,
    SECOND,
    a_case,
    a_clock,
    a_full_case,
    a_waiting_case,
)

AUTHOR = AuthorId("783214")


async def add(store: Store, *cases: Case) -> list[Case]:
    """Store cases in this order."""
    return await store.do(lambda record: [record.cases.add(case) for case in cases])


async def talking(store: Store, *cases: tuple[Case, str]) -> list[Case]:
    """Store cases in this order, each with the conversation in which it began."""

    def work(record: Record) -> list[Case]:
        added = [record.cases.add(case) for case, _ in cases]
        for case, (_, root_id) in zip(added, cases, strict=True):
            record.cases.talks_in(
                case.id, Conversation(case.account, case.author_id, Surface.PUBLIC, root_id)
            )
        return added

    return await store.do(work)


async def flagged(store: Store, now: datetime, limit: int = 10) -> list[tuple[CaseId, FlagKind]]:
    """Which cases turn at `now`, as what."""
    turning = await store.do(lambda record: record.timers.due(now, limit))
    return [(case_id, says(timer, now)) for case_id, timer in turning]


def test_the_sample_case_sets_every_field() -> None:
    unset = [
        f.name
        for f in fields(Case)
        if f.name not in ("id", "version", "forgotten_to") and getattr(a_full_case(), f.name) == f.default
    ]

    assert unset == []


async def test_a_case_comes_back_whole(store: Store) -> None:
    [case] = await add(store, a_full_case())

    assert await store.do(lambda record: record.cases.get(case.id)) == replace(a_full_case(), id=case.id)


async def test_an_unknown_case_is_none(store: Store) -> None:
    assert await store.do(lambda record: record.cases.get(CaseId(404))) is None


async def test_each_case_gets_an_id_of_its_own(store: Store) -> None:
    first, second = await add(store, a_case(id=CaseId(7)), a_case(id=CaseId(7)))

    assert first.id < second.id


async def test_a_saved_case_comes_back_with_its_new_version(store: Store) -> None:
    [case] = await add(store, a_case())
    changed = replace(a_full_case(), id=case.id, version=case.version)

    saved = await store.do(lambda record: record.cases.save(changed))

    assert saved == replace(changed, version=case.version + 1)
    assert await store.do(lambda record: record.cases.get(case.id)) == saved


async def test_saving_an_old_version_is_stale(store: Store) -> None:
    [case] = await add(store, a_case())
    await store.do(lambda record: record.cases.save(case))

    with pytest.raises(Stale):
        await store.do(lambda record: record.cases.save(case))


async def test_a_case_is_found_by_its_thread(store: Store) -> None:
    ref = MessageRef("C1", "1700000000.000100")
    _, case = await add(store, a_case(), a_case(thread=ref))

    assert await store.do(lambda record: record.cases.of_thread(ref)) == case
    assert await store.do(lambda record: record.cases.of_thread(MessageRef("C2", ref.ts))) is None


async def test_a_thread_that_a_case_had_leads_to_it_and_is_not_its_thread(store: Store) -> None:
    first, second = MessageRef("C1", "1700000000.000100"), MessageRef("C2", "1700000009.000100")
    [case] = await add(store, a_case(thread=first))
    lost = await store.do(lambda record: record.cases.save(replace(case, thread=None)))
    between = await store.do(lambda record: record.cases.of_thread(first, ever=True))
    moved = await store.do(lambda record: record.cases.save(replace(lost, thread=second)))

    def found(record: Record) -> list[Case | None]:
        now = [record.cases.of_thread(thread) for thread in (first, second)]
        return now + [record.cases.of_thread(thread, ever=True) for thread in (first, second)]

    assert between == lost
    assert await store.do(found) == [None, moved, moved, moved]


async def test_a_case_may_go_back_to_a_thread_that_it_had(store: Store) -> None:
    first, second = MessageRef("C1", "1700000000.000100"), MessageRef("C2", "1700000009.000100")
    [case] = await add(store, a_case(thread=first))
    away = await store.do(lambda record: record.cases.save(replace(case, thread=second)))
    back = await store.do(lambda record: record.cases.save(replace(away, thread=first)))

    assert await store.do(lambda record: record.cases.of_thread(first)) == back
    assert await store.do(lambda record: record.cases.of_thread(second)) is None


async def test_a_case_that_is_saved_whole_keeps_its_thread(store: Store) -> None:
    first, second = MessageRef("C1", "1700000000.000100"), MessageRef("C2", "1700000009.000100")
    [case] = await add(store, a_case(thread=first))

    def work(record: Record) -> Case | None:
        record.cases.get(case.id)
        again = record.cases.save(case)
        record.cases.save(replace(again, thread=second))
        return record.cases.of_thread(second)

    found = await store.do(work)

    assert found is not None
    assert found.thread == second


async def test_a_conversation_leads_to_its_newest_case(store: Store) -> None:
    _, newest, _ = await talking(store, (a_case(), ROOT), (a_case(), ROOT), (a_case(), "1600"))

    assert await store.do(lambda record: record.cases.of_conversation(BRAND, AUTHOR, ROOT)) == newest


async def test_a_case_is_found_by_each_of_its_conversations_also_on_another_account(store: Store) -> None:
    [case] = await talking(store, (a_case(), ROOT))
    mail, theirs = AccountId("brand-mail"), AuthorId("jansen@example.org")
    aside = Conversation(mail, theirs, Surface.PRIVATE, "mail-1")
    await store.do(lambda record: record.cases.talks_in(case.id, aside))
    await store.do(lambda record: record.cases.talks_in(case.id, aside))

    assert await store.do(lambda record: record.cases.of_conversation(mail, theirs, "mail-1")) == case
    assert await store.do(lambda record: record.cases.of_author(mail, theirs, 9)) == [case]
    assert await store.do(lambda record: record.cases.known_authors(mail, [theirs, AUTHOR])) == {theirs}
    assert await store.do(lambda record: record.cases.of_conversation(BRAND, AUTHOR, ROOT)) == case


async def test_a_conversation_of_another_account_or_author_leads_nowhere(store: Store) -> None:
    elsewhere, another = a_case(account=AccountId("brand-y")), a_case(author_id=AuthorId("2"))
    await talking(store, (elsewhere, ROOT), (another, ROOT))

    assert await store.do(lambda record: record.cases.of_conversation(BRAND, AUTHOR, ROOT)) is None


async def test_an_authors_cases_come_newest_first_and_no_more_than_asked_for(store: Store) -> None:
    settled = a_case(status=Status.CLOSED, closed_at=NOW)
    another = a_case(author_id=AuthorId("2"))
    _, second, third, _ = await talking(
        store, (a_case(), ROOT), (settled, ROOT), (a_case(), "0900"), (another, ROOT)
    )

    assert await store.do(lambda record: record.cases.of_author(BRAND, AUTHOR, 2)) == [third, second]


async def test_of_several_authors_those_who_have_a_case_on_the_account_are_told(store: Store) -> None:
    settled = a_case(status=Status.CLOSED, closed_at=NOW)
    elsewhere = a_case(account=AccountId("brand-y"), author_id=AuthorId("2"))
    await talking(store, (settled, ROOT), (settled, "0900"), (elsewhere, ROOT))
    asked = [AUTHOR, AuthorId("2"), AuthorId("3")]

    assert await store.do(lambda record: record.cases.known_authors(BRAND, asked)) == {AUTHOR}
    assert await store.do(lambda record: record.cases.known_authors(BRAND, [])) == set()


async def test_open_cases_are_those_not_settled_oldest_first(store: Store) -> None:
    late, early, *_ = await add(
        store,
        a_case(opened_at=NOW + MINUTE, status=Status.ANSWERED),
        a_case(opened_at=NOW),
        a_case(status=Status.CLOSED, closed_at=NOW),
        a_case(status=Status.DISMISSED, closed_at=NOW),
    )

    assert await store.do(lambda record: record.cases.open()) == [early, late]


async def test_open_cases_of_a_channel_are_those_whose_thread_is_there(store: Store) -> None:
    _, here, _ = await add(
        store,
        a_case(thread=MessageRef("C2", "1.1")),
        a_case(thread=MessageRef("C1", "1.1")),
        a_case(),
    )

    assert await store.do(lambda record: record.cases.open("C1")) == [here]


async def test_the_queue_holds_those_who_wait_soonest_due_first(store: Store) -> None:
    later, sooner, _, other_team = await add(
        store,
        a_waiting_case(NOW + 3 * MINUTE),
        a_waiting_case(NOW + MINUTE),
        a_case(),
        a_waiting_case(NOW + 2 * MINUTE, team="press"),
    )

    assert await store.do(lambda record: record.cases.queue(10)) == [sooner, other_team, later]
    assert await store.do(lambda record: record.cases.queue(2)) == [sooner, other_team]


async def test_the_queue_holds_every_team_that_somebody_waits_for(store: Store) -> None:
    teams = ["press", "care", "Amsterdam", "café", "z"]
    waiting = await add(store, *(a_waiting_case(NOW, team=team) for team in teams))

    assert await store.do(lambda record: record.cases.queue(10)) == list(waiting)


async def test_claimed_cases_are_the_open_ones_of_that_agent(store: Store) -> None:
    _, mine, _, older = await add(
        store,
        a_case(assignee=AgentId("U2")),
        a_case(assignee=AgentId("U1"), opened_at=NOW),
        a_case(assignee=AgentId("U1"), status=Status.CLOSED, closed_at=NOW),
        a_case(assignee=AgentId("U1"), opened_at=NOW - MINUTE),
    )

    assert await store.do(lambda record: record.cases.claimed_by(AgentId("U1"))) == [older, mine]


async def test_recent_cases_are_those_settled_since_then(store: Store) -> None:
    _, closed, dismissed, _ = await add(
        store,
        a_case(status=Status.CLOSED, closed_at=NOW - SECOND),
        a_case(status=Status.CLOSED, closed_at=NOW),
        a_case(status=Status.DISMISSED, closed_at=NOW + SECOND),
        a_case(),
    )

    assert await store.do(lambda record: record.cases.settled_since(NOW)) == [closed, dismissed]


async def test_a_case_turns_at_its_warning_and_not_before(store: Store) -> None:
    [case] = await add(store, a_waiting_case(NOW + 15 * MINUTE, NOW))

    assert await flagged(store, NOW - SECOND) == []
    assert await flagged(store, NOW) == [(case.id, FlagKind.AT_RISK)]


async def test_a_case_that_was_warned_of_turns_again_when_it_is_due(store: Store) -> None:
    [case] = await add(store, a_waiting_case(NOW + 15 * MINUTE, NOW, flag=FlagKind.AT_RISK))

    assert await flagged(store, NOW + 14 * MINUTE) == []
    assert await flagged(store, NOW + 15 * MINUTE) == [(case.id, FlagKind.MISSED)]


async def test_a_timer_comes_as_it_was_saved_with_its_case(store: Store) -> None:
    [case] = await add(store, a_waiting_case(NOW, flag=FlagKind.AT_RISK))

    assert await store.do(lambda record: record.timers.due(NOW, 1)) == [(case.id, case.answer_due)]


async def test_a_case_past_both_comes_once_as_missed(store: Store) -> None:
    [case] = await add(store, a_waiting_case(NOW, NOW - 15 * MINUTE))

    assert await flagged(store, NOW) == [(case.id, FlagKind.MISSED)]


async def test_a_missed_case_does_not_turn_again(store: Store) -> None:
    await add(store, a_waiting_case(NOW, flag=FlagKind.MISSED))

    assert await flagged(store, NOW + 60 * MINUTE) == []


async def test_a_case_in_which_nobody_waits_does_not_turn(store: Store) -> None:
    await add(store, a_case())

    assert await flagged(store, NOW + 60 * MINUTE) == []


async def test_a_case_whose_clock_was_stopped_does_not_turn(store: Store) -> None:
    [case] = await add(store, a_waiting_case(NOW))
    saved = await store.do(lambda record: record.cases.save(replace(case, answer_due=None)))

    assert await flagged(store, NOW) == []
    assert await store.do(lambda record: record.cases.get(case.id)) == saved


async def test_what_turned_first_comes_first(store: Store) -> None:
    missed, at_risk, escalates, long_missed = await add(
        store,
        a_waiting_case(NOW - MINUTE, flag=FlagKind.AT_RISK),
        a_waiting_case(NOW + 10 * MINUTE, NOW - 5 * MINUTE),
        a_waiting_case(NOW - 20 * MINUTE, flag=FlagKind.MISSED, escalate_at=NOW),
        a_waiting_case(NOW - 9 * MINUTE),
    )
    order = [
        (long_missed.id, FlagKind.MISSED),
        (at_risk.id, FlagKind.AT_RISK),
        (missed.id, FlagKind.MISSED),
        (escalates.id, FlagKind.ESCALATED),
    ]

    assert await flagged(store, NOW) == order
    assert await flagged(store, NOW, limit=2) == order[:2]


async def test_the_next_turn_is_the_earliest_that_is_still_to_be_said(store: Store) -> None:
    await add(
        store,
        a_case(),
        a_waiting_case(NOW, flag=FlagKind.MISSED),
        a_waiting_case(NOW + 30 * MINUTE, NOW + 15 * MINUTE),
        a_waiting_case(NOW + 10 * MINUTE, NOW - MINUTE, flag=FlagKind.AT_RISK),
    )

    assert await store.do(lambda record: record.timers.next_due()) == NOW + 10 * MINUTE


async def test_without_waiting_customers_there_is_no_next_turn(store: Store) -> None:
    await add(store, a_case())

    assert await store.do(lambda record: record.timers.next_due()) is None


async def test_a_case_saved_with_another_due_time_turns_at_that(store: Store) -> None:
    [case] = await add(store, a_waiting_case(NOW))
    later = replace(case, answer_due=a_clock(NOW + 20 * MINUTE, NOW + 10 * MINUTE))
    await store.do(lambda record: record.cases.save(later))

    assert await store.do(lambda record: record.timers.next_due()) == NOW + 10 * MINUTE


async def test_a_flag_is_raised_once_for_each_due_time_kind_and_step(store: Store) -> None:
    [case] = await add(store, a_waiting_case(NOW))

    def raise_flags(record: Record) -> list[bool]:
        return [
            record.alarms.add_flag(Flag(case.id, NOW, FlagKind.AT_RISK, NOW)),
            record.alarms.add_flag(Flag(case.id, NOW, FlagKind.AT_RISK, NOW + SECOND)),
            record.alarms.add_flag(Flag(case.id, NOW, FlagKind.MISSED, NOW)),
            record.alarms.add_flag(Flag(case.id, NOW + MINUTE, FlagKind.AT_RISK, NOW)),
            record.alarms.add_flag(Flag(case.id, NOW, FlagKind.AT_RISK, NOW, step=1)),
        ]

    assert await store.do(raise_flags) == [True, False, True, True, True]


async def test_flagged_cases_of_which_something_lies_ahead_are_told(store: Store) -> None:
    later = NOW + 60 * MINUTE

    def work(record: Record) -> tuple[list[CaseId], list[CaseId]]:
        flagged = [
            a_waiting_case(later, flag=FlagKind.MISSED),
            a_waiting_case(later, flag=FlagKind.AT_RISK),
            a_waiting_case(NOW, flag=FlagKind.MISSED, escalate_at=later),
            a_waiting_case(NOW, flag=FlagKind.MISSED, escalate_at=NOW),
            a_waiting_case(NOW, flag=FlagKind.MISSED),
            a_waiting_case(later),
        ]
        added = [record.cases.add(case).id for case in flagged]
        return added, [case_id for case_id, _ in record.timers.flagged_before(NOW)]

    added, early = await store.do(work)

    assert sorted(early) == added[:3]


async def test_the_timers_of_a_case_are_told_by_their_kind(store: Store) -> None:
    [case, other] = await add(store, a_waiting_case(NOW + 60 * MINUTE), a_case())
    answer = case.answer_due
    assert answer is not None
    assert await store.do(lambda record: record.timers.of_case(case.id)) == {TimerKind.ANSWER: answer}
    assert await store.do(lambda record: record.timers.of_case(other.id)) == {}
