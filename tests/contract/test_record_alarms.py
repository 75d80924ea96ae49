"""What every record owes to the alarms: each flag once, who was called when, and what is still uncalled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.alarms import Alarm, Audience, Flag
from bot.cases.model import AgentId, CaseId, MessageRef
from bot.cases.outbox import EntryState, Warn
from bot.cases.record import Record, Store
from bot.cases.timers import FlagKind, says
from tests.contract.samples import MINUTE, NOW, SECOND, a_clock, a_waiting_case, an_entry

CHANNEL = Audience("C1", "channel", is_agent=False)
MO = Audience("C1", "U1", is_agent=True)


def an_alarm(
    case_id: CaseId, audience: Audience = CHANNEL, at: timedelta = 0 * MINUTE, **fields: bool
) -> Alarm:
    """An alarm that was opened so long after NOW."""
    alarm = Alarm(0, audience, f"alarm-{at}", case_id, True, NOW + at, NOW + at, calls=True)
    return replace(alarm, **fields)  # type: ignore[arg-type]  # its two truths


def a_case(record: Record) -> CaseId:
    """A case that is due now."""
    return record.cases.add(a_waiting_case(NOW)).id


async def test_an_alarm_comes_back_as_it_was_saved(store: Store) -> None:
    def work(record: Record) -> tuple[Alarm, Alarm | None]:
        alarm = record.alarms.add(an_alarm(a_case(record)))
        saved = replace(
            alarm, grown_at=NOW + MINUTE, in_thread=False, calls=False, ref=MessageRef("C1", "9.1")
        )
        record.alarms.save(saved)
        return saved, record.alarms.get(alarm.id)

    saved, found = await store.do(work)

    assert found == saved


async def test_a_flag_comes_back_as_it_was_saved(store: Store) -> None:
    def work(record: Record) -> tuple[Flag, list[Flag]]:
        flag = Flag(a_case(record), NOW, FlagKind.MISSED, NOW, AgentId("U1"), 7)
        record.alarms.add_flag(flag)
        saved = replace(flag, alarm_id=1, called_by=2, over_at=NOW + SECOND)
        record.alarms.save_flag(saved)
        return saved, list(record.alarms.flags_of(flag.case_id))

    saved, found = await store.do(work)

    assert found == [saved]


async def test_an_alarm_is_found_by_the_thread_that_its_message_began(store: Store) -> None:
    def work(record: Record) -> tuple[Alarm, list[Alarm | None]]:
        case_id = a_case(record)
        first, _ = (record.alarms.add(an_alarm(case_id, at=at * MINUTE)) for at in (0, 1))
        posted = replace(first, ref=MessageRef("C1", "9.1"))
        record.alarms.save(posted)
        threads = (MessageRef("C1", "9.1"), MessageRef("C2", "9.1"), MessageRef("C1", "9.2"))
        return posted, [record.alarms.of_thread(thread) for thread in threads]

    posted, found = await store.do(work)

    assert found == [posted, None, None]


async def test_no_alarm_is_found_where_there_is_none(store: Store) -> None:
    assert await store.do(lambda record: record.alarms.of_thread(MessageRef("C1", "9.1"))) is None


async def test_the_newest_alarm_is_that_of_its_audience(store: Store) -> None:
    def work(record: Record) -> tuple[list[Alarm], list[Alarm | None]]:
        case_id = a_case(record)
        added = [record.alarms.add(an_alarm(case_id, audience)) for audience in (CHANNEL, CHANNEL, MO)]
        return added, [
            record.alarms.newest(audience) for audience in (CHANNEL, MO, replace(MO, channel="C2"))
        ]

    added, newest = await store.do(work)

    assert newest == [*added[1:], None]


async def test_the_last_call_leaves_out_what_called_nobody_and_what_is_to_come(store: Store) -> None:
    def work(record: Record) -> list[object]:
        case_id = a_case(record)
        record.alarms.add(an_alarm(case_id, at=MINUTE))
        record.alarms.add(an_alarm(case_id, at=2 * MINUTE, calls=False))
        record.alarms.add(an_alarm(case_id, at=60 * MINUTE))
        instants = (NOW, NOW + 5 * MINUTE, NOW + 60 * MINUTE)
        return [record.alarms.last_call(CHANNEL, now) for now in instants]

    assert await store.do(work) == [None, NOW + MINUTE, NOW + 60 * MINUTE]


@pytest.mark.parametrize(
    ("marks", "change", "is_there"),
    [
        ({}, {}, True),
        ({"called_by": 1}, {}, False),
        ({"over_at": NOW}, {}, False),
        ({"alarm_id": None}, {}, False),
        ({}, {"assignee": AgentId("U1")}, False),
        ({}, {"answer_due": a_clock(NOW + MINUTE)}, False),
        ({}, {"answer_due": None}, False),
    ],
)
async def test_what_is_to_be_called_for_was_said_and_stands(
    store: Store, marks: dict[str, object], change: dict[str, object], is_there: bool
) -> None:
    def work(record: Record) -> tuple[list[bool], int | None]:
        case = record.cases.add(a_waiting_case(NOW))
        alarm = record.alarms.add(an_alarm(case.id))
        record.alarms.add_flag(replace(Flag(case.id, NOW, FlagKind.MISSED, NOW, alarm_id=alarm.id), **marks))  # type: ignore[arg-type]  # the table's
        record.cases.save(replace(case, **change))  # type: ignore[arg-type]  # the table's
        was_there = alarm in record.alarms.uncalled()
        record.alarms.call_for([alarm.id], 9)
        [flag] = record.alarms.flags_of(case.id)
        return [was_there, alarm in record.alarms.uncalled()], flag.called_by

    found, called_by = await store.do(work)

    assert found == [is_there, False]
    assert (called_by == 9) is is_there


async def test_what_an_alarm_says_begins_with_what_stands(store: Store) -> None:
    def work(record: Record) -> tuple[list[tuple[int, FlagKind]], tuple[int, int]]:
        first, second, third = a_case(record), a_case(record), a_case(record)
        alarm = record.alarms.add(an_alarm(first))
        other = record.alarms.add(an_alarm(first))
        for case_id, kind, marks in (
            (first, FlagKind.MISSED, {"alarm_id": alarm.id, "over_at": NOW}),
            (second, FlagKind.MISSED, {"alarm_id": other.id, "called_by": alarm.id}),
            (second, FlagKind.AT_RISK, {"alarm_id": alarm.id}),
            (third, FlagKind.MISSED, {"alarm_id": other.id}),
        ):
            record.alarms.add_flag(replace(Flag(case_id, NOW, kind, NOW), **marks))
        found = [(flag.case_id - first, flag.kind) for flag in record.alarms.flags_in(alarm.id, 9)]
        return found, record.alarms.cases_in(alarm.id)

    found, counted = await store.do(work)

    assert found == [(1, FlagKind.AT_RISK), (1, FlagKind.MISSED), (0, FlagKind.MISSED)]
    assert counted == (2, 1)


async def test_one_alarm_waits_at_a_time(store: Store) -> None:
    def work(record: Record) -> list[bool]:
        case_id = a_case(record)
        keys = ("a", "b", "c")
        entries = [an_entry(Warn(number, case_id), key) for key, number in zip(keys, (1, 1, 2), strict=True)]
        return [record.outbox.add(entry) is not None for entry in entries]

    assert await store.do(work) == [True, False, True]


async def test_an_alarm_is_not_posted_while_it_is_on_its_way(store: Store) -> None:
    def work(record: Record) -> list[str]:
        for key, fields in (
            ("first", {"state": EntryState.UNDERWAY, "lease_until": NOW + MINUTE}),
            ("again", {}),
        ):
            record.outbox.add(an_entry(Warn(7), key, **fields))
        record.outbox.add(an_entry(Warn(8), "another"))
        return [entry.key for entry in record.outbox.due(NOW, 9)]

    assert await store.do(work) == ["another"]


async def test_a_case_escalates_when_its_time_has_come(store: Store) -> None:
    def work(record: Record) -> tuple[list[FlagKind], object]:
        record.cases.add(a_waiting_case(NOW, flag=FlagKind.MISSED, escalate_at=NOW + 15 * MINUTE))
        turning = [
            says(timer, at)
            for at in (NOW + 14 * MINUTE, NOW + 15 * MINUTE)
            for _, timer in record.timers.due(at, 9)
        ]
        return turning, record.timers.next_due()

    turning, next_turn = await store.do(work)

    assert turning == [FlagKind.ESCALATED]
    assert next_turn == NOW + 15 * MINUTE
