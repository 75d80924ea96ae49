"""Connectors to a stage: the fixtures of tests in which X answers what it is told to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from bot.cases.ports import SendCommand
from bot.cases.posts import AccountId, AuthorId, PostId
from connectors.x import XClient, XConnector
from connectors.x.client import Timeouts
from connectors.x.options import Credentials, PriceList
from tests.fakes import FakeClock
from tests.scenario.stage import Stage, open_stage

SECRETS = Credentials("consumer-key", "consumer-s3cret", "7-access", "access-s3cret")

Open = Callable[..., XConnector]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as opened:
        yield opened


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def opens(stage: Stage, clock: FakeClock) -> AsyncIterator[Open]:
    """Opens connectors to the stage, with little patience, and closes them."""
    opened: list[XConnector] = []

    def connector(url: str = "", credentials: Credentials = SECRETS, *, private: bool = False) -> XConnector:
        client = XClient(url or stage.url, credentials, clock, Timeouts(connect=0.3, total=0.5))
        opened.append(
            XConnector(
                client,
                account=AccountId("brand-1"),
                handle="brand",
                private=private,
                prices=PriceList({}),
                clock=clock,
            )
        )
        return opened[-1]

    yield connector
    for each in opened:
        await each.close()


def command(clock: FakeClock, text: str = "Hello!", visibility: str = "public") -> SendCommand:
    """A reply to user 7, attempted now."""
    parent = PostId("12") if visibility == "public" else None
    return SendCommand("key", visibility, text, parent, AuthorId("7"), "klant", clock.now())
