"""Buttons, slash commands, shortcuts and modals of the local Slack, with a real Bolt app at the other end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.settings import DEFAULT_SETTINGS
from bot.sandbox.slack.vouchers import Place, Vouchers
from tests.scenario.sandbox_slack import Bench, Json, Listener, bench, listening

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
            },
        ],
    }
]
MODAL: Json = {
    "type": "modal",
    "callback_id": "note",
    "title": {"type": "plain_text", "text": "Notitie"},
    "submit": {"type": "plain_text", "text": "Bewaar"},
    "blocks": [
        {
            "type": "input",
            "block_id": "text",
            "label": {"type": "plain_text", "text": "Notitie"},
            "element": {"type": "plain_text_input", "action_id": "written"},
        }
    ],
}


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

    assert bolt.interactions[0]["actions"][0]["selected_option"]["value"] == "azijn"


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


# --- modals and homes


def opens_modal(app: AsyncApp) -> None:
    """The button opens a modal."""

    @app.action("claim")
    async def claim(ack: Any, client: Any, body: Json) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)


async def opened(at: Bench, bolt: Listener) -> Json:
    """The modal after the button was pressed."""
    await at.slack.press(at.maaike.id, at.channel.id, await card(at), "claim")
    await bolt.until(lambda: bool(at.slack.views(at.maaike.id)))
    return at.slack.views(at.maaike.id)[0]


async def test_a_submitted_modal_tells_what_was_put_in_and_closes(at: Bench) -> None:
    def prepare(app: AsyncApp) -> None:
        opens_modal(app)
        acknowledged("view", "note")(app)

    async with listening(at, prepare) as bolt:
        view = await opened(at, bolt)
        await at.slack.submit_view(at.maaike.id, view["id"], {"written": "belt terug"})

    values = bolt.interactions[-1]["view"]["state"]["values"]
    assert values["text"]["written"]["value"] == "belt terug"
    assert at.slack.views(at.maaike.id) == []


async def test_a_modal_with_errors_stays_open(at: Bench) -> None:
    def prepare(app: AsyncApp) -> None:
        opens_modal(app)
        acknowledged("view", "note", response_action="errors", errors={"text": "te kort"})(app)

    async with listening(at, prepare) as bolt:
        view = await opened(at, bolt)
        answer = await at.slack.submit_view(at.maaike.id, view["id"], {})

    assert answer.payload["errors"] == {"text": "te kort"}
    assert len(at.slack.views(at.maaike.id)) == 1


async def test_a_modal_can_be_changed_while_it_is_open_but_not_from_an_old_picture(at: Bench) -> None:
    async with listening(at, opens_modal) as bolt:
        view = await opened(at, bolt)
        changed = {**MODAL, "title": {"type": "plain_text", "text": "Anders"}}
        await at.bot.views_update(view_id=view["id"], view=changed, hash=view["hash"])
        with pytest.raises(SlackApiError) as refusal:
            await at.bot.views_update(view_id=view["id"], view=MODAL, hash=view["hash"])

    assert at.slack.views(at.maaike.id)[0]["title"]["text"] == "Anders"
    assert refusal.value.response["error"] == "hash_conflict"


async def test_a_trigger_opens_one_view(at: Bench) -> None:
    async with listening(at, opens_modal) as bolt:
        await opened(at, bolt)
        with pytest.raises(SlackApiError) as refusal:
            await at.bot.views_open(trigger_id=bolt.interactions[0]["trigger_id"], view=MODAL)

    assert refusal.value.response["error"] == "exchanged_trigger_id"


def test_a_trigger_and_an_address_for_answers_expire() -> None:
    now = [0.0]
    vouchers = Vouchers(lambda: now[0])
    trigger, key = vouchers.trigger("U1"), vouchers.address(Place("U1", "C1"))
    now[0] = 3.1
    with pytest.raises(SlackError, match="expired_trigger_id"):
        vouchers.redeem(trigger)
    now[0] = 1_800.1

    with pytest.raises(SlackError, match="expired_url"):
        vouchers.answer(key)


async def test_an_unknown_trigger_opens_nothing(at: Bench) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await at.bot.views_open(trigger_id="nooit.gegeven", view=MODAL)

    assert refusal.value.response["error"] == "invalid_trigger_id"


async def test_modals_pile_up_to_three(at: Bench) -> None:
    async with listening(at, acknowledged("action", "claim")) as bolt:
        ts = await card(at)
        for _ in range(4):
            await at.slack.press(at.maaike.id, at.channel.id, ts, "claim")
    triggers = [body["trigger_id"] for body in bolt.interactions]
    await at.bot.views_open(trigger_id=triggers[0], view=MODAL)
    await at.bot.views_push(trigger_id=triggers[1], view=MODAL)
    await at.bot.views_push(trigger_id=triggers[2], view=MODAL)
    with pytest.raises(SlackApiError) as refusal:
        await at.bot.views_push(trigger_id=triggers[3], view=MODAL)

    assert refusal.value.response["error"] == "push_limit_reached"
    assert len(at.slack.views(at.maaike.id)) == 3


async def test_a_closed_modal_is_told_to_an_app_that_asked_for_it(at: Bench) -> None:
    def prepare(app: AsyncApp) -> None:
        acknowledged("action", "claim")(app)
        acknowledged("view_closed", "note")(app)

    async with listening(at, prepare) as bolt:
        await at.slack.press(at.maaike.id, at.channel.id, await card(at), "claim")
        view = {**MODAL, "notify_on_close": True}
        opened = await at.bot.views_open(trigger_id=bolt.interactions[0]["trigger_id"], view=view)
        await at.slack.close_view(at.maaike.id, opened["view"]["id"])

    assert bolt.interactions[-1]["type"] == "view_closed"
    assert at.slack.views(at.maaike.id) == []


async def test_a_home_is_kept_and_its_controls_can_be_used(at: Bench) -> None:
    await at.bot.views_publish(user_id=at.tom.id, view={"type": "home", "blocks": CARD})
    home = at.slack.home(at.tom.id)
    assert home is not None
    async with listening(at, acknowledged("action", "claim")) as bolt:
        await at.slack.press_in_view(at.tom.id, home["id"], "claim")

    assert bolt.interactions[0]["container"] == {"type": "view", "view_id": home["id"]}
    assert at.slack.home(at.maaike.id) is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            {"title": {"type": "plain_text", "text": "x" * 25}},
            "must be less than 25 characters [json-pointer:/view/title/text]",
        ),
        ({"private_metadata": "x" * 3001}, "must be less than 3001 characters"),
        ({"submit": None}, "must be an object [json-pointer:/view/submit]"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100 items allowed"),
        ({"type": "home"}, "must be a modal"),
    ],
)
async def test_a_view_that_slack_would_refuse_is_refused(at: Bench, change: Json, complaint: str) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await at.bot.views_open(trigger_id="x", view={**MODAL, **change})

    assert refusal.value.response["error"] == "invalid_arguments"
    assert any(complaint in message for message in refusal.value.response["response_metadata"]["messages"])


async def test_a_modal_with_an_input_needs_a_submit_button(at: Bench) -> None:
    view = {key: value for key, value in MODAL.items() if key != "submit"}
    with pytest.raises(SlackApiError) as refusal:
        await at.bot.views_open(trigger_id="x", view=view)

    assert (
        "[ERROR] missing required field: submit [json-pointer:/view]"
        in (refusal.value.response["response_metadata"]["messages"])
    )
