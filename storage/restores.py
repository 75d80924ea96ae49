"""What the record keeps of backups that were put back in its place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from storage.rows import Rows, columns_of
from storage.schema import errand_waits, errands, restores
from storage.statements import Statement

_NEWEST = Statement(select(func.max(restores.c.at, type_=restores.c.at.type)))
_ADD = Statement(lambda into: into(restores).on_conflict_do_nothing(), columns_of(restores))
_DOUBT = Statement(update(errands).where(errand_waits).values(detail="unclear"))


class RestoreRows(Rows):
    """Backups that were put back; the contract is that of `bot.cases.record.Record`."""

    def restored_at(self) -> datetime | None:
        instant: datetime | None = self._value(_NEWEST)
        return instant

    def note_restore(self, at: datetime) -> None:
        self._change(_ADD, at=at)

    def doubt_errands(self) -> None:
        self._change(_DOUBT)
