"""Answers of X as it gives them, with something in them that it never gave."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

BRAND = "1740000000000000001"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_PAIRS = Path(__file__).parent / "testdata" / "x"

#: What breaks readers and databases.
NASTY: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**19,
    10**25,
    1e308,
    "",
    "0",
    "9" * 19,
    "9" * 20,
    "\ud800",
    "a\x00b",
    "@brand \udfff" + "a" * 200_000,
    "9999-12-31T23:59:59.000Z",
    "0001-01-01T00:00:00+14:00",
    "2026-13-45",
    [],
    [None],
    [[[[[]]]]],
    {},
    {"id": None},
    {"urls": [None, {"url": "a", "expanded_url": "https://b"}]},
    [{"type": "replied_to", "id": "\ud800"}],
    [{"type": "quoted", "id": {"id": "1"}}],
    {"media_keys": ["3_1", None, {}]},
)


def answers(kind: str = "post") -> list[dict[str, Any]]:
    """The answers among the test data: of posts, or with "message" of messages."""
    every = sorted(_PAIRS.glob("*.raw.json"))
    return [json.loads(p.read_text()) for p in every if p.name.startswith("message") is (kind == "message")]


@st.composite
def mutated(draw: DrawFn, kind: str = "post") -> dict[str, Any]:
    """An answer in which up to four values were replaced or left out."""
    found: dict[str, Any] = json.loads(json.dumps(draw(st.sampled_from(answers(kind)))))
    entries = found["data"] if isinstance(found["data"], list) else [found["data"]]
    for _ in range(draw(st.integers(1, 4))):
        place: Any = entries
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = draw(st.sampled_from(keys))
            inner = place[key]
            if isinstance(inner, dict | list) and inner and draw(st.integers(0, 2)):
                place = inner
                continue
            if isinstance(place, dict) and draw(st.booleans()):
                del place[key]
            else:
                place[key] = deepcopy(draw(st.sampled_from(NASTY)))
            break
    return {**found, "data": entries}
