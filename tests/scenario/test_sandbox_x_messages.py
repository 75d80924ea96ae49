"""Direct messages on the local X: who may write to whom, and how they are read back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tweepy.errors import Forbidden

from bot.sandbox.x import problems
from tests.scenario.sandbox_x import House, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


async def test_the_brand_may_not_write_to_who_never_wrote(house: House) -> None:
    client = house.tweepy(house.brand)

    with pytest.raises(Forbidden, match=problems.NO_DM):
        await client.create_direct_message(participant_id=house.jan.id, text="Hello", user_auth=True)


async def test_the_brand_answers_who_wrote_first(house: House) -> None:
    house.x.direct_message(house.jan.id, house.brand.id, "My order number is 12")
    client = house.tweepy(house.brand)
    sent = await client.create_direct_message(participant_id=house.jan.id, text="Thanks!", user_auth=True)

    assert sent["data"] == {
        "dm_conversation_id": f"{house.brand.id}-{house.jan.id}",
        "dm_event_id": house.x.messages[0].id,
    }


async def test_the_brand_writes_to_who_takes_messages_from_anybody(house: House) -> None:
    house.x.update_person(house.jan.id, open_dms=True)
    path = f"/2/dm_conversations/with/{house.jan.id}/messages"

    assert (await house.ask("POST", path, house.brand, json={"text": "Hello"})).status == 201


async def test_tweepy_reads_the_messages_newest_first(house: House) -> None:
    house.x.direct_message(house.jan.id, house.brand.id, "First")
    house.x.direct_message(house.els.id, house.brand.id, "Second")
    house.x.direct_message(house.jan.id, house.els.id, "Not for the brand")
    answer = await house.tweepy(house.brand).get_direct_message_events(
        dm_event_fields=["sender_id", "created_at", "dm_conversation_id"], user_auth=True
    )

    assert [(event["text"], event["sender_id"]) for event in answer["data"]] == [
        ("Second", house.els.id),
        ("First", house.jan.id),
    ]


async def test_messages_are_read_page_by_page(house: House) -> None:
    for number in range(3):
        house.x.direct_message(house.jan.id, house.brand.id, f"Message {number}")
    first = await house.get("/2/dm_events", house.brand, max_results=2)
    token = first.body["meta"]["next_token"]
    rest = await house.get("/2/dm_events", house.brand, pagination_token=token)
    texts = [event["text"] for event in first.body["data"] + rest.body["data"]]

    assert texts == ["Message 2", "Message 1", "Message 0"]


async def test_messages_reach_thirty_days_back(house: House) -> None:
    house.x.direct_message(house.jan.id, house.brand.id, "Old")
    house.clock.pass_by(days=31)

    assert (await house.get("/2/dm_events", house.brand)).body == {"meta": {"result_count": 0}}


async def test_an_empty_message_is_refused(house: House) -> None:
    path = f"/2/dm_conversations/with/{house.brand.id}/messages"

    assert (await house.ask("POST", path, house.jan, json={"text": ""})).status == 400
