"""Block Kit of the local Slack: what is refused and in which words, and what passes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.scenario.sandbox_slack import Bench, Json, bench


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(**fields: Any) -> Json:
    return {"type": "button", "text": plain("Claim"), "action_id": "claim", **fields}


def option(value: str = "a") -> Json:
    return {"text": plain("A"), "value": value}


def section(text: str = "x") -> Json:
    return {"type": "section", "text": mrkdwn(text)}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def rich_text(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


PICTURE = {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "bon"}

REFUSED: list[tuple[list[Any], str]] = [
    ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "section"}], "must define either text or fields [json-pointer:/blocks/0]"),
    ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10 items allowed"),
    ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "must be less than 2001 characters"),
    ([{"type": "section", "text": {"type": "html", "text": "x"}}], "unsupported type: html"),
    ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters"),
    ([{"type": "header", "text": mrkdwn("x")}], "unsupported type: mrkdwn"),
    ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10 items allowed"),
    ([{"type": "context", "elements": []}], "no fewer than 1 items allowed"),
    ([{"type": "context", "elements": [button()]}], "unsupported type: button"),
    ([actions(*(button(action_id=str(n)) for n in range(26)))], "no more than 25 items allowed"),
    ([actions(button(text=plain("x" * 76)))], "must be less than 76 characters"),
    ([actions(button(text=mrkdwn("x")))], "unsupported type: mrkdwn"),
    ([actions(button(value="x" * 2001))], "must be less than 2001 characters"),
    ([actions(button(action_id="x" * 256))], "must be less than 256 characters"),
    ([actions(button(url="https://" + "x" * 3000))], "must be less than 3001 characters"),
    ([actions(button(url="javascript:alert(1)"))], "must be a valid url"),
    ([actions(button(style="loud"))], "must be one of primary, danger"),
    ([actions(button(colour="red"))], "invalid additional property: colour"),
    ([actions(button(), button())], 'action_id "claim" already exists [json-pointer:/blocks/0]'),
    ([{**section(), "block_id": "a"}, {**section(), "block_id": "a"}], 'block_id "a" already exists'),
    ([{**section(), "block_id": "x" * 256}], "must be less than 256 characters"),
    ([actions({"type": "overflow", "options": [option(str(n)) for n in range(6)]})], "no more than 5 items"),
    (
        [actions({"type": "static_select", "options": [option(str(n)) for n in range(101)]})],
        "no more than 100 items",
    ),
    ([actions({"type": "static_select"})], "must define exactly one of options, option_groups"),
    (
        [actions({"type": "static_select", "options": [option("x" * 151)]})],
        "must be less than 151 characters",
    ),
    (
        [
            actions(
                button(
                    confirm={
                        "title": plain("x" * 101),
                        "text": plain("x"),
                        "confirm": plain("ja"),
                        "deny": plain("nee"),
                    }
                )
            )
        ],
        "must be less than 101 characters",
    ),
    (
        [{"type": "image", "image_url": "https://example.org/a.png"}],
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    ([{"type": "image", "alt_text": "bon"}], "must define exactly one of image_url, slack_file"),
    ([{**PICTURE, "image_url": "https://" + "x" * 3000}], "must be less than 3001 characters"),
    ([{**section(), "accessory": {**PICTURE, "alt_text": ""}}], "must be more than 0 characters"),
    ([{"type": "marquee"}], "unsupported type: marquee [json-pointer:/blocks/0/type]"),
    ([{"text": mrkdwn("x")}], "missing required field: type [json-pointer:/blocks/0]"),
    (["tekst"], "must be an object [json-pointer:/blocks/0]"),
    ([rich_text({"type": "text"})], "missing required field: text"),
    (
        [rich_text({"type": "text", "text": "x", "style": {"blink": True}})],
        "invalid additional property: blink",
    ),
    ([rich_text({"type": "broadcast", "range": "world"})], "must be one of here, channel, everyone"),
    ([{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}], "unsupported type: text"),
    ([{"type": "markdown", "text": "x" * 12_001}], "must be less than 12001 characters"),
    ([{"type": "markdown", "text": "x" * 6_001}] * 2, "must be less than 12001 characters"),
    ([section(), {**section(), "expand": "yes"}], "must be a boolean [json-pointer:/blocks/1/expand]"),
]

PASSED: list[list[Json]] = [
    [{"type": "divider"}] * 50,
    [section("x" * 3000)],
    [{**section(), "accessory": PICTURE, "block_id": "card"}],
    [{"type": "context", "elements": [PICTURE, mrkdwn("Jan (@jan)"), plain("gisteren")]}],
    [actions(button(value="12", style="primary"), button(action_id="open", url="https://x.com/a/status/1"))],
    [actions({"type": "users_select"}, {"type": "overflow", "options": [option()]})],
    [rich_text({"type": "text", "text": "@here"}, {"type": "emoji", "name": "eyes"})],
    [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "x"}]},
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
                },
            ],
        }
    ],
    [{**PICTURE, "title": plain("De bon")}],
    [{"type": "markdown", "text": "**vet**"}],
]


@pytest.fixture
async def at() -> AsyncIterator[Bench]:
    async with bench() as one:
        yield one


@pytest.mark.parametrize(("blocks", "complaint"), REFUSED, ids=lambda value: str(value)[:60])
async def test_blocks_that_slack_would_refuse_are_refused(
    at: Bench, blocks: list[Any], complaint: str
) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await at.bot.chat_postMessage(channel=at.channel.id, text="x", blocks=blocks)

    answer = refusal.value.response
    assert answer["error"] == "invalid_blocks"
    assert any(f"[ERROR] {complaint}" in message for message in answer["response_metadata"]["messages"])
    assert any(complaint in message for message in answer["errors"])
    assert await at.messages() == []


@pytest.mark.parametrize("blocks", PASSED, ids=lambda value: str(value)[:60])
async def test_blocks_within_the_limits_pass(at: Bench, blocks: list[Json]) -> None:
    answer = await at.bot.chat_postMessage(channel=at.channel.id, text="x", blocks=blocks)

    assert len(answer["message"]["blocks"]) == len(blocks)


async def test_blocks_that_are_no_list_are_refused(at: Bench) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await at.bot.chat_postMessage(channel=at.channel.id, text="x", blocks='{"type": "divider"}')

    assert refusal.value.response["error"] == "invalid_blocks_format"


async def test_updates_and_ephemerals_are_checked_too(at: Bench) -> None:
    ts = await at.say("kaart", who=at.bot)
    bad = [{"type": "marquee"}]
    with pytest.raises(SlackApiError) as update:
        await at.bot.chat_update(channel=at.channel.id, ts=ts, text="x", blocks=bad)
    with pytest.raises(SlackApiError) as ephemeral:
        await at.bot.chat_postEphemeral(channel=at.channel.id, user=at.tom.id, text="x", blocks=bad)

    assert update.value.response["error"] == ephemeral.value.response["error"] == "invalid_blocks"


async def test_ids_and_defaults_are_filled_in(at: Bench) -> None:
    answer = await at.bot.chat_postMessage(
        channel=at.channel.id,
        text="x",
        blocks=[section(), actions({"type": "button", "text": plain("Claim")})],
    )

    text, buttons = answer["message"]["blocks"]
    assert text["block_id"] != buttons["block_id"]
    assert text["text"]["verbatim"] is False
    assert buttons["elements"][0]["action_id"]
    assert buttons["elements"][0]["text"]["emoji"] is True
