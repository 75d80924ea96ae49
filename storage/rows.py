"""What the parts of the record share: the connection of a transaction, and statements for either database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, Table, bindparam, text, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.cases.model import MessageRef

#: Whoever takes errands or looks at a channel's slot holds this until its transaction ends, so that two
#: processes neither post into one slot nor put the messages of a thread in the wrong order.
_POSTING = text("SELECT pg_advisory_xact_lock(739201)")


def each(build: Callable[[Callable[[Table], Any]], Executable]) -> Mapping[str, Executable]:
    """A statement for either database, by dialect name: both know ON CONFLICT, each with its own `insert`."""
    return {"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)}


def guarded_update(table: Table) -> Executable:
    """An update of one row that holds only while the row has the version `believed`."""
    return update(table).where(
        table.c.id == bindparam("row_id"),
        table.c.version == bindparam("believed"),
    )


def ref_of(channel: str | None, ts: str | None) -> MessageRef | None:
    """A message reference from its two columns."""
    return None if channel is None or ts is None else MessageRef(channel, ts)


class Rows:
    """One transaction on one connection. The parts of the record are built on it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def _run(self, statement: Executable, **values: object) -> CursorResult[Any]:
        return self._connection.execute(statement, values)

    def _run_here(self, statements: Mapping[str, Executable], **values: object) -> CursorResult[Any]:
        """Run the form of the statement that belongs to this database."""
        return self._connection.execute(statements[self._dialect], values)

    def _hold_posting(self) -> None:
        """Let no other process take errands or slots until this transaction ends."""
        if self._dialect == "postgresql":
            self._connection.execute(_POSTING)
