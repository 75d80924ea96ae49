"""Where the page scrolls to: the newest, unless one reads elsewhere, and what came of one's own doing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.sandbox.world import World
from tests.scenario import sandbox_page
from tests.scenario.sandbox_page import messages, post, send_card, visit
from tests.scenario.sandbox_world import ask
from tests.scenario.test_page_focus import as_bot, button, row

browser, page, world = sandbox_page.browser, sandbox_page.page, sandbox_page.world
pytestmark = pytest.mark.asyncio(loop_scope="module")


#: A message comes, and before the next frame the list gets lower: its scrolling is told with another shape.
TALLER_AND_LOWER = """() => {
  const item = document.createElement("li");
  item.dataset.key = "tall";
  item.style.height = "300px";
  document.getElementById("messages").append(item);
  Promise.resolve().then(() => { document.getElementById("guide").style.height = "340px"; });
}"""
BELOW = "list => list.scrollHeight - list.clientHeight - list.scrollTop"


async def read_up(shown: Locator) -> None:
    """Scroll to the beginning of a list, as its reader would."""
    await shown.evaluate("list => { list.scrollTop = 0; }")
    await expect(shown).to_have_attribute("data-away", "true")


async def at_end(shown: Locator) -> None:
    """Wait until a list stands at its newest message."""
    async with asyncio.timeout(10):
        while await shown.evaluate(BELOW) > 1:  # noqa: ASYNC110  # what is waited for is the browser's layout
            await asyncio.sleep(0.02)


def channel(page: Page) -> Locator:
    return page.locator("#messages")


def thread(page: Page) -> Locator:
    return page.locator("#thread-messages")


def card(text: str, label: str, action: str) -> list[dict[str, Any]]:
    """A message with a text and one button."""
    text_block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return [text_block, *row(button(label, action))]


async def full_channel(world: World, count: int = 12) -> list[str]:
    world.slack.limits.enabled = False
    return [await send_card(world, f"old {number}\n\n\n", []) for number in range(count)]


async def full_thread(world: World, page: Page, count: int = 12) -> str:
    """A card with a long thread, opened; its ts."""
    world.slack.limits.enabled = False
    ts = await send_card(world, "The case", card("The case", "Claim", "claim"))
    for number in range(count):
        await as_bot(world, "chat.postMessage", thread_ts=ts, text=f"line {number}\n\n\n")
    await messages(page).filter(has_text="The case").press("Enter")
    await expect(thread(page).get_by_text(f"line {count - 1}")).to_be_in_viewport()
    return ts


async def write_as_colleague(world: World, **body: Any) -> None:
    told = world.description()["slack"]
    body = {"channel": told["channel"], **body}
    await ask(f"{told['api_url']}chat.postMessage", body, told["agents"][1]["token"])


@pytest.mark.parametrize("size", [(1366, 768), (1024, 640), (390, 844)])
async def test_it_opens_at_the_very_end_and_stays_there_whatever_the_layout_does(
    world: World, browser: Browser, size: tuple[int, int]
) -> None:
    await full_channel(world)
    width, height = size
    page = await visit(world, browser, locale="nl-NL", viewport={"width": width, "height": height})
    if width < 800:
        await page.locator("#show-team").click()
    await at_end(channel(page))
    await page.set_viewport_size({"width": width, "height": height - 150})
    await at_end(channel(page))
    await page.locator("#guide").evaluate("guide => { guide.style.height = '200px'; }")
    await at_end(channel(page))
    # A picture that comes late makes its message higher.
    await channel(page).locator(".message").last.evaluate("item => { item.style.paddingBottom = '120px'; }")

    await at_end(channel(page))
    await page.evaluate(TALLER_AND_LOWER)
    await at_end(channel(page))
    await page.context.close()


async def test_who_reads_further_up_is_left_there(world: World, page: Page) -> None:
    await full_channel(world)
    await expect(messages(page).filter(has_text="old 11")).to_be_visible()
    await read_up(channel(page))
    await send_card(world, "fresh", [])
    await expect(page.locator("#messages-new")).to_be_visible()

    assert await channel(page).evaluate("list => list.scrollTop") == 0


async def test_the_button_for_what_is_new_lies_over_nothing_and_goes_once_that_is_seen(
    world: World, page: Page
) -> None:
    await full_channel(world)
    await expect(messages(page).filter(has_text="old 11")).to_be_visible()
    await read_up(channel(page))
    await send_card(world, "fresh", card("fresh 1\n\n\n\n\n\n\n", "Claim", "claim"))
    await send_card(world, "fresh", card("fresh 2\n\n\n\n\n\n\n", "Claim", "claim"))
    pill = page.locator("#messages-new")
    await expect(pill).to_have_text("2 new messages ↓")
    over, under = await pill.bounding_box(), await channel(page).bounding_box()
    assert over
    assert under
    assert over["y"] >= under["y"] + under["height"]
    await page.get_by_role("button", name="Nederlands").click()
    await expect(pill).to_have_text("2 nieuwe berichten ↓")
    await page.get_by_role("button", name="English").click()

    await messages(page).filter(has_text="fresh 1").evaluate("item => item.scrollIntoView({ block: 'end' })")
    await expect(pill).to_have_text("1 new message ↓")
    await messages(page).filter(has_text="fresh 2").get_by_role("button", name="Claim").focus()
    await expect(pill).to_be_hidden()


async def test_the_card_of_ones_own_post_is_brought_into_view(world: World, page: Page) -> None:
    await full_channel(world)
    await expect(messages(page).filter(has_text="old 11")).to_be_visible()
    await read_up(channel(page))
    await post(page, "@wolkenhuis mine")
    mine = world.x.posts[0]
    link = f"<https://x.com/i/status/{mine.id}|See it>"
    await send_card(world, "@somebody: something else <https://x.com/i/status/1|See it>", [])
    await expect(page.locator("#messages-new")).to_be_visible()
    await send_card(world, f"@sannezandkorrel: mine {link}", [])

    await expect(messages(page).filter(has_text="mine")).to_be_in_viewport()
    await expect(page.locator("#messages-new")).to_be_hidden()


async def test_what_one_writes_is_seen_in_the_channel_and_in_the_thread(world: World, page: Page) -> None:
    await full_channel(world)
    await full_thread(world, page)
    for shown, box in (
        (channel(page), "Message the channel"),
        (thread(page), "Reply in the thread"),
    ):
        await read_up(shown)
        await page.get_by_role("textbox", name=box).fill(f"// mine in {box}")
        await page.keyboard.press("Enter")

        await expect(shown.get_by_text(f"mine in {box}")).to_be_in_viewport()
        await at_end(shown)


async def test_what_a_press_brings_about_in_the_thread_is_seen(world: World, page: Page) -> None:
    ts = await full_thread(world, page)
    await read_up(thread(page))
    await thread(page).locator(".block.actions").get_by_role("button", name="Claim").click()
    await as_bot(world, "chat.postMessage", thread_ts=ts, text="Take it over?")

    await expect(thread(page).get_by_text("Take it over?")).to_be_in_viewport()


async def test_what_others_write_in_the_thread_is_counted_for_who_reads_further_up(
    world: World, page: Page
) -> None:
    ts = await full_thread(world, page)
    await read_up(thread(page))
    await write_as_colleague(world, thread_ts=ts, text="Shall I help?")
    await expect(page.locator("#thread-new")).to_have_text("1 new message ↓")
    assert await thread(page).evaluate("list => list.scrollTop") == 0
    await page.locator("#thread-new").click()

    await expect(thread(page).get_by_text("Shall I help?")).to_be_in_viewport()
    await expect(page.locator("#thread-new")).to_be_hidden()


async def test_an_answer_in_a_closed_thread_is_told_on_its_card(world: World, page: Page) -> None:
    world.slack.limits.enabled = False
    ts = await send_card(world, "The case", card("The case", "Set aside", "dismiss"))
    other = await send_card(world, "Of somebody else", [])
    shown = messages(page).filter(has_text="The case")
    await shown.get_by_role("button", name="Set aside").click()
    await as_bot(world, "chat.postMessage", thread_ts=other, text="Not yours")
    await as_bot(world, "chat.postMessage", thread_ts=ts, text="Why does it need no answer?")
    await expect(shown.locator(".thread-link")).to_contain_text("1 reply · 1 new")
    await expect(messages(page).filter(has_text="somebody else").locator(".thread-link")).not_to_contain_text(
        "new"
    )
    await expect(page.get_by_role("log")).to_contain_text("webcare in a thread: Why does it need no answer?")
    await shown.locator(".thread-link").click()
    await expect(thread(page)).to_contain_text("Why does it need no answer?")

    await expect(shown.locator(".thread-link")).not_to_contain_text("new")


async def test_a_whisper_in_a_thread_is_seen_whether_it_is_open_or_not(world: World, page: Page) -> None:
    ts = await send_card(world, "The case", [])
    agent = world.description()["slack"]["agents"][0]["id"]
    await as_bot(world, "chat.postEphemeral", user=agent, thread_ts=ts, text="Too late")
    await expect(channel(page)).to_contain_text("Too late")
    await messages(page).filter(has_text="The case").press("Enter")

    await expect(thread(page)).to_contain_text("Too late")
    await expect(channel(page)).not_to_contain_text("Too late")
