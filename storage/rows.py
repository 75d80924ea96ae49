"""What the parts of the record share: running prepared statements in the transaction that is open."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Dialect, Table, bindparam, update

from storage.shape import Shape
from storage.statements import Prepared, Statement

V = TypeVar("V")

#: Who takes from the outbox or looks at a channel's slot holds this until its transaction ends, so that two
#: processes neither post into one slot nor put the messages of a thread in the wrong order.
_POSTING = "SELECT pg_advisory_xact_lock(739201)"
#: A process that adds to an alarm or calls with one holds this, so that two neither open two alarms where
#: one would do nor call twice. Nobody waits for it: a process that is paused keeps it.
_WATCHING = "SELECT pg_try_advisory_xact_lock(739202)"


def columns_of(table: Table, *without: str) -> list[str]:
    """The names of a table's columns, those aside that the database fills in or nobody changes."""
    return [column.name for column in table.columns if column.name not in without]


class Saves:
    """Updates of one row, by its number, that hold only while it has the version that was believed: one for
    each set of columns that ever changed together. A column that is not named leaves its indices alone."""

    def __init__(self, table: Table) -> None:
        self._update = update(table).where(
            table.c.id == bindparam("row_id"), table.c.version == bindparam("believed")
        )
        self._statements: dict[tuple[str, ...], Statement] = {}

    def of(self, *names: str) -> Statement:
        """The update of these columns."""
        try:
            return self._statements[names]
        except KeyError:
            made = self._statements[names] = Statement(self._update, names)
            return made


class Session:
    """One transaction, on the driver's own cursor. The parts of the record share it."""

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        self._cursor = cursor
        self._dialect = dialect
        #: Changes that are still to be made, by statement.
        self._left: dict[Prepared, list[list[Any]]] = {}

    def all(self, statement: Statement, /, **values: object) -> list[Any]:
        """Every row, each with its columns as attributes."""
        form = statement.form(self._dialect)
        self._run(form, form.values(values))
        return [form.row(raw) for raw in self._cursor.fetchall()]

    def one(self, statement: Statement, /, **values: object) -> Any:
        """The first row, or None."""
        rows = self.all(statement, **values)
        return rows[0] if rows else None

    def found(self, shape: Shape[V], statement: Statement, /, **values: object) -> V | None:
        """The value in the first row, or None."""
        row = self.one(statement, **values)
        return None if row is None else shape.value(row)

    def each(self, shape: Shape[V], statement: Statement, /, **values: object) -> list[V]:
        """The values in all rows."""
        return [shape.value(row) for row in self.all(statement, **values)]

    def value(self, statement: Statement, /, **values: object) -> Any:
        """The first column of the first row, or None."""
        rows = self.all(statement, **values)
        return rows[0][0] if rows else None

    def add(self, statement: Statement, values: dict[str, object]) -> int | None:
        """The number that the inserted row got; None when it was there already."""
        form = statement.form(self._dialect)
        self._run(form, form.values(values))
        if form.returns:
            row = self._cursor.fetchone()
            return None if row is None else int(row[0])
        return int(self._cursor.lastrowid) if self._cursor.rowcount > 0 else None

    def change(self, statement: Statement, /, **values: object) -> int:
        """How many rows the statement changed."""
        form = statement.form(self._dialect)
        self._run(form, form.values(values))
        count: int = self._cursor.rowcount
        return count

    def leave(self, statement: Statement, /, **values: object) -> None:
        """Make a change whose outcome nobody reads. On PostgreSQL, where each statement is a round trip, it
        waits for others to go with, until something asks about its table or the transaction ends."""
        form = statement.form(self._dialect)
        if self._dialect.name != "postgresql":
            self._cursor.execute(form.text, form.values(values))
            return
        if form not in self._left:
            self.make_up(form.tables)
            self._left[form] = []
        self._left[form].append(form.values(values))

    def make_up(self, tables: frozenset[str] | None = None) -> None:
        """Make the changes that were left: those of these tables, or all."""
        for form in list(self._left):
            if tables is None or not form.tables.isdisjoint(tables):
                rows = self._left.pop(form)
                if len(rows) == 1:
                    self._cursor.execute(form.text, rows[0])
                else:
                    self._cursor.executemany(form.text, rows)

    def _run(self, form: Prepared, cells: list[Any]) -> None:
        """Run one statement, and in the same round trip the single changes that were left."""
        text = form.text
        if self._left:
            self.make_up(form.tables)
            # Each part of a statement sees the tables as they were before it: none has one in common.
            single = [other for other, rows in self._left.items() if len(rows) == 1]
            if single:
                text = f"WITH {', '.join(map(_named, enumerate(single)))} {text}"
                cells = [*(cell for other in single for cell in self._left.pop(other)[0]), *cells]
        self._cursor.execute(text, cells)

    def hold_posting(self) -> None:
        """Let no other process take entries or slots until this transaction ends."""
        if self._dialect.name == "postgresql":
            self._cursor.execute(_POSTING)

    def hold_watching(self) -> bool:
        """Let no other process look which cases turned, or whom to call, until this transaction ends. False
        while another one does."""
        if self._dialect.name != "postgresql":
            return True
        self._cursor.execute(_WATCHING)
        return bool(self._cursor.fetchone()[0])


class Rows:
    """The base of each part of the record."""

    def __init__(self, sql: Session) -> None:
        self._sql = sql


def _named(numbered: tuple[int, Prepared]) -> str:
    number, form = numbered
    return f"left{number} AS ({form.text})"
