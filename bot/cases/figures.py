"""How things stand, as numbers read from the record: no names of people, no words of customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from bot.cases.accounts import Condition
from bot.cases.history import EventKind
from bot.cases.model import ReplyState, Status
from bot.cases.posts import AccountId

#: The events that are counted.
OUTCOMES = (EventKind.REPLY_REFUSED, EventKind.REPLY_UNCONFIRMED, EventKind.CLOSED_UNANSWERED)

#: Bounds by which the lateness of flags is counted.
BOUNDS = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 30, 60, 300, 900, 3600))


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """How an account is doing."""

    account: AccountId
    condition: Condition
    #: When the account was first seen in app.yaml.
    connected_at: datetime
    #: Begin of the newest complete look at the network.
    looked_at: datetime | None
    next_look_at: datetime
    #: US dollars since midnight UTC.
    spent_today: Decimal


@dataclass(frozen=True, slots=True)
class Lateness:
    """How long after a due time its case was flagged as missed, over everything the record keeps."""

    count: int = 0
    total: timedelta = timedelta(0)
    #: How many flags came within each of `BOUNDS`.
    within: tuple[int, ...] = (0,) * len(BOUNDS)


@dataclass(frozen=True, slots=True)
class Figures:
    """How things stand at `at`. What is counted from the beginning only ever grows, restarts included."""

    at: datetime
    cases: Mapping[Status, int] = field(default_factory=dict)
    #: Cases in which a customer waits, and how many of them are past their due time.
    waiting: int = 0
    overdue: int = 0
    #: The oldest unanswered mention.
    waiting_since: datetime | None = None
    #: Errands that wait to be carried to the desk, and when the oldest was asked for.
    errands: int = 0
    errand_since: datetime | None = None
    #: Replies that are queued, being sent, or unconfirmed.
    replies: Mapping[ReplyState, int] = field(default_factory=dict)
    #: Those of them that wait for a person.
    blocked: int = 0
    #: When the oldest reply that should be out by now was to go out.
    reply_due_since: datetime | None = None
    #: Replies whose time has come and that wait until their thread is read and their writer is known.
    unread: int = 0
    #: Replies that went out from this desk, since the beginning.
    published: int = 0
    #: How often a network refused a reply, and how often it left in doubt whether it took one.
    refused: int = 0
    in_doubt: int = 0
    #: How often a case was closed whose customer had written last, since no answer was needed.
    closed_unanswered: int = 0
    lateness: Lateness = Lateness()
    accounts: tuple[AccountFigures, ...] = ()
