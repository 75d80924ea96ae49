"""The local X against X's own OpenAPI description: the answers of every endpoint, and what each takes.

X's description (version 2.167) speaks of posts where X's guides, X's running API and tweepy still speak of
tweets: `post.fields` for `tweet.fields`, `referenced_posts` for `referenced_tweets`. The local X answers in
the spelling it was asked in. So each answer is recorded in both: the one in the newer spelling is compared as
it is, the one in the older spelling after its names were put into the newer one. The compared copy of the
description is closed: a field it does not list is an error, where the published one lets any field pass.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from bot.sandbox.x import writes
from bot.sandbox.x.api import ENDPOINTS, Endpoint
from tests.scenario.sandbox_x import House, Json, Reply, open_house

DESCRIPTION = Path(__file__).parents[2].parent / "shared" / "data" / "x-openapi.json"

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.exists(), reason=f"X's OpenAPI description is not part of the repository ({DESCRIPTION})"
)

READS = [endpoint for endpoint in ENDPOINTS if endpoint.method == "GET"]
LISTS = [
    endpoint for endpoint in READS if endpoint.route.endswith(("mentions", "id/tweets", "recent", "events"))
]

# The older name of everything -> the newer one.
RENAMED = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
    "tweets": "posts",
}
OLDER_POST_FIELDS = (
    "attachments,author_id,conversation_id,created_at,display_text_range,edit_history_tweet_ids,entities,id,"
    "in_reply_to_user_id,lang,note_tweet,possibly_sensitive,public_metrics,referenced_tweets,reply_settings,text"
)
OLDER_USER_FIELDS = (
    "created_at,description,id,name,profile_image_url,protected,public_metrics,"
    "username,verified,verified_type"
)
OLDER_EXPANSIONS = {
    "posts": "author_id,referenced_tweets.id,attachments.media_keys,entities.mentions.username",
    "users": "pinned_tweet_id",
    "messages": "sender_id,participant_ids,attachments.media_keys",
}
MESSAGE_FIELDS = "id,text,event_type,created_at,dm_conversation_id,attachments,sender_id,participant_ids"


@cache
def description() -> Json:
    """X's description, as published."""
    loaded: Json = json.loads(DESCRIPTION.read_text())
    return loaded


@cache
def closed() -> Json:
    """The description with every listed object closed, problems aside: X adds `errors` to those."""
    copy: Json = json.loads(DESCRIPTION.read_text())
    for name, schema in copy["components"]["schemas"].items():
        if not name.endswith("Problem"):
            close(schema)
    return copy


def close(schema: Any) -> None:
    """Forbid what is not listed, all the way down."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            schema.setdefault("additionalProperties", False)
        for part in schema.values():
            close(part)
    elif isinstance(schema, list):
        for part in schema:
            close(part)


def complaints(schema: Json, body: Any) -> list[str]:
    """What the closed description has against a body."""
    whole = {**schema, "components": closed()["components"]}
    validator = OAS30Validator(whole)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


def operation(endpoint: Endpoint) -> Json:
    """X's description of the endpoint."""
    shape = re.sub(r":\w+", "{}", endpoint.route)
    for path, methods in description()["paths"].items():
        if re.sub(r"{\w+}", "{}", path) == shape and endpoint.method.lower() in methods:
            found: Json = methods[endpoint.method.lower()]
            return found
    raise AssertionError(f"X has no {endpoint.method} {endpoint.route}")


def resolved(value: Json) -> Json:
    """The value itself, where it stands as a reference."""
    while "$ref" in value:
        target: Any = description()
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


def parameters(endpoint: Endpoint) -> dict[str, Json]:
    """The query parameters of X's description: name -> schema."""
    listed = [resolved(parameter) for parameter in operation(endpoint).get("parameters", ())]
    return {item["name"]: resolved(item["schema"]) for item in listed if item["in"] == "query"}


def in_newer_spelling(value: Any) -> Any:
    """An answer with its older names replaced."""
    if isinstance(value, dict):
        return {RENAMED.get(key, key): in_newer_spelling(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_newer_spelling(item) for item in value]
    return value


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.route}"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A house with something of everything in it: pictures, long posts, replies, quotes, edits, messages."""
    async with open_house() as house:
        x = house.x
        x.update_person(house.jan.id, avatar="https://pics.example/jan.jpg")
        picture = {"url": "https://pics.example/1.jpg", "alt": "A cup"}
        mention = x.post(house.jan.id, "@brand see https://example.com #tea", media=[picture])
        own = x.post(house.brand.id, "Thank you & hello", mention.id)
        x.post(house.els.id, "@brand nice", quotes=own.id)
        gone = x.post(house.mo.id, "Who knows a shop?")
        x.post(house.els.id, "@brand does", gone.id)
        x.delete(gone.id)
        writer = x.add_person("longwind", "Long Wind", premium=True)
        x.edit(x.post(writer.id, "@brand " + "parcel " * 100).id, "@brand " + "parcels " * 100)
        x.direct_message(house.jan.id, house.brand.id, "psst", [picture])
        yield house


def path_of(house: House, endpoint: Endpoint) -> str:
    """The endpoint's path, filled in with what is in the house."""
    first = house.x.posts[-1].id
    person = house.jan.id if "participant" in endpoint.route else house.brand.id
    values = {":id": first if "tweets/:id" in endpoint.route else person}
    filled = endpoint.route.replace(":participant_id", person)
    return filled.replace(":id", values[":id"])


def must(house: House, endpoint: Endpoint) -> dict[str, str]:
    """The parameters the endpoint cannot do without."""
    known = {
        "/2/tweets": {"ids": f"{house.x.posts[-1].id},12345"},
        "/2/users": {"ids": f"{house.jan.id},12345"},
        "/2/tweets/search/recent": {"query": "@brand"},
    }
    return known.get(endpoint.route, {})


async def read(house: House, endpoint: Endpoint, query: dict[str, str]) -> Reply:
    everything = {**must(house, endpoint), **query}
    return await house.ask("GET", path_of(house, endpoint), house.brand, query=everything)


def answer_schema(endpoint: Endpoint, status: str) -> Json:
    content: Json = operation(endpoint)["responses"][status]["content"]["application/json"]
    schema: Json = content["schema"]
    return schema


# Answers


@pytest.mark.parametrize("endpoint", READS, ids=name_of)
async def test_an_answer_with_everything_is_as_described(house: House, endpoint: Endpoint) -> None:
    listed = parameters(endpoint)
    query = {
        name: ",".join(schema["items"]["enum"])
        for name, schema in listed.items()
        if "enum" in schema.get("items", {}) and name not in ("exclude", "event_types")
    }
    reply = await read(house, endpoint, query)

    assert (reply.status, complaints(answer_schema(endpoint, "200"), reply.body)) == (200, [])
    assert reply.body["data"]


@pytest.mark.parametrize("endpoint", READS, ids=name_of)
async def test_an_answer_in_the_older_spelling_is_the_same_in_other_names(
    house: House, endpoint: Endpoint
) -> None:
    listed = parameters(endpoint)
    kind = "messages" if "dm_event.fields" in listed else "posts" if "media.fields" in listed else "users"
    older = {
        "tweet.fields": OLDER_POST_FIELDS,
        "user.fields": OLDER_USER_FIELDS,
        "media.fields": "alt_text,height,media_key,type,url,width",
        "dm_event.fields": MESSAGE_FIELDS,
        "expansions": OLDER_EXPANSIONS[kind],
    }
    query = {name: value for name, value in older.items() if name in listed or name == "tweet.fields"}
    reply = await read(house, endpoint, query)

    assert reply.status == 200
    assert complaints(answer_schema(endpoint, "200"), in_newer_spelling(reply.body)) == []


@pytest.mark.parametrize("endpoint", READS, ids=name_of)
async def test_an_answer_with_the_least_is_as_described(house: House, endpoint: Endpoint) -> None:
    reply = await read(house, endpoint, {})

    assert (reply.status, complaints(answer_schema(endpoint, "200"), in_newer_spelling(reply.body))) == (
        200,
        [],
    )


@pytest.mark.parametrize(
    "path",
    ["/2/users?ids=1", "/2/tweets/1", "/2/users/1/mentions", "/2/users/1/tweets"],
)
async def test_what_is_not_there_is_as_described(house: House, path: str) -> None:
    reply = await house.get(path, house.brand)
    [problem] = reply.body["errors"]

    assert complaints({"$ref": "#/components/schemas/Problem"}, problem) == []


async def test_what_is_kept_from_the_reader_is_as_described(house: House) -> None:
    house.x.update_person(house.jan.id, protected=True)
    reply = await house.get(f"/2/users/{house.jan.id}/tweets", house.brand)
    [problem] = reply.body["errors"]

    assert complaints({"$ref": "#/components/schemas/Problem"}, problem) == []


async def written(house: House) -> dict[str, tuple[str, Reply]]:
    """Each endpoint that writes, with its status in X's description and what it answered here."""
    mention = house.x.posts[-1].id
    own = house.x.post(house.brand.id, "Open on Sunday")
    png = {"media": "iVBORw0KGgo=", "media_category": "tweet_image"}
    reply = {"text": "Hello", "reply": {"in_reply_to_tweet_id": mention}}
    uploaded = await house.ask("POST", "/2/media/upload", house.brand, json=png)
    number = uploaded.body["data"]["id"]
    alt = {"id": number, "metadata": {"alt_text": {"text": "A cup"}}}
    messages = f"/2/dm_conversations/with/{house.jan.id}/messages"
    brand = house.brand
    return {
        "POST /2/tweets": ("201", await house.ask("POST", "/2/tweets", brand, json=reply)),
        "DELETE /2/tweets/:id": ("200", await house.ask("DELETE", f"/2/tweets/{own.id}", brand)),
        "POST /2/dm_conversations/with/:participant_id/messages": (
            "201",
            await house.ask("POST", messages, brand, json={"text": "Hello"}),
        ),
        "POST /2/media/upload": ("200", uploaded),
        "POST /2/media/metadata": ("200", await house.ask("POST", "/2/media/metadata", brand, json=alt)),
    }


async def test_the_answer_of_every_write_is_as_described(house: House) -> None:
    answers = await written(house)
    writing = [endpoint for endpoint in ENDPOINTS if endpoint.method != "GET"]
    found = {}
    for endpoint in writing:
        status, reply = answers[name_of(endpoint)]
        wrong = complaints(answer_schema(endpoint, status), in_newer_spelling(reply.body))
        found[name_of(endpoint)] = (str(reply.status) == status, wrong)

    assert found == {name_of(endpoint): (True, []) for endpoint in writing}


# Refusals


async def refused(house: House) -> dict[int, Reply]:
    """One refusal of each status."""
    own = house.x.post(house.brand.id, "Open on Sunday")
    stranger = house.x.post(house.jan.id, "The Brand is slow")
    reply = {"text": "Sorry", "reply": {"in_reply_to_tweet_id": stranger.id}}
    found = {
        400: await house.mentions(max_results=4),
        401: await house.get("/2/users/me", "nobodys-token"),
        403: await house.ask("POST", "/2/tweets", house.brand, json=reply),
    }
    house.x.delete(own.id)
    found[404] = await house.ask("DELETE", f"/2/tweets/{own.id}", house.brand)
    house.x.credits = 0
    found[402] = await house.mentions()
    house.x.limits.per_user["GET /2/users/me"] = 0
    found[429] = await house.get("/2/users/me", house.brand)
    return found


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 429])
async def test_every_refusal_is_a_problem_with_its_status(house: House, status: int) -> None:
    reply = (await refused(house))[status]
    kinds = {name: type(reply.body[name]) for name in ("title", "detail", "type", "status")}

    assert kinds == {"title": str, "detail": str, "type": str, "status": int}
    assert reply.status == reply.body["status"] == status
    assert reply.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("status", [400, 404])
async def test_a_refusal_of_a_kind_that_is_described_is_as_described(house: House, status: int) -> None:
    # 401, 402, 403 and 429 are of kinds that the running X sends and its description does not list.
    reply = (await refused(house))[status]

    assert complaints({"$ref": "#/components/schemas/Problem"}, reply.body) == []


# What is taken


@pytest.mark.parametrize("endpoint", READS, ids=name_of)
async def test_an_endpoint_takes_the_described_parameters_and_no_others(
    house: House, endpoint: Endpoint
) -> None:
    reply = await read(house, endpoint, {"nonsense": "1"})
    message = reply.body["errors"][0]["message"]
    taken = set(re.search(r"is not one of \[(.*)\]", message)[1].split(","))  # type: ignore[index]  # it matches

    assert taken == set(parameters(endpoint)) | {"tweet.fields"}


@pytest.mark.parametrize("endpoint", LISTS, ids=name_of)
async def test_the_size_of_a_page_has_the_described_bounds(house: House, endpoint: Endpoint) -> None:
    bounds = parameters(endpoint)["max_results"]
    low, high = bounds["minimum"], bounds["maximum"]
    sizes = (low - 1, low, high, high + 1)
    statuses = [(await read(house, endpoint, {"max_results": str(size)})).status for size in sizes]

    assert statuses == [400, 200, 200, 400]


@pytest.mark.parametrize(
    ("taken", "described"),
    [
        (writes.POST_BODY, "CreatePostsRequest"),
        (writes.POST_BODY["reply"], "CreatePostsReply"),
        (writes.POST_BODY["media"], "CreatePostsMedia"),
        (writes.MESSAGE_BODY, "CreateDirectMessagesByParticipantIdRequest"),
        (writes.UPLOAD_BODY, "MediaUploadRequest"),
        (writes.METADATA_BODY, "CreateMediaMetadataRequest"),
    ],
)
def test_a_body_holds_nothing_that_is_not_described(taken: Json, described: str) -> None:
    known = description()["components"]["schemas"][described]["properties"]

    assert set(taken) <= set(known)
