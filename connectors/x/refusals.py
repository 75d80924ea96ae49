"""How X says no: from an HTTP answer to the one error that tells what is certain and what is not. Pure.

One refusal is about the words we ask in. X's guides ask by `tweet.fields`; its description (OpenAPI 2.167)
knows `post.fields` alone, and leaves some fields, those of messages too, to expansions. We ask in the older
way, and in the newer one as soon as a server does not take that. Expansions also bring, and bill, the people
and posts behind a field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from bot.cases.errors import (
    AuthExpired,
    Duplicate,
    Invalid,
    NetworkError,
    NotPermitted,
    OutOfCredit,
    RateLimited,
    Retry,
    TargetGone,
    Unclear,
)

Json = dict[str, Any]

#: A 429 that does not say until when is taken to mean this long.
UNTOLD = timedelta(seconds=60)
#: Windows of X last a quarter of an hour or a day; a reset farther off is not believed.
_LONGEST_WINDOW = timedelta(days=1, hours=1)
_PAUSE = timedelta(minutes=5)  # before a read is tried again that was answered with something that is not X
_DETAIL_LIMIT = 300

#: What a refusal's own words mean, first match wins. X has no codes for these in API v2.
_MEANINGS: tuple[tuple[re.Pattern[str], type[NetworkError], str], ...] = tuple(
    (re.compile(words, re.IGNORECASE), kind, key)
    for words, kind, key in (
        (r"duplicate content", Duplicate, ""),
        (r"not been mentioned or otherwise engaged", NotPermitted, "not_mentioned"),
        (r"only reply to or quote posts where you are mentioned", NotPermitted, "not_mentioned"),
        (r"deleted or not visible to you", TargetGone, ""),
        (r"(text|tweet|post) is too long|needs to be a bit shorter", Invalid, "too_long"),
        (
            r"permission to DM|not allow(ed)? .*direct message|cannot send messages? to",
            NotPermitted,
            "dm_closed",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP. `body` is as sent; it may well be a page instead of data."""

    status: int
    headers: Mapping[str, str]
    body: str

    def json(self) -> Json | None:
        """The body as the JSON object that X sends, whatever its content type says; None for all else."""
        try:
            found = json.loads(self.body, parse_int=_whole)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


def error_of(answer: Answer, *, writing: bool, now: datetime, secrets: tuple[str, ...] = ()) -> NetworkError:
    """The error for an answer that is no success, or no data. `writing` tells that the request may have
    published something; only then a server's failure leaves it unclear whether it did. `secrets` are left out
    of what it says, should the server have repeated them."""
    status, detail = answer.status, detail_of(answer, secrets)
    if status == HTTPStatus.UNAUTHORIZED or "unsupported-authentication" in answer.body:
        return AuthExpired(detail)
    if status == HTTPStatus.PAYMENT_REQUIRED or "/usage-capped" in answer.body:
        return OutOfCredit(detail)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(_reset(answer.headers, now), detail)
    if status < 300 or status == HTTPStatus.REQUEST_TIMEOUT or status >= 500:
        return Unclear(detail) if writing else Retry(detail)
    if status < 400 or answer.json() is None:
        return Retry(detail, _PAUSE)
    return _meant(status, detail, writing=writing)


def rest_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When to ask the same endpoint again, so that its window lasts: once half of the requests are used, the
    others are spread over the time that is left. None while there are plenty."""
    rests: list[datetime] = []
    for prefix in ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"):
        reset = _instant(headers.get(f"{prefix}-reset", ""), now)
        limit, remaining = headers.get(f"{prefix}-limit", ""), headers.get(f"{prefix}-remaining", "")
        left, of = _count(remaining), _count(limit)
        if reset is None or left is None:
            continue
        if left == 0:
            rests.append(reset)
        elif of is not None and 2 * left < of:
            rests.append(now + (reset - now) / left)
    return max(rests, default=None)


def detail_of(answer: Answer, secrets: tuple[str, ...] = ()) -> str:
    """X's own words in one line without `secrets`, or the title of the page that came instead."""
    found = answer.json()
    if found is None:
        titled = re.search(r"<title[^>]*>(.*?)</title>", answer.body, re.IGNORECASE | re.DOTALL)
        page = titled[1] if titled else re.sub(r"<[^>]*>", " ", answer.body)
        return one_line(f"a page instead of data: {page} (HTTP {answer.status})", secrets)
    return one_line(f"{words_of(found)} (HTTP {answer.status})", secrets)


def words_of(found: Json) -> str:
    """What a problem says of itself; its parts are more telling than its whole, so they come first."""
    errors = found.get("errors")
    parts = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    said = [str(part.get("message") or part.get("detail") or part.get("title") or "") for part in parts]
    said += [str(found.get("detail") or found.get("error") or "")]
    return " ".join(dict.fromkeys(filter(None, said))) or str(found.get("title") or "no reason given")


def one_line(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Foreign text made fit for a log line: without secrets, control characters and line ends; not long."""
    for secret in secrets:
        text = text.replace(secret, "…")
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return line if len(line) <= _DETAIL_LIMIT else f"{line[: _DETAIL_LIMIT - 1]}…"


def _meant(status: int, detail: str, *, writing: bool) -> NetworkError:
    for words, kind, key in _MEANINGS:
        if words.search(detail):
            return kind(key, detail) if kind in (NotPermitted, Invalid) else kind(detail)
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return TargetGone(detail) if writing else Retry(detail, _PAUSE)
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
        return Invalid("refused", detail)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Invalid("too_long", detail)
    return NotPermitted("refused", detail)


def _reset(headers: Mapping[str, str], now: datetime) -> datetime:
    """Until when a 429 holds. Only what is plausible is believed; X sends some without any header."""
    told = rest_until(headers, now) or _instant(headers.get("x-rate-limit-reset", ""), now)
    if told is None and (pause := _count(headers.get("retry-after", ""))) is not None:
        told = _plausible(now + timedelta(seconds=pause), now)
    return told or now + UNTOLD


def _whole(digits: str) -> int | None:
    """A whole number in a body. One of thousands of digits, which Python refuses to read, is none; it must
    not take the page along in which it stands."""
    return int(digits) if len(digits) <= 20 else None


def _count(digits: str) -> int | None:
    """A number in a header; None for what cannot be one."""
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 9 else None


def _instant(seconds: str, now: datetime) -> datetime | None:
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 11):
        return None
    return _plausible(datetime.fromtimestamp(int(seconds), UTC), now)


def _plausible(at: datetime, now: datetime) -> datetime | None:
    return at if now < at <= now + _LONGEST_WINDOW else None


@dataclass(frozen=True, slots=True)
class _Newer:
    """How a parameter is said in the newer way."""

    name: str
    #: What its fields are called; "" for those that come along by themselves or with an expansion.
    fields: Mapping[str, str]
    expansions: tuple[str, ...]


_WAYS = {
    "tweet.fields": _Newer(
        "post.fields",
        {
            "author_id": "",
            "edit_history_tweet_ids": "",
            "in_reply_to_user_id": "",
            "note_tweet": "note_post",
            "referenced_tweets": "",
        },
        ("author_id", "edit_history_post_ids", "referenced_posts"),
    ),
    "dm_event.fields": _Newer(
        "dm_event.fields",
        {"participant_ids": "", "referenced_tweets": "", "sender_id": ""},
        ("referenced_posts", "sender_id"),
    ),
}


def refused(answer: Answer, params: Mapping[str, object]) -> set[str]:
    """The parameters of a read that a server does not take in the older way."""
    if answer.status != HTTPStatus.BAD_REQUEST:
        return set()
    return {name for name in _WAYS.keys() & params.keys() if name in answer.body}


def newer(params: Mapping[str, object], names: Collection[str] = tuple(_WAYS)) -> dict[str, object]:
    """The same read, with these parameters said in the newer way."""
    said = dict(params)
    for name in _WAYS.keys() & params.keys() & set(names):
        way = _WAYS[name]
        asked = [way.fields.get(field, field) for field in str(said.pop(name)).split(",")]
        expansions = [*str(said.get("expansions") or "").split(","), *way.expansions]
        said[way.name] = ",".join(filter(None, asked))
        said["expansions"] = ",".join(dict.fromkeys(filter(None, expansions)))
    return said
