"""Let a week pass, and print what was wrong with it."""

from __future__ import annotations

import argparse
import sys
import time

from tests.week.desk import Week
from tests.week.verdict import expired, violations


def main() -> int:
    """0 when nothing was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.week")
    parser.add_argument("--mentions", type=int, default=2000)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    week = Week(asked.mentions, asked.days, asked.seed)
    week.run()
    wrong = violations(week)
    sys.stdout.writelines(f"{line}\n" for line in wrong[:30])
    alarms = week.office.alarms()
    calls = sum(alarm.calls for alarm in alarms)
    told = f"{len(alarms)} alarms, {calls} calls, {expired(week)} claims ran out, {len(wrong)} violations"
    sys.stdout.write(f"week: {asked.mentions} mentions, {told}, {time.monotonic() - began:.0f} s\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
