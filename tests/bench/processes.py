"""Starting the measured programs as processes of their own, and what the system says of them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

#: How long a program may take until it says that it is ready, in seconds.
PATIENCE = 120.0
SECRETS = {"SLACK_BOT_TOKEN": "xoxb-1-bench", "SLACK_APP_TOKEN": "xapp-1-bench"}

_APP = """\
database: {database}
language: en
timezone: Europe/Amsterdam
desk:
  kind: slack
  api_url: {slack}
  bot_token: ${{SLACK_BOT_TOKEN}}
  app_token: ${{SLACK_APP_TOKEN}}
teams:
{teams}accounts:
{accounts}"""
_TEAM = """\
  {name}:
    channel: {channel}
    targets: {{first_reply: {target}, next_reply: {target}, warn_before: 5m}}
    hold: 0s
"""
_ACCOUNT = """\
  - name: {name}
    network: x
    handle: "@brand{number}"
    team: {name}
    api_url: {x}
    poll_every: {poll}
    private: dm
    credentials: {{consumer_key: ${{KEY{number}}}, consumer_secret: ${{KEY{number}}},
      access_token: ${{KEY{number}}}, access_token_secret: ${{KEY{number}}}}}
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """One team with one account: its room and its target."""

    name: str
    channel: str
    target: str = "1h"


def app_yaml(
    folder: Path,
    slack: str,
    x: str,
    desks: Sequence[Desk],
    poll: str = "1s",
    database: Path | None = None,
) -> Path:
    """Write the product's configuration, with an empty database unless one is given; brand n of the network
    belongs to desk n."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("webcare.db*"):
        old.unlink()
    teams = [_TEAM.format(name=desk.name, channel=desk.channel, target=desk.target) for desk in desks]
    accounts = [
        _ACCOUNT.format(name=desk.name, number=number, x=x, poll=poll) for number, desk in enumerate(desks)
    ]
    text = _APP.format(
        database=f"sqlite:///{database or folder / 'webcare.db'}",
        slack=slack,
        teams="".join(teams),
        accounts="".join(accounts),
    )
    path = folder / "app.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def environment(desks: int) -> Mapping[str, str]:
    """What the configuration names."""
    return {**SECRETS, **{f"KEY{number}": f"token-{number}" for number in range(desks)}}


class Program:
    """A program that is up."""

    def __init__(self, process: asyncio.subprocess.Process, took: float) -> None:
        self._process = process
        #: Seconds from its start until it said that it is ready.
        self.took = took

    def cpu(self) -> float:
        """Seconds of processor time so far, of all its threads."""
        total = 0
        for task in Path(f"/proc/{self._process.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def memory(self) -> float:
        """Resident memory in MB."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid


def _inherited() -> dict[str, str]:
    """The environment as an installed program has it: its modules are compiled once, not at each start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@asynccontextmanager
async def running(arguments: Sequence[str], environ: Mapping[str, str]) -> AsyncIterator[Program]:
    """A Python program, from the moment at which it prints its first line until the end of the block."""
    began = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env={**_inherited(), **environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        assert process.stdout is not None
        said = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        took = perf_counter() - began
        assert said, f"{arguments[:3]} ended before it was ready"
        yield Program(process, took)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
