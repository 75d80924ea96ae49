"""The part of Slack that a measured program talks to: Socket Mode and a handful of methods."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from itertools import count
from time import perf_counter
from urllib.parse import parse_qs

from tests.bench.lean import Json, Request, Server

BOT, TEAM = "U0BOT00001", "T0BENCH001"


class Slack:
    """One workspace with one app; every call is noted with the instant at which it was read."""

    def __init__(self, channels: tuple[str, ...]) -> None:
        self._channels = channels
        self._server = Server(self._answer, self._hear)
        self._ts = count(1)
        self._acks: dict[str, asyncio.Future[float]] = {}
        self._events = count(1)
        self._waiting: dict[str, asyncio.Future[tuple[float, Json]]] = {}
        self.port = 0
        #: Instants at which messages were posted, by channel.
        self.posted: dict[str, list[float]] = defaultdict(list)
        #: What was posted, in order: instant, arguments, and the ts it got.
        self.posts: list[tuple[float, Json, str]] = []
        #: The newest message of an agent in each thread, as it is read again before its text goes out.
        self._written: dict[str, Json] = {}

    async def start(self) -> str:
        """Listen; returns the address of the Web API."""
        self.port = await self._server.start()
        return f"http://127.0.0.1:{self.port}/api/"

    async def stop(self) -> None:
        """Listen no more."""
        await self._server.stop()

    async def connected(self) -> None:
        """Wait for an open socket."""
        while not self._server.wires:  # noqa: ASYNC110  # the wire knows no event
            await asyncio.sleep(0.01)

    async def tell(self, event: Json) -> tuple[float, float]:
        """Send an event; the instants at which it was written and acknowledged."""
        number = next(self._events)
        envelope = f"{number}"
        if "thread_ts" in event:
            self._written[event["thread_ts"]] = event
        future = asyncio.get_running_loop().create_future()
        self._acks[envelope] = future
        wire = next(iter(self._server.wires))
        message = {
            "envelope_id": envelope,
            "type": "events_api",
            "accepts_response_payload": False,
            "payload": {
                "type": "event_callback",
                "team_id": TEAM,
                "api_app_id": "A0BENCH",
                "event_id": f"Ev{number:010d}",
                "event_time": 1_790_000_000,
                "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
                "event": event,
            },
        }
        began = perf_counter()
        wire.send(message)
        return began, await future

    def expect(self, method: str) -> asyncio.Future[tuple[float, Json]]:
        """The next call of a method: when it was read, and with what."""
        future: asyncio.Future[tuple[float, Json]] = asyncio.get_running_loop().create_future()
        self._waiting[method] = future
        return future

    def _hear(self, at: float, message: Json) -> None:
        future = self._acks.pop(message.get("envelope_id", ""), None)
        if future is not None:
            future.set_result(at)

    def _answer(self, request: Request) -> Json:
        method = request.path.rpartition("/")[2]
        given = _arguments(request)
        answer = self._result(method, given, request.at)
        waiting = self._waiting.pop(method, None)
        if waiting is not None and not waiting.done():
            waiting.set_result((request.at, {**given, **answer}))
        return {"ok": True, **answer}

    def _result(self, method: str, given: Json, at: float) -> Json:
        match method:
            case "auth.test":
                me = {"user": "webcare", "user_id": BOT, "bot_id": "B0BENCH001"}
                return {"url": "https://bench.slack.com/", "team": "Bench", "team_id": TEAM, **me}
            case "apps.connections.open":
                return {"url": f"ws://127.0.0.1:{self.port}/link?ticket=1"}
            case "chat.postMessage":
                ts = f"1790000000.{next(self._ts):06d}"
                self.posted[given["channel"]].append(at)
                self.posts.append((at, given, ts))
                return {"channel": given["channel"], "ts": ts, "message": {"ts": ts}}
            case "users.info":
                profile = {"display_name": "Marieke de Koning"}
                return {"user": {"id": given["user"], "team_id": TEAM, "profile": profile}}
            case "conversations.info":
                return {"channel": {"id": given["channel"], "name": "care", "is_member": True}}
            case "conversations.history":
                return {"messages": []}
            case "conversations.replies":
                return {"messages": [self._written[given["ts"]]] if given["ts"] in self._written else []}
            case _:
                return {"channel": given.get("channel"), "ts": given.get("ts")}


def _arguments(request: Request) -> Json:
    """What a call was given, as JSON or as a form."""
    if request.body[:1] == b"{":
        found: Json = json.loads(request.body)
        return found
    text = request.body.decode() or request.query
    return {name: values[0] for name, values in parse_qs(text).items()}
