"""How an account is doing, as it is remembered between pulls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.cases.posts import AccountId


class Condition(StrEnum):
    """How an account is doing."""

    WELL = "well"
    #: The network asked for patience.
    LIMITED = "limited"
    #: Passing faults, more than one in a row.
    FAILING = "failing"
    AUTH = "auth"
    CREDIT = "credit"
    #: Our own daily spending limit.
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class AccountState:
    """What is remembered of an account between pulls."""

    account: AccountId
    #: When the account was first connected.
    connected_at: datetime
    #: One cursor a stream, opaque.
    cursors: dict[str, Any]
    next_poll_at: datetime
    #: Begin of the newest complete look at the network.
    looked_at: datetime | None = None
    condition: Condition = Condition.WELL
    faults: int = 0
    lease_by: str = ""
    lease_until: datetime | None = None
    version: int = 0
