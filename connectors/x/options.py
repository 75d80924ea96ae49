"""The settings of an X account, checked: each function takes what app.yaml says and returns what is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

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
    def signs(self) -> bool:
        """Whether requests are signed by OAuth 1.0a rather than carrying a bearer token."""
        return not self.bearer_token

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
