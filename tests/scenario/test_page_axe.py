"""axe finds no barrier on the page, in either language, on light and dark screens, whatever is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, Page

from bot.sandbox.world import World
from tests.scenario import sandbox_page
from tests.scenario.barriers import barriers
from tests.scenario.sandbox_page import send_card, visit
from tests.scenario.sandbox_world import ask
from tests.scenario.test_page_focus import as_bot, button, row

browser, world = sandbox_page.browser, sandbox_page.world
pytestmark = pytest.mark.asyncio(loop_scope="module")

#: Each language with one of the looks: names depend on the one, colours on the other.
VISITS = [("nl-NL", "light"), ("en-GB", "dark")]


async def open_thread(page: Page) -> None:
    await page.locator("#messages .message").first.press("Enter")


async def edit(page: Page) -> None:
    await page.locator('#thread-messages [data-focus="edit"]').first.press("Enter")


async def pick_emoji(page: Page) -> None:
    await page.locator('#thread-messages [data-focus="more"]').last.press("Enter")


async def confirm(page: Page) -> None:
    await page.locator('#messages [data-focus="row/dismiss"]').press("Enter")


def clicking(control: str) -> Callable[[Page], Awaitable[None]]:
    async def click(page: Page) -> None:
        await page.locator(control).click()

    return click


async def leave(page: Page) -> None:
    await page.keyboard.press("Escape")


async def stay(page: Page) -> None:
    """What was done stays open for what follows."""


STEPS = [
    (stay, stay),
    (open_thread, stay),
    (edit, leave),
    (pick_emoji, leave),
    (confirm, leave),
    (clicking("#help-open"), leave),
    (clicking("#customer-new"), leave),
    (clicking("#agent-new"), leave),
    (clicking("#tab-direct"), clicking("#tab-timeline")),
]


async def fill(world: World) -> None:
    """Something of everything: posts, a reply, a private message, a card, a thread, a whisper."""
    told = world.description()["slack"]
    opening = world.x.post(world.x.people[0].id, "@wolkenhuis where is my parcel?")
    world.x.post(world.brand.id, "We look for it!", opening.id)
    world.x.direct_message(world.x.people[0].id, world.brand.id, "WH-1")
    sure = {
        "title": {"type": "plain_text", "text": "Sure?"},
        "text": {"type": "plain_text", "text": "Nobody answers then."},
        "confirm": {"type": "plain_text", "text": "Yes"},
        "deny": {"type": "plain_text", "text": "No"},
    }
    claim = {**button("Claim", "claim"), "style": "primary"}
    dismiss = {**button("Set aside", "dismiss"), "style": "danger", "confirm": sure}
    small = {"type": "context", "elements": [{"type": "mrkdwn", "text": "small print", "verbatim": True}]}
    ts = await send_card(world, "Where is my parcel? <!channel>", [small, *row(claim, dismiss)])
    await as_bot(world, "reactions.add", timestamp=ts, name="eyes")
    body = {"channel": world.channel, "thread_ts": ts, "text": "With you @here tomorrow"}
    await ask(f"{told['api_url']}chat.postMessage", body, told["agents"][0]["token"])
    await as_bot(world, "chat.postEphemeral", user=told["agents"][0]["id"], text="Only for you")


@pytest.mark.parametrize(("locale", "scheme"), VISITS)
async def test_there_is_no_barrier_whatever_is_open(
    world: World, browser: Browser, locale: str, scheme: str
) -> None:
    await fill(world)
    page = await visit(world, browser, locale=locale, color_scheme=scheme)
    found = ""
    for enter, after in STEPS:
        await enter(page)
        found += await barriers(page)
        await after(page)

    assert not found
    await page.context.close()


@pytest.mark.parametrize(("locale", "scheme"), VISITS)
async def test_there_is_no_barrier_on_a_small_screen(
    world: World, browser: Browser, locale: str, scheme: str
) -> None:
    await fill(world)
    small = {"width": 390, "height": 844}
    page = await visit(world, browser, locale=locale, color_scheme=scheme, viewport=small)
    found = await barriers(page)
    await page.locator("#show-team").click()
    found += await barriers(page)
    await open_thread(page)
    found += await barriers(page)

    assert not found
    await page.context.close()


async def test_it_would_be_found(world: World, browser: Browser) -> None:
    page = await visit(world, browser, locale="en-GB")
    await page.evaluate("document.getElementById('help-open').removeAttribute('aria-label')")
    await page.evaluate("document.getElementById('tab-direct').setAttribute('aria-label', 'Elsewhere')")
    found = await barriers(page)

    assert "label-content-name-mismatch" in found
    await page.context.close()
