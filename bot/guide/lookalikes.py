"""Letters of other alphabets that look like Latin ones, as the Latin ones that a reader takes them for."""

from __future__ import annotations

import re
import unicodedata

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
