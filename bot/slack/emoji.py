"""Slack's emoji names as Unicode, by the very table that Slack's names come from."""

from __future__ import annotations

import re

from bot.texts import emoji

#: Slack's skin tones, by the code point that Unicode has for them.
_TONES = {2: "1F3FB", 3: "1F3FC", 4: "1F3FD", 5: "1F3FE", 6: "1F3FF"}
_POINTS = re.compile(r"[0-9A-Fa-f]{2,6}(?:-[0-9A-Fa-f]{2,6})*")


def character(name: str, tone: int | None = None) -> str:
    """The emoji of this name ("wave", "+1", "flag-nl"), without colons; "" when Unicode has none, as for the
    emoji that a workspace made itself. A tone that the emoji does not have is left out."""
    found = emoji.named().get(name)
    if found is None:
        return ""
    return from_points(found.tones.get(_TONES.get(tone or 0, ""), found.points))


def canonical(reaction: str) -> str:
    """The one name of a reaction: without skin tone ("wave::skin-tone-3"), aliases resolved ("thumbsup")."""
    name = reaction.partition("::")[0]
    found = emoji.named().get(name)
    return found.name if found is not None else name


def from_points(points: str) -> str:
    """The characters of code points written as Slack writes them ("1f44b-1f3fc"); "" for anything else."""
    if not _POINTS.fullmatch(points):
        return ""
    numbers = [int(point, 16) for point in points.split("-")]
    if any(number > 0x10FFFF or 0xD800 <= number <= 0xDFFF for number in numbers):
        return ""
    return "".join(map(chr, numbers))
