"""Who is asking: OAuth 2.0 bearer tokens and OAuth 1.0a signatures, both really checked."""

from __future__ import annotations

import hmac
import time
from base64 import b64encode
from collections import deque
from dataclasses import dataclass
from hashlib import sha1
from typing import Literal
from urllib.parse import quote, unquote

from aiohttp import web
from oauthlib.oauth1.rfc5849 import signature
from oauthlib.oauth1.rfc5849.utils import parse_authorization_header

from bot.sandbox.x import problems
from bot.sandbox.x.model import Person
from bot.sandbox.x.world import World

#: Bases a client may have signed besides the one it really called: a client that cannot be given a base URL
#: is led here by rewriting its requests on the way out, after it has signed them for the real address.
PUBLIC_BASES = ("https://api.x.com", "https://api.twitter.com")

_CLOCK_SKEW = 300  # seconds a signed request may differ from this machine's clock
_NONCES_KEPT = 10_000


@dataclass(frozen=True)
class Caller:
    """Who asks, and how they proved it. `person` is None for an app that speaks for nobody."""

    person: Person | None
    how: Literal["oauth1", "oauth2", "app"]

    @property
    def bucket(self) -> str:
        """The key under which rate limits are counted."""
        return self.person.id if self.person else "app"


class Door:
    """Checks credentials. A nonce is good for one signature only, as the real X has it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._nonces: set[tuple[str, str]] = set()
        self._order: deque[tuple[str, str]] = deque()

    def caller(self, request: web.Request, mount: str) -> Caller:
        """The caller of the request; 401 when the proof is missing or wrong.

        `mount` is the path under which the server hangs, so that the public bases can be signed without it.
        """
        header = request.headers.get("Authorization", "")
        scheme, _, rest = header.partition(" ")
        if scheme.lower() == "bearer":
            return self._by_token(rest.strip())
        if scheme.lower() == "oauth":
            return self._by_signature(request, header, mount)
        raise problems.unauthorized()

    def _by_token(self, token: str) -> Caller:
        if hmac.compare_digest(token.encode(), self._world.app_token.encode()):
            return Caller(None, "app")
        person = self._world.by_bearer(token)
        if person is None:
            raise problems.unauthorized()
        return Caller(person, "oauth2")

    def _by_signature(self, request: web.Request, header: str, mount: str) -> Caller:
        try:
            oauth = {name: unquote(value) for name, value in parse_authorization_header(header)}
        except ValueError as error:
            raise problems.unauthorized() from error
        person = self._world.people.get(oauth.get("oauth_token", "").partition("-")[0])
        if person is None or not self._names(person, oauth) or not self._fresh(oauth):
            raise problems.unauthorized()
        origin = f"{request.scheme}://{request.host}"
        path = request.raw_path.partition("?")[0]
        bases = [origin + path, *(base + path.removeprefix(mount) for base in PUBLIC_BASES)]
        given = oauth.get("oauth_signature", "").encode()
        if not any(hmac.compare_digest(_signature(request, base, header, person), given) for base in bases):
            raise problems.unauthorized()
        self._remember(oauth["oauth_consumer_key"], oauth["oauth_nonce"])
        return Caller(person, "oauth1")

    def _names(self, person: Person, oauth: dict[str, str]) -> bool:
        return (
            oauth.get("oauth_token") == person.credentials.access_token
            and oauth.get("oauth_consumer_key") == person.credentials.consumer_key
            and oauth.get("oauth_signature_method") == "HMAC-SHA1"
        )

    def _fresh(self, oauth: dict[str, str]) -> bool:
        stamp = oauth.get("oauth_timestamp", "")
        nonce = oauth.get("oauth_nonce")
        if not stamp.isdecimal() or not nonce:
            return False
        # The client stamps with the machine's clock, which is not the clock a test may give the sandbox.
        in_time = abs(time.time() - int(stamp)) <= _CLOCK_SKEW
        return in_time and (oauth["oauth_consumer_key"], nonce) not in self._nonces

    def _remember(self, key: str, nonce: str) -> None:
        self._nonces.add((key, nonce))
        self._order.append((key, nonce))
        if len(self._order) > _NONCES_KEPT:
            self._nonces.discard(self._order.popleft())


def _signature(request: web.Request, base: str, header: str, person: Person) -> bytes:
    """The signature that this request should carry had it been signed for `base` (RFC 5849, 3.4)."""
    query = request.raw_path.partition("?")[2]
    parameters = signature.collect_parameters(uri_query=query, headers={"Authorization": header})
    text = signature.signature_base_string(
        request.method,  # type: ignore[arg-type]  # the stub lists methods as literals; ours comes off the wire
        signature.base_string_uri(base),
        signature.normalize_parameters(parameters),  # type: ignore[arg-type]  # the stub says dict, it takes pairs
    )
    secrets = (person.credentials.consumer_secret, person.credentials.access_token_secret)
    key = "&".join(quote(secret, safe="~") for secret in secrets)
    return b64encode(hmac.new(key.encode(), text.encode(), sha1).digest())
