"""The harness's hold on its subjects: starts them, hears them, ends them."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import sys
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.proof.subject import Orders


@dataclass
class Subject:
    """One process of the product."""

    pid: int
    #: The named point at which it was ordered to end itself; "" for none.
    die_at: str = ""
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    status: int | None = None
    #: Why it would not start.
    refused: str = ""
    #: When the last reading of all threads began that has come to its end, by the monotonic clock.
    read_as_of: float = 0.0
    #: When its looks at the mentions began that brought them.
    looked_as_of: list[float] = field(default_factory=list)
    #: Looks at the mentions that it is in the middle of.
    looking: int = 0
    #: It was stopped, and what it was looking at then may be looked at by others.
    paused: bool = False
    #: When it was stopped, by the monotonic clock; None when it never was.
    paused_at: float | None = None
    #: It was asked to stop itself where a signal says, and is waited for.
    awaited: bool = False

    def signal(self, number: int) -> None:
        """Send a signal, if it is still there."""
        if not self.ended.is_set():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    @property
    def was_paused(self) -> bool:
        """Whether it was ever stopped."""
        return self.paused_at is not None

    def pause_once(self) -> None:
        """Stop it in the middle of whatever it does, unless it was stopped before."""
        if not self.was_paused:
            self.is_paused()
            self.signal(signal.SIGSTOP)

    def is_paused(self) -> None:
        """It is stopped from now on."""
        self.paused, self.paused_at = True, time.monotonic()

    async def pauses_within(self, seconds: float) -> bool:
        """Wait for it to stop itself, at most this long and no longer than it lives."""
        self.awaited, until = True, time.monotonic() + seconds
        while not (self.was_paused or self.ended.is_set()):
            if time.monotonic() > until:
                break
            await asyncio.sleep(0.02)
        self.awaited = False
        return self.was_paused and not self.ended.is_set()

    def go_on(self) -> None:
        """Let it go on as if nothing had happened."""
        self.signal(signal.SIGCONT)
        self.paused = self.looking > 0

    async def kill(self) -> None:
        """End it at once."""
        self.signal(signal.SIGKILL)
        await self.ended.wait()

    async def is_up_within(self, seconds: float) -> bool:
        """Wait until it has started, at most this long and no longer than it lives."""
        either = [asyncio.ensure_future(event.wait()) for event in (self.ready, self.ended)]
        await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for waiting in either:
            waiting.cancel()
        return self.ready.is_set() and not self.ended.is_set()

    async def ends_within(self, seconds: float) -> bool:
        """Wait for its end, at most this long."""
        try:
            await asyncio.wait_for(self.ended.wait(), seconds)
        except TimeoutError:
            return False
        return True


class Fleet:
    """All subjects of a run."""

    def __init__(self) -> None:
        self.subjects: dict[int, Subject] = {}
        #: Every named point that was passed, by how many subjects.
        self.points: Counter[str] = Counter()
        #: Two subjects were looking at the mentions at the same time; neither was paused.
        self.double_looks = 0
        #: Pieces of work that kept the record for too long: which, and for how long.
        self.slow: list[tuple[str, float]] = []
        #: The last looks at the mentions: when each began, and whose it was.
        self.looks: deque[tuple[float, int]] = deque(maxlen=1000)
        self._numbers = itertools.count()
        self._births: dict[int, asyncio.Future[Subject]] = {}
        self._nest: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Import the product once; subjects are forked from there."""
        self._nest = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.proof.subject",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._listening = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """End every subject."""
        if self._nest is None or self._nest.stdin is None or self._listening is None:
            return
        self._nest.stdin.close()
        await self._nest.wait()
        await self._listening

    async def start(self, orders: Orders) -> Subject:
        """Fork a subject; it is not ready yet."""
        assert self._nest is not None
        assert self._nest.stdin is not None
        number = next(self._numbers)
        birth = self._births[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"number": number, "start": asdict(orders)})
        self._nest.stdin.write(line.encode() + b"\n")
        subject: Subject = await birth
        subject.die_at = orders.die_at
        return subject

    def alive(self) -> list[Subject]:
        """The subjects that have not ended."""
        return list(self.subjects.values())

    async def _listen(self) -> None:
        assert self._nest is not None
        assert self._nest.stdout is not None
        while line := await self._nest.stdout.readline():
            self._hear(json.loads(line))

    def _hear(self, told: dict[str, Any]) -> None:
        if "born" in told:
            subject = self.subjects[told["pid"]] = Subject(told["pid"])
            self._births.pop(told["born"]).set_result(subject)
            return
        subject = self.subjects[told["pid"]]
        match told:
            case {"ended": status}:
                subject.status = status
                subject.ended.set()
                del self.subjects[subject.pid]
            case {"ready": True}:
                subject.ready.set()
            case {"refused": why}:
                subject.refused = why
            case {"point": name}:
                self.points[name] += 1
            case {"slow": name, "seconds": seconds}:
                self.slow.append((name, seconds))
            case {"pauses": _}:
                if not subject.awaited:  # it was too late, and nobody would wake it
                    for seconds in (0.2, 1.0, 3.0):  # it tells before it stops
                        asyncio.get_running_loop().call_later(seconds, subject.go_on)
                subject.is_paused()
            case {"looked_as_of": began}:
                subject.looked_as_of.append(began)
            case {"read_as_of": began}:
                subject.read_as_of = began
            case {"look": phase, "stream": "mentions"}:
                subject.looking += 1 if phase == "begins" else -1
                subject.paused = subject.paused and subject.looking > 0
                if phase == "begins":
                    self.looks.append((time.monotonic(), subject.pid))
                looking = [s for s in self.subjects.values() if s.looking and not s.paused]
                if phase == "begins" and (len(looking) > 1 or subject.looking > 1):
                    self.double_looks += 1
