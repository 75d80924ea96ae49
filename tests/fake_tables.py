"""What the record in memory keeps: a plain dict or set for each table, copied whole for each transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from bot.cases.alarms import Alarm, Flag
from bot.cases.errands import Errand
from bot.cases.model import (
    Agent,
    AgentId,
    Case,
    CaseId,
    Event,
    FlagKind,
    MessageRef,
    Reply,
    ReplyId,
    Tenure,
    ThreadMessage,
)
from bot.cases.posts import AccountId, Author, AuthorId, Post, Unread
from bot.cases.record import AccountState
from bot.cases.said import Said, from_json, to_json
from storage import StorageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
V = TypeVar("V", bound="DataclassInstance")

#: What no database can hold.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


@dataclass
class Tables:
    """Every row. Values are frozen, so a copy of the containers is a state of its own."""

    cases: dict[CaseId, Case] = field(default_factory=dict)
    flags: dict[tuple[CaseId, datetime, FlagKind], Flag] = field(default_factory=dict)
    alarms: dict[int, Alarm] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    #: The case of a post, by the post's number.
    belongs: dict[int, CaseId | None] = field(default_factory=dict)
    unread: dict[tuple[AccountId, str], Unread] = field(default_factory=dict)
    #: With the instant at which they were looked up.
    authors: dict[tuple[str, AuthorId], tuple[Author, datetime]] = field(default_factory=dict)
    replies: dict[ReplyId, Reply] = field(default_factory=dict)
    messages: dict[MessageRef, ThreadMessage] = field(default_factory=dict)
    thread_marks: dict[MessageRef, str] = field(default_factory=dict)
    #: Whether each stands, and since which stamp of the desk.
    reactions: dict[tuple[MessageRef, str, AgentId], tuple[bool, str]] = field(default_factory=dict)
    tenures: list[Tenure] = field(default_factory=list)
    old_threads: dict[MessageRef, CaseId] = field(default_factory=dict)
    agents: dict[AgentId, Agent] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    errands: dict[int, Errand] = field(default_factory=dict)
    slots: dict[str, datetime] = field(default_factory=dict)
    accounts: dict[AccountId, AccountState] = field(default_factory=dict)
    spending: dict[tuple[AccountId, date], Decimal] = field(default_factory=dict)
    restores: set[datetime] = field(default_factory=set)
    deliveries: dict[str, datetime] = field(default_factory=dict)

    def copied(self) -> Tables:
        """The same rows, to be changed without changing these."""
        return Tables(**{table.name: copy(getattr(self, table.name)) for table in fields(self)})

    def refuse_strangers(
        self, case_id: CaseId | None = None, reply_id: int | None = None, post_number: int | None = None
    ) -> None:
        """Raise `StorageError` when a row would name one that is not there."""
        for number, rows in ((case_id, self.cases), (reply_id, self.replies), (post_number, self.posts)):
            if number is not None and number not in rows:
                raise StorageError(f"The record did not take this: nothing has the number {number}.")


def refuse_second(ref: MessageRef | None, others: Iterable[MessageRef | None]) -> None:
    """Raise `StorageError` when a message would stand for two rows."""
    if ref is not None and ref in others:
        raise StorageError(f"The record did not take this: {ref} stands for another row.")


def kept(row: V) -> V:
    """A row as it comes back: only text that is text, and containers that nobody else holds."""
    return replace(row, **{each.name: _kept(getattr(row, each.name)) for each in fields(row)})


def _kept(value: Any) -> Any:
    if type(value) is str:
        return _NOT_TEXT.sub("\ufffd", value)
    if isinstance(value, Said):
        return from_json(to_json(value))
    return json.loads(json.dumps(value)) if isinstance(value, Mapping) else value


def first(rows: Iterable[T], wanted: Callable[[T], bool]) -> T | None:
    """The first of these rows that is wanted."""
    return next((row for row in rows if wanted(row)), None)
