"""A log line tells what happened, no password on the way, and the same trouble not for ever."""

from __future__ import annotations

import logging
import sys

import pytest

from bot import log
from bot.log import Line, Sparing

PROXY = "http://us:se%40cret@proxy.example:3128"


def line(message: str, **values: object) -> str:
    """A record as it is written."""
    record = logging.makeLogRecord({"msg": message, "levelname": "WARNING", **values})
    return Line("%(levelname)s %(message)s").format(record)


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


class Written:
    """What a sparing log writes while its clock is turned by hand."""

    def __init__(self) -> None:
        self.at = 0.0
        self.sparing = Sparing(lambda: self.at)

    def says(self, message: str, level: int = logging.WARNING, **values: object) -> int | None:
        """None where a record is left out, else how many like it were before."""
        record = logging.makeLogRecord({"msg": message, "levelno": level, **values})
        return vars(record).get("left_out", 0) if self.sparing.filter(record) else None


class TestASparingLog:
    def test_writes_the_same_once_and_later_how_often_it_came(self) -> None:
        written = Written()
        first = [written.says("X is away", account="x") for _ in range(4)]
        written.at += log.REPEAT_AFTER

        assert first == [0, None, None, None]
        assert written.says("X is away", account="x") == 3

    def test_writes_what_is_about_something_else(self) -> None:
        written = Written()

        assert [written.says("X is away", account=name) for name in ("a", "b", "a")] == [0, 0, None]

    def test_writes_so_many_of_a_kind_a_minute(self) -> None:
        written = Written()
        flood = [written.says("Refused", request=number) for number in range(1000)]
        written.at += log.WITHIN

        assert [line for line in flood if line is not None] == [0] * log.OF_A_KIND
        assert written.says("Refused", request=1000) == 1000 - log.OF_A_KIND

    def test_writes_another_error_of_the_same_place(self) -> None:
        written = Written()
        errors = (LookupError, LookupError, ValueError)

        assert [written.says("It broke", exc_info=(e, e(), None)) for e in errors] == [0, None, 0]

    def test_leaves_out_no_step_that_was_asked_for(self) -> None:
        written = Written()

        assert [written.says("Reply is public", logging.INFO) for _ in range(3)] == [0, 0, 0]

    def test_forgets(self) -> None:
        written = Written()
        for number in range(3 * log.REMEMBERED):
            written.says(f"Trouble {number}")

        assert len(written.sparing._known) <= log.REMEMBERED
