"""The networks this program can speak to: a registry from a network's name to the code that opens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from bot.cases.ports import Clock, Connector
from bot.cases.posts import AccountId
from connectors import x
from connectors.settings import BadSettings, Settings, Terms

__all__ = ["NETWORKS", "TERMS", "BadSettings", "Terms", "open_connector"]

#: One line a network. The function checks the settings and opens no socket.
NETWORKS: Mapping[str, Callable[[Settings], Connector]] = {
    "x": x.open_account,
}


#: What app.yaml may say about each network.
TERMS: Mapping[str, Terms] = {"x": x.TERMS}


def open_connector(
    network: str,
    *,
    handle: str,
    api_url: str,
    credentials: Mapping[str, str],
    private: str,
    prices: Mapping[str, Decimal],
    clock: Clock,
    account: AccountId,
) -> Connector:
    """The connector for one account; BadSettings with a sentence when it cannot work like this."""
    if network not in NETWORKS:
        known = ", ".join(sorted(NETWORKS))
        raise BadSettings(f"network: {network!r} is not known here. Write one of: {known}.")
    return NETWORKS[network](
        Settings(
            account=account,
            handle=handle,
            api_url=api_url,
            credentials=credentials,
            private=private,
            prices=prices,
            clock=clock,
        )
    )
