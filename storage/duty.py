"""Who is on duty beside the roster, and who is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select

from bot.cases.duty import Absence, Stint
from bot.cases.model import AgentId
from storage.rows import Rows, columns_of
from storage.schema_watch import absences, shifts
from storage.shape import Shape
from storage.statements import Statement, or_overwrite

_ADD = Statement(lambda into: into(shifts), columns_of(shifts, "id"), number=shifts.c.id)
_OF_TEAM = Statement(
    select(shifts)
    .where(
        shifts.c.team == bindparam("team"),
        shifts.c.ends > bindparam("since"),
        shifts.c.begins < bindparam("until"),
    )
    .order_by(shifts.c.begins, shifts.c.id)
)
_DROP = Statement(
    delete(shifts).where(
        shifts.c.team == bindparam("team"),
        shifts.c.agent == bindparam("agent"),
        shifts.c.ends > bindparam("now"),
    )
)
_SET = Statement(lambda into: or_overwrite(into(absences)), columns_of(absences))
_END = Statement(delete(absences).where(absences.c.agent == bindparam("agent")))
_AWAY = Statement(
    select(absences).where(or_(absences.c.until.is_(None), absences.c.until > bindparam("now")))
)
_ABSENCES = Shape(Absence, absences)


class DutyRows(Rows):
    """Implements `bot.cases.record.Duty`."""

    def add_shift(self, team: str, agent: AgentId, begins: datetime, ends: datetime) -> None:
        self._sql.add(_ADD, {"team": team, "agent": agent, "begins": begins, "ends": ends})

    def shifts(self, team: str, since: datetime, until: datetime) -> Sequence[Stint]:
        rows = self._sql.all(_OF_TEAM, team=team, since=since, until=until)
        return [Stint(row.begins, row.ends, (row.agent,)) for row in rows]

    def drop_shifts(self, team: str, agent: AgentId, now: datetime) -> int:
        return self._sql.change(_DROP, team=team, agent=agent, now=now)

    def go_away(self, absence: Absence) -> None:
        self._sql.change(_SET, **_ABSENCES.row(absence))

    def come_back(self, agent: AgentId) -> bool:
        return self._sql.change(_END, agent=agent) > 0

    def away(self, now: datetime) -> Sequence[Absence]:
        return self._sql.each(_ABSENCES, _AWAY, now=now)
