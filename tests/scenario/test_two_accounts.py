"""Two brands, two teams, two channels, one bot: each has its own, and its own trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.slack import catch_up
from tests.scenario.rig import open_rig
from tests.scenario.trouble import heard, page
from tests.scenario.two_brands import TwoBrands


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[TwoBrands]:
    async with open_rig(tmp_path, hold="0s", brisk=True, start=False) as rig:
        made = TwoBrands(rig)
        await rig.start()
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
    await both.rig.start()

    assert await both.rig.reply_under(case.post_id)
