"""The questions that are asked all day are answered from an index, whatever was kept over the years."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy import Connection, text

import storage
from bot.cases.errands import ErrandKind
from storage import alarms, cases, ends, errands, posts, replies, threads
from storage.engine import connect, parse
from storage.statements import Statement

HOT = {
    "a case by its thread": (cases._BY_THREAD, "uq_cases_thread"),
    "an author's newest case": (cases._OF_AUTHOR, "ix_cases_conversation"),
    "a conversation's newest case": (cases._OF_CONVERSATION, "ix_cases_conversation"),
    "those who have a case": (cases._AUTHORS_OF_CASES, "ix_cases_conversation"),
    "the open cases": (cases._OPEN, "ix_cases_open"),
    "an agent's cases": (cases._CLAIMED, "ix_cases_assignee"),
    "cases closed of late": (cases._RECENT, "ix_cases_closed"),
    "teams whose customers wait": (cases._NEXT_TEAM, "ix_cases_queue"),
    "a team's queue": (cases._QUEUE, "ix_cases_queue"),
    "cases that are late": (cases._LATE, "ix_cases_late"),
    "cases at risk": (cases._AT_RISK, "ix_cases_turns"),
    "flags of instants to come": (cases._FLAGGED_EARLY, "ix_cases_queue"),
    "the next turn": (cases._NEXT_TURN, "ix_cases_turns"),
    "cases that escalate": (cases._ESCALATES, "ix_cases_escalates"),
    "cases that escalate later": (cases._ESCALATES_LATER, "ix_cases_escalates"),
    "the next escalation": (cases._NEXT_ESCALATION, "ix_cases_escalates"),
    "the newest alarm": (alarms._NEWEST, "ix_alarms_newest"),
    "the last call": (alarms._LAST_CALL, "ix_alarms_newest"),
    "what nobody was called for": (alarms._UNCALLED, "ix_flags_uncalled"),
    "to have called for it": (alarms._CALL_FOR, "ix_flags_uncalled"),
    "what an alarm says": (alarms._FLAGS_IN, "ix_flags_alarm"),
    "how many cases an alarm is about": (alarms._CASES_IN, "ix_flags_alarm"),
    "an alarm that waits": (errands._MOVE_UP_TWIN[ErrandKind.ALARM], "uq_errands_alarm"),
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
    "an errand by its key": (errands._BY_KEY, "uq_errands_key"),
    "a card that waits": (errands._MOVE_UP_TWIN[ErrandKind.CARD], "uq_errands_card"),
    "a line that waits": (errands._MOVE_UP_TWIN[ErrandKind.LINE], "uq_errands_line"),
    "channels in which something waits": (errands._NEXT_CHANNEL, "ix_errands_waiting"),
    "a channel's next errands": (errands._WAITING, "ix_errands_waiting"),
    "errands that were lost": (errands._LOST, "ix_errands_underway"),
    "errands that are over": (ends._AGED[0][1], "ix_errands_passing"),
    "sentences of a channel that are over": (ends._AGED[1][1], "ix_errands_said"),
    "old deliveries": (ends._AGED[3][1], "ix_deliveries_at"),
    "cases to forget": (ends._QUIET, "ix_cases_forgettable"),
}
#: Questions whose whole answer comes in the order of the index; nothing is sorted.
IN_ORDER = [
    "the open cases",
    "a team's queue",
    "cases that are late",
    "cases at risk",
    "an agent's cases",
    "a case's posts",
    "a channel's next errands",
    "errands that are over",
    "cases to forget",
]


@pytest.fixture
def connection(empty_url: str) -> Iterator[Connection]:
    """A migrated database. PostgreSQL would read small tables whole; here it may not."""
    asyncio.run(storage.open_store(empty_url).close())
    engine = connect(parse(empty_url))
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
            connection.execute(text("SET enable_bitmapscan = off"))
        yield connection
    engine.dispose()


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

    assert index in plan(connection, statement)


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
