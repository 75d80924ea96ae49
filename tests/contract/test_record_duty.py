"""The contract of the record for reminders, shifts, absences, and timers beside that of the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.duty import Absence, Stint
from bot.cases.model import AgentId, CaseId
from bot.cases.record import Record, Store
from bot.cases.reminders import Reminder, ReminderKind, ReminderState
from bot.cases.timers import TimerKind, paused, started
from tests.contract.samples import MINUTE, NOW, TRICKY, a_case, a_reply

HOUR = timedelta(hours=1)
ANN = AgentId("U1")


def a_reminder(case_id: CaseId, **fields: object) -> Reminder:
    """A call that is due in an hour."""
    usual = Reminder(0, case_id, ReminderKind.CALL, TRICKY, NOW + HOUR, ANN, phone="0612345678")
    return replace(usual, **fields)  # type: ignore[arg-type]  # the test's


async def test_a_reminder_comes_back_whole_and_soonest_due_first(store: Store) -> None:
    def work(record: Record) -> tuple[list[Reminder | None], list[Reminder]]:
        case = record.cases.add(a_case())
        dues = (NOW + 2 * HOUR, NOW + HOUR)
        added = [record.reminders.add(a_reminder(case.id, due_at=due)) for due in dues]
        return added, list(record.reminders.open_of(case.id))

    added, found = await store.do(work)

    assert found == added[::-1]


async def test_a_reply_has_one_reminder_at_most(store: Store) -> None:
    def work(record: Record) -> list[bool]:
        case = record.cases.add(a_case())
        reply = record.replies.add(a_reply(case.id))
        assert reply is not None
        promise = a_reminder(case.id, kind=ReminderKind.PROMISE, phone="", reply_id=reply.id)
        calls = [a_reminder(case.id), a_reminder(case.id)]
        return [record.reminders.add(each) is not None for each in (promise, promise, *calls)]

    assert await store.do(work) == [True, False, True, True]


async def test_what_is_decided_is_no_longer_open_and_its_number_is_gone(store: Store) -> None:
    def work(record: Record) -> tuple[Reminder | None, int, int]:
        case = record.cases.add(a_case())
        added = record.reminders.add(a_reminder(case.id))
        assert added is not None
        before = record.reminders.open_in("care")
        record.reminders.save(replace(added, state=ReminderState.KEPT, phone="", told_for=NOW))
        return record.reminders.get(added.id), before, record.reminders.open_in("care")

    ended, before, after = await store.do(work)

    assert ended is not None
    assert (ended.state, ended.phone, ended.told_for) == (ReminderState.KEPT, "", NOW)
    assert (before, after) == (1, 0)


async def test_shifts_are_found_by_team_and_time_and_taken_back(store: Store) -> None:
    def work(record: Record) -> tuple[list[Stint], int, list[Stint]]:
        for hour in (0, 1, 5):
            begins = NOW + hour * HOUR
            record.duty.add_shift("care", ANN, begins, begins + HOUR)
        record.duty.add_shift("shop", ANN, NOW, NOW + HOUR)
        found = list(record.duty.shifts("care", NOW + HOUR, NOW + 2 * HOUR))
        dropped = record.duty.drop_shifts("care", ANN, NOW + HOUR)
        return found, dropped, list(record.duty.shifts("care", NOW, NOW + 9 * HOUR))

    found, dropped, left = await store.do(work)

    assert found == [Stint(NOW + HOUR, NOW + 2 * HOUR, (ANN,))]
    assert dropped == 2
    assert left == [Stint(NOW, NOW + HOUR, (ANN,))]


@pytest.mark.parametrize(("until", "away"), [(None, True), (NOW + MINUTE, True), (NOW, False)])
async def test_who_is_away_is_so_until_the_time_or_until_they_are_back(
    store: Store, until: object, away: bool
) -> None:
    absence = Absence(ANN, NOW - HOUR, until)  # type: ignore[arg-type]  # the table's

    def work(record: Record) -> tuple[list[Absence], list[bool]]:
        record.duty.go_away(replace(absence, since=NOW - 2 * HOUR))
        record.duty.go_away(absence)
        found = list(record.duty.away(NOW))
        return found, [record.duty.come_back(ANN), record.duty.come_back(ANN)]

    assert await store.do(work) == ([absence] if away else [], [True, False])


async def test_a_timer_beside_the_answer_is_set_paused_and_ended(store: Store) -> None:
    timer = started(TimerKind.RESOLUTION, NOW, NOW + 8 * HOUR, NOW + 7 * HOUR)

    def work(record: Record) -> list[object]:
        case = record.cases.add(a_case())
        record.timers.set(case.id, timer)
        seen: list[object] = [dict(record.timers.of_case(case.id)), record.timers.next_due()]
        record.timers.set(case.id, paused(timer, 3 * HOUR))
        seen += [record.timers.of_case(case.id)[TimerKind.RESOLUTION].rest, record.timers.next_due()]
        record.timers.end(case.id, TimerKind.RESOLUTION)
        return [*seen, dict(record.timers.of_case(case.id))]

    assert await store.do(work) == [{TimerKind.RESOLUTION: timer}, NOW + 7 * HOUR, 3 * HOUR, None, {}]
