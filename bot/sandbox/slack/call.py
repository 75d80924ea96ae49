"""A Web API call as its method sees it, and how a method is entered in the table of methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.slack.activity import Activity
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.files import Files
from bot.sandbox.slack.limits import Limits
from bot.sandbox.slack.model import Channel, Json, Message, User
from bot.sandbox.slack.presence import Presence
from bot.sandbox.slack.rooms import Rooms
from bot.sandbox.slack.settings import AppSettings
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.vouchers import Vouchers
from bot.sandbox.slack.workspace import Workspace

#: Scopes by kind of channel: "history" -> channels:history, groups:history, im:history.
_KINDS = {"channel": "channels", "group": "groups", "im": "im"}


@dataclass(frozen=True)
class Parts:
    """The parts of the local Slack that methods work with."""

    settings: AppSettings
    workspace: Workspace
    events: Events
    activity: Activity
    rooms: Rooms
    presence: Presence
    files: Files
    views: Views
    vouchers: Vouchers
    sockets: SocketMode
    limits: Limits


@dataclass(frozen=True)
class Call:
    """One call: who calls, with what, and the parts that serve it."""

    parts: Parts
    #: The member whose token it is; for the app-level token, the bot.
    caller: User
    args: Arguments
    #: The address under which the local Slack is reached, without a closing slash.
    base: str

    def channel(self, name: str = "channel", *, right: str = "", member: bool = False) -> Channel:
        """The channel that argument `name` gives by id.

        `right` is what the caller's token must allow in that kind of channel ("history", "read");
        `member` refuses who is not in it. A private channel does not exist for outsiders.
        """
        channel = self.parts.workspace.channels.get(self.args.required(name))
        inside = channel is not None and self.caller.id in channel.members
        if channel is None or (channel.kind != "channel" and not inside):
            raise SlackError("channel_not_found")
        if right:
            self.need(f"{_KINDS[channel.kind]}:{right}")
        if not inside and (member or (self.caller.bot and right == "history")):
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str, *, missing: str = "message_not_found") -> Message:
        """The message of `channel` that argument `name` gives by its ts."""
        message = self.parts.workspace.message(channel.id, self.args.required(name))
        if message is None:
            raise SlackError(missing)
        return message

    def need(self, *scopes: str) -> None:
        """Refuse a token that has none of `scopes`."""
        if not set(scopes) & self.caller.scopes:
            provided = ",".join(sorted(self.caller.scopes))
            raise SlackError("missing_scope", fields={"needed": ",".join(scopes), "provided": provided})


@dataclass(frozen=True)
class Method:
    """An entry in the table of methods."""

    handle: Callable[[Call], Json]
    tier: int
    #: The token needs one of these; none means any token will do.
    scopes: tuple[str, ...] = field(default=())
    #: Whether the app-level token is called for instead of a bot's or user's.
    app_level: bool = False
