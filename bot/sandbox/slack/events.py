"""Events: all are told to the page, and to the app those that its scopes and subscriptions let it hear."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from bot.sandbox.slack.model import Channel, ChannelKind, Json
from bot.sandbox.slack.settings import AppSettings
from bot.sandbox.slack.workspace import Workspace

#: How manifests call the events of the three kinds of channel.
_PLURALS: dict[ChannelKind, str] = {"channel": "channels", "group": "groups", "im": "im"}

#: Events that need a scope, with that scope; `{}` stands for the kind of channel.
_SCOPES = {
    "message": "{}:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "member_joined_channel": "{}:read",
    "member_left_channel": "{}:read",
    "channel_left": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_rename": "channels:read",
    "channel_created": "channels:read",
    "group_left": "groups:read",
    "group_archive": "groups:read",
    "group_unarchive": "groups:read",
    "group_rename": "groups:read",
    "team_join": "users:read",
    "user_change": "users:read",
    "user_profile_changed": "users:read",
    "user_status_changed": "users:read",
    "dnd_updated_user": "dnd:read",
}

Callback = Callable[[Json], None]


class Events:
    """The announcer. `deliver` takes an Events API payload to the app's sockets."""

    def __init__(self, workspace: Workspace, settings: AppSettings, deliver: Callable[[Json], None]) -> None:
        self._workspace = workspace
        self._settings = settings
        self._deliver = deliver
        self._callbacks: list[Callback] = []

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Call `callback` with every event, as plain JSON, until the returned function is called."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def show(self, event: Json) -> None:
        """Tell the page only: what Slack's own client sees, but no app does."""
        for callback in tuple(self._callbacks):
            callback(event)

    def announce(self, event: Json, channel: Channel | None = None, *, app_hears: bool | None = None) -> None:
        """Tell everybody who may hear it.

        The app hears of a channel it is in; `app_hears` overrules that for events about its own leaving.
        """
        self.show(event)
        member = channel is None or self._workspace.app["user_id"] in channel.members
        if (member if app_hears is None else app_hears) and self._subscribed(event, channel):
            self._deliver(self._payload(event, channel))

    def _subscribed(self, event: Json, channel: Channel | None) -> bool:
        kind = _PLURALS[channel.kind] if channel is not None else ""
        name = f"message.{kind}" if event["type"] == "message" else event["type"]
        scope = _SCOPES.get(event["type"], "").format(kind)
        return name in self._settings.bot_events and (not scope or scope in self._settings.scopes)

    def _payload(self, event: Json, channel: Channel | None) -> Json:
        workspace = self._workspace
        return {
            "token": "sandbox",
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": None,
            "api_app_id": workspace.app["app_id"],
            "event": event,
            "type": "event_callback",
            "event_id": "Ev" + secrets.token_hex(5).upper(),
            "event_time": workspace.now(),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.team_id,
                    "user_id": workspace.app["user_id"],
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(channel is not None and workspace.foreign_teams(channel)),
            "event_context": "4-" + secrets.token_hex(16),
        }
