"""What every text passes before it goes out."""

from __future__ import annotations

from bot.cases.ports import Measure, ReplyTarget
from bot.cases.posts import AuthorId, Surface
from bot.cases.said import say
from bot.guide import checks

TARGET = ReplyTarget(None, AuthorId("7"), "jansen")


class Strict:
    """A network that counts each character twice, and remembers how many it was given."""

    def __init__(self) -> None:
        self.given = 0

    def measure(self, text: str, target: ReplyTarget, mode: Surface) -> Measure:
        self.given = len(text)
        return Measure(2 * len(text), 280, len(text) <= 140)


def test_a_text_is_measured_by_the_networks_rule() -> None:
    assert checks.measured("x" * 100, Strict(), TARGET, Surface.PUBLIC) == Measure(200, 280, valid=True)


def test_no_network_is_given_more_than_any_takes() -> None:
    network = Strict()
    measure = checks.measured("x" * 40_000, network, TARGET, Surface.PUBLIC)

    assert network.given == checks.MOST
    assert (measure.limit, measure.valid) == (280, False)
    assert checks.block_reason("x", measure) == say("hold.too_long", length=50_000, limit=280, count=49_720)
