"""A post's text: from X's transport to what was written, and its length by X's rule."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from bot.cases.ports import Measure
from connectors.x import counting, fields

LIMIT = 280
#: Characters of a direct message (X API: Manage Direct Messages).
MESSAGE_LIMIT = 10_000

#: The only characters that X escapes in a text.
_ESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ESCAPE = re.compile("|".join(_ESCAPED))
_MENTION = r"[@＠](\w{1,50})(?!\w)\s*"
#: X's own links are this short at most, and those that they stand for this long.
_SHORT, _TARGET = 100, 4000
_MEDIA_PAGE = re.compile(r"https?://(?:twitter|x)\.com/[^/]+/status/\d+/(?:photo|video)/\d+")


#: Texts of which each character counts one and nothing can be a link: no dot stands before a letter.
_SIMPLE = re.compile(r"(?!.*\.\w)[ -~\n\u00a1\u00bf\u00c0-\u024f\u2013\u2018\u2019\u201c\u201d]+", re.DOTALL)


def written(text: str, urls: Iterable[Mapping[str, Any]]) -> str:
    """The text as its author wrote it. `urls` are its URL entities.

    X replaces each link by one of its own (t.co) and ends the text with one that only leads to the attached
    pictures; the former are put back in full, the latter go. A bare domain was typed bare, though X calls it
    "http://…".
    """
    full: dict[str, str] = {}
    for entity in urls:
        short, target = fields.text(entity, "url", _SHORT), fields.text(entity, "expanded_url", _TARGET)
        if not short.startswith(("https://", "http://")):
            continue
        if entity.get("media_key") or _MEDIA_PAGE.fullmatch(target):
            full[short] = ""
        elif target.startswith(("https://", "http://")):
            shown = fields.text(entity, "display_url", _TARGET)
            full[short] = shown if target == f"http://{shown}" else target
    plain = _ESCAPE.sub(lambda found: _ESCAPED[found[0]], text)
    if not full:
        return plain
    shorts = "|".join(map(re.escape, sorted(full, key=len, reverse=True)))
    whole = re.sub(shorts, lambda found: full[found[0]], plain)
    whole = whole[: fields.LONGEST_TEXT]
    return whole.rstrip() if "" in full.values() else whole


def without_addressee(text: str, handle: str) -> str:
    """The text without the handle it opens with, if that is the person answered: X adds that by itself."""
    opening = re.match(rf"\s*{_MENTION}", text, re.ASCII)
    if opening and handle and opening[1].casefold() == handle.casefold():
        return text[opening.end() :]
    return text


@lru_cache(maxsize=256)
def measure_post(text: str) -> Measure:
    """The length of a post by X's rule of counting.

    Kept for a while: the same reply is measured at every step. Plain sentences, which most replies are, are
    counted without the rule, which takes longer to load than they take to be sent.
    """
    if _SIMPLE.fullmatch(text):
        return Measure(len(text), LIMIT, len(text) <= LIMIT)
    counted = counting.count(text)
    is_valid = counted.valid and 0 < counted.length <= LIMIT
    return Measure(counted.length, LIMIT, is_valid, counted.links)


def measure_message(text: str) -> Measure:
    """The length of a direct message: its characters."""
    return Measure(
        len(text), MESSAGE_LIMIT, bool(text.strip()) and len(text) <= MESSAGE_LIMIT, link_count(text)
    )


@lru_cache(maxsize=256)
def link_count(text: str) -> int:
    """How many links X would see; a bare domain is one."""
    return 0 if _SIMPLE.fullmatch(text) else counting.count(text).links
