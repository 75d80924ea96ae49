"""Pages of lists and of message histories, by cursor and by time."""

from __future__ import annotations

import base64
import bisect
import re
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Json

_TIME = re.compile(r"(\d{1,10})(?:\.(\d{1,6}))?")
_Item = TypeVar("_Item")


def page(items: Sequence[_Item], args: Arguments, default: int, most: int) -> tuple[list[_Item], Json]:
    """The page of `items` that the call asks for, and what the answer says of the pages to come."""
    limit = args.number("limit", default, most)
    start = int(_position(args, "offset") or 0)
    rest = len(items) > start + limit
    return list(items[start : start + limit]), _more("offset", str(start + limit)) if rest else {}


def page_of_times(times: Sequence[str], args: Arguments, default: int, most: int) -> tuple[list[str], Json]:
    """The page of message times that the call asks for, newest first, and what is said of the rest.

    Pages go from new to old, with one exception that Slack makes: a call with `oldest` and without `latest`
    gets the messages closest to `oldest`, and its pages go on towards now
    (github.com/slackhq/slack-api-docs/issues/4).
    """
    limit = args.number("limit", default, most)
    chosen = within(times, args)
    forward = bool(args.text("oldest")) and not args.text("latest")
    position = _position(args, "next_ts")
    if forward:
        chosen = [ts for ts in chosen if ts >= position]
        rest = chosen[limit:]
        taken = chosen[:limit]
    else:
        chosen = [ts for ts in chosen if not position or ts <= position]
        rest = chosen[: max(0, len(chosen) - limit)][::-1]
        taken = chosen[-limit:]
    return taken[::-1], _more("next_ts", rest[0]) if rest else {}


def replies_page(times: Sequence[str], args: Arguments) -> tuple[list[str], Json]:
    """The page of a thread's reply times that the call asks for, oldest first; at most 1,000."""
    limit = args.number("limit", 1000, 1000)
    position = _position(args, "next_ts")
    chosen = [ts for ts in within(times, args) if ts >= position]
    # The root is on the first page, and counts.
    size = limit if position else max(limit - 1, 0)
    return chosen[:size], _more("next_ts", chosen[size]) if len(chosen) > size else {}


def within(times: Sequence[str], args: Arguments) -> list[str]:
    """The times between the call's `oldest` and `latest`, ascending; the ends count only with `inclusive`."""
    oldest, latest = _time(args, "oldest"), _time(args, "latest")
    inclusive = args.flag("inclusive")
    start, end = 0, len(times)
    if oldest:
        start = (bisect.bisect_left if inclusive else bisect.bisect_right)(times, oldest)
    if latest:
        end = (bisect.bisect_right if inclusive else bisect.bisect_left)(times, latest)
    return list(times[start:end])


def _time(args: Arguments, name: str) -> str:
    value = args.text(name)
    if not value or value == "now":
        return ""
    match = _TIME.fullmatch(value)
    if match is None:
        raise SlackError(f"invalid_ts_{name}")
    return f"{int(match[1]):010d}.{(match[2] or '').ljust(6, '0')}"


def _more(word: str, position: str) -> Json:
    cursor = base64.b64encode(f"{word}:{position}".encode()).decode()
    return {"response_metadata": {"next_cursor": cursor}}


def _position(args: Arguments, word: str) -> str:
    cursor = args.text("cursor")
    if not cursor:
        return ""
    try:
        found, _, position = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError:
        raise SlackError("invalid_cursor") from None
    if found != word or not position:
        raise SlackError("invalid_cursor")
    return position
