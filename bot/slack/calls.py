"""Calls to Slack's Web API, each outcome as the desk's own error; the time at Slack, told from its stamps."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parsedate_to_datetime
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

#: What the operator can do about a refusal, by its code.
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
        """Inside, a reader waits while Slack asks for it, or gives no good answer, and the log says so.
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
                return await self.write(call, **arguments)
            except (DeskBusy, DeskUnclear) as error:
                soon = self._clock.now() + _SOON
                busy = error if isinstance(error, DeskBusy) else DeskBusy(soon, error.detail)
                if not self._waits or busy.detail.startswith(_UNREACHED):
                    raise busy from error.__cause__
                log.warning(
                    "Slack asks to wait, or does not answer well; I go on when it does",
                    extra={"action": "slack_waits", "error": busy.detail, "until": busy.until.isoformat()},
                )
                ahead = (busy.until - self._clock.now()).total_seconds()
                await asyncio.sleep(max(0.0, ahead / self._clock.speed))

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


_STAMP = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")

#: HTTP dates are whole seconds, cut off.
_SECOND = 1.0
#: How far two good clocks drift apart in a second, with much to spare.
_DRIFT = 1e-4


def stamp_of(value: object) -> str:
    """A stamp of Slack's, written so that stamps sort as text in the order of time; "" for what is none."""
    if not isinstance(value, str) or not _STAMP.fullmatch(value):
        return ""
    seconds, _, part = value.partition(".")
    return f"{seconds:0>10}.{part:0<6}"


#: A claim by a reaction that is only found standing counts from up to a second later than it is found, and
#: may be taken back within that second.
_FOUND_LATER = 2


def taken_back(stamp: str) -> str:
    """The stamp up to which a claim counts as older than `stamp`, at which its reaction was taken away.

    >>> taken_back("1700000009.400000")
    '1700000011.400000'
    """
    seconds, _, part = stamp.partition(".")
    return f"{int(seconds) + _FOUND_LATER:010}.{part}"


class DeskTime:
    """Slack's present time, between two bounds.

    Slack stamps messages, edits and events by its own clock. What has no stamp (a slash command, a button, a
    reaction that is only found standing) counts from the moment it is received or found, and that moment has
    to be comparable with those stamps, whatever the clock here says. What Slack stamps between a request
    and its answer was stamped in between: that bounds its time from both sides, by the length of the call.
    """

    def __init__(self, clock: Clock, steady: Callable[[], float] | None = None) -> None:
        """`clock` is only asked while Slack has said nothing yet; `steady` counts seconds that never jump and
        pass as fast as those of `clock`."""
        self._clock = clock
        self.steady = steady or (lambda: time.monotonic() * clock.speed)
        #: By how much Slack's time is ahead of the steady count: at least, at most, and as of when.
        self._bounds: tuple[float, float, float] | None = None
        #: The newest stamp of something received, in microseconds.
        self._newest = 0

    def heard(self, stamp: object) -> None:
        """Slack gave this stamp to something that happened now or earlier."""
        if known := stamp_of(stamp):
            at_least = float(known) - self.steady()
            at_most = self._bounds[1] if self._bounds is not None else at_least
            self._narrow(at_least, max(at_least + _SECOND, at_most))

    def answered(self, stamp: object, began: float) -> None:
        """Slack gave this stamp to what it did for a call that began at `began` and ends now."""
        if known := stamp_of(stamp):
            self._narrow(float(known) - self.steady(), float(known) - began)

    def dated(self, header: object, began: float) -> None:
        """An answer with this HTTP date ends a call that began at `began`."""
        try:
            date = parsedate_to_datetime(str(header)).timestamp()
        except (ValueError, OverflowError):
            return
        self._narrow(date - self.steady(), date + _SECOND - began)

    def received(self) -> str:
        """A stamp not before this moment, for what is received or found now; later than any that was made
        before."""
        self._newest = max(self._newest + 1, int(self._now(1) * 1_000_000))
        return f"{self._newest // 1_000_000}.{self._newest % 1_000_000:06}"

    def earliest(self) -> str:
        """A stamp not after this moment."""
        return f"{self._now(0):.6f}"

    def _narrow(self, at_least: float, at_most: float) -> None:
        """Keep what the old bounds and the new ones agree on; the new ones where they disagree."""
        now = self.steady()
        if self._bounds is not None:
            drift = (now - self._bounds[2]) * _DRIFT
            low, high = max(at_least, self._bounds[0] - drift), min(at_most, self._bounds[1] + drift)
            if low <= high:
                at_least, at_most = low, high
        self._bounds = (at_least, at_most, now)

    def _now(self, bound: int) -> float:
        if self._bounds is None:
            return self._clock.now().timestamp()
        return self.steady() + self._bounds[bound]
