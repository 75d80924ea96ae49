"""A question that waits to be put may ask something else; one that somebody is putting may not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.cases.errands import ErrandKind, ErrandState
from bot.cases.record import Store
from bot.cases.said import Said, say
from tests.contract.samples import MINUTE, NOW
from tests.contract.test_record_errands import ask, change


@pytest.mark.parametrize(
    ("changes", "is_changed"),
    [
        ({}, True),
        ({"attempts": 1}, False),
        ({"state": ErrandState.UNDERWAY, "lease_until": NOW + MINUTE}, False),
        ({"state": ErrandState.DONE}, False),
    ],
)
@pytest.mark.parametrize("said", [say("help"), None])
async def test_only_what_waits_and_was_never_tried_is_said_otherwise(
    store: Store, said: Said | None, changes: dict[str, Any], is_changed: bool
) -> None:
    before = await change(store, await ask(store, ErrandKind.SAY, "a", said=say("queue.empty")), **changes)
    told = await store.do(lambda record: record.outbox.say_otherwise("a", said))
    unknown = await store.do(lambda record: record.outbox.say_otherwise("b", said))
    after = await store.do(lambda record: record.outbox.of_key("a"))
    otherwise = replace(before, said=said) if said else replace(before, state=ErrandState.DONE)

    assert (told, unknown) == (is_changed, False)
    assert after == (otherwise if is_changed else before)
