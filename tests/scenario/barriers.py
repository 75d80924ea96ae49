"""What axe-core finds wrong with the page as it stands, for those who hear it or work it without a mouse."""

from __future__ import annotations

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

#: All rules of axe, with one that it still calls an experiment: a name holds what its control shows.
OPTIONS = {"resultTypes": ["violations"], "rules": {"label-content-name-mismatch": {"enabled": True}}}


async def barriers(page: Page) -> str:
    """A report of every violation; empty when there is none."""
    found = await Axe().run(page, options=OPTIONS)
    return str(found.generate_report()) if found.violations_count else ""
