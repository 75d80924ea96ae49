"""A demo whose time passes fast: what takes hours is seen in seconds, and what is shown is true."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from bot.demo import FASTEST, Demo, ahead
from tests.scenario import sandbox_page
from tests.scenario.program import running
from tests.scenario.sandbox_page import messages, post, posts, pressable
from tests.scenario.sandbox_world import until
from tests.scenario.sides import Json, Sides, labels_of

browser = sandbox_page.browser
pytestmark = pytest.mark.asyncio(loop_scope="module")

#: How long what takes minutes may take here, in milliseconds and in seconds, on a machine that is busy.
SOON = 20_000
PATIENCE = 60.0


@asynccontextmanager
async def opened(directory: Path, speed: int) -> AsyncIterator[Demo]:
    """A demo in which nothing was said yet."""
    demo = Demo(directory, 0, "en", scene=False, speed=speed)
    await demo.open()
    try:
        yield demo
    finally:
        await demo.close()


async def test_a_case_is_at_risk_and_missed_within_seconds_and_its_reply_goes_out(
    tmp_path: Path, browser: Browser
) -> None:
    async with opened(tmp_path, 60) as demo:
        assert demo.world is not None
        page = await (await browser.new_context(locale="en-GB")).new_page()
        await page.goto(f"{demo.world.base_url}/")
        await expect(page.locator("#clock")).to_contain_text("60× as fast")
        await post(page, "@wolkenhuis my parcel is lost")
        card = messages(page).filter(has_text="my parcel is lost").filter(has=page.locator(".block.actions"))
        await expect(card).to_contain_text("At risk", timeout=SOON)
        await pressable(card, "Claim").click()
        await expect(card).to_contain_text("Late since", timeout=SOON)
        await card.press("Enter")
        await page.get_by_role("textbox", name="Reply in the thread").fill("We look for it today.")
        await page.keyboard.press("Enter")

        await expect(posts(page).filter(has_text="We look for it today.")).to_be_visible(timeout=SOON)
        await expect(card).to_contain_text("Answered", timeout=SOON)
        await page.context.close()


async def test_at_its_fastest_nothing_is_said_twice_and_no_flag_is_wrong(tmp_path: Path) -> None:
    async with opened(tmp_path, FASTEST) as demo, aiohttp.ClientSession() as http:
        assert demo.world is not None
        sides = Sides(demo.world, http)
        numbers = range(len(sides.customers))
        for number in numbers:
            await sides.post(sides.customers[number], f"@brand question {number}")
        await asyncio.gather(*(answer(sides, number) for number in numbers if number % 2))
        await until(lambda: flagged(tmp_path, "missed") == set(numbers), PATIENCE)
        said = await every_message(sides)

    assert sorted(text.partition(" ^")[0] for text in sides.published()) == sorted(
        f"Answer to {number}." for number in numbers if number % 2
    )
    keys = Counter(message["metadata"]["event_payload"]["key"] for message in said if "metadata" in message)
    assert [key for key, times in keys.items() if times > 1] == []
    assert asked(tmp_path, "SELECT * FROM flags WHERE kind != 'at_risk' AND at < due_at") == []
    assert asked(tmp_path, "SELECT * FROM flags WHERE kind = 'at_risk' AND at >= due_at") == []
    assert asked(tmp_path, "SELECT * FROM answers WHERE met OR answered_at <= due_at") == []


async def answer(sides: Sides, number: int) -> None:
    """The first agent claims the case of a question, and answers it once the card says who has it."""

    def card() -> str:
        workspace = sides.world.slack.workspace
        shown = {ts: workspace.message(sides.channel, ts) for ts in workspace.timeline(sides.channel)}
        found = (ts for ts, it in shown.items() if it is not None and is_card(it.fields, number))
        return next(found, "")

    agent = sides.agents[0]
    await until(lambda: card() != "", PATIENCE)
    await sides.react(agent, ts := card(), "eyes")
    await until(lambda: has_button(sides, ts, "Release"), PATIENCE)
    await sides.write(agent, ts, f"Answer to {number}.")
    await until(lambda: f"Answer to {number}." in " ".join(sides.published()), PATIENCE)


def has_button(sides: Sides, ts: str, label: str) -> bool:
    """Whether a message has a button of this label."""
    message = sides.world.slack.workspace.message(sides.channel, ts)
    return message is not None and label in labels_of(message.fields)


def is_card(fields: Json, number: int) -> bool:
    """Whether a message is the card of a question, and not a list that quotes it."""
    words = re.compile(rf"question {number}\b")
    return words.search(str(fields.get("text"))) is not None and "Claim" in labels_of(fields)


async def every_message(sides: Sides) -> list[Json]:
    """Everything in the channel and in its threads, each once."""
    roots = await sides.channel_messages()
    threads = [await sides.thread(root["ts"]) for root in roots if root.get("reply_count")]
    return [*roots, *(message for thread in threads for message in thread[1:])]


def asked(directory: Path, question: str) -> list[tuple[object, ...]]:
    """What the demo's record says."""
    with closing(sqlite3.connect(f"file:{directory / 'webcare.db'}?mode=ro", uri=True)) as record:
        return record.execute(question).fetchall()


def flagged(directory: Path, kind: str) -> set[object]:
    """The cases that have this flag, counted from 0 in the order in which they were opened."""
    return {
        int(str(row[0])) - 1 for row in asked(directory, f"SELECT case_id FROM flags WHERE kind = '{kind}'")
    }


async def test_time_goes_on_after_a_restart_and_never_back(tmp_path: Path) -> None:
    arguments = ("demo", "--port", "0", "--no-browser", "--empty", "--dir", tmp_path, "--speed")
    async with running(*arguments, "1000") as program:
        await program.says("sandbox.json")
        await asyncio.sleep(1.2)
        await program.kill()
    killed = ahead(tmp_path)
    async with opened(tmp_path, 1) as demo:
        assert demo.world is not None
        at, told = datetime.now(UTC), demo.world.about()

    assert killed - at > timedelta(minutes=10)
    assert told["speed"] == 1
    assert datetime.fromtimestamp(told["now"] / 1000, UTC) >= killed
