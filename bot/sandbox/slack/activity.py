"""What members do with messages, and the events that each act causes."""

from __future__ import annotations

import re
import secrets
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.model import Channel, Json, Message, User
from bot.sandbox.slack.mrkdwn import stored
from bot.sandbox.slack.workspace import Workspace

#: Different emoji on one message; a person may add as many.
MOST_REACTIONS = 23
#: Ephemeral messages kept per person; Slack keeps them until the client is reloaded.
EPHEMERALS_KEPT = 100

_TS = re.compile(r"\d{1,12}\.\d{6}")


@dataclass(frozen=True)
class Draft:
    """A message about to be posted or to replace another; what is None is not given."""

    text: str = ""
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    thread_ts: str = ""
    broadcast: bool = False
    parse: str = ""
    link_names: bool = False
    metadata: Json | None = None
    #: Customised authorship (chat:write.customize): `username` and `icons`.
    custom: Json = field(default_factory=dict)
    #: For a message that replaces another, what is left of its files; None leaves them as they are.
    files: list[Json] | None = None


class Activity:
    """Acts on messages: each checks what Slack checks, changes the workspace, announces it."""

    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace = workspace
        self._events = events
        self._ephemerals: dict[str, deque[Json]] = {}

    # --- messages

    def post(self, author: User, channel: Channel, draft: Draft) -> Message:
        """Post a message in a channel or, with `draft.thread_ts`, in a thread."""
        root = self._root(channel, draft.thread_ts)
        message = Message(
            channel=channel.id,
            fields={
                **self._signed(author, draft.custom),
                "type": "message",
                "ts": self._workspace.next_ts(),
                **self._content(draft),
            },
            parse=draft.parse,
            link_names=draft.link_names,
        )
        if draft.metadata is not None:
            message.fields["metadata"] = draft.metadata
        if draft.files:
            message.fields |= {"subtype": "file_share", "files": draft.files, "upload": False}
        if root is not None:
            message.fields |= {"thread_ts": root.ts, "parent_user_id": root.author}
            if draft.broadcast:
                message.fields |= {"subtype": "thread_broadcast", "root": self._workspace.shown(root)}
        self._workspace.save_message(message)
        self._announce_message(channel, self._workspace.shown(message))
        return message

    def note(self, channel: Channel, user: User, subtype: str, text: str) -> None:
        """Post one of Slack's own lines, such as "has joined the channel"."""
        fields = {"type": "message", "subtype": subtype, "user": user.id, "text": text}
        message = Message(channel.id, {**fields, "ts": self._workspace.next_ts()})
        self._workspace.save_message(message)
        self._announce_message(channel, self._workspace.shown(message))

    def edit(self, author: User, message: Message, draft: Draft) -> Message:
        """Replace a message's content. Text without blocks takes its blocks away, and shows as edited."""
        if message.tombstone or not self._wrote(author, message):
            raise SlackError("cant_update_message")
        previous = self._workspace.shown(message)
        fields = {key: value for key, value in message.fields.items() if key not in ("text", "blocks")}
        content = self._content(draft)
        if draft.attachments is None and "attachments" in message.fields:
            content["attachments"] = message.fields["attachments"]
        fields |= content
        if draft.files is not None:
            fields["files"] = draft.files
        if draft.metadata is not None:
            fields["metadata"] = draft.metadata
        if draft.blocks is None:
            fields["edited"] = {"user": author.id, "ts": self._workspace.next_ts()}
        edited = Message(message.channel, fields, draft.parse, draft.link_names, message.reactions)
        self._workspace.save_message(edited)
        self._announce_change(edited, previous)
        return edited

    def delete(self, author: User, message: Message) -> None:
        """Delete a message; a root with replies leaves a tombstone."""
        if message.tombstone or not self._wrote(author, message) or message.fields.get("username"):
            raise SlackError("cant_delete_message")
        workspace = self._workspace
        previous = workspace.shown(message)
        if workspace.replies(message.channel, message.ts):
            buried = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True}
            tombstone = Message(
                message.channel, {**buried, "text": "This message was deleted.", "ts": message.ts}
            )
            workspace.save_message(tombstone)
            self._announce_change(tombstone, previous)
            return
        workspace.drop_message(message)
        self._announce_hidden(
            message.channel,
            {"subtype": "message_deleted", "deleted_ts": message.ts, "previous_message": previous},
        )
        root = workspace.message(message.channel, message.root_ts)
        if root is not None and root.tombstone and not workspace.replies(message.channel, root.ts):
            workspace.drop_message(root)

    def unfurl(self, message: Message, attachments: list[Json]) -> None:
        """What Slack does a moment after a link was posted: a change that leaves the text as it is."""
        previous = self._workspace.shown(message)
        fields = {**message.fields, "attachments": attachments}
        unfurled = Message(message.channel, fields, message.parse, message.link_names, message.reactions)
        self._workspace.save_message(unfurled)
        self._announce_change(unfurled, previous)

    def bury_files(self, message: Message) -> None:
        """What Slack does when a message's files are deleted: it keeps their places, and nobody edited it."""
        previous = self._workspace.shown(message)
        buried = [{"id": file["id"], "mode": "tombstone"} for file in message.fields.get("files", ())]
        fields = {**message.fields, "files": buried}
        bare = Message(message.channel, fields, message.parse, message.link_names, message.reactions)
        self._workspace.save_message(bare)
        self._announce_change(bare, previous)

    def whisper(self, author: User, channel: Channel, user: str, draft: Draft) -> str:
        """Show a message to one member; it is in no history. Returns its ts."""
        if draft.thread_ts:
            self._root(channel, draft.thread_ts)
        message = {
            **self._signed(author, draft.custom),
            "type": "message",
            "ts": self._workspace.next_ts(),
            **self._content(draft),
            "is_ephemeral": True,
            "channel": channel.id,
        }
        if draft.thread_ts:
            message["thread_ts"] = draft.thread_ts
        self._ephemerals.setdefault(user, deque(maxlen=EPHEMERALS_KEPT)).append(message)
        self._events.show({"type": "ephemeral", "channel": channel.id, "to": user, "message": message})
        return str(message["ts"])

    def ephemerals(self, user: str) -> list[Json]:
        """What one member was shown, oldest first."""
        return list(self._ephemerals.get(user, ()))

    def replace_ephemeral(self, user: str, ts: str, draft: Draft | None) -> None:
        """Change an ephemeral message in place; without a draft it goes away. An unknown ts is ignored."""
        kept = self._ephemerals.get(user, deque())
        for message in [message for message in kept if message["ts"] == ts]:
            where = {"channel": message["channel"], "to": user}
            if draft is None:
                kept.remove(message)
                self._events.show({"type": "ephemeral_gone", **where, "ts": ts})
                continue
            message.pop("blocks", None)
            message |= self._content(draft)
            self._events.show({"type": "ephemeral", **where, "message": message})

    # --- reactions

    def react(self, user: User, channel: Channel, message: Message, name: str) -> None:
        """Put an emoji (its canonical name) on a message."""
        users = message.reactions.get(name, [])
        if user.id in users:
            raise SlackError("already_reacted")
        if message.tombstone:
            raise SlackError("not_reactable")
        if not users and len(message.reactions) >= MOST_REACTIONS:
            raise SlackError("too_many_emoji")
        if sum(user.id in others for others in message.reactions.values()) >= MOST_REACTIONS:
            raise SlackError("too_many_reactions")
        self._workspace.save_reaction(message, name, user.id, there=True)
        self._announce_reaction("reaction_added", user, channel, message, name)

    def unreact(self, user: User, channel: Channel, message: Message, name: str) -> None:
        """Take an emoji off a message."""
        if user.id not in message.reactions.get(name, []):
            raise SlackError("no_reaction")
        self._workspace.save_reaction(message, name, user.id, there=False)
        self._announce_reaction("reaction_removed", user, channel, message, name)

    # --- parts

    def _root(self, channel: Channel, thread_ts: str) -> Message | None:
        """The first message of a thread. What is for a thread whose first message is gone Slack puts into
        the channel without a word (slack-go, issue 1571): then there is none."""
        if not thread_ts:
            return None
        if not _TS.fullmatch(thread_ts):
            raise SlackError("invalid_thread_ts")
        root = self._workspace.message(channel.id, thread_ts)
        if root is None and self._workspace.was_deleted(channel.id, thread_ts):
            return None
        if root is None:
            raise SlackError("thread_not_found")
        if root.is_reply:
            raise SlackError("cannot_reply_to_message")
        return root

    def _signed(self, author: User, custom: Json) -> Json:
        if not author.bot:
            fields: Json = {"user": author.id, "client_msg_id": str(uuid.uuid4()), "team": author.team_id}
            if author.team_id != self._workspace.team_id:
                fields |= {"user_team": author.team_id, "source_team": author.team_id}
            return fields
        profile = {
            "id": author.bot_id,
            "app_id": author.app_id,
            "user_id": author.id,
            "name": author.name,
            "deleted": False,
            "updated": self._workspace.now(),
            "team_id": author.team_id,
        }
        signed: Json = {
            "bot_id": author.bot_id,
            "app_id": author.app_id,
            "team": author.team_id,
            "bot_profile": profile,
        }
        if custom:
            return {**signed, "subtype": "bot_message", **custom}
        return {**signed, "user": author.id}

    def _content(self, draft: Draft) -> Json:
        workspace = self._workspace
        content: Json = {
            "text": stored(
                draft.text, draft.parse, draft.link_names, workspace.handles(), workspace.channel_ids()
            )
        }
        if draft.blocks:
            content["blocks"] = [self._with_ids(block) for block in draft.blocks]
        if draft.attachments:
            content["attachments"] = [
                {"id": number, "fallback": "[no preview available]", **attachment}
                for number, attachment in enumerate(draft.attachments, 1)
            ]
        return content

    def _with_ids(self, block: Json) -> Json:
        """The block as Slack stores it, with a block_id and, for interactive elements, action_ids."""

        def fill(node: Any, *, top: bool = False) -> Any:
            if isinstance(node, list):
                return [fill(item) for item in node]
            if not isinstance(node, dict):
                return node
            filled = {key: fill(value) for key, value in node.items()}
            if top:
                filled.setdefault("block_id", secrets.token_urlsafe(4)[:5])
            if filled.get("type") == "plain_text":
                filled.setdefault("emoji", True)
            elif filled.get("type") == "mrkdwn":
                filled.setdefault("verbatim", False)
            elif str(filled.get("type")) in _INTERACTIVE or str(filled.get("type")).endswith("_select"):
                filled.setdefault("action_id", secrets.token_urlsafe(4)[:5])
            return filled

        filled: Json = fill(block, top=True)
        return filled

    def _wrote(self, author: User, message: Message) -> bool:
        if author.bot:
            return bool(message.fields.get("bot_id") == author.bot_id)
        return message.author == author.id and message.fields.get("subtype") not in _SYSTEM

    def _announce_message(self, channel: Channel, shown: Json) -> None:
        where = {"channel": channel.id, "event_ts": shown["ts"], "channel_type": channel.kind}
        self._events.announce({**shown, **where}, channel)

    def _announce_change(self, message: Message, previous: Json) -> None:
        self._announce_hidden(
            message.channel,
            {
                "subtype": "message_changed",
                "message": self._workspace.shown(message),
                "previous_message": previous,
            },
        )

    def _announce_hidden(self, channel_id: str, what: Json) -> None:
        channel = self._workspace.channels[channel_id]
        ts = self._workspace.next_ts()
        where = {
            "channel": channel_id,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": channel.kind,
        }
        self._events.announce({"type": "message", **what, **where}, channel)

    def _announce_reaction(
        self, kind: str, user: User, channel: Channel, message: Message, name: str
    ) -> None:
        event: Json = {
            "type": kind,
            "user": user.id,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        }
        if message.author:
            event["item_user"] = message.author
        self._events.announce({**event, "event_ts": self._workspace.next_ts()}, channel)


#: Lines that Slack writes itself: nobody may change them.
_SYSTEM = {"channel_join", "channel_leave", "tombstone", "channel_name", "channel_archive"}
_INTERACTIVE = {
    "button",
    "checkboxes",
    "radio_buttons",
    "overflow",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "plain_text_input",
    "email_text_input",
    "number_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
}
