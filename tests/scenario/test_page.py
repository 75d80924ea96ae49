"""The sandbox's page with no bot: its two halves are worked, and the text of strangers stays text."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.sandbox.world import World
from tests.scenario import sandbox_page
from tests.scenario.sandbox_page import messages, post, posts, send_card, visit, write
from tests.scenario.sandbox_world import ask, running

browser, page, world = sandbox_page.browser, sandbox_page.page, sandbox_page.world
pytestmark = pytest.mark.asyncio(loop_scope="module")

HOSTILE = '<img src=x onerror="document.title=1"> <!channel> <b>vet</b> \u202eomgekeerd\u202c'


# --- the public network


async def test_a_customers_post_appears_on_the_page_and_in_the_api(world: World, page: Page) -> None:
    await post(page, "@wolkenhuis waar blijft mijn pakket?")

    await expect(posts(page)).to_contain_text(["@wolkenhuis waar blijft mijn pakket?"])
    customer = next(
        one for one in world.description()["x"]["customers"] if one["handle"] == "sannezandkorrel"
    )
    _, answer = await ask(f"{world.base_url}/x/2/users/{customer['id']}/tweets", token=customer["token"])
    assert [one["text"] for one in answer["data"]] == ["@wolkenhuis waar blijft mijn pakket?"]


async def test_a_post_made_elsewhere_appears_without_a_reload(world: World, page: Page) -> None:
    world.x.post(world.x.people[2].id, "@wolkenhuis zomaar")

    await expect(posts(page)).to_contain_text(["@wolkenhuis zomaar"])


async def test_the_brands_reply_hangs_under_the_post_and_is_marked(world: World, page: Page) -> None:
    opening = world.x.post(world.x.people[0].id, "@wolkenhuis vraagje")
    world.x.post(world.brand.id, "Zeg het maar! ^MK", opening.id)

    reply = posts(page).filter(has_text="Zeg het maar! ^MK")
    await expect(reply.get_by_text("brand", exact=True)).to_be_visible()
    await expect(reply).to_have_attribute("data-depth", "1")


async def test_a_customer_replies_under_a_post(world: World, page: Page) -> None:
    opening = world.x.post(world.x.people[0].id, "@wolkenhuis vraagje")
    await page.get_by_role("button", name="Reply to Sanne Zandkorrel").click()
    await page.keyboard.type("Ik heb precies hetzelfde")
    await page.keyboard.press("Enter")

    await expect(posts(page).filter(has_text="precies hetzelfde")).to_have_attribute("data-depth", "1")
    assert world.x.posts[0].in_reply_to == opening.id


async def test_a_customer_deletes_an_own_post(world: World, page: Page) -> None:
    await post(page, "@wolkenhuis toch maar niet")
    await page.get_by_role("button", name="Delete this post").click()

    await expect(posts(page)).to_have_count(0)
    assert world.x.posts == []


async def test_what_x_refuses_is_said_and_the_text_stays(world: World, page: Page) -> None:
    await post(page, "@wolkenhuis twee keer")
    await expect(posts(page)).to_have_count(1)
    await post(page, "@wolkenhuis twee keer")

    await expect(page.locator("#post-problem")).to_contain_text("duplicate content")
    await expect(page.get_by_role("textbox", name="Post as this customer")).to_have_value(
        "@wolkenhuis twee keer"
    )


async def test_a_customer_and_the_brand_write_in_private(world: World, page: Page) -> None:
    await page.get_by_role("tab", name="Direct messages").click()
    await page.get_by_role("textbox", name="Message the brand in private").fill("Mijn nummer is WH-1")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("list", name="Direct messages")).to_contain_text("Mijn nummer is WH-1")
    sender = world.x.messages[0].sender_id
    world.x.direct_message(world.brand.id, sender, "Dank je, ik kijk het na.")

    await expect(page.get_by_role("list", name="Direct messages")).to_contain_text("ik kijk het na")


async def test_older_conversations_are_drawn_when_asked_for(world: World, page: Page) -> None:
    for number in range(103):
        world.x.post(world.x.people[0].id, f"@wolkenhuis vraag {number}")
    await expect(posts(page)).to_have_count(100)
    await page.get_by_role("button", name="Show older").click()

    await expect(posts(page)).to_have_count(103)


# --- the team's channel


async def test_an_agent_writes_in_the_channel_and_in_a_thread(world: World, page: Page) -> None:
    await write(page, "Wie pakt dit op?")
    await messages(page).filter(has_text="Wie pakt").hover()
    await page.get_by_role("button", name="Reply in thread").click()
    await page.get_by_role("textbox", name="Reply in the thread").fill("Ik!")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("list", name="Thread")).to_contain_text("Ik!")
    await expect(messages(page)).to_contain_text(["today", "1 reply"])


async def test_reactions_are_put_on_and_taken_off(world: World, page: Page) -> None:
    await write(page, "Kijk hier")
    message = messages(page).filter(has_text="Kijk hier")
    await message.hover()
    await message.get_by_role("button", name="React with 👀").click()
    on = message.get_by_role("button", name="👀 1, by you", pressed=True)
    await expect(on).to_be_visible()

    await on.click()
    await expect(message.locator(".reaction")).to_have_count(0)


async def test_any_emoji_is_found_by_its_name(world: World, page: Page) -> None:
    await write(page, "Feest")
    message = messages(page).filter(has_text="Feest")
    await message.hover()
    await message.get_by_role("button", name="Another reaction").click()
    await page.get_by_label("Find an emoji by its name").fill("tada")
    await page.keyboard.press("Enter")

    await expect(message.get_by_role("button", name="🎉 1, by you")).to_be_visible()


async def test_own_messages_are_changed_and_deleted(world: World, page: Page) -> None:
    await write(page, "Eerste versie")
    await messages(page).filter(has_text="Eerste versie").hover()
    await page.get_by_role("button", name="Edit", exact=True).click()
    await page.get_by_role("textbox", name="Change your message").fill("Tweede versie")
    await page.keyboard.press("Enter")
    changed = messages(page).filter(has_text="Tweede versie")
    await expect(changed).to_contain_text("(edited)")

    await changed.hover()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await expect(changed).to_have_count(0)


async def test_what_is_being_typed_survives_a_reaction_of_somebody_else(world: World, page: Page) -> None:
    await write(page, "Nog niet af")
    await messages(page).filter(has_text="Nog niet af").hover()
    await page.get_by_role("button", name="Edit", exact=True).click()
    await page.keyboard.type(" maar bijna")
    told = world.description()["slack"]
    ts = world.slack.workspace.timeline(world.channel)[-1]
    body = {"channel": world.channel, "timestamp": ts, "name": "eyes"}
    await ask(f"{told['api_url']}reactions.add", body, told["agents"][1]["token"])
    await expect(page.get_by_role("button", name="👀 1, by Joris Veldkamp")).to_be_visible()
    await page.keyboard.type("!")

    box = page.get_by_role("textbox", name="Change your message")
    await expect(box).to_have_value("Nog niet af maar bijna!")
    await expect(box).to_be_focused()


async def test_typed_signs_are_sent_as_slacks_own_client_sends_them(world: World, page: Page) -> None:
    await write(page, "<!channel> a < b & c")

    ts = world.slack.workspace.timeline(world.channel)[-1]
    message = world.slack.workspace.message(world.channel, ts)
    assert message is not None
    assert message.fields["text"] == "&lt;!channel&gt; a &lt; b &amp; c"


async def test_a_colleague_is_named_by_typing_the_name(world: World, page: Page) -> None:
    await page.get_by_role("textbox", name="Message the channel").fill("Kun jij, @Joris Veldkamp?")
    await page.keyboard.press("Enter")

    await expect(messages(page).locator(".mention")).to_have_text("@Joris Veldkamp")


async def test_a_card_is_shown_as_slack_lays_it_out(world: World, page: Page) -> None:
    due = 1_900_000_000
    await send_card(
        world,
        "Een kaart",
        [
            {"type": "header", "text": {"type": "plain_text", "text": "Nieuw :eyes:"}},
            {
                "type": "context",
                "elements": [
                    {"type": "image", "image_url": world.x.people[0].avatar, "alt_text": "Sanne"},
                    {"type": "mrkdwn", "text": f"*Sanne* <!date^{due}^{{date_num}}|ooit>", "verbatim": True},
                ],
            },
            {
                "type": "section",
                "text": {
                    "type": "mrkdwn",
                    "text": "<https://x.com/i/1|bekijk> ~oud~ _nieuw_ `code`\n&gt; citaat",
                },
            },
            {"type": "divider"},
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "zoals geschreven *ster*", "style": {"bold": True}}
                        ],
                    }
                ],
            },
        ],
    )
    card = messages(page).filter(has_text="zoals geschreven")

    await expect(card.get_by_role("heading", name="Nieuw 👀")).to_be_visible()
    await expect(card.get_by_role("img", name="Sanne")).to_be_visible()
    await expect(card.locator("time").last).to_have_text("17/03/2030")
    await expect(card.get_by_role("link", name="bekijk")).to_have_attribute(
        "rel", "noopener noreferrer nofollow"
    )
    await expect(card.locator("s")).to_have_text("oud")
    await expect(card.locator("blockquote")).to_have_text("citaat")
    await expect(card.locator("strong").last).to_have_text("zoals geschreven *ster*")


async def test_a_button_asks_first_where_the_app_wants_that(world: World, page: Page) -> None:
    sure = {
        "title": {"type": "plain_text", "text": "Zeker weten?"},
        "text": {"type": "plain_text", "text": "Niemand antwoordt dan."},
        "confirm": {"type": "plain_text", "text": "Ja, negeren"},
        "deny": {"type": "plain_text", "text": "Nee"},
    }
    button = {
        "type": "button",
        "action_id": "dismiss",
        "style": "danger",
        "text": {"type": "plain_text", "text": "Negeren"},
        "confirm": sure,
    }
    await send_card(world, "Kaart", [{"type": "actions", "elements": [button]}])
    await page.get_by_role("button", name="Negeren").click()
    await expect(page.get_by_role("dialog", name="Zeker weten?")).to_contain_text("Niemand antwoordt dan.")
    await page.get_by_role("button", name="Ja, negeren").click()

    await expect(page.locator("#channel-problem")).to_contain_text("is the bot running?")


async def test_a_command_in_a_thread_is_refused_as_slack_does(world: World, page: Page) -> None:
    await write(page, "Een draad")
    await messages(page).filter(has_text="Een draad").press("Enter")
    await page.keyboard.type("/webcare queue")
    await page.keyboard.press("Enter")

    await expect(page.locator("#thread-problem")).to_contain_text("/webcare does not work in threads")
    assert len(world.slack.workspace.timeline(world.channel)) == 1


async def test_what_only_one_agent_may_see_is_shown_to_that_one(world: World, page: Page) -> None:
    told = world.description()["slack"]
    body = {"channel": world.channel, "user": told["agents"][0]["id"], "text": "Drie zaken wachten"}
    await ask(f"{told['api_url']}chat.postEphemeral", body, told["bot"]["bot_token"])
    whisper = messages(page).filter(has_text="Drie zaken wachten")
    await expect(whisper).to_contain_text("Only visible to you")

    await page.get_by_label("You are").nth(1).select_option(label="Joris Veldkamp")
    await expect(whisper).to_have_count(0)


async def test_the_answer_to_a_command_shows_its_blocks_as_they_are(world: World, page: Page) -> None:
    told = world.description()["slack"]
    words = "``` *PAID* http://evil.example :tada: _x_"
    link = {"type": "link", "url": "https://x.com/i/status/1", "text": "Case 1"}
    leaves = [link, {"type": "text", "text": f" · {words}"}]
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": leaves}]}]
    body = {"channel": world.channel, "user": told["agents"][0]["id"], "text": "One", "blocks": blocks}
    await ask(f"{told['api_url']}chat.postEphemeral", body, told["bot"]["bot_token"])
    shown = messages(page).filter(has_text="Case 1").locator(".contents")

    await expect(shown).to_have_text(f"Case 1 · {words}")
    await expect(shown.locator("a")).to_have_text(["Case 1"])
    await expect(shown.locator("pre, code, strong, em, .emoji")).to_have_count(0)


async def test_a_permalink_opens_its_thread(world: World, page: Page) -> None:
    ts = await send_card(world, "Gelinkt", [])
    await page.goto(f"{world.base_url}/slack/archives/{world.channel}/p{ts.replace('.', '')}")

    await expect(page.get_by_role("list", name="Thread")).to_contain_text("Gelinkt")


async def test_a_link_to_a_message_of_this_slack_opens_its_thread_here(world: World, page: Page) -> None:
    ts = await send_card(world, "The one meant", [])
    address = f"{world.base_url}/slack/archives/{world.channel}/p{ts.replace('.', '')}"
    text = f"<{address}|#5>"
    await send_card(world, "list", [{"type": "section", "text": {"type": "mrkdwn", "text": text}}])
    await page.get_by_role("link", name="#5").click()

    await expect(page.get_by_role("list", name="Thread")).to_contain_text("The one meant")
    assert len(page.context.pages) == 1


async def test_a_link_to_a_post_on_x_leads_to_the_post_on_this_page(world: World, page: Page) -> None:
    post = world.x.post(world.x.people[0].id, "@wolkenhuis vraag")
    text = f"<https://x.com/sannezandkorrel/status/{post.id}|See it>"
    await send_card(world, "link", [{"type": "section", "text": {"type": "mrkdwn", "text": text}}])
    await page.get_by_role("link", name="See it").click()

    await expect(posts(page)).to_be_focused()
    assert len(page.context.pages) == 1


# --- text of strangers


async def test_hostile_text_is_only_text_on_both_halves(world: World, page: Page) -> None:
    world.x.post(world.x.people[0].id, f"@wolkenhuis {HOSTILE}")
    escaped = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    await send_card(world, escaped, [])
    text = {"type": "rich_text_section", "elements": [{"type": "text", "text": HOSTILE}]}
    await send_card(world, "kaart", [{"type": "rich_text", "elements": [text]}])

    await expect(posts(page)).to_contain_text([HOSTILE])
    await expect(messages(page).filter(has_text="<!channel>")).to_have_count(2)
    assert await page.locator("main img:not(.avatar), main script, .mention").count() == 0
    assert await page.title() == "Webcare sandbox"


async def test_a_strangers_name_cannot_turn_the_line_around(world: World, page: Page) -> None:
    world.add_customer("draaikont", "\u202eklaas")
    world.x.post(world.x.people[-1].id, "@wolkenhuis hoi")

    await expect(posts(page).locator("bdi")).to_have_text("\u202eklaas")


async def test_a_picture_from_elsewhere_is_not_loaded(world: World, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    picture = {"type": "image", "image_url": "https://elders.example/spion.png", "alt_text": "een spion"}
    await send_card(world, "plaatje", [picture])

    await expect(messages(page).last).to_contain_text("Image not loaded: een spion")
    assert all(address.startswith(world.base_url) for address in asked)


# --- the sandbox around it


async def test_customers_are_let_loose_from_the_page(world: World, page: Page) -> None:
    await page.get_by_label("Customers per minute").fill("60")
    await page.get_by_role("button", name="Simulate customers").click()

    await expect(page.get_by_role("button", name="Stop simulating")).to_have_attribute("aria-pressed", "true")
    await expect(posts(page).first).to_be_visible()


async def test_the_page_comes_back_when_the_sandbox_does(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path) as world:
        port = int(world.base_url.rpartition(":")[2])
        page = await visit(world, browser, locale="en-GB")
    await expect(page.locator("#link-state")).to_have_text("Connection lost, trying again …")
    again = World(tmp_path)
    await again.start(port)
    again.x.post(again.x.people[0].id, "@wolkenhuis ben je er weer?")

    try:
        await expect(posts(page)).to_contain_text(["ben je er weer?"], timeout=10_000)
    finally:
        await again.stop()
