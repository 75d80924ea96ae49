"""When two texts are the same post: a reply as it was sent, and as the network shows it."""

from __future__ import annotations

import re
import unicodedata

_LEADING_MENTIONS = re.compile(r"(?:\s*[@＠]\w{1,50}(?!\w))+", re.ASCII)
_SCHEME = re.compile("https?://")


def same_words(ours: str, theirs: str) -> bool:
    """Whether `theirs` is `ours` but for what a network changes in a text that it publishes.

    That is: mentions in front, white space, upper and lower case, how an accent is encoded, and of a link its
    "https://" and the slash at its end, wherever in a word the link stands.
    """
    return _bare(ours) == _bare(theirs)


def _bare(text: str) -> str:
    normal = unicodedata.normalize("NFC", text)
    leading = _LEADING_MENTIONS.match(normal)
    plain = _SCHEME.sub("", normal[leading.end() if leading else 0 :].casefold())
    return " ".join(" ".join(map(_without_last_slashes, plain.split())).split())


def _without_last_slashes(word: str) -> str:
    """A word without the slashes that end it, be they in brackets or in quotes."""
    end = len(word)
    while end and not (word[end - 1].isalnum() or word[end - 1] == "_"):
        end -= 1
    return word[:end] + word[end:].replace("/", "")
