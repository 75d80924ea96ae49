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
from tests.scenario.sandbox_page import messages, posts
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
    await expect(direct).to_have_count(2, timeout=SOON)
    await page.get_by_role("tab", name="Timeline").click()
    await page.locator("#customer").select_option(label="Sanne Zandkorrel · @sannezandkorrel")


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
    await expect(card.get_by_role("button", name="Claim")).to_be_focused()
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
    await page.get_by_role("button", name="Send now").press("Enter", timeout=SOON)

    await expect(posts(page).filter(has_text="The shade is on its way! ^MK")).to_be_visible(timeout=SOON)
    await expect(page.locator("#guide-done")).to_be_visible()
    await expect(card).to_contain_text("Answered", timeout=SOON)


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
    await expect(card).to_contain_text("Beantwoord", timeout=SOON)
    await expect(card.get_by_role("button", name="Pakken")).to_have_count(0)
    assert await barriers(page) == ""
    await page.get_by_role("button", name="English").click()

    await expect(page.locator("html")).to_have_attribute("lang", "en", timeout=SOON)
    await expect(card).to_contain_text("Answered", timeout=SOON)


async def test_it_starts_over_with_everything_said_thrown_away(page: Page, demo: Demo) -> None:
    await page.get_by_role("button", name="Start over").click()
    await page.get_by_role("button", name="Throw away and start over").click()

    await expect(posts(page).filter(has_text="my lamp came")).to_have_count(0, timeout=SOON)
    await expect(messages(page).filter(has_text="I returned a coat").first).to_be_visible(timeout=SOON)
    await expect(page.locator("#guide-steps .ticked")).to_have_count(0)


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
