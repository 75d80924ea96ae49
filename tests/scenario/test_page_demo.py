"""The demo's first minutes in a browser: the scene, a first case, another language, a new start."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.demo import Demo
from tests.scenario import sandbox_page
from tests.scenario.barriers import barriers
from tests.scenario.sandbox_page import messages, posts, pressable
from tests.scenario.sandbox_world import ask, until

browser = sandbox_page.browser
pytestmark = pytest.mark.asyncio(loop_scope="module")

#: How long the bot may take for something it does by itself, in milliseconds, on a machine that is busy.
SOON = 20_000


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """One demo for all tests of this module, which follow each other as somebody tries it."""
    opened = Demo(tmp_path_factory.mktemp("demo"), 0, "en", scene=True)
    await opened.open()
    yield opened
    await opened.close()


def address(demo: Demo) -> str:
    assert demo.world is not None
    return f"{demo.world.base_url}/"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def page(demo: Demo, browser: Browser) -> AsyncIterator[Page]:
    """One page that stays open; the browser's own language is none of the two."""
    context = await browser.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await page.goto(address(demo))
    yield page
    await context.close()


async def test_it_opens_on_three_cases_of_which_one_is_at_risk_one_answered_and_one_private(
    page: Page,
) -> None:
    await expect(page.get_by_role("region", name="How it works")).to_contain_text("a department store")
    for words, state in (
        ("I returned a coat", "At risk"),
        ("are you open this Sunday", "Answered"),
        ("my gift card is refused", "Anouk de Wit"),
    ):
        # A warning quotes what the customer said too, below the card.
        card = messages(page).filter(has_text=words).first
        await expect(card).to_contain_text(state, timeout=SOON)

    await expect(posts(page).filter(has_text="from noon to five on Sunday")).to_have_attribute(
        "data-depth", "1", timeout=SOON
    )
    await page.locator("#customer").select_option(label="Olive Umbrella · @olive_umbrella")
    await page.get_by_role("tab", name="Direct messages").click()
    direct = page.get_by_role("list", name="Direct messages").get_by_role("listitem")
    await expect(direct).to_have_count(1, timeout=SOON)
    await page.get_by_role("tab", name="Timeline").click()
    await page.locator("#customer").select_option(label="Sanne Zandkorrel · @sannezandkorrel")


async def test_the_private_case_tells_its_story_in_the_order_in_which_it_happened(demo: Demo) -> None:
    assert demo.world is not None
    workspace, channel = demo.world.slack.workspace, demo.world.channel

    def said(ts: str) -> str:
        message = workspace.message(channel, ts)
        return str(message.fields.get("text", "")) if message is not None else ""

    async with asyncio.timeout(SOON / 1000):
        while not (cards := [ts for ts in workspace.timeline(channel) if "@olive_umb" in said(ts)]):  # noqa: ASYNC110  # the same
            await asyncio.sleep(0.1)
        [card] = cards
        while not any("Sent privately" in said(ts) for ts in workspace.replies(channel, card)):  # noqa: ASYNC110  # no event tells
            await asyncio.sleep(0.1)
    story = [said(ts) for ts in workspace.replies(channel, card)]

    told = ("From now on, replies", "Hi Olive", "Sent privately to @olive")
    for text, words in zip(story, told, strict=True):
        assert words in text


async def test_the_scene_ticks_off_nothing(page: Page) -> None:
    await expect(page.locator("#guide-steps .ticked")).to_have_count(0)
    await expect(page.locator("#guide-steps [aria-current=step]")).to_contain_text("Post as a customer")


async def test_a_post_without_the_handle_is_caught_and_the_handle_added(page: Page) -> None:
    box = page.get_by_role("textbox", name="Post as this customer")
    await expect(box).to_have_value("@wolkenhuis ")
    await box.fill("my lamp came without a shade")
    await page.keyboard.press("Enter")
    await expect(page.locator("#post-advice")).to_contain_text("nothing will happen")
    await page.keyboard.press("Enter")

    await expect(posts(page).first).to_contain_text("@wolkenhuis my lamp came without a shade")
    await expect(box).to_have_value("@wolkenhuis ")


async def test_a_first_case_is_worked_step_by_step_with_the_keyboard(page: Page) -> None:
    steps = page.locator("#guide-steps")
    ticked = steps.locator(".ticked")
    await expect(ticked).to_have_count(1)
    card = messages(page).filter(has_text="my lamp came without a shade")
    await expect(card).to_be_visible(timeout=SOON)
    await steps.get_by_role("button", name="Show me").press("Enter")
    await expect(pressable(card, "Claim")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(card).to_contain_text("Mira Klaver", timeout=SOON)
    await expect(ticked).to_have_count(2)
    await expect(card).to_be_focused()
    await expect(page.get_by_role("log")).to_contain_text("Claimed by Mira Klaver")

    await page.get_by_role("textbox", name="Message the channel").fill("The shade is on its way!")
    await page.keyboard.press("Enter")
    await expect(page.locator("#channel-advice")).to_contain_text("Only colleagues read the channel")
    assert await barriers(page) == ""
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox", name="Reply in the thread")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(ticked).to_have_count(3)
    await pressable(page, "Send now").press("Enter", timeout=SOON)

    await expect(posts(page).filter(has_text="The shade is on its way! ^MK")).to_be_visible(timeout=SOON)
    await expect(ticked).to_have_count(4)
    await expect(card).to_contain_text("Answered", timeout=SOON)


async def test_closing_the_case_is_the_last_step(page: Page) -> None:
    await page.locator("#guide-steps").get_by_role("button", name="Show me").press("Enter")
    card = messages(page).filter(has_text="my lamp came without a shade")
    await expect(pressable(card, "Close")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.locator("#guide-done")).to_have_text(
        "Done: your answer is on X and the case is closed.", timeout=SOON
    )
    await expect(page.get_by_role("heading", name="Thread case 4 · @sannezandkorrel")).to_be_visible()


async def test_the_channel_is_for_colleagues_once_that_was_said(page: Page) -> None:
    await page.get_by_role("textbox", name="Message the channel").fill("Who takes the coat?")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Post it in the channel").click()
    await expect(messages(page).filter(has_text="Who takes the coat?")).to_be_visible()
    await page.get_by_role("textbox", name="Message the channel").fill("Nobody?")
    await page.keyboard.press("Enter")

    await expect(messages(page).filter(has_text="Nobody?")).to_be_visible()


async def test_the_bot_speaks_the_other_language_with_the_page_and_knows_what_it_knew(page: Page) -> None:
    await page.get_by_role("button", name="Nederlands").click()
    await expect(page.locator("html")).to_have_attribute("lang", "nl", timeout=SOON)
    card = page.locator("#messages .message").filter(has_text="my lamp came without a shade")
    await expect(card).to_contain_text("Gesloten", timeout=SOON)
    await expect(pressable(card, "Sluiten")).to_have_count(0)
    assert await barriers(page) == ""
    await page.get_by_role("button", name="English").click()

    await expect(page.locator("html")).to_have_attribute("lang", "en", timeout=SOON)
    await expect(card).to_contain_text("Closed", timeout=SOON)


async def test_it_starts_over_with_everything_said_thrown_away_and_nothing_of_the_former_visit(
    page: Page, demo: Demo
) -> None:
    await page.locator("#agent").select_option(label="Anouk de Wit")
    await page.get_by_role("button", name="Start over").click()
    await page.get_by_role("dialog").get_by_role("button", name="Start over").click()

    await expect(posts(page).filter(has_text="my lamp came")).to_have_count(0, timeout=SOON)
    await expect(messages(page).filter(has_text="I returned a coat").first).to_be_visible(timeout=SOON)
    answered = messages(page).filter(has_text="my gift card is refused").first
    await expect(answered).to_contain_text("Answered", timeout=SOON)
    await expect(page.locator("#agent option:checked")).to_have_text("Mira Klaver")
    await expect(page.locator("#guide-steps .ticked")).to_have_count(0)


async def test_what_others_do_ticks_off_nothing_also_for_who_is_one_of_them(page: Page, demo: Demo) -> None:
    await page.locator("#agent").select_option(label="Anouk de Wit")
    assert demo.world is not None
    told = demo.world.description()
    anouk = next(agent for agent in told["slack"]["agents"] if agent["name"] == "Anouk de Wit")
    card = messages(page).filter(has_text="I returned a coat").filter(has=page.locator(".block.actions"))
    ts = await card.get_attribute("data-key")

    async def as_anouk(method: str, **body: str) -> None:
        body = {"channel": told["slack"]["channel"], **body}
        await ask(f"{told['slack']['api_url']}{method}", body, anouk["token"])

    await as_anouk("reactions.add", timestamp=str(ts), name="eyes")
    await expect(card).to_contain_text("Anouk de Wit", timeout=SOON)
    await as_anouk("chat.postMessage", thread_ts=str(ts), text="It is on its way back to you.")
    await expect(posts(page).filter(has_text="on its way back")).to_be_visible(timeout=2 * SOON)

    await expect(page.locator("#guide-steps .ticked")).to_have_count(0)


async def test_an_answer_that_is_held_back_ticks_off_nothing(page: Page) -> None:
    card = messages(page).filter(has_text="I returned a coat").filter(has=page.locator(".block.actions"))
    await card.press("Enter")
    await page.get_by_role("textbox", name="Reply in the thread").fill("much too long " * 30)
    await page.keyboard.press("Enter")
    thread = page.get_by_role("list", name="Thread")
    await expect(thread.get_by_text("too long").last).to_be_in_viewport(timeout=SOON)
    await expect(page.locator("#guide-steps .ticked")).to_have_count(0)
    await page.get_by_role("textbox", name="Reply in the thread").fill("Short enough.")
    await page.keyboard.press("Enter")

    ticked = page.locator("#guide-steps .ticked")
    await expect(ticked).to_have_text(["Done:Answer in its thread"], timeout=SOON)


async def test_a_script_is_answered_once_what_it_posts_cannot_be_lost(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    demo = Demo(tmp_path, port, "en", scene=False)
    opening = asyncio.create_task(demo.open())
    try:
        told = await first_answer(f"http://127.0.0.1:{port}/sandbox.json")
        url, customer = f"{told['x']['api_url']}/2/tweets", told["x"]["customers"][0]
        await ask(url, {"text": "@wolkenhuis at once"}, customer["token"])
        assert demo.world is not None
        timeline = demo.world.slack.workspace.timeline
        await until(lambda: len(timeline(told["slack"]["channel"])) == 1, SOON / 1000)
    finally:
        await opening
        await demo.close()


async def first_answer(url: str) -> Any:
    """What is answered to whoever asks from before there is a server."""
    async with asyncio.timeout(SOON / 1000):
        while True:
            try:
                return (await ask(url))[1]
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.01)
