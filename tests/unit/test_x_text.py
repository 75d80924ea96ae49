"""Texts on X: their length by X's rule, and what in front of them is free."""

from __future__ import annotations

import re
from pathlib import Path
from time import process_time
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.x import texts

#: What replies are made of, and what makes a link of it.
PLAIN = st.text(
    st.sampled_from("abMK 0123.:/@#*^-_?!&\n")
    | st.characters(max_codepoint=0x250, exclude_categories=["Cs"])
    | st.sampled_from("–—‘’“”…€©®\u0301\u20e3\ufe0f\u200d")
)

#: What decides where a link begins and ends, and what does not.
PIECES = [
    *(
        ".",
        "-",
        "_",
        "/",
        "//",
        ":",
        "?",
        "=",
        "&",
        "(",
        ")",
        "@",
        "#",
        "$",
        " ",
        "\n",
        ",",
        "!",
        "%",
        "…",
        "€",
    ),
    *("a", "É", "漢", "1", "x" * 70, "nl", "com", "рф", "uk", "www.", "t.co", "bol.com", "xn--a", "\u200e"),
    *("http://", "https://", "😀", "👩‍👩‍👧", "1️⃣", "漢" * 70, "🇳🇱", "bol.com/a(b)", "\r\n", "e\u0301"),
]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("hello", 5),
        ("café", 4),
        ("cafe\u0301", 4),
        ("漢字", 4),
        ("👍", 2),
        ("👩‍👩‍👧‍👦", 2),
        ("€", 2),
        ("https://www.example.com/een/heel/lang/adres?met=van&alles", 23),
        ("bol.com", 23),
        ("@iemand hallo", 13),
    ],
)
def test_a_post_is_measured_as_x_does(text: str, length: int) -> None:
    assert texts.measure_post(text).length == length


@given(PLAIN | st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_a_text_is_counted_as_by_the_rule_or_a_little_longer(text: str) -> None:
    parsed = texts.rule().parse_tweet(text)
    measured = texts.measure_post(text)
    is_odd = any(len(part) > 64 or part.count(".") > 8 for part in re.split(r"[\s/:]", text))

    assert measured.length >= parsed.weightedLength
    if not is_odd:
        assert (measured.length, measured.valid) == (parsed.weightedLength, parsed.valid)
        assert measured.links == len(texts.rule().extract_urls(normalize("NFC", text)))


def test_every_emoji_of_the_rule_is_counted_as_by_the_rule() -> None:
    table = Path(texts.rule().__file__ or "").parent / "regexp" / "emoji-test.txt"
    rows = [line.partition(";")[0].split() for line in table.read_text("utf-8").splitlines() if ";" in line]
    emoji = ["".join(chr(int(point, 16)) for point in row) for row in rows if row[0] != "#"]

    assert len(emoji) > 3_000
    assert {texts.measure_post(f"a{each}b").length for each in emoji} == {4}


@pytest.mark.parametrize(
    "emoji", ["🐦‍⬛", "🐦‍🔥", "🫩", "🫷🏽", "🙂‍↔️", "⛓️‍💥", "👩🏽‍❤️‍💋‍👨🏿", "🧑‍🧑‍🧒‍🧒", "\U0001faff"]
)
def test_an_emoji_newer_than_the_rules_table_counts_two(emoji: str) -> None:
    assert texts.measure_post(emoji).length == 2
    assert texts.measure_post(f"{emoji}{emoji} ja").length == 7


HOSTILE = [
    *(
        "a.",
        "1.2.",
        "é.",
        "漢.",
        "www.",
        "nl.",
        "nl.a.",
        "a_.",
        "a.a_b.nl",
        "-a.",
        "xn--a.",
        "http://a.",
        "a.co ",
    ),
    *("👍", "漢", "é", "é_", "a-", "(a)", "a(", "\u200e", "漢" * 60 + " ", "a.b.c.d.e.f.g.h漢"),
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("before", ["", "https://a.nl/", "https://a.nl?", "x. @"])
def test_counting_takes_as_long_as_the_text(piece: str, before: str) -> None:
    texts.count("warm.nl")
    text = before + piece * (10_000 // len(piece)) + "!"
    begun = process_time()
    counted = texts.count(text)

    assert process_time() - begun < 1
    assert counted.length > texts.LIMIT or counted.links


def test_a_long_row_of_names_keeps_its_links() -> None:
    row = "a." * 50

    assert texts.link_count(f"{row}bol.nl") == texts.link_count(f"bol.nl.{row}") == 1
    assert texts.measure_post(f"bol.nl.{row}").length == 23 + 1 + len(row)


def test_a_plain_sentence_is_spared_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "rule", lambda: pytest.fail("the rule was loaded"))

    assert texts.measure_post("Vervelend! We gaan dit één, twee uitzoeken. ^MK").length == 47


@pytest.mark.parametrize(("length", "valid"), [(0, False), (1, True), (280, True), (281, False)])
def test_a_post_may_hold_280(length: int, valid: bool) -> None:
    assert texts.measure_post("x" * length).valid is valid


def test_a_post_with_a_character_that_is_none_is_not_valid() -> None:
    assert not texts.measure_post("hello\ufffe").valid


@pytest.mark.parametrize(("length", "valid"), [(0, False), (1, True), (10_000, True), (10_001, False)])
def test_a_message_may_hold_10_000(length: int, valid: bool) -> None:
    assert texts.measure_message("x" * length).valid is valid


@pytest.mark.parametrize(
    ("text", "links"),
    [("none", 0), ("bol.com", 1), ("https://example.com en www.bol.com", 2), ("1.5 km.", 0)],
)
def test_links_are_counted_as_x_sees_them(text: str, links: int) -> None:
    assert texts.link_count(text) == links


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("@Klant hello", "hello"),
        ("  @klant\nhello", "hello"),
        ("@klantje hello", "@klantje hello"),
        ("@ander hello", "@ander hello"),
        ("hello @klant", "hello @klant"),
        ("@klant @ander hello", "@ander hello"),
    ],
)
def test_only_the_answered_persons_handle_in_front_is_free(text: str, counted: str) -> None:
    assert texts.without_addressee(text, "klant") == counted
