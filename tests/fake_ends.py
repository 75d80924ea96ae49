"""The end of rows in memory: what is over goes, as it does from a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.cases import ends
from bot.cases.errands import REDRAW, Errand, ErrandKind, ErrandState
from bot.cases.model import SETTLED, Case, MessageKind, ReplyState
from tests.fake_tables import Tables

_PENDING = (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNCONFIRMED)


class FakeEnds:
    """The end of rows; the contract is that of `bot.cases.record.Record`."""

    tables: Tables

    def forget(self, now: datetime, most: int) -> bool:
        rows = self.tables
        errands = [errand for errand in rows.errands.values() if _is_over(errand)]
        passing = [errand for errand in errands if _is_passing(errand)]
        said = [errand for errand in errands if errand.kind is ErrandKind.SAY]
        announced = [errand for errand in said if errand.case_id is None]
        day = (now - ends.SPENDING).date()
        gone = [
            _oldest([(e.created_at, e.id) for e in passing], now - ends.ERRANDS, most),
            _oldest([(e.created_at, e.id) for e in announced], now - ends.SENTENCES, most),
            _oldest([(at, key) for key, at in rows.deliveries.items()], now - ends.DELIVERIES, most),
        ]
        rows.errands = {key: row for key, row in rows.errands.items() if key not in (*gone[0], *gone[1])}
        rows.deliveries = {key: at for key, at in rows.deliveries.items() if key not in gone[2]}
        days = _oldest([(key[1], key) for key in rows.spending], day, most)
        rows.spending = {key: row for key, row in rows.spending.items() if key not in days}
        quiet = [case for case in rows.cases.values() if self._is_quiet(case, now)]
        quiet = sorted(quiet, key=lambda case: (case.closed_at, case.id))[:most]
        for case in quiet:
            self._forget(case)
        return max(len(quiet), len(days), *map(len, gone)) >= most

    def _is_quiet(self, case: Case, now: datetime) -> bool:
        if case.status not in SETTLED or case.closed_at is None or case.closed_at >= now - ends.CASES:
            return False
        known_whole = case.forgotten_to is None or case.forgotten_to < case.closed_at
        messages, replies = self.tables.messages.values(), self.tables.replies.values()
        asked = any(m.case_id == case.id and m.kind is MessageKind.ASKED for m in messages)
        pending = any(reply.case_id == case.id and reply.state in _PENDING for reply in replies)
        return known_whole and not asked and not pending

    def _forget(self, case: Case) -> None:
        rows, to = self.tables, case.closed_at
        assert to is not None
        threads = {case.thread, *(ref for ref, case_id in rows.old_threads.items() if case_id == case.id)}
        rows.errands = {
            key: errand
            for key, errand in rows.errands.items()
            if not (_is_over(errand) and errand.kind is ErrandKind.SAY and errand.case_id == case.id)
        }
        rows.messages = {ref: m for ref, m in rows.messages.items() if m.case_id != case.id or m.at > to}
        rows.tenures = [tenure for tenure in rows.tenures if tenure.case_id != case.id]
        rows.thread_marks = {ref: ts for ref, ts in rows.thread_marks.items() if ref not in threads}
        rows.old_threads = {ref: number for ref, number in rows.old_threads.items() if number != case.id}
        rows.reactions = {
            key: (present, stamp)
            for key, (present, stamp) in rows.reactions.items()
            if present or key[0] not in threads
        }
        rows.cases[case.id] = replace(case, forgotten_to=to)


def _is_over(errand: Errand) -> bool:
    return errand.state in (ErrandState.DONE, ErrandState.REFUSED)


def _is_passing(errand: Errand) -> bool:
    """Whether nothing asks for it again."""
    if errand.kind is ErrandKind.POST:
        return errand.channel == REDRAW
    return errand.kind is not ErrandKind.SAY


def _oldest(aged: list[tuple[Any, Any]], before: Any, most: int) -> list[Any]:
    """The keys of those that are older than `before`, so many of the oldest."""
    return [key for at, key in sorted(aged) if at < before][:most]
