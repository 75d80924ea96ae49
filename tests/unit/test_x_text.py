"""Texts on X: their length by X's rule, and what in front of them is free."""

from __future__ import annotations

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


@given(PLAIN | st.lists(st.sampled_from(["bol.com", "www.", "a.nl/b", ".", "x", " ", "É"])).map("".join))
def test_a_plain_sentence_is_counted_as_by_the_rule_that_it_is_spared(text: str) -> None:
    parsed = texts.rule().parse_tweet(text)

    measured = texts.measure_post(text)

    assert (measured.length, measured.valid) == (parsed.weightedLength, parsed.valid)
    assert measured.links == len(texts.rule().extract_urls(text))


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
