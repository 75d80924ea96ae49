"""Networks on a workbench: each with a brand, its customers and trouble to order, behind the same handles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Protocol

from aiohttp import web

from bot.cases import errors
from bot.cases.ports import Connector
from bot.cases.posts import AccountId, AuthorId, PostId
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.journal import Journal
from bot.sandbox.x import LocalX, Person
from connectors import Settings, open_connector
from tests.fakes import FakeClock, FakeNetwork

#: The kinds of trouble that every network knows, and what a connector makes of them.
TROUBLES: dict[str, type[errors.NetworkError]] = {
    "expired": errors.AuthExpired,
    "broke": errors.OutOfCredit,
    "busy": errors.RateLimited,
    "down": errors.Retry,
}


class Bench(Protocol):
    """One network with a brand account `brand-1`, on the clock's time."""

    clock: FakeClock
    connector: Connector
    #: A customer who may be written to in private; her handle is "customer".
    customer: AuthorId
    #: What the longest public reply may hold.
    limit: int

    def mention(self, text: str = "@brand hello?", to: PostId | None = None) -> PostId:
        """The customer writes publicly."""

    def murmur(self) -> PostId:
        """The customer writes publicly, and not to the brand."""

    def whisper(self, text: str) -> PostId:
        """The customer writes to the brand in private."""

    def brand_writes(self, text: str, to: PostId | None) -> PostId:
        """Somebody of the brand answers in the network's own app."""

    def edit(self, post: PostId, text: str) -> None:
        """The customer changes a post."""

    def delete(self, post: PostId) -> None:
        """The customer takes a post away."""

    def leave(self) -> AuthorId:
        """Another customer, who was there and is no longer shown."""

    def public_replies(self) -> list[tuple[str, PostId | None]]:
        """What the brand has said in public: text, and what it answers."""

    def private_replies(self) -> list[str]:
        """What the brand has said in private."""

    def lose_next_answer(self, *, private: bool = False) -> None:
        """The next send will be done, and its answer lost."""

    def trouble(self, kind: str) -> None:
        """The next call meets one of TROUBLES."""

    def restart(self) -> None:
        """The program ends and starts again: `connector` is a new one."""

    def shorten(self, depth: int) -> int:
        """Let a pull reach back as little as the network allows; returns how many posts that is."""


class FakeBench:
    """The fake network."""

    limit = FakeNetwork.LIMIT

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.network = FakeNetwork(self.clock)
        self._customer = self.network.join("customer")
        self.customer = self._customer.id
        self.restart()

    def mention(self, text: str = "@brand hello?", to: PostId | None = None) -> PostId:
        return self.network.write(self._customer, text, to)

    def murmur(self) -> PostId:
        return self.network.write(self._customer, "lovely weather")

    def whisper(self, text: str) -> PostId:
        return self.network.whisper(self._customer, text)

    def brand_writes(self, text: str, to: PostId | None) -> PostId:
        return self.network.write(self.network.brand, text, to)

    def edit(self, post: PostId, text: str) -> None:
        self.network.edit(post, text)

    def delete(self, post: PostId) -> None:
        self.network.delete(post)

    def leave(self) -> AuthorId:
        leaver = self.network.join("leaver")
        self.network.leave(leaver)
        return leaver.id

    def public_replies(self) -> list[tuple[str, PostId | None]]:
        public = [post for post in self.network.by_brand() if not post.root_id.startswith("dm:")]
        return [(post.text, post.parent_id) for post in public]

    def private_replies(self) -> list[str]:
        return [post.text for post in self.network.by_brand() if post.root_id.startswith("dm:")]

    def lose_next_answer(self, *, private: bool = False) -> None:
        self.network.lose_answers = 1

    def trouble(self, kind: str) -> None:
        made: dict[str, errors.NetworkError] = {
            "expired": errors.AuthExpired("who?"),
            "broke": errors.OutOfCredit("no credit"),
            "busy": errors.RateLimited(self.clock.now() + timedelta(minutes=5)),
            "down": errors.Retry("down"),
        }
        self.network.refuse(made[kind])

    def restart(self) -> None:
        self.connector: Connector = self.network.connector("brand-1")

    def shorten(self, depth: int) -> int:
        self.network.depth = depth
        return depth


class XBench:
    """The real connector, through tweepy and a socket, to the sandbox's X."""

    limit = 280

    def __init__(self, x: LocalX, clock: FakeClock, url: str) -> None:
        self.clock = clock
        self.x = x
        self.url = url
        self.brand = x.add_person("brand", "The Brand", automated=True)
        self._customer = x.add_person("customer", "A Customer")
        self.customer = AuthorId(self._customer.id)
        x.direct_message(self._customer.id, self.brand.id, "hello from long ago")
        self._connectors: list[Connector] = []
        self.restart()

    def mention(self, text: str = "@brand hello?", to: PostId | None = None) -> PostId:
        return PostId(self.x.post(self._customer.id, text, to).id)

    def murmur(self) -> PostId:
        return PostId(self.x.post(self._customer.id, "lovely weather").id)

    def whisper(self, text: str) -> PostId:
        return PostId(self.x.direct_message(self._customer.id, self.brand.id, text).id)

    def brand_writes(self, text: str, to: PostId | None) -> PostId:
        return PostId(self.x.post(self.brand.id, text, to).id)

    def edit(self, post: PostId, text: str) -> None:
        self.x.edit(post, text)

    def delete(self, post: PostId) -> None:
        self.x.delete(post)

    def leave(self) -> AuthorId:
        return AuthorId("999")

    def public_replies(self) -> list[tuple[str, PostId | None]]:
        mine = [post for post in self.x.posts[::-1] if post.author_id == self.brand.id]
        return [(post.text, PostId(post.in_reply_to) if post.in_reply_to else None) for post in mine]

    def private_replies(self) -> list[str]:
        return [message.text for message in self.x.messages[::-1] if message.sender_id == self.brand.id]

    def lose_next_answer(self, *, private: bool = False) -> None:
        path = r"POST .*/messages$" if private else r"POST .*/2/tweets$"
        self.x.faults.order(Fault("x", path, "drop", after_effect=True))

    def trouble(self, kind: str) -> None:
        status, body = {
            "expired": (401, '{"title": "Unauthorized", "status": 401, "detail": "Unauthorized"}'),
            "broke": (402, '{"title": "CreditsDepleted", "detail": "No credits.", "status": 402}'),
            "busy": (429, "Too Many Requests"),
            "down": (503, "<html><title>Over capacity</title></html>"),
        }[kind]
        self.x.faults.order(Fault("x", "GET", "status", status=status, body=body))

    def restart(self) -> None:
        secrets = self.x.credentials(self.brand)
        settings = Settings(
            account=AccountId("brand-1"),
            handle="@brand",
            api_url=self.url,
            credentials={
                "consumer_key": secrets.consumer_key,
                "consumer_secret": secrets.consumer_secret,
                "access_token": secrets.access_token,
                "access_token_secret": secrets.access_token_secret,
            },
            private="dm",
            prices={},
            clock=self.clock,
        )
        self.connector: Connector = open_connector("x", settings)
        self._connectors.append(self.connector)

    def shorten(self, depth: int) -> int:
        return 800  # the real X's depth is not to be changed

    async def close(self) -> None:
        """Close every connector that was opened."""
        for connector in self._connectors:
            await connector.close()

    def someone(self, handle: str) -> Person:
        """Another customer."""
        return self.x.add_person(handle, handle)


@asynccontextmanager
async def open_x() -> AsyncIterator[XBench]:
    """A sandbox X on a port of its own."""
    clock = FakeClock()
    x = LocalX(Journal(None), Faults(), clock.now)
    root = web.Application()
    root.add_subapp("/x", x.app())
    runner = web.AppRunner(root, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bench = XBench(x, clock, f"http://127.0.0.1:{runner.addresses[0][1]}/x")
    try:
        yield bench
    finally:
        await bench.close()
        await runner.cleanup()


@asynccontextmanager
async def open_fake() -> AsyncIterator[FakeBench]:
    """The fake network."""
    yield FakeBench()


#: Every network that has a connector, by its kind.
BENCHES: dict[str, Callable[[], AbstractAsyncContextManager[Bench]]] = {"fake": open_fake, "x": open_x}
