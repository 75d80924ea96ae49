"""Which rule gives a post its priority, and why."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cases.posts import Author, AuthorId
from bot.cases.priority import Priority, Rule, judge
from tests.contract.samples import BRAND, a_post

URGENT = Rule(Priority.URGENT, ("lawyer", "consumer association"))


def judged(*rules: Rule, text: str = "Where is it?", followers: int | None = 7, **post: Any) -> str:
    """The priority that the rules give, and the key of the reason; "" for none."""
    author = Author("x", AuthorId("783214"), "jansen", followers=followers)
    found = judge(rules, a_post(text=text, **post), author)
    return f"{found[0]} {found[1].key.rpartition('.')[2]}" if found else ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I will call my LAWYER.", "urgent word"),
        ("Ask the consumer\n association!", "urgent word"),
        ("lawyers are expensive", ""),
        ("my clawyer", ""),
        ("", ""),
    ],
)
def test_words_are_whole_words_in_any_case(text: str, found: str) -> None:
    assert judged(URGENT, text=text) == found


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (Rule(Priority.HIGH, followers=7), "high followers"),
        (Rule(Priority.HIGH, followers=8), ""),
        (Rule(Priority.LOW, accounts=(BRAND,)), "low account"),
        (Rule(Priority.LOW, networks=("mastodon",)), ""),
        (Rule(Priority.LOW, networks=("x",)), "low network"),
        (Rule(Priority.LOW, languages=("en",)), "low language"),
        (Rule(Priority.LOW, languages=("nl",)), ""),
        (Rule(Priority.HIGH, ("lawyer",), followers=7), ""),
        (Rule(Priority.HIGH, followers=7, languages=("en",)), "high followers"),
    ],
)
def test_all_of_what_a_rule_names_must_hold(rule: Rule, found: str) -> None:
    assert judged(rule, lang="en-GB") == found


def test_somebody_of_whom_no_number_is_known_has_no_followers() -> None:
    assert judged(Rule(Priority.HIGH, followers=1), followers=None) == ""


def test_the_first_rule_that_holds_counts() -> None:
    rules = (Rule(Priority.LOW, networks=("x",)), URGENT)

    assert judged(*rules, text="my lawyer") == "low network"
    assert judged(*reversed(rules), text="my lawyer") == "urgent word"
