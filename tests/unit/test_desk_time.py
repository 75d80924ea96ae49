"""Slack's time is told from what Slack says, never from this machine's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.slack.calls import DeskTime, stamp_of, taken_back

#: This machine thinks that it is an hour later than Slack does.
WRONG = datetime.fromtimestamp(1_700_003_600, UTC)


@dataclass
class Steady:
    """Seconds that go on when a test says so."""

    seconds: float = 50.0

    def __call__(self) -> float:
        return self.seconds


class _Clock:
    speed = 1.0

    def now(self) -> datetime:
        """An hour ahead."""
        return WRONG


@pytest.fixture
def steady() -> Steady:
    return Steady()


@pytest.fixture
def desk_time(steady: Steady) -> DeskTime:
    return DeskTime(_Clock(), steady)


def test_a_call_bounds_it_from_both_sides(desk_time: DeskTime, steady: Steady) -> None:
    began = steady()
    steady.seconds += 0.25
    desk_time.answered("1700000000.000000", began)
    steady.seconds += 2

    assert float(desk_time.earliest()) == pytest.approx(1_700_000_002)
    assert float(desk_time.received()) == pytest.approx(1_700_000_002.25)


def test_a_quicker_call_narrows_it(desk_time: DeskTime, steady: Steady) -> None:
    desk_time.dated("Tue, 14 Nov 2023 22:13:20 GMT", steady())
    desk_time.answered("1700000000.700000", steady() - 0.1)
    desk_time.dated("Tue, 14 Nov 2023 22:13:20 GMT", steady() - 5)

    assert float(desk_time.earliest()) == pytest.approx(1_700_000_000.7)
    assert float(desk_time.received()) == pytest.approx(1_700_000_000.8)


def test_an_event_tells_that_it_is_later_than_was_known(desk_time: DeskTime, steady: Steady) -> None:
    desk_time.dated("Tue, 14 Nov 2023 22:13:20 GMT", steady())
    desk_time.heard("1700000000.900000")

    assert float(desk_time.earliest()) == pytest.approx(1_700_000_000.9)
    assert float(desk_time.received()) == pytest.approx(1_700_000_001)


def test_an_event_that_comes_late_does_not_set_it_back(desk_time: DeskTime, steady: Steady) -> None:
    desk_time.answered("1700000000.000000", steady())
    desk_time.heard("1600000000.000100")

    assert float(desk_time.received()) == pytest.approx(1_700_000_000)


def test_the_next_answer_sets_it_right_after_the_machine_slept(desk_time: DeskTime, steady: Steady) -> None:
    desk_time.answered("1700000000.000000", steady())
    desk_time.dated("Tue, 14 Nov 2023 22:15:00 GMT", steady())

    assert float(desk_time.earliest()) == pytest.approx(1_700_000_100)


def test_what_is_received_later_has_a_later_stamp(desk_time: DeskTime, steady: Steady) -> None:
    desk_time.answered("1700000000.000100", steady())
    stamps = [desk_time.received() for _ in range(4)]

    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize("nonsense", ["", "soon", "-1.0", "1e9", "9" * 400, "1.2.3", None, 17.5, "１７.5"])
def test_what_is_no_stamp_tells_nothing(desk_time: DeskTime, nonsense: object) -> None:
    desk_time.heard(nonsense)
    desk_time.answered(nonsense, 0)
    desk_time.dated(nonsense, 0)

    assert stamp_of(nonsense) == ""
    assert float(desk_time.received()) == pytest.approx(WRONG.timestamp())


@pytest.mark.parametrize(
    ("stamp", "upto"),
    [("1700000009.400000", "1700000011.400000"), ("0999999999.000001", "1000000001.000001")],
)
def test_a_claim_that_may_have_been_found_late_is_taken_back_all_the_same(stamp: str, upto: str) -> None:
    assert taken_back(stamp) == upto
