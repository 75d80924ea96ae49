"""A storm of mentions against Slack's limit of one post a second and channel, on a shortened second."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from time import perf_counter

from tests.bench.figures import Figure, quantile
from tests.bench.lean_slack import Slack
from tests.bench.lean_x import Network
from tests.bench.processes import Desk, app_yaml, environment, running

MENTIONS = 1000
#: One in a hundred comes for the desk whose target is the shortest.
URGENT_EVERY = 100
#: The minute in which they come, in real seconds before it is shortened.
MINUTE = 60.0


class Storm:
    """One storm: so many channels, with the second shortened to `second`."""

    def __init__(self, channels: int, second: float) -> None:
        self._channels = [f"C0BENCH{number:03d}" for number in range(channels)]
        self._second = second
        self._slack = Slack(tuple(self._channels))
        self._x = Network()
        self._came: dict[str, float] = {}
        self._urgent: set[str] = set()

    async def run(self, folder: Path) -> None:
        """Let it come, and wait until every mention has its card."""
        # Each channel has a desk with the usual target and one with a short one.
        desks = [Desk(f"care-{n}", channel) for n, channel in enumerate(self._channels)]
        desks += [Desk(f"urgent-{n}", channel, "10m") for n, channel in enumerate(self._channels)]
        config = app_yaml(folder, await self._slack.start(), await self._x.start(), desks)
        poll = str(1.0 * self._second)
        command = [
            "-m",
            "tests.bench.product",
            str(config),
            "--slot",
            str(self._second),
            "--poll-every",
            poll,
        ]
        async with running(command, environment(len(desks))):
            await self._slack.connected()
            await asyncio.sleep(0.5)
            await self._rain()
            async with asyncio.timeout(MENTIONS * self._second * 3 + 60):
                while len(self._slack.posts) < MENTIONS:  # noqa: ASYNC110  # the lean server sets no event
                    await asyncio.sleep(0.05)
            await asyncio.sleep(5 * self._second)
        await self._slack.stop()
        await self._x.stop()

    async def _rain(self) -> None:
        channels = len(self._channels)
        began = perf_counter()
        for number in range(MENTIONS):
            at = began + number * MINUTE * self._second / MENTIONS
            if (wait := at - perf_counter()) > 0:
                await asyncio.sleep(wait)
            urgent = number % URGENT_EVERY == URGENT_EVERY // 2
            # Spread over the channels without a pattern in time.
            brand = (number // URGENT_EVERY if urgent else number) % channels + (channels if urgent else 0)
            words = f"storm-{number:04d}"
            self._x.mention(str(brand), f"@brand {words} where is my parcel?")
            self._came[words] = perf_counter()
            if urgent:
                self._urgent.add(words)

    def figures(self) -> list[Figure]:
        """How it went, in real seconds: what the shortened limit saved is put back."""
        count, second = len(self._channels), self._second
        posted = self._posted()
        first, last = min(self._came.values()), max(at for at, _ in posted)
        each = MENTIONS / count
        took = last - first - each * second + each
        gaps = [b - a for line in self._slack.posted.values() for a, b in pairwise(line)]
        cards = Counter(words for _, words in posted)
        waits = [(at - self._came[words]) / second for at, words in posted if words in self._urgent]
        name = f"{count} channel{'s' if count > 1 else ''}"
        added = (last - first) / each * 1000 - second * 1000
        return [
            Figure(
                f"burst of 1,000 into {name}: last card",
                took / each,
                f"{took:.1f} s, ideal {each:.0f} s; {added:.2f} ms a card on top of Slack's second",
            ),
            Figure(
                f"burst into {name}: wait of the most urgent 1 %",
                max(waits),
                f"median {quantile(waits, 0.5):.2f} s",
            ),
            Figure("burst: cards too early for Slack", sum(gap < second for gap in gaps), name),
            Figure(
                "burst: cards lost or double",
                MENTIONS - len(cards) + sum(cards.values()) - len(cards),
                name,
            ),
        ]

    def _posted(self) -> list[tuple[float, str]]:
        found = []
        for at, given, _ in self._slack.posts:
            text = str(given)
            place = text.find("storm-")
            found.append((at, text[place : place + 10]))
        return found


async def burst(folder: Path) -> AsyncIterator[Figure]:
    """Over one channel and over ten."""
    for channels, second in ((1, 0.04), (10, 0.3)):
        storm = Storm(channels, second)
        await storm.run(folder)
        for figure in storm.figures():
            yield figure
