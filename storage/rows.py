"""What the parts of the record share: running prepared statements in the transaction that is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Dialect, Table, bindparam, update

from bot.cases.model import MessageRef
from storage.statements import Statement

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

V = TypeVar("V", bound="DataclassInstance")

#: Whoever takes errands or looks at a channel's slot holds this until its transaction ends, so that two
#: processes neither post into one slot nor put the messages of a thread in the wrong order.
_POSTING = "SELECT pg_advisory_xact_lock(739201)"


def columns_of(table: Table, *without: str) -> list[str]:
    """The names of a table's columns, those aside that the database fills in or nobody changes."""
    return [column.name for column in table.columns if column.name not in without]


def guarded_update(table: Table, *without: str) -> Statement:
    """An update of one row, by its `row_id`, that holds only while the row has the version `believed`."""
    row = (table.c.id == bindparam("row_id"), table.c.version == bindparam("believed"))
    return Statement(update(table).where(*row), columns_of(table, "id", *without))


def ref_of(channel: str | None, ts: str | None) -> MessageRef | None:
    """A message reference from its two columns."""
    return None if channel is None or ts is None else MessageRef(channel, ts)


def with_new(kind: type[V], name: str) -> Callable[[V, object], V]:
    """`dataclasses.replace` for one field, made beforehand and twice as fast."""
    names = [field.name for field in fields(kind)]
    place = names.index(name)
    read = attrgetter(*names)

    def renew(value: V, new: object) -> V:
        cells = [*read(value)]
        cells[place] = new
        return kind(*cells)

    return renew


class Rows:
    """One transaction, on the driver's own cursor. The parts of the record are built on it."""

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        self._cursor = cursor
        self._dialect = dialect

    def _all(self, statement: Statement, /, **values: object) -> list[Any]:
        """Every row, each with its columns as attributes."""
        form = statement.form(self._dialect)
        self._cursor.execute(form.text, form.values(values))
        return [form.row(raw) for raw in self._cursor.fetchall()]

    def _one(self, statement: Statement, /, **values: object) -> Any:
        """The first row, or None."""
        rows = self._all(statement, **values)
        return rows[0] if rows else None

    def _value(self, statement: Statement, /, **values: object) -> Any:
        """The first column of the first row, or None."""
        rows = self._all(statement, **values)
        return rows[0][0] if rows else None

    def _add(self, statement: Statement, values: dict[str, object]) -> int | None:
        """The number that the inserted row got; None when it was there already. `values` is used up."""
        form = statement.form(self._dialect)
        self._cursor.execute(form.text, form.values(values))
        if form.returns:
            row = self._cursor.fetchone()
            return None if row is None else int(row[0])
        return int(self._cursor.lastrowid) if self._cursor.rowcount > 0 else None

    def _change(self, statement: Statement, /, **values: object) -> int:
        """How many rows the statement changed."""
        form = statement.form(self._dialect)
        self._cursor.execute(form.text, form.values(values))
        count: int = self._cursor.rowcount
        return count

    def _hold_posting(self) -> None:
        """Let no other process take errands or slots until this transaction ends."""
        if self._dialect.name == "postgresql":
            self._cursor.execute(_POSTING)
