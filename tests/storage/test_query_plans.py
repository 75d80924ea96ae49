"""The questions that are asked all day are answered from an index, whatever was kept over the years."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest
from sqlalchemy import Connection, text

import storage
from bot.cases.outbox import Card, Line, Warn
from storage import alarms, cases, ends, outbox, posts, replies, threads
from storage.engine import connect, parse
from storage.schema import deliveries, shown
from storage.statements import Statement
from tests.postgres import fresh_database

#: The index of a primary key that is not a number, as each database calls it.
SHOWN_KEY = "pk_shown|sqlite_autoindex_shown_1"
THREAD = "pk_threads|sqlite_autoindex_threads_1"
CONVERSATION = "pk_conversations|sqlite_autoindex_conversations_1"
#: What deletes the rows of a table by their age.
AGED = {end.column.table: statement for end, statement in ends._AGED}
HOT = {
    "a case by its thread": (cases._BY_THREAD, THREAD),
    "an author's newest case": (cases._OF_AUTHOR, CONVERSATION),
    "a conversation's newest case": (cases._OF_CONVERSATION, CONVERSATION),
    "those who have a case": (cases._AUTHORS_OF_CASES, CONVERSATION),
    "the open cases": (cases._OPEN, "ix_cases_open"),
    "an agent's cases": (cases._CLAIMED, "ix_cases_assignee"),
    "cases closed of late": (cases._RECENT, "ix_cases_closed"),
    "the queue": (cases._QUEUE, "ix_timers_due"),
    "timers that have turned": (cases._DUE, "ix_timers_turns"),
    "the next turn": (cases._NEXT_DUE, "ix_timers_turns"),
    "the newest alarm": (alarms._NEWEST, "ix_alarms_newest"),
    "the last call": (alarms._LAST_CALL, "ix_alarms_newest"),
    "what nobody was called for": (alarms._UNCALLED, "ix_flags_uncalled"),
    "to have called for it": (alarms._CALL_FOR, "ix_flags_uncalled"),
    "what an alarm says": (alarms._FLAGS_IN, "ix_flags_alarm"),
    "how many cases an alarm is about": (alarms._CASES_IN, "ix_flags_alarm"),
    "an alarm that waits": (outbox._MOVE_UP_TWIN[Warn], "uq_outbox_alarm"),
    "a known post": (posts._BY_ID, "uq_posts_account_id"),
    "those of a page that are known": (posts._THOSE_KNOWN, "uq_posts_account_id"),
    "a case's posts": (posts._OF_CASE, "ix_posts_case"),
    "a reply by its message": (replies._BY_MESSAGE, "uq_replies_message"),
    "a reply by its line": (replies._BY_LINE, "ix_replies_line"),
    "a reply by its post": (replies._BY_POST, "ix_replies_post"),
    "a case's replies": (replies._OF_CASE, "ix_replies_case"),
    "replies that are due": (replies._DUE, "ix_replies_acts"),
    "replies in doubt": (replies._ACTING, "ix_replies_acts"),
    "replies of a later time": (replies._LATER, "ix_replies_acts"),
    "the next reply": (replies._NEXT_QUEUED, "ix_replies_acts"),
    "a case's history": (threads._EVENTS_OF, "ix_events_case"),
    "a case's answers": (threads._ANSWERS_OF, "ix_answers_case"),
    "an entry by its key": (outbox._BY_KEY, "uq_outbox_key"),
    "a card that waits": (outbox._MOVE_UP_TWIN[Card], "uq_outbox_card"),
    "a line that waits": (outbox._MOVE_UP_TWIN[Line], "uq_outbox_line"),
    "what joins a card": (outbox._JOIN_TWIN[Card], "uq_outbox_card"),
    "what joins a line": (outbox._JOIN_TWIN[Line], "uq_outbox_line"),
    "what joins an alarm": (outbox._JOIN_TWIN[Warn], "uq_outbox_alarm"),
    "lanes in which something waits": (outbox._NEXT_LANE, "ix_outbox_waiting"),
    "a lane's next entries": (outbox._WAITING, "ix_outbox_waiting"),
    "whether a lane has an entry": (outbox._IS_ANY_DUE, "ix_outbox_waiting"),
    "whether a lane has one of a rank": (outbox._IS_ANY_OF_RANK_DUE, "ix_outbox_waiting"),
    "entries that were lost": (outbox._LOST, "ix_outbox_underway"),
    "where something stands": (outbox._SHOWN, SHOWN_KEY),
    "what stands nowhere any more": (outbox._LOSE, SHOWN_KEY),
    "sentences of a channel that are over": (AGED[shown], "ix_shown_at"),
    "old deliveries": (AGED[deliveries], "ix_deliveries_at"),
    "cases to forget": (ends._QUIET, "ix_cases_forgettable"),
}
#: Questions whose whole answer comes in the order of the index; nothing is sorted.
IN_ORDER = [
    "the open cases",
    "timers that have turned",
    "an agent's cases",
    "a case's posts",
    "a lane's next entries",
    "whether a lane has an entry",
    "whether a lane has one of a rank",
    "sentences of a channel that are over",
    "cases to forget",
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def connection(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connection]:
    """A migrated database, which no test changes. PostgreSQL would read small tables whole: not here."""
    with ExitStack() as opened:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('plans')}/webcare.db"
        else:
            url = opened.enter_context(fresh_database())
        asyncio.run(storage.open_store(url).close())
        engine = connect(parse(url))
        opened.callback(engine.dispose)
        connection = opened.enter_context(engine.connect())
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
            connection.execute(text("SET enable_bitmapscan = off"))
        yield connection


def plan(connection: Connection, statement: Statement) -> str:
    """How the database would go about it, not knowing the values: as it must when the text is prepared."""
    asked = statement.form(connection.dialect).text
    cursor = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        cursor.execute(f"EXPLAIN QUERY PLAN {asked}", [None] * asked.count("?"))
    else:
        numbers = count(1)
        asked = re.sub("%s", lambda _: f"${next(numbers)}", asked)
        cursor.execute(f"EXPLAIN (GENERIC_PLAN) {asked}")
    return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.parametrize("question", HOT)
def test_an_index_answers(connection: Connection, question: str) -> None:
    statement, index = HOT[question]

    assert re.search(index, plan(connection, statement))


@pytest.mark.parametrize("question", IN_ORDER)
def test_the_index_gives_the_order(connection: Connection, question: str) -> None:
    statement, _ = HOT[question]
    steps = plan(connection, statement)

    assert "TEMP B-TREE" not in steps
    assert "Sort" not in steps


@pytest.mark.parametrize("statement", ends._WITH_CASE)
def test_what_goes_with_a_case_is_found_by_an_index(connection: Connection, statement: Statement) -> None:
    steps = plan(connection, statement)

    assert "SCAN" not in steps
    assert "Seq Scan" not in steps
