"""Databases with as many cases as one likes, made by the database itself in seconds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import open_store
from tests.bench.material import ACCOUNT, CHANNEL

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Cases in which a customer waits, of those that are kept; the rest is settled.
WAITING = 100_000

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
_TABLES = (
    """INSERT INTO cases (id, account, team, author_id, opened_at, status, mode, assignee,
      claimed_by_reaction, first_replied_at, closed_at, dismiss_reason, thread_channel, thread_ts, version)
    SELECT i, :account, 'care', 5000000 + i, :now - (:count - i) * 1000000,
      CASE WHEN i > :settled THEN 'new' ELSE 'closed' END, 'public', NULL, 0,
      CASE WHEN i <= :settled THEN :now END, CASE WHEN i <= :settled THEN :now - 864000000000 END, '',
      :channel, '17' || printf('%08d', i) || '.000100', 3 FROM n""",
    """INSERT INTO timers (case_id, kind, since, due_at, warn_at, turns_at, flag)
    SELECT i, 'answer', :now, :due + (i - :settled) * :apart, :now - :warn,
      :due + (i - :settled) * :apart, 'at_risk' FROM n WHERE i > :settled""",
    """INSERT INTO conversations (account, author_id, root_id, case_id, surface)
    SELECT :account, 5000000 + i, 'root-' || i, i, 'public' FROM n""",
    """INSERT INTO threads (channel, ts, case_id)
    SELECT :channel, '17' || printf('%08d', i) || '.000100', i FROM n""",
    """INSERT INTO posts (number, account, id, case_id, author_id, surface, text, created_at, root_id,
      by_brand, url, lang, version, stored_at)
    SELECT i, :account, 'post-' || i, i, 5000000 + i, 'public', 'my parcel number ' || i || ' is lost, help',
      :now, 'root-' || i, 0, 'https://x.com/i/status/' || i, 'en', 1, :now FROM n""",
    """INSERT INTO authors (network, id, handle, name, avatar_url, followers, url, looked_up_at,
      standing)
    SELECT 'x', 5000000 + i, 'customer' || i, 'A Customer', '', 10, '', :now, 'known' FROM n""",
    """INSERT INTO replies (id, case_id, account, mode, key, body, text, queued_at, send_after, kind, state,
      agent, message_channel, message_ts, line_channel, line_ts, in_reply_to, seen_number, manual_url, looks,
      post_id, url, sent_at, version)
    SELECT i, i, :account, 'public', 'key-' || i, 'We look into it.', 'We look into it. ^MK', :now, :now,
      'answer', 'sent', 'U0AGENT001', :channel, '18' || printf('%08d', i) || '.000100', :channel,
      '18' || printf('%08d', i) || '.000200', 'post-' || i, i, '', 0, 'reply-' || i, '', :now, 3
    FROM n""",
    """INSERT INTO events (id, case_id, at, kind, who)
    SELECT i, i, :now, 'opened', '' FROM n""",
)


async def stocked(path: Path, cases: int, waiting: int, due_in: timedelta, apart: timedelta) -> str:
    """A database of so many cases, `waiting` of them due from `due_in` on, `apart` apart; its URL."""
    url = f"sqlite:///{path}"
    await open_store(url).close()
    now = (datetime.now(UTC) - _EPOCH) // timedelta(microseconds=1)
    values = {
        "count": cases,
        "settled": cases - waiting,
        "account": ACCOUNT,
        "channel": CHANNEL,
        "now": now,
        "due": now + due_in // timedelta(microseconds=1),
        "apart": apart // timedelta(microseconds=1),
        "warn": 900_000_000,
    }
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        connection.execute("BEGIN")
        for statement in _TABLES:
            into, select = statement.split("SELECT", 1)
            connection.execute(f"{into}{_NUMBERS}SELECT{select}", values)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return url


def move_due(path: Path, due_in: timedelta, apart: timedelta) -> datetime:
    """Let the waiting cases be due one after the other from `due_in` on, seen from the end of this; returns
    the first instant."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        first = (datetime.now(UTC) + due_in - _EPOCH) // timedelta(microseconds=1)
        settled = connection.execute("SELECT min(case_id) FROM timers").fetchone()[0]
        when = "?1 + (case_id - ?2) * ?3"
        connection.execute(
            f"UPDATE timers SET due_at = {when}, turns_at = {when}, flag = 'at_risk'",
            (first, settled, apart // timedelta(microseconds=1)),
        )
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return _EPOCH + timedelta(microseconds=first)
