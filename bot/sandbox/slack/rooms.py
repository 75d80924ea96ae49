"""Who is in which room: channels made, joined, left, archived and renamed, and direct messages opened."""

from __future__ import annotations

from bot.sandbox.slack.activity import Activity
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.model import Channel, ChannelKind, Json, User
from bot.sandbox.slack.workspace import Workspace


class Rooms:
    """Acts on channels. Each changes the workspace and announces it."""

    def __init__(self, workspace: Workspace, events: Events, activity: Activity) -> None:
        self._workspace = workspace
        self._events = events
        self._activity = activity

    def add(self, name: str, members: list[str], *, private: bool) -> Channel:
        """The channel called `name` with at least these members; it is made when there is none."""
        workspace = self._workspace
        channel = workspace.channel_named(name)
        if channel is None:
            kind: ChannelKind = "group" if private else "channel"
            creator = members[0] if members else "USLACKBOT"
            channel = workspace.new_channel(name, kind, creator, list(members))
        else:
            channel.members += [member for member in members if member not in channel.members]
        workspace.save_channel(channel)
        if channel.kind == "channel":
            self._announce("channel_created", {"channel": self._brief(channel)}, channel, app_hears=True)
        else:
            self._events.show({"type": "channel_created", "channel": self._brief(channel)})
        return channel

    def join(self, user: User, channel: Channel) -> None:
        """Let a user in, who may be in already."""
        if user.id in channel.members:
            return
        channel.members.append(user.id)
        self._workspace.save_channel(channel)
        self._activity.note(channel, user, "channel_join", f"<@{user.id}> has joined the channel")
        who: Json = {"user": user.id, "channel": channel.id, "team": user.team_id}
        self._announce("member_joined_channel", {**who, "channel_type": _letter(channel)}, channel)

    def leave(self, user: User, channel: Channel) -> None:
        """Take a user out of a channel."""
        if user.id not in channel.members:
            raise SlackError("not_in_channel")
        channel.members.remove(user.id)
        self._workspace.save_channel(channel)
        if user.id == self._workspace.app["user_id"]:
            left = "channel_left" if channel.kind == "channel" else "group_left"
            self._announce(left, {"channel": channel.id, "actor_id": user.id}, channel, app_hears=True)
            return
        self._activity.note(channel, user, "channel_leave", f"<@{user.id}> has left the channel")
        who = {"user": user.id, "channel": channel.id, "channel_type": _letter(channel), "team": user.team_id}
        self._announce("member_left_channel", who, channel)

    def archive(self, channel: Channel, by: str, *, archived: bool) -> None:
        """Archive a channel, or bring it back."""
        channel.archived = archived
        self._workspace.save_channel(channel)
        kind = f"{channel.kind}_{'archive' if archived else 'unarchive'}"
        self._announce(kind, {"channel": channel.id, "user": by}, channel)

    def rename(self, channel: Channel, name: str) -> None:
        """Give a channel another name."""
        channel.name = name
        self._workspace.save_channel(channel)
        self._announce(f"{channel.kind}_rename", {"channel": self._brief(channel)}, channel)

    def direct(self, one: str, other: str) -> Channel:
        """The direct message channel of two members; it is opened when there is none."""
        pair = {one, other}
        for channel in self._workspace.channels.values():
            if channel.kind == "im" and set(channel.members) == pair:
                return channel
        channel = self._workspace.new_channel("", "im", one, sorted(pair))
        self._workspace.save_channel(channel)
        self._events.show({"type": "im_created", "user": one, "channel": {"id": channel.id}})
        return channel

    def open_home(self, user: User) -> None:
        """A member opens the app's Home tab."""
        channel = self.direct(user.id, self._workspace.app["user_id"])
        event: Json = {"user": user.id, "channel": channel.id, "tab": "home"}
        if user.id in self._workspace.homes:
            event["view"] = self._workspace.homes[user.id]
        self._announce("app_home_opened", event, channel)

    def _brief(self, channel: Channel) -> Json:
        return {
            "id": channel.id,
            "name": channel.name,
            "created": channel.created,
            "creator": channel.creator,
        }

    def _announce(self, kind: str, fields: Json, channel: Channel, *, app_hears: bool | None = None) -> None:
        event = {"type": kind, **fields, "event_ts": self._workspace.next_ts()}
        self._events.announce(event, channel, app_hears=app_hears)


def _letter(channel: Channel) -> str:
    return "C" if channel.kind == "channel" else "G"
