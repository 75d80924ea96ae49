"""The sandbox's page in a real browser: what its tests start from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot.sandbox.world import World
from tests.scenario.sandbox_world import ask, running

#: How long a page may take to show something, in milliseconds: as long as the other scenario tests wait.
expect.set_options(timeout=15_000)

CHROMIUM = Path("/usr/bin/chromium")
PRESENT = CHROMIUM.exists()


@pytest_asyncio.fixture(loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with running() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests of a module; each visit has a profile of its own."""
    if not PRESENT:
        pytest.skip(f"There is no browser at {CHROMIUM} to open the page in.")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(world: World, browser: Browser) -> AsyncIterator[Page]:
    """The page in English, live."""
    opened = await visit(world, browser, locale="en-GB")
    yield opened
    await opened.context.close()


async def visit(world: World, browser: Browser, **options: Any) -> Page:
    """The page as a visitor with these traits has it, once it is live and the browser has not complained."""
    page = await (await browser.new_context(**options)).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    await page.goto(f"{world.base_url}/")
    await expect(page.locator("#link-state[data-state=up]")).to_be_attached()
    assert not said
    return page


async def post(page: Page, text: str, customer: str = "Sanne Zandkorrel · @sannezandkorrel") -> None:
    """Post as a customer."""
    await page.get_by_label("You are").first.select_option(label=customer)
    await page.get_by_role("textbox", name="Post as this customer").fill(text)
    await page.get_by_role("button", name="Post", exact=True).click()


async def write(page: Page, text: str) -> None:
    """Write in the channel as the chosen agent."""
    await page.get_by_role("textbox", name="Message the channel").fill(text)
    await page.keyboard.press("Enter")
    await expect(messages(page).filter(has_text=text)).to_be_visible()


def messages(page: Page) -> Locator:
    """What the channel shows."""
    return page.get_by_role("list", name="Messages").get_by_role("listitem")


def pressable(where: Page | Locator, name: str) -> Locator:
    """A button below a message; the bar that appears over it has one of the same name."""
    return where.locator(".block.actions").get_by_role("button", name=name)


def posts(page: Page) -> Locator:
    """What the timeline shows."""
    return page.get_by_role("list", name="Timeline").get_by_role("listitem")


async def send_card(world: World, text: str, blocks: list[dict[str, Any]]) -> str:
    """Post a message as the bot, through the ordinary Web API; its ts."""
    told = world.description()["slack"]
    body = {"channel": told["channel"], "text": text, "blocks": blocks}
    _, answer = await ask(f"{told['api_url']}chat.postMessage", body, told["bot"]["bot_token"])
    assert answer["ok"], answer
    return str(answer["ts"])
