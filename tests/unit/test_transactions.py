"""Transactions: what each unit of work is given."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.cases.errors import Stale
from bot.cases.tx import Tx
from tests.contract.samples import MINUTE, NOW
from tests.fakes import FakeClock
from tests.memory import MemoryStore
from tests.unit.office import Office
from tests.unit.office import office as office


@pytest.mark.parametrize(
    ("given", "times"), [(None, [NOW, NOW + MINUTE]), (NOW - MINUTE, [NOW - MINUTE, NOW - MINUTE])]
)
async def test_a_piece_that_is_run_again_has_the_time_of_then_unless_it_is_given_one(
    office: Office, given: datetime | None, times: list[datetime]
) -> None:
    clock, store, seen = FakeClock(NOW), MemoryStore(), list[datetime]()

    def piece(tx: Tx) -> None:
        seen.append(tx.now)
        if len(seen) == 1:
            clock.turn(seconds=60)
            raise Stale

    await office.transactions(store, clock).do(piece, now=given)
    await store.close()

    assert seen == times


async def test_a_piece_has_the_setup_and_the_stamp_of_the_act(office: Office) -> None:
    store = MemoryStore()
    transactions = office.transactions(store, FakeClock(NOW))
    found = await transactions.do(lambda tx: (tx.installation, tx.stamp), stamp="9.1")
    await store.close()

    assert found == (office.setup.installation, "9.1")
