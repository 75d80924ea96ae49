"""The sandbox's page with an app that listens through slack-bolt: buttons, commands, shortcuts and modals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.world import World
from tests.scenario import sandbox_page
from tests.scenario.barriers import barriers
from tests.scenario.sandbox_page import messages, send_card
from tests.scenario.sandbox_world import until

browser, page, world = sandbox_page.browser, sandbox_page.page, sandbox_page.world
pytestmark = pytest.mark.asyncio(loop_scope="module")

MODAL = {
    "type": "modal",
    "callback_id": "reason",
    "title": {"type": "plain_text", "text": "Reason"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "kind",
            "label": {"type": "plain_text", "text": "Kind"},
            "element": {
                "type": "radio_buttons",
                "action_id": "choice",
                "options": [
                    {"text": {"type": "plain_text", "text": "Spam"}, "value": "spam"},
                    {"text": {"type": "plain_text", "text": "Venting"}, "value": "venting"},
                ],
            },
        },
        *(
            {
                "type": "input",
                "block_id": action,
                "optional": True,
                "label": {"type": "plain_text", "text": label},
                "element": {"type": kind, "action_id": action},
            }
            for action, label, kind in (
                ("who", "Who", "users_select"),
                ("day", "Day", "datepicker"),
                ("at", "At", "timepicker"),
            )
        ),
    ],
}
BUTTON = {"type": "button", "action_id": "ask", "text": {"type": "plain_text", "text": "Ask me"}}
MORE = {
    "type": "overflow",
    "action_id": "pick",
    "options": [{"text": {"type": "plain_text", "text": "Three"}, "value": "3"}],
}
MENU = {
    "type": "static_select",
    "action_id": "pick",
    "placeholder": {"type": "plain_text", "text": "Pick a number"},
    "options": [{"text": {"type": "plain_text", "text": "Two"}, "value": "2"}],
}


@pytest_asyncio.fixture(loop_scope="module")
async def heard(world: World) -> AsyncIterator[list[Any]]:
    """What an app that listens to the workspace was told by its members."""
    told = world.description()["slack"]
    client = AsyncWebClient(token=told["bot"]["bot_token"], base_url=told["api_url"])
    app = AsyncApp(client=client, process_before_response=True)
    heard: list[Any] = []

    @app.command("/webcare")
    async def command(ack: Any, body: Any) -> None:
        await ack(f"You asked for {body['text']}.")

    @app.action("ask")
    async def ask(ack: Any, body: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.action("pick")
    async def pick(ack: Any, body: Any) -> None:
        heard.append(body["actions"][0]["selected_option"]["value"])
        await ack()

    @app.shortcut("item_actions")
    async def shortcut(ack: Any, respond: Any, body: Any) -> None:
        await ack()
        await respond(f"About: {body['message']['text']}")

    @app.view("reason")
    async def view(ack: Any, view: Any) -> None:
        values = view["state"]["values"]
        if len(values["why"]["text"]["value"]) < 5:
            await ack(response_action="errors", errors={"why": "Say a little more."})
            return
        chosen = [state for block in values.values() for state in block.values()]
        heard.append([next(value for key, value in state.items() if key != "type") for state in chosen])
        await ack()

    handler = AsyncSocketModeHandler(app, told["bot"]["app_token"])
    await handler.connect_async()  # type: ignore[no-untyped-call]  # slack-bolt leaves it untyped
    yield heard
    await handler.close_async()  # type: ignore[no-untyped-call]  # slack-bolt leaves it untyped


async def test_a_commands_answer_is_shown_to_the_agent_alone(
    world: World, page: Page, heard: list[Any]
) -> None:
    await page.get_by_role("textbox", name="Message the channel").fill("/webcare queue")
    await page.keyboard.press("Enter")

    answer = messages(page).filter(has_text="You asked for queue.")
    await expect(answer).to_contain_text("Only visible to you")
    await answer.get_by_role("button", name="Hide").click()
    await expect(answer).to_have_count(0)


async def test_a_choice_of_a_menu_reaches_the_app(world: World, page: Page, heard: list[Any]) -> None:
    await send_card(world, "card", [{"type": "actions", "elements": [MENU]}])
    await page.get_by_label("Pick a number").select_option("Two")

    await until(lambda: heard == ["2"])


async def test_an_item_of_an_overflow_menu_reaches_the_app_and_can_be_chosen_again(
    world: World, page: Page, heard: list[Any]
) -> None:
    await send_card(world, "more", [{"type": "actions", "elements": [MORE]}])
    menu = messages(page).last.get_by_label("Choose")
    await menu.select_option("Three")
    await until(lambda: heard == ["3"])
    await menu.select_option("Three")

    await until(lambda: heard == ["3", "3"])


async def test_a_shortcut_is_about_the_message_it_was_used_on(
    world: World, page: Page, heard: list[Any]
) -> None:
    await send_card(world, "The card in question", [])
    await messages(page).filter(has_text="The card in question").hover()
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("button", name="item actions").click()

    await expect(messages(page).last).to_contain_text("About: The card in question")


async def test_a_modal_is_filled_in_corrected_and_sent(world: World, page: Page, heard: list[Any]) -> None:
    await send_card(world, "card", [{"type": "actions", "elements": [BUTTON]}])
    await page.get_by_role("button", name="Ask me").click()
    modal = page.get_by_role("dialog", name="Reason")
    await modal.get_by_label("Why").fill("No")
    await modal.get_by_label("Venting").check()
    await modal.get_by_label("Who").select_option("Anouk de Wit")
    await modal.get_by_label("Day").fill("2026-12-24")
    await modal.get_by_label("At").fill("09:30")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_contain_text("Say a little more.")
    await expect(modal.get_by_label("Why")).to_be_focused()
    assert await barriers(page) == ""
    await modal.get_by_label("Why").fill("No question in it")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_have_count(0)
    await expect(page.get_by_role("button", name="Ask me")).to_be_focused()

    [[why, kind, who, *when]] = heard
    assert (why, kind["value"], when) == ("No question in it", "venting", ["2026-12-24", "09:30"])
    assert world.slack.workspace.users[who].name == "Anouk de Wit"


async def test_escape_closes_a_modal(world: World, page: Page, heard: list[Any]) -> None:
    await send_card(world, "card", [{"type": "actions", "elements": [BUTTON]}])
    await page.get_by_role("button", name="Ask me").click()
    modal = page.get_by_role("dialog", name="Reason")
    await expect(modal).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(modal).to_have_count(0)
    assert heard == []
