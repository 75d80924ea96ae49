"""The clock goes on steadily, and believes a jump of the machine's clock only when it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import FastClock, SystemClock


@dataclass
class Machine:
    """A machine whose clock can be set."""

    wall: float = 1_800_000_000.0
    steady: float = 100.0

    def clock(self) -> SystemClock:
        return SystemClock(lambda: self.wall, lambda: self.steady)

    def live(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


def test_it_tells_the_time_of_day() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.live(90)

    assert clock.now().timestamp() == 1_800_000_090.0


def test_a_jump_ahead_that_is_put_right_is_never_seen() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += 3600
    seen = clock.now().timestamp()
    machine.live(30)
    machine.wall -= 3600

    assert (seen, clock.now().timestamp()) == (1_800_000_000.0, 1_800_000_030.0)


def test_a_jump_back_does_not_turn_time_around() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall -= 3600

    assert clock.now().timestamp() == 1_800_000_000.0


def test_a_correction_that_lasts_is_followed() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += 3600
    clock.now()
    machine.live(61)

    assert clock.now().timestamp() == 1_800_003_661.0


def test_a_second_jump_is_given_its_own_time() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall += 3600
    clock.now()
    machine.wall -= 3600
    machine.live(50)
    clock.now()
    machine.wall += 3600
    clock.now()
    machine.live(50)

    assert clock.now().timestamp() == 1_800_000_100.0


def test_a_fast_clock_begins_where_it_is_told_and_runs_as_fast() -> None:
    machine = Machine()
    begins = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    clock = FastClock(60, begins, lambda: machine.steady)
    machine.live(90)

    assert clock.now() == begins + timedelta(hours=1, minutes=30)
