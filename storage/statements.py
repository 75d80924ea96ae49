"""Statements that SQLAlchemy builds once for each database and the driver then runs by itself.

SQLAlchemy's own way from a statement to its rows costs several times what SQLite needs for the work. Here it
renders the text and gives the conversions of the columns' types, and has no part in the running.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Dialect,
    Executable,
    Select,
    Table,
    bindparam,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage.types import Convert, Json

#: Builds a statement with the `insert` of one database: both know ON CONFLICT, each in its own construct.
Build = Callable[[Callable[[Table], Any]], Executable]

_INSERTS: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Prepared:
    """A statement as one database takes it."""

    def __init__(self, statement: Any, columns: Sequence[str], dialect: Dialect) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=list(columns) or None)
        self.text = compiled.string
        #: The tables that it reads or writes.
        self.tables = frozenset(part.name for part in visitors.iterate(statement) if isinstance(part, Table))
        order = compiled.positiontup or []
        self._arrange = _arranger(order)
        self._converts: list[tuple[int, Convert]] = []
        self._fixed: dict[str, Any] = {}
        for place, name in enumerate(order):
            bind = compiled.binds[name]
            convert: Convert | None = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if not bind.required:
                self._fixed[name] = bind.value
            if convert is not None:
                self._converts.append((place, convert))
        returned = list(statement.exported_columns)
        #: Whether the statement gives rows.
        self.returns = bool(returned)
        self._make = _row_of([column.key for column in returned])
        self._reads = [
            (place, convert)
            for place, column in enumerate(returned)
            if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """What the driver is handed: in order and converted, with what is fixed in the statement."""
        cells = self._arrange({**given, **self._fixed} if self._fixed else given)
        for place, convert in self._converts:
            if (cell := cells[place]) is not None:
                cells[place] = convert(cell)
        return cells

    def row(self, raw: Sequence[Any]) -> Any:
        """A row of the driver with its columns by name, as the values that the rest of the program knows."""
        cells = list(raw)
        for place, convert in self._reads:
            if (cell := cells[place]) is not None:
                cells[place] = convert(cell)
        return self._make(cells)


def _arranger(order: list[str]) -> Callable[[Mapping[str, Any]], list[Any]]:
    """Takes values by name and gives them in the order in which the statement wants them."""
    if len(order) < 2:
        return lambda given: [given[name] for name in order]
    pick = itemgetter(*order)
    return lambda given: list(pick(given))


def _row_of(names: list[str]) -> Convert:
    """Makes rows whose cells can be read by name."""
    kind: Any = type("Row", (namedtuple("Row", names, rename=True),), {"__slots__": ()})
    make: Convert = kind._make
    return make


class Statement:
    """What to ask, for either database.

    `columns` are those that an INSERT or UPDATE gets its values for. `number` is the column in which the
    database itself numbers an inserted row: PostgreSQL is asked to return it, SQLite's driver knows it.
    """

    def __init__(
        self, what: Executable | Build, columns: Iterable[str] = (), number: Column[Any] | None = None
    ) -> None:
        self._what = what
        self._columns = tuple(columns)
        self._number = number
        self._forms: dict[str, Prepared] = {}

    def form(self, dialect: Dialect) -> Prepared:
        """The form that belongs to a database; made at the first use."""
        try:
            return self._forms[dialect.name]
        except KeyError:
            form = self._forms[dialect.name] = self._prepare(dialect)
            return form

    def _prepare(self, dialect: Dialect) -> Prepared:
        if isinstance(self._what, Executable):
            return Prepared(self._what, self._columns, dialect)
        statement: Any = self._what(_INSERTS[dialect.name])
        if self._number is not None and dialect.name != "sqlite":  # RETURNING doubles an insert's time there
            statement = statement.returning(self._number)
        return Prepared(statement, self._columns, dialect)


_ONE: ColumnElement[int] = literal_column("1")


class _Texts(FunctionElement[str]):
    """The texts of a JSON list as rows."""

    inherit_cache = True


@compiles(_Texts, "sqlite")
def _sqlite_texts(element: _Texts, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Texts, "postgresql")
def _postgresql_texts(element: _Texts, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS JSON))"


def those_with(table: Table, column: Column[str], *where: ColumnElement[bool]) -> Select[str]:
    """Those of `texts` that stand in this column of a row: one question, one look into the index for each.

    Asked with EXISTS, PostgreSQL would rather read the whole of a table that is not large yet.
    """
    text = _Texts(bindparam("texts", type_=Json())).table_valued("value").c.value
    found = select(_ONE).select_from(table).where(column == text, *where).limit(_ONE)
    return select(text).where(found.scalar_subquery().is_not(None))


def or_overwrite(adding: Any) -> Any:
    """An `insert` that overwrites the row which has the same primary key."""
    keys = list(adding.table.primary_key)
    rest = {column.name: adding.excluded[column.name] for column in adding.table.c if column not in keys}
    return adding.on_conflict_do_update(index_elements=keys, set_=rest)
