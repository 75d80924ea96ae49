"""Characters by what a reader sees of them: nothing, a blank, or a letter like that of another alphabet."""

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


#: What ends a line: Unicode's line and paragraph separators, and the older ones.
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANK_ENDS = re.compile(rf"^[\s{_EMPTY}]+|[\s{_EMPTY}]+$")
#: What may be unseen: format and control characters, halves of pairs, points that are no characters.
_SUSPECT = re.compile(
    rf"[{_IGNORABLE}\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
#: An emoji of a flag that is spelt in tags, such as that of Wales.
_SPELT_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,8}\U000e007f")
_JOINERS = "\u200c\u200d"
_SELECTORS = re.compile("[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_DIRECTIONS = "\u061c\u200e\u200f"
_KEYCAP = "\u20e3"


def clean(text: str) -> str:
    """The text as a reader sees it: line ends as "\\n", no blanks around it, no characters that show nothing.

    Those stay that shape what stands beside them: joiners and selectors of emoji and of scripts that have
    them, the tags of a flag, marks of direction in a text with words from right to left.
    """
    text = _BLANK_ENDS.sub("", _LINE_ENDS.sub("\n", text))
    if not _SUSPECT.search(text):
        return text
    flags = {place for flag in _SPELT_FLAG.finditer(text) for place in range(*flag.span())}
    turns = any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)
    kept: list[str] = []
    for place, char in enumerate(text):
        before, after = kept[-1] if kept else "", text[place + 1 : place + 2]
        is_seen = not _SUSPECT.match(char) or place in flags or (turns and char in _DIRECTIONS)
        if is_seen or _shapes(before, char, after):
            kept.append(char)
    return _BLANK_ENDS.sub("", "".join(kept))


def _shapes(before: str, char: str, after: str) -> bool:
    """Whether a character that shows nothing changes the one before it, or joins it to the one after it."""
    if _SELECTORS.match(char):
        return bool(before) and (after == _KEYCAP or not _is_simple(before))
    return char in _JOINERS and not _is_simple(before) and not _is_simple(after)


def _is_simple(char: str) -> bool:
    """Whether a character has no other shape: one of ASCII, a blank, or none at all."""
    return char.isascii() or is_blank(char)


def beginning(text: str, limit: int) -> str:
    """The first words of a text on one line, of at most `limit` characters, with "…" where more follows.

    >>> beginning("Where is\\nmy parcel?", 12)
    'Where is my…'
    """
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


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


#: Cyrillic, Greek and Armenian letters, each above the Latin one that it is drawn as (Unicode, UTS #39,
#: confusables.txt): of its tables what is alike in nearly every font.
_OTHERS = (
    "\u0430\u0435\u0451\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0457\u0458\u04bb\u0501\u051b\u051d\u04cf\u0475"
    "\u0410\u0412\u0415\u0401\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0407\u0408\u04c0"
    "\u0442\u043a\u043c"
    "\u03bf\u03c1\u03bd\u03b9\u03b1\u03c5\u03ba\u03c4\u03f2\u03f3"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03f9\u037f"
    "\u0585\u057d\u0578\u0570\u0581\u0555\u054d"
    "\u0131\u0261\u0251\u029f\u0274\u1d1b\u1d07\u1d0f\u1d18\ua731\u1d00\u1d04\u1d05\u1d0b\u1d0d\u1d1c\u0280\u026a\u029c\u0299"
)
_LATIN = "aeeopcyxsiijhdqwlvABEEKMHOPCTYXSIIJItkmopviauktcjABEZHIKMNOPTYXCJounhgOUigalnteopsacdkmurihb"
_LOOKS = str.maketrans(_OTHERS, _LATIN)
#: Letters as signs of their own: regional ones, which make flags, and those on black.
_SIGN = re.compile(r"(?:REGIONAL INDICATOR SYMBOL|NEGATIVE (?:SQUARED|CIRCLED) LATIN CAPITAL) LETTER ([A-Z])")


def as_latin(text: str) -> str:
    """A text with each letter that looks like a Latin one as that one, character by character.

    >>> as_latin("\u0455t\u043ep")
    'stop'
    """
    return text if text.isascii() else text.translate(_LOOKS)


def skeleton(text: str) -> str:
    """A text in small Latin letters without accents, as far as its letters can be read so.

    >>> skeleton("\u0405t\u00f3p"), skeleton("\U0001f1f8\U0001f1f9\U0001f1f4\U0001f1f5")
    ('stop', 'stop')
    """
    if text.isascii():
        return text.lower()
    bare = "".join(map(_letter, unicodedata.normalize("NFKD", as_latin(text))))
    return bare.lower()


def _letter(char: str) -> str:
    if unicodedata.category(char).startswith("M"):
        return ""
    sign = _SIGN.fullmatch(unicodedata.name(char, "")) if char > "\U0001f000" else None
    return sign[1] if sign else char
