"""A store in memory, held to the same contract as the databases: all or nothing, repeats, wakes, figures."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from bot.cases.errands import ErrandState
from bot.cases.errors import Stale
from bot.cases.figures import BOUNDS, IN_DOUBT, REFUSED, UNANSWERED, AccountFigures, Figures, Lateness
from bot.cases.model import UNREAD, FlagKind, ReplyKind, ReplyState
from bot.cases.record import Record
from storage import StorageError
from storage.pieces import TRIES, Listener, Piece, deliver
from tests.fake_record import FakeRecord
from tests.fake_tables import Tables

T = TypeVar("T")

_PENDING = (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNCONFIRMED)


class FakeStore:
    """Implements `bot.cases.record.Store`. Pieces run one after the other in a thread, as with SQLite, each
    on a copy of the rows that takes their place when the piece ends well."""

    def __init__(self) -> None:
        self._committed = Tables()
        self._listeners: list[Listener] = []
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fake-store")
        self._closed = False

    async def do(self, work: Callable[[Record], T]) -> T:
        """Run `work` in a transaction; its result once that is committed."""
        if self._closed:
            raise StorageError("The record is closed.")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._thread.submit(self._run, Piece(work, future))
        return await future

    async def figures(self, now: datetime) -> Figures:
        """How things stand in what is committed."""
        return count(self._committed, now)

    def on_wake(self, listener: Listener) -> None:
        """Call `listener` in the event loop after each commit that woke something."""
        self._listeners.append(listener)

    async def close(self) -> None:
        """Finish what was handed over. A second call does nothing."""
        self._closed = True
        await asyncio.to_thread(self._thread.shutdown)

    def _run(self, piece: Piece) -> None:
        for _ in range(TRIES):
            record = FakeRecord(self._committed.copied())
            try:
                piece.succeed(piece.work(record), frozenset(record.wakes))
            except BaseException as error:  # it belongs to the one who waits, not to this thread
                piece.fail(error)
                if isinstance(error, Stale):
                    continue
            else:
                self._committed = record.tables
            break
        deliver([piece], self._listeners)


def count(tables: Tables, now: datetime) -> Figures:
    """How things stand in these rows."""
    waiting = [case for case in tables.cases.values() if case.waiting_since is not None]
    waits = [errand for errand in tables.errands.values() if errand.state is ErrandState.WAITING]
    replies = tables.replies.values()
    pending = [reply for reply in replies if reply.state in _PENDING]
    late = [
        reply.send_after
        for reply in pending
        if reply.state is ReplyState.QUEUED and reply.held is None and reply.send_after <= now
    ]
    unread = [
        reply.failure.values["since"].at
        for reply in pending
        if reply.state is ReplyState.QUEUED and reply.held is None and reply.failure
        if reply.failure.key in UNREAD
    ]
    outcomes = Counter(event.kind for event in tables.events)
    return Figures(
        at=now,
        cases=Counter(case.status for case in tables.cases.values()),
        waiting=len(waiting),
        overdue=sum(case.due_at is not None and case.due_at <= now for case in waiting),
        waiting_since=min((case.waiting_since for case in waiting if case.waiting_since), default=None),
        errands=len(waits),
        errand_since=min((errand.created_at for errand in waits), default=None),
        replies=Counter(reply.state for reply in pending),
        held=sum(reply.held is not None for reply in pending),
        reply_due_since=min([*late, *unread], default=None),
        unread=len(unread),
        published=sum(
            reply.state is ReplyState.SENT and reply.kind is not ReplyKind.ELSEWHERE for reply in replies
        ),
        refused=outcomes[REFUSED],
        in_doubt=outcomes[IN_DOUBT],
        closed_unanswered=outcomes[UNANSWERED],
        lateness=_lateness(tables),
        accounts=tuple(
            AccountFigures(
                state.account,
                state.condition,
                state.connected_at,
                state.looked_at,
                state.next_poll_at,
                tables.spending.get((state.account, now.date()), Decimal(0)),
            )
            for _, state in sorted(tables.accounts.items())
        ),
    )


def _lateness(tables: Tables) -> Lateness:
    late = [flag.at - flag.due_at for flag in tables.flags.values() if flag.kind is FlagKind.MISSED]
    within = tuple(sum(by <= bound for by in late) for bound in BOUNDS)
    return Lateness(len(late), sum(late, timedelta(0)), within)
