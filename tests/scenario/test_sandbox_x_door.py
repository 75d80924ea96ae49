"""Who the local X lets in: bearer tokens, OAuth 1.0a signatures, and apps without a user."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
from tweepy.errors import Unauthorized

from tests.scenario.sandbox_x import House, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


async def test_an_unmodified_tweepy_is_known_by_its_oauth_1_signature(house: House) -> None:
    answer = await house.tweepy(house.brand).get_me(user_auth=True)

    assert answer == {"data": {"id": house.brand.id, "name": "The Brand", "username": "brand"}}


async def test_an_unmodified_tweepy_is_known_by_its_bearer_token(house: House) -> None:
    answer = await house.tweepy(house.jan).get_me(user_auth=False)

    assert answer["data"]["username"] == "jan"


async def test_tweepy_reads_the_person_out_of_the_access_token(house: House) -> None:
    access_token = house.x.credentials(house.brand).access_token

    assert access_token.partition("-")[0] == house.brand.id


async def test_a_client_that_knows_its_base_url_signs_that_url(house: House) -> None:
    url = f"{house.base}/2/users/{house.brand.id}/mentions?start_time=2026-11-01T00%3A00%3A00Z"

    assert await house.signed(url, house.brand) == 200


async def test_a_signature_made_with_a_wrong_secret_is_refused(house: House) -> None:
    client = house.tweepy(house.brand)
    client.access_token_secret = "wrong"

    with pytest.raises(Unauthorized):
        await client.get_me(user_auth=True)


async def test_a_signature_counts_only_for_who_owns_the_app_and_the_token(house: House) -> None:
    jans_key = house.x.credentials(house.jan).consumer_key

    assert await house.signed(f"{house.base}/2/users/me", house.brand, client_key=jans_key) == 401


async def test_a_signature_is_good_for_one_request_only(house: House) -> None:
    url = f"{house.base}/2/users/me"
    first = await house.signed(url, house.brand, nonce="the-same")
    second = await house.signed(url, house.brand, nonce="the-same")

    assert (first, second) == (200, 401)


async def test_a_signature_stamped_ten_minutes_ago_is_refused(house: House) -> None:
    stamp = str(int(time.time()) - 600)

    assert await house.signed(f"{house.base}/2/users/me", house.brand, timestamp=stamp) == 401


async def test_a_token_nobody_has_is_refused_with_xs_body(house: House) -> None:
    reply = await house.get("/2/users/me", "nobodys-token")

    assert reply.status == 401
    assert reply.body == {
        "title": "Unauthorized",
        "type": "about:blank",
        "status": 401,
        "detail": "Unauthorized",
    }


async def test_an_app_without_a_user_reads_what_is_public(house: House) -> None:
    house.x.post(house.jan.id, "@brand help")
    reply = await house.get(f"/2/users/{house.brand.id}/mentions", house.x.app_token)

    assert reply.body["meta"]["result_count"] == 1


async def test_an_app_without_a_user_has_no_account_of_its_own(house: House) -> None:
    reply = await house.get("/2/users/me", house.x.app_token)

    assert reply.status == 403
    assert reply.body["title"] == "Unsupported Authentication"
