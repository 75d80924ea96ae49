"""The program as its users run it: a process of its own, started, read, killed and stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox import tryout
from tests.scenario.rig import Rig

#: A cold start on a loaded machine, in seconds.
PATIENCE = 30.0
ROOT = Path(__file__).parents[2]
#: What a machine of its own would have in its environment; above all no tokens and no proxies.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    code: int
    out: str
    err: str


class Program:
    """`webcare …`, running."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.out = ""
        self.err = ""
        self._readers = [
            asyncio.create_task(self._read(process.stdout, "out")),
            asyncio.create_task(self._read(process.stderr, "err")),
        ]

    async def says(self, words: str) -> str:
        """Wait until it has said these words on its standard output; returns all it said so far."""
        async with asyncio.timeout(PATIENCE):
            while words not in self.out:
                assert self.process.returncode is None, self.out + self.err
                await asyncio.sleep(0.02)
        return self.out

    async def ends(self, within: float = PATIENCE) -> Ended:
        """Wait for its end."""
        async with asyncio.timeout(within):
            code = await self.process.wait()
            await asyncio.gather(*self._readers)
        return Ended(code, self.out, self.err)

    async def kill(self) -> None:
        """kill -9, if it still runs."""
        if self.process.returncode is None:
            self.process.kill()
        await self.ends()

    def stop(self) -> None:
        """Ask it to stop, as an operating system does."""
        self.process.send_signal(signal.SIGTERM)

    async def _read(self, stream: asyncio.StreamReader | None, name: str) -> None:
        assert stream is not None
        while line := await stream.readline():
            setattr(self, name, getattr(self, name) + line.decode())


async def launch(*arguments: str | Path, environ: Mapping[str, str] | None = None) -> Program:
    """Start `webcare` with these arguments."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.cli",
        *map(str, arguments),
        cwd=ROOT,
        env={**kept, **(environ or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    return Program(process)


@asynccontextmanager
async def running(*arguments: str | Path, environ: Mapping[str, str] | None = None) -> AsyncIterator[Program]:
    """`webcare` with these arguments, killed at the end if it still runs."""
    program = await launch(*arguments, environ=environ)
    try:
        yield program
    finally:
        await program.kill()


def written(rig: Rig) -> Path:
    """The rig's app.yaml as a file; its secrets are in `environ_of`."""
    path = rig.directory / "app.yaml"
    path.write_text(rig.app_yaml, encoding="utf-8")
    return path


def environ_of(rig: Rig, **changed: str) -> dict[str, str]:
    """The environment that the rig's app.yaml names."""
    return {**tryout.secrets(rig.world.description()), **rig.secrets, **changed}
