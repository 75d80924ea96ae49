"""The way out to X: the proxy that the environment names, with its password kept apart from its address."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from yarl import URL

from bot.cases.errors import Retry


@dataclass(frozen=True, slots=True)
class Way:
    """How an address is reached. Errors quote the proxy's address, so that it holds no name and password."""

    #: None where no proxy stands before the address.
    proxy: URL | None = None
    #: What the proxy is to be told of us.
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    #: What must never be shown.
    secrets: tuple[str, ...] = field(default=(), repr=False)


def way_to(url: str) -> Way:
    """The way that the environment has to `url`; no proxy to this machine or to what NO_PROXY names.

    aiohttp's own `trust_env` would also take a password from ~/.netrc and put it in the place of our token.
    Raises `Retry` when what the environment names is no address.
    """
    parts = urlsplit(url)
    named = None if _is_direct(parts.hostname or "") else getproxies().get(parts.scheme)
    if not named:
        return Way()
    try:
        address = URL(named if "://" in named else f"http://{named}")
        if not address.host:
            raise ValueError
    except ValueError:
        raise Retry(
            f"{parts.scheme.upper()}_PROXY in the environment is no address: write "
            "http://name:password@host:port, with %40 for @, %2F for / and the like in the password"
        ) from None
    if address.user is None and address.password is None:
        return Way(address)
    login = f"{address.user or ''}:{address.password or ''}"
    token = b64encode(login.encode()).decode()
    secrets = (token, address.raw_password or "", address.password or "")
    return Way(
        address.with_user(None), {"Proxy-Authorization": f"Basic {token}"}, tuple(filter(None, secrets))
    )


def _is_direct(host: str) -> bool:
    """Whether no proxy leads there."""
    try:
        here = ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    return here or bool(proxy_bypass(host))
