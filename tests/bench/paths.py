"""The paths a customer and an agent wait for: mention to card, reaction to ack and redraw, reply to post."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import time

from tests.bench.figures import Figure, ratio
from tests.bench.lean_slack import Slack
from tests.bench.lean_x import Network
from tests.bench.material import AGENT, CHANNEL
from tests.bench.processes import Desk, app_yaml, environment, running

ROUNDS, WARM_UP, STORM = 60, 8, 1000
#: How long to leave a program alone between two measurements, so that none disturbs the next, in seconds.
REST = 0.03


@dataclass
class Times:
    """What was measured of one program, in seconds."""

    card: list[float] = field(default_factory=list)
    ack: list[float] = field(default_factory=list)
    redraw: list[float] = field(default_factory=list)
    post: list[float] = field(default_factory=list)
    storm: list[float] = field(default_factory=list)
    lost: int = 0


class Side:
    """One measured program with a Slack and an X of its own."""

    def __init__(self) -> None:
        self.slack = Slack((CHANNEL,))
        self.x = Network()
        self.times = Times()
        self._seen = 0

    async def round(self) -> None:
        """One mention from the network to the brand's reply."""
        card = self.slack.expect("chat.postMessage")
        post_id = self.x.mention("0", f"@brand0 my parcel is still at the depot, round {self._seen}")
        at, posted = await asyncio.wait_for(card, 10)
        self.times.card.append(at - self.x.handed_out[post_id])
        ts = posted["ts"]
        await asyncio.sleep(REST)
        redraw = self.slack.expect("chat.update")
        began, acked = await self.slack.tell(_reaction(ts, "eyes"))
        self.times.ack.append(acked - began)
        self.times.redraw.append((await asyncio.wait_for(redraw, 10))[0] - began)
        await asyncio.sleep(REST)
        created = self.x.expect_post()
        began, _ = await self.slack.tell(_message(ts, f"{time():.6f}", "We are looking into it."))
        self.times.post.append((await asyncio.wait_for(created, 10))[0] - began)
        self._seen += 1
        await asyncio.sleep(REST)

    async def burst(self) -> None:
        """A thousand events back to back, over all the threads: until the last is acknowledged."""
        cards = [ts for _, given, ts in self.slack.posts if "thread_ts" not in given]
        tasks = [
            asyncio.ensure_future(self.slack.tell(_reaction(cards[number % len(cards)], f"tada_{number}")))
            for number in range(STORM)
        ]
        done, late = await asyncio.wait(tasks, timeout=30)
        self.times.lost += len(late)
        times = [task.result() for task in done]
        self.times.storm.append(max(acked for _, acked in times) - min(began for began, _ in times))

    def forget(self) -> None:
        """What was measured so far was the warming up."""
        self.times = Times()


async def paths(folder: Path) -> AsyncIterator[Figure]:
    """Both programs side by side, a round of each in turn."""
    ours, floor = Side(), Side()
    async with AsyncExitStack() as stack:
        await _start(stack, ours, floor, folder)
        for number in range(ROUNDS + WARM_UP):
            if number == WARM_UP:
                ours.forget()
                floor.forget()
            await floor.round()
            await ours.round()
        yield ratio("mention to card call", ours.times.card, floor.times.card)
        yield ratio("reaction to redraw call", ours.times.redraw, floor.times.redraw)
        yield ratio("thread reply to create-post call", ours.times.post, floor.times.post)
        yield ratio("reaction to ack", ours.times.ack, floor.times.ack)
        for _ in range(5):
            await floor.burst()
            await ours.burst()
        yield ratio("1,000 events at once: last ack", ours.times.storm, floor.times.storm)
        yield Figure("1,000 events at once: lost", ours.times.lost, f"floor lost {floor.times.lost}")


async def _start(stack: AsyncExitStack, ours: Side, floor: Side, folder: Path) -> None:
    addresses = []
    for side in (ours, floor):
        addresses.append((await side.slack.start(), await side.x.start()))
        stack.push_async_callback(side.slack.stop)
        stack.push_async_callback(side.x.stop)
    config = app_yaml(folder, *addresses[0], [Desk("care", CHANNEL)])
    product = ["-m", "tests.bench.product", str(config), "--slot", "0.001", "--poll-every", "0.2"]
    bare = ["-m", "tests.bench.bare", "--slack", addresses[1][0], "--x", addresses[1][1]]
    bare += ["--channel", CHANNEL, "--folder", str(folder)]
    await stack.enter_async_context(running(product, environment(1)))
    await stack.enter_async_context(running(bare, {}))
    for side in (ours, floor):
        await side.slack.connected()


def _reaction(ts: str, name: str) -> dict[str, object]:
    item = {"type": "message", "channel": CHANNEL, "ts": ts}
    return {"type": "reaction_added", "user": AGENT.id, "reaction": name, "item": item, "event_ts": ts}


def _message(thread: str, ts: str, text: str) -> dict[str, object]:
    return {
        "type": "message",
        "channel": CHANNEL,
        "channel_type": "channel",
        "user": AGENT.id,
        "text": text,
        "ts": ts,
        "thread_ts": thread,
        "event_ts": ts,
    }
