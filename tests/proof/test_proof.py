"""A short run of the proof beside the other tests; `make proof` is the long one."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from json import dumps

import pytest

from tests.proof import defects_of_desk, defects_of_words, verdict
from tests.proof.defects import DEFECTS
from tests.proof.evidence import Evidence
from tests.proof.series import prove

assert defects_of_words, "which enters its defects"
assert defects_of_desk, "the same"

#: How many kills and faults a defect gets to show itself. The rounds after the last kill have faults alone:
#: what needs no death shows itself sooner without.
DEATHS, FAULTS = 80, 240
#: What depends on the instant of a death may need another seed.
SEEDS = (50, 150, 250, 350)


def _without_cards(evidence: Evidence) -> Evidence:
    return replace(evidence, slack=[message for message in evidence.slack if '"card-' not in dumps(message)])


def _said_twice(evidence: Evidence) -> Evidence:
    return replace(evidence, slack=[*evidence.slack, *evidence.slack])


def _without_posts(evidence: Evidence) -> Evidence:
    return replace(evidence, tables=evidence.tables | {"posts": []})


#: Evidence that something went wrong, made of what went well, and what the verdict says of it.
ALTERED = {_without_cards: "has 0 cards", _said_twice: "stands 2 times", _without_posts: "has no case"}


async def test_kills_and_faults_break_no_promise_and_what_would_break_one_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judged: list[Evidence] = []
    judge = verdict.violations

    def keep(evidence: Evidence) -> list[str]:
        judged.append(evidence)
        return judge(evidence)

    monkeypatch.setattr(verdict, "violations", keep)
    total = await prove(seed=1, kills=12, faults=12, each=(6, 6), at_once=2)

    assert total.violations == []
    assert total.kills >= 12
    assert total.faults >= 12
    for altered, sentence in ALTERED.items():
        found = [violation for evidence in judged for violation in judge(altered(evidence))]
        assert any(re.search(sentence, violation) for violation in found), altered.__name__


async def test_three_processes_on_one_database_do_no_harm_to_each_other() -> None:
    if not os.environ.get("PROOF_PROCESSES"):
        pytest.skip("Three processes and their servers want a machine to themselves: make proof PROCESSES=3.")

    total = await prove(seed=2, kills=6, faults=6, database="postgresql", processes=3, each=(6, 6), at_once=1)

    assert total.violations == []
    assert total.pauses.total() > 0


@pytest.mark.parametrize("defect", sorted(DEFECTS))
async def test_a_defect_is_found(defect: str) -> None:
    if not os.environ.get("PROOF_DEFECTS"):
        pytest.skip("Finding every defect takes minutes: make proof-defects.")

    broken = DEFECTS[defect]
    found: list[str] = []
    for seed in SEEDS:
        total = await prove(
            seed=seed,
            kills=DEATHS,
            faults=FAULTS,
            database="sqlite" if broken.processes == 1 else "postgresql",
            processes=broken.processes,
            tiers=True if broken.limits else None,
            each=(10, 30) if broken.limits else (10, 10),
            at_once=4 if broken.processes == 1 else 2,
            defects=(defect,),
            sought=broken.sentence,
        )
        found += total.violations
        if any(re.search(broken.sentence, sentence) for sentence in found):
            break

    assert [sentence for sentence in found if re.search(broken.sentence, sentence)], found
