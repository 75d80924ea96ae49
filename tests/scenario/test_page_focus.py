"""The sandbox's page keeps the focus however often things are drawn anew, and says what changed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from bot.sandbox.world import World
from tests.scenario import sandbox_page
from tests.scenario.sandbox_page import messages, post, posts, send_card, visit, write
from tests.scenario.sandbox_world import ask

browser, page, world = sandbox_page.browser, sandbox_page.page, sandbox_page.world
pytestmark = pytest.mark.asyncio(loop_scope="module")


def button(label: str, action: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": label}}


def row(*buttons: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "actions", "block_id": "row", "elements": list(buttons)}]


async def as_bot(world: World, method: str, **body: Any) -> dict[str, Any]:
    """Call a method of Slack as the bot."""
    told = world.description()["slack"]
    body = {"channel": told["channel"], **body}
    _, answer = await ask(f"{told['api_url']}{method}", body, told["bot"]["bot_token"])
    assert answer["ok"], answer
    return dict(answer)


# --- where one stands


async def test_a_card_redrawn_without_the_button_that_was_pressed_keeps_the_focus_on_the_card(
    world: World, page: Page
) -> None:
    ts = await send_card(
        world, "Nobody has it", row(button("Claim", "claim"), button("Set aside", "dismiss"))
    )
    await page.get_by_role("button", name="Claim").focus()
    await as_bot(world, "chat.update", ts=ts, text="Mira has it", blocks=row(button("Release", "release")))
    await expect(page.get_by_role("button", name="Release")).to_be_attached()

    await expect(messages(page).filter(has_text="Release")).to_be_focused()


async def test_a_card_redrawn_with_the_same_button_keeps_the_focus_on_the_button(
    world: World, page: Page
) -> None:
    ts = await send_card(world, "One", row(button("Set aside", "dismiss")))
    await page.get_by_role("button", name="Set aside").focus()
    await as_bot(
        world,
        "chat.update",
        ts=ts,
        text="Two",
        blocks=row(button("Claim", "claim"), button("Set aside", "dismiss")),
    )
    await expect(page.get_by_role("button", name="Claim")).to_be_attached()

    await expect(page.get_by_role("button", name="Set aside")).to_be_focused()


async def test_whoever_stands_on_a_line_while_it_changes_goes_on_standing_there(
    world: World, page: Page
) -> None:
    ts = await send_card(world, "The case", [])
    line = await as_bot(world, "chat.postMessage", thread_ts=ts, text="Will be posted at 7:57")
    await messages(page).filter(has_text="The case").press("Enter")
    thread = page.get_by_role("list", name="Thread").get_by_role("listitem")
    await thread.filter(has_text="Will be posted").focus()
    await as_bot(world, "chat.update", ts=line["ts"], text="Posted at 7:57")

    await expect(thread.filter(has_text="Posted at")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#thread")).to_be_hidden()


async def test_taking_back_a_reaction_keeps_the_focus_on_its_message(world: World, page: Page) -> None:
    await send_card(world, "The case", [])
    card = messages(page).filter(has_text="The case")
    await card.hover()
    await card.get_by_role("button", name="React with 👀").press("Enter")
    await card.get_by_role("button", name="👀 1, by you").press("Enter")
    await expect(card.locator(".reaction")).to_have_count(0)

    await expect(card).to_be_focused()


async def test_a_message_that_goes_away_hands_the_focus_to_its_neighbour_and_never_to_a_day(
    world: World, page: Page
) -> None:
    await write(page, "first")
    await write(page, "second")
    told = world.description()["slack"]
    first, second = world.slack.workspace.timeline(world.channel)
    for ts, stands in ((second, "first"), (first, None)):
        text = "second" if ts == second else "first"
        await messages(page).filter(has_text=text).focus()
        body = {"channel": world.channel, "ts": ts}
        await ask(f"{told['api_url']}chat.delete", body, told["agents"][0]["token"])
        await expect(messages(page).filter(has_text=text)).to_have_count(0)
        if stands is not None:
            await expect(messages(page).filter(has_text=stands)).to_be_focused()

    await expect(page.get_by_role("list", name="Messages")).to_be_focused()


async def test_a_deleted_post_hands_the_focus_to_its_neighbour(world: World, page: Page) -> None:
    await post(page, "@wolkenhuis een")
    await post(page, "@wolkenhuis twee")
    await expect(posts(page)).to_have_count(2)
    await posts(page).filter(has_text="twee").get_by_role("button", name="Delete this post").press("Enter")
    await expect(posts(page)).to_have_count(1)

    await expect(posts(page).filter(has_text="een")).to_be_focused()


async def test_a_dialog_gives_the_focus_back_although_its_message_was_redrawn_meanwhile(
    world: World, page: Page
) -> None:
    ts = await send_card(world, "The case", [])
    card = messages(page).filter(has_text="The case")
    await card.hover()
    await card.get_by_role("button", name="Another reaction").press("Enter")
    await as_bot(world, "reactions.add", timestamp=ts, name="memo")
    await expect(card.locator(".reaction")).to_have_count(1)
    await page.keyboard.press("Escape")

    await expect(card.get_by_role("button", name="Another reaction")).to_be_focused()


# --- what is said


async def test_what_a_message_shows_newly_is_said(world: World, page: Page) -> None:
    ts = await send_card(world, "Answer due 7:57 · Nobody has claimed this yet", [])
    await expect(messages(page).filter(has_text="Nobody has")).to_be_visible()
    await as_bot(world, "chat.update", ts=ts, text="Answer due 7:57 · Claimed by Mira Klaver")

    log = page.get_by_role("log", name="What happens")
    await expect(log).to_contain_text("webcare changed: Claimed by Mira Klaver")
    assert "changed: Answer due" not in await log.inner_text()


async def test_a_mark_of_the_bot_on_ones_own_message_is_said(world: World, page: Page) -> None:
    await write(page, "// call them")
    ts = world.slack.workspace.timeline(world.channel)[-1]
    await as_bot(world, "reactions.add", timestamp=ts, name="memo")

    log = page.get_by_role("log", name="What happens")
    await expect(log).to_contain_text("Your message stays internal, as a note: // call them")


async def test_ones_own_change_is_not_said(world: World, page: Page) -> None:
    await write(page, "before")
    await messages(page).filter(has_text="before").hover()
    await page.get_by_role("button", name="Edit", exact=True).click()
    await page.get_by_role("textbox", name="Change your message").fill("after")
    await page.keyboard.press("Enter")
    await expect(messages(page).filter(has_text="after")).to_contain_text("(edited)")

    assert "after" not in await page.get_by_role("log", name="What happens").inner_text()


# --- the links before everything else


@pytest.mark.parametrize("width", [390, 1440])
async def test_the_links_at_the_start_lead_to_the_box_that_is_open(
    world: World, browser: Browser, width: int
) -> None:
    page = await visit(world, browser, locale="en-GB", viewport={"width": width, "height": 800})
    await page.get_by_role("tab", name="Direct messages").click()
    await page.get_by_role("link", name="Skip to the team's channel").press("Enter")
    await expect(page.get_by_role("textbox", name="Message the channel")).to_be_focused()

    await page.get_by_role("link", name="Skip to X").press("Enter")
    await expect(page.get_by_role("textbox", name="Message the brand in private")).to_be_focused()
    await page.context.close()


async def test_on_a_small_screen_the_keys_lead_to_the_open_thread(world: World, browser: Browser) -> None:
    page = await visit(world, browser, locale="en-GB", viewport={"width": 390, "height": 800})
    await send_card(world, "The case", [])
    await page.get_by_role("link", name="Skip to the team's channel").press("Enter")
    card = messages(page).filter(has_text="The case")
    await card.hover()
    await card.get_by_role("button", name="Reply in thread").press("Enter")
    thread = page.locator("#thread-text")
    await page.get_by_role("link", name="Skip to the team's channel").press("Enter")
    await expect(thread).to_be_focused()

    await page.get_by_role("link", name="Skip to X").press("Enter")
    reached = []
    for _ in range(5):
        await page.keyboard.press("F6")
        reached.append(await page.evaluate("document.activeElement.id"))

    assert "thread-text" in reached
    assert await page.evaluate("document.activeElement !== document.body")
    await page.context.close()
