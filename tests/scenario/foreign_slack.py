"""A server that speaks as little Slack as a bot can live on; it shares no code with the sandbox.

It keeps no metadata, counts no replies, tells no scopes and knows no limits; its ids are its own, and it pays
no heed to filters.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from aiohttp import WSMsgType, web

Json = dict[str, Any]

BOT, AGENT, CHANNEL = "bot-7", "person-1", "room-1"


class ForeignSlack:
    """One room, one bot, one agent."""

    def __init__(self) -> None:
        self.messages: list[Json] = []
        #: Who put which reaction on what: (ts, name) -> people.
        self._marks: dict[tuple[str, str], list[str]] = {}
        #: Methods whose next call does its work and answers with a server's error.
        self.spoilt: list[str] = []
        self._ts = itertools.count(90)
        self._events = itertools.count(1)
        self._sockets: list[web.WebSocketResponse] = []

    def app(self) -> web.Application:
        """To be mounted where api_url leads."""
        app = web.Application()
        app.router.add_get("/line", self._line)
        app.router.add_route("*", "/{method}", self._call)
        return app

    # What the agent does

    async def write(self, text: str, thread: str) -> str:
        """The agent writes in a thread."""
        message = {"type": "message", "user": AGENT, "text": text, "ts": self._new(), "thread_ts": thread}
        self.messages.append(message)
        await self._tell({**message, "channel": CHANNEL})
        return str(message["ts"])

    async def react(self, ts: str, name: str) -> None:
        """The agent puts a reaction on a message."""
        self._marks.setdefault((ts, name), []).append(AGENT)
        item = {"type": "message", "channel": CHANNEL, "ts": ts}
        await self._tell({"type": "reaction_added", "user": AGENT, "reaction": name, "item": item})

    def roots(self) -> list[Json]:
        """The room's own messages."""
        return [message for message in self.messages if "thread_ts" not in message]

    def thread(self, ts: str) -> list[Json]:
        """What stands under a message."""
        return [message for message in self.messages if message.get("thread_ts") == ts]

    def marks(self, ts: str) -> set[str]:
        """The reactions on a message."""
        return {name for marked, name in self._marks if marked == ts}

    # What the bot is told and asks

    async def _tell(self, event: Json) -> None:
        if not self._sockets:
            return
        number = next(self._events)
        payload = {"type": "event_callback", "event_id": f"event-{number}", "event": event}
        envelope = {"type": "events_api", "envelope_id": f"envelope-{number}", "payload": payload}
        await self._sockets[-1].send_json(envelope)

    async def _line(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        await socket.send_json({"type": "hello"})
        async for message in socket:
            assert message.type is WSMsgType.TEXT
        self._sockets.remove(socket)
        return socket

    async def _call(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            asked: Json = await request.json()
        else:
            asked = {**request.query, **await request.post()}
        name = request.match_info["method"]
        answer = self._answer(name, asked, request)
        if name in self.spoilt:
            self.spoilt.remove(name)
            return web.Response(status=500, text="oops")
        return web.json_response({"ok": "error" not in answer, **answer})

    def _answer(self, name: str, asked: Json, request: web.Request) -> Json:
        ts = str(asked.get("ts") or asked.get("timestamp") or "")
        match name:
            case "auth.test":
                return {"user_id": BOT, "bot_id": "app-7", "team_id": "house-1"}
            case "apps.connections.open":
                return {"url": f"ws://{request.host}{request.path.rpartition('/')[0]}/line"}
            case "conversations.list":
                return {"channels": [{"id": CHANNEL, "name": "care"}]}
            case "conversations.info":
                return {"channel": {"id": CHANNEL, "name": "care", "is_member": True}}
            case "users.info":
                return {"user": {"id": asked["user"], "name": "noor", "team_id": "house-1"}}
            case "chat.postMessage":
                return self._posted(asked)
            case "chat.update":
                self._message(ts).update(_drawn(asked))
                return {"channel": CHANNEL, "ts": ts}
            case "reactions.add":
                self._marks.setdefault((ts, asked["name"]), []).append(BOT)
                return {}
            case "conversations.history":
                return {"messages": [self._shown(message) for message in reversed(self.roots())]}
            case "conversations.replies":
                found = [self._message(ts), *self.thread(ts)]
                return {"messages": [self._shown(message) for message in found]}
        return {"error": "unknown_method"}

    def _posted(self, asked: Json) -> Json:
        message = {"type": "message", "user": BOT, "bot_id": "app-7", "ts": self._new(), **_drawn(asked)}
        if asked.get("thread_ts"):
            message["thread_ts"] = asked["thread_ts"]
        self.messages.append(message)
        return {"channel": CHANNEL, "ts": message["ts"]}

    def _message(self, ts: str) -> Json:
        return next(message for message in self.messages if message["ts"] == ts)

    def _shown(self, message: Json) -> Json:
        found = [
            {"name": name, "users": users, "count": len(users)}
            for (ts, name), users in self._marks.items()
            if ts == message["ts"]
        ]
        return {**message, **({"reactions": found} if found else {})}

    def _new(self) -> str:
        return f"{next(self._ts)}.5"


def _drawn(asked: Json) -> Json:
    blocks = asked.get("blocks") or []
    return {"text": asked["text"], "blocks": json.loads(blocks) if isinstance(blocks, str) else blocks}
