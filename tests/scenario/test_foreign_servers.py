"""The program against servers that this project did not grow up with, found by `api_url` alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from aiohttp import web

from bot import bootstrap
from bot.bootstrap import Bot
from bot.config import parse
from bot.outbox import queue
from bot.slack import pace
from tests.scenario.foreign_slack import ForeignSlack
from tests.scenario.foreign_x import ForeignX
from tests.scenario.trouble import quick_looks

__all__ = ["quick_looks"]

T = TypeVar("T")

APP_YAML = """\
database: sqlite:///{directory}/webcare.db
language: en
timezone: Europe/Amsterdam
desk:
  kind: slack
  api_url: {base}/elsewhere/api/
  bot_token: ${{SLACK_BOT_TOKEN}}
  app_token: ${{SLACK_APP_TOKEN}}
teams:
  care: {{channel: "#care", hold: 0s}}
accounts:
  - name: shop
    network: x
    handle: "@shop"
    team: care
    api_url: {base}/another/x
    credentials:
      consumer_key: ${{X_CONSUMER_KEY}}
      consumer_secret: ${{X_CONSUMER_SECRET}}
      access_token: ${{X_ACCESS_TOKEN}}
      access_token_secret: ${{X_ACCESS_TOKEN_SECRET}}
"""
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-foreign",
    "SLACK_APP_TOKEN": "xapp-foreign",
    "X_CONSUMER_KEY": "a",
    "X_CONSUMER_SECRET": "b",
    "X_ACCESS_TOKEN": "c",
    "X_ACCESS_TOKEN_SECRET": "d",
}


class Abroad:
    """The foreign servers, and a bot between them."""

    def __init__(self, slack: ForeignSlack, x: ForeignX, app_yaml: str) -> None:
        self.slack = slack
        self.x = x
        self._app_yaml = app_yaml
        self._bot: Bot | None = None

    async def start(self) -> None:
        config = parse(self._app_yaml, "app.yaml", SECRETS, bootstrap.network_terms())
        often = [a.model_copy(update={"poll_every": timedelta(milliseconds=100)}) for a in config.accounts]
        self._bot = await bootstrap.open_bot(config.model_copy(update={"accounts": tuple(often)}))

    async def stop(self) -> None:
        if self._bot is not None:
            await self._bot.close()
            self._bot = None

    async def until(self, ask: Callable[[], T]) -> T:
        """Wait until the answer is true in Python's sense, and return it."""
        async with asyncio.timeout(15):
            while not (answer := ask()):  # noqa: ASYNC110  # servers are looked at, which set no event
                await asyncio.sleep(0.02)
        return answer

    async def card(self, words: str) -> str:
        """The ts of the card that shows these words."""
        found = await self.until(lambda: [m for m in self.slack.roots() if words in m["text"]])
        return str(found[0]["ts"])

    async def says(self, ts: str, words: str) -> None:
        """Wait until a message of the thread shows these words."""
        await self.until(lambda: any(words in message["text"] for message in self.slack.thread(ts)))

    async def claimed(self, words: str) -> tuple[str, str]:
        """A mention whose card the agent has claimed: its post's id and the card's ts."""
        number = self.x.post(f"@shop {words}")
        ts = await self.card(words)
        await self.slack.react(ts, "eyes")
        assert await self.card("noor") == ts
        return number, ts


@pytest.fixture
async def abroad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Abroad]:
    monkeypatch.setattr(pace, "DESK_PACE", replace(pace.DESK_PACE, post_every=timedelta(milliseconds=10)))
    monkeypatch.setattr(queue, "LOOK_AFTER", timedelta(milliseconds=200))
    slack, x = ForeignSlack(), ForeignX()
    app = web.Application()
    app.add_subapp("/elsewhere/api/", slack.app())
    app.add_subapp("/another/x/", x.app())
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    opened = Abroad(slack, x, APP_YAML.format(base=base, directory=tmp_path))
    try:
        await opened.start()
        yield opened
    finally:
        await opened.stop()
        await runner.cleanup()


async def test_a_mention_becomes_a_card_is_claimed_answered_and_published(abroad: Abroad) -> None:
    number, ts = await abroad.claimed("my parcel is lost")
    message = await abroad.slack.write("Sorry! We look for it.", ts)
    await abroad.says(ts, "Posted as")
    await abroad.until(lambda: "outbox_tray" in abroad.slack.marks(message))

    assert abroad.x.answers_to(number) == ["Sorry! We look for it. ^N"]


async def test_each_mention_is_one_card_although_the_whole_list_comes_each_time(abroad: Abroad) -> None:
    for words in ("one parcel", "two parcels", "three parcels"):
        abroad.x.post(f"@shop {words}")
        await abroad.card(words)

    assert len(abroad.slack.roots()) == 3


async def test_a_further_post_lands_in_the_same_thread_without_conversations(abroad: Abroad) -> None:
    number, ts = await abroad.claimed("my parcel is lost")
    abroad.x.post("@shop it was a blue one", answered=number)
    await abroad.says(ts, "The customer wrote again")

    assert len(abroad.slack.roots()) == 1


async def test_a_mention_of_an_outage_becomes_a_card_once(abroad: Abroad) -> None:
    await abroad.stop()
    abroad.x.post("@shop another story")
    await abroad.start()
    await abroad.card("another story")

    assert len(abroad.slack.roots()) == 1


async def test_a_reply_written_while_the_bot_was_away_goes_out_once(abroad: Abroad) -> None:
    number, ts = await abroad.claimed("my parcel is lost")
    await abroad.slack.write("Sorry! We look for it.", ts)
    await abroad.says(ts, "Posted as")
    await abroad.stop()
    await abroad.slack.write("We have it.", ts)
    await abroad.start()
    await abroad.until(lambda: len(abroad.x.answers_to(number)) == 2)

    assert abroad.x.answers_to(number)[1] == "We have it. ^N"


async def test_a_card_whose_answer_was_lost_is_found_without_metadata(abroad: Abroad) -> None:
    abroad.slack.spoilt.append("chat.postMessage")
    _, ts = await abroad.claimed("my parcel is lost")

    assert [message["ts"] for message in abroad.slack.roots()] == [ts]


@pytest.mark.usefixtures("quick_looks")
async def test_a_reply_whose_answer_was_lost_is_found_by_ids_without_time(abroad: Abroad) -> None:
    number, ts = await abroad.claimed("my parcel is lost")
    abroad.x.spoil_next = True
    await abroad.slack.write("Sorry! We look for it.", ts)
    await abroad.says(ts, "Posted as")

    assert abroad.x.answers_to(number) == ["Sorry! We look for it. ^N"]


async def test_a_note_stays_inside(abroad: Abroad) -> None:
    number, ts = await abroad.claimed("my parcel is lost")
    await abroad.slack.write("// she called as well", ts)
    await abroad.slack.write("Sorry! We look for it.", ts)
    await abroad.says(ts, "Posted as")

    assert abroad.x.answers_to(number) == ["Sorry! We look for it. ^N"]
