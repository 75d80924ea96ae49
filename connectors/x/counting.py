"""X's rule of counting a text, in a time that grows with the text and no faster.

Links count 23 and emoji 2; of the other characters those of Western scripts count 1 and the rest 2 (developer
docs, "Counting characters"; weights of twitter-text, version 3). Which parts are links is decided by X's own
library, from which what only costs it time is kept. Emoji are known by their grammar (UTS #51) and by the
property Extended_Pictographic, which has room for those to come: a table is older than the newest emoji.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

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
