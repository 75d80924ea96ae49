"""X, spoken to through tweepy: mentions, the brand's own posts and direct messages in, replies out."""

from __future__ import annotations

from connectors.settings import Settings, Terms
from connectors.x.client import XClient
from connectors.x.connector import XConnector
from connectors.x.options import FOUR_SECRETS, credentials_of, handle_of, private_of, url_of
from connectors.x.prices import DEFAULT, PriceList

__all__ = ["TERMS", "XClient", "XConnector", "open_account"]


#: What app.yaml may say about an account on X.
TERMS = Terms(
    credentials=(frozenset(FOUR_SECRETS), frozenset({"bearer_token"})),
    prices=frozenset(DEFAULT),
    private=frozenset({"dm"}),
)


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
