"""A short run of the proof beside the other tests; `make proof` is the long one."""

from __future__ import annotations

import os

import pytest

from tests.proof.defects import DEFECTS
from tests.proof.rounds import prove

#: How many kills and faults a defect gets to show itself.
CHANCE = 160
#: A defect that shows itself at once; the others are looked for by `make proof-defects`.
QUICK = ("card_not_redrawn",)


async def test_kills_and_faults_break_no_promise() -> None:
    total = await prove(seed=1, kills=12, faults=12, each=6, at_once=2)

    assert total.violations == []
    assert total.kills >= 12
    assert total.faults >= 12


@pytest.mark.parametrize("defect", sorted(DEFECTS))
async def test_a_defect_is_found(defect: str) -> None:
    if defect not in QUICK and not os.environ.get("PROOF_DEFECTS"):
        pytest.skip("Finding every defect takes minutes: make proof-defects.")

    total = await prove(seed=50, kills=CHANCE, faults=CHANCE, each=20, defects=(defect,))

    assert total.violations, DEFECTS[defect].__doc__
