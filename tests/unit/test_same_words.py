"""A reply and a post are one although the network changes the text it publishes, and no more than that."""

from __future__ import annotations

from time import process_time

import pytest

from bot.cases.characters import same_words


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("On its way!", "On its way!"),
        ("On its way!", "@jansen On its way!"),
        ("On its way!", " @jansen @other  On its\nway! "),
        ("@jansen hello", "hello"),
        ("On its way!", "on its WAY!"),
        ("caf\u00e9", "cafe\u0301"),
        ("See bol.com ^MK", "@klant See http://bol.com ^MK"),
        ("See bol.com ^MK", "See https://bol.com/ ^MK"),
        ("See (www.brand.nl/retour)", "See (http://www.brand.nl/retour)"),
        ("See brand.nl // there", "See brand.nl there"),
        ("See brand.nl/!/?/", "See brand.nl!?"),
        ("See “brand.nl/”.", "See “HTTP://Brand.nl”."),
        ("いますwww.brand.nl", "いますhttp://www.brand.nl"),
    ],
)
def test_what_a_network_changes_does_not_make_it_another_post(ours: str, theirs: str) -> None:
    assert same_words(ours, theirs)
    assert same_words(theirs, ours)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("On its way!", "On its way"),
        ("On its way! ^MK", "On its way! ^JV"),
        ("On its way to @jansen", "On its way to"),
        ("See brand.nl/a", "See brand.nl/b"),
        ("this and/or that", "this andor that"),
        ("either /or", "either or"),
    ],
)
def test_other_words_are_another_post(ours: str, theirs: str) -> None:
    assert not same_words(ours, theirs)


@pytest.mark.parametrize("piece", ["/", "/!", "@a ", "https://", "a/", " "])
def test_comparing_takes_as_long_as_the_texts(piece: str) -> None:
    text = piece * (40_000 // len(piece)) + "a"
    begun = process_time()
    same_words(text, f"{text}.")

    assert process_time() - begun < 1
