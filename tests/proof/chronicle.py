"""What the servers themselves saw happen, and when: deletions, edits, acknowledgements, refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.sandbox.slack.web_api import Request
from bot.sandbox.world import World
from bot.sandbox.x.model import Post
from bot.sandbox.x.problems import DUPLICATE, Problem

Json = dict[str, Any]


@dataclass(frozen=True)
class Press:
    """A button that somebody pressed, whether the app acknowledged it or not."""

    at: float
    who: str
    action: str
    value: str
    #: The first message of the thread in which it stands.
    thread: str


@dataclass(frozen=True)
class Gesture:
    """A reaction put on a message, or taken away."""

    stamp: float
    who: str
    name: str
    message: str
    added: bool


#: The servers stand still when they get to nothing for so long, in seconds: several messages, each given up
#: by its sender after `pace.CALL`, may then wait for them. So soon afterwards they have been dealt with.
STANDSTILL, AFTER_A_STANDSTILL = 1.0, 0.25


@dataclass
class Chronicle:
    """Kept by the harness beside a world, from its start on. Times are the servers', in seconds."""

    #: The servers' clock.
    clock: Callable[[], datetime]
    #: Deleted Slack messages: ts -> when.
    deleted: dict[str, float] = field(default_factory=dict)
    #: Edits by people: ts -> (when, text), oldest first.
    edits: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    #: Every version of posts that were deleted on X, and what posts said, by version.
    gone_posts: set[str] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)
    #: Events that the app acknowledged: event_id -> (when it happened, the event).
    acknowledged: dict[str, tuple[float, Json]] = field(default_factory=dict)
    #: Presses that the app acknowledged.
    reply_actions: int = 0
    #: Every press, and every reaction of a person, oldest first.
    pressed: list[Press] = field(default_factory=list)
    gestures: list[Gesture] = field(default_factory=list)
    #: Words for the bot: ts -> (who, the thread, the first word).
    words: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    #: Messages of the bot that Slack refused because they came too fast.
    refused: list[float] = field(default_factory=list)
    #: How many of the bot's other calls met a limit.
    limited: int = 0
    #: When the servers themselves stood still: from, until. What was sent meanwhile then arrives at once.
    standstills: list[tuple[float, float]] = field(default_factory=list)
    #: What the brand asked X to publish although it stands there: X refuses the same public words.
    repeated: list[str] = field(default_factory=list)
    #: Everything in short, for whoever looks for the cause of a violation.
    trail: list[tuple[float, str]] = field(default_factory=list)
    _read: Request | None = None

    def note(self, what: str) -> None:
        """Add something to the trail."""
        self.trail.append((self.clock().timestamp(), what))

    def write_trail(self, path: Path) -> None:
        """Write the trail, oldest first."""
        lines = (f"{datetime.fromtimestamp(at, UTC):%H:%M:%S.%f} {what}\n" for at, what in sorted(self.trail))
        path.write_text("".join(lines))

    def keep(self, world: World) -> None:
        """Begin to write down what happens in `world`."""
        bot = world.slack.bot.id
        sockets = world.slack._parts.sockets
        send = sockets._send

        async def noted(envelope: Json) -> Json:
            payload = envelope["payload"]
            if envelope["type"] == "interactive":
                self.pressed += _presses(payload, self.clock().timestamp())
                self.note(f"{self.pressed[-1]}")
            answer: Json = await send(envelope)
            if envelope["type"] == "events_api":
                self.acknowledged.setdefault(
                    payload["event_id"], (self.clock().timestamp(), payload["event"])
                )
            elif envelope["type"] == "interactive":
                self.reply_actions += 1
            return answer

        def slack(event: Json) -> None:
            self.note(f"slack tells {event.get('type')} {event.get('subtype', '')} {_subject(event)}")
            self._hear(event)
            if event.get("subtype") == "message_deleted":
                self.deleted[event["deleted_ts"]] = self.clock().timestamp()
            elif event.get("subtype") == "message_changed":
                message = event["message"]
                if message.get("subtype") == "tombstone":
                    self.deleted[message["ts"]] = self.clock().timestamp()
                elif message.get("user") != bot and message.get("edited"):
                    self.edits.setdefault(message["ts"], []).append(
                        (self.clock().timestamp(), message["text"])
                    )

        def x(event: Json) -> None:
            told = event.get("post") or event.get("message") or {}
            self.note(f"x tells {event['type']} {told.get('id', '')} {told.get('text', '')!r}")
            if "post" in event:
                self.said[told["id"]] = told["text"]
            if event["type"] == "delete":
                self.gone_posts |= set(event["ids"])

        publish = world.x.post

        def watched(author_id: str, text: str, *more: Any, **named: Any) -> Post:
            try:
                return publish(author_id, text, *more, **named)
            except Problem as refusal:
                if author_id == world.brand.id and str(refusal) == DUPLICATE:
                    self.note(f"x is asked again for {text!r}")
                    self.repeated.append(text)
                raise

        setattr(world.x, "post", watched)  # noqa: B010  # mypy refuses the plain assignment to a method
        setattr(sockets, "_send", noted)  # noqa: B010  # the same
        world.slack.subscribe(slack)
        world.x.subscribe(x)

    def _hear(self, event: Json) -> None:
        """Keep what may claim or release a case."""
        kind, text = event.get("type"), str(event.get("text", ""))
        if kind in ("reaction_added", "reaction_removed"):
            message = str(event["item"].get("ts", ""))
            stamp, added = float(event["event_ts"]), kind == "reaction_added"
            self.gestures.append(Gesture(stamp, event["user"], event["reaction"], message, added))
        elif kind == "message" and not event.get("subtype") and text.startswith("!"):
            self.words[event["ts"]] = (event["user"], event.get("thread_ts", ""), text.split()[0])

    @property
    def too_fast(self) -> list[float]:
        """The refusals for speed without those after a standstill: how fast those came nobody knows."""

        def waited(at: float) -> bool:
            return any(since <= at <= until + AFTER_A_STANDSTILL for since, until in self.standstills)

        return [at for at in self.refused if not waited(at)]

    async def notice_standstills(self) -> None:
        """Write down, until cancelled, when the process of the servers did not get to do anything."""
        before = self.clock().timestamp()
        while True:
            await asyncio.sleep(0.05)
            now = self.clock().timestamp()
            if now - before > STANDSTILL:
                self.standstills.append((before, now))
                self.note(f"the servers stood still for {now - before:.1f} s")
            before = now

    def read_calls(self, world: World) -> None:
        """Note refusals for speed; to be called often, as Slack remembers its last calls only."""
        bot = world.slack.bot.id
        for call in reversed(world.slack.requests):
            if call is self._read:
                break
            if call.who == bot:
                self.trail.append(
                    (call.at.timestamp(), f"bot calls {call.method} {_short(call)} {call.error}")
                )
            if call.who == bot and call.error == "ratelimited":
                if call.method == "chat.postMessage":
                    self.refused.append(call.at.timestamp())
                else:
                    self.limited += 1
        if world.slack.requests:
            self._read = world.slack.requests[-1]


def _presses(payload: Json, at: float) -> list[Press]:
    """The buttons that a payload tells of."""
    message = payload.get("message") or {}
    thread = str(message.get("thread_ts") or message.get("ts") or "")
    actions = payload.get("actions") or ()
    who = payload["user"]["id"]
    return [
        Press(at, who, a["action_id"].partition(":")[0], str(a.get("value", "")), thread) for a in actions
    ]


def _subject(event: Json) -> str:
    """What an event is about."""
    message = event.get("message") or event
    item = event.get("item") or {}
    who, text = message.get("user", ""), str(message.get("text", ""))[:60]
    ts = item.get("ts") or message.get("ts") or event.get("deleted_ts")
    return f"{ts} {event.get('reaction', '')} {who} {text!r}"


def _short(call: Request) -> str:
    """The arguments by which a call is told from others."""
    given = call.arguments
    metadata = given.get("metadata") or {}
    metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
    key = metadata.get("event_payload", {}).get("key", "")
    return " ".join(str(given.get(name, "")) for name in ("ts", "thread_ts", "timestamp", "name")) + f" {key}"
