"""Characters by what a reader sees of them: nothing at all, a blank, or something."""

from __future__ import annotations

import re
import unicodedata

#: Unicode's property Default_Ignorable_Code_Point (DerivedCoreProperties.txt), with the code points that are
#: kept free for more of them: Python's own tables do not have it.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_IS_IGNORABLE = re.compile(f"[{_IGNORABLE}]")
#: Drawn as an empty space, although Unicode counts them among symbols.
_EMPTY = "\u2800\U0001d159"


def is_unseen(char: str) -> bool:
    """Whether nothing is drawn for a character: a format or control character, or one to be ignored."""
    return unicodedata.category(char) in ("Cf", "Cc") or _IS_IGNORABLE.match(char) is not None


def is_blank(char: str) -> bool:
    """Whether a character is drawn as empty space, on its line or to the next.

    >>> is_blank("\\u3000"), is_blank("\\u2800"), is_blank(".")
    (True, True, False)
    """
    return char.isspace() or char in _EMPTY
