"""Print how many due times are right, and how long ten thousand take."""

from __future__ import annotations

import argparse
import sys

from tests.hours.compare import compare


def main() -> int:
    """0 when all are right."""
    parser = argparse.ArgumentParser(prog="python -m tests.hours")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    outcome = compare(asked.cases, asked.seed)
    right = outcome.cases - len(outcome.wrong)
    sys.stdout.write(f"{right} of {outcome.cases} due times are right; 10,000 take ")
    sys.stdout.write(f"{outcome.seconds_for_10000:.2f} s.\n")
    sys.stdout.writelines(f"{line}\n" for line in outcome.wrong[:20])
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
