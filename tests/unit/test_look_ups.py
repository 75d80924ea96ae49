"""What a network is asked about posts and people, and what is left of its answers after a fault."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from bot.cases import errors
from bot.cases.ports import Found, People
from bot.cases.posts import Absence, AuthorId, PostId, somebody
from bot.ticks.poll import look_up
from bot.work.context import AT_ONCE, Wanted
from tests.contract.samples import BRAND
from tests.fakes import FakeClock, FakeConnector, FakeNetwork


class Asked(FakeConnector):
    """A connector that remembers what it was asked for, and breaks when it is asked for people."""

    def __init__(self, network: FakeNetwork) -> None:
        super().__init__(network, BRAND)
        self.asked: list[list[str]] = []
        self.fault: Exception | None = None

    async def posts(self, ids: Sequence[PostId]) -> Found:
        self.asked.append(list(ids))
        return await super().posts(ids)

    async def authors(self, ids: Sequence[AuthorId]) -> People:
        self.asked.append(list(ids))
        if self.fault is not None:
            raise self.fault
        return await super().authors(ids)


@pytest.fixture
def network() -> FakeNetwork:
    return FakeNetwork(FakeClock())


@pytest.fixture
def connector(network: FakeNetwork) -> Asked:
    return Asked(network)


async def test_who_wrote_what_is_shown_is_asked_and_of_known_posts_only_if_they_are_gone(
    network: FakeNetwork, connector: Asked
) -> None:
    els, mo, gone = (network.join(name) for name in ("els", "mo", "gone"))
    shown, ours, known = network.write(els, "a"), network.write(network.brand, "b"), network.write(mo, "c")
    left = PostId("left")
    posts = {shown: None, ours: None, known: mo.id, left: gone.id, PostId("never"): None}
    answers = await look_up(connector, Wanted((somebody(known),), posts))

    assert connector.asked == [list(posts), [els.id, gone.id]]
    assert [post.id for post in answers.posts] == [shown, ours, known]
    assert answers.absent == {left: Absence.DELETED, PostId("never"): Absence.DELETED}
    assert [author.id for author in answers.authors] == [els.id, gone.id]
    assert answers.fault is None


async def test_more_than_one_question_holds_takes_several(connector: Asked) -> None:
    people = [AuthorId(str(number)) for number in range(AT_ONCE + 1)]
    answers = await look_up(connector, Wanted(people))

    assert [len(ids) for ids in connector.asked] == [AT_ONCE, 1]
    assert len(answers.authors) == AT_ONCE + 1


@pytest.mark.parametrize("fault", [errors.RateLimited(FakeClock().at), RuntimeError("an odd answer")])
async def test_what_was_said_before_a_fault_stands_beside_it(
    network: FakeNetwork, connector: Asked, fault: Exception
) -> None:
    connector.fault = fault
    shown = network.write(network.join("els"), "a")
    answers = await look_up(connector, Wanted((), {shown: None}))

    assert [post.id for post in answers.posts] == [shown]
    assert [spent.amount for spent in answers.spent] == [Decimal("0.001")]
    assert isinstance(answers.fault, type(fault) if isinstance(fault, errors.NetworkError) else errors.Retry)
