"""Reading again after a break: in order, at Slack's pace, once; each reply waits for its own thread only."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest

from bot.sandbox.faults import Fault
from bot.slack import calls, pace
from tests.proof.waiting import Outcome, change_some, judge, until_all_are_out, waiting_replies
from tests.scenario.rig import LONG, PATIENCE, Rig, own_rig

rig = own_rig(LONG)

#: So much faster than in life goes the minute in which Slack counts, here and in the product's pace.
FASTER = 20
#: Threads, and calls a minute, in the proportion of sixty to Slack's fifty.
THREADS, CALLS = 18, 15
#: What is read; what is shown has its own pace, and its own tests.
PACED = ("conversations.replies", "conversations.history")


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Callable[[Rig], None]:
    """From the call on the local Slack counts and refuses as Slack does, in minutes of three seconds, and the
    product keeps its pace in the same proportion."""
    told = calls._retry_after

    def count(rig: Rig) -> None:
        monkeypatch.setattr(calls, "_retry_after", lambda headers: told(headers) / FASTER)
        monkeypatch.setattr(pace, "EVERY", timedelta(seconds=60 / (CALLS - 2)) / FASTER)
        monkeypatch.setattr(pace, "BURST", 2)
        limits = rig.world.slack.limits
        limits.scale, limits.monotonic = CALLS / 50, lambda: time.monotonic() * FASTER
        limits.posting_burst = limits.posting_per_minute = 1000
        spend = limits.spend
        monkeypatch.setattr(
            limits, "spend", lambda tier, method, who: method in PACED and spend(tier, method, who)
        )
        rig.world.slack.requests.clear()
        limits.enabled = True

    return count


def let_holds_end(rig: Rig) -> None:
    """While the bot is away the holds come to their end, the first one first; and the rest of those that were
    put off: no earlier than the time that their lines tell."""
    now = int(time.time() * 1_000_000)
    with closing(sqlite3.connect(rig.directory / "webcare.db")) as database:
        database.execute(
            "UPDATE replies SET send_after = send_after - 300000000, acts_at = acts_at - 300000000"
            " WHERE failure IS NULL"
        )
        again = "UPDATE replies SET send_after = ?, acts_at = ? WHERE failure IS NOT NULL"
        database.execute(again, [now] * 2)
        database.commit()


def threads_read(rig: Rig) -> list[str]:
    """The threads that the bot asked for, in this order; a refused call counts as well."""
    bot = rig.world.slack.bot.id
    asked = [r for r in rig.world.slack.requests if r.method == "conversations.replies" and r.who == bot]
    return [str(request.arguments["ts"]) for request in asked]


async def test_all_replies_are_out_within_two_minutes_of_the_last_of_many_starts(
    rig: Rig, counting: Callable[[Rig], None]
) -> None:
    waiting = await waiting_replies(rig, THREADS)
    await rig.stop()
    await change_some(rig, waiting)
    let_holds_end(rig)
    counting(rig)
    for _ in range(3):
        await rig.start()
        await rig.settle(0.3)
        await rig.stop()
    outcome = Outcome()
    await rig.start()
    await until_all_are_out(rig, waiting, outcome, PATIENCE)
    await judge(rig, waiting, outcome)

    assert outcome.violations == []
    assert outcome.seconds < 120 / FASTER


async def test_threads_are_read_once_in_the_order_of_their_replies(
    rig: Rig, counting: Callable[[Rig], None]
) -> None:
    waiting = await waiting_replies(rig, 5)
    await rig.stop()
    let_holds_end(rig)
    counting(rig)
    await rig.start()
    await until_all_are_out(rig, waiting, Outcome(), PATIENCE)

    assert threads_read(rig) == [one.case.ts for one in waiting]


async def test_a_limit_is_met_once_and_reading_goes_on_with_the_same_thread_when_slack_said(
    rig: Rig, counting: Callable[[Rig], None], caplog: pytest.LogCaptureFixture
) -> None:
    waiting = await waiting_replies(rig, 4)
    await rig.stop()
    let_holds_end(rig)
    counting(rig)
    # Somebody else used up the minute with the same token.
    for _ in range(CALLS):
        rig.world.slack.limits.spend(3, "conversations.replies", rig.world.slack.bot.id)
    began = time.monotonic()
    await rig.start()
    await until_all_are_out(rig, waiting, Outcome(), PATIENCE)

    first, *rest = [one.case.ts for one in waiting]
    assert threads_read(rig) == [first, first, *rest]
    assert time.monotonic() - began > 50 / FASTER
    assert [r.levelname for r in caplog.records if getattr(r, "action", "") == "limit_reached"] == ["WARNING"]
    assert not [r for r in caplog.records if r.exc_info]


async def test_a_renewed_socket_costs_one_look_a_thread_beside_the_one_before_its_reply_goes(
    rig: Rig,
) -> None:
    waiting = await waiting_replies(rig, 3)
    rig.world.slack.requests.clear()
    await rig.world.slack.disconnect_sockets()
    for one in waiting:
        await rig.react(one.case.agent, one.message, "rocket")
    await until_all_are_out(rig, waiting, Outcome(), PATIENCE)

    assert max(Counter(threads_read(rig)).values()) <= 2


def put_off(rig: Rig) -> int:
    """How many replies wait for a time that is still to come."""
    with closing(sqlite3.connect(rig.directory / "webcare.db")) as database:
        now = time.time() * 1_000_000
        [(count,)] = database.execute("SELECT count(*) FROM replies WHERE send_after > ?", [now]).fetchall()
        return int(count)


async def test_however_often_it_is_started_a_line_is_drawn_when_its_reply_waits_and_when_it_is_out(
    rig: Rig,
) -> None:
    waiting = await waiting_replies(rig, 3)
    lines = [line["ts"] for one in waiting for line in await rig.by_bot(one.case.ts)]
    await rig.stop()
    rig.world.slack.requests.clear()
    rig.world.faults.order(Fault("slack", "/slack/api/conversations.replies", "hang", times=1000))

    async def all_wait_and_say_so() -> bool:
        told = [(await rig.message(ts))["text"] for ts in lines]
        return put_off(rig) == len(waiting) and all("once I know what is written" in text for text in told)

    for _ in range(3):
        let_holds_end(rig)
        await rig.start()
        await rig.until(all_wait_and_say_so, patience=3 * PATIENCE)
        await rig.stop()
    rig.world.faults.clear()
    await rig.start()
    for one in waiting:
        await rig.line(one.case.ts, "Posted as")
    drawn = Counter(r.arguments["ts"] for r in rig.world.slack.requests if r.method == "chat.update")

    assert {ts: drawn[ts] for ts in lines} == dict.fromkeys(lines, 2)
