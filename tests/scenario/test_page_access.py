"""The sandbox's page is for everybody: keyboard, screen reader, both languages, narrow and dark screens."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from bot.sandbox.world import World
from tests.scenario import sandbox_page
from tests.scenario.sandbox_page import messages, post, posts, send_card, visit, write

browser, page, world = sandbox_page.browser, sandbox_page.page, sandbox_page.world
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_case_is_worked_with_the_keyboard_alone(world: World, page: Page) -> None:
    await page.keyboard.press("F6")
    await page.keyboard.type("toetsenbord")
    await page.keyboard.press("Enter")
    await expect(posts(page)).to_contain_text(["@wolkenhuis toetsenbord"])
    await send_card(world, "Kaart over toetsenbord", [])
    await expect(messages(page).filter(has_text="Kaart over toetsenbord")).to_be_visible()
    await page.keyboard.press("F6")
    await page.keyboard.press("F6")
    await expect(messages(page).filter(has_text="Kaart over toetsenbord")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="👀 1, by you")).to_be_visible()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.type("Antwoord")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("list", name="Thread")).to_contain_text("Antwoord")
    await page.keyboard.press("Escape")

    await expect(page.get_by_role("list", name="Thread")).to_be_hidden()
    await expect(messages(page).filter(has_text="Kaart over toetsenbord")).to_be_focused()


async def test_arrows_move_through_the_messages(world: World, page: Page) -> None:
    for text in ("een", "twee", "drie"):
        await write(page, text)
    await messages(page).filter(has_text="drie").focus()
    await page.keyboard.press("ArrowUp")
    await expect(messages(page).filter(has_text="twee")).to_be_focused()

    await page.keyboard.press("Home")
    await expect(messages(page).filter(has_text="een")).to_be_focused()


async def test_what_others_do_is_said_to_a_screen_reader(world: World, page: Page) -> None:
    await send_card(world, "Nieuwe vraag van Sanne", [])

    log = page.get_by_role("log", name="What happens")
    await expect(log).to_contain_text("webcare in the channel: Nieuwe vraag van Sanne")
    await expect(log).to_have_attribute("aria-live", "polite")


UNNAMED = """() => [...document.querySelectorAll("button, a[href], input, select, textarea, [role=tab]")]
  .filter((control) => control.checkVisibility())
  .filter((control) => !((control.getAttribute("aria-label") ?? "") + control.textContent
    + [...(control.labels ?? [])].map((label) => label.textContent).join("")).trim())
  .map((control) => control.outerHTML)"""

DOUBLE_IDS = """() => {
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  return ids.filter((id, place) => ids.indexOf(id) !== place);
}"""

DANGLING = """() => ["for", "aria-labelledby", "aria-controls", "aria-describedby"].flatMap((name) =>
  [...document.querySelectorAll(`[${name}]`)].flatMap((element) => element.getAttribute(name).split(" "))
    .filter((id) => document.getElementById(id) === null))"""


async def test_every_control_has_a_name_and_every_reference_an_aim(world: World, page: Page) -> None:
    await post(page, "@wolkenhuis hoi")
    await write(page, "Hallo")
    await messages(page).filter(has_text="Hallo").press("Enter")
    await page.get_by_role("button", name="Keys and help").click()

    assert await page.evaluate(UNNAMED) == []
    assert await page.evaluate(DOUBLE_IDS) == []
    assert await page.evaluate(DANGLING) == []


async def test_the_page_has_one_main_part_with_two_named_regions(world: World, page: Page) -> None:
    await expect(page.get_by_role("main")).to_have_count(1)
    await expect(page.get_by_role("region", name="X", exact=True)).to_be_visible()
    await expect(page.get_by_role("region", name="webcare")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Webcare sandbox")


CONTRAST = """() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const part = (value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([red, green, blue]) => 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
  const words = (node) => node.nodeType === 3 && /\\p{L}/u.test(node.data);
  const behind = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.checkVisibility() && !element.classList.contains("emoji"))
    .filter((element) => [...element.childNodes].some(words))
    .map((element) => {
      const both = [light(parse(getComputedStyle(element).color)), light(behind(element))];
      return [element.className || element.tagName, (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05)];
    })
    .filter(([, contrast]) => contrast < 4.5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_text_stands_out_enough(world: World, browser: Browser, scheme: str) -> None:
    opening = world.x.post(world.x.people[0].id, "@wolkenhuis vraag")
    world.x.post(world.brand.id, "Antwoord", opening.id)
    button = {
        "type": "button",
        "action_id": "claim",
        "style": "primary",
        "text": {"type": "plain_text", "text": "Ja"},
    }
    danger = {**button, "action_id": "no", "style": "danger"}
    await send_card(world, "Kaart <!channel>", [])
    await send_card(world, "Kaart", [{"type": "actions", "elements": [button, danger]}])
    page = await visit(world, browser, color_scheme=scheme, locale="en-GB")
    await write(page, "Hallo @here")

    assert await page.evaluate(CONTRAST) == []


async def test_the_language_is_the_browsers_and_can_be_switched(world: World, browser: Browser) -> None:
    page = await visit(world, browser, locale="nl-NL")
    await expect(page.locator("html")).to_have_attribute("lang", "nl")
    await expect(page.get_by_role("button", name="Plaatsen")).to_be_visible()

    await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_role("button", name="Post", exact=True)).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Post", exact=True)).to_be_visible()


async def test_a_narrow_screen_shows_one_half_at_a_time(world: World, browser: Browser) -> None:
    page = await visit(world, browser, locale="en-GB", viewport={"width": 360, "height": 700})
    await expect(page.locator("#network")).to_be_visible()
    await expect(page.locator("#team")).to_be_hidden()
    await send_card(world, "Nieuw", [])
    await page.get_by_role("button", name="Team's channel 1").click()

    await expect(page.locator("#team")).to_be_visible()
    await expect(page.locator("#network")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_the_guide_goes_away_for_good(world: World, browser: Browser) -> None:
    page = await visit(world, browser, locale="en-GB")
    await expect(page.get_by_role("region", name="How it works")).to_contain_text("Post as a customer")
    await page.get_by_role("button", name="Got it").click()
    await page.reload()

    await expect(page.get_by_role("region", name="How it works")).to_be_hidden()
