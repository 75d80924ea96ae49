"""Replies wait in many threads while the program is killed again and again, under Slack's own limits.

    python -m tests.proof.waiting --threads 60 --kills 20

In each thread a reply waits for its time. While the program is down some agents delete, edit or stop theirs.
Told are the seconds from the last start until every reply is out that should be, what came out that should
not have, how far behind the clock a line ever was, and how often Slack's limit was met.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.scenario.program import Program, environ_of, launch, written
from tests.scenario.rig import WORDS, Claimed, Rig, open_rig

UP = "Webcare is up"
EDITED = "Sorry! It is found."
#: How long the rest is waited for before it counts as never, in seconds.
NEVER = 600.0
#: Every so many threads one is deleted, one edited, one stopped while the program is down.
SHARE = 10


@dataclass
class Outcome:
    """What was seen."""

    #: From the last start until the last reply that should be out was, in seconds.
    seconds: float = 0.0
    #: Replies that are out, as they should be.
    out: int = 0
    violations: list[str] = field(default_factory=list)
    #: The most that the time on a line was past, in seconds.
    behind: float = 0.0
    #: The refusals by Slack's limit, by method, since the first kill.
    limited: Counter[str] = field(default_factory=Counter)
    #: What the channel was told, the cards aside.
    told: list[str] = field(default_factory=list)
    #: Lines in the logs of all the runs, and traces in them.
    log_lines: int = 0
    traces: int = 0


@dataclass
class Waiting:
    """A case with a reply that waits, and what should come of it."""

    case: Claimed
    message: str
    #: What should be public in the end; "" for nothing.
    wanted: str = f"{WORDS} ^MK"


async def waiting_replies(rig: Rig, threads: int) -> list[Waiting]:
    """So many claimed cases with a queued reply each."""
    cases = [await rig.claimed("my parcel is lost") for _ in range(threads)]
    return [Waiting(case, (await rig.queued(case, WORDS))[0]) for case in cases]


async def change_some(rig: Rig, waiting: list[Waiting]) -> None:
    """What agents do while nobody listens."""
    for number, one in enumerate(waiting):
        agent = one.case.agent
        match number % SHARE:
            case 3:
                await rig.delete(agent, one.message)
                one.wanted = ""
            case 5:
                await rig.edit(agent, one.message, EDITED)
                await rig.react(agent, one.message, "rocket")  # or it would have its hold anew
                one.wanted = f"{EDITED} ^MK"
            case 7:
                await rig.react(agent, one.message, "x")
                one.wanted = ""


async def until_all_are_out(
    rig: Rig, waiting: list[Waiting], outcome: Outcome, patience: float = NEVER
) -> None:
    """Wait until all is public that should be."""
    began = time.monotonic()
    while time.monotonic() < began + patience:
        outcome.behind = max([outcome.behind, *_behind(rig, waiting)])
        if all([not one.wanted or await rig.replies_to(one.case.post_id) for one in waiting]):
            break
        await asyncio.sleep(0.25)
    outcome.seconds = time.monotonic() - began


async def judge(rig: Rig, waiting: list[Waiting], outcome: Outcome) -> None:
    """Compare what is public with what should be."""
    for one in waiting:
        found = await rig.replies_to(one.case.post_id)
        if found == ([one.wanted] if one.wanted else []):
            outcome.out += bool(found)
        else:
            outcome.violations.append(f"{found} is public, and {one.wanted!r} should be")
    outcome.told = [text for text in _channel(rig) if " · case " not in text]


def _behind(rig: Rig, waiting: list[Waiting]) -> Iterator[float]:
    """By how much the times on the lines are past, of replies that are still to go."""
    now = datetime.now(UTC).timestamp()
    workspace = rig.world.slack.workspace
    for one in waiting:
        for ts in workspace.replies(rig.channel, one.case.ts):
            message = workspace.message(rig.channel, ts)
            text = str(message.fields.get("text", "")) if message is not None else ""
            if message is not None and "Will be posted" in text and "once I know" not in text:
                yield now - max(_dates(message.fields.get("blocks")), default=now)


def _channel(rig: Rig) -> Iterator[str]:
    for ts in rig.world.slack.workspace.timeline(rig.channel):
        message = rig.world.slack.workspace.message(rig.channel, ts)
        if message is not None:
            yield str(message.fields.get("text", ""))


def _dates(part: Any) -> Iterator[float]:
    """Every moment that these blocks show."""
    if isinstance(part, list):
        for each in part:
            yield from _dates(each)
    elif isinstance(part, dict):
        if part.get("type") == "date":
            yield float(part["timestamp"])
        for each in part.values():
            yield from _dates(each)


async def killed_often(threads: int, kills: int, every: float) -> Outcome:
    """All of it, with the program as its users run it."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        async with open_rig(Path(folder), hold="45s", brisk=True) as rig:
            waiting = await waiting_replies(rig, threads)
            await rig.stop()
            await change_some(rig, waiting)
            rig.world.slack.limits.enabled = True
            rig.world.slack.requests.clear()
            for _ in range(kills):
                program = await _start(rig)
                await asyncio.sleep(every)
                await program.kill()
                _note_log(program, outcome)
            print(f"killed {kills} times; the last start", flush=True)
            program = await _start(rig)
            try:
                await until_all_are_out(rig, waiting, outcome)
                await asyncio.sleep(5)
                await judge(rig, waiting, outcome)
            finally:
                await program.kill()
                _note_log(program, outcome)
                refused = [r for r in rig.world.slack.requests if r.error == "ratelimited"]
                outcome.limited = Counter(request.method for request in refused)
    return outcome


async def _start(rig: Rig) -> Program:
    return await launch("run", "--config", written(rig), environ=environ_of(rig))


def _note_log(program: Program, outcome: Outcome) -> None:
    outcome.log_lines += program.err.count("\n")
    outcome.traces += program.err.count("Traceback")
    if "Traceback" in program.err:
        print(program.err[-3000:])


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.waiting", description=__doc__)
    parser.add_argument("--threads", type=int, default=60)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--every", type=float, default=4.5, help="seconds from a start to the kill")
    asked = parser.parse_args()
    outcome = asyncio.run(killed_often(asked.threads, asked.kills, asked.every))
    for violation in outcome.violations:
        print(f"violation: {violation}")
    print(f"told in the channel: {outcome.told}")
    print(f"limits met: {dict(outcome.limited)}; log lines {outcome.log_lines}, traces {outcome.traces}")
    print(
        f"waiting: {outcome.out} replies out {outcome.seconds:.0f} s after the last start, lines at most "
        f"{outcome.behind:.0f} s behind, {len(outcome.violations)} violations"
    )
    return 1 if outcome.violations or outcome.seconds > 120 else 0


if __name__ == "__main__":
    sys.exit(main())
