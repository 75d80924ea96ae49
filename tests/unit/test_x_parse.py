"""X's JSON becomes posts and authors: a pair of files a rule, whose name says what it proves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cases.posts import Absence, AccountId, Author, AuthorId, Media, Post, PostId
from connectors.x import payload

PAIRS = Path(__file__).parents[1] / "testdata" / "x"
BRAND = "1740000000000000001"
RECEIVED = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAMES = sorted(path.name.removesuffix(".raw.json") for path in PAIRS.glob("*.raw.json"))


def expected(told: dict[str, Any]) -> Post:
    """The post that a file describes; what it leaves out has its default."""
    return Post(
        account=AccountId("brand-1"),
        id=PostId(told["id"]),
        author_id=AuthorId(told["author_id"]),
        visibility=told["visibility"],
        text=told["text"],
        created_at=datetime.fromisoformat(told["created_at"]),
        root_id=told["root_id"],
        parent_id=told.get("parent_id"),
        by_brand=told.get("by_brand", False),
        media=tuple(Media(**media) for media in told.get("media", ())),
        url=told["url"],
        lang=told["lang"],
        version=told.get("version", 1),
        quotes_id=told.get("quotes_id"),
    )


@pytest.mark.parametrize("name", NAMES)
def test_pair(name: str) -> None:
    raw = json.loads((PAIRS / f"{name}.raw.json").read_text())
    told = json.loads((PAIRS / f"{name}.posts.json").read_text())
    parse = payload.message_of if name.startswith("message") else payload.post_of
    media = payload.media_of(raw)
    parsed = [parse(item, media, AccountId("brand-1"), BRAND, RECEIVED) for item in payload.items_of(raw)]

    assert [post for post in parsed if post is not None] == [expected(post) for post in told]


def test_each_pair_has_both_its_files() -> None:
    told = {path.name.removesuffix(".posts.json") for path in PAIRS.glob("*.posts.json")}

    assert told == set(NAMES)


def test_an_author_has_a_page_a_picture_and_followers() -> None:
    author = payload.author_of(
        {
            "id": "7",
            "username": "klant",
            "name": "De Klant",
            "profile_image_url": "https://pbs.twimg.example/klant_normal.jpg",
            "public_metrics": {"followers_count": 12},
        }
    )

    assert author == Author(
        network="x",
        id=AuthorId("7"),
        handle="klant",
        name="De Klant",
        avatar_url="https://pbs.twimg.example/klant_normal.jpg",
        followers=12,
        url="https://x.com/klant",
    )


def test_what_x_does_not_show_is_gone_or_hidden() -> None:
    found = {
        "errors": [
            {
                "parameter": "ids",
                "resource_id": "1",
                "type": "https://api.x.com/2/problems/resource-not-found",
            },
            {"parameter": "ids", "value": "2", "title": "Not Found Error"},
            {"parameter": "ids", "value": "3", "title": "Authorization Error"},
            {
                "parameter": "ids",
                "value": "4",
                "title": "Forbidden",
                "detail": "User has been suspended: [4].",
            },
            {"parameter": "referenced_tweets.id", "value": "5", "title": "Not Found Error"},
            {"parameter": "ids", "value": "\ud800", "title": "Not Found Error"},
            None,
        ]
    }

    assert payload.absences_of(found) == {
        "1": Absence.DELETED,
        "2": Absence.DELETED,
        "3": Absence.HIDDEN,
        "4": Absence.HIDDEN,
    }


def test_a_handle_that_is_none_does_not_get_into_an_address() -> None:
    author = payload.author_of({"id": "7", "username": "../evil?", "name": ""})

    assert author is not None
    assert author.url == "https://x.com/i/user/7"


def test_an_insecure_avatar_is_left_out() -> None:
    author = payload.author_of({"id": "7", "username": "klant", "profile_image_url": "http://pics.example/a"})

    assert author is not None
    assert author.avatar_url == ""


@pytest.mark.parametrize("odd", [None, 5, "text", [], {}, [None], {"urls": 3}, {"media_keys": 4}])
def test_a_field_of_another_shape_spoils_nothing_but_itself(odd: object) -> None:
    item = {
        "id": "42",
        "author_id": "7",
        "text": "@wolkenhuis hallo",
        "created_at": "2026-11-20T09:00:00.000Z",
        "entities": odd,
        "attachments": odd,
        "referenced_tweets": odd,
        "edit_history_tweet_ids": odd,
        "note_tweet": odd,
    }
    post = payload.post_of(item, (), AccountId("brand-1"), BRAND, RECEIVED)

    assert post is not None
    assert (post.id, post.text) == ("42", "@wolkenhuis hallo")
