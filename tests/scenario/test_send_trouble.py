"""X in trouble while a reply goes out: nothing is public twice, nothing is given up in silence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.faults import Kind
from tests.scenario.rig import WORDS, Claimed, Rig, claimed_case, own_rig
from tests.scenario.sides import Json
from tests.scenario.trouble import (
    MENTIONS,
    PUBLISH,
    asked_by_bot,
    attempts,
    broken,
    limit,
    page,
    quick_looks,
    refusal,
)

__all__ = ["quick_looks"]

PUBLIC = "Posted as"


rig = own_rig(hold="0s")
case = claimed_case


@pytest.mark.usefixtures("quick_looks")
@pytest.mark.parametrize("kind", ["status", "hang", "drop"])
async def test_an_answer_lost_after_the_reply_was_published_publishes_nothing_twice(
    rig: Rig, case: Claimed, kind: Kind
) -> None:
    rig.world.faults.order(broken("x", PUBLISH, kind, after_effect=True))
    await rig.write(case.agent, case.ts, WORDS)
    line = await rig.line(case.ts, PUBLIC)
    await rig.settle(0.6)

    assert len(rig.published()) == attempts(rig, "POST", "/2/tweets") == 1
    assert "/status/" in str(line["blocks"])


@pytest.mark.usefixtures("quick_looks")
async def test_a_lost_answer_is_said_while_it_is_looked_for(rig: Rig, case: Claimed) -> None:
    no_list = page(r"GET /x/2/users/\d+/tweets")
    rig.world.faults.order(no_list)
    rig.world.faults.order(broken("x", PUBLISH, "status", after_effect=True))
    await rig.write(case.agent, case.ts, WORDS)

    async def was_looked_for() -> bool:
        return no_list.struck

    assert await rig.hears(case.ts, "X gave no clear answer. I am checking whether it is there")
    assert await rig.until(was_looked_for)


@pytest.mark.usefixtures("quick_looks")
@pytest.mark.parametrize("kind", ["status", "hang", "drop"])
async def test_a_reply_that_never_arrived_goes_out_once_the_network_has_said_so(
    rig: Rig, case: Claimed, kind: Kind
) -> None:
    rig.world.faults.order(broken("x", PUBLISH, kind, after_effect=False))
    await rig.write(case.agent, case.ts, WORDS)
    await rig.line(case.ts, PUBLIC)

    assert len(rig.published()) == 1
    assert attempts(rig, "POST", "/2/tweets") == 2


@pytest.mark.usefixtures("quick_looks")
async def test_where_the_network_never_tells_a_person_is_asked_and_their_word_is_taken(
    rig: Rig, case: Claimed
) -> None:
    line = await lost_for_good(rig, case)
    await rig.press(case.agent, line["ts"], "It is there")
    await rig.line(case.ts, PUBLIC)

    assert len(rig.published()) == attempts(rig, "POST", "/2/tweets") == 1


@pytest.mark.usefixtures("quick_looks")
async def test_where_the_network_never_tells_a_person_may_have_it_sent_again(rig: Rig, case: Claimed) -> None:
    rig.world.faults.order(page(r"GET /x/2/users/\d+/tweets"))
    rig.world.faults.order(broken("x", PUBLISH, "drop", after_effect=False))
    await rig.write(case.agent, case.ts, WORDS)
    line = await rig.line(case.ts, "Please check yourself: is it there?")
    await rig.press(case.agent, line["ts"], "Send again")
    await rig.line(case.ts, PUBLIC)

    assert len(rig.published()) == 1


@pytest.mark.usefixtures("quick_looks")
async def test_sending_again_what_is_there_already_is_refused_and_taken_as_found(
    rig: Rig, case: Claimed
) -> None:
    line = await lost_for_good(rig, case)
    await rig.press(case.agent, line["ts"], "Send again")
    await rig.line(case.ts, "X gave no clear answer. I am checking")
    rig.world.faults.clear()
    await rig.line(case.ts, PUBLIC)

    assert len(rig.published()) == 1


@pytest.mark.usefixtures("quick_looks")
async def test_what_is_found_while_it_waits_to_be_sent_again_is_taken_as_sent(
    rig: Rig, case: Claimed
) -> None:
    line = await lost_for_good(rig, case)
    rig.world.faults.order(refusal(PUBLISH, 429, times=1))
    await rig.press(case.agent, line["ts"], "Send again")
    await rig.line(case.ts, "X asks us to wait. I will send it at")
    rig.world.faults.clear()
    await rig.line(case.ts, PUBLIC)

    assert len(rig.published()) == 1


async def lost_for_good(rig: Rig, case: Claimed) -> Json:
    """A reply that is public without our knowing, while X shows us none of our posts: the line that asks."""
    rig.world.faults.order(page(r"GET /x/2/users/\d+/tweets"))
    rig.world.faults.order(broken("x", PUBLISH, "drop", after_effect=True))
    await rig.write(case.agent, case.ts, WORDS)
    return await rig.line(case.ts, "Please check yourself: is it there?")


async def test_a_limit_on_sending_is_said_and_waited_out_and_then_it_goes_out(
    rig: Rig, case: Claimed
) -> None:
    reset = rig.world.x.clock() + timedelta(seconds=2)
    rig.world.faults.order(limit(PUBLISH, reset))
    await rig.write(case.agent, case.ts, WORDS)
    await rig.line(case.ts, "X asks us to wait. I will send it at")
    await rig.line(case.ts, PUBLIC)
    refused, published = (asked.at.timestamp() for asked in asked_by_bot(rig, "POST", "/2/tweets"))

    assert refused < int(reset.timestamp()) <= published


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "X no longer accepts our login."),
        (402, "Our credit with X has run out."),
    ],
)
async def test_a_refusal_is_said_with_its_reason_and_try_again_sends_it(
    rig: Rig, case: Claimed, status: int, reason: str
) -> None:
    rig.world.faults.order(refusal(PUBLISH, status, times=1))
    message = await rig.write(case.agent, case.ts, WORDS)
    line = await rig.line(case.ts, f"Not sent. {reason}")
    await rig.marked(message, "boom")
    await rig.press(case.agent, line["ts"], "Try again")
    await rig.line(case.ts, PUBLIC)
    await rig.marked(message, "boom", present=False)

    assert await rig.replies_to(case.post_id) == [f"{WORDS} ^MK"]


async def test_a_network_that_cannot_be_read_does_not_keep_a_reply_from_going_out(
    rig: Rig, case: Claimed
) -> None:
    unreadable = page(MENTIONS)
    unreadable.times = 1000
    rig.world.faults.order(unreadable)

    async def cannot_be_read() -> bool:
        return unreadable.struck

    await rig.until(cannot_be_read)
    await rig.write(case.agent, case.ts, WORDS)

    assert await rig.reply_under(case.post_id)
