"""Reading a text in the local X takes as long as the text, and no text stalls it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from time import process_time

import pytest

from bot.sandbox.x import rules, texts
from bot.sandbox.x.model import Credentials, Person
from bot.sandbox.x.problems import Problem

PIECES = ("a.", "a-a.", "é.", "@a ", "a.com @a ", "#a ", "https://x.com/a.")
OTHER = Person("8", "other", "Other", datetime(2026, 11, 30, tzinfo=UTC), Credentials.new("8"))
PREMIUM = replace(OTHER, premium=True)


@pytest.mark.parametrize("piece", PIECES)
def test_of_the_longest_text_that_is_taken(piece: str) -> None:
    text = (piece * texts.PREMIUM_LIMIT)[: texts.PREMIUM_LIMIT]
    texts.weight("once, so that the library is loaded")
    begun = process_time()
    rules.check_text(PREMIUM, texts.without_leading(text, ["a"]), has_media=False)
    texts.shown(texts.cut(text), lambda _: None)
    texts.shown(text, lambda _: None)

    assert process_time() - begun < 5


@pytest.mark.parametrize("author", [PREMIUM, OTHER])
def test_a_text_that_nobody_may_post_is_refused_unread(
    author: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "parse_tweet", None)
    with pytest.raises(Problem) as refused:
        rules.check_text(author, "a." * 50_000, has_media=False)

    assert refused.value.status == 403


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/" + "a.b-" * 100,
        "https://example.com/?token=" + "a.b-" * 100 + "c",
        "example.com/" + "x" * 400,
    ],
)
def test_a_long_link_is_still_one_link(link: str) -> None:
    link = link.rstrip("-.")
    spans = texts.spans(f"look: {link} there")

    assert [(span.kind, span.value) for span in spans] == [("urls", link)]
    assert texts.weight(f"look: {link} there") == len("look:  there") + 23
