"""The networks this program can speak to: a registry from a network's name to the code that opens it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cases.ports import Connector
from connectors import x
from connectors.settings import BadSettings, Network, Settings

__all__ = ["NETWORKS", "BadSettings", "Settings", "open_connector"]

#: One line a network.
NETWORKS: Mapping[str, Network] = {
    "x": x.NETWORK,
}


def open_connector(network: str, settings: Settings) -> Connector:
    """The connector for one account; BadSettings with a sentence when it cannot work like this."""
    if network not in NETWORKS:
        known = ", ".join(sorted(NETWORKS))
        raise BadSettings(f"network: {network!r} is not known here. Write one of: {known}.")
    return NETWORKS[network].open(settings)
