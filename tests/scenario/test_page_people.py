"""The sandbox's page: somebody who is added on it is who one is from then on."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.scenario import sandbox_page

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
