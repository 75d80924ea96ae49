"""X, spoken to through tweepy: mentions, the brand's own posts and direct messages in, replies out."""

from __future__ import annotations

from connectors.settings import Settings
from connectors.x.client import XClient
from connectors.x.connector import XConnector
from connectors.x.options import credentials_of, handle_of, private_of, url_of
from connectors.x.prices import PriceList

__all__ = ["XClient", "XConnector", "open_account"]


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
