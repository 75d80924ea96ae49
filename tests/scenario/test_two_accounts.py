"""Two brands, two teams, two channels, one bot: each has its own, and its own trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest

from bot import bootstrap
from bot.config import parse
from bot.sandbox import tryout
from bot.sandbox.faults import Fault
from bot.slack import catch_up
from tests.scenario.rig import Rig, open_rig
from tests.scenario.sides import Json, Person
from tests.scenario.trouble import heard, page

SECOND = """\
  - name: library-x
    network: x
    handle: "@{handle}"
    team: library
    api_url: {x_url}
    poll_every: 1s
    credentials:
      consumer_key: ${{L_CONSUMER_KEY}}
      consumer_secret: ${{L_CONSUMER_SECRET}}
      access_token: ${{L_ACCESS_TOKEN}}
      access_token_secret: ${{L_ACCESS_TOKEN_SECRET}}
"""


class TwoBrands:
    """A rig whose bot also cares for a library, in a room of its own."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        slack, x = rig.world.slack, rig.world.x
        self.library = x.add_person("library_x", "The library", automated=True)
        self.room = slack.add_channel("library", [slack.bot.id, *(agent.id for agent in rig.agents)]).id
        secrets = asdict(x.credentials(self.library))
        self.secrets = {f"L_{name.upper()}": value for name, value in secrets.items() if name != "bearer"}
        team = f"teams:\n  library: {{channel: {self.room}, hold: 0s}}\n"
        account = SECOND.format(handle=self.library.handle, x_url=rig.x_url)
        rig.app_yaml = rig.app_yaml.replace("teams:\n", team) + account

    async def start(self) -> None:
        """Start the bot for both."""
        secrets = {**tryout.secrets(self.rig.world.description()), **self.secrets}
        config = parse(self.rig.app_yaml, "app.yaml", secrets, bootstrap.network_terms())
        self.rig.bot = await bootstrap.open_bot(self.rig.adjust(config))

    async def shown(self, room: str) -> list[str]:
        """What stands in a room."""
        return [message["text"] for message in await self._messages(room)]

    async def card(self, room: str, words: str) -> str:
        """Wait for the card in a room that shows these words; returns its ts."""

        async def find() -> str:
            found = (str(m["ts"]) for m in await self._messages(room) if words in m["text"])
            return next(found, "")

        return await self.rig.until(find, f"no card in {room} shows {words!r}")

    async def write(self, who: Person, room: str, thread: str, text: str) -> None:
        """Claim a case and answer it."""
        await self.rig.slack(who, "reactions.add", channel=room, timestamp=thread, name="eyes")
        await self.card(room, who.name)
        await self.rig.slack(who, "chat.postMessage", channel=room, thread_ts=thread, text=text)

    def published(self, author_id: str) -> list[str]:
        """What an account posted."""
        return [post.text for post in self.rig.world.x.posts if post.author_id == author_id]

    async def _messages(self, room: str) -> list[Json]:
        answer = await self.rig.slack(self.rig.agents[0], "conversations.history", channel=room)
        return list(answer["messages"])


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[TwoBrands]:
    async with open_rig(tmp_path, hold="0s", brisk=True, start=False) as rig:
        made = TwoBrands(rig)
        await made.start()
        yield made


async def test_a_mention_goes_to_the_channel_of_its_team(both: TwoBrands) -> None:
    await both.rig.post(both.rig.customers[0], "@library_x is my book there?")
    await both.rig.post(both.rig.customers[1], "@brand my parcel is lost")
    await both.card(both.room, "is my book there?")
    await both.rig.card("my parcel is lost")

    assert not any("parcel" in text for text in await both.shown(both.room))
    assert not any("book" in text for text in await both.shown(both.rig.channel))


async def test_a_reply_goes_out_as_the_account_that_was_called(both: TwoBrands) -> None:
    await both.rig.post(both.rig.customers[0], "@library_x is my book there?")
    ts = await both.card(both.room, "is my book there?")
    await both.write(both.rig.agents[1], both.room, ts, "It is.")

    async def public() -> bool:
        return bool(both.published(both.library.id))

    await both.rig.until(public)

    assert both.rig.published() == []


async def test_a_post_that_calls_both_is_a_case_of_each(both: TwoBrands) -> None:
    await both.rig.post(both.rig.customers[0], "@brand @library_x do you work together?")

    assert await both.card(both.room, "do you work together?")
    assert await both.rig.card("do you work together?")


async def test_an_account_that_hangs_holds_up_only_itself(both: TwoBrands) -> None:
    mentions = f"GET /x/2/users/{both.library.id}/mentions"
    both.rig.world.faults.order(Fault("x", mentions, "hang", times=10, seconds=30))
    await both.rig.settle(0.3)
    for number in range(3):
        await both.rig.new_case(f"parcel {number} is lost")

    assert both.rig.world.faults.standing


async def test_an_account_in_trouble_is_told_in_its_own_channel(both: TwoBrands) -> None:
    both.rig.world.faults.order(page(f"GET /x/2/users/{both.library.id}/mentions"))
    await both.card(both.room, "is not responding properly")
    await both.rig.new_case("my parcel is lost")

    assert await heard(both.rig, "is not responding properly") == [0]


async def test_a_channel_that_refuses_the_bot_holds_up_only_itself(
    both: TwoBrands, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = timedelta(hours=1)  # no second try to read a thread there helps the others
    monkeypatch.setattr(catch_up, "REST", hour)
    monkeypatch.setattr(catch_up, "LONGEST_REST", hour)
    slack = both.rig.world.slack
    await both.rig.post(both.rig.customers[0], "@library_x is my book there?")
    await both.card(both.room, "is my book there?")
    slack.leave(slack.bot.id, both.room)
    await both.rig.post(both.rig.customers[1], "@library_x and mine?")
    case = await both.rig.claimed("my parcel is lost")
    await both.rig.stop()
    await both.rig.write(case.agent, case.ts, "Sorry! We look for it.")
    await both.start()

    assert await both.rig.reply_under(case.post_id)
