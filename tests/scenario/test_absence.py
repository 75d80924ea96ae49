"""The bot was away: the team is told from when to when, and a short absence is not worth a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import storage
from bot.cases.posts import AccountId
from bot.cases.record import Record
from tests.scenario.rig import Rig, open_rig


async def aged(rig: Rig, age: timedelta) -> None:
    """Let the newest look at the network, of a bot that was stopped, lie `age` back."""

    def age_it(record: Record) -> None:
        for stream in record.streams.of(AccountId("brand-x")):
            if stream.looked_at is not None:
                record.streams.save(replace(stream, looked_at=stream.looked_at - age))

    store = storage.open_store(f"sqlite:///{rig.directory / 'webcare.db'}")
    await store.do(age_it)
    await store.close()


async def back_messages(rig: Rig) -> list[str]:
    """What the bot said in the channel about having been away."""
    return [m["text"] for m in await rig.channel_messages() if "I am back." in m["text"]]


async def test_after_a_long_absence_the_channel_is_told_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path, brisk=True) as rig:
        await rig.stop()
        await aged(rig, timedelta(minutes=20))
        await rig.start()
        (told,) = await rig.until(lambda: back_messages(rig))
        await rig.stop()
        await rig.start()
        await rig.new_case("are you back?")

        assert await back_messages(rig) == [told]


async def test_a_restart_is_not_worth_a_word(tmp_path: Path) -> None:
    async with open_rig(tmp_path, brisk=True) as rig:
        await rig.stop()
        await rig.start()
        await rig.new_case("was there a restart?")

        assert await back_messages(rig) == []
