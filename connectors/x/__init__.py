"""X, spoken to through tweepy: mentions, the brand's own posts and direct messages in, replies out."""

from __future__ import annotations

from bot.cases.ports import Terms
from connectors.settings import Network, Settings
from connectors.x.client import XClient
from connectors.x.connector import XConnector
from connectors.x.options import (
    DEFAULT,
    FOUR_SECRETS,
    PriceList,
    credentials_of,
    handle_of,
    private_of,
    url_of,
)

__all__ = ["NETWORK", "XClient", "XConnector"]


def open_account(settings: Settings) -> XConnector:
    """The connector for one account on X; BadSettings with a sentence when a setting is missing or wrong."""
    client = XClient(url_of(settings.api_url), credentials_of(settings.credentials), settings.clock)
    return XConnector(
        client,
        account=settings.account,
        handle=handle_of(settings.handle),
        private=private_of(settings.private),
        prices=PriceList(settings.prices),
        clock=settings.clock,
    )


NETWORK = Network(
    Terms(
        credentials=(frozenset(FOUR_SECRETS), frozenset({"bearer_token"})),
        prices=frozenset(DEFAULT),
        private=frozenset({"dm"}),
    ),
    open_account,
)
