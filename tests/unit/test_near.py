"""A clock that is put back while the program runs: nothing waits for what it showed before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.ticks.near import Near
from tests.contract.samples import BRAND, NOW, an_account
from tests.fake_store import FakeStore
from tests.fakes import FakeClock
from tests.unit.office import Office
from tests.unit.office import office as office

FAR = NOW + timedelta(days=1)


@pytest.mark.parametrize(("turned", "is_near"), [(-3600, True), (0, False), (15, False)])
async def test_what_is_far_away_comes_near_once_the_clock_was_put_back(
    office: Office, turned: float, *, is_near: bool
) -> None:
    clock, store = FakeClock(NOW), FakeStore()
    near = Near(store, office.house, clock)
    await store.do(lambda record: record.save_account(an_account(next_poll_at=FAR)))
    clock.turn(seconds=turned)
    await near.run()
    state = await store.do(lambda record: record.account(BRAND))

    assert state is not None
    assert (state.next_poll_at < FAR) == is_near
    await store.close()


@pytest.mark.parametrize(("later", "is_near"), [(15, True), (90, False)])
async def test_what_was_under_way_when_the_clock_was_put_back_is_seen_to_for_a_while(
    office: Office, later: float, *, is_near: bool
) -> None:
    clock, store = FakeClock(NOW), FakeStore()
    near = Near(store, office.house, clock)
    clock.turn(hours=-1)
    await near.run()
    await store.do(lambda record: record.save_account(an_account(next_poll_at=FAR)))
    clock.turn(seconds=later)
    await near.run()
    state = await store.do(lambda record: record.account(BRAND))

    assert state is not None
    assert (state.next_poll_at < FAR) == is_near
    await store.close()
