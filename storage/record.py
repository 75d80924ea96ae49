"""The record over SQL: one transaction, all tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect

from bot.cases.record import Wake
from storage.accounts import AccountRows
from storage.alarms import AlarmRows
from storage.cases import CaseRows
from storage.ends import EndRows
from storage.errands import ErrandRows
from storage.posts import PostRows
from storage.replies import ReplyRows
from storage.restores import RestoreRows
from storage.threads import ThreadRows


class SqlRecord(
    CaseRows, AlarmRows, PostRows, ReplyRows, ThreadRows, ErrandRows, AccountRows, RestoreRows, EndRows
):
    """Implements `bot.cases.record.Record` within the transaction that is open on the driver's `cursor`."""

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        super().__init__(cursor, dialect)
        self._wakes: set[Wake] = set()

    def wake(self, *ticks: Wake) -> None:
        self._wakes.update(ticks)

    def finish(self) -> frozenset[Wake]:
        """Make the changes that were left, and tell what is to run once this transaction is committed."""
        self._make_up()
        return frozenset(self._wakes)
