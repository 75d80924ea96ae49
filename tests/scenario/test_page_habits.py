"""What people are used to from Slack and X works on the sandbox's page too: keys, places, times, order."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.sandbox.site import PAGE
from bot.sandbox.world import World
from bot.texts import LANGUAGES, Texts
from tests.scenario import sandbox_page
from tests.scenario.sandbox_page import messages, post, posts, send_card, visit, write
from tests.scenario.sandbox_world import ask
from tests.scenario.test_page_focus import as_bot, button, row

browser, page, world = sandbox_page.browser, sandbox_page.page, sandbox_page.world
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_arrow_up_in_an_empty_box_changes_ones_last_message(world: World, page: Page) -> None:
    await write(page, "mine")
    told = world.description()["slack"]
    body = {"channel": world.channel, "text": "of a colleague"}
    await ask(f"{told['api_url']}chat.postMessage", body, told["agents"][1]["token"])
    await page.get_by_role("textbox", name="Message the channel").press("ArrowUp")

    box = page.get_by_role("textbox", name="Change your message")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("mine")


async def test_what_came_while_one_read_further_up_is_counted_marked_and_reached(
    world: World, page: Page
) -> None:
    world.slack.limits.enabled = False
    for number in range(12):
        await send_card(world, f"old {number}\n\n\n", [])
    await expect(messages(page).filter(has_text="old 11")).to_be_visible()
    await page.get_by_role("list", name="Messages").evaluate("list => { list.scrollTop = 0; }")
    await expect(page.get_by_role("list", name="Messages")).to_have_attribute("data-away", "true")
    await send_card(world, "fresh 1", [])
    await send_card(world, "fresh 2", [])
    await page.get_by_role("button", name="2 new messages").click()

    await expect(messages(page).last).to_be_focused()
    await expect(messages(page).last).to_be_in_viewport()
    rows = await messages(page).all_inner_texts()
    line = next(place for place, text in enumerate(rows) if text.strip() == "New")
    assert "fresh 1" in rows[line + 1]


async def test_the_picker_begins_with_what_is_used_most_and_goes_when_one_goes_on(
    world: World, page: Page
) -> None:
    await send_card(world, "The case", [])
    card = messages(page).filter(has_text="The case")
    await card.hover()
    await card.get_by_role("button", name="Another reaction").click()
    picker = page.get_by_role("dialog", name="Another reaction")
    shown = await picker.get_by_role("button").evaluate_all("all => all.map((one) => one.title)")
    assert shown[:3] == [":eyes:", ":white_check_mark:", ":see_no_evil:"]
    assert len(set(shown)) == len(shown)
    await page.get_by_role("textbox", name="Message the channel").click()

    await expect(picker).to_have_count(0)
    await expect(page.get_by_role("textbox", name="Message the channel")).to_be_focused()


async def test_the_head_of_a_thread_says_whose_case_it_is(world: World, page: Page) -> None:
    claim = {**button("Claim", "claim"), "value": "12"}
    await send_card(world, "@jansen · Jan Jansen · X · @brand · case 12\nwhere is it?", row(claim))
    await messages(page).filter(has_text="Claim").press("Enter")

    await expect(page.get_by_role("heading", name="Thread case 12 · @jansen")).to_be_visible()


@pytest.mark.parametrize("locale", ["en-US", "en-GB", "nl-NL"])
async def test_times_are_written_in_24_hours(world: World, browser: Browser, locale: str) -> None:
    await send_card(world, f"<!date^{20 * 3600}^{{time}}|8:00 PM>", [])
    page = await visit(world, browser, locale=locale, timezone_id="UTC")

    await expect(page.locator("#messages .contents time")).to_have_text("20:00")
    await page.context.close()


async def test_what_one_reacts_with_says_what_it_does(world: World, page: Page) -> None:
    world.slack.limits.enabled = False
    claim = {**button("Claim", "claim"), "value": "12"}
    ts = await send_card(world, "@jansen · Jan Jansen · X · @brand · case 12", row(claim))
    await as_bot(world, "chat.postMessage", thread_ts=ts, text="Will be posted")
    await messages(page).filter(has_text="Claim").press("Enter")
    for text in ("On its way!", "// he is right"):
        await page.get_by_role("textbox", name="Reply in the thread").fill(text)
        await page.keyboard.press("Enter")
        await expect(page.locator("#thread-messages").get_by_text(text)).to_be_visible()

    async def offered(item: Locator) -> list[str]:
        names = await item.locator('[data-focus^="quick-"]').evaluate_all(
            "all => all.map((one) => one.title === one.ariaLabel ? one.title : null)"
        )
        return list(names)

    thread = page.locator("#thread-messages .message")
    meanings = ["Claim", "Close", "No reply needed", "Switch to private"]
    assert await offered(messages(page).last) == meanings
    assert await offered(thread.nth(0)) == meanings
    assert await offered(thread.filter(has_text="Will be posted")) == []
    assert await offered(thread.filter(has_text="On its way!")) == ["Send now", "Stop the reply"]
    assert await offered(thread.filter(has_text="he is right")) == []
    sent = world.slack.workspace.replies(world.channel, ts)[-2]
    await as_bot(world, "reactions.add", timestamp=sent, name="outbox_tray")
    await expect(page.get_by_role("log")).to_contain_text("Your reply was posted: On its way!")
    await expect(thread.filter(has_text="On its way!").locator('[data-focus="quick-x"]')).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "alone", "both"),
    [
        ("en-GB", "👀 1, by you", "👀 2, by you and Joris Veldkamp"),
        ("nl-NL", "👀 1, van jou", "👀 2, van jou en Joris Veldkamp"),
    ],
)
async def test_a_reaction_says_whose_it_is_in_the_language_of_the_page(
    world: World, browser: Browser, locale: str, alone: str, both: str
) -> None:
    ts = await send_card(world, "The case", [])
    page = await visit(world, browser, locale=locale)
    told = world.description()["slack"]
    pill = page.locator("#messages .reaction")
    for agent, label in zip(told["agents"], (alone, both), strict=False):
        body = {"channel": world.channel, "timestamp": ts, "name": "eyes"}
        await ask(f"{told['api_url']}reactions.add", body, agent["token"])
        await expect(pill).to_have_accessible_name(label)
        await expect(pill).to_have_attribute("title", label)
    await page.context.close()


@pytest.mark.parametrize("width", [390, 1200])
async def test_the_bar_of_a_message_covers_nothing_that_the_message_says(
    world: World, browser: Browser, width: int
) -> None:
    claim = {**button("Claim", "claim"), "value": "12"}
    await send_card(world, "@jansen · Jan Jansen · X · @brand · case 12", row(claim))
    page = await visit(world, browser, locale="en-GB", viewport={"width": width, "height": 844})
    if width == 390:
        await page.get_by_role("button", name="Team's channel").click()
    await messages(page).last.press("Enter")
    await page.get_by_role("textbox", name="Reply in the thread").fill("What about this?")
    await page.keyboard.press("Enter")
    thread = page.locator("#thread-messages .message")
    await expect(thread).to_have_count(2)
    for item in await thread.all():
        await item.locator(".message-head").click()
        shown = await item.locator(".tools").bounding_box()
        said = await item.locator("time").first.bounding_box()
        room = await page.locator("#thread-messages").bounding_box()
        assert shown is not None
        assert said is not None
        assert room is not None

        assert room["y"] <= shown["y"]
        assert shown["y"] + shown["height"] <= said["y"]
    await page.context.close()


#: Which button of a card does the same as which reaction.
SAME = {
    "eyes": "claim",
    "white_check_mark": "close",
    "see_no_evil": "dismiss",
    "lock": "private",
    "rocket": "send_now",
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_reaction_is_called_as_the_button_that_does_the_same(language: str) -> None:
    words = (PAGE / f"texts.{language}.js").read_text("utf-8")
    called = dict(re.findall(r'does_(\w+): "([^"]*)"', words))

    assert {name: called[name] for name in SAME} == {
        name: Texts(language).text(f"button.{action}") for name, action in SAME.items()
    }


#: How the cards of a case begin and end, by what the box of its thread says then.
HINTS = [
    ([], "Reply in the thread"),
    (["claim"], "Reply to @jansen (the bot asks first whether you claim the case)"),
    (["release", "Mira Klaver", "as @wolkenhuis"], "Public reply to @jansen (start with // for a note)"),
    (
        ["release", "Mira Klaver", "🔒 privately to @jansen"],
        "🔒 Private reply to @jansen (start with // for a note)",
    ),
    (
        ["release", "Mira Klaver", "🔒 Private, but nothing can be sent"],
        "Reply to the customer (start with // to keep it internal)",
    ),
    (["release", "Joris Veldkamp"], "Joris Veldkamp has this case: what you write here stays internal"),
]


@pytest.mark.parametrize(("card", "hint"), HINTS)
async def test_the_box_of_a_thread_says_what_becomes_of_what_is_written(
    world: World, page: Page, card: list[str], hint: str
) -> None:
    head = "@jansen · Jan Jansen · X · @wolkenhuis · case 12"
    action, holder, print_ = [*card, "", "", ""][:3]
    bold = {"type": "text", "text": f"Claimed by {holder}"}
    named = (
        [{"type": "text", "text": "👀 "}, {**bold, "text": holder, "style": {"bold": True}}] if holder else []
    )
    blocks = [
        {"type": "context", "elements": [{"type": "plain_text", "text": head if action else "Somebody"}]},
        *(
            [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": named}]}]
            if named
            else []
        ),
        *([{"type": "context", "elements": [{"type": "plain_text", "text": print_}]}] if print_ else []),
        *(row({**button("Do it", action), "value": "12"}) if action else []),
    ]
    await send_card(world, head, blocks)
    await messages(page).filter(has_text=head if action else "Somebody").press("Enter")

    await expect(page.locator("#thread-text")).to_have_attribute("placeholder", hint)


async def test_a_closed_case_keeps_its_name_and_says_that_it_is_closed(world: World, page: Page) -> None:
    pieces = ["✅ Closed by Mira Klaver", "X · @wolkenhuis · case 12", "@jansen · Jan Jansen: where is it?"]
    await send_card(
        world,
        "closed",
        [{"type": "context", "elements": [{"type": "plain_text", "text": one} for one in pieces]}],
    )
    await messages(page).filter(has_text="Closed by").press("Enter")

    await expect(page.get_by_role("heading", name="Thread case 12 · @jansen")).to_be_visible()
    await expect(page.locator("#thread-text")).to_have_attribute("placeholder", "This case is closed")


async def test_how_long_ago_is_kept_current(world: World, browser: Browser) -> None:
    page = await (await browser.new_context(locale="en-GB")).new_page()
    await page.clock.install()
    await page.goto(f"{world.base_url}/")
    ts = await send_card(world, "The case", [])
    await as_bot(world, "chat.postMessage", thread_ts=ts, text="Will be posted")
    link = page.locator("#messages .thread-link")
    await expect(link).to_contain_text("last reply just now")
    await page.clock.fast_forward("05:00")

    await expect(link).to_contain_text("last reply 5 minutes ago")
    await page.context.close()


async def test_a_word_for_the_bot_is_let_through_and_a_hint_goes_with_the_words(
    world: World, page: Page
) -> None:
    waits = [{**button(name, name), "value": "12"} for name in ("claim", "dismiss")]
    await send_card(world, "@jansen · case 12", row(*waits))
    await expect(messages(page).locator(".block.actions")).to_be_visible()
    box = page.get_by_role("textbox", name="Message the channel")
    await write(page, "!help")
    await box.fill("for the customer")
    await page.keyboard.press("Enter")
    advice = page.locator("#channel-advice")
    await expect(advice).to_contain_text("Only colleagues read the channel")
    await page.get_by_role("button", name="Nederlands").click()
    await expect(advice).to_contain_text("In het kanaal lezen alleen collega's mee")
    await expect(advice.get_by_role("button").first).to_have_text("Naar de thread van case 12 (@jansen)")
    await page.get_by_role("textbox", name="Bericht aan het kanaal").fill("")

    await expect(advice).to_be_hidden()


async def test_the_line_before_what_is_new_is_not_below_the_bar(world: World, page: Page) -> None:
    world.slack.limits.enabled = False
    for number in range(12):
        await send_card(world, f"old {number}\n\n\n", [])
    await expect(messages(page).filter(has_text="old 11")).to_be_visible()
    await page.get_by_role("list", name="Messages").evaluate("list => { list.scrollTop = 0; }")
    await expect(page.get_by_role("list", name="Messages")).to_have_attribute("data-away", "true")
    await send_card(world, "fresh", [])
    line = page.locator("#messages .day.news span")
    await expect(line).to_have_text("New")
    await messages(page).filter(has_text="fresh").hover()
    word = await line.bounding_box()
    bar = await messages(page).filter(has_text="fresh").get_by_role("toolbar").bounding_box()

    assert word
    assert bar
    assert word["x"] + word["width"] < bar["x"]


async def test_a_moment_is_written_in_the_language_of_the_words_around_it(world: World, page: Page) -> None:
    day = 1_900_000_000
    await send_card(world, f"Geplaatst <!date^{day}^{{date}} om {{time}}|ooit>", [])
    await send_card(world, f"Posted <!date^{day}^{{date}} at {{time}}|once>", [])
    await send_card(world, f"<!date^{day}^{{date}}|once>", [])

    times = messages(page).locator(".contents time")
    await expect(times).to_contain_text(["17 maart 2030 om", "17 March 2030 at", "17 March 2030"])


async def test_each_text_of_a_customer_says_which_language_it_is_in(world: World, page: Page) -> None:
    await post(page, "@wolkenhuis waar blijft mijn pakket?")
    world.x.post(world.x.people[1].id, "@wolkenhuis where is my parcel?")
    world.x.post(world.x.people[2].id, "@wolkenhuis WH-1?")

    for words, tongue in (("pakket", "nl"), ("parcel", "en")):
        text = posts(page).filter(has_text=words).locator(".post-text")
        await expect(text).to_have_attribute("lang", tongue)
    await expect(posts(page).filter(has_text="WH-1").locator(".post-text")).not_to_have_attribute(
        "lang", re.compile("")
    )


async def test_f6_stops_at_every_box_and_list_and_shift_goes_back(world: World, page: Page) -> None:
    await post(page, "@wolkenhuis hoi")
    await expect(posts(page)).to_have_count(1)
    await send_card(world, "The case", [])
    await expect(messages(page).filter(has_text="The case")).to_be_visible()
    box = page.get_by_role("textbox", name="Post as this customer")
    await box.focus()
    for there in (
        posts(page),
        messages(page).last,
        page.get_by_role("textbox", name="Message the channel"),
        box,
    ):
        await page.keyboard.press("F6")
        await expect(there).to_be_focused()

    await page.keyboard.press("Shift+F6")
    await expect(page.get_by_role("textbox", name="Message the channel")).to_be_focused()


async def test_a_few_messages_stand_at_the_end_of_the_channel_and_the_bar_hides_no_name(
    world: World, page: Page
) -> None:
    await send_card(world, "The only one", [])
    card = messages(page).filter(has_text="The only one")
    await card.hover()
    room = await page.get_by_role("list", name="Messages").bounding_box()
    item = await card.bounding_box()
    bar = await card.get_by_role("toolbar").bounding_box()
    head = await card.locator(".message-head time").bounding_box()

    assert room is not None
    assert item is not None
    assert bar is not None
    assert head is not None
    assert room["y"] + room["height"] - item["y"] - item["height"] < 40
    assert bar["y"] >= room["y"]
    assert bar["x"] > head["x"] + head["width"]


async def test_a_small_screen_leaves_two_thirds_to_what_is_read(world: World, browser: Browser) -> None:
    page = await visit(world, browser, locale="nl-NL", viewport={"width": 390, "height": 844})
    await page.locator("#show-team").click()
    room = await page.locator(".channel").bounding_box()

    assert room
    assert room["height"] > 844 * 2 / 3
    await page.context.close()
