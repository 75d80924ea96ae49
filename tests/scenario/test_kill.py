"""kill -9 at any moment, and a start after it: no mention is lost and no reply is published twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox.faults import Fault
from tests.scenario.program import Program, environ_of, launch, running, written
from tests.scenario.rig import WORDS, Rig, open_rig
from tests.scenario.sides import Json, Person, labels_of
from tests.scenario.trouble import POST_MESSAGE, PUBLISH, heard

UP = "Webcare is up"
SEND = "Send to the customer"
#: A kill between "sending" and the call itself leaves a reply that X must be asked about for a minute.
LONG_ENOUGH = 90.0


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path, hold="0s", start=False) as opened:
        opened.world.slack.pace.factor = 0.3
        yield opened


def bot(rig: Rig) -> AbstractAsyncContextManager[Program]:
    """The bot as a process."""
    return running("run", "--config", written(rig), environ=environ_of(rig))


def late(server: str, path: str) -> Fault:
    """What is asked is done at once and answered only after the process is dead."""
    return Fault(server, path, "delay", after_effect=True, seconds=20)


async def test_killed_after_x_had_published_and_before_it_said_so(rig: Rig) -> None:
    async with bot(rig) as program:
        await program.says(UP)
        case = await rig.claimed("my parcel is lost")
        rig.world.faults.order(late("x", PUBLISH))
        await rig.write(case.agent, case.ts, WORDS)
        await rig.reply_under(case.post_id)
        await program.kill()
    rig.world.faults.clear()
    async with bot(rig):
        await rig.line(case.ts, "Posted as")

        assert rig.published() == [f"{WORDS} ^MK"]


async def test_killed_after_the_card_stood_in_slack_and_before_slack_said_so(rig: Rig) -> None:
    async with bot(rig) as program:
        await program.says(UP)
        rig.world.faults.order(late("slack", POST_MESSAGE))
        _, ts, _ = await rig.new_case("my parcel is lost")
        await rig.react(rig.agents[0], ts, "eyes")
        await program.kill()
    rig.world.faults.clear()
    async with bot(rig):
        await rig.card_shows(ts, rig.agents[0].name)

        assert await heard(rig, "my parcel is lost") == [1]


async def test_killed_after_the_line_stood_in_slack_and_before_slack_said_so(rig: Rig) -> None:
    async with bot(rig) as program:
        await program.says(UP)
        case = await rig.claimed("my parcel is lost")
        rig.world.faults.order(Fault("slack", POST_MESSAGE, "delay", seconds=0))  # the agent's own message
        rig.world.faults.order(late("slack", POST_MESSAGE))
        await rig.write(case.agent, case.ts, WORDS)
        await rig.until(lambda: rig.said_in(case.ts))
        await program.kill()
    rig.world.faults.clear()
    async with bot(rig):
        await rig.line(case.ts, "Posted as")

        assert len(await rig.said_in(case.ts)) == 1
        assert rig.published() == [f"{WORDS} ^MK"]


@pytest.mark.parametrize("seed", [7])
async def test_killed_again_and_again_while_customers_write_and_agents_answer(rig: Rig, seed: int) -> None:
    dice = random.Random(seed)
    matters = [f"parcel {number} is lost" for number in range(4)]
    async with bot(rig) as program:  # connected before the first mention
        await program.says(UP)

    async def customers() -> None:
        for customer, words in zip(rig.customers, matters, strict=False):
            await rig.post(customer, f"@brand {words}")
            await asyncio.sleep(dice.uniform(0.2, 2))

    async def agent() -> None:
        for words in matters:
            ts = await rig.until(lambda words=words: find(rig, words), patience=LONG_ENOUGH)  # type: ignore[misc]  # the default binds the loop's value
            await rig.react(rig.agents[0], ts, "eyes")
            await asyncio.sleep(dice.uniform(0, 1))
            await rig.write(rig.agents[0], ts, f"We look for {words.split(' is')[0]}.")

    async def killer() -> None:
        for _ in range(4):
            program = await launch("run", "--config", written(rig), environ=environ_of(rig))
            await asyncio.sleep(dice.uniform(1, 2.5))
            await program.kill()

    people = asyncio.gather(customers(), agent())
    await killer()
    expected = sorted(f"We look for {words.split(' is')[0]}. ^MK" for words in matters)
    async with bot(rig):
        await people

        asked: set[str] = set()

        async def all_public() -> bool:
            await say_yes(rig, rig.agents[0], matters, asked)
            return sorted(rig.published()) == expected

        await rig.until(all_public, f"not all is public: {rig.published()}", LONG_ENOUGH)
        for words in matters:
            await rig.line(await rig.card(words), "Posted as")

        assert sorted(rig.published()) == expected
        assert await heard(rig, *matters) == [1] * len(matters)


async def say_yes(rig: Rig, agent: Person, matters: list[str], answered: set[str]) -> None:
    """Answer once what the bot asks about a claim and words that were both made while it was away: it cannot
    know which of them was first."""
    for words in matters:
        for line in await rig.by_bot(await find(rig, words)):
            if SEND in labels_of(line) and line["ts"] not in answered:
                answered.add(line["ts"])
                await rig.press(agent, line["ts"], SEND)


async def find(rig: Rig, words: str) -> str:
    """The ts of the card that shows these words; "" when there is none."""
    return next((str(m["ts"]) for m in await rig.channel_messages() if words in m["text"]), "")


async def test_the_demo_killed_as_a_whole_goes_on_where_it_was(tmp_path: Path) -> None:
    arguments = ("demo", "--port", "0", "--no-browser", "--empty", "--language", "en", "--dir", tmp_path)
    async with aiohttp.ClientSession() as http:
        async with running(*arguments) as program:
            told = await description(http, program)
            customer, brand = told["x"]["customers"][0], told["x"]["brand"]
            body = {"text": f"@{brand['handle']} my parcel is lost"}
            await call(http, f"{told['x']['api_url']}/2/tweets", customer["token"], json=body)
            before = await card_with(http, told, "my parcel is lost")
            await asyncio.sleep(0.3)  # until the bot knows of its card; a death before that is tested above
            await program.kill()
        async with running(*arguments) as program:
            again = await description(http, program)
            agent = again["slack"]["agents"][0]
            reaction = {"channel": again["slack"]["channel"], "timestamp": before["ts"], "name": "eyes"}
            await call(http, f"{again['slack']['api_url']}reactions.add", agent["token"], data=reaction)
            after = await card_with(http, again, agent["name"])

    assert again["x"]["customers"] == told["x"]["customers"]
    assert after["ts"] == before["ts"]


async def description(http: aiohttp.ClientSession, program: Program) -> Json:
    """What the demo tells scripts, once it is up."""
    said = await program.says("sandbox.json")
    address = next(word for word in said.split() if word.endswith("/sandbox.json"))
    async with http.get(address) as response:
        told: Json = await response.json()
        return told


async def call(http: aiohttp.ClientSession, url: str, token: str, **body: Any) -> Json:
    """One call with somebody's token."""
    async with http.post(url, headers={"Authorization": f"Bearer {token}"}, **body) as response:
        answer: Json = await response.json()
        return answer


async def card_with(http: aiohttp.ClientSession, told: Json, words: str) -> Json:
    """Wait for the message of the channel that shows these words."""
    slack = told["slack"]
    place = {"channel": slack["channel"]}
    async with asyncio.timeout(20):
        while True:
            url = f"{slack['api_url']}conversations.history"
            answer = await call(http, url, slack["agents"][0]["token"], data=place)
            for message in answer["messages"]:
                if words in message["text"]:
                    return dict(message)
            await asyncio.sleep(0.05)
