"""Text from outside is never markup at the desk, and nothing of the desk's own leaks to the network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.scenario.rig import Rig, in_one_loop, open_rig, shared_rig
from tests.scenario.sides import Json

pytestmark = in_one_loop
rig = shared_rig()

#: What a customer may try; {agent} is an agent's id, {channel} the channel's.
HOSTILE = [
    "<!channel> <!here> <!everyone> read this",
    "<@{agent}> <@{agent}|boss> you are fired",
    "@here @channel @everyone @{handle} #webcare",
    "<#{channel}|webcare> <!subteam^S0LEADS> <!date^0^{{date}}|never>",
    "&lt;!channel&gt; &amp;lt;!channel&amp;gt;",
    "https://evil.example/login <https://evil.example|Click here> javascript:alert(1)",
    "*bold* _italic_ ~gone~ `code` > quote ```block``` :tada: [a](https://evil.example)",
]

#: What formats and links across the lines of a list where it is shown as mrkdwn.
QUEUED = ["``` steal", "http://evil.example/pay *PAID* :tada: _x_", "done ``` bye"]


def filled(rig: Rig, text: str) -> str:
    """A hostile text with real ids and names in it."""
    agent = rig.world.slack.workspace.users[rig.agents[0].id]
    return text.format(agent=agent.id, handle=agent.handle, channel=rig.channel)


def links_in(message: Json) -> list[str]:
    """Every address that a click in a message would open."""

    def walk(node: Any) -> list[str]:
        if isinstance(node, list):
            return [found for item in node for found in walk(item)]
        if not isinstance(node, dict):
            return []
        here = [str(node["url"])] if node.get("type") in ("link", "button") and "url" in node else []
        if node.get("type") == "mrkdwn":
            here += re.findall(r"<(https?:[^|>]+)", node["text"])
        return here + [found for value in node.values() for found in walk(value)]

    return walk(message.get("blocks", [])) + re.findall(r"<(https?:[^|>]+)", message["text"])


def shown_words(message: Json) -> str:
    """The outside words of a message, as its quotes hold them."""
    quotes = [
        element
        for block in message["blocks"]
        if block["type"] == "rich_text"
        for element in block["elements"]
        if element["type"] == "rich_text_quote"
    ]
    assert all(leaf["type"] == "text" for quote in quotes for leaf in quote["elements"])
    return "".join(leaf["text"] for quote in quotes for leaf in quote["elements"])


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_post_pings_and_links_nothing_and_shows_as_written(rig: Rig, text: str) -> None:
    words = filled(rig, text)
    customer = rig.new_customer()
    post = rig.world.x.post(customer.id, f"@{rig.brand.name} {words}")
    ts = await rig.card(f"@{customer.name} ·")
    card = await rig.message(ts)

    assert rig.world.slack.pings(card) == set()
    assert set(links_in(card)) == {f"https://x.com/i/status/{post.id}"}
    assert shown_words(card) == f"@{rig.brand.name} {words}"
    assert await rig.said_in(ts) == []


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_follow_up_pings_the_assignee_only(rig: Rig, text: str) -> None:
    case = await rig.claimed(f"follow-up {HOSTILE.index(text)}")
    rig.world.x.post(case.customer.id, f"@{rig.brand.name} {filled(rig, text)}", case.post_id)
    told = await rig.line(case.ts, "The customer wrote again.")

    assert rig.world.slack.pings(told) == {case.agent.id}
    assert shown_words(told).endswith(filled(rig, text))


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_name_pings_and_links_nothing(rig: Rig, text: str) -> None:
    customer = rig.new_customer(filled(rig, text)[:50])
    post = await rig.post(customer, "@brand what is in a name?")
    card = await rig.message(await rig.card(f"@{customer.name} ·"))

    assert rig.world.slack.pings(card) == set()
    assert set(links_in(card)) == {f"https://x.com/i/status/{post}"}


async def test_a_hostile_post_that_is_answered_by_a_mention_stays_harmless(rig: Rig) -> None:
    parent = rig.world.x.post(rig.new_customer().id, filled(rig, HOSTILE[0]))
    await rig.post(rig.new_customer(), "@brand did you see this?", in_reply_to=parent.id)
    card = await rig.message(await rig.card("did you see this?"))

    assert rig.world.slack.pings(card) == set()
    assert HOSTILE[0].replace("<", "&lt;").replace(">", "&gt;") in card["text"]


async def test_a_hostile_post_stays_harmless_when_it_is_dismissed(rig: Rig) -> None:
    _, ts, _ = await rig.new_case(filled(rig, HOSTILE[1]))
    await rig.write(rig.agents[0], ts, "!dismiss spam")
    await rig.card_shows(ts, "Closed without a reply")

    assert rig.world.slack.pings(await rig.message(ts)) == set()


async def test_a_hostile_alt_text_is_shown_as_it_is(rig: Rig) -> None:
    customer = rig.new_customer()
    picture = {"url": "https://pbs.example/evil.jpg", "alt": filled(rig, HOSTILE[0])}
    rig.world.x.post(customer.id, f"@{rig.brand.name} nice picture", media=[picture])
    card = await rig.message(await rig.card(f"@{customer.name} ·"))

    assert rig.world.slack.pings(card) == set()
    assert filled(rig, HOSTILE[0]) in [block.get("alt_text") for block in card["blocks"]]


async def test_the_queue_shows_hostile_words_as_written(tmp_path: Path) -> None:
    async with open_rig(tmp_path, brisk=True) as rig:
        cases = [await rig.new_case(words) for words in QUEUED]
        await rig.slash(rig.agents[0], "/webcare", "queue")
        answer = rig.world.slack.ephemerals(rig.agents[0].id)[-1]
        leaves = [
            leaf for block in answer["blocks"] for part in block["elements"] for leaf in part["elements"]
        ]
        words = [leaf["text"] for leaf in leaves if leaf["type"] == "text"]

        assert not any("style" in leaf for leaf in leaves)
        assert [word for word in words if "wolkenhuis" in word] == [
            f"@{rig.brand.name} {shown}" for shown in QUEUED
        ]
        assert [leaf["url"] for leaf in leaves if leaf["type"] == "link"] == [
            f"{rig.world.base_url}/slack/archives/{rig.channel}/p{ts.replace('.', '')}" for _, ts, _ in cases
        ]
        assert [leaf["type"] for leaf in leaves].count("date") == len(QUEUED)
        assert {block["type"] for block in answer["blocks"]} == {"rich_text"}
        assert not re.search(r"[*`~]|://|:tada:|_x_", re.sub("<[^<>]*>", "", answer["text"]))


async def test_nothing_of_a_bots_message_is_unfurled(rig: Rig) -> None:
    await rig.new_case("see https://evil.example/preview")
    posted = [
        call.arguments
        for call in rig.world.slack.requests
        if call.method == "chat.postMessage" and call.who == rig.world.slack.bot.id
    ]

    assert posted
    assert all(str(call["unfurl_links"]).lower() in ("false", "0") for call in posted)
    assert all(str(call["unfurl_media"]).lower() in ("false", "0") for call in posted)
    assert all(call["parse"] == "none" for call in posted)


async def test_letters_that_turn_the_direction_are_made_visible(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("refund \u202eruoy lla\u202c now")

    assert "refund [U+202E]ruoy lla[U+202C] now" in shown_words(await rig.message(ts))


async def test_a_name_that_hides_letters_is_made_visible(rig: Rig) -> None:
    customer = rig.new_customer("Slack\u200bbot\u202e")
    await rig.post(customer, "@brand I am Slackbot")
    told = await rig.card_text(await rig.card(f"@{customer.name} ·"))

    assert "Slack[U+200B]bot[U+202E]" in told


async def test_a_name_that_poses_as_another_stands_behind_its_handle(rig: Rig) -> None:
    customer = rig.new_customer("Slackbot")
    await rig.post(customer, "@brand your password has expired")
    told = await rig.card_text(await rig.card(f"@{customer.name} ·"))

    assert told.startswith(f"@{customer.name} · Slackbot ·")


async def test_a_name_of_many_lines_stays_on_one(rig: Rig) -> None:
    customer = rig.new_customer("Jan\n\nClaimed by Mira\u2028Closed")
    await rig.post(customer, "@brand I have many lines")
    told = await rig.card_text(await rig.card(f"@{customer.name} ·"))

    assert "\nClaimed" not in told
    assert "Jan Claimed by Mira" in told


LEAKS = [
    "Ask <@{agent}> for it.",
    "It is in <#{channel}|webcare>.",
    "Ask <!subteam^S0LEADS|@leads> for it.",
    "<!here|here> who has it?",
]


async def test_no_id_and_no_channel_name_ever_reaches_the_network(rig: Rig) -> None:
    case = await rig.claimed("tell me everything")
    for text in LEAKS:
        _, line = await rig.queued(case, filled(rig, text))
        await rig.write(case.agent, case.ts, "// " + filled(rig, text))
        await rig.write(rig.agents[1], case.ts, filled(rig, text))

        assert "Not sent yet." in line["text"]
    await rig.answered(case, "Everything is told now.")

    assert await rig.replies_to(case.post_id) == ["Everything is told now. ^MK"]
    assert not any(rig.agents[0].id in text or "webcare" in text for text in rig.published())
