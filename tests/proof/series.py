"""A run of the proof: round after round, some side by side, until enough was killed and broken."""

from __future__ import annotations

import asyncio
import math
import re
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Generator, Sequence
from pathlib import Path

from tests.proof.database import Databases, open_databases
from tests.proof.fleet import Fleet
from tests.proof.outcome import Outcome, Plan
from tests.proof.rounds import Round

#: How many rounds run side by side, by how many processes each has: most of its time a round waits.
AT_ONCE = {1: 4}
AT_ONCE_AMONG_OTHERS = 2
#: How much is killed and broken in one round at the most: things meet, and a trail can still be read.
KILLS, FAULTS = 40, 100


async def prove(
    seed: int,
    kills: int,
    faults: int,
    *,
    database: str = "sqlite",
    processes: int = 1,
    defects: Sequence[str] = (),
    whole_leases: bool = False,
    tiers: bool | None = None,
    each: tuple[int, int] | None = None,
    at_once: int | None = None,
    sought: str = "",
    report: bool = False,
) -> Outcome:
    """Rounds with `each` so many kills and faults until there were enough; the sum of what happened.

    The round that begins with seed S can be repeated by S and its share. Stops at the first round in which a
    violation has the pattern `sought`.
    """
    total = Outcome()
    died_at: Counter[str] = Counter()
    each = each or _evenly(kills, faults)
    shares = _shares(seed, kills, faults, each)
    at_once = at_once or AT_ONCE.get(processes, AT_ONCE_AMONG_OTHERS)

    async def in_turn() -> None:
        fleet = Fleet()
        await fleet.open()
        databases: Databases = open_databases(database)
        try:
            for number, some_kills, some_faults in shares:
                plan = Plan(
                    number, some_kills, some_faults, processes, tuple(defects), whole_leases, tiers, died_at
                )
                folder = Path(tempfile.mkdtemp(prefix="webcare-proof-"))
                fresh = await databases.fresh(folder)
                outcome = await _judged(Round(plan, fleet, folder, fresh))
                await fresh.close()
                if not outcome.violations:
                    await asyncio.to_thread(shutil.rmtree, folder)
                if report:
                    _report(plan, outcome, folder)
                total.add(outcome)
                if sought and any(re.search(sought, sentence) for sentence in outcome.violations):
                    shares.close()
        finally:
            await fleet.close()
            databases.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(at_once, _rounds(kills, faults, each))):
            group.create_task(in_turn())
    return total


async def _judged(one: Round) -> Outcome:
    """What came of a round; one that breaks is no reason to stop, and none to pass."""
    try:
        return await one.run()
    except Exception as error:
        traceback.print_exc()
        return Outcome(violations=[f"The round itself broke: {error!r}."])


def _evenly(kills: int, faults: int) -> tuple[int, int]:
    """The share of each round, so that the last has as much of both as the first."""
    rounds = _rounds(kills, faults, (KILLS, FAULTS))
    return math.ceil(kills / rounds), math.ceil(faults / rounds)


def _rounds(kills: int, faults: int, each: tuple[int, int]) -> int:
    return max(
        *(math.ceil(all_ / part) if part else 0 for all_, part in zip((kills, faults), each, strict=True)), 1
    )


def _shares(seed: int, kills: int, faults: int, each: tuple[int, int]) -> Generator[tuple[int, int, int]]:
    """Seed, kills and faults of one round after the other."""
    while kills > 0 or faults > 0:
        yield seed, max(0, min(each[0], kills)), max(0, min(each[1], faults))
        seed, kills, faults = seed + 1, kills - each[0], faults - each[1]


def _report(plan: Plan, outcome: Outcome, folder: Path) -> None:
    print(
        f"round {plan.seed}: {outcome.kills} kills, {outcome.faults} faults in {outcome.seconds:.1f} s "
        f"({outcome.rest:.1f} s of it coming to rest)",
        flush=True,
    )
    for sentence in outcome.violations:
        print(f"  seed {plan.seed}: {sentence}", flush=True)
    if outcome.violations:
        again = f"KILLS={plan.kills} FAULTS={plan.faults} SEED={plan.seed} PROCESSES={plan.processes}"
        print(f"  That round again: make proof {again}, and the same database.", flush=True)
        print(f"  The database and the log of the subjects are in {folder}.", flush=True)
