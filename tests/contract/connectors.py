"""What the contract suites of connectors start from: a bench for each connector, and the posts on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.cases.ports import Page, SendCommand
from bot.cases.posts import Post, PostId, Surface
from tests.contract.benches import BENCHES, Bench


@pytest.fixture(params=sorted(BENCHES))
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with BENCHES[request.param]() as opened:
        yield opened


async def connect(bench: Bench, stream: str = "mentions") -> Any:
    """The cursor of a first pull."""
    return (await bench.connector.pull(stream, None)).cursor


async def first_of(bench: Bench, cursor: Any, stream: str = "mentions") -> Post:
    """The only new post."""
    page = await bench.connector.pull(stream, cursor)
    (post,) = page.posts
    return post


def command(bench: Bench, key: str, surface: Surface, text: str, post: PostId | None) -> SendCommand:
    """A reply to the customer, visible as the network calls it first."""
    declared = bench.connector.capabilities().visibilities
    visibility = next(name for name, means in declared.items() if means is surface)
    return SendCommand(key, visibility, text, post, bench.customer, "customer", bench.clock.now())


def reply_to(bench: Bench, post: PostId | None, text: str = "Hello, we are on it.") -> SendCommand:
    """A public reply to the customer's post."""
    return command(bench, "key-1", Surface.PUBLIC, text, post)


def whispered(bench: Bench, text: str = "Between you and us.") -> SendCommand:
    """A private reply to the customer."""
    return command(bench, "key-2", Surface.PRIVATE, text, None)


def texts(page: Page) -> list[str]:
    return [post.text for post in page.posts]
