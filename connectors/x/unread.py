"""What X gave in the place of a post and nobody could read: named, bounded, with a way to see it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from bot.cases.posts import Post, Unread
from connectors.x import fields, links
from connectors.x.fields import Json
from connectors.x.payload import Unreadable

log = logging.getLogger(__name__)

#: So much of it is kept.
_RAW = 16_000


def parsed(
    items: Iterable[Json], parse: Callable[[Json], Post | None], *, private: bool = False
) -> tuple[list[Post], list[Unread]]:
    """The posts among these items, and what should have been one; each item by itself."""
    posts: list[Post] = []
    unread: list[Unread] = []
    for item in items:
        try:
            post = parse(item)
        except Unreadable as reason:
            unread.append(of(item, str(reason), private=private))
        except Exception as fault:
            # Whatever it holds that nobody thought of: the others are read all the same.
            log.exception("A post could not be read", extra={"action": "post_unread"})
            unread.append(of(item, type(fault).__name__, private=private))
        else:
            posts += [post] if post else []
    return posts, unread


def of(entry: Any, why: str, *, private: bool) -> Unread:
    """One entry of a list that could not be read."""
    try:
        raw = json.dumps(entry, sort_keys=True)[:_RAW]
    except (TypeError, ValueError, RecursionError):
        raw = ""
    known = entry if isinstance(entry, dict) else {}
    number = fields.number(known.get("id")) or fields.number(known.get("resource_id"))
    return Unread(
        key=number or sha256(raw.encode()).hexdigest()[:16],
        why=why,
        raw=raw,
        url=links.post_url(number) if number and not private else links.list_url(private=private),
    )
