"""A record that an earlier program left in the middle of its work: its rows, its world, and what it saw.

`make_old_record` made it. `tables.jsonl` has a row a line, as the tables of revision `REVISION` hold it,
without what is empty. `slack.jsonl` and `x.jsonl` are the local Slack and the local X in the moment in which
the program was killed. `seen.json` is that moment, and what the program saw in its own record (`portraits`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as Alembic
from sqlalchemy import Connection, MetaData, Table, insert, inspect, text

from bot import bootstrap
from bot.cases.tx import Setup
from bot.clock import SystemClock
from bot.config import Config, parse
from bot.texts import LANGUAGES, Texts
from storage import upgrade
from storage.engine import connect
from storage.engine import parse as address_of

REVISION = "0010"
FOLDER = Path(__file__).parents[1] / "testdata" / f"record_{REVISION}"
#: More than any number of a row in it: the rows of copies are numbered from here on.
SPAN = 1000

#: What names a row, or another one, in each table whose rows are copied: numbers, and words.
_NUMBERS = ("id", "number", "case_id", "reply_id", "post_number", "alarm_id", "called_by", "seen_number")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "cases": ("author_id", "root_id", "thread_ts"),
    "posts": ("id", "author_id", "root_id", "parent_id"),
    "authors": ("id",),
    "replies": ("key", "message_ts", "line_ts", "in_reply_to", "post_id"),
    "messages": ("ts",),
    "reactions": ("ts",),
    "tenures": (),
    "thread_marks": ("ts",),
    "old_threads": ("ts",),
    "events": (),
    "alarms": ("key", "ref_ts"),
    "flags": (),
    "errands": ("key", "ref_ts"),
    "deliveries": ("key",),
    "unread": ("key",),
}


def seen() -> dict[str, Any]:
    """What the program saw in its record, and when that was."""
    found: dict[str, Any] = json.loads((FOLDER / "seen.json").read_text(encoding="utf-8"))
    return found


def ended_at() -> datetime:
    """When the program was killed."""
    return datetime.fromisoformat(seen()["at"])


def rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row with the name of its table, referenced ones first."""
    with (FOLDER / "tables.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            ((table, row),) = json.loads(line).items()
            yield table, row


def load(url: str, copies: int = 0) -> None:
    """Make the record in an empty database, and so many copies of all that belongs to its cases."""
    engine = connect(address_of(url))
    with engine.begin() as connection:
        _make_tables(connection)
        _fill(connection)
        if copies:
            _copy(connection, copies)
        if connection.dialect.name == "postgresql":
            _count_on(connection)
    engine.dispose()


def setup(seen: Mapping[str, Any]) -> Setup:
    """What the program was configured to, by the network's rules of the program that runs now."""
    config = configured(seen)
    wordings = {language: Texts(language) for language in LANGUAGES}
    return Setup(config.installation(), bootstrap.open_connectors(config, SystemClock()), wordings)


def configured(seen: Mapping[str, Any]) -> Config:
    """app.yaml as it was, with addresses and secrets of nobody."""
    desk = {"SLACK_BOT_TOKEN": "xoxb-nobody", "SLACK_APP_TOKEN": "xapp-nobody"}
    # X writes the id of its account in front of a token.
    secrets = {name: desk.get(name) or f"{seen['brands'][name[0]]}-nobody" for name in seen["secrets"]}
    return parse(seen["app_yaml"], "app.yaml", secrets, bootstrap.network_terms())


def _make_tables(connection: Connection) -> None:
    config = Alembic()
    config.set_main_option("script_location", str(upgrade.MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, REVISION)


def _fill(connection: Connection) -> None:
    metadata = MetaData()
    metadata.reflect(connection)
    by_table: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for name, row in rows():
        by_table[name].append(row)
    for name, given in by_table.items():
        table = metadata.tables[name]
        empty = dict.fromkeys(table.columns.keys())
        connection.execute(insert(table), [{**empty, **_as_kept(table, row)} for row in given])


def _as_kept(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its days as days, which JSON does not know."""
    days = {name for name, column in table.columns.items() if column.type.python_type is date}
    return {name: date.fromisoformat(value) if name in days else value for name, value in row.items()}


def _copy(connection: Connection, copies: int) -> None:
    columns = {name: inspect(connection).get_columns(name) for name in _NAMES}
    counted = f"SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {copies}"
    numbers = f"(WITH RECURSIVE n(k) AS ({counted}) SELECT k FROM n) AS numbers"
    for table, names in _NAMES.items():
        taken = ", ".join(str(column["name"]) for column in columns[table])
        made = ", ".join(_copied(str(column["name"]), names) for column in columns[table])
        connection.execute(text(f"INSERT INTO {table} ({taken}) SELECT {made} FROM {table}, {numbers}"))


def _copied(column: str, names: tuple[str, ...]) -> str:
    if column in names:
        return f"{column} || CAST(1000000 + k AS TEXT)"
    return f"{column} + k * {SPAN}" if column in _NUMBERS else column


def _count_on(connection: Connection) -> None:
    """Let the numbers that the database gives go on behind those that are there."""
    for name in inspect(connection).get_table_names():
        for column in inspect(connection).get_columns(name):
            if column.get("autoincrement") and column["name"] in ("id", "number"):
                sequence = f"pg_get_serial_sequence('{name}', '{column['name']}')"
                connection.execute(
                    text(f"SELECT setval({sequence}, (SELECT max({column['name']}) FROM {name}))")
                )
