"""A log line tells what happened, and no password on the way."""

from __future__ import annotations

import logging
import sys

import pytest

from bot.cli import _Line

PROXY = "http://us:se%40cret@proxy.example:3128"


def line(message: str, **values: object) -> str:
    """A record as it is written."""
    record = logging.makeLogRecord({"msg": message, "levelname": "WARNING", **values})
    return _Line("%(levelname)s %(message)s").format(record)


def test_values_stand_behind_the_sentence() -> None:
    assert line("Done", case=12) == 'WARNING Done  {"case": 12}'


def test_a_plain_address_stays() -> None:
    assert line("No answer from https://api.x.com/2 at 12:00").endswith("https://api.x.com/2 at 12:00")


@pytest.mark.parametrize("where", ["sentence", "value", "traceback"])
def test_a_name_and_password_in_an_address_are_left_out(where: str) -> None:
    try:
        raise ConnectionError(f"407, url='{PROXY}'")
    except ConnectionError:
        raised = sys.exc_info()
    told = {
        "sentence": lambda: line(f"Failed to connect to {PROXY}"),
        "value": lambda: line("Failed", url=PROXY),
        "traceback": lambda: line("Failed", exc_info=raised),
    }[where]()

    assert "se%40cret" not in told
    assert "us:" not in told
    assert "proxy.example:3128" in told
