"""Buttons, slash commands, shortcuts and modals of the local Slack, with a real Bolt app at the other end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.sandbox.slack.settings import DEFAULT_SETTINGS
from tests.scenario.sandbox_slack import Bench, Json, bench, listening

CARD: list[Json] = [
    {
        "type": "actions",
        "block_id": "moves",
        "elements": [
            {
                "type": "button",
                "action_id": "claim",
                "text": {"type": "plain_text", "text": "Claim"},
                "value": "12",
            },
            {
                "type": "static_select",
                "action_id": "reason",
                "options": [
                    {"text": {"type": "plain_text", "text": "Spam"}, "value": "spam"},
                    {"text": {"type": "plain_text", "text": "Azijn"}, "value": "azijn"},
                ],
                "placeholder": {"type": "plain_text", "text": "Reden"},
                "initial_option": {"text": {"type": "plain_text", "text": "Spam"}, "value": "spam"},
            },
            {
                "type": "overflow",
                "action_id": "more",
                "options": [{"text": {"type": "plain_text", "text": "Wacht"}, "value": "wait"}],
            },
        ],
    }
]


@pytest.fixture
async def at() -> AsyncIterator[Bench]:
    async with bench() as one:
        yield one


async def card(at: Bench) -> str:
    """A card with a button and a select."""
    answer = await at.bot.chat_postMessage(channel=at.channel.id, text="kaart", blocks=CARD)
    return str(answer["ts"])


def acknowledged(kind: str, name: str, **answer: Any) -> Any:
    """Prepares an app that acknowledges one interaction with an answer."""

    def prepare(app: AsyncApp) -> None:
        async def handle(ack: Any) -> None:
            await ack(**answer)

        getattr(app, kind)(name)(handle)

    return prepare


async def test_a_pressed_button_tells_who_where_and_what(at: Bench) -> None:
    ts = await card(at)
    async with listening(at, acknowledged("action", "claim")) as bolt:
        answer = await at.slack.press(at.maaike.id, at.channel.id, ts, "claim")

    body = bolt.interactions[0]
    assert answer.error == ""
    assert (body["type"], body["user"]["id"], body["channel"]["id"]) == (
        "block_actions",
        at.maaike.id,
        at.channel.id,
    )
    assert body["container"]["message_ts"] == body["message"]["ts"] == ts
    assert (body["actions"][0]["block_id"], body["actions"][0]["value"]) == ("moves", "12")


async def test_a_chosen_option_is_told(at: Bench) -> None:
    ts = await card(at)
    async with listening(at, acknowledged("action", "reason")) as bolt:
        await at.slack.press(at.maaike.id, at.channel.id, ts, "reason", value="azijn")

    body = bolt.interactions[0]
    [action] = body["actions"]
    assert (action["type"], action["block_id"]) == ("static_select", "moves")
    assert action["action_ts"]
    assert action["placeholder"]["text"] == "Reden"
    assert [action[name]["value"] for name in ("initial_option", "selected_option")] == ["spam", "azijn"]
    assert body["state"]["values"]["moves"]["reason"] == {
        "type": "static_select",
        "selected_option": action["selected_option"],
    }


async def test_an_item_of_an_overflow_menu_is_told_and_what_stands_in_the_others(at: Bench) -> None:
    ts = await card(at)
    async with listening(at, acknowledged("action", "more")) as bolt:
        await at.slack.press(at.maaike.id, at.channel.id, ts, "more", value="wait")

    body = bolt.interactions[0]
    assert body["actions"][0]["selected_option"]["value"] == "wait"
    assert body["state"]["values"]["moves"]["reason"]["selected_option"]["value"] == "spam"
    assert "more" not in body["state"]["values"]["moves"]


async def test_what_a_menu_does_not_offer_cannot_be_chosen(at: Bench) -> None:
    ts = await card(at)

    with pytest.raises(LookupError):
        await at.slack.press(at.maaike.id, at.channel.id, ts, "reason", value="zout")


async def test_a_button_that_is_not_there_cannot_be_pressed(at: Bench) -> None:
    ts = await card(at)

    with pytest.raises(LookupError):
        await at.slack.press(at.maaike.id, at.channel.id, ts, "explode")


async def test_a_button_of_an_ephemeral_message_can_be_pressed_and_its_message_replaced(at: Bench) -> None:
    def prepare(app: AsyncApp) -> None:
        @app.action("claim")
        async def claim(ack: Any, respond: Any) -> None:
            await ack()
            await respond(text="het is van jou", replace_original=True)

    answer = await at.bot.chat_postEphemeral(
        channel=at.channel.id, user=at.tom.id, text="pakken?", blocks=CARD
    )
    async with listening(at, prepare) as bolt:
        await at.slack.press(at.tom.id, at.channel.id, answer["message_ts"], "claim")
        await bolt.until(lambda: at.slack.ephemerals(at.tom.id)[0]["text"] == "het is van jou")

    assert bolt.interactions[0]["container"]["is_ephemeral"] is True
    assert "blocks" not in at.slack.ephemerals(at.tom.id)[0]


async def test_an_app_that_does_not_answer_in_time_is_a_timeout_for_the_member(at: Bench) -> None:
    at.slack.pace.factor = 0.05
    ts = await card(at)
    shown: list[Json] = []
    at.slack.subscribe(shown.append)
    async with listening(at) as bolt:
        bolt.deaf = True
        answer = await at.slack.press(at.maaike.id, at.channel.id, ts, "claim")

    assert answer.error == "operation_timeout"
    assert shown[-1] == {"type": "interaction_failed", "to": at.maaike.id, "error": "operation_timeout"}
    assert len(bolt.interactions) == 1


async def test_without_an_app_a_command_fails_at_once(at: Bench) -> None:
    answer = await at.slack.slash(at.maaike.id, at.channel.id, "/webcare", "help")

    assert answer.error == "dispatch_failed"


async def test_a_slash_command_is_answered_to_the_one_who_typed_it(at: Bench) -> None:
    async with listening(at, acknowledged("command", "/webcare", text="3 wachten")) as bolt:
        answer = await at.slack.slash(at.maaike.id, at.channel.id, "/webcare", "queue")

    body = bolt.interactions[0]
    assert (body["command"], body["text"], body["user_id"]) == ("/webcare", "queue", at.maaike.id)
    assert "thread_ts" not in body
    assert answer.text == "3 wachten"
    assert at.slack.ephemerals(at.maaike.id)[0]["text"] == "3 wachten"
    assert await at.messages() == []


@pytest.mark.parametrize(
    ("escapes", "sent"),
    [
        (True, "<@{maaike}|{handle}> &amp; <#{channel}|webcare>: <https://a.example/x>"),
        (False, "@{handle} & #webcare: https://a.example/x"),
    ],
)
async def test_names_and_links_behind_a_command_are_escaped_where_the_app_wants_it(
    escapes: bool, sent: str
) -> None:
    wanted = replace(DEFAULT_SETTINGS, escaped_commands=frozenset({"/webcare"} if escapes else ()))
    async with bench(settings=wanted) as at, listening(at, acknowledged("command", "/webcare")) as bolt:
        text = f"@{at.maaike.handle} & #webcare: https://a.example/x"
        await at.slack.slash(at.maaike.id, at.channel.id, "/webcare", text)

    assert bolt.interactions[0]["text"] == sent.format(
        maaike=at.maaike.id, handle=at.maaike.handle, channel=at.channel.id
    )


async def test_a_slash_command_can_be_answered_to_all(at: Bench) -> None:
    prepare = acknowledged("command", "/webcare", text="drie", response_type="in_channel")
    async with listening(at, prepare):
        await at.slack.slash(at.maaike.id, at.channel.id, "/webcare")

    assert (await at.messages())[0]["text"] == "drie"


async def test_an_answer_that_slack_cannot_show_is_an_error_for_the_member(at: Bench) -> None:
    prepare = acknowledged("command", "/webcare", text="x", blocks=[{"type": "marquee"}])
    async with listening(at, prepare):
        answer = await at.slack.slash(at.maaike.id, at.channel.id, "/webcare")

    assert answer.error == "invalid_blocks"
    assert at.slack.ephemerals(at.maaike.id) == []


async def test_a_command_that_the_app_does_not_have_cannot_be_typed(at: Bench) -> None:
    with pytest.raises(LookupError):
        await at.slack.slash(at.maaike.id, at.channel.id, "/giphy")


async def test_an_address_for_answers_is_good_five_times(at: Bench) -> None:
    async with listening(at, acknowledged("command", "/webcare")) as bolt:
        await at.slack.slash(at.maaike.id, at.channel.id, "/webcare")
        url = bolt.interactions[0]["response_url"]
    statuses = [await posted(url, {"text": str(number)}) for number in range(6)]

    assert [status for status, _ in statuses] == [200] * 5 + [404]
    assert "used_url" in statuses[-1][1]
    assert [message["text"] for message in at.slack.ephemerals(at.maaike.id)] == ["0", "1", "2", "3", "4"]


async def test_an_answer_to_an_address_is_checked_like_a_message(at: Bench) -> None:
    async with listening(at, acknowledged("command", "/webcare")) as bolt:
        await at.slack.slash(at.maaike.id, at.channel.id, "/webcare")
        url = bolt.interactions[0]["response_url"]

    assert (await posted(url, {"blocks": [{"type": "marquee"}]}))[0] == 400


async def posted(url: str, body: Json) -> tuple[int, str]:
    """The status and text of a bare JSON post."""
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        return answer.status, await answer.text()


async def test_a_message_shortcut_tells_its_message_and_thread(at: Bench) -> None:
    root = await card(at)
    reply = await at.say("antwoord", thread=root)
    async with listening(at, acknowledged("shortcut", "item_actions")) as bolt:
        await at.slack.shortcut(at.maaike.id, at.channel.id, reply, "item_actions")

    body = bolt.interactions[0]
    assert (body["type"], body["callback_id"]) == ("message_action", "item_actions")
    assert (body["message"]["ts"], body["message"]["thread_ts"]) == (reply, root)
