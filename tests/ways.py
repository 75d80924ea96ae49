"""How much code lies on the three ways through the product: `python -m tests.ways` prints it as a table.

A way lasts from the act until its effect is visible and nothing waits in the outbox. The first case of a
brisk rig walks it. Looks at X fall into a way by chance; "own" functions are those not entered when idle.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import grimp  # comes with import-linter

from storage.writer import Writer
from tests.scenario.rig import LONG, LOST, WORDS, Claimed, Rig, open_rig

ROOT = Path(__file__).parent.parent
PROGRAM = ("bot", "connectors", "storage")
WITHIN = tuple(f"{ROOT}/{room}/" for room in PROGRAM)
WITHOUT = (f"{ROOT}/bot/sandbox/", f"{ROOT}/storage/migrations/")
CARD, QUEUED, PUBLIC = "mention to card", "message to queued line", "Send now to public"
IDLE = "idle for a second"
#: Each `Store.do` hands over one piece of work; those that wait together are committed together.
PIECE, COMMIT = Writer.put.__code__, Writer._commit.__code__


@dataclass(slots=True)
class Stretch:
    """What the product entered in some time, in all its threads; sandbox and migrations do not count."""

    #: File and name: what bears one name in a file counts once, all its lambdas too.
    functions: set[tuple[str, str]] = field(default_factory=set)
    pieces: int = 0  #: of work, handed to the record: on PostgreSQL each is a transaction
    commits: int = 0  #: of SQLite


class Profile:
    """Sees the calls of this thread, and of those that begin from now on, until it is closed."""

    def __init__(self) -> None:
        self.stretches: dict[str, Stretch] = {}
        self._now: Stretch | None = None
        threading.setprofile(self._see)
        sys.setprofile(self._see)

    def close(self) -> None:
        """See no more."""
        sys.setprofile(None)
        threading.setprofile(None)

    @contextmanager
    def stretch(self, name: str) -> Iterator[None]:
        """Keep what is called inside, under this name."""
        self.stretches[name] = self._now = stretch = Stretch()
        yield
        self._now = None
        stretch.functions = {
            (file.removeprefix(f"{ROOT}/"), name)
            for file, name in stretch.functions
            if file.startswith(WITHIN) and not file.startswith(WITHOUT)
        }

    def _see(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and (now := self._now) is not None:
            code = frame.f_code
            now.functions.add((code.co_filename, code.co_name))
            if code is PIECE:
                now.pieces += 1
            elif code is COMMIT:
                now.commits += 1


async def walk(folder: Path) -> dict[str, Stretch]:
    """Lead a case from its mention to its end, which leaves no row in the outbox: the stretches by name."""
    with closing(Profile()) as profile:
        async with open_rig(folder, hold=LONG, brisk=True) as rig:
            await rig.settle(1)  # what belongs to the start is over
            with profile.stretch(CARD):
                post_id, ts, customer = await rig.new_case(LOST)
                await _rest(rig)
            case = Claimed(post_id, ts, rig.agents[0], customer)
            await rig.react(case.agent, ts, "eyes")
            await rig.card_shows(ts, case.agent.name)
            await _rest(rig)
            with profile.stretch(QUEUED):
                _, line = await rig.queued(case, WORDS)
                await _rest(rig)
            await rig.settle(0.5)  # a tick that follows the last errand is over too
            with profile.stretch(IDLE):
                await rig.settle(1)
            with profile.stretch(PUBLIC):
                await rig.press(case.agent, line["ts"], "Send now")
                await rig.reply_under(post_id)
                await rig.line(ts, "Posted as")
                await _rest(rig)
            await rig.react(case.agent, ts, "white_check_mark")
            await rig.card_shows(ts, "Closed by")
            await _rest(rig)
            return profile.stretches


async def _rest(rig: Rig) -> None:
    """Wait until nothing is left in the outbox. Asked past the product, whose calls count."""

    async def is_empty() -> bool:
        with closing(sqlite3.connect(rig.directory / "webcare.db")) as database:
            return bool(database.execute("SELECT count(*) FROM outbox").fetchone() == (0,))

    await rig.until(is_empty, "the outbox does not empty")


def lines() -> int:
    """The product's lines without the sandbox, migrations among them, as `wc -l` counts."""
    files = {path for room in PROGRAM for path in (ROOT / room).rglob("*.py")}
    return sum(path.read_bytes().count(b"\n") for path in files - {*(ROOT / "bot/sandbox").rglob("*")})


def circles(*, types: bool = False) -> set[frozenset[str]]:
    """The product's modules that import each other, directly or not; also for types only, if `types`."""
    graph = grimp.build_graph(*PROGRAM, exclude_type_checking_imports=not types, cache_dir=None)
    product = (module for module in graph.modules if not module.startswith("bot.sandbox"))
    near = (graph.find_upstream_modules(one) & graph.find_downstream_modules(one) | {one} for one in product)
    return {frozenset(modules) for modules in near if len(modules) > 1}


def table(stretches: dict[str, Stretch]) -> str:
    """The figures as text."""
    told = [f"{'way':22}{'files':>7}{'functions':>11}{'own':>6}{'pieces':>8}{'commits':>9}"]
    for name, way in stretches.items():
        entered, own = len(way.functions), len(way.functions - stretches[IDLE].functions)
        files = len({file for file, _ in way.functions})
        told.append(f"{name:22}{files:7}{entered:11}{own:6}{way.pieces:8}{way.commits:9}")
    told.append(f"lines of the product: {lines():,}")
    told.append(f"circles of imports: {len(circles())}; with imports for types: {len(circles(types=True))}")
    return "\n".join(told)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="webcare-ways-") as made:
        print(table(asyncio.run(walk(Path(made)))))
