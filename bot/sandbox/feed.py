"""What the page is told: everything at first, then each thing that changes, over Server-Sent Events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from aiohttp import web

from bot.sandbox.slack.local import LocalSlack
from bot.sandbox.x.events import message_picture, person_picture, post_picture
from bot.sandbox.x.local import LocalX

Json = dict[str, Any]
#: A kind of thing and its id within the kind.
Key = tuple[str, str]

#: Changes that come this close together, in seconds, are told as one.
_TOGETHER = 0.02
#: A page that is this many changes behind is cut off; it comes back by itself and starts over.
_MOST_BEHIND = 200
#: A quiet connection is given a sign of life this often, in seconds.
_SIGN_OF_LIFE = 15.0

#: A page that was cut off comes back this soon, in milliseconds.
_RETRY = b"retry: 700\n"


class Feed:
    """Watches both servers and tells every open page.

    A thing is `{"kind", "id", "value"}`; a value of null means that it is gone. Kinds: person, post and
    direct (X); user, channel, message, whisper and modal (Slack; whispers are for `reader` only); crowd;
    world, what holds for the whole.
    """

    def __init__(
        self,
        x: LocalX,
        slack: LocalSlack,
        channel: str,
        crowd: Callable[[], Json],
        world: Callable[[], Json],
    ) -> None:
        self._x = x
        self._slack = slack
        self._channel = channel
        self._crowd = crowd
        self._world = world
        self._pages: set[asyncio.Queue[bytes | None]] = set()
        self._touched: dict[Key, None] = {}
        self._direct = {message.id: message for message in x.messages}
        #: Per member, what the app said is wrong with the modal they sent off: block id -> sentence.
        self._wrong: dict[str, Json] = {}
        self._leave = [x.subscribe(self._x_changed), slack.subscribe(self._slack_changed)]

    def touch(self, kind: str, number: str) -> None:
        """Let every page know what this thing is now."""
        if not self._pages:
            return
        if not self._touched:
            asyncio.get_running_loop().call_later(_TOGETHER, self._flush)
        self._touched[(kind, number)] = None

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Serve one page until it or the sandbox goes away."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"},
        )
        await response.prepare(request)
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(_MOST_BEHIND)
        self._pages.add(queue)
        try:
            await response.write(_RETRY + _frame("snapshot", list(self._everything())))
            while True:
                try:
                    frame = await asyncio.wait_for(queue.get(), _SIGN_OF_LIFE)
                except TimeoutError:
                    frame = b": still here\n\n"
                if frame is None:
                    break
                await response.write(frame)
        except ConnectionResetError:
            pass  # the reader closed the page
        finally:
            self._pages.discard(queue)
        return response

    def close(self) -> None:
        """Let every page go, and listen to the servers no longer."""
        for leave in self._leave:
            leave()
        self._leave.clear()
        for queue in self._pages:
            _cut_off(queue)

    def _flush(self) -> None:
        things = [self._thing(*key) for key in self._touched]
        self._touched.clear()
        frame = _frame("change", things)
        for queue in tuple(self._pages):
            try:
                queue.put_nowait(frame)
            except asyncio.QueueFull:
                self._pages.discard(queue)
                _cut_off(queue)

    def _x_changed(self, event: Json) -> None:
        match event:
            case {"type": "person", "person": {"id": number}}:
                self.touch("person", number)
            case {"type": "post", "post": {"id": number}}:
                self.touch("post", number)
            case {"type": "edit", "was": was, "post": {"id": number}}:
                self.touch("post", was)
                self.touch("post", number)
            case {"type": "delete", "ids": numbers}:
                for number in numbers:
                    self.touch("post", number)
            case {"type": "message", "message": {"id": number}}:
                self._direct[number] = self._x.messages[0]
                self.touch("direct", number)

    def _slack_changed(self, event: Json) -> None:
        match event:
            case {"type": "ephemeral", "message": {"ts": ts}, "to": reader}:
                self.touch("whisper", f"{reader} {ts}")
            case {"type": "ephemeral_gone", "ts": ts, "to": reader}:
                self.touch("whisper", f"{reader} {ts}")
            case {"type": "message", "subtype": "message_changed", "message": changed}:
                self._touch_message(changed)
            case {"type": "message", "subtype": "message_deleted", "previous_message": gone}:
                self._touch_message(gone)
            case {"type": "message"}:
                self._touch_message(event)
            case {"type": "views" | "view_errors", "to": reader}:
                self._wrong[reader] = event.get("errors", {})
                self.touch("modal", reader)
            case {"type": "reaction_added" | "reaction_removed", "item": {"ts": ts}}:
                self.touch("message", ts)
            case {"type": "team_join" | "user_change", "user": {"id": number}}:
                self.touch("user", number)
            case {"type": "presence_change" | "dnd_updated_user", "user": number}:
                self.touch("user", number)
            case {"type": "channel_rename"}:
                self.touch("channel", "channel")

    def _touch_message(self, message: Json) -> None:
        self.touch("message", message["ts"])
        if message.get("thread_ts", message["ts"]) != message["ts"]:
            self.touch("message", message["thread_ts"])  # its count of replies changed

    def _everything(self) -> Iterator[Json]:
        yield self._thing("world", "world")
        yield self._thing("crowd", "crowd")
        yield self._thing("channel", "channel")
        yield from (self._thing("person", person.id) for person in self._x.people)
        yield from (self._thing("post", post.id) for post in self._x.posts)
        yield from (self._thing("direct", number) for number in self._direct)
        users = self._slack.workspace.users
        yield from (self._thing("user", number) for number in users)
        yield from (
            self._thing("message", message.ts)
            for message in self._slack.workspace.messages()
            if message.channel == self._channel
        )
        for reader in users:
            yield self._thing("modal", reader)
            for message in self._slack.ephemerals(reader):
                yield self._thing("whisper", f"{reader} {message['ts']}")

    def _thing(self, kind: str, number: str) -> Json:
        return {"kind": kind, "id": number, "value": self._values[kind](self, number)}

    def _person(self, number: str) -> Json | None:
        person = self._x.world.people.get(number)
        return None if person is None else person_picture(person)

    def _post(self, number: str) -> Json | None:
        post = self._x.world.posts.get(number)
        if post is None or post.versions[-1] != number:
            return None
        picture = post_picture(self._x.world, post)
        return {**picture, "author": post.author_id}

    def _direct_message(self, number: str) -> Json:
        message = self._direct[number]
        picture = message_picture(self._x.world, message)
        return {**picture, "from": message.sender_id, "to": message.recipient_id}

    def _user(self, number: str) -> Json | None:
        user = self._slack.workspace.users.get(number)
        if user is None:
            return None
        guest = user.restricted or user.ultra_restricted
        return {
            "id": user.id,
            "name": user.name,
            "bot": user.bot,
            "bot_id": user.bot_id,
            "guest": guest,
            "deleted": user.deleted,
            "away": user.away,
            "quiet_until": user.quiet_until,
            **user.status(self._slack.workspace.clock()),
        }

    def _room(self, _: str) -> Json:
        return {"id": self._channel, "name": self._slack.workspace.channels[self._channel].name}

    def _message(self, ts: str) -> Json | None:
        message = self._slack.workspace.message(self._channel, ts)
        return None if message is None else self._slack.workspace.shown(message)

    def _whisper(self, number: str) -> Json | None:
        reader, ts = number.split(" ")
        for message in self._slack.ephemerals(reader):
            if message["ts"] == ts and message["channel"] == self._channel:
                return {**message, "whisper": True, "reader": reader}
        return None

    def _modal(self, reader: str) -> Json | None:
        views = self._slack.views(reader)
        return {**views[-1], "errors": self._wrong.get(reader, {})} if views else None

    def _loose(self, _: str) -> Json:
        return self._crowd()

    def _whole(self, _: str) -> Json:
        return self._world()

    _values: ClassVar[dict[str, Callable[[Feed, str], Json | None]]] = {
        "person": _person,
        "post": _post,
        "direct": _direct_message,
        "user": _user,
        "channel": _room,
        "message": _message,
        "whisper": _whisper,
        "modal": _modal,
        "crowd": _loose,
        "world": _whole,
    }


def _frame(kind: str, things: list[Json]) -> bytes:
    body = json.dumps(things, ensure_ascii=False, separators=(",", ":"))
    return f"event: {kind}\ndata: {body}\n\n".encode()


def _cut_off(queue: asyncio.Queue[bytes | None]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)
