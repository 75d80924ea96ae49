"""The flags and alarms of the record in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.cases.alarms import NEW_ALARMS, Alarm, Audience, Flag, stands
from bot.cases.model import CaseId, FlagKind, MessageRef
from tests.fake_tables import Tables


class FakeAlarms:
    """Flags and alarms; the contract is that of `bot.cases.record.Record`."""

    tables: Tables

    def add_flag(self, flag: Flag) -> bool:
        if _key(flag) in self.tables.flags:
            return False
        self.tables.refuse_strangers(flag.case_id)
        self.tables.flags[_key(flag)] = flag
        return True

    def save_flag(self, flag: Flag) -> None:
        if (known := self.tables.flags.get(_key(flag))) is not None:
            self.tables.flags[_key(flag)] = replace(
                known, alarm_id=flag.alarm_id, called_by=flag.called_by, over_at=flag.over_at
            )

    def flags_of(self, case_id: CaseId) -> Sequence[Flag]:
        found = [flag for flag in self.tables.flags.values() if flag.case_id == case_id]
        return sorted(found, key=lambda flag: (flag.due_at, flag.at, flag.kind))

    def flags_in(self, alarm_id: int, limit: int) -> Sequence[Flag]:
        return sorted(self._in(alarm_id), key=_place)[:limit]

    def cases_in(self, alarm_id: int) -> tuple[int, int]:
        found = self._in(alarm_id)
        return (
            len({flag.case_id for flag in found}),
            len({flag.case_id for flag in found if flag.over_at is None}),
        )

    def alarm(self, alarm_id: int) -> Alarm | None:
        return self.tables.alarms.get(alarm_id)

    def alarm_of_thread(self, thread: MessageRef) -> Alarm | None:
        newest = [
            alarm
            for number, alarm in self.tables.alarms.items()
            if number > len(self.tables.alarms) - NEW_ALARMS
        ]
        return next((alarm for alarm in newest if alarm.ref == thread), None)

    def add_alarm(self, alarm: Alarm) -> Alarm:
        self.tables.refuse_strangers(alarm.case_id)
        added = replace(alarm, id=len(self.tables.alarms) + 1)
        self.tables.alarms[added.id] = added
        return added

    def save_alarm(self, alarm: Alarm) -> None:
        if (known := self.tables.alarms.get(alarm.id)) is not None:
            self.tables.alarms[alarm.id] = replace(
                known, grown_at=alarm.grown_at, in_thread=alarm.in_thread, calls=alarm.calls, ref=alarm.ref
            )

    def newest_alarm(self, audience: Audience) -> Alarm | None:
        return next(reversed(self._of(audience)), None)

    def last_call(self, audience: Audience, now: datetime) -> datetime | None:
        calls = [alarm for alarm in self._of(audience) if alarm.calls and alarm.opened_at <= now]
        return calls[-1].opened_at if calls else None

    def uncalled(self) -> Sequence[Alarm]:
        waiting = {flag.alarm_id for flag in self.tables.flags.values() if self._is_uncalled(flag)}
        return [alarm for alarm in self.tables.alarms.values() if alarm.id in waiting]

    def call_for(self, alarm_ids: Collection[int], called_by: int) -> None:
        for flag in list(self.tables.flags.values()):
            if flag.alarm_id in alarm_ids and self._is_uncalled(flag):
                self.tables.flags[_key(flag)] = replace(flag, called_by=called_by)

    def _in(self, alarm_id: int) -> list[Flag]:
        return [flag for flag in self.tables.flags.values() if alarm_id in (flag.alarm_id, flag.called_by)]

    def _of(self, audience: Audience) -> list[Alarm]:
        return [alarm for alarm in self.tables.alarms.values() if alarm.audience == audience]

    def _is_uncalled(self, flag: Flag) -> bool:
        said = flag.alarm_id is not None and flag.called_by is None and flag.over_at is None
        return said and stands(self.tables.cases[flag.case_id], flag)


def _key(flag: Flag) -> tuple[CaseId, datetime, FlagKind]:
    return (flag.case_id, flag.due_at, flag.kind)


def _place(flag: Flag) -> tuple[bool, datetime, CaseId, str]:
    return (flag.over_at is not None, flag.due_at, flag.case_id, flag.kind)
