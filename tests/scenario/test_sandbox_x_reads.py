"""What the local X lets be read: timelines page by page, lookups and recent search."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.scenario.sandbox_x import House, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


def mention(house: House, number: int = 0) -> str:
    """Let Jan mention the brand; the id of the post."""
    return house.x.post(house.jan.id, f"@brand question {number}").id


# Mentions and timelines


async def test_mentions_come_newest_first_with_their_default_fields_only(house: House) -> None:
    first, second = mention(house, 1), mention(house, 2)
    reply = await house.mentions()

    assert reply.body == {
        "data": [
            {"id": second, "text": "@brand question 2", "edit_history_tweet_ids": [second]},
            {"id": first, "text": "@brand question 1", "edit_history_tweet_ids": [first]},
        ],
        "meta": {"result_count": 2, "newest_id": second, "oldest_id": first},
    }


async def test_no_mentions_is_an_answer_without_data(house: House) -> None:
    assert (await house.mentions()).body == {"meta": {"result_count": 0}}


async def test_tweepy_reads_what_is_newer_than_the_last_it_saw(house: House) -> None:
    seen, new = mention(house, 1), mention(house, 2)
    client = house.tweepy(house.brand)
    answer = await client.get_users_mentions(house.brand.id, since_id=seen, user_auth=True)

    assert [post["id"] for post in answer["data"]] == [new]


async def test_a_watermark_that_was_deleted_still_marks_its_place(house: House) -> None:
    seen, new = mention(house, 1), mention(house, 2)
    house.x.delete(seen)

    assert (await house.mentions(since_id=seen)).ids == [new]


async def test_pages_lead_to_every_mention_once_while_new_ones_arrive(house: House) -> None:
    wanted = [mention(house, number) for number in range(12)][::-1]
    client = house.tweepy(house.brand)
    walked: list[str] = []
    token = None
    while True:
        answer = await client.get_users_mentions(
            house.brand.id, max_results=5, pagination_token=token, user_auth=True
        )
        walked += [post["id"] for post in answer["data"]]
        mention(house, 100 + len(walked))
        token = answer["meta"].get("next_token")
        if token is None:
            break

    assert walked == wanted


async def test_a_full_last_page_leads_nowhere(house: House) -> None:
    for number in range(5):
        mention(house, number)

    assert "next_token" not in (await house.mentions(max_results=5)).body["meta"]


async def test_mentions_reach_800_back_and_no_further(house: House) -> None:
    ids = [mention(house, number) for number in range(805)]
    walked: list[str] = []
    query: dict[str, object] = {"max_results": 100}
    while True:
        reply = await house.mentions(**query)
        walked += reply.ids
        if "next_token" not in reply.body["meta"]:
            break
        query["pagination_token"] = reply.body["meta"]["next_token"]

    assert walked == ids[:4:-1]


async def test_times_bound_a_timeline_start_included_and_end_not(house: House) -> None:
    early = mention(house, 1)
    house.clock.pass_by(minutes=1)
    middle = mention(house, 2)
    house.clock.pass_by(minutes=1)
    mention(house, 3)
    reply = await house.mentions(start_time="2026-11-20T10:01:00Z", end_time="2026-11-20T10:02:00.000Z")

    assert reply.ids == [middle]
    assert early not in reply.ids


async def test_until_id_leaves_out_itself_and_what_is_newer(house: House) -> None:
    first, second, _ = (mention(house, number) for number in range(3))

    assert (await house.mentions(until_id=second)).ids == [first]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"max_results": 101}, "The `max_results` query parameter value [101] is not between 5 and 100"),
        ({"max_results": "many"}, "The `max_results` query parameter value [many] is not between 5 and 100"),
        ({"since_id": "abc"}, "The `since_id` query parameter value [abc] is not valid"),
        ({"pagination_token": "abc"}, "The `pagination_token` query parameter value [abc] is not valid"),
        ({"expansions": ""}, "The `expansions` query parameter can not be empty"),
    ],
)
async def test_a_parameter_out_of_range_is_refused(
    house: House, query: dict[str, object], message: str
) -> None:
    reply = await house.mentions(**query)

    assert (reply.status, reply.body["title"]) == (400, "Invalid Request")
    assert [error["message"] for error in reply.body["errors"]] == [message]


@pytest.mark.parametrize(
    "query", [{"nonsense": 1}, {"tweet_fields": "nonsense"}, {"start_time": "yesterday"}]
)
async def test_a_parameter_x_does_not_know_is_refused(house: House, query: dict[str, object]) -> None:
    assert (await house.mentions(**query)).status == 400


async def test_posts_of_protected_people_are_seen_by_themselves_alone(house: House) -> None:
    number = mention(house)
    house.x.update_person(house.jan.id, protected=True)
    own = await house.get(f"/2/users/{house.jan.id}/tweets", house.jan)

    assert (await house.mentions()).body["meta"] == {"result_count": 0}
    assert own.ids == [number]


async def test_the_timeline_of_a_protected_person_is_an_error_with_status_200(house: House) -> None:
    house.x.update_person(house.jan.id, protected=True)
    reply = await house.get(f"/2/users/{house.jan.id}/tweets", house.brand)

    assert reply.status == 200
    assert reply.body["errors"][0]["title"] == "Authorization Error"


async def test_deleted_posts_are_in_no_list(house: House) -> None:
    house.x.delete(mention(house))

    assert (await house.mentions()).ids == []


async def test_a_timeline_can_leave_out_replies(house: House) -> None:
    asked = house.x.post(house.jan.id, "@brand where is it?")
    house.x.post(house.brand.id, "On its way", asked.id)
    own = house.x.post(house.brand.id, "Open on Sunday")
    reply = await house.get(f"/2/users/{house.brand.id}/tweets", house.brand, exclude="replies,retweets")

    assert reply.ids == [own.id]


# Lookups


async def test_what_cannot_be_found_is_told_beside_what_can(house: House) -> None:
    known = mention(house)
    reply = await house.get("/2/tweets", house.brand, ids=f"{known},12345")

    assert (reply.status, reply.ids) == (200, [known])
    assert reply.body["errors"] == [
        {
            "resource_type": "tweet",
            "parameter": "ids",
            "value": "12345",
            "resource_id": "12345",
            "title": "Not Found Error",
            "detail": "Could not find tweet with ids: [12345].",
            "type": "https://api.x.com/2/problems/resource-not-found",
        }
    ]


async def test_a_single_post_that_is_gone_is_an_error_with_status_200(house: House) -> None:
    gone = mention(house)
    house.x.delete(gone)
    reply = await house.get(f"/2/tweets/{gone}", house.brand)

    assert reply.status == 200
    assert "data" not in reply.body


async def test_tweepy_finds_people_by_id(house: House) -> None:
    found = await house.tweepy(house.brand).get_users(ids=[house.jan.id, house.els.id], user_auth=True)

    assert [person["username"] for person in found["data"]] == ["jan", "els"]


async def test_a_person_is_shown_with_the_fields_asked_for(house: House) -> None:
    fields = "verified,created_at,public_metrics"
    reply = await house.get("/2/users", house.jan, ids=house.brand.id, user_fields=fields)
    [brand] = reply.body["data"]

    assert brand["verified"] is True
    assert brand["created_at"] == "2026-11-20T10:00:00.000Z"
    assert "description" not in brand


async def test_a_person_nobody_knows_is_an_error_with_status_200(house: House) -> None:
    reply = await house.get("/2/users", house.brand, ids="404")

    assert (reply.status, list(reply.body)) == (200, ["errors"])


async def test_expansions_bring_the_author_and_the_parent_along(house: House) -> None:
    asked = house.x.post(house.els.id, "Who knows a good shop?")
    house.x.post(house.jan.id, "@brand is good", asked.id)
    reply = await house.mentions(expansions="author_id,referenced_tweets.id")

    assert [person["username"] for person in reply.body["includes"]["users"]] == ["jan"]
    assert [post["id"] for post in reply.body["includes"]["tweets"]] == [asked.id]
    assert reply.body["data"][0]["referenced_tweets"] == [{"type": "replied_to", "id": asked.id}]


async def test_a_parent_that_is_gone_is_an_error_beside_the_reply(house: House) -> None:
    asked = house.x.post(house.els.id, "Who knows a good shop?")
    house.x.post(house.jan.id, "@brand is good", asked.id)
    house.x.delete(asked.id)
    reply = await house.mentions(expansions="referenced_tweets.id")

    assert reply.body["errors"][0]["value"] == asked.id
    assert len(reply.ids) == 1


async def test_the_newer_spelling_is_answered_in_the_newer_spelling(house: House) -> None:
    asked = house.x.post(house.els.id, "Who knows a good shop?")
    house.x.post(house.jan.id, "@brand is good", asked.id)
    reply = await house.mentions(post_fields="public_metrics", expansions="referenced_posts")
    shown = reply.body["data"][0]

    assert [post["id"] for post in reply.body["includes"]["posts"]] == [asked.id]
    assert shown["edit_history_post_ids"] == [shown["id"]]
    assert shown["public_metrics"]["repost_count"] == 0


# Recent search


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("parcel", ["parcel"]),
        ("PARCEL", ["parcel"]),
        ("parc", []),
        ('"is late"', ["parcel", "train"]),
        ("late -train", ["parcel"]),
        ("parcel OR tea", ["parcel", "tea"]),
        ("late (parcel OR tea)", ["parcel"]),
        ("from:els", ["train"]),
        ("to:jan", ["reply"]),
        ("@brand", ["parcel", "reply"]),
        ("@brand -is:reply", ["parcel"]),
        ("@brand is:reply -is:retweet", ["reply"]),
        ("#tea", ["tea"]),
        ("tea has:links", ["tea"]),
        ("conversation_id:{parcel}", ["parcel", "reply"]),
        ("in_reply_to_tweet_id:{parcel}", ["reply"]),
    ],
)
async def test_recent_search_understands_xs_operators(house: House, query: str, found: list[str]) -> None:
    parcel = house.x.post(house.jan.id, "@brand the parcel is late")
    posts = {
        "parcel": parcel.id,
        "train": house.x.post(house.els.id, "The train is late").id,
        "tea": house.x.post(house.mo.id, "Time for #tea https://example.com/tea").id,
        "reply": house.x.post(house.mo.id, "Same here", parcel.id).id,
    }
    reply = await house.get("/2/tweets/search/recent", house.brand, query=query.format(**posts))

    assert sorted(reply.ids) == sorted(posts[name] for name in found)


@pytest.mark.parametrize(
    "query", ["", "-parcel", "is:reply", "colour:red", '"open', "(parcel", "parcel)", "a" * 513, "parcel OR"]
)
async def test_recent_search_refuses_a_query_that_is_not_well_formed(house: House, query: str) -> None:
    assert (await house.get("/2/tweets/search/recent", house.brand, query=query)).status == 400


async def test_recent_search_reaches_seven_days_back(house: House) -> None:
    mention(house)
    house.clock.pass_by(days=7, seconds=1)
    reply = await house.get("/2/tweets/search/recent", house.brand, query="question")

    assert reply.ids == []


@pytest.mark.parametrize(
    "query",
    [
        {"start_time": "2026-11-01T00:00:00Z"},
        {"since_id": "1"},
        {"until_id": "9000000000000000000", "start_time": "2026-11-19T00:00:00Z"},
        {"max_results": 9},
    ],
)
async def test_recent_search_refuses_to_look_further_back_or_both_ways(
    house: House, query: dict[str, object]
) -> None:
    assert (await house.get("/2/tweets/search/recent", house.brand, query="a", **query)).status == 400


async def test_tweepy_walks_the_pages_of_a_search(house: House) -> None:
    ids = [mention(house, number) for number in range(12)]
    client = house.tweepy(house.brand)
    first = await client.search_recent_tweets("question", max_results=10, user_auth=True)
    token = first["meta"]["next_token"]
    second = await client.search_recent_tweets("question", max_results=10, next_token=token, user_auth=True)

    assert [post["id"] for post in first["data"] + second["data"]] == ids[::-1]
