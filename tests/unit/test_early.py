"""What is said to a message that is only just being posted is kept until that one is known, or for long."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from bot.cases.errors import DeskBusy
from bot.slack import early
from bot.slack.early import Early, StillUnknown
from tests.contract.samples import NOW
from tests.fakes import FakeClock


class Posts:
    """A channel in which something is being posted; each wait for it takes the clock on."""

    def __init__(self, waits: int, step: timedelta = timedelta(seconds=1.5)) -> None:
        self.clock = FakeClock(NOW)
        self.waits = waits
        self.step = step
        self.tries = 0
        #: The try by which the message is known; 0: it never is.
        self.known_by = 0
        self.broken_at = 0
        self.error: Exception = RuntimeError()

    async def settle(self, channel: str, _seconds: float) -> bool:
        await asyncio.sleep(0)
        self.clock.at += self.step
        self.waits -= 1
        return self.waits >= 0

    async def hearing(self) -> bool:
        self.tries += 1
        if self.tries == self.broken_at:
            raise self.error
        return self.tries == self.known_by


async def hear(posts: Posts) -> int:
    """How often it was tried until it was given up or heard."""
    kept = Early(posts.settle, posts.clock)
    with suppress(StillUnknown):
        await kept.hear("C1", posts.hearing)
    await asyncio.gather(*kept._kept)
    return posts.tries


async def test_what_is_known_is_heard_at_once() -> None:
    posts = Posts(waits=9)
    posts.known_by = 1

    assert await hear(posts) == 1


async def test_where_nothing_is_being_posted_nothing_is_kept() -> None:
    assert await hear(Posts(waits=0)) == 2


async def test_what_a_post_makes_known_that_ends_between_two_looks_is_heard() -> None:
    posts = Posts(waits=0)
    posts.known_by = 2
    heard: list[bool] = []

    async def hearing() -> bool:
        heard.append(await posts.hearing())
        return heard[-1]

    await Early(posts.settle, posts.clock).hear("C1", hearing)

    assert heard == [False, True]


async def test_it_is_kept_as_long_as_something_is_being_posted() -> None:
    posts = Posts(waits=9)
    posts.known_by = 7

    assert await hear(posts) == 7


async def test_it_is_let_go_when_nothing_is_being_posted_any_more() -> None:
    assert await hear(Posts(waits=5)) == 7


async def test_it_is_not_kept_for_ever() -> None:
    tries = await hear(Posts(waits=10**6))

    assert tries <= early.LONGEST / timedelta(seconds=1.5) + 2


async def test_a_slack_that_does_not_say_who_somebody_is_leaves_one_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(early, "_REST", 0)
    posts = Posts(waits=9)
    posts.broken_at, posts.known_by = 3, 4
    posts.error = DeskBusy(NOW, "HTTP 500")
    await hear(posts)

    assert [(vars(r)["error"], r.exc_info) for r in caplog.records] == [("HTTP 500", None)]


async def test_a_try_that_broke_off_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early, "_REST", 0.0)
    posts = Posts(waits=9)
    posts.broken_at, posts.known_by = 3, 4

    assert await hear(posts) == 4


async def test_what_is_delivered_is_not_acknowledged_while_it_waits() -> None:
    posts = Posts(waits=9)
    kept = Early(posts.settle, posts.clock)
    with pytest.raises(StillUnknown):
        await kept.hear("C1", posts.hearing)
    kept.close()


async def test_what_is_read_waits_and_holds_up_no_reading() -> None:
    posts = Posts(waits=9)
    kept = Early(posts.settle, posts.clock)
    await kept.hear("C1", posts.hearing, delivered=False)
    kept.close()

    assert posts.tries == 2
