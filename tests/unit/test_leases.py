"""A lease while an outside call lasts: nothing is begun once somebody else may have the work."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.cases import leases
from bot.cases.leases import LEASE, MARGIN, LeaseLost
from bot.ticks.underway import Lease
from tests.contract.samples import NOW
from tests.fakes import FakeClock


async def renewed(_: datetime) -> bool:
    return True


@pytest.mark.parametrize("late", [timedelta(0), timedelta(microseconds=1)])
async def test_a_call_is_begun_only_while_enough_of_the_lease_is_left(late: timedelta) -> None:
    lease = Lease(NOW + LEASE, FakeClock(NOW + LEASE - MARGIN + late), renewed)
    begun = []

    async def call() -> None:
        begun.append("call")

    if late:
        with pytest.raises(LeaseLost):
            await lease.run(call)
    else:
        await lease.run(call)

    assert begun == ([] if late else ["call"])


def test_by_a_fast_clock_a_lease_is_as_long_for_the_machine() -> None:
    fast = 1000.0
    until = leases.until(NOW, fast)

    assert until == NOW + LEASE * fast
    assert not leases.has_run_out(until, until - MARGIN * fast, fast)
    assert leases.has_run_out(until, until - MARGIN * fast / 2, fast)
