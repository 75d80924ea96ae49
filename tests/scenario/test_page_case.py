"""The page with the bot: a case is worked in the browser, from the public mention to the public reply."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.scenario import sandbox_page
from tests.scenario.rig import open_rig
from tests.scenario.sandbox_page import messages, post, posts, pressable, visit

browser = sandbox_page.browser
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_case_is_worked_from_mention_to_public_reply(browser: Browser, tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        page = await visit(rig.world, browser, locale="en-GB")
        await post(page, "@wolkenhuis where is my parcel?")
        card = messages(page).filter(has_text="where is my parcel?")
        await pressable(card, "Claim").click(timeout=15_000)
        await expect(card.get_by_text("Claimed by Mira Klaver")).to_be_visible()
        await card.hover()
        await card.get_by_role("button", name="Reply in thread").click()
        await page.get_by_role("textbox", name="Reply in the thread").fill("With you tomorrow before noon!")
        await page.keyboard.press("Enter")

        reply = posts(page).filter(has_text="With you tomorrow before noon! ^MK")
        await expect(reply).to_have_attribute("data-depth", "1", timeout=15_000)
        await expect(card.get_by_text("Answered")).to_be_visible()
        await page.context.close()
