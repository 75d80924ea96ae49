"""How things stand, counted beside the work: over a connection of its own that only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import URL, Dialect, Engine, NullPool, bindparam, case, create_engine, func, select
from sqlalchemy.exc import DBAPIError

from bot.cases.figures import BOUNDS, AccountFigures, Figures, Lateness
from bot.cases.history import EventKind
from bot.cases.model import ReplyKind, ReplyState
from bot.cases.reasons import UNREAD
from bot.cases.record import Record
from bot.cases.timers import FlagKind, TimerKind
from storage.engine import IN_ORDER, PATIENCE, file_of, parse, to_read
from storage.errors import StorageError, in_words, place_of
from storage.record import SqlRecord
from storage.rows import Rows, Session
from storage.schema import (
    HEAD,
    accounts,
    cases,
    events,
    is_outcome,
    is_waiting_entry,
    outbox,
    replies,
    spending,
    streams,
)
from storage.schema_watch import flags, is_of_answer, timers
from storage.statements import Statement
from storage.types import Moment, word
from storage.upgrade import version_of
from storage.watched import refuse_if_lost

T = TypeVar("T")

_MICROSECOND = timedelta(microseconds=1)

_CASES = Statement(select(cases.c.status, func.count().label("number")).group_by(cases.c.status))
_WAITING = Statement(
    select(
        func.count().label("number"),
        func.sum(case((timers.c.due_at <= bindparam("now", type_=Moment()), 1), else_=0)).label("overdue"),
        func.min(timers.c.since, type_=Moment()).label("since"),
    ).where(is_of_answer)
)
_ERRANDS = Statement(
    select(
        func.count().label("number"),
        func.min(outbox.c.asked_at, type_=Moment()).label("since"),
    ).where(is_waiting_entry)
)
#: Every reply that is not out yet and still may be.
_PENDING = Statement(
    select(replies.c.state, func.count().label("number"), func.count(replies.c.blocked).label("blocked"))
    .where(
        replies.c.state.in_(
            [word(state) for state in (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNCONFIRMED)]
        )
    )
    .group_by(replies.c.state)
)
_REPLY_DUE = Statement(
    select(func.min(replies.c.acts_at, type_=Moment())).where(
        replies.c.state == word(ReplyState.QUEUED),
        replies.c.acts_at <= bindparam("now", type_=Moment()),
        replies.c.acts_at.is_not(None),
    )
)
_PUT_OFF = Statement(
    select(replies.c.failure).where(
        replies.c.state == word(ReplyState.QUEUED),
        replies.c.blocked.is_(None),
        replies.c.failure.is_not(None),
    )
)
_PUBLISHED = Statement(
    select(func.count()).where(
        replies.c.state == word(ReplyState.SENT),
        replies.c.kind != word(ReplyKind.ELSEWHERE),
    )
)
_OUTCOMES = Statement(
    select(events.c.kind, func.count().label("number")).where(is_outcome).group_by(events.c.kind)
)
_late_by: Any = flags.c.at - flags.c.due_at
_LATENESS = Statement(
    select(
        func.count(),
        func.coalesce(func.sum(_late_by), 0),
        *(
            func.coalesce(func.sum(case((_late_by <= bound // _MICROSECOND, 1), else_=0)), 0)
            for bound in BOUNDS
        ),
    ).where(flags.c.kind == word(FlagKind.MISSED), flags.c.timer == word(TimerKind.ANSWER))
)
_ACCOUNTS = Statement(
    select(
        accounts.c.account,
        accounts.c.condition,
        accounts.c.connected_at,
        streams.c.looked_at,
        streams.c.next_at,
        func.coalesce(func.sum(spending.c.amount), 0, type_=spending.c.amount.type).label("spent"),
    )
    .join(streams, (streams.c.account == accounts.c.account) & streams.c.main)
    .outerjoin(spending, (spending.c.account == accounts.c.account) & (spending.c.day == bindparam("today")))
    .group_by(
        accounts.c.account,
        accounts.c.condition,
        accounts.c.connected_at,
        streams.c.looked_at,
        streams.c.next_at,
    )
    .order_by(accounts.c.account)
)


class FigureRows(Rows):
    """Counts, over a cursor that sees one state of things."""

    def figures(self, now: datetime) -> Figures:
        """How things stand."""
        waiting = self._sql.one(_WAITING, now=now)
        waits = self._sql.one(_ERRANDS)
        pending = self._sql.all(_PENDING)
        unread = self._unread()
        due = self._sql.value(_REPLY_DUE, now=now)
        outcomes = {row.kind: row.number for row in self._sql.all(_OUTCOMES)}
        return Figures(
            at=now,
            cases={row.status: row.number for row in self._sql.all(_CASES)},
            waiting=waiting.number,
            overdue=int(waiting.overdue or 0),
            waiting_since=waiting.since,
            errands=waits.number,
            errand_since=waits.since,
            replies={row.state: row.number for row in pending},
            blocked=sum(row.blocked for row in pending),
            reply_due_since=min([at for at in (due, *unread) if at is not None], default=None),
            unread=len(unread),
            published=self._sql.value(_PUBLISHED),
            refused=outcomes.get(EventKind.REPLY_REFUSED, 0),
            in_doubt=outcomes.get(EventKind.REPLY_UNCONFIRMED, 0),
            closed_unanswered=outcomes.get(EventKind.CLOSED_UNANSWERED, 0),
            lateness=self._lateness(),
            accounts=self._accounts(now),
        )

    def _unread(self) -> list[datetime]:
        """When each of the replies was to go out that wait for what the desk tells about them."""
        told = [row.failure for row in self._sql.all(_PUT_OFF)]
        return [why.values["since"].at for why in told if why.key in UNREAD]

    def _lateness(self) -> Lateness:
        count, total, *within = self._sql.one(_LATENESS)
        return Lateness(count, int(total) * _MICROSECOND, tuple(int(number) for number in within))

    def _accounts(self, now: datetime) -> tuple[AccountFigures, ...]:
        return tuple(
            AccountFigures(
                row.account, row.condition, row.connected_at, row.looked_at, row.next_at, row.spent
            )
            for row in self._sql.all(_ACCOUNTS, today=now.date())
        )


def read(url: URL, now: datetime) -> Figures:
    """How things stand in the database at `url`, which may be at work. Blocks. Raises `StorageError`."""
    with _opened(url) as (cursor, dialect):
        return FigureRows(Session(cursor, dialect)).figures(now)


def look(url: str, now: datetime) -> Figures:
    """How things stand in the database at `url`, as it stands in app.yaml. See `read`."""
    return read(parse(url), now)


def peek(url: str, work: Callable[[Record], T]) -> T:
    """What a piece of work reads of the record at `url`, which may be at work; it may change nothing. Blocks.
    Raises `StorageError`."""
    with _opened(parse(url)) as (cursor, dialect):
        return work(SqlRecord(cursor, dialect))


@contextmanager
def _opened(url: URL) -> Iterator[tuple[Any, Dialect]]:
    file = file_of(url)
    if file is not None and not file.exists():
        refuse_if_lost(file, empty=True)
        raise StorageError(f"There is no database {file} yet: it is made when webcare is first run.")
    engine = _reading(url)
    try:
        with engine.connect() as connection:
            if version_of(connection) != HEAD:
                raise StorageError(
                    f"The database {place_of(url)} is not that of this program. Bring it up to date with "
                    "webcare migrate."
                )
            cursor: Any = connection.connection.cursor()
            if file is not None:  # the other driver begins by itself
                cursor.execute("BEGIN")
            yield cursor, engine.dialect
    except (DBAPIError, engine.dialect.loaded_dbapi.Error) as error:
        raise in_words(error, url) from error
    finally:
        engine.dispose()


def _reading(url: URL) -> Engine:
    """An engine that cannot write. What it reads within a connection is of one instant."""
    file = file_of(url)
    if file is None:
        return create_engine(
            url,
            poolclass=NullPool,
            isolation_level="REPEATABLE READ",
            connect_args={"connect_timeout": round(PATIENCE)},
            hide_parameters=True,
            paramstyle=IN_ORDER,
        )
    return create_engine(
        to_read(file), poolclass=NullPool, connect_args={"timeout": PATIENCE}, hide_parameters=True
    )
