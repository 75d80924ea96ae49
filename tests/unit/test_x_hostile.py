"""Whatever stands in the place of a post, the others are read, and it is not left out in silence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.posts import AccountId, Post, Unread, is_somebody
from connectors.x import payload, walk
from connectors.x.payload import parsed
from connectors.x.refusals import Answer, error_of, rest_until
from connectors.x.texts import LONGEST_TEXT
from tests.hostile import BRAND, NOW, mutated

ACCOUNT = AccountId("brand-1")


def read(item: Any, *, private: bool = False) -> tuple[list[Post], list[Unread]]:
    """What an item becomes."""
    kind = payload.message_of if private else payload.post_of
    parse = partial(kind, media=(), account=ACCOUNT, brand_id=BRAND, received_at=NOW)
    return parsed([item], parse, private=private)


@settings(max_examples=400, deadline=None)
@given(mutated())
def test_every_entry_of_a_page_is_a_post_or_is_told(found: dict[str, Any]) -> None:
    page = walk.page_of({**found, "meta": {}})
    kept = [read(item) for item in page.items]
    told = [*page.odd, *(unread for _, each in kept for unread in each)]
    shared = sum(
        any(isinstance(part, dict) and part.get("type") == "retweeted" for part in _references(item))
        for item in page.items
    )

    assert len(told) + sum(len(posts) for posts, _ in kept) + shared >= len(page.items) + len(page.odd)


def _references(item: Any) -> list[Any]:
    found = item.get("referenced_tweets") or item.get("referenced_posts") or []
    return found if isinstance(found, list) else []


@settings(max_examples=400, deadline=None)
@given(mutated("message"))
def test_a_message_is_read_or_told_or_no_message(found: dict[str, Any]) -> None:
    for item in walk.page_of({**found, "meta": {}}).items:
        posts, unread = read(item, private=True)
        other = str(item.get("event_type")).startswith("Participants") or item.get("sender_id") == BRAND

        assert posts or unread or other or not (item.get("text") or item.get("attachments"))


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2031-01-01T00:00:00Z", 5, "x" * 10**6]
)
def test_a_time_that_cannot_be_true_is_that_of_the_id(at: object) -> None:
    item = {"id": "2123702890525622272", "author_id": "7", "text": "@brand", "created_at": at}
    [post], _ = read(item)

    assert post.created_at == datetime(2026, 11, 20, 9, 0, 0, 250000, tzinfo=UTC)


@pytest.mark.parametrize("author_id", [None, "", "\ud800", "7\x00", {"id": "7"}, "9" * 20, -1, True])
def test_a_post_whose_author_x_does_not_name_is_somebodys(author_id: object) -> None:
    [post], unread = read({"id": "42", "author_id": author_id, "text": "@brand hello?"})

    assert is_somebody(post.author_id)
    assert (post.text, unread) == ("@brand hello?", [])


@pytest.mark.parametrize("followers", [10**19, 10**25, -1, True, "many", 1e300])
def test_a_number_that_no_database_holds_is_none(followers: object) -> None:
    author = payload.author_of({"id": "7", "public_metrics": {"followers_count": followers}})

    assert author is not None
    assert author.followers is None


def test_a_text_of_a_megabyte_is_kept_as_far_as_x_lets_one_be() -> None:
    [post], _ = read({"id": "42", "author_id": "7", "text": "@brand " + "a" * 10**6})

    assert len(post.text) == LONGEST_TEXT


def test_links_cannot_make_a_text_grow_without_end() -> None:
    urls = [{"url": "a", "expanded_url": "https://example.com/" + "b" * 10_000}]
    [post], _ = read({"id": "42", "author_id": "7", "text": "a" * 10**5, "entities": {"urls": urls}})

    assert post.text == "a" * 10**5


@pytest.mark.parametrize("entry", [None, 5, "text", [], {}, {"text": "@brand"}, {"id": "\ud800"}])
def test_what_has_no_id_is_told(entry: object) -> None:
    page = walk.page_of({"data": [entry, {"id": "42"}], "meta": {}})

    assert (page.odd, [item["id"] for item in page.items]) == ([entry], ["42"])


def test_a_mention_that_x_names_in_its_errors_alone_is_told() -> None:
    error = {"resource_type": "tweet", "resource_id": "43", "parameter": "id", "title": "Authorization Error"}
    parent = {"resource_type": "tweet", "resource_id": "9", "parameter": "referenced_tweets.id"}
    page = walk.page_of({"data": [{"id": "42"}], "errors": [error, parent], "meta": {}})

    assert page.odd == [error]


@pytest.mark.parametrize("digits", ["9" * 5000, "٣" * 3, "-1", "1e9", ""])
def test_a_limit_of_thousands_of_digits_is_none(digits: str) -> None:
    names = ("x-rate-limit-reset", "x-rate-limit-limit", "x-rate-limit-remaining", "retry-after")
    headers = dict.fromkeys(names, digits)

    assert rest_until(headers, NOW) is None
    assert error_of(Answer(429, headers, "{}"), writing=False, now=NOW)


@pytest.mark.parametrize("body", ["[" * 10**5, '{"a":' * 10**5, "", "null", '"text"'])
def test_a_body_that_is_no_answer_is_none(body: str) -> None:
    assert Answer(200, {}, body).json() is None


def test_a_number_of_thousands_of_digits_does_not_take_its_page_along() -> None:
    found = Answer(200, {}, '{"data": [{"id": "42", "x": ' + "9" * 5000 + "}]}").json()

    assert found == {"data": [{"id": "42", "x": None}]}


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda each: st.lists(each), max_leaves=5))
def test_a_list_of_nonsense_is_told_and_stops_nothing(data: Any) -> None:
    page = walk.page_of(json.loads(json.dumps({"data": data, "meta": {}})))

    assert page.items == []
    assert len(page.odd) == len(data if isinstance(data, list) else [data] if data is not None else [])
