"""The settings of an X account, checked; each function takes what app.yaml says and returns what is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlsplit

from bot.cases.ports import Spent
from connectors.settings import BadSettings

FOUR_SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Either the four secrets of OAuth 1.0a, or `bearer_token`: an OAuth 2.0 token of the brand's account."""

    consumer_key: str = field(default="", repr=False)
    consumer_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    access_token_secret: str = field(default="", repr=False)
    bearer_token: str = field(default="", repr=False)

    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be shown, longest first."""
        every = (self.consumer_key, self.consumer_secret, self.access_token, self.access_token_secret)
        return tuple(sorted(filter(None, (*every, self.bearer_token)), key=len, reverse=True))

    @property
    def owner_id(self) -> str:
        """The id of the account these belong to, which X writes in front of an access token; else empty."""
        found = re.match(r"(\d{1,19})-", self.access_token)
        return found[1] if found else ""


def credentials_of(given: Mapping[str, str]) -> Credentials:
    """The credentials, complete; unknown, missing and empty ones are named all at once."""
    unknown = sorted(given.keys() - {*FOUR_SECRETS, "bearer_token"})
    if unknown:
        raise BadSettings(
            f"credentials: X does not know {', '.join(unknown)}. "
            f"Write {', '.join(FOUR_SECRETS)}; or bearer_token alone."
        )
    values = {name: value.strip() for name, value in given.items() if value.strip()}
    if "bearer_token" in values:
        if len(values) > 1:
            raise BadSettings(
                "credentials: bearer_token stands beside other secrets. "
                f"Keep either bearer_token alone or the four: {', '.join(FOUR_SECRETS)}."
            )
        return Credentials(bearer_token=values["bearer_token"])
    missing = [name for name in FOUR_SECRETS if name not in values]
    if missing:
        raise BadSettings(
            f"credentials: {', '.join(missing)} missing or empty. X needs {', '.join(FOUR_SECRETS)} "
            "(keys and tokens of your app); or bearer_token, an OAuth 2.0 token of the brand's account."
        )
    return Credentials(**values)


def url_of(given: str) -> str:
    """The base in front of "/2/…", without a slash at its end."""
    base = (given.strip() or "https://api.x.com").rstrip("/").removesuffix("/2")
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadSettings(f"api_url: {given!r} is no web address. Write https://api.x.com.")
    return base


def handle_of(given: str) -> str:
    """The handle without its @."""
    handle = given.strip().removeprefix("@")
    if not re.fullmatch(r"[A-Za-z0-9_]{1,50}", handle):
        raise BadSettings(f'handle: {given!r} is no handle on X. Write it as on the profile, like "@brand".')
    return handle


def private_of(given: str) -> bool:
    """Whether private replies go as direct messages."""
    if given not in ("", "dm"):
        raise BadSettings(f'private: {given!r} is not possible on X. Write "dm", or leave it out.')
    return given == "dm"


#: US dollars, pay-per-use, November 2026: docs.x.com, "Pricing". Reads cost by the object returned and once
#: per UTC day for the same object; writes by the request. `mention_read` and `own_read` are "owned reads":
#: the credentials are those of the account whose posts are read, else they cost as `post_read` does. A reply
#: to somebody who summoned the brand may be billed at $0.010; the dearer price is counted here.
DEFAULT: Mapping[str, Decimal] = {
    "mention_read": Decimal("0.001"),
    "own_read": Decimal("0.001"),
    "post_read": Decimal("0.005"),
    "user_read": Decimal("0.010"),
    "dm_read": Decimal("0.010"),
    "post_create": Decimal("0.015"),
    "post_create_with_url": Decimal("0.200"),
    "dm_create": Decimal("0.015"),
}


class PriceList:
    """The default prices with those of app.yaml over them."""

    def __init__(self, changed: Mapping[str, Decimal]) -> None:
        unknown = sorted(changed.keys() - DEFAULT.keys())
        if unknown:
            raise BadSettings(
                f"prices: X charges nothing called {', '.join(unknown)}. Its kinds are: {', '.join(DEFAULT)}."
            )
        self.table: dict[str, Decimal] = {**DEFAULT, **changed}

    def spent(self, kind: str, count: int = 1) -> tuple[Spent, ...]:
        """What `count` of a kind cost; nothing at all for none."""
        return (Spent(kind, count, self.table[kind] * count),) if count else ()


class Bill:
    """Which posts were asked for by their id today: X bills each once per UTC day. After a restart they count
    once more."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._read: set[str] = set()

    def count(self, ids: Iterable[str], now: datetime) -> int:
        """How many of these X bills."""
        if self._day != now.date():
            self._day, self._read = now.date(), set()
        fresh = set(ids) - self._read
        self._read |= fresh
        return len(fresh)
