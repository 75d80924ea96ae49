"""What a connector is opened with, and the sentence that a wrong setting gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.cases.ports import Clock
from bot.cases.posts import AccountId


class BadSettings(ValueError):
    """A connector cannot be opened like this. The message says what to write in app.yaml instead."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of one network in app.yaml."""

    #: The names below `credentials`: each set is one complete way of signing in.
    credentials: tuple[frozenset[str], ...]
    #: The kinds of cost that `prices` may set.
    prices: frozenset[str] = frozenset()
    #: What `private` may say.
    private: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Settings:
    """One account of app.yaml, secrets included. Must never be logged whole."""

    account: AccountId
    #: The brand's handle, with or without the leading @.
    handle: str
    #: Where the network's API lives; "" for the network's own address. A path in front of its routes is kept.
    api_url: str
    credentials: Mapping[str, str]
    #: How private replies go: "dm", or "" where the program has no private way.
    private: str
    #: Prices in US dollars that replace those the connector knows, by kind.
    prices: Mapping[str, Decimal]
    clock: Clock
