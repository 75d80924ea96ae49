"""A run of the proof: one round after the other, two at a time, until enough was killed and broken."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Generator, Sequence
from pathlib import Path

from tests.proof.database import Databases, open_databases
from tests.proof.fleet import Fleet
from tests.proof.rounds import Outcome, Plan, Round

#: How many rounds run side by side: half of its time a round waits.
AT_ONCE = 2


async def prove(
    seed: int,
    kills: int,
    faults: int,
    *,
    database: str = "sqlite",
    processes: int = 1,
    defects: Sequence[str] = (),
    each: int = 40,
    at_once: int = AT_ONCE,
    sought: str = "",
    report: bool = False,
) -> Outcome:
    """Rounds of `each` kills and as many faults until there were enough; the sum of what happened.

    The round that begins with seed S can be repeated by S alone. Stops at the first round in which a
    violation has the pattern `sought`.
    """
    total = Outcome()
    died_at: Counter[str] = Counter()
    shares = _shares(seed, kills, faults, each)

    async def in_turn() -> None:
        fleet = Fleet()
        await fleet.open()
        databases: Databases = open_databases(database)
        try:
            for number, some_kills, some_faults in shares:
                plan = Plan(number, some_kills, some_faults, processes, tuple(defects), died_at)
                folder = Path(tempfile.mkdtemp(prefix="webcare-proof-"))
                fresh = await databases.fresh(folder)
                outcome = await Round(plan, fleet, folder, fresh).run()
                await fresh.close()
                if not outcome.violations:
                    shutil.rmtree(folder)
                if report:
                    _report(plan, outcome, folder)
                _add(total, outcome)
                if sought and any(re.search(sought, sentence) for sentence in outcome.violations):
                    shares.close()
        finally:
            await fleet.close()
            databases.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(in_turn())
    return total


def _shares(seed: int, kills: int, faults: int, each: int) -> Generator[tuple[int, int, int]]:
    """Seed, kills and faults of one round after the other."""
    while kills > 0 or faults > 0:
        yield seed, max(0, min(each, kills)), max(0, min(each, faults))
        seed, kills, faults = seed + 1, kills - each, faults - each


def _add(total: Outcome, outcome: Outcome) -> None:
    total.kills += outcome.kills
    total.faults += outcome.faults
    total.violations += outcome.violations
    total.deaths += outcome.deaths
    total.trouble += outcome.trouble
    total.moves += outcome.moves
    total.pauses += outcome.pauses
    total.taken_over += outcome.taken_over
    total.seconds += outcome.seconds
    total.rest += outcome.rest


def _report(plan: Plan, outcome: Outcome, folder: Path) -> None:
    print(
        f"round {plan.seed}: {outcome.kills} kills, {outcome.faults} faults in {outcome.seconds:.1f} s "
        f"({outcome.rest:.1f} s of it coming to rest)",
        flush=True,
    )
    for sentence in outcome.violations:
        print(f"  seed {plan.seed}: {sentence}", flush=True)
    if outcome.violations:
        print(f"  The database and the log of the subjects are in {folder}.", flush=True)
