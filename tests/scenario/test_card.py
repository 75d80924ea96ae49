"""The card: what the first message of a thread shows, in blocks and to a screen reader."""

from __future__ import annotations

import re
import time
from typing import Any

from bot.sandbox.faults import Fault
from tests.scenario.rig import Rig, in_one_loop, shared_rig
from tests.scenario.sides import Json, labels_of

pytestmark = in_one_loop
rig = shared_rig()


def elements_of(message: Json, kind: str) -> list[Any]:
    """Every object of a type in a message's blocks, however deep."""

    def walk(node: Any) -> list[Any]:
        if isinstance(node, list):
            return [found for item in node for found in walk(item)]
        if not isinstance(node, dict):
            return []
        here = [node] if node.get("type") == kind else []
        return here + [found for value in node.values() for found in walk(value)]

    return walk(message.get("blocks", []))


async def test_a_card_names_network_account_author_and_handle(rig: Rig) -> None:
    customer = rig.new_customer("Petra van Puffelen")
    await rig.post(customer, "@brand is the shop open on Monday?")
    told = await rig.card_text(await rig.card("open on Monday"))

    assert "Petra van Puffelen" in told
    assert f"@{customer.name}" in told
    assert f"X · @{rig.brand.name}" in told


async def test_a_card_shows_the_authors_face_beside_the_name(rig: Rig) -> None:
    customer = rig.new_customer("Face Fanny")
    person = rig.world.x.world.people[customer.id]
    rig.world.x.update_person(person.id, avatar="https://pbs.example/fanny.png")
    await rig.post(customer, "@brand do you know my face?")
    card = await rig.message(await rig.card("know my face"))
    context = next(block for block in card["blocks"] if block["type"] == "context")

    assert context["elements"][0]["image_url"] == "https://pbs.example/fanny.png"
    assert "Face Fanny" in context["elements"][0]["alt_text"]


async def test_a_card_shows_the_text_exactly_as_written(rig: Rig) -> None:
    words = "so   *bad* & <sad> :smile: _really_ ~not~\n\nsecond paragraph 1 < 2 `code`"
    customer = rig.new_customer()
    await rig.post(customer, f"@brand {words}")
    card = await rig.message(await rig.card("second paragraph"))
    quoted = [leaf["text"] for quote in elements_of(card, "rich_text_quote") for leaf in quote["elements"]]

    assert "".join(quoted) == f"@{rig.brand.name} {words}"


async def test_a_long_post_is_shown_whole(rig: Rig) -> None:
    words = " ".join(f"word{number}" for number in range(400))
    writer = rig.world.x.add_person("premiumpaula", "Paula", premium=True)
    rig.world.x.post(writer.id, f"@{rig.brand.name} {words}")

    assert "word399" in await rig.card_text(await rig.card("word0 "))


async def test_a_picture_comes_with_its_alt_text(rig: Rig) -> None:
    customer = rig.new_customer()
    rig.world.x.post(
        customer.id,
        f"@{rig.brand.name} look what the post did",
        media=[{"url": "https://pbs.example/box.jpg", "alt": "A box with a hole in it"}],
    )
    card = await rig.message(await rig.card("look what the post did"))
    picture = next(block for block in card["blocks"] if block["type"] == "image")

    assert picture["image_url"] == "https://pbs.example/box.jpg"
    assert picture["alt_text"] == "A box with a hole in it"
    assert "A box with a hole in it" in card["text"]


async def test_a_picture_without_alt_text_says_whose_it_is(rig: Rig) -> None:
    customer = rig.new_customer()
    rig.world.x.post(
        customer.id, f"@{rig.brand.name} just look", media=[{"url": "https://pbs.example/hm.jpg"}]
    )
    card = await rig.message(await rig.card("just look"))
    picture = next(block for block in card["blocks"] if block["type"] == "image")

    assert picture["alt_text"] == f"Picture in the post by @{customer.name}"


async def test_a_mention_that_answers_somebody_shows_what_it_answers(rig: Rig) -> None:
    first, second = rig.new_customer(), rig.new_customer()
    parent = await rig.post(first, "my tent leaked all night")
    await rig.post(second, "@brand can you help them?", in_reply_to=parent)
    told = await rig.card_text(await rig.card("can you help them"))

    assert f"In reply to @{first.name}: my tent leaked all night" in told


async def test_a_card_tells_when_it_was_posted_and_when_an_answer_is_due(rig: Rig) -> None:
    post_id, ts, _ = await rig.new_case("when will you open again?")
    posted = int(rig.world.x.world.posts[post_id].created_at.timestamp())
    told = await rig.card_text(ts)

    assert f"Posted <!date^{posted}^" in told
    assert f"Reply due <!date^{posted + 3600}^" in told


async def test_a_card_says_that_nobody_has_it_and_how_replies_go_out(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("who takes care of this?")
    told = await rig.card_text(ts)

    assert "Nobody has claimed this yet" in told
    assert f"Replies are posted publicly as @{rig.brand.name}" in told


async def test_a_new_card_offers_claim_set_aside_and_the_post(rig: Rig) -> None:
    post_id, ts, _ = await rig.new_case("which buttons are there?")
    card = await rig.message(ts)

    assert labels_of(card) == ["Claim", "No reply needed"]
    assert f"<https://x.com/i/status/{post_id}|Open post>" in card["text"]


async def test_a_closed_case_shrinks_to_one_line(rig: Rig) -> None:
    case = await rig.claimed("this will be closed")
    await rig.answered(case)
    await rig.react(case.agent, case.ts, "white_check_mark")
    await rig.card_shows(case.ts, "Closed")
    card = await rig.message(case.ts)

    assert "\n" not in card["text"]
    assert [block["type"] for block in card["blocks"]] == ["context"]
    assert "this will be closed" in card["text"]


async def test_a_dismissed_case_shrinks_to_one_line_with_the_reason(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("buy followers now")
    await rig.write(rig.agents[0], ts, "!dismiss spam")
    await rig.card_shows(ts, ": spam")
    card = await rig.message(ts)

    assert "\n" not in card["text"]
    assert [block["type"] for block in card["blocks"]] == ["context"]


async def test_a_settled_card_names_who_settled_it(rig: Rig) -> None:
    case = await rig.claimed("who closes the door?")
    await rig.answered(case)
    await rig.react(rig.agents[1], case.ts, "white_check_mark")
    _, ts, _ = await rig.new_case("who throws this away?")
    await rig.write(rig.agents[2], ts, "!dismiss spam")

    await rig.card_shows(case.ts, f"Closed by {rig.agents[1].name}")
    await rig.card_shows(ts, f"Closed without a reply by {rig.agents[2].name}: spam")


async def test_many_changes_at_once_become_few_redraws(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("everybody wants this one")
    agent, number = rig.agents[0], await rig.number(ts)
    rig.world.faults.order(Fault("slack", "chat.update", "delay", seconds=0.5))
    before, began = len(rig.world.slack.requests), time.monotonic()
    for _ in range(5):
        await rig.slash(agent, "/webcare", f"claim {number}")
        await rig.slash(agent, "/webcare", f"release {number}")
    await rig.slash(agent, "/webcare", f"claim {number}")
    lasted = time.monotonic() - began
    await rig.card_shows(ts, agent.name)
    calls = list(rig.world.slack.requests)[before:]
    redraws = [call for call in calls if call.method == "chat.update" and call.arguments.get("ts") == ts]

    # One at a time, each half a second long, and one that is on its way when the last change comes.
    assert 1 <= len(redraws) <= 2 + lasted / 0.5


async def test_waiting_cards_are_posted_with_the_longest_waiting_customer_first(rig: Rig) -> None:
    rig.world.faults.order(Fault("x", "/mentions", "delay", seconds=0.5))
    for word in ("first", "second", "third", "fourth"):
        await rig.post(rig.new_customer(), f"@brand I am the {word} in the queue")
    for word in ("first", "second", "third", "fourth"):
        await rig.card(f"the {word} in the queue")
    told = "\n".join(message["text"] for message in await rig.channel_messages())

    assert re.findall(r"the (\w+) in the queue", told) == ["first", "second", "third", "fourth"]
