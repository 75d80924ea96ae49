"""The record in memory answers as the one in SQLite does, whatever was done to both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import storage
from bot.cases.alarms import Audience
from bot.cases.model import CaseId
from bot.cases.record import Record, Store
from tests.contract.samples import MINUTE, NOW
from tests.contract.twin_steps import (
    ACCOUNTS,
    AGENTS,
    CHANNELS,
    NUMBERS,
    PEOPLE,
    PIECES,
    POSTS,
    REFS,
    TIMES,
)
from tests.fake_record import FakeRecord

Answers = dict[str, Any]


class Undo(Exception):
    """Ends a piece of work that went well, so that nothing of it is kept."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One SQLite file for all the pieces, each of which is undone."""
    store = storage.open_store(f"sqlite:///{tmp_path_factory.mktemp('twins')}/record.db")
    yield store
    asyncio.run(store.close())


@pytest.mark.parametrize("about", PIECES)
@settings(max_examples=150, deadline=None)
@given(drawn=st.data())
def test_both_records_answer_alike(database: Store, about: str, drawn: st.DataObject) -> None:
    steps = drawn.draw(PIECES[about])

    def compare(record: Record) -> None:
        twin = FakeRecord()
        for step in steps:
            assert (step, step(record)) == (step, step(twin))
        for ask in QUESTIONS[about]:
            assert ask(record) == ask(twin)
        raise Undo

    with pytest.raises(Undo):
        asyncio.run(database.do(compare))


def _rows(record: Record) -> Answers:
    """Every row that can be asked for by its number."""
    by_number: tuple[Callable[[Any], Any], ...] = (
        record.case,
        record.posts_of,
        record.post_number,
        record.replies_of,
        record.reply,
        record.events_of,
        record.tenures_of,
        record.errand,
    )
    by_ref: tuple[Callable[[Any], Any], ...] = (
        record.case_of_thread,
        record.reply_of_message,
        record.reply_of_line,
        record.message,
    )
    return {f"{ask.__name__}({each})": ask(each) for ask in by_number for each in (*NUMBERS, 5, 6)} | {
        f"{ask.__name__}({each})": ask(each) for ask in by_ref for each in REFS
    }


def _people(record: Record) -> Answers:
    """Accounts, what they cost, who writes, and what is remembered of the outside."""
    return {
        "accounts": [
            (record.account(account), record.spent(account, NOW.date()), record.claimed_by(agent))
            for account in ACCOUNTS
            for agent in AGENTS
        ],
        "posts": [
            (ask(account, post_id))
            for account in ACCOUNTS
            for post_id in POSTS
            for ask in (record.post, record.case_of_post, record.reply_of_post)
        ],
        "authors": [
            (record.author("x", person), record.unknown_authors("x", PEOPLE, NOW)) for person in PEOPLE
        ],
        "cases": [
            (
                record.cases_of_author(account, person, 2),
                record.case_of_conversation(account, person, "1500"),
            )
            for account in ACCOUNTS
            for person in PEOPLE
        ],
        "those known": [
            (record.known_posts(account, POSTS), record.authors_with_cases(account, PEOPLE))
            for account in ACCOUNTS
        ],
        "agents": [record.agent(agent) for agent in AGENTS],
        "colleagues": record.colleagues(),
        "restored": record.restored_at(),
    }


def _work(record: Record) -> Answers:
    """What the watch and the sender find."""
    found: Answers = {
        "open": [record.open_cases(channel) for channel in (None, *CHANNELS)],
        "queue": [record.queue(most) for most in (1, 2, 9)],
        "next turn": record.next_turn(),
        "next send": record.next_send(),
    }
    found["uncalled"] = record.uncalled()
    for number in NUMBERS:
        found[f"alarm {number}"] = (record.alarm(number), record.cases_in(number))
        found[f"flags of {number}"] = record.flags_of(CaseId(number))
        found[f"flags in {number}"] = [record.flags_in(number, most) for most in (1, 9)]
    for at in TIMES:
        for who in ("channel", "U1"):
            whom = Audience("C1", who, is_agent=who != "channel")
            found[f"alarms of {who} at {at}"] = (record.newest_alarm(whom), record.last_call(whom, at))
        found[f"escalating at {at}"] = record.escalating(at)
        found[f"recent at {at}"] = record.recent_cases(at)
        for most in (1, 2, 9):
            found[f"{most} turning at {at}"] = record.turning(at + MINUTE, most)
            found[f"{most} due at {at}"] = record.due_replies(at, most)
            found[f"{most} in doubt at {at}"] = record.unconfirmed_replies(at, most)
            found[f"{most} lost at {at}"] = record.lost_replies(at, most)
    return found


def _errands(record: Record) -> Answers:
    """What goes to the desk, and when."""
    found: Answers = {f"slot of {channel}": record.slot(channel) for channel in CHANNELS}
    for at in TIMES:
        found[f"next at {at}"] = record.next_errand(at)
        for busy in ((), ("C1",), ("C2", "redraw")):
            found[f"all at {at} but {busy}"] = record.due_errands(at, 9, busy)
        found[f"two at {at}"] = record.due_errands(at, 2)
    return found


QUESTIONS = {
    "cases": (_rows, _people, _work),
    "replies": (_rows, _work),
    "errands": (_rows, _errands),
    "the rest": (_rows, _people, _errands),
}
