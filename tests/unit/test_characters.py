"""Characters that nobody sees leave a text, unless they shape what stands beside them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.characters import clean, is_unseen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Bel \u2068020 123 45 67\u2069", "Bel 020 123 45 67"),
        ("a\ufeffb", "ab"),
        ("a\u202eb\u202c", "ab"),
        ("vol\u00adledig", "volledig"),
        ("a\u200db\u200c c", "ab c"),
        ("a\ufe0f b\U000e0100", "a b"),
        ("hidden\U000e0068\U000e0069", "hidden"),
        ("a\u3164b\u115fc\uffa0", "abc"),
        ("a\x00b\x08c\x7f", "abc"),
        ("a\ud800b\ufffec\U0001ffff", "abc"),
        ("a\u2060b\u2063c\ufff9d", "abcd"),
        (" \u2800\u3164 a\u00a0b \u2800\n", "a\u00a0b"),
        ("\u200b \ufeff", ""),
        ("one\r\ntwo\rthree\u2028four\vfive", "one\ntwo\nthree\nfour\nfive"),
        ("a\tb", "a\tb"),
    ],
)
def test_what_is_not_seen_leaves(text: str, seen: str) -> None:
    assert clean(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "❤️ and 1️⃣ and #️⃣",
        "👩‍👩‍👧‍👦 🐦‍⬛ ❤️‍🔥 🙂‍↔️ 👁️‍🗨️",
        "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
        "می\u200cخواهم",
        "क्\u200dष",
        "שלום \u200fABC\u200f!",
        "葛\U000e0100",
        "ᠮᠣᠩ\u180b",
        "cafe\u0301 – “zo” € ½ …",
    ],
)
def test_what_shapes_its_neighbours_stays(text: str) -> None:
    assert clean(text) == text


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)

    assert clean(once) == once
    assert once.isascii() or once.encode()


@given(st.characters())
def test_a_single_character_that_is_not_seen_leaves_nothing(char: str) -> None:
    if is_unseen(char) and unicodedata.bidirectional(char) != "AL" and clean(char):
        assert unicodedata.category(char) == "Cf"  # a sign over a number is seen: U+0600 and its like
