"""The record over SQL: one transaction, all tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect

from bot.cases.duty import Duty
from bot.cases.outbox import Outbox
from bot.cases.record import (
    Accounts,
    Alarms,
    Cases,
    History,
    People,
    Posts,
    Replies,
    Streams,
    Threads,
    Timers,
    Upkeep,
    Wake,
)
from bot.cases.reminders import Reminders
from storage.accounts import AccountRows, StreamRows
from storage.alarms import AlarmRows
from storage.cases import CaseRows
from storage.duty import DutyRows
from storage.ends import UpkeepRows
from storage.outbox import OutboxRows
from storage.people import PeopleRows
from storage.posts import PostRows
from storage.reminders import ReminderRows
from storage.replies import ReplyRows
from storage.rows import Session
from storage.threads import HistoryRows, ThreadRows


class SqlRecord:
    """Implements `bot.cases.record.Record` within the transaction that is open on the driver's `cursor`."""

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        self._sql = sql = Session(cursor, dialect)
        self._wakes: set[Wake] = set()
        cases = CaseRows(sql)
        self.cases: Cases = cases
        self.timers: Timers = cases
        self.alarms: Alarms = AlarmRows(sql)
        self.posts: Posts = PostRows(sql)
        self.people: People = PeopleRows(sql)
        self.replies: Replies = ReplyRows(sql)
        self.threads: Threads = ThreadRows(sql)
        self.history: History = HistoryRows(sql)
        self.outbox: Outbox = OutboxRows(sql)
        self.accounts: Accounts = AccountRows(sql)
        self.streams: Streams = StreamRows(sql)
        self.reminders: Reminders = ReminderRows(sql)
        self.duty: Duty = DutyRows(sql)
        self.upkeep: Upkeep = UpkeepRows(sql)

    def wake(self, *ticks: Wake) -> None:
        """Let these ticks run as soon as the transaction is committed."""
        self._wakes.update(ticks)

    def finish(self) -> frozenset[Wake]:
        """Make the changes that were left, and tell what is to run once this transaction is committed."""
        self._sql.make_up()
        return frozenset(self._wakes)
