"""The sandbox's page: somebody who is added on it is who one is from then on; who is there and who is not."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.world import World
from tests.scenario import sandbox_page
from tests.scenario.barriers import barriers
from tests.scenario.sandbox_world import until

browser, page, world = sandbox_page.browser, sandbox_page.page, sandbox_page.world
pytestmark = pytest.mark.asyncio(loop_scope="module")

#: What changes reaches the page late.
LATE_NEWS = """
    const listen = EventSource.prototype.addEventListener;
    EventSource.prototype.addEventListener = function (kind, hear) {
        listen.call(this, kind, (event) => setTimeout(() => hear(event), kind === "change" ? 700 : 0));
    };
"""


@pytest.mark.parametrize(
    ("button", "fields", "menu", "chosen"),
    [
        ("New customer", {"Handle": "@late", "Name": "Laat Maar"}, "customer", "Laat Maar · @late"),
        ("New agent", {"Name": "Nina Nieuw"}, "agent", "Nina Nieuw"),
    ],
)
async def test_somebody_new_is_chosen_however_late_the_page_hears_of_them(
    page: Page, button: str, fields: dict[str, str], menu: str, chosen: str
) -> None:
    await page.add_init_script(LATE_NEWS)
    await page.reload()
    await expect(page.locator("#link-state[data-state=up]")).to_be_attached()
    await page.get_by_role("button", name=button).click()
    for label, words in fields.items():
        await page.get_by_label(label, exact=True).fill(words)
    await page.get_by_role("button", name="Add").click()

    await expect(page.locator(f"#{menu} option:checked")).to_have_text(chosen)


async def test_a_new_customer_is_added_and_chosen(page: Page) -> None:
    await page.get_by_role("button", name="New customer").click()
    await page.get_by_label("Handle").fill("@versgebakken")
    await page.get_by_label("Name", exact=True).fill("Vers Gebakken")
    await page.get_by_role("button", name="Add").click()

    await expect(page.locator("#customer option:checked")).to_have_text("Vers Gebakken · @versgebakken")


async def test_an_agent_says_that_they_are_not_there_and_everybody_sees_it(page: Page, world: World) -> None:
    await page.locator("#agent").select_option(label="Joris Veldkamp")
    await page.get_by_role("button", name="Are you there?").click()
    asked = page.get_by_role("dialog", name="Joris Veldkamp")
    assert await barriers(page) == ""
    await asked.get_by_label("Away").check()
    await asked.get_by_label("Do not disturb for an hour").check()
    await asked.get_by_label("Status").fill("Lunch")
    await asked.get_by_role("button", name="Save").click()
    await expect(page.locator("#agent option:checked")).to_have_text(
        "Joris Veldkamp · away · do not disturb · 💬 Lunch"
    )

    users = world.slack.workspace.users.values()
    joris = next(user for user in users if user.name == "Joris Veldkamp")
    assert (joris.presence, joris.status_text, joris.quiet_until > 0) == ("away", "Lunch", True)
    await page.get_by_role("button", name="Are you there?").click()
    for label in ("Away", "Do not disturb for an hour"):
        await asked.get_by_label(label).uncheck()
    await asked.get_by_label("Status").fill("")
    await asked.get_by_role("button", name="Save").click()
    await expect(page.locator("#agent option:checked")).to_have_text("Joris Veldkamp")


async def test_an_account_that_is_taken_away_is_nobody_s_any_more(page: Page, world: World) -> None:
    await page.locator("#agent").select_option(label="Joris Veldkamp")
    await page.get_by_role("button", name="Are you there?").click()
    await page.get_by_role("dialog").get_by_role("button", name="Deactivate account").click()
    await page.get_by_role("dialog").get_by_role("button", name="Deactivate account").click()

    await expect(page.locator("#agent option")).to_have_text(["Mira Klaver", "Anouk de Wit"])
    await until(lambda: any(user.deleted for user in world.slack.workspace.users.values()))
