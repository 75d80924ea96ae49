"""The catalogue is whole: every language has every text, and the program names no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import connectors
from bot.cases.accounts import Condition
from bot.cases.installation import Reactions
from bot.cases.model import Status
from bot.cases.posts import Surface
from bot.cases.reasons import OVERRULABLE
from bot.cases.timers import FlagKind
from bot.slack.scribe import ProblemKind
from bot.texts import LANGUAGES, Texts, UnknownText
from bot.texts.catalogue import Slot
from bot.work.claims import DISMISS_REASONS

ROOT = Path(__file__).parents[2]
EVERY_KEY = sorted({key for language in LANGUAGES for key in Texts(language)})

#: Filled in by the desk, see bot/texts/sentences.toml.
BY_THE_DESK = {"command", *(f"{meaning}_emoji" for meaning in Reactions.__dataclass_fields__)}


#: Given by the place that tells such a sentence: which account it is, and on which network.
BY_THE_TELLER = {"account": {"account", "network"}, "hold": {"network"}, "refused": {"network"}}


#: What nobody at a care team says, or says of something else; a network is called by its name.
UNWANTED = {
    "en": "networks?|credentials|anew|fares|behind (?:it|the)|as it should|is well|seen to|(?:go|goes|is) out"
    "|takes no|still waits?|stays? inside",
    "nl": "netwerk(?:en)?|weggelegd|wegleggen|leg hem weg|azijn|loslaten|laat hem los|los te laten|in privé"
    r"|(?:gaat|gaan|moet|kan)(?: \w+){0,4} uit(?! de app)|zoals het hoort|(?<!!)claim(?:en|s|t)?|geclaimd",
}


def whole(texts: Texts, key: str, count: int = 1) -> str:
    """A text with "x" for its values."""
    return "".join(piece if isinstance(piece, str) else "x" for piece in texts.pieces(key, count))


def slots(texts: Texts, key: str) -> set[str]:
    """What a text names, in any of its plural forms."""
    pieces = [piece for count in (1, 2) for piece in texts.pieces(key, count)]
    return {piece.name for piece in pieces if isinstance(piece, Slot)}


def sayings() -> Iterator[tuple[str, str, set[str]]]:
    """Every `say("key", name=…)` in the program: where it is, the key, and the names of its values."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="say"), args=[ast.Constant(value=str(key)), *_], keywords=named
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", key, {str(word.arg) for word in named}


# --- whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text(language: str) -> None:
    assert sorted(Texts(language)) == EVERY_KEY


@pytest.mark.parametrize("key", EVERY_KEY)
def test_a_text_names_the_same_values_in_every_language(key: str) -> None:
    first, *others = (slots(Texts(language), key) for language in LANGUAGES)

    assert all(other == first for other in others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_has_loose_spaces(language: str) -> None:
    texts = Texts(language)
    shown = {key: whole(texts, key) for key in texts}

    assert [
        key for key, text in shown.items() if not text.strip() or text != text.strip() or "  " in text
    ] == []


def test_every_sentence_of_the_program_is_in_the_catalogue() -> None:
    texts = Texts("en")

    assert [f"{where} says {key}" for where, key, _ in sayings() if key not in texts] == []


def test_every_sentence_of_the_program_is_given_the_values_that_it_names() -> None:
    texts = Texts("en")
    lacking = {
        f"{where} says {key} without {sorted(missing)}"
        for where, key, given in sayings()
        if key in texts
        and (missing := slots(texts, key) - given - BY_THE_DESK - BY_THE_TELLER.get(key.split(".")[0], set()))
    }

    assert lacking == set()


def test_every_code_of_the_program_has_its_words() -> None:
    composed = [
        *(f"status.{status.value}" for status in Status),
        *(f"mode.name.{mode.value}" for mode in Surface),
        *(f"watch.{kind.value}" for kind in FlagKind),
        *(f"watch.{kind.value}_unclaimed" for kind in FlagKind),
        *(f"watch.kind.{kind.value}" for kind in FlagKind),
        *(f"account.{condition.value}" for condition in Condition if condition is not Condition.WELL),
        *(f"dismiss.reason.{reason}" for reason in DISMISS_REASONS),
        *(f"hold.{kind.value}" for kind in ProblemKind),
        *OVERRULABLE,
    ]

    assert [key for key in composed if key not in Texts("en")] == []


def test_the_program_was_searched_for_sentences() -> None:
    assert len(list(sayings())) > 50


def test_every_network_has_its_name() -> None:
    lacking = [name for name in connectors.NETWORKS if f"network.{name}" not in Texts("en")]

    assert lacking == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_names_one_network_for_all(language: str) -> None:
    texts = Texts(language)
    names = {texts.text(key) for key in texts if key.startswith("network.")}
    named = re.compile(rf"(?<![\w@])(?:{'|'.join(map(re.escape, names))})(?!\w)")
    found = [
        key
        for key in texts
        if not key.startswith("network.") and any(named.search(whole(texts, key, n)) for n in (1, 2))
    ]

    assert found == []


@pytest.mark.parametrize(("language", "words"), UNWANTED.items())
def test_no_text_speaks_as_nobody_does(language: str, words: str) -> None:
    unwanted = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    texts = Texts(language)
    found = {
        f"{key}: {text[0]}"
        for key in texts
        for count in (1, 2)
        if (text := unwanted.search(whole(texts, key, count))) is not None
    }

    assert found == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit_on_their_buttons(language: str) -> None:
    texts = Texts(language)
    labels = [key for key in texts if key.startswith(("button.", "dismiss.reason."))]

    assert [key for key in labels if len(texts.text(key)) > 30] == []


# --- one text


def test_values_are_filled_in() -> None:
    assert Texts("nl").text("card.claimed", agent="Maaike") == "👀 Opgepakt door Maaike"


def test_braces_in_a_value_stay_as_they_are() -> None:
    assert Texts("en").text("card.claimed", agent="{agent}{0}") == "👀 Claimed by {agent}{0}"


def test_the_count_chooses_the_form() -> None:
    texts = Texts("nl")

    assert texts.text("author.followers", count=1) == "1 volger"
    assert texts.text("author.followers", count=12345) == "12.345 volgers"


def test_a_form_needs_its_count() -> None:
    with pytest.raises(ValueError, match="needs a count"):
        Texts("en").text("author.followers")


def test_an_unknown_key_raises() -> None:
    with pytest.raises(UnknownText, match=r"card\.nonsense"):
        Texts("en").text("card.nonsense")


def test_a_missing_value_raises() -> None:
    with pytest.raises(KeyError, match="agent"):
        Texts("en").text("card.claimed")


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="choose one of en, nl"):
        Texts("fr")


# --- money and time


@pytest.mark.parametrize(
    ("language", "amount", "shown"),
    [
        ("en", "0.015", "US$0.015"),
        ("en", "1234.5", "US$1,234.50"),
        ("nl", "0.2", "US$\xa00,20"),
        ("nl", "1234.5", "US$\xa01.234,50"),
    ],
)
def test_money_is_written_as_the_language_writes_it(language: str, amount: str, shown: str) -> None:
    assert Texts(language).money(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("language", "style", "shown"),
    [
        ("en", "time", "6:03 AM"),
        ("en", "seconds", "6:03:15 AM"),
        ("en", "date", "14 Mar at 6:03 AM"),
        ("nl", "time", "06:03"),
        ("nl", "seconds", "06:03:15"),
        ("nl", "date", "14 mrt om 06:03"),
    ],
)
def test_a_moment_is_written_in_the_zone_that_is_asked_for(language: str, style: str, shown: str) -> None:
    at = datetime(2026, 3, 14, 5, 3, 15, tzinfo=UTC)

    assert Texts(language).moment(at, style, ZoneInfo("Europe/Amsterdam")) == shown
