"""The floor under the record: the same rows, written by the raw driver into the same tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage.schema import metadata

#: In the order in which a mention writes them.
INTAKE = ("authors", "cases", "posts", "events", "outbox")

Row = list[Any]


class RawDriver:
    """A connection of the driver, with nothing between it and us. `mark` is its placeholder."""

    def __init__(self, connection: Any, mark: str) -> None:
        self.connection = connection
        self.cursor = connection.cursor()
        self.mark = mark
        self._begin = "BEGIN IMMEDIATE" if mark == "?" else "BEGIN"
        names = {name: list(table.columns.keys()) for name, table in metadata.tables.items()}
        self.inserts = {
            name: f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join(mark for _ in columns)})"
            for name, columns in names.items()
        }
        self.columns = names

    def begin(self) -> None:
        """Open a transaction."""
        self.cursor.execute(self._begin)

    def commit(self) -> None:
        """End it."""
        self.cursor.execute("COMMIT")

    def rows(self, table: str) -> list[Row]:
        """Everything in a table, as the driver gives it, in the order of its first column."""
        self.cursor.execute(f"SELECT {', '.join(self.columns[table])} FROM {table} ORDER BY 1")
        return [list(row) for row in self.cursor.fetchall()]

    def write(self, rows: Sequence[tuple[str, Row]]) -> None:
        """Insert rows, one statement each, as a program would that reads the number of each case."""
        execute, inserts = self.cursor.execute, self.inserts
        for table, row in rows:
            execute(inserts[table], row)

    def look(self, account: str, cursor: str, at: int) -> None:
        """What a look writes besides its posts: how far it got, and what it cost."""
        mark = self.mark
        self.cursor.execute(
            f"UPDATE streams SET cursor = {mark}, next_at = {mark}, looked_at = {mark}, "
            f"version = version + 1 WHERE account = {mark} AND name = 'mentions'",
            (cursor, at, at, account),
        )
        self.cursor.execute(
            f"INSERT INTO spending (account, day, kind, count, amount) VALUES ({mark}, {mark}, {mark}, 1, 1) "
            "ON CONFLICT (account, day, kind) DO UPDATE SET count = spending.count + excluded.count, "
            "amount = spending.amount + excluded.amount",
            (account, "2026-11-21", "mention_read"),
        )

    def claim(self, case_id: int, agent: str, believed: int) -> bool:
        """The compare-and-set of a claim; False when somebody was faster."""
        mark = self.mark
        self.cursor.execute(
            f"UPDATE cases SET status = 'claimed', assignee = {mark}, claimed_by_reaction = {mark}, "
            f"version = version + 1 WHERE id = {mark} AND version = {mark}",
            (agent, True, case_id, believed),
        )
        return bool(self.cursor.rowcount)

    def close(self) -> None:
        """Let go."""
        self.cursor.close()
        self.connection.close()


class Copies:
    """Fresh copies of the rows that the product wrote for one mention: other keys, all else the same."""

    def __init__(self, driver: RawDriver) -> None:
        # What the product has just written is the pattern; its newest row of each table.
        self._pattern = {table: driver.rows(table)[-1] for table in INTAKE}
        self._places = {
            table: {name: place for place, name in enumerate(driver.columns[table])} for table in INTAKE
        }
        self._next = 10_000_000

    def make(self, count: int) -> list[tuple[str, Row]]:
        """Rows of so many new mentions."""
        made: list[tuple[str, Row]] = []
        for _ in range(count):
            number = self._next = self._next + 1
            for table in INTAKE:
                made.append((table, self._one(table, number)))
        return made

    def _one(self, table: str, number: int) -> Row:
        row, places = list(self._pattern[table]), self._places[table]
        keys: dict[str, dict[str, Any]] = {
            "authors": {"id": str(number)},
            "cases": {"id": number, "author_id": str(number)},
            "posts": {"number": number, "id": str(number), "case_id": number, "author_id": str(number)},
            "events": {"id": number, "case_id": number},
            "outbox": {"id": number, "case_id": number, "key": f"card-{number}-0123456789ab"},
        }
        for name, value in keys[table].items():
            row[places[name]] = value
        return row

    def beside(self, case_id: int) -> tuple[Row, Row]:
        """The event and the entry that a claim writes."""
        number = self._next = self._next + 1
        event, entry = self._one("events", number), self._one("outbox", number)
        event[self._places["events"]["case_id"]] = case_id
        entry[self._places["outbox"]["case_id"]] = case_id
        entry[self._places["outbox"]["kind"]] = "say"  # one card of a case waits at a time
        return event, entry
