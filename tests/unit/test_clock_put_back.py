"""A clock that is put back while the program runs: nothing waits for what it showed before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.ticks.watch import ClockPutBack
from tests.contract.samples import BRAND, NOW, a_stream
from tests.fakes import FakeClock
from tests.memory import MemoryStore
from tests.unit.office import Office
from tests.unit.office import office as office

FAR = NOW + timedelta(days=1)


async def is_brought_near(office: Office, *turns: float) -> bool:
    """Whether an account whose next look was written just before the last of these turns of the clock, in
    seconds, is looked at sooner; the clock is compared after each."""
    clock, store = FakeClock(NOW), MemoryStore()
    put_back = ClockPutBack(office.transactions(store, clock), clock)
    for seconds in turns[:-1]:
        clock.turn(seconds=seconds)
        await put_back.run()
    await store.do(lambda record: record.streams.save(a_stream(next_at=FAR)))
    clock.turn(seconds=turns[-1])
    await put_back.run()
    state = await store.do(lambda record: record.streams.get(BRAND, "mentions"))
    await store.close()
    assert state is not None
    return state.next_at < FAR


@pytest.mark.parametrize(("turned", "near"), [(-3600, True), (0, False), (15, False)])
async def test_what_is_far_away_comes_near_once_the_clock_was_put_back(
    office: Office, turned: float, *, near: bool
) -> None:
    assert await is_brought_near(office, turned) is near


@pytest.mark.parametrize(("later", "near"), [(15, True), (90, False)])
async def test_what_was_under_way_when_the_clock_was_put_back_is_seen_to_for_a_while(
    office: Office, later: float, *, near: bool
) -> None:
    assert await is_brought_near(office, -3600, later) is near
