"""The state of the local Slack workspace, every change of it a line in the journal."""

from __future__ import annotations

import base64
import bisect
import copy
import hashlib
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from bot.sandbox.journal import Entry, Journal
from bot.sandbox.slack.model import PERSON_SCOPES, Channel, ChannelKind, Json, Message, User


class Workspace:
    """Users, channels, messages, reactions, files and home views; rebuilt from the journal on start.

    It enforces nothing and tells nobody: what a member may do is in `activity`, what a caller may ask in
    the methods.
    """

    def __init__(self, journal: Journal, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.team_id = "T0WEBCARE0"
        self.domain = "webcare-sandbox"
        self.name = "Webcare sandbox"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, Json] = {}
        self.contents: dict[str, bytes] = {}
        self.homes: dict[str, Json] = {}
        self.usergroups: dict[str, Json] = {}
        self.app: Json = {}
        self._messages: dict[str, dict[str, Message]] = {}
        self._deleted: set[tuple[str, str]] = set()
        #: Per channel, the ts of what the channel shows and, per thread, of its replies: ascending.
        self._timeline: dict[str, list[str]] = {}
        self._threads: dict[tuple[str, str], list[str]] = {}
        self._last_microsecond = 0
        self._journal = journal
        for entry in journal:
            if "slack" in entry:
                self._apply(entry)

    # --- time and identity

    def next_ts(self) -> str:
        """A ts for something that happens now: later than every earlier one."""
        microsecond = max(int(self.clock().timestamp() * 1_000_000), self._last_microsecond + 1)
        self._last_microsecond = microsecond
        return f"{microsecond // 1_000_000}.{microsecond % 1_000_000:06d}"

    def now(self) -> int:
        """The present second."""
        return int(self.clock().timestamp())

    def new_id(self, letter: str, among: int) -> str:
        """An id in Slack's form, the same for the same letter and count."""
        digest = hashlib.sha256(f"{letter}{among}".encode()).digest()
        return letter + base64.b32encode(digest).decode()[:10]

    def new_token(self, kind: str) -> str:
        """A token that nobody can guess."""
        return f"{kind}-{secrets.token_hex(20)}"

    # --- reading

    def by_token(self, token: str) -> User | None:
        """The member whose token this is."""
        given = token.encode()
        known = self.users.values()
        return next((user for user in known if secrets.compare_digest(user.token.encode(), given)), None)

    def channel_named(self, name: str) -> Channel | None:
        """The channel with this name."""
        return next((channel for channel in self.channels.values() if name and channel.name == name), None)

    def handles(self) -> dict[str, str]:
        """Handle -> user id."""
        return {user.handle: user.id for user in self.users.values()}

    def channel_ids(self) -> dict[str, str]:
        """Public channel name -> id."""
        return {channel.name: channel.id for channel in self.channels.values() if channel.kind == "channel"}

    def foreign_teams(self, channel: Channel) -> list[str]:
        """The other workspaces whose members are in the channel (Slack Connect)."""
        teams = (self.users[member].team_id for member in channel.members if member in self.users)
        return sorted({team for team in teams if team != self.team_id})

    def message(self, channel: str, ts: str) -> Message | None:
        """The message with this ts."""
        return self._messages.get(channel, {}).get(ts)

    def timeline(self, channel: str) -> list[str]:
        """The ts of what the channel shows, ascending."""
        return self._timeline.get(channel, [])

    def replies(self, channel: str, root_ts: str) -> list[str]:
        """The ts of the replies of a thread, ascending."""
        return self._threads.get((channel, root_ts), [])

    def messages(self) -> Iterator[Message]:
        """Every message of every channel."""
        for messages in self._messages.values():
            yield from messages.values()

    def shown(self, message: Message, *, metadata: bool = False) -> Json:
        """The message object as the API gives it: with reactions, and for a root with its thread's counts."""
        shown = {key: value for key, value in message.fields.items() if metadata or key != "metadata"}
        replies = self.replies(message.channel, message.ts)
        if replies:
            authors = [self._messages[message.channel][ts].author for ts in replies]
            repliers = list(dict.fromkeys(author for author in authors if author))
            shown |= {
                "thread_ts": message.ts,
                "reply_count": len(replies),
                "reply_users_count": len(repliers),
                "reply_users": repliers[:5],
                "latest_reply": replies[-1],
                "is_locked": False,
                "subscribed": False,
            }
        if message.reactions:
            shown["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)}
                for name, users in message.reactions.items()
            ]
        return shown

    # --- changing

    def save_app(self, app: Json) -> None:
        """Keep the app's own ids and tokens."""
        self._record({"slack": "app", "app": app})

    def save_user(self, user: User) -> None:
        """Add a user or replace it."""
        self._record({"slack": "user", "user": user.entry()})

    def save_channel(self, channel: Channel) -> None:
        """Add a channel or replace it."""
        self._record({"slack": "channel", "channel": channel.entry()})

    def save_message(self, message: Message) -> None:
        """Add a message or replace the one with its ts."""
        self._record({"slack": "message", "message": message.entry()})

    def drop_message(self, message: Message) -> None:
        """Forget a message."""
        self._record({"slack": "message_gone", "channel": message.channel, "ts": message.ts})

    def was_deleted(self, channel: str, ts: str) -> bool:
        """Whether a message once had this ts that left nothing behind."""
        return (channel, ts) in self._deleted

    def save_reaction(self, message: Message, name: str, user: str, *, there: bool) -> None:
        """Put a user's reaction on a message, or take it off."""
        where = {"channel": message.channel, "ts": message.ts}
        self._record({"slack": "reaction", **where, "name": name, "user": user, "there": there})

    def save_file(self, file: Json, content: bytes | None = None) -> None:
        """Add a file or replace its description; `content` is given once."""
        entry: Entry = {"slack": "file", "file": file}
        if content is not None:
            entry["content"] = base64.b64encode(content).decode()
        self._record(entry)

    def save_home(self, user: str, view: Json) -> None:
        """Keep what a user's App Home shows."""
        self._record({"slack": "home", "user": user, "view": view})

    def save_usergroup(self, group: Json) -> None:
        """Add a user group or replace it."""
        self._record({"slack": "usergroup", "group": group})

    def new_person(self, name: str, token: str | None, team_id: str | None, tz: str) -> User:
        """A user that is not saved yet, a person by default."""
        return User(
            id=self.new_id("U", len(self.users)),
            name=name,
            token=token or self.new_token("xoxp"),
            team_id=team_id or self.team_id,
            tz=tz,
            scopes=PERSON_SCOPES,
        )

    def new_channel(self, name: str, kind: ChannelKind, creator: str, members: list[str]) -> Channel:
        """A channel that is not saved yet."""
        letter = "D" if kind == "im" else "C"
        return Channel(self.new_id(letter, len(self.channels)), name, kind, self.now(), creator, members)

    # --- the journal

    def _record(self, entry: Entry) -> None:
        self._journal.append(entry)
        # A journal in memory keeps the entry itself: the state must not share lists with it.
        self._apply(copy.deepcopy(entry))

    def _apply(self, entry: Entry) -> None:
        match entry:
            case {"slack": "app", "app": app}:
                self.app = app
            case {"slack": "user", "user": user}:
                self.users[user["id"]] = User.from_entry(user)
            case {"slack": "channel", "channel": channel}:
                self.channels[channel["id"]] = Channel(**channel)
            case {"slack": "message", "message": message}:
                self._put(Message(**message))
            case {"slack": "message_gone", "channel": channel, "ts": ts}:
                self._deleted.add((channel, ts))
                self._take(channel, ts)
            case {
                "slack": "reaction",
                "channel": channel,
                "ts": ts,
                "name": name,
                "user": user,
                "there": there,
            }:
                self._react(self._messages[channel][ts], name, user, there)
            case {"slack": "file", "file": file, **rest}:
                self.files[file["id"]] = file
                if "content" in rest:
                    self.contents[file["id"]] = base64.b64decode(rest["content"])
            case {"slack": "home", "user": user, "view": view}:
                self.homes[user] = view
            case {"slack": "usergroup", "group": group}:
                self.usergroups[group["id"]] = group
            case _:
                raise ValueError(
                    f"The sandbox's journal has an entry that this version does not know: {entry}"
                )

    def _put(self, message: Message) -> None:
        known = self._messages.setdefault(message.channel, {})
        earlier = known.get(message.ts)
        known[message.ts] = message
        if earlier is not None:  # an edit: it stays where it is
            return
        if message.in_channel:
            bisect.insort(self._timeline.setdefault(message.channel, []), message.ts)
        if message.is_reply:
            bisect.insort(self._threads.setdefault((message.channel, message.root_ts), []), message.ts)
        seconds, microseconds = message.ts.split(".")
        self._last_microsecond = max(self._last_microsecond, int(seconds) * 1_000_000 + int(microseconds))

    def _take(self, channel: str, ts: str) -> None:
        message = self._messages.get(channel, {}).pop(ts, None)
        if message is None:
            return
        for listed in (self._timeline.get(channel, []), self._threads.get((channel, message.root_ts), [])):
            if ts in listed:
                listed.remove(ts)

    def _react(self, message: Message, name: str, user: str, there: bool) -> None:
        users: list[Any] = message.reactions.setdefault(name, [])
        if there and user not in users:
            users.append(user)
        elif not there and user in users:
            users.remove(user)
        if not users:
            del message.reactions[name]
