"""Calls to Slack's Web API, with each outcome as the desk's own error: certainly not done, or unclear."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.cases import leases
from bot.cases.errors import (
    DeskBusy,
    DeskClosed,
    DeskRefused,
    DeskUnclear,
    MessageFrozen,
    MessageGone,
)
from bot.cases.ports import Clock
from bot.slack.desk_time import DeskTime

log = logging.getLogger(__name__)

#: A call that nobody waits for any longer. Slack's own time-out is ten seconds longer at most.
_TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5)

#: How long Slack may ask to wait: a server that says "0" again and again must not be asked in a loop.
_SECONDS = re.compile(r"[0-9]{1,9}")
_SHORTEST = timedelta(seconds=1)
_LONGEST = timedelta(hours=1)
#: How a `DeskBusy` begins of a Slack that cannot be reached.
_UNREACHED = "no connection"

_SOON = timedelta(seconds=5)
_LATER = timedelta(seconds=30)

#: Too many calls of one method; how it is told where Slack gives no code, or another, with 429.
RATELIMITED = "ratelimited"
#: Codes that say "not now": nothing was done.
_BUSY = frozenset(
    {
        "external_channel_migrating",
        "rate_limited",
        RATELIMITED,
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)

#: What to do about a refusal that whoever runs the bot can mend, by its code.
_REMEDIES = {
    "account_inactive": "the app was removed from the workspace; install it again and set the new token",
    "channel_not_found": "Slack does not show the bot this channel; check its id in app.yaml, and invite "
    "the bot there: /invite and its name",
    "edit_window_closed": "the workspace does not let the bot edit its messages any more; see Message "
    "Editing in its settings",
    "invalid_auth": "Slack does not accept the bot token; copy it again and restart webcare",
    "is_archived": "the channel is archived; unarchive it, or choose another one in app.yaml",
    "missing_scope": "the app lacks a permission; webcare check says which",
    "not_in_channel": "the bot is not in the channel; write /invite and its name there",
    "restricted_action": "the workspace or the channel does not let the bot post; ask an admin to allow it",
    "token_expired": "the bot token has expired; turn token rotation off and install the app again",
    "token_revoked": "the bot token was revoked; install the app again and set the new token",
}

#: The refusals that the house knows apart, by their codes: a message, or the first of a thread, is gone;
#: messages may not be changed any more; a person can mend what is in the way.
_KINDS: dict[str, type[DeskRefused]] = {
    **dict.fromkeys(("message_not_found", "thread_not_found", "cannot_reply_to_message"), MessageGone),
    **dict.fromkeys(("edit_window_closed", "cant_update_message"), MessageFrozen),
    **dict.fromkeys(
        (
            "channel_not_found",
            "not_in_channel",
            "is_archived",
            "invalid_auth",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "not_authed",
        ),
        DeskClosed,
    ),
}

#: Codes after which Slack may have done some of it (docs.slack.dev, errors common to all methods).
_UNCLEAR = frozenset({"fatal_error", "internal_error"})


def open_session(timeout: aiohttp.ClientTimeout | None = None) -> aiohttp.ClientSession:
    """A session for all calls of a process. The caller closes it."""
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_ask_whether_ours)
    return aiohttp.ClientSession(timeout=timeout or _TIMEOUT, trace_configs=[trace])


async def _ask_whether_ours(*_: object) -> None:
    """aiohttp calls this at the moment it begins to write a request. Raises `LeaseLost`."""
    leases.check()


def client(token: str | None, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client that tries each call once: slack_sdk would post a message again whose answer was lost.

    slack_sdk takes the proxy of the environment (HTTPS_PROXY and the like) and knows of no exceptions; here
    none leads to this machine or to what NO_PROXY names.
    """
    made = AsyncWebClient(
        token=token, base_url=api_url, session=session, retry_handlers=[], timeout=int(_TIMEOUT.total or 0)
    )
    if _is_direct(api_url):
        made.proxy = None
    return made


def refused(code: str) -> DeskRefused:
    """The refusal that a code of Slack's stands for."""
    return _KINDS.get(code, DeskRefused)(code, _REMEDIES.get(code, ""))


class Caller:
    """Makes calls and names their publishing."""

    def __init__(self, clock: Clock, desk_time: DeskTime) -> None:
        """`desk_time` is told the date of each answer."""
        self._clock = clock
        self._desk_time = desk_time
        self._waits = False

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Inside, whoever reads waits while Slack asks for it, or gives no good answer, and the log says so.
        A Slack that cannot be reached at all is still told: it may be a mistake in app.yaml."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False

    async def write(
        self, call: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any
    ) -> AsyncSlackResponse:
        """A call with an effect. Raises `DeskBusy`, `DeskRefused` (detail: Slack's code) or `DeskUnclear`."""
        began = self._desk_time.steady()
        try:
            answer = await call(**arguments)
            self._desk_time.dated(answer.headers.get("Date"), began)
            return answer
        except SlackApiError as error:
            raise self._refusal(error) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise DeskBusy(self._clock.now() + _SOON, f"{_UNREACHED}: {error}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise DeskUnclear(f"no answer: {type(error).__name__}") from error
        except AttributeError as error:
            # slack_sdk takes every answer for a JSON object; a proxy's page in plain text is none.
            raise DeskUnclear("an answer that is not Slack's") from error

    async def read(
        self, call: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any
    ) -> AsyncSlackResponse:
        """A call without effect: what would be unclear is only busy. Raises `DeskBusy` or `DeskRefused`."""
        while True:
            try:
                return await self._read(call, **arguments)
            except DeskBusy as error:
                if not self._waits or error.detail.startswith(_UNREACHED):
                    raise
                log.warning(
                    "Slack asks to wait, or does not answer well; I go on when it does",
                    extra={"action": "slack_waits", "error": error.detail, "until": error.until.isoformat()},
                )
                await asyncio.sleep(max(0.0, (error.until - self._clock.now()).total_seconds()))

    async def _read(
        self, call: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any
    ) -> AsyncSlackResponse:
        try:
            return await self.write(call, **arguments)
        except DeskUnclear as error:
            raise DeskBusy(self._clock.now() + _SOON, error.detail) from error

    def _refusal(self, error: SlackApiError) -> DeskBusy | DeskRefused | DeskUnclear:
        response = error.response
        status = response.status_code if isinstance(response, AsyncSlackResponse) else response.status
        if status == 429:
            return DeskBusy(self._clock.now() + _retry_after(response.headers), RATELIMITED)
        code = _code(response)
        if status >= 500 or not code or code in _UNCLEAR:
            return DeskUnclear(code or f"HTTP {status} without an answer that Slack would give")
        if code in _BUSY:
            return DeskBusy(self._clock.now() + _LATER, code)
        return refused(code)


def _is_direct(url: str) -> bool:
    """Whether no proxy leads there."""
    host = urlsplit(url).hostname or ""
    try:
        here = ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    return here or bool(proxy_bypass(host))


def _code(response: Any) -> str:
    """Slack's error code, or "" for an answer that is not Slack's."""
    data = getattr(response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def _retry_after(headers: Any) -> timedelta:
    """How long Slack asks to wait, from a second to an hour; half a minute where it does not say."""
    value = str(headers.get("Retry-After", ""))
    if not _SECONDS.fullmatch(value):
        return _LATER
    return min(max(timedelta(seconds=int(value)), _SHORTEST), _LONGEST)
