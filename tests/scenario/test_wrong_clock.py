"""A clock that is ahead hides no mention, repeats no message, and holds nothing up once it is right."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

import bot.clock
from bot import bootstrap
from bot.clock import SystemClock
from bot.sandbox.faults import Fault
from bot.slack import pace
from tests.scenario.rig import WORDS, Rig, own_rig
from tests.scenario.trouble import promise

rig = own_rig(hold="1m", start=False)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Bots that are started find the clock as `set_ahead` says, until this is undone."""
    monkeypatch.setattr(pace, "DESK_PACE", replace(pace.DESK_PACE, longest_rest=timedelta(seconds=1)))
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def set_ahead(clock: pytest.MonkeyPatch, minutes: float) -> None:
    clock.setattr(bootstrap, "SystemClock", lambda: SystemClock(lambda: time.time() + 60 * minutes))


async def test_the_next_bot_goes_on_under_a_clock_that_is_right(rig: Rig, clock: pytest.MonkeyPatch) -> None:
    set_ahead(clock, 120)
    await rig.start()
    case = await rig.claimed("my parcel is lost")
    await rig.queued(case, WORDS)
    await rig.stop()
    clock.undo()
    promise(rig, hold=timedelta(seconds=1))
    await rig.start()
    await rig.line(case.ts, "Posted as")
    await rig.new_case("another matter")

    assert rig.published() == [f"{WORDS} ^MK"]


async def test_a_running_bot_goes_on_once_its_clock_is_put_right(
    rig: Rig, clock: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.clock, "_BELIEVED_AFTER", 0.5)  # a minute in life
    monkeypatch.setattr(bootstrap, "NOTED_EVERY", timedelta(seconds=0.2))  # fifteen seconds
    promise(rig, hold=timedelta(seconds=2))
    ahead = [7200.0]
    clock.setattr(bootstrap, "SystemClock", lambda: SystemClock(lambda: time.time() + ahead[0]))
    await rig.start()
    case = await rig.claimed("my parcel is lost")
    await rig.queued(case, WORDS)
    ahead[0] = 0.0
    await rig.line(case.ts, "Posted as")
    await rig.new_case("another matter")

    assert rig.published() == [f"{WORDS} ^MK"]


async def test_a_card_whose_answer_was_lost_is_not_posted_again(rig: Rig, clock: pytest.MonkeyPatch) -> None:
    set_ahead(clock, 30)
    await rig.start()
    rig.world.faults.order(Fault("slack", "chat.postMessage", "drop", after_effect=True))
    case = await rig.claimed("my parcel is lost")

    assert [m["ts"] for m in await rig.channel_messages()] == [case.ts]
