"""Makes the record that upgrades are tested on: python -m tests.storage.make_old_record FOLDER

Run it in a checkout of the program whose record it shall be, before that program's tables change. It plays
`old_story` with the real program against the local Slack and the local X, kills the program in the middle of
its work, and writes what is left: the tables, the desk, the network, and what that program sees in its own
record (`portraits`). FOLDER exists.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, select

import storage
from bot import bootstrap
from bot.cases.model import Invited, MessageKind, ReplyKind, ReplyState, Status
from bot.cases.outbox import EntryState
from bot.cases.posts import Absence, Surface
from bot.cases.timers import FlagKind
from bot.cases.tx import Tx
from bot.sandbox.faults import Fault
from bot.ticks import poll
from bot.work import alarms, publishing
from storage.schema import metadata
from tests.scenario.program import environ_of, launch, running, written
from tests.scenario.rig import LONG, Claimed, Rig, open_rig
from tests.scenario.sides import labels_of
from tests.scenario.trouble import POST_MESSAGE, PUBLISH, UPDATE, broken, refusal
from tests.scenario.two_brands import TwoBrands
from tests.scenario.world_clock import WorldClock
from tests.storage import old_record, portraits
from tests.storage import old_story as story

#: How long a fault that hangs lasts, in seconds: longer than the program lives.
FOR_LONG = 60.0
WEEKS_AGO = timedelta(days=40)


@asynccontextmanager
async def up(rig: Rig) -> AsyncIterator[None]:
    """The program runs, and stops as it should."""
    await rig.start()
    try:
        yield
    finally:
        await rig.stop()


async def command(rig: Rig, *arguments: str | Path) -> None:
    """Run a command of the program to its end."""
    program = await launch(arguments[0], "--config", written(rig), *arguments[1:], environ=environ_of(rig))
    ended = await program.ends()
    assert ended.code == 0, ended


async def play(rig: Rig, library: TwoBrands, clock: WorldClock, patch: pytest.MonkeyPatch) -> None:
    """The story up to the last start."""
    patch.setattr(bootstrap, "SystemClock", clock.system)
    async with up(rig):
        await story.weeks_ago(rig)
    clock.behind = timedelta()
    patch.setattr(bootstrap, "TIDY_EVERY", timedelta(milliseconds=300))
    patch.setattr(alarms, "TOGETHER", timedelta(milliseconds=100))
    usual = rig.adjust
    for scene, promised in (
        (story.at_risk, (3600.0, 3599.0, 3600.0)),
        (story.missed, (0.5, 0.0, 3600.0)),
        (story.escalated, (0.5, 0.0, 0.5)),
    ):
        story.targets(rig, *promised)
        async with up(rig):
            await scene(rig)
    rig.adjust = usual
    async with up(rig):
        restored = await story.before_the_copy(rig)
    copy = rig.directory / "copy.db"
    await command(rig, "backup", copy)
    await command(rig, "restore", copy)
    patch.setattr(poll, "CHECK_EVERY", timedelta(seconds=1))
    async with up(rig):
        await rig.line(restored.ts, "so it may have been posted already")
        for scene in (story.settled, story.asked, story.in_the_way, story.in_private, story.moved):
            await scene(rig)
        await story.invited(rig, library)
        await story.unreadable(rig)
        with pytest.MonkeyPatch.context() as quick:
            quick.setattr(publishing, "LOOKS", (timedelta(milliseconds=100),) * 8)
            await story.in_doubt(rig)


async def end(rig: Rig, library: TwoBrands) -> None:
    """The last minute of the program, until it is killed with all hands full."""
    async with up(rig):
        talked = await rig.claimed("is anybody there?")
        sending = await story.waiting(rig)
    async with running("run", "--config", written(rig), environ=environ_of(rig)) as program:
        await program.says("Webcare is up")
        arrived, lost, doubted, _ = sending
        await send(rig, doubted, broken("x", PUBLISH, "drop", after_effect=False))
        await rig.line(doubted.ts, "X gave no clear answer")
        await send(rig, arrived, Fault("x", PUBLISH, "hang", after_effect=True, seconds=FOR_LONG))
        await rig.reply_under(arrived.post_id)
        await send(rig, lost, Fault("x", PUBLISH, "hang", seconds=FOR_LONG))
        await strikes(
            rig, Fault("slack", POST_MESSAGE, "hang", after_effect=True, seconds=FOR_LONG), talked, "hello?"
        )
        await rig.hears(talked.ts, "hello?")
        await strikes(
            rig, Fault("slack", POST_MESSAGE, "hang", seconds=FOR_LONG), None, "@library_x is it late?"
        )
        denied = refusal(f"GET /x/2/users/{library.library.id}/mentions", 401)
        rig.world.faults.order(denied)
        busy = Fault("slack", UPDATE, "status", status=429, body="{}", headers={"Retry-After": "30"})
        rig.world.faults.order(busy)
        await rig.react(rig.agents[1], talked.ts, "see_no_evil")
        await rig.until(lambda: struck(denied, busy))
        await rig.settle(1.0)
        await program.kill()
    rig.world.faults.clear()


async def send(rig: Rig, case: Claimed, fault: Fault) -> None:
    """Let the reply that waits in a case go out, into trouble."""
    rig.world.faults.order(fault)
    (line,) = [m for m in await rig.by_bot(case.ts) if "Send now" in labels_of(m)]
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.until(lambda: struck(fault), "the reply does not go out")


async def strikes(rig: Rig, fault: Fault, case: Claimed | None, words: str) -> None:
    """Let a customer write something that is shown only in trouble."""
    rig.world.faults.order(fault)
    if case is not None:
        await rig.post(case.customer, f"@brand {words}", in_reply_to=case.post_id)
    else:
        await rig.post(rig.new_customer(), words)
    await rig.until(lambda: struck(fault), f"{words} is not shown")


async def struck(*faults: Fault) -> bool:
    return all(fault.struck for fault in faults)


def kept_rows(database: Path) -> Iterator[dict[str, Any]]:
    """Every row of the database, referenced ones first, without what is empty in it."""
    engine = create_engine(f"sqlite:///{database}")
    metadata = MetaData()
    with engine.connect() as connection:
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            if table.name == "alembic_version":
                continue
            for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
                full = {name: value for name, value in row.items() if value is not None}
                yield {table.name: {n: v.isoformat() if isinstance(v, date) else v for n, v in full.items()}}
    engine.dispose()


#: Columns of which every value that the program knows must occur.
FULL: tuple[tuple[str, str, type[StrEnum]], ...] = (
    ("cases", "status", Status),
    ("cases", "mode", Surface),
    ("cases", "invited", Invited),
    ("flags", "kind", FlagKind),
    ("replies", "state", ReplyState),
    ("replies", "kind", ReplyKind),
    ("messages", "kind", MessageKind),
    ("outbox", "state", EntryState),
    ("posts", "absence", Absence),
)


def missing(kept: Sequence[dict[str, Any]]) -> list[str]:
    """What a record that is to stand for all others should hold and does not."""
    found = {
        (table, name, value) for line in kept for table, row in line.items() for name, value in row.items()
    }
    empty = set(metadata.tables) - {table for table, _, _ in found}
    lacking = [f"{t}.{n} {v}" for t, n, values in FULL for v in values if (t, n, v.value) not in found]
    return [*empty, *lacking]


def world_of(journal: Path) -> Iterator[dict[str, Any]]:
    """A journal without what was overwritten since, and with secrets that open nothing."""
    kept: dict[object, dict[str, Any]] = {}
    for number, line in enumerate(journal.read_text(encoding="utf-8").splitlines()):
        entry = json.loads(line)
        kept[_subject(entry) or number] = entry
    for entry in kept.values():
        yield _tame(entry)


def _subject(entry: dict[str, Any]) -> object:
    """What a later entry of the same subject overwrites."""
    if entry.get("slack") == "message":
        return entry["message"]["channel"], entry["message"]["fields"]["ts"]
    return entry["value"]["id"] if entry.get("kind") == "x.person" else None


def _tame(entry: dict[str, Any]) -> dict[str, Any]:
    match entry:
        case {"slack": "app", "app": app}:
            app["app_token"] = "xapp-sandbox"
        case {"slack": "user", "user": user}:
            user["token"] = f"{user['token'][:4]}-sandbox-{user['id']}"
        case {"kind": "x.person", "value": person}:
            secrets = person["credentials"]
            secrets |= {name: f"{person['id']}-{name}" for name in secrets}
    return entry


async def seen_in(rig: Rig, library: TwoBrands) -> dict[str, Any]:
    """What the program sees in the record that it left."""
    seen: dict[str, Any] = {
        "at": rig.world.x.clock().isoformat(),
        "brands": {"X": rig.brand.id, "L": library.library.id},
        "secrets": sorted(environ_of(rig)),
        "app_yaml": rig.app_yaml.replace(str(rig.directory), "."),
    }
    now = datetime.fromisoformat(seen["at"])
    setup = old_record.setup(seen)
    store = storage.open_store(f"sqlite:///{rig.directory / 'webcare.db'}")
    try:
        whole = await store.do(lambda record: portraits.of_whole(Tx(record, setup, now)))
        numbers = sorted([*whole["open"], *whole["settled"]])
        cases = await store.do(
            lambda record: {str(n): portraits.of_case(Tx(record, setup, now), n) for n in numbers}
        )
    finally:
        await store.close()
    return {**seen, "whole": whole, "cases": cases}


def write(path: Path, entries: Iterable[dict[str, Any]]) -> None:
    """One entry a line."""
    lines = [json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n" for entry in entries]
    path.write_text("".join(lines), encoding="utf-8")


async def main(folder: Path) -> None:
    """Make the record and write it into `folder`."""
    clock = WorldClock(WEEKS_AGO)
    with tempfile.TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
        directory, world = Path(made), Path(made) / "world"
        async with open_rig(directory, hold=LONG, start=False, brisk=True, kept=world, clock=clock) as rig:
            library = TwoBrands(rig)
            await play(rig, library, clock, patch)
            await end(rig, library)
            kept = list(kept_rows(directory / "webcare.db"))
            assert missing(kept) == []
            write(folder / "tables.jsonl", kept)
            seen = await seen_in(rig, library)
        for journal in ("slack.jsonl", "x.jsonl"):
            write(folder / journal, world_of(world / journal))
    text = json.dumps(seen, ensure_ascii=False, indent=1)
    (folder / "seen.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
