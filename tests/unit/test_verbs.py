"""The table of verbs is whole: each verb has help and a place in README, and nothing means two things."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from bot.cases.actions import Verb
from bot.cases.installation import Reactions
from bot.slack.manifest import COMMAND
from bot.slack.scribe import character
from bot.texts import LANGUAGES, Texts
from bot.work.actions import MEANINGS, VERBS, Row

README = Path(__file__).parents[2] / "README.md"
TYPED = [pytest.param(verb, row, id=verb) for verb, row in VERBS.items() if row.words]


def sign(reaction: str) -> str:
    """The character of a reaction as this program sets it."""
    return character(getattr(Reactions(), reaction))


def doors(row: Row) -> str:
    """How README says that a verb is reached."""
    put = [f"{sign(row.reaction)} on the card"] if row.reaction else []
    taken = [f"taking {sign(row.removal)} away"] if row.removal else []
    on_reply = [f"{sign(row.on_reply)} on the message"] if row.on_reply else []
    words = [f"`!{row.words[0]}`"] if row.words else []
    return ", ".join([*put, *taken, *on_reply, *words, *([f"`/webcare {row.slash}`"] if row.slash else [])])


def test_every_verb_has_its_row() -> None:
    assert set(VERBS) == set(Verb)


def test_no_word_and_no_reaction_means_two_things() -> None:
    words = Counter(word for row in VERBS.values() for word in row.words)
    places = ("reaction", "removal", "on_reply")
    reactions = Counter((place, getattr(row, place)) for row in VERBS.values() for place in places)

    assert [word for word, count in words.items() if count > 1] == []
    assert [place for place, count in reactions.items() if count > 1 and place[1]] == []


@pytest.mark.parametrize(("verb", "row"), TYPED)
def test_what_can_be_typed_or_put_stands_in_readme(verb: Verb, row: Row) -> None:
    assert f"\n| {doors(row)} |" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("verb", "row"), [each for each in TYPED if each.values[0] is not Verb.HELP])
def test_help_names_a_word_that_is_understood_and_the_reaction(verb: Verb, row: Row, language: str) -> None:
    line = Texts(language).pieces(f"help.{verb}", None)
    shown = "".join(piece if isinstance(piece, str) else f"{{{piece.name}}}" for piece in line)
    said = re.findall(r"(?:!|\{command\} )([^\W_]+)", shown)

    assert said
    assert {MEANINGS[word] for word in said} == {verb}
    for setting in filter(None, (row.reaction, row.removal)):
        assert f"{{{setting}_emoji}}" in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_of_the_channel_names_every_command_with_a_number(language: str) -> None:
    pieces = Texts(language).pieces("command.help", None)
    text = "".join(piece if isinstance(piece, str) else f"{{{piece.name}}}" for piece in pieces)
    line = next(line for line in text.splitlines() if " 12" in line)
    words = re.findall(r"([^\W\d_]+)(?: terug)? 12", line)
    numbered = [verb for verb, row in VERBS.items() if "12" in row.slash]

    assert sorted(MEANINGS[word] for word in words) == sorted(numbered)


def test_the_hint_of_the_slash_command_names_all_that_may_follow() -> None:
    assert set(COMMAND[1].split(" | ")) == {row.slash for row in VERBS.values() if row.slash}
