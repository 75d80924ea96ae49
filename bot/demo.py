"""The demo: the sandbox with the bot in it, which the page can start over or let speak another language."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import bootstrap
from bot.cases.ports import Clock
from bot.clock import FastClock, SystemClock
from bot.config import load
from bot.sandbox import scene, tryout
from bot.sandbox.slack import AppSettings
from bot.sandbox.world import World
from bot.slack.manifest import manifest

log = logging.getLogger(__name__)

#: What the sandbox and the bot keep in the demo's directory.
_KEPT = ("x.jsonl", "slack.jsonl", "webcare.db*", "app.yaml", "env", "clock")
#: How often it is noted what time it is by a clock that is not the machine's, and how far ahead of that, in
#: seconds of the machine's: a demo that was killed goes on a little later and never earlier.
_NOTED_EVERY, _NOTED_AHEAD = 1.0, 3
#: The highest speed.
FASTEST = 1000
#: How long the page gets to hear that everything begins again before its connection goes, in seconds.
_BREATH = 0.2


def settings() -> AppSettings:
    """The bot as it is installed in the sandbox's workspace: as its own manifest describes it."""
    return AppSettings.from_manifest(manifest())


def ahead(directory: Path) -> datetime:
    """Until when the clock of the demo in this directory may have run; the past where there is none."""
    try:
        return datetime.fromisoformat((directory / "clock").read_text("utf-8"))
    except (OSError, ValueError):
        return datetime.min.replace(tzinfo=UTC)


class Demo:
    """A sandbox and a bot that share a directory and a clock; what was said there outlives the process.

    Where nothing was said yet it opens on a scene, unless `scene` is False. Its time passes `speed` times as
    fast as the machine's, and never goes back from one start to the next.
    """

    def __init__(self, directory: Path, port: int, language: str, *, scene: bool, speed: int = 1) -> None:
        self._directory = directory
        self._port = port
        self._language = language
        self._scene = scene
        self._speed = speed
        #: The time of the bot and of everybody in the sandbox, while they are there.
        self._clock: Clock = SystemClock()
        self._noting: asyncio.Task[None] | None = None
        #: The sandbox, while it is open.
        self.world: World | None = None
        self._bot: bootstrap.Bot | None = None
        #: One change at a time: of language, a beginning, the end.
        self._changing = asyncio.Lock()
        self._playing: asyncio.Task[None] | None = None
        self._beginning: asyncio.Task[None] | None = None

    @property
    def language(self) -> str:
        """What the bot speaks to agents."""
        return self._language

    async def open(self) -> str:
        """Start everything; returns the page's address once whatever is posted reaches the bot.

        Raises what `World`, `World.start` and `bootstrap.open_bot` raise; then nothing is left running.
        """
        self._clock = self._present()
        clock = scene.Clock(self._clock.now)
        opening = scene.Scene(clock, self._language) if self._scene and self._is_new() else None
        if opening is not None:
            opening.settle()
        world = World(self._directory, clock=clock, speed=self._clock.speed, settings=settings())
        self.world = world
        try:
            if isinstance(self._clock, FastClock):
                self._note_time()
                self._noting = _later(self._go_on_noting())
            if opening is not None:
                opening.before(world)
            world.director = self
            world.ready.clear()
            base = await world.start(self._port)
            self._port = int(base.rpartition(":")[2])
            await self._open_bot()
        except BaseException:
            await _end(self._noting)
            await world.stop()
            raise
        world.ready.set()
        if opening is not None:
            self._playing = _later(opening.play(world))
        return base

    async def close(self) -> None:
        """Stop the bot and the sandbox, whatever they are in the middle of."""
        await _end(self._beginning)
        async with self._changing:
            await self._close()

    async def speak(self, language: str) -> None:
        """Let the bot go on in another language: what it shows is redrawn, what it said stays."""
        async with self._changing:
            if language == self._language or self.world is None:
                return
            self._language = language
            await self._close_bot()
            await self._open_bot()
            assert self._bot is not None
            await self._bot.redraw()
            self.world.feed.touch("world", "world")

    def begin_anew(self) -> None:
        """Throw away everything that was said, and open again at the same address shortly."""
        if self._beginning is None or self._beginning.done():
            self._beginning = _later(self._begin_anew())

    async def _begin_anew(self) -> None:
        await asyncio.sleep(_BREATH)
        async with self._changing:
            await self._close()
            for name in _KEPT:
                for path in self._directory.glob(name):
                    path.unlink()
            await self.open()

    def _present(self) -> Clock:
        """The machine's clock; another one where time passes faster, or once did."""
        machine, kept = SystemClock(), ahead(self._directory)
        begins = max(machine.now(), kept)
        return machine if self._speed == 1 and begins > kept else FastClock(self._speed, begins)

    async def _go_on_noting(self) -> None:
        while True:
            await asyncio.sleep(_NOTED_EVERY)
            self._note_time(_NOTED_AHEAD)

    def _note_time(self, seconds: int = _NOTED_AHEAD) -> None:
        noted, kept = self._directory / "clock.new", self._directory / "clock"
        until = self._clock.now() + timedelta(seconds=seconds) * self._clock.speed
        noted.write_text(until.isoformat(), "utf-8")
        noted.replace(kept)

    def _is_new(self) -> bool:
        return not (self._directory / _KEPT[0]).exists()

    async def _open_bot(self) -> None:
        assert self.world is not None
        told = self.world.description()
        path = tryout.write(told, self._directory, self._language, self._speed)
        config = load(path, tryout.secrets(told), bootstrap.network_terms())
        self._bot = await bootstrap.open_bot(config, self._clock)

    async def _close_bot(self) -> None:
        bot, self._bot = self._bot, None
        if bot is not None:
            await bot.close()

    async def _close(self) -> None:
        await _end(self._playing)
        await self._close_bot()
        world, self.world = self.world, None
        if world is not None:
            await world.stop()
        if self._noting is not None:
            await _end(self._noting)
            self._noting = None
            self._note_time(0)


def _later(deed: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Do this beside everything else; what goes wrong in it is logged."""
    task = asyncio.get_running_loop().create_task(deed)
    task.add_done_callback(_done)
    return task


def _done(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("The demo could not go on", exc_info=error, extra={"action": "demo_failed"})


async def _end(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.wait((task,))
