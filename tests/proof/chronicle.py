"""What the servers themselves saw happen, and when: deletions, edits, acknowledgements, refusals."""

from __future__ import annotations

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


@dataclass
class Chronicle:
    """Kept by the harness beside a world, from its start on. Times are the servers', in seconds."""

    #: The servers' clock.
    clock: Callable[[], datetime]
    #: Deleted Slack messages: ts -> when.
    deleted: dict[str, float] = field(default_factory=dict)
    #: Edits by people: ts -> (when, text), oldest first.
    edits: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    #: Every version of posts that were deleted on X.
    gone_posts: set[str] = field(default_factory=set)
    #: Events that the app acknowledged: event_id -> (when it happened, the event).
    acknowledged: dict[str, tuple[float, Json]] = field(default_factory=dict)
    #: Presses that the app acknowledged.
    presses: int = 0
    #: Messages of the bot that Slack refused because they came too fast.
    too_fast: list[str] = field(default_factory=list)
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
            answer: Json = await send(envelope)
            payload = envelope["payload"]
            if envelope["type"] == "events_api":
                self.acknowledged.setdefault(
                    payload["event_id"], (self.clock().timestamp(), payload["event"])
                )
            elif envelope["type"] == "interactive":
                self.presses += 1
            return answer

        def slack(event: Json) -> None:
            self.note(f"slack tells {event.get('type')} {event.get('subtype', '')} {_subject(event)}")
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
            if call.who == bot and call.method == "chat.postMessage" and call.error == "ratelimited":
                self.too_fast.append(call.at.isoformat())
        if world.slack.requests:
            self._read = world.slack.requests[-1]


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
