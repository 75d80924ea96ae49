"""The reminders in the record."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, update

from bot.cases.model import CaseId
from bot.cases.reminders import Reminder
from storage.rows import Rows, columns_of
from storage.schema import cases
from storage.schema_watch import is_open_reminder, reminders
from storage.shape import Shape
from storage.statements import Statement

_ADD = Statement(
    lambda into: into(reminders).on_conflict_do_nothing(),
    columns_of(reminders, "id"),
    number=reminders.c.id,
)
_GET = Statement(select(reminders).where(reminders.c.id == bindparam("reminder_id")))
_OF_CASE = Statement(
    select(reminders)
    .where(is_open_reminder, reminders.c.case_id == bindparam("case_id"))
    .order_by(reminders.c.due_at, reminders.c.id)
)
_CHANGING = ("due_at", "state", "phone", "told_for")
_SAVE = Statement(update(reminders).where(reminders.c.id == bindparam("the_reminder")), _CHANGING)
_OPEN = Statement(
    select(func.count())
    .select_from(reminders.join(cases, cases.c.id == reminders.c.case_id))
    .where(is_open_reminder, cases.c.team == bindparam("team"))
)
_REMINDERS = Shape(Reminder, reminders)


class ReminderRows(Rows):
    """Implements `bot.cases.record.Reminders`."""

    def add(self, reminder: Reminder) -> Reminder | None:
        number = self._sql.add(_ADD, _REMINDERS.row(reminder))
        return None if number is None else _REMINDERS.evolved(reminder, "id", number)

    def get(self, reminder_id: int) -> Reminder | None:
        return self._sql.found(_REMINDERS, _GET, reminder_id=reminder_id)

    def open_of(self, case_id: CaseId) -> Sequence[Reminder]:
        return self._sql.each(_REMINDERS, _OF_CASE, case_id=case_id)

    def save(self, reminder: Reminder) -> None:
        self._sql.change(_SAVE, **_REMINDERS.row(reminder), the_reminder=reminder.id)

    def open_in(self, team: str) -> int:
        return int(self._sql.value(_OPEN, team=team) or 0)
