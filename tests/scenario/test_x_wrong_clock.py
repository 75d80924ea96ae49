"""A reply of unclear outcome that was attempted while our clock was ahead of X's: X's own time counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cases.ports import NotSent, SendCommand, Sent, Unknown
from bot.cases.posts import PostId
from connectors.x.payload import lowest_at
from tests.fakes import FakeClock
from tests.scenario.stage import BRAND, Stage, a_message
from tests.scenario.x_stage import Open, command
from tests.scenario.x_stage import clock as clock
from tests.scenario.x_stage import opens as opens
from tests.scenario.x_stage import stage as stage

OWN = rf"GET .*/{BRAND['id']}/tweets"


def at(clock: FakeClock, **earlier: float) -> datetime:
    """An instant that long ago."""
    return clock.now() - timedelta(**earlier)


@pytest.fixture
def attempted(clock: FakeClock) -> SendCommand:
    """A reply to a post of ten minutes ago, attempted under a clock that is an hour ahead."""
    answered = PostId(lowest_at(at(clock, minutes=10)))
    clock.turn(hours=1)
    return replace(command(clock), in_reply_to=answered)


def own(clock: FakeClock, reply: SendCommand, minutes: float, text: str) -> dict[str, Any]:
    """A post of the brand, by X's time, so many minutes before the attempt."""
    made = at(clock, hours=1, minutes=minutes)
    return {
        "id": lowest_at(made),
        "author_id": BRAND["id"],
        "text": text,
        "created_at": made.isoformat(),
        "referenced_tweets": [{"type": "replied_to", "id": reply.in_reply_to}],
    }


def cue(stage: Stage, clock: FakeClock, match: str, item: dict[str, Any], times: int = 2) -> None:
    """Let X show one thing, and tell its own time: an hour less than ours."""
    date = at(clock, hours=1).strftime("%a, %d %b %Y %H:%M:%S GMT")
    for _ in range(times):
        stage.cue(match, 200, {"data": [item], "meta": {}}, Date=date)


async def test_a_public_reply_is_found_since_what_it_answers(
    stage: Stage, opens: Open, clock: FakeClock, attempted: SendCommand
) -> None:
    cue(stage, clock, OWN, own(clock, attempted, 1, "@klant Hello!"))

    assert isinstance(await opens().reconcile(attempted), Sent)


async def test_it_is_certainly_absent_once_the_attempt_must_have_ended(
    stage: Stage, opens: Open, clock: FakeClock, attempted: SendCommand
) -> None:
    cue(stage, clock, OWN, own(clock, attempted, 30, "Something else"), times=4)
    x = opens()
    early = await x.reconcile(attempted)
    clock.turn(minutes=3)

    assert (type(early), type(await x.reconcile(attempted))) == (Unknown, NotSent)


async def test_nor_does_a_clock_that_was_put_right_keep_it_in_doubt(
    stage: Stage, opens: Open, clock: FakeClock, attempted: SendCommand
) -> None:
    clock.turn(hours=-1)
    for _ in range(4):
        item = own(clock, attempted, -30, "Something else")
        stage.cue(OWN, 200, {"data": [item], "meta": {}}, Date=f"{clock.now():%a, %d %b %Y %H:%M:%S} GMT")
    x = opens()
    await x.reconcile(attempted)
    clock.turn(minutes=3)

    assert isinstance(await x.reconcile(attempted), NotSent)


@pytest.mark.parametrize(("behind", "told"), [(60, Unknown), (5, NotSent)])
async def test_of_a_private_reply_nothing_is_certain(
    stage: Stage, opens: Open, clock: FakeClock, behind: float, told: type
) -> None:
    clock.turn(hours=1)
    reply = command(clock, visibility="dm")
    clock.turn(minutes=5)
    date = at(clock, minutes=behind).strftime("%a, %d %b %Y %H:%M:%S GMT")
    stage.cue("dm_events", body={"data": [a_message("Good morning")], "meta": {}}, Date=date)

    assert isinstance(await opens(private=True).reconcile(reply), told)
