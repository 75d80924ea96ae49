"""Single fields of X's JSON, read so that none can hurt: whatever has another shape counts as not there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

#: What X calls an id: "^[0-9]{1,19}$" (OpenAPI description 2.167, TweetId, UserId, DmEventId).
_ID = re.compile(r"[0-9]{1,19}")
#: No text of X is longer than this: a post has 25,000 characters at most, of which "&" takes five.
LONGEST_TEXT = 150_000
#: No list of a post, its links, its pictures or its versions, is longer.
LONGEST_LIST = 200
#: The whole numbers that both databases hold.
_COUNT = 2**63


def text(item: Json, name: str, limit: int = LONGEST_TEXT) -> str:
    """A text, its end left out where it is longer than any of X's; "" for what is none."""
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _COUNT:
        return str(value)
    return value[:limit] if isinstance(value, str) else ""


def number(value: object) -> str:
    """An id of X; "" for what cannot be one."""
    found = str(value) if type(value) is int and 0 <= value < 10**19 else value
    return found if isinstance(found, str) and _ID.fullmatch(found) else ""


def count(value: object) -> int | None:
    """How many; None for what is no number that can be kept."""
    return value if type(value) is int and 0 <= value < _COUNT else None


def several(item: Json, *names: str) -> list[Any]:
    """The list under the first of `names` that holds something."""
    found: Any = next((item[name] for name in names if item.get(name)), [])
    return found[:LONGEST_LIST] if isinstance(found, list) else []


def part(item: Json, *names: str) -> Json:
    """The object under the first of `names` that holds something."""
    found: Any = next((item[name] for name in names if item.get(name)), {})
    return found if isinstance(found, dict) else {}
