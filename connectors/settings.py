"""What a network is to this program, and what a connector is opened with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.cases.ports import Clock, Connector, Terms
from bot.cases.posts import AccountId


class BadSettings(ValueError):
    """A connector cannot be opened like this. The message says what to write in app.yaml instead."""


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


@dataclass(frozen=True, slots=True)
class Network:
    """One network that the program can speak to."""

    #: What app.yaml may say about it.
    terms: Terms
    #: Checks the settings and opens no socket. Raises `BadSettings`.
    open: Callable[[Settings], Connector]
