"""A post's text: from X's transport to what was written, its length by X's rule, and addresses for people.

Links count 23 and emoji 2; of the other characters those of Western scripts count 1 and the rest 2 (developer
docs, "Counting characters"; weights of twitter-text, version 3). Which parts are links is decided by X's own
library, from which what only costs it time is kept, so that counting takes a time that grows with the text
and no faster. Emoji are known by their grammar (UTS #51) and by the property Extended_Pictographic, which has
room for those to come: a table is older than the newest emoji.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bot.cases.ports import Measure

LIMIT = 280
#: Characters of a direct message (X API: Manage Direct Messages).
MESSAGE_LIMIT = 10_000

#: No text of X is longer than this: a post has 25,000 characters at most, of which "&" takes five.
LONGEST_TEXT = 150_000
#: The only characters that X escapes in a text.
_ESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ESCAPE = re.compile("|".join(_ESCAPED))
_MENTION = r"[@＠](\w{1,50})(?!\w)\s*"
#: X's own links are this short at most, and those that they stand for this long.
_SHORT, _TARGET = 100, 4000
_MEDIA_PAGE = re.compile(r"https?://(?:twitter|x)\.com/[^/]+/status/\d+/(?:photo|video)/\d+")


#: Texts of which each character counts one and nothing can be a link: no dot stands before a letter.
_SIMPLE = re.compile(r"(?!.*\.\w)[ -~\n\u00a1\u00bf\u00c0-\u024f\u2013\u2018\u2019\u201c\u201d]+", re.DOTALL)


def text_of(item: Mapping[str, Any], name: str, limit: int = LONGEST_TEXT) -> str:
    """A text, its end left out where it is longer than any of X's; "" for what is none."""
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return str(value)
    return value[:limit] if isinstance(value, str) else ""


def written(text: str, urls: Iterable[Mapping[str, Any]]) -> str:
    """The text as its author wrote it. `urls` are its URL entities.

    X replaces each link by one of its own (t.co) and ends the text with one that only leads to the attached
    pictures; the former are put back in full, the latter go. A bare domain was typed bare, though X calls it
    "http://…".
    """
    full: dict[str, str] = {}
    for entity in urls:
        short, target = text_of(entity, "url", _SHORT), text_of(entity, "expanded_url", _TARGET)
        if not short.startswith(("https://", "http://")):
            continue
        if entity.get("media_key") or _MEDIA_PAGE.fullmatch(target):
            full[short] = ""
        elif target.startswith(("https://", "http://")):
            shown = text_of(entity, "display_url", _TARGET)
            full[short] = shown if target == f"http://{shown}" else target
    plain = _ESCAPE.sub(lambda found: _ESCAPED[found[0]], text)
    if not full:
        return plain
    shorts = "|".join(map(re.escape, sorted(full, key=len, reverse=True)))
    whole = re.sub(shorts, lambda found: full[found[0]], plain)
    whole = whole[:LONGEST_TEXT]
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
    counted = count(text)
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
    return 0 if _SIMPLE.fullmatch(text) else count(text).links


LINK = 23

#: Characters that count 1.
_LIGHT = re.compile("[\x00-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_NO_CHARACTERS = re.compile("[\ufffe\ufeff\uffff]")

#: Extended_Pictographic (emoji-data.txt), with the points that are kept free for more.
_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u2388\u23cf\u23e9-\u23f3"
    "\u23f8-\u23fa\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2605\u2607-\u2612\u2614-\u2685\u2690-\u2705"
    "\u2708-\u2712\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757"
    "\u2763-\u2767\u2795-\u2797\u27a1\u27b0\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001f0ff\U0001f10d-\U0001f10f\U0001f12f\U0001f16c-\U0001f171\U0001f17e\U0001f17f"
    "\U0001f18e\U0001f191-\U0001f19a\U0001f1ad-\U0001f1e5\U0001f201-\U0001f20f\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f23a\U0001f23c-\U0001f23f\U0001f249-\U0001f3fa\U0001f400-\U0001f53d\U0001f546-\U0001f64f"
    "\U0001f680-\U0001f6ff\U0001f774-\U0001f77f\U0001f7d5-\U0001f7ff\U0001f80c-\U0001f80f\U0001f848-\U0001f84f"
    "\U0001f85a-\U0001f85f\U0001f888-\U0001f88f\U0001f8ae-\U0001f8ff\U0001f90c-\U0001f93a\U0001f93c-\U0001f945"
    "\U0001f947-\U0001faff\U0001fc00-\U0001fffd]"
)
#: A picture in its skin tone, with the sign that makes an emoji of it, or as a flag that is spelt in tags.
_ONE = rf"{_PICTURE}(?:[\U0001f3fb-\U0001f3ff]|\ufe0f|[\U000e0020-\U000e007e]{{1,30}}\U000e007f)?"
_EMOJI = re.compile(
    rf"{_ONE}(?:\u200d{_ONE})*|[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|[\U0001f3fb-\U0001f3ff]"
)
#: Stands for any emoji: one character that counts 2.
_ANY_EMOJI = "\U0001f600"

#: Names with dots between them, of which a host may be made. Looking for one in a long name or a long row of
#: names takes the library a time that grows with its square, whether there is one or not.
_ROW = re.compile(r"[^\s/:?#@!'%&()*+,\\;<=>\[\]^{|}~$]+")
_LONG = 64
_MANY = 8
#: What a host can be made of: so many names before its end, and so much of each.
_NAMES = 4
#: In front of "://" the end of a row is a scheme.
_SCHEME = len("https") + 1
#: Many brackets in an address cost as much.
_NESTED = re.compile(rf"(?<!\S)((?:[^\s(]*+\(){{{_MANY}}})(\S+)")
#: Ends a name and an address, and begins neither. What it takes the place of counts more, never less.
_END = "^"
_OF_AN_ADDRESS = re.compile(r"[A-Za-z0-9_-]")


class Count(NamedTuple):
    """What X makes of a text."""

    length: int
    links: int
    #: False where it has characters that are none.
    valid: bool


def count(text: str) -> Count:
    """How X counts `text`."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    length = links = place = 0
    for start, end in _links(text):
        links += 1
        if start >= place:
            length += _weight(text[place:start]) + LINK
            place = end
    length += _weight(text[place:])
    return Count(length, links, _NO_CHARACTERS.search(text) is None)


def _weight(text: str) -> int:
    """What characters count that are no part of a link."""
    text = _EMOJI.sub(_ANY_EMOJI, text)
    return 2 * len(text) - len(_LIGHT.findall(text))


def _links(text: str) -> list[tuple[int, int]]:
    """Where links begin and end in a text."""
    text = _NESTED.sub(lambda nested: nested[1] + nested[2].replace("(", _END), text)
    found = rule().extract_urls_with_indices(_ROW.sub(lambda row: _disarmed(row[0]), text))
    return sorted((link["indices"][0], link["indices"][0] + len(link["url"])) for link in found)


def _disarmed(row: str) -> str:
    """A row of names, as long as before, in which only those parts are left that a host could be made of."""
    if len(row) <= _LONG and row.count(".") <= _MANY:
        return row
    names = row.split(".")
    ends = [place for place, name in enumerate(names) if place and _end_of_host().match(name)]
    needed = {place for end in ends for place in range(end - _NAMES, end + 1)}
    shown = []
    for place, name in enumerate(names):
        shown.append(_dulled(name, _LONG if place in needed else 0))
        shown.append("." if {place, place + 1} <= needed else _END)
    return "".join(shown)[: len(row) - _SCHEME] + row[-_SCHEME:]


def _dulled(name: str, kept: int) -> str:
    """A name in which no link begins but at its ends, of which so much is kept. What is between is in the
    middle of a word where it can be of an address, and ends it where it cannot."""
    if len(name) <= 2 * kept:
        return name
    middle = name[kept : len(name) - kept]
    dull = "".join("a" if _OF_AN_ADDRESS.match(char) else _END for char in middle)
    return name[:kept] + dull + name[len(name) - kept :]


@cache
def rule() -> ModuleType:
    """X's own rule. The first text that needs it loads it: a third of a second and 10 MB."""
    with warnings.catch_warnings():
        # twitter-text-parser 3.0 finds its emoji table through pkg_resources, which says it is going away.
        warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
        return import_module("twitter_text")


@cache
def _end_of_host() -> re.Pattern[str]:
    """The names below which hosts are: countries and general ones, as X knows them."""
    rule()
    parts = [
        import_module(f"twitter_text.regexp.{name}")
        for name in ("valid_gtld", "valid_cctld", "valid_punycode")
    ]
    patterns = [getattr(part, part.__name__.rpartition(".")[2]).pattern for part in parts]
    return re.compile("|".join(patterns), re.IGNORECASE)


_SITE = "https://x.com"


def post_url(post_id: str) -> str:
    """A post. X redirects "/i/" to the author's handle, which may change."""
    return f"{_SITE}/i/status/{post_id}"


def id_of(post_url: str) -> str:
    """The id in an address that `post_url` made."""
    return post_url.rpartition("/")[2]


def person_url(author_id: str, handle: str) -> str:
    """A person's page."""
    return (
        f"{_SITE}/{handle}" if re.fullmatch(r"\w{1,50}", handle, re.ASCII) else f"{_SITE}/i/user/{author_id}"
    )


def list_url(*, private: bool) -> str:
    """Where a person who is logged in as the brand sees what was written to it."""
    return f"{_SITE}/messages" if private else f"{_SITE}/notifications/mentions"


def conversation_url(conversation_id: str) -> str:
    """A conversation of direct messages; empty when its id is not known."""
    return f"{_SITE}/messages/{conversation_id}" if conversation_id else ""


def composer_url(post_id: str | None, text: str = "") -> str:
    """X's own composer, set to answer `post_id`, with `text` in it."""
    query = {"in_reply_to": post_id or "", "text": text}
    return f"{_SITE}/intent/post?{urlencode({key: value for key, value in query.items() if value})}"


def message_box_url(person_id: str, text: str = "") -> str:
    """X's own box for a direct message to this person; empty when nobody is named."""
    query = {"recipient_id": person_id, "text": text}
    if not person_id:
        return ""
    return f"{_SITE}/messages/compose?{urlencode({key: value for key, value in query.items() if value})}"
