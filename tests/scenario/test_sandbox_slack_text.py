"""Message text in the local Slack: how it is stored, and whom it would notify."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import text

from bot.sandbox.slack import pings
from tests.scenario.sandbox_slack import Bench, Json, bench


@pytest.fixture
async def at() -> AsyncIterator[Bench]:
    async with bench() as one:
        one.slack.limits.enabled = False
        yield one


async def stored(at: Bench, text: str, **arguments: Any) -> str:
    """What an agent's text is stored as."""
    answer = await at.as_maaike.chat_postMessage(channel=at.channel.id, text=text, **arguments)
    return str(answer["message"]["text"])


async def pinged(at: Bench, **message: Any) -> set[str]:
    """Whom a message of the bot notifies."""
    answer = await at.bot.chat_postMessage(channel=at.channel.id, **message)
    kept = at.slack.workspace.message(at.channel.id, answer["ts"])
    assert kept is not None
    return at.slack.pings(kept)


def section(text: str, **fields: Any) -> list[Json]:
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text, **fields}}]


def rich(*elements: Json) -> list[Json]:
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}]


# --- storing


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("koffie & thee", "koffie &amp; thee"),
        ("a < b > c", "a &lt; b &gt; c"),
        ("al &amp; geschreven", "al &amp; geschreven"),
        ("zie https://example.org/a.", "zie <https://example.org/a>."),
        ("zie <https://example.org|hier>", "zie <https://example.org|hier>"),
        ("dank je 👍🏽", "dank je :+1::skin-tone-4:"),
        ("<script>", "&lt;script&gt;"),
        ("<!here> kijk", "<!here> kijk"),
        ("@here kijk", "@here kijk"),
        ("© 2026", "© 2026"),
    ],
)
async def test_a_text_is_stored_as_slack_stores_it(at: Bench, typed: str, kept: str) -> None:
    assert await stored(at, typed) == kept


async def test_mentions_and_channels_stay_entities(at: Bench) -> None:
    text = f"<@{at.tom.id}> kijk in <#{at.channel.id}>"

    assert await stored(at, text) == text


async def test_parse_none_leaves_addresses_alone(at: Bench) -> None:
    assert await stored(at, "zie https://example.org", parse="none") == "zie https://example.org"


async def test_parse_full_makes_mentions_of_bare_names(at: Bench) -> None:
    text = await stored(at, "@here @tom.kramer in #webcare", parse="full")

    assert text == f"<!here> <@{at.tom.id}> in <#{at.channel.id}|webcare>"


async def test_an_update_parses_bare_names_unless_told_not_to(at: Bench) -> None:
    ts = await at.say("kaart", who=at.bot)
    parsed = await at.bot.chat_update(channel=at.channel.id, ts=ts, text="@here")
    plain = await at.bot.chat_update(channel=at.channel.id, ts=ts, text="@here", parse="none")

    assert (parsed["text"], plain["text"]) == ("<!here>", "@here")


# --- notifying


@pytest.mark.parametrize("word", ["here", "channel", "everyone"])
async def test_a_room_entity_notifies_the_room(at: Bench, word: str) -> None:
    assert await pinged(at, text=f"<!{word}> let op") == {word}


async def test_a_user_and_a_group_entity_notify_them(at: Bench) -> None:
    group = at.slack.add_usergroup("leads", [at.tom.id])
    text = f"<@{at.tom.id}> <!subteam^{group['id']}>"

    assert await pinged(at, text=text) == {at.tom.id, group["id"]}


@pytest.mark.parametrize(
    "message",
    [
        {"text": "@here @channel @everyone @tom.kramer"},
        {"text": "&lt;!here&gt;"},
        {"text": "x", "blocks": section("@here @tom.kramer", verbatim=True)},
        {"text": "x", "blocks": section("&lt;!channel&gt;")},
        {"text": "x", "blocks": rich({"type": "text", "text": "<!here> @everyone"})},
        {"text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "@here"}}]},
        {"text": "mail info@here.nl"},
    ],
    ids=str,
)
async def test_text_made_inert_notifies_nobody(at: Bench, message: Json) -> None:
    assert await pinged(at, **message) == set()


@pytest.mark.parametrize(
    "message",
    [
        {"text": "@here", "link_names": True},
        {"text": "@here", "parse": "full"},
        {"text": "x", "blocks": section("@here")},
        {"text": "x", "blocks": section("<!here>", verbatim=True)},
        {"text": "x", "blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "@here"}]}]},
        {"text": "x", "blocks": rich({"type": "broadcast", "range": "here"})},
        {"text": "x", "blocks": [{"type": "markdown", "text": "<!here>"}]},
        {"text": "x", "attachments": [{"text": "@here"}]},
        {"text": "x", "attachments": [{"fields": [{"title": "t", "value": "@here"}]}]},
    ],
    ids=str,
)
async def test_text_that_slack_would_parse_notifies(at: Bench, message: Json) -> None:
    assert await pinged(at, **message) == {"here"}


@given(text())
def test_no_text_notifies_once_it_is_escaped_and_not_parsed(hostile: str) -> None:
    escaped = hostile.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    block = {"type": "section", "text": {"type": "mrkdwn", "text": escaped, "verbatim": True}}

    assert pings({"text": escaped, "blocks": [block]}, {"tom": "U1"}) == set()


async def test_a_bare_name_in_parsed_text_notifies_its_owner(at: Bench) -> None:
    assert await pinged(at, text="x", blocks=section("@tom.kramer")) == {at.tom.id}


async def test_a_mention_in_rich_text_notifies(at: Bench) -> None:
    blocks = rich({"type": "user", "user_id": at.tom.id})

    assert await pinged(at, text="x", blocks=blocks) == {at.tom.id}
