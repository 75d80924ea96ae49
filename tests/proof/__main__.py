"""`make proof`: kills and faults as many as asked for, and one closing line that says what came of it."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from statistics import median

from tests.proof.series import prove


def main() -> int:
    """Prove; the exit status is 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="make proof", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--defect", action="append", default=[], help="break the product in this way first")
    parser.add_argument("--whole-leases", action="store_true", help="leases last as long as in life")
    parser.add_argument(
        "--tiers",
        action=argparse.BooleanOptionalAction,
        help="Slack's own limits hold in every round, or none",
    )
    parser.add_argument(
        "--at-once", type=int, help="rounds side by side; fewer where others need the machine"
    )
    asked = parser.parse_args()
    # The servers lose those who ask in the middle of an answer, all the time and on purpose.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    total = asyncio.run(
        prove(
            asked.seed,
            asked.kills,
            asked.faults,
            database=asked.database,
            processes=asked.processes,
            defects=asked.defect,
            whole_leases=asked.whole_leases,
            tiers=asked.tiers,
            at_once=asked.at_once,
            report=True,
        )
    )
    for title, counted in (
        ("deaths", total.deaths),
        ("pauses", total.pauses),
        ("first starts made again", total.refused),
        ("faults", total.trouble),
        ("moves", total.moves),
    ):
        print(f"{title}: " + ", ".join(f"{name} {count}" for name, count in counted.most_common()))
    if total.taken_over:
        print(
            f"taken over: {len(total.taken_over)} looks of a paused process, after "
            f"{median(total.taken_over):.1f} s (median), {max(total.taken_over):.1f} s (longest)"
        )
    print(f"changes of daylight saving: {total.changes_of_time}")
    if total.born_astray:
        print(f"born under a clock that was an hour off: {total.born_astray}")
    if total.standstills:
        print(f"the servers stood still for a second: {total.standstills} times (a busy machine)")
    print(
        f"rounds under Slack's own limits: {total.tiers}, in which {total.limited} calls met one; "
        f"longest wait of a reply that was due, once all trouble was over: {total.waited:.1f} s"
    )
    count = len(total.violations)
    print(f"proof: {total.kills} kills, {total.faults} faults, {count} violations, seed {asked.seed}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
