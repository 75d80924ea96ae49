"""The subject of the proof: forks a process that is the whole product, from one that has imported it already.

One JSON object a line goes in, and one comes out. In: {"number", "start": orders}. Out: {"born": number,
"pid"}, {"pid", "ended": status} and, from the subjects themselves, {"pid", …} with what they tell. When the
input ends, every subject is killed.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import os
import select
import signal
import sqlite3
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bot import bootstrap
from bot.clock import SystemClock
from bot.config import parse
from bot.slack.catch_up import CatchUp
from connectors.x.connector import XConnector
from storage import pool, upgrade, writer
from storage.errors import in_words
from storage.pieces import Piece
from tests.proof import defects, defects_of_desk, defects_of_words, pace
from tests.proof.levers import Levers
from tests.proof.points import PAUSE_AT_LOOK, Points


@dataclass(frozen=True)
class Orders:
    """How one subject is to be started, and where it is to end itself."""

    app_yaml: str
    secrets: dict[str, str]
    folder: str
    die_at: str = ""
    nth: int = 1
    defects: tuple[str, ...] = ()
    whole_leases: bool = False
    #: Whether it has the database to itself: its clock may be an hour off when it is born.
    alone: bool = False
    #: Whether it meets Slack's own limits.
    tiers: bool = False


def tell(told: dict[str, Any]) -> None:
    """Tell the harness; short enough to be written in one piece."""
    os.write(1, json.dumps({"pid": os.getpid(), **told}).encode() + b"\n")


class Nest:
    """Starts subjects and tells how they end."""

    def __init__(self) -> None:
        self._alive: set[int] = set()
        self._bell, ring = os.pipe()
        os.set_blocking(ring, False)
        self._ring = ring

    def watch(self) -> None:
        """Serve until the input ends."""
        signal.set_wakeup_fd(self._ring, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        pending = b""
        while True:
            ready, _, _ = select.select([0, self._bell], [], [])
            if self._bell in ready:
                os.read(self._bell, 4096)
                self._bury()
            if 0 in ready:
                given = os.read(0, 1 << 20)
                if not given:
                    break
                *lines, pending = (pending + given).split(b"\n")
                for line in lines:
                    self._start(json.loads(line))
        for pid in self._alive:
            os.kill(pid, signal.SIGKILL)

    def _start(self, order: dict[str, Any]) -> None:
        pid = os.fork()
        if pid:
            self._alive.add(pid)
            os.write(1, json.dumps({"born": order["number"], "pid": pid}).encode() + b"\n")
            return
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            status = run(Orders(**{**order["start"], "defects": tuple(order["start"]["defects"])}))
        except BaseException:
            logging.exception("The subject broke")
        finally:
            os._exit(status)

    def _bury(self) -> None:
        while self._alive:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            self._alive.discard(pid)
            os.write(1, json.dumps({"pid": pid, "ended": os.waitstatus_to_exitcode(status)}).encode() + b"\n")


def run(orders: Orders) -> int:
    """Be the product until told to stop; returns the exit status."""
    folder = Path(orders.folder)
    log = os.open(folder / "subject.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(log, 2)
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s.%(msecs)03d {os.getpid()} %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    levers = Levers(folder / "levers")
    pace.hurry(whole_leases=orders.whole_leases, tiers=orders.tiers, alone=orders.alone)
    _watch_the_disk(levers)
    points = Points(orders.die_at, orders.nth, tell)
    _tell_of_looks(points)
    defects.install(orders.defects)
    points.install()
    clock = SystemClock(levers.wall) if orders.alone else _first_look(levers)
    setattr(bootstrap, "SystemClock", lambda: clock)  # noqa: B010  # mypy refuses it plain
    return asyncio.run(_live(orders))


def _first_look(levers: Levers) -> SystemClock:
    """A clock first looked at when it is right: processes side by side compare instants of each other."""
    while True:
        astray = levers.astray
        clock = SystemClock(levers.wall)
        if not astray and not levers.astray:  # nor did it come right in between
            return clock
        time.sleep(0.01)


async def _live(orders: Orders) -> int:
    config = parse(orders.app_yaml, "app.yaml", orders.secrets, bootstrap.network_terms())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    starting = asyncio.create_task(bootstrap.open_bot(pace.often(config, tiers=orders.tiers)))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():  # as in bot/cli.py: asked to stop, it does not finish its start first
        starting.cancel()
        await asyncio.wait((starting,))
        return 0
    try:
        bot = await starting
    except bootstrap.StartError as error:
        tell({"refused": str(error)[:500]})
        return 3
    tell({"ready": True})
    await stop.wait()
    await bot.close()
    return 0


def _watch_the_disk(levers: Levers) -> None:
    """Let the database find its disk full while the lever says so."""
    commit = writer.Writer._commit

    def on_a_small_disk(self: writer.Writer, cursor: sqlite3.Cursor, group: Sequence[Piece]) -> None:
        most = cursor.execute("PRAGMA page_count").fetchone()[0] if levers.disk_full else 1_000_000_000
        cursor.execute(f"PRAGMA max_page_count = {most}")
        commit(self, cursor, group)

    pool_commit = pool._Line._commit

    def refused(self: pool._Line, connection: psycopg.Connection, piece: Piece) -> bool:
        if not levers.disk_full:
            return pool_commit(self, connection, piece)
        piece.fail(in_words(psycopg.errors.DiskFull("No space left on device"), self._engine.url))
        return False

    setattr(writer.Writer, "_commit", on_a_small_disk)  # noqa: B010  # mypy refuses the plain assignment
    setattr(pool._Line, "_commit", refused)  # noqa: B010  # the same


def _tell_of_looks(points: Points) -> None:
    """Tell when an account is looked at, and when the threads have been read."""
    pull, run_once = XConnector.pull, CatchUp.run

    @functools.wraps(pull)
    async def told_pull(self: XConnector, stream: str, cursor: Any) -> Any:
        tell({"look": "begins", "stream": stream})
        if stream == "mentions":
            points.pause_if(PAUSE_AT_LOOK)
        began = time.monotonic()
        try:
            page = await pull(self, stream, cursor)
        finally:
            tell({"look": "ends", "stream": stream})
        if stream == "mentions":
            tell({"looked_as_of": began})
        return page

    @functools.wraps(run_once)
    async def told_run(self: CatchUp) -> Any:
        began = time.monotonic()
        await run_once(self)
        tell({"read_as_of": began})

    setattr(XConnector, "pull", told_pull)  # noqa: B010  # mypy refuses the plain assignment
    setattr(CatchUp, "run", told_run)  # noqa: B010  # the same


if __name__ == "__main__":
    assert upgrade  # imported here so that no subject has to
    assert defects_of_words, "which enters its defects"
    assert defects_of_desk, "the same"
    sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123  # the lines are read from the descriptor itself
    Nest().watch()
