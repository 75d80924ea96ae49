"""The flags in the record and the alarms that say them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, case, distinct, func, or_, select, union, update

from bot.cases.alarms import NEW_ALARMS, Alarm, Audience, Flag
from bot.cases.model import CaseId, MessageRef
from storage.rows import Rows, columns_of
from storage.schema import cases
from storage.schema_watch import alarms, flags, is_uncalled, timers
from storage.shape import Shape
from storage.statements import Statement

_MARKS = ("alarm_id", "called_by", "over_at")
_ADD_FLAG = Statement(lambda into: into(flags).on_conflict_do_nothing(), columns_of(flags))
_SAVE_FLAG = Statement(
    update(flags).where(
        flags.c.case_id == bindparam("the_case"),
        flags.c.due_at == bindparam("the_due_at"),
        flags.c.kind == bindparam("the_kind"),
        flags.c.timer == bindparam("the_timer"),
        flags.c.step == bindparam("the_step"),
    ),
    _MARKS,
)
_FLAGS_OF = Statement(
    select(flags)
    .where(flags.c.case_id == bindparam("case_id"))
    .order_by(flags.c.due_at, flags.c.at, flags.c.kind)
)
#: Each half is answered from its own index, however many flags are kept.
_in_alarm = union(
    select(flags).where(flags.c.alarm_id == bindparam("alarm_id")),
    select(flags).where(flags.c.called_by == bindparam("alarm_id")),
).subquery()
_FLAGS_IN = Statement(
    select(_in_alarm)
    .order_by(_in_alarm.c.over_at.is_not(None), _in_alarm.c.due_at, _in_alarm.c.case_id, _in_alarm.c.kind)
    .limit(bindparam("most"))
)
_CASES_IN = Statement(
    select(
        func.count(distinct(_in_alarm.c.case_id)).label("all"),
        func.count(distinct(case((_in_alarm.c.over_at.is_(None), _in_alarm.c.case_id)))).label("open"),
    )
)
#: Locked, as is the newest: what is saved of an alarm is all of it, and must not undo what another piece of
#: work has just saved, such as where it stands.
_ALARM = Statement(select(alarms).where(alarms.c.id == bindparam("alarm_id")).with_for_update())
_OF_THREAD = Statement(
    select(alarms).where(
        alarms.c.id > select(func.max(alarms.c.id) - NEW_ALARMS).scalar_subquery(),
        alarms.c.ref_channel == bindparam("channel"),
        alarms.c.ref_ts == bindparam("ts"),
    )
)
_ADD_ALARM = Statement(lambda into: into(alarms), columns_of(alarms, "id"), number=alarms.c.id)
_GROWING = ("grown_at", "in_thread", "calls", "ref_channel", "ref_ts")
_SAVE_ALARM = Statement(update(alarms).where(alarms.c.id == bindparam("the_alarm")), _GROWING)
_newest = (
    select(alarms)
    .where(alarms.c.channel == bindparam("channel"), alarms.c.who == bindparam("who"))
    .order_by(alarms.c.id.desc())
    .limit(1)
)
_NEWEST = Statement(_newest.with_for_update())
_LAST_CALL = Statement(
    _newest.where(alarms.c.calls, alarms.c.opened_at <= bindparam("now")).with_only_columns(
        alarms.c.opened_at
    )
)
#: What was dealt with a moment ago is over, although its line is not struck out yet.
_still_stands = (
    select(cases.c.id)
    .join(timers, timers.c.case_id == cases.c.id)
    .where(
        timers.c.kind == flags.c.timer,
        timers.c.due_at == flags.c.due_at,
        cases.c.id == flags.c.case_id,
        or_(
            cases.c.assignee == flags.c.assignee,
            and_(cases.c.assignee.is_(None), flags.c.assignee.is_(None)),
        ),
    )
    .exists()
)
_UNCALLED = Statement(
    select(alarms)
    .where(alarms.c.id.in_(select(flags.c.alarm_id).where(is_uncalled, _still_stands)))
    .order_by(alarms.c.id)
)
_CALL_FOR = Statement(
    update(flags).where(is_uncalled, flags.c.alarm_id == bindparam("the_alarm"), _still_stands),
    ("called_by",),
)

_FLAGS = Shape(Flag, flags)
_ALARMS = Shape(Alarm, alarms)


class AlarmRows(Rows):
    """Implements `bot.cases.record.Alarms`."""

    def add_flag(self, flag: Flag) -> bool:
        return self._sql.change(_ADD_FLAG, **_FLAGS.row(flag)) > 0

    def save_flag(self, flag: Flag) -> None:
        row = _FLAGS.row(flag)
        this = {f"the_{name}": row[name] for name in ("due_at", "kind", "timer", "step")}
        self._sql.leave(_SAVE_FLAG, **row, **this, the_case=flag.case_id)

    def flags_of(self, case_id: CaseId) -> Sequence[Flag]:
        return self._sql.each(_FLAGS, _FLAGS_OF, case_id=case_id)

    def flags_in(self, alarm_id: int, limit: int) -> Sequence[Flag]:
        return self._sql.each(_FLAGS, _FLAGS_IN, alarm_id=alarm_id, most=limit)

    def cases_in(self, alarm_id: int) -> tuple[int, int]:
        row = self._sql.one(_CASES_IN, alarm_id=alarm_id)
        return row.all, row.open

    def get(self, alarm_id: int) -> Alarm | None:
        return self._sql.found(_ALARMS, _ALARM, alarm_id=alarm_id)

    def of_thread(self, thread: MessageRef) -> Alarm | None:
        return self._sql.found(_ALARMS, _OF_THREAD, channel=thread.channel, ts=thread.ts)

    def add(self, alarm: Alarm) -> Alarm:
        return _ALARMS.evolved(alarm, "id", self._sql.add(_ADD_ALARM, _ALARMS.row(alarm)))

    def save(self, alarm: Alarm) -> None:
        self._sql.change(_SAVE_ALARM, **_ALARMS.row(alarm), the_alarm=alarm.id)

    def newest(self, audience: Audience) -> Alarm | None:
        return self._sql.found(_ALARMS, _NEWEST, **_whom(audience))

    def last_call(self, audience: Audience, now: datetime) -> datetime | None:
        instant: datetime | None = self._sql.value(_LAST_CALL, **_whom(audience), now=now)
        return instant

    def uncalled(self) -> Sequence[Alarm]:
        if not self._sql.hold_watching():
            return ()
        return self._sql.each(_ALARMS, _UNCALLED)

    def call_for(self, alarm_ids: Collection[int], called_by: int) -> None:
        for alarm_id in alarm_ids:
            self._sql.change(_CALL_FOR, called_by=called_by, the_alarm=alarm_id)


def _whom(audience: Audience) -> dict[str, object]:
    return {"channel": audience.channel, "who": audience.who}
