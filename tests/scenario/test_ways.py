"""The program that counts the code on the three ways sees what lies on them; the architecture names it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

from bot.slack.render import card
from bot.work.intake import take_in
from bot.work.replies import queue
from connectors.x.connector import XConnector
from tests import ways


def place(function: Callable[..., Any]) -> tuple[str, str]:
    """A function as a way names it."""
    assert isinstance(function, FunctionType)
    code = function.__code__
    return str(Path(code.co_filename).relative_to(ways.ROOT)), code.co_name


def listed(heading: str) -> set[tuple[str, str]]:
    """The functions that docs/architecture.md lists below a line, in the order of the way."""
    text = (ways.ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = text.partition(f"\n{heading}:\n\n")[2].partition("\n\n")[0]
    found: set[tuple[str, str]] = set()
    for row in rows.splitlines():
        file = ""
        for name in re.findall(r"`([^`]+)`", row):
            file = name if name.endswith(".py") else file
            found |= {(file, name)} - {(file, file)}
    return found


async def test_the_ways_of_the_architecture_are_the_ways_of_the_program(tmp_path: Path) -> None:
    stretches = await ways.walk(tmp_path)
    to_card, to_public = (
        listed("From a mention to its card"),
        listed("From an agent's message to the public reply"),
    )

    assert len(to_card) >= 10
    assert to_card <= stretches[ways.CARD].functions
    assert len(to_public) >= 10
    assert to_public <= stretches[ways.QUEUED].functions | stretches[ways.PUBLIC].functions


async def test_the_ways_are_counted_where_they_lead(tmp_path: Path) -> None:
    stretches = await ways.walk(tmp_path)
    shown = ways.table(stretches)

    assert {place(take_in), place(card)} <= stretches[ways.CARD].functions
    assert place(queue) in stretches[ways.QUEUED].functions
    assert place(XConnector.send) in stretches[ways.PUBLIC].functions
    assert place(XConnector.send) not in stretches[ways.IDLE].functions
    for name in (ways.CARD, ways.QUEUED, ways.PUBLIC):
        way = stretches[name]
        assert way.pieces > 0
        assert way.commits > 0
        assert not any("sandbox" in file or "migrations" in file for file, _ in way.functions)
        assert f"{name} " in shown
