"""Text from outside made harmless: nothing in it pings, links or formats, and no character hides."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

#: The longest top-level text that chat.update takes (docs.slack.dev/reference/methods/chat.update).
TEXT_LIMIT = 4000

_NAME_LIMIT = 80
_LABEL_LIMIT = 75

#: Characters that turn or nest the direction of writing, so that a text reads otherwise than it is written.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: Characters without width that a name does not need; a post may (emoji are joined, Arabic is marked).
_HIDDEN = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0"
)
_JOINER = "\u200d"

_ENTITY = re.compile(r"&(?:amp|lt|gt);|<[^<>]*>")
_SPACES = re.compile(r"\s+")


def escape(text: str) -> str:
    """The text for a place where Slack parses `<…>` and `&…;` (docs.slack.dev, Escaping text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def body(text: str) -> str:
    """A post as written, with control and direction-turning characters shown as what they are: `[U+202E]`."""
    return "".join(_shown(char) if char in _TURNING or _is_control(char) else char for char in text)


def name(text: str) -> str:
    """A name on one line, with every character that cannot be seen shown, cut to a sensible length."""
    shown = "".join(
        _shown(char) if char in _TURNING or char in _HIDDEN or _is_control(char) else char
        for char in _SPACES.sub(" ", text).strip()
    )
    if not any(unicodedata.category(char) == "So" for char in shown):
        shown = shown.replace(_JOINER, _shown(_JOINER))
    return cut(shown, _NAME_LIMIT)


def label(text: str) -> str:
    """A text that fits on a button."""
    return cut(text, _LABEL_LIMIT)


def https(url: str) -> str:
    """The address when it is a plain https one that Slack takes, or one of this very machine, else ""."""
    if len(url) > 3000 or any(char.isspace() or _is_control(char) or char in '<>|"' for char in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if not parts.hostname or parts.username:
        return ""
    here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    return url if parts.scheme == "https" or here else ""


def cut(text: str, limit: int) -> str:
    """Plain text of at most `limit` characters, ending in "…" when something was left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def cut_escaped(text: str, limit: int = TEXT_LIMIT) -> str:
    """Escaped text of at most `limit` characters, never cut in the middle of an entity or a `<…>`."""
    if len(text) <= limit:
        return text
    end = limit - 1
    for entity in _ENTITY.finditer(text):
        if entity.start() >= end:
            break
        if entity.end() > end:
            end = entity.start()
    return text[:end].rstrip() + "…"


def parts(text: str, limit: int) -> list[str]:
    """The text in pieces of at most `limit` characters that give it back when joined.

    A piece ends after a line break or a space where there is one in its last quarter.
    """
    pieces = []
    while len(text) > limit:
        end = limit
        for mark in ("\n", " "):
            found = text.rfind(mark, limit * 3 // 4, limit)
            if found >= 0:
                end = found + 1
                break
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text] if text else pieces


def _is_control(char: str) -> bool:
    """Whether this is a control character, a surrogate or an unassigned one; line breaks and tabs are not."""
    return char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}


def _shown(char: str) -> str:
    return f"[U+{ord(char):04X}]"
