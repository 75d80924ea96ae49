"""X in trouble while a direct message goes out: it is sent once, and never in public instead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.faults import Kind
from tests.scenario.rig import WORDS, Claimed, Rig, claimed_case, own_rig
from tests.scenario.trouble import broken, limit, quick_looks

__all__ = ["quick_looks"]

MESSAGE = r"POST /x/2/dm_conversations/with/\d+/messages"


rig = own_rig(hold="0s")
case = claimed_case


@pytest.fixture
async def in_private(rig: Rig, case: Claimed) -> Claimed:
    """A case whose replies go out privately, because the customer wrote to the brand in private."""
    rig.world.x.direct_message(case.customer.id, rig.brand.id, "and my number is 12")
    await rig.hears(case.ts, "sent a private message")
    await rig.write(case.agent, case.ts, "!dm")
    await rig.card_shows(case.ts, "Replies go privately to")
    return case


@pytest.mark.usefixtures("quick_looks")
@pytest.mark.parametrize("kind", ["status", "drop"])
async def test_an_answer_lost_after_a_direct_message_was_sent_sends_nothing_twice(
    rig: Rig, in_private: Claimed, kind: Kind
) -> None:
    rig.world.faults.order(broken("x", MESSAGE, kind, after_effect=True))
    await rig.write(in_private.agent, in_private.ts, WORDS)
    await rig.line(in_private.ts, "Sent privately to")
    await rig.settle(0.6)

    assert rig.messages_to(in_private.customer) == [f"{WORDS} ^MK"]
    assert rig.published() == []


@pytest.mark.usefixtures("quick_looks")
async def test_a_direct_message_that_never_arrived_goes_out_once_x_has_said_so(
    rig: Rig, in_private: Claimed
) -> None:
    rig.world.faults.order(broken("x", MESSAGE, "drop", after_effect=False))
    await rig.write(in_private.agent, in_private.ts, WORDS)
    await rig.line(in_private.ts, "Sent privately to")

    assert rig.messages_to(in_private.customer) == [f"{WORDS} ^MK"]


async def test_a_limit_on_direct_messages_is_waited_out_and_nothing_goes_out_in_public(
    rig: Rig, in_private: Claimed
) -> None:
    reset = rig.world.x.clock() + timedelta(seconds=2)
    rig.world.faults.order(limit(MESSAGE, reset))
    await rig.write(in_private.agent, in_private.ts, WORDS)
    await rig.line(in_private.ts, "X asks us to wait. I will send it at")
    await rig.line(in_private.ts, "Sent privately to")

    assert rig.published() == []
