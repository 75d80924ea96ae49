"""A renewed value is the one that `replace` would have made."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import pytest

from bot.cases.model import Case, CaseId
from bot.cases.renewal import renewal
from tests.contract.samples import MINUTE, NOW, a_case


def test_the_named_fields_are_new_and_all_others_stay() -> None:
    case = a_case(assignee="U1", opened_at=NOW)
    renewed = renewal(Case, "due_at", "id")(case, NOW + MINUTE, CaseId(7))

    assert renewed == replace(case, due_at=NOW + MINUTE, id=CaseId(7))
    assert all(hasattr(renewed, field.name) for field in fields(Case))


def test_the_value_itself_does_not_change() -> None:
    case = a_case()
    before = replace(case)
    renewal(Case, "id")(case, CaseId(7))

    assert case == before


def test_too_few_contents_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        renewal(Case, "id", "due_at")(a_case(), CaseId(7))


def test_a_kind_that_checks_itself_when_it_is_made_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Checked:
        number: int
        name: str

        def __post_init__(self) -> None:
            assert self.number > 0

    with pytest.raises(TypeError, match="Checked"):
        renewal(Checked, "number")
