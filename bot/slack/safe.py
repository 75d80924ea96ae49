"""Text from outside made harmless: nothing in it pings, links or formats, and no character hides."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

#: The longest top-level text that chat.update takes (docs.slack.dev/reference/methods/chat.update).
TEXT_LIMIT = 4000

_NAME_LIMIT = 80

#: Control characters, halves of surrogate pairs and the separators that break a line; not "\n" and "\t".
_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
#: Characters that turn or nest the direction of writing, so that a text reads otherwise than it is written.
_TURNING = "\u202a-\u202e\u2066-\u2069"
#: Characters without width that a name does not need; a post may (emoji are joined, Arabic is marked).
_HIDDEN = "\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u2060-\u2064\u3164\ufeff\uffa0"
_JOINER = "\u200d"
_IN_BODY = re.compile(f"[{_CONTROL}{_TURNING}]")
_IN_NAME = re.compile(f"[{_CONTROL}{_TURNING}{_HIDDEN}]")
_NOT_IN_ADDRESS = re.compile(rf"[\s{_CONTROL}<>|\"]")

_ENTITY = re.compile(r"&(?:amp|lt|gt);|<[^<>]*>")
#: What formats a message's text, and what to the eye is the same and does nothing: bold, code, struck out.
_LOOKS_LIKE = str.maketrans({"*": "\u2217", "`": "\u02cb", "~": "\u223c"})
#: What does so in its place: a low line at the edge of a word, the mark before a quote, the colon of an
#: emoji's name, which a colon of ours may end, or of an address.
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_QUOTING = re.compile(r"^([^\S\n]*)>", re.MULTILINE)
_COLON = re.compile(r":(?=//|[^\s:]+(?::|\Z))")
_SPACES = re.compile(r"\s+")


def escape(text: str) -> str:
    """The text for a place where Slack parses `<…>` and `&…;` (docs.slack.dev, Escaping text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unmarked(text: str) -> str:
    """The text for a place that Slack formats as well, such as the `text` of a message, which is read out and
    stands in notifications: the same to the eye, and nothing in it is markup, a link or an emoji."""
    text = _UNDERSCORE.sub("\uff3f", text.translate(_LOOKS_LIKE))
    return escape(_COLON.sub("\u2236", _QUOTING.sub("\\1\u203a", text)))


def body(text: str) -> str:
    """A post as written, with control and direction-turning characters shown as what they are: `[U+202E]`."""
    return _IN_BODY.sub(_shown, text)


def name(text: str) -> str:
    """A name on one line, with every character that cannot be seen shown, cut to a sensible length."""
    shown = _IN_NAME.sub(_shown, _SPACES.sub(" ", text).strip())
    if _JOINER in shown and not any(unicodedata.category(char) == "So" for char in shown):
        shown = re.sub(_JOINER, _shown, shown)
    return cut(shown, _NAME_LIMIT)


def https(url: str) -> str:
    """The address when it is a plain https one that Slack takes, or one of this very machine, else ""."""
    if len(url) > 3000 or _NOT_IN_ADDRESS.search(url):
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
    # A mark within a word formats nothing; where the cut makes it the word's end, it would.
    return text[:end].rstrip(" \t\n_*~`") + "…"


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


def _shown(char: re.Match[str]) -> str:
    return f"[U+{ord(char[0]):04X}]"
