"""The program that counts the code on the three ways sees what certainly lies on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

from bot.slack.render_card import card
from bot.work.intake import take_in
from bot.work.replies import queue
from connectors.x.connector import XConnector
from tests import ways


def place(function: Callable[..., Any]) -> tuple[str, str]:
    """A function as a way names it."""
    assert isinstance(function, FunctionType)
    code = function.__code__
    return str(Path(code.co_filename).relative_to(ways.ROOT)), code.co_name


async def test_the_ways_are_counted_where_they_lead(tmp_path: Path) -> None:
    stretches, rows = await ways.walk(tmp_path)
    shown = ways.table(stretches, rows)

    assert rows > 0
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
