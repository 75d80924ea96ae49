"""A post's text as X reads and shows it: its weight, its mentions and links, and its shape on the wire."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # importing it loads pkg_resources, which warns on every start
    from twitter_text import extract_urls_with_indices, parse_tweet
    from twitter_text.config import config

LIMIT = 280
PREMIUM_LIMIT = 25_000
_ELLIPSIS = "…"  # weighs 2

_MENTION = re.compile(r"(?<![\w@＠!#$%&*/])[@＠](\w{1,15})(?![\w@＠])", re.ASCII)
_HASHTAG = re.compile(r"(?<![\w&/#＃])[#＃](\w*[^\W\d_]\w*)")
#: No host is this long (RFC 1035, 2.3.4). Looking for one in such a row of names takes the library a time
#: that grows with the square of its length.
_NO_HOST = re.compile(r"[\w.-]{254,}")
_LEADING_MENTION = re.compile(r"\s*[@＠](\w{1,15})(?![\w@＠])\s*", re.ASCII)

#: From a handle as typed to (id, handle as registered), or None when nobody has it.
Lookup = Callable[[str], tuple[str, str] | None]


@dataclass(frozen=True)
class Span:
    """A part of a text that means something. `value` is the URL, the handle or the tag."""

    kind: Literal["urls", "mentions", "hashtags"]
    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Shown:
    """A text on the wire: escaped, with short links, and its entities counted in code points of that text."""

    text: str
    entities: dict[str, list[dict[str, Any]]]


def tidy(text: str) -> str:
    """What X keeps of a typed text: NFC, one kind of line end, no blanks around it."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def weight(text: str) -> int:
    """The length as X counts it: links 23, emoji 2, most of Asia 2."""
    return int(parse_tweet(_without_traps(text)).weightedLength)


def _without_traps(text: str) -> str:
    """The text, as long as before, in which each row of names that is too long for a host is one word. In a
    path or a query that changes nothing."""
    return _NO_HOST.sub(lambda row: re.sub(r"[.-]", "a", row[0]), text)


def has_forbidden_characters(text: str) -> bool:
    """Whether X would refuse the text for a character that is no text (U+FFFE, U+FEFF, U+FFFF)."""
    return any(character in "\ufffe\ufeff\uffff" for character in text)


def cut(text: str, limit: int = LIMIT) -> str:
    """The text as X shows a long post where only `limit` fits: its beginning, and an ellipsis."""
    if weight(text) <= limit:
        return text
    options = {**config["defaults"], "max_weighted_tweet_length": limit - 2}
    units = parse_tweet(_without_traps(text), options).validRangeEnd + 1
    kept: str = text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
    return kept.rstrip() + _ELLIPSIS


def without_leading(text: str, handles: Iterable[str]) -> str:
    """The text without those of `handles` that it opens with: X counts no length for them in a reply."""
    free = {handle.lower() for handle in handles}
    begin = 0
    while (match := _LEADING_MENTION.match(text, begin)) and match[1].lower() in free:
        begin = match.end()
    return text[begin:]


def opening_handles(text: str) -> list[str]:
    """The handles a text opens with, in lower case."""
    found = []
    begin = 0
    while match := _LEADING_MENTION.match(text, begin):
        found.append(match[1].lower())
        begin = match.end()
    return found


def spans(text: str) -> list[Span]:
    """The links, mentions and hashtags of a text, in order, none inside another."""
    found = [
        Span("urls", start, end, text[start:end])
        for start, end in (url["indices"] for url in extract_urls_with_indices(_without_traps(text)))
    ]
    taken = {place for span in found for place in range(span.start, span.end)}
    patterns: tuple[tuple[Literal["mentions", "hashtags"], re.Pattern[str]], ...] = (
        ("mentions", _MENTION),
        ("hashtags", _HASHTAG),
    )
    for kind, pattern in patterns:
        for match in pattern.finditer(text):
            if taken.isdisjoint(range(match.start(), match.end())):
                found.append(Span(kind, match.start(), match.end(), match[1]))
    return sorted(found, key=lambda span: span.start)


def typed_handles(text: str) -> list[str]:
    """The handles a text mentions, as typed."""
    return [span.value for span in spans(text) if span.kind == "mentions"]


def short_link(url: str) -> str:
    """The t.co address X puts in place of a link; the same link always gets the same one."""
    return "https://t.co/" + hashlib.sha256(url.encode()).hexdigest()[:10]


def shown(text: str, lookup: Lookup) -> Shown:
    """The text as the API returns it, with its entities."""
    parts: list[str] = []
    entities: dict[str, list[dict[str, Any]]] = {}
    length = done = 0

    def add(part: str) -> None:
        nonlocal length
        parts.append(part)
        length += len(part)

    for span in spans(text):
        add(html.escape(text[done : span.start], quote=False))
        done = span.end
        start = length
        add(short_link(span.value) if span.kind == "urls" else text[span.start : span.end])
        entity = _entity(span, lookup)
        if entity is not None:
            entities.setdefault(span.kind, []).append({"start": start, "end": length, **entity})
    add(html.escape(text[done:], quote=False))
    return Shown("".join(parts), entities)


def _entity(span: Span, lookup: Lookup) -> dict[str, Any] | None:
    if span.kind == "hashtags":
        return {"tag": span.value}
    if span.kind == "mentions":
        known = lookup(span.value)
        return {"username": known[1], "id": known[0]} if known else None
    whole = span.value if "://" in span.value else f"http://{span.value}"
    display = re.sub(r"^https?://(www\.)?", "", span.value)
    return {
        "url": short_link(span.value),
        "expanded_url": whole,
        "display_url": display if len(display) <= 27 else display[:26] + _ELLIPSIS,
    }
