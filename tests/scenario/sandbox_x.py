"""A local X over a real socket, with a brand, three customers, a clock to turn, and clients for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from oauthlib.oauth1 import Client as Signer
from tweepy.asynchronous import AsyncClient

from bot.sandbox.faults import Faults
from bot.sandbox.journal import Journal
from bot.sandbox.x import LocalX, Person, Post, Problem

Json = dict[str, Any]


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        """Let time pass: `minutes=15`."""
        self.now += timedelta(**time)


@dataclass(frozen=True)
class Reply:
    """One HTTP answer, read to the end."""

    status: int
    body: Json
    headers: dict[str, str]

    @property
    def ids(self) -> list[str]:
        """The ids in `data`, as they came."""
        return [item["id"] for item in self.body.get("data", ())]


class House:
    """The server with its people: a brand worked by an app, and Jan, Els and Mo, who are customers."""

    def __init__(self, x: LocalX, clock: Clock, base: str, session: aiohttp.ClientSession) -> None:
        self.x = x
        self.clock = clock
        self.base = base
        self.session = session
        self.brand = x.add_person("brand", "The Brand", automated=True, verified=True)
        self.jan = x.add_person("jan", "Jan")
        self.els = x.add_person("els", "Els")
        self.mo = x.add_person("mo", "Mo")

    def tweepy(self, person: Person) -> AsyncClient:
        """The real tweepy as it comes, which believes it speaks to X."""
        secrets = self.x.credentials(person)
        client = AsyncClient(
            secrets.bearer,
            secrets.consumer_key,
            secrets.consumer_secret,
            secrets.access_token,
            secrets.access_token_secret,
            return_type=dict,
        )
        client.session = self.session
        return client

    async def ask(
        self,
        method: str,
        path: str,
        by: Person | str,
        *,
        json: Json | None = None,
        query: dict[str, str] | None = None,
    ) -> Reply:
        """One request with a bearer token: that of a person, or the one given."""
        token = by if isinstance(by, str) else self.x.credentials(by).bearer
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.request(
            method, self.base + path, headers=headers, json=json, params=query
        ) as response:
            content = await response.read()
            body = await response.json() if content else {}
            return Reply(response.status, body, dict(response.headers))

    async def get(self, path: str, by: Person | str, **query: object) -> Reply:
        """Read; a keyword `tweet_fields` stands for the parameter tweet.fields."""
        named = {name.replace("_fields", ".fields"): str(value) for name, value in query.items()}
        return await self.ask("GET", path, by, query=named)

    async def mentions(self, **query: object) -> Reply:
        """The mentions of the brand, read by itself."""
        return await self.get(f"/2/users/{self.brand.id}/mentions", self.brand, **query)

    async def write(self, by: Person, text: str, to: Post | str | None = None, **more: object) -> Reply:
        """Post through the API."""
        body: Json = {"text": text, **more}
        if to is not None:
            body["reply"] = {"in_reply_to_tweet_id": to if isinstance(to, str) else to.id}
        return await self.ask("POST", "/2/tweets", by, json=body)

    async def show(self, post_id: str, **query: object) -> Json:
        """One post, read by the brand."""
        reply = await self.get(f"/2/tweets/{post_id}", self.brand, **query)
        data: Json = reply.body["data"]
        return data

    async def signed(self, url: str, person: Person, **wrong: str) -> int:
        """The status of a request signed for this very URL; `wrong` replaces a secret or a stamp."""
        secrets = self.x.credentials(person)
        parts = {
            "client_key": secrets.consumer_key,
            "client_secret": secrets.consumer_secret,
            "resource_owner_key": secrets.access_token,
            "resource_owner_secret": secrets.access_token_secret,
        }
        _, headers, _ = Signer(**{**parts, **wrong}).sign(url, "GET")
        async with self.session.get(url, headers=headers) as response:
            return response.status


@asynccontextmanager
async def open_house(journal: Journal | None = None) -> AsyncIterator[House]:
    """Serve a fresh local X under /x, and take it down afterwards."""
    clock = Clock()
    x = LocalX(journal or Journal(None), Faults(), clock)
    root = web.Application()
    root.add_subapp("/x", x.app())
    runner = web.AppRunner(root, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession(middlewares=(_led_to(port),)) as session:
        yield House(x, clock, f"http://127.0.0.1:{port}/x", session)
    await runner.cleanup()


def refusal(act: Callable[[], object]) -> Problem:
    """The problem that the act meets; an error when it meets none."""
    try:
        act()
    except Problem as problem:
        return problem
    raise AssertionError("X let it pass")


def _led_to(port: int) -> aiohttp.ClientMiddlewareType:
    """Leads requests for the real X to the local one, after they were signed."""

    async def lead(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if request.url.host != "127.0.0.1":
            path = "/x" + request.url.raw_path
            local = request.url.with_scheme("http").with_host("127.0.0.1").with_port(port)
            request.url = local.with_path(path, encoded=True, keep_query=True)
        return await handler(request)

    return lead
