"""tweepy's asynchronous client with its one weak spot replaced: the method that speaks HTTP.

tweepy 4.17 fixes the host, reads the body as JSON before it looks at the status (so that an error page hides
the status), knows no 402, opens a session per call and waits five minutes. All of that is in `request`,
through which every other method of tweepy goes; only that one is overridden.
"""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from oauthlib.oauth1 import Client as Signer
from tweepy.asynchronous import AsyncClient
from yarl import URL

from bot.cases import leases
from bot.cases.errors import Retry, Unclear
from bot.cases.ports import Clock
from connectors.x import payload, refusals
from connectors.x.options import Credentials
from connectors.x.refusals import Answer, Json, error_of, one_line, rest_until

log = logging.getLogger(__name__)
# It writes tokens into its debug lines.
logging.getLogger("oauthlib").setLevel(logging.INFO)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a request may take, in seconds: until it is connected, and altogether."""

    connect: float = 10.0
    total: float = 30.0


@dataclass(frozen=True, slots=True)
class _Success:
    """What tweepy wants of a response."""

    found: Json

    async def json(self) -> Json:
        """The body."""
        return self.found


class XClient(AsyncClient):  # type: ignore[misc]  # tweepy ships no types
    """tweepy, pointed at `api_url`. Every method returns X's JSON as a dict and raises NetworkErrors only.

    The credentials decide how a request is authorised; `user_auth` of tweepy's methods is not looked at,
    because their defaults differ and the wrong one makes a mention five times as dear.
    """

    def __init__(
        self, api_url: str, credentials: Credentials, clock: Clock, timeouts: Timeouts | None = None
    ) -> None:
        super().__init__(
            credentials.bearer_token or None,
            credentials.consumer_key or None,
            credentials.consumer_secret or None,
            credentials.access_token or None,
            credentials.access_token_secret or None,
            return_type=dict,
        )
        self.api_url = api_url
        self.credentials = credentials
        self.timeouts = timeouts or Timeouts()
        self._clock = clock
        self.session: aiohttp.ClientSession | None = None
        self._way = Way()
        #: When a route should be asked again, where its last answer left few requests in the window.
        self.rests: dict[str, datetime] = {}
        #: What this server wants in X's newer spelling.
        self._newer: set[str] = set()
        self._brought: dict[str, set[str]] = {}
        #: When X gave its last answer, by its own clock, to the second; None when it does not say.
        self.answered_at: datetime | None = None

    async def close(self) -> None:
        """Let go of the sockets. The next request would open new ones."""
        session, self.session = self.session, None
        if session is not None:
            await session.close()

    async def request(
        self,
        method: str,
        route: str,
        params: Mapping[str, object] | None = None,
        json: Json | None = None,
        user_auth: bool = False,  # noqa: ARG002  # tweepy's signature; see the class
    ) -> _Success:
        """One request, whose answer tweepy's methods return. Raises what `refusals.error_of` says."""
        wanted = dict(params or {})
        answer = await self._exchange(method, self._url(route, wanted), json)
        if method == "GET" and (names := refusals.refused(answer, wanted) - self._newer):
            self._newer |= names
            answer = await self._exchange(method, self._url(route, wanted), json)
        now = self._clock.now()
        self.answered_at = _date_of(answer)
        self.rests.pop(route, None)
        if rest := rest_until(answer.headers, now):
            self.rests[route] = rest
        found = answer.json()
        if found is None or not 200 <= answer.status < 300:
            raise error_of(answer, writing=method != "GET", now=now, secrets=self._secrets())
        included = payload.part(found, "includes")
        for name, kind in (("users", "user_read"), ("tweets", "post_read"), ("posts", "post_read")):
            ids = {payload.number_of(each.get("id")) for each in payload.several(included, name) if each}
            if ids:
                self._brought.setdefault(kind, set()).update(ids)
        return _Success(found)

    def take_brought(self) -> Mapping[str, set[str]]:
        """Ids of the people (user_read) and posts (post_read) that came along with lists since this was
        asked, each of which X bills."""
        brought, self._brought = self._brought, {}
        return brought

    def _url(self, route: str, wanted: Mapping[str, object]) -> str:
        params = refusals.newer(wanted, self._newer)
        query = urlencode(sorted(params.items()), quote_via=quote, safe="")
        return f"{self.api_url}{route}{'?' if query else ''}{query}"

    async def _exchange(self, method: str, url: str, body: Json | None) -> Answer:
        """Ask and read the whole answer. A request that was never written is certainly not done."""
        written = SimpleNamespace(yes=False)
        try:
            async with self._open_session().request(
                method,
                URL(url, encoded=True),
                json=body,
                headers=self._headers(method, url, body),
                allow_redirects=False,  # a redirected POST would come back as a GET that succeeds
                trace_request_ctx=written,
                proxy=self._way.proxy,
                proxy_headers=self._way.headers,
            ) as response:
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            detail = one_line(_said_by(fault), self._secrets())
            raise (Unclear if written.yes and method != "GET" else Retry)(detail) from None
        log.debug("X answered", extra={"action": "x_answered", "status": response.status, "method": method})
        return Answer(response.status, response.headers, content.decode("utf-8", "replace"))

    def _open_session(self) -> aiohttp.ClientSession:
        if self.session is None:
            self._way = way_to(self.api_url)
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_note_written)
            timeout = aiohttp.ClientTimeout(total=self.timeouts.total, connect=self.timeouts.connect)
            self.session = aiohttp.ClientSession(timeout=timeout, trace_configs=[trace])
        return self.session

    def _headers(self, method: str, url: str, body: Json | None) -> dict[str, str]:
        headers = {"User-Agent": self.user_agent}
        if body is not None:
            headers["Content-Type"] = "application/json"  # also tells OAuth 1.0a to leave the body unsigned
        if self.credentials.bearer_token:
            return {**headers, "Authorization": f"Bearer {self.credentials.bearer_token}"}
        signer = Signer(self.consumer_key, self.consumer_secret, self.access_token, self.access_token_secret)
        _, signed, _ = signer.sign(url, "GET" if method == "GET" else "POST", headers=headers)
        return dict(signed)

    def _secrets(self) -> tuple[str, ...]:
        """What no error may show, should a server repeat it."""
        return *self.credentials.secrets(), *self._way.secrets


#: The years in which an answer can have been given.
_SANE = (2020, 2080)


def _date_of(answer: Answer) -> datetime | None:
    """The date of an answer by the server's clock (RFC 9110, 6.6.1)."""
    try:
        date = parsedate_to_datetime(answer.headers.get("Date", ""))
        date = (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return date if _SANE[0] <= date.year < _SANE[1] else None


def _said_by(fault: Exception) -> str:
    """A fault of the connection in words; a proxy's own text quotes its address, and is left out."""
    kind = type(fault).__name__
    if isinstance(fault, aiohttp.ClientHttpProxyError):
        return f"{kind}: the proxy of the environment refused the way to X with HTTP {fault.status}"
    if isinstance(fault, aiohttp.ClientProxyConnectionError):
        return f"{kind}: the proxy of the environment cannot be reached"
    return f"{kind}: {fault}"


async def _note_written(
    _: aiohttp.ClientSession, context: Any, __: aiohttp.TraceRequestHeadersSentParams
) -> None:
    """aiohttp calls this at the moment it begins to write a request. Raises `LeaseLost`."""
    leases.check()
    context.trace_request_ctx.yes = True


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
