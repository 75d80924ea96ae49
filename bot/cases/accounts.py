"""How an account is doing, and how far each of its lists is read."""

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
    """What is remembered of an account as a whole."""

    account: AccountId
    #: When the account was first connected.
    connected_at: datetime
    #: As its channel was last told.
    condition: Condition = Condition.WELL
    version: int = 0


@dataclass(frozen=True, slots=True)
class Stream:
    """One list of an account, and how far it is read."""

    account: AccountId
    name: str
    #: Whether the account cannot be read without it. The other lists are looked at right after it.
    main: bool
    #: No look before this instant.
    next_at: datetime
    #: Opaque JSON; None before the first look.
    cursor: Any = None
    #: Begin of the newest look that went well.
    looked_at: datetime | None = None
    #: How many looks in a row have failed; a network that asks for patience is no fault.
    faults: int = 0
    lease_by: str = ""
    lease_until: datetime | None = None
    version: int = 0
