"""Pages of a newest-first list: which part of it is wanted, and the tokens that lead to the next page."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from bot.sandbox.x.model import Message, Post
from bot.sandbox.x.params import Params

Item = TypeVar("Item", Post, Message)


@dataclass(frozen=True)
class Window:
    """The wanted part of a list: ids above `since`, below `before`; made from `start` until before `end`."""

    size: int
    since: int = 0
    before: int | None = None
    start: datetime | None = None
    end: datetime | None = None

    @classmethod
    def of(cls, params: Params, *, low: int, default: int, tokens: Iterable[str]) -> Window:
        """The window that the parameters ask for. A token narrows it; it never widens it."""
        before = params.post_id("until_id")
        for name in tokens:
            token = params.text(name)
            if token is None:
                continue
            last = read_token(token)
            if last is None:
                params.refuse(name, f"The `{name}` query parameter value [{token}] is not valid")
            else:
                before = min(before, last) if before is not None else last
        return cls(
            size=params.number("max_results", low, 100, default),
            since=params.post_id("since_id") or 0,
            before=before,
            start=params.instant("start_time"),
            end=params.instant("end_time"),
        )

    def page(self, newest_first: Iterable[Item]) -> tuple[list[Item], bool]:
        """The page, and whether the list goes on after it."""
        found = list(islice(self._inside(newest_first), self.size + 1))
        return found[: self.size], len(found) > self.size

    def _inside(self, newest_first: Iterable[Item]) -> Iterable[Item]:
        for item in newest_first:
            number = int(item.id)
            if number <= self.since or (self.start is not None and item.created_at < self.start):
                return
            if self.before is not None and number >= self.before:
                continue
            if self.end is None or item.created_at < self.end:
                yield item


def make_token(last_id: str) -> str:
    """A token for the page after the item with this id: opaque, with a sum so that no other text passes."""
    raw = last_id.encode()
    packed = zlib.crc32(raw).to_bytes(4, "big") + raw
    return base64.b32hexencode(packed).decode().rstrip("=").lower()


def read_token(token: str) -> int | None:
    """The id in a token, or None when nobody gave out such a token."""
    try:
        packed = base64.b32hexdecode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    raw = packed[4:]
    if not raw.isdigit() or zlib.crc32(raw).to_bytes(4, "big") != packed[:4]:
        return None
    return int(raw)
