"""Modals and homes of the local Slack, with a real Bolt app at the other end."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.vouchers import Place, Vouchers
from tests.scenario import test_sandbox_slack_interactions as interactions
from tests.scenario.sandbox_slack import Bench, Json, Listener, listening
from tests.scenario.test_sandbox_slack_interactions import CARD, acknowledged, card

at = interactions.at

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
        answer = await at.slack.submit_view(at.maaike.id, view["id"], {"written": "ja"})

    assert answer.payload["errors"] == {"text": "te kort"}
    assert len(at.slack.views(at.maaike.id)) == 1


async def test_errors_about_what_is_no_input_of_the_modal_are_an_error_for_the_member(at: Bench) -> None:
    def prepare(app: AsyncApp) -> None:
        opens_modal(app)
        acknowledged("view", "note", response_action="errors", errors={"elsewhere": "te kort"})(app)

    async with listening(at, prepare) as bolt:
        view = await opened(at, bolt)
        answer = await at.slack.submit_view(at.maaike.id, view["id"], {"written": "ja"})

    assert answer.error == "invalid_response_errors"
    assert len(at.slack.views(at.maaike.id)) == 1


async def test_a_modal_that_is_not_filled_in_is_not_sent_off(at: Bench) -> None:
    async with listening(at, opens_modal) as bolt:
        view = await opened(at, bolt)
        with pytest.raises(ValueError, match="fill in “Notitie” first"):
            await at.slack.submit_view(at.maaike.id, view["id"], {})

    assert [body["type"] for body in bolt.interactions] == ["block_actions"]


FORM: Json = {
    **MODAL,
    "blocks": [
        *MODAL["blocks"],
        *(
            {
                "type": "input",
                "block_id": f"block-{kind}",
                "optional": True,
                "label": {"type": "plain_text", "text": kind},
                "element": {"type": kind, "action_id": kind, **more},
            }
            for kind, more in (
                ("static_select", {"options": CARD[0]["elements"][1]["options"]}),
                ("users_select", {}),
                ("radio_buttons", {"options": CARD[0]["elements"][1]["options"]}),
                ("datepicker", {}),
                ("timepicker", {"initial_time": "09:30"}),
            )
        ),
        *CARD,
    ],
}
FILLED: Json = {"static_select": "spam", "users_select": "U1", "datepicker": "2026-12-24"}


def values_of(body: Json) -> Json:
    """What stands in a form, by the kind of input."""
    states = [state for block in body["view"]["state"]["values"].values() for state in block.values()]
    return {
        state["type"]: next(value for key, value in state.items() if key != "type") for state in states[:-1]
    }


async def test_every_input_of_a_form_is_told_when_it_is_sent_off_and_when_something_in_it_is_used(
    at: Bench,
) -> None:
    def prepare(app: AsyncApp) -> None:
        acknowledged("action", "claim")(app)
        acknowledged("view", "note")(app)

    async with listening(at, prepare) as bolt:
        await at.slack.press(at.maaike.id, at.channel.id, await card(at), "claim")
        form = await at.bot.views_open(trigger_id=bolt.interactions[0]["trigger_id"], view=FORM)
        number = form["view"]["id"]
        await at.slack.press_in_view(at.maaike.id, number, "claim", filled=FILLED)
        await at.slack.submit_view(at.maaike.id, number, {"written": "belt terug", **FILLED})

    chosen = {
        "static_select": CARD[0]["elements"][1]["options"][0],
        "users_select": "U1",
        "radio_buttons": None,
        "datepicker": "2026-12-24",
        "timepicker": "09:30",
    }
    used, sent = bolt.interactions[1:]
    assert values_of(used) == {"plain_text_input": None, **chosen}
    assert values_of(sent) == {"plain_text_input": "belt terug", **chosen}
    assert "trigger_id" in sent


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

    closed = bolt.interactions[-1]
    assert (closed["type"], closed["is_cleared"], "trigger_id" in closed) == ("view_closed", False, False)
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
