"""A record that cannot be reached: the channel hears of it once when it lasts, and once when it is back."""

from __future__ import annotations

from datetime import timedelta

from bot.cases.errors import DeskBusy
from bot.cases.pictures import SaidPicture
from bot.ticks.watch import WORTH_TELLING, RecordOutOfReach
from tests.contract.samples import NOW
from tests.fake_desk import FakeDesk
from tests.fakes import FakeClock

GONE = "webcare.db was deleted"


class Watch:
    """Looks at a record that is as the test says, every four seconds."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.desk = FakeDesk(self.clock, {"C1", "C2"})
        self.reason = ""
        self.looking = RecordOutOfReach(self._ask, {"C1", "C2"}, self.desk, self.clock)

    async def looks(self, reason: str, times: int = 1) -> list[str]:
        """What the channels have heard after so many looks."""
        self.reason = reason
        for _ in range(times):
            await self.looking.run()
            self.clock.turn(seconds=4)
        return [f"{said.ref.channel} {_key(said.picture)}" for said in self.desk.messages.values()]

    async def _ask(self) -> str:
        return self.reason


def _key(picture: object) -> str:
    assert isinstance(picture, SaidPicture)
    return picture.said.key


LOST = ["C1 desk.record_lost", "C2 desk.record_lost"]
BACK = ["C1 desk.record_back", "C2 desk.record_back"]


async def test_a_loss_that_lasts_is_told_once_in_each_channel() -> None:
    assert await Watch().looks(GONE, times=9) == LOST


async def test_a_moment_is_told_to_nobody() -> None:
    watch = Watch()
    await watch.looks(GONE, times=1 + WORTH_TELLING // timedelta(seconds=4))

    assert await watch.looks("", times=3) == []


async def test_that_it_is_back_is_told_once_to_those_who_heard_of_it() -> None:
    watch = Watch()
    await watch.looks(GONE, times=3)

    assert await watch.looks("", times=3) == LOST + BACK


async def test_each_loss_is_told() -> None:
    watch = Watch()
    await watch.looks(GONE, times=3)
    await watch.looks("")

    assert await watch.looks(GONE, times=3) == LOST + BACK + LOST


async def test_a_channel_that_could_not_be_told_hears_it_with_the_next_look() -> None:
    watch = Watch()
    await watch.looks(GONE, times=2)
    watch.desk.refuse(DeskBusy(NOW, "ratelimited"))

    assert await watch.looks(GONE) == ["C2 desk.record_lost"]
    assert await watch.looks(GONE) == ["C2 desk.record_lost", "C1 desk.record_lost"]
