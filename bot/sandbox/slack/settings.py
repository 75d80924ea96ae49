"""What the app is allowed and told, as its manifest says: scopes, events, commands and shortcuts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_COMMAND = re.compile(r"/[a-z0-9-]{1,31}")

#: Commands that Slack has itself. No app may have one: a manifest that names one is refused as a whole.
BUILT_IN = frozenset(
    {
        *("/archive", "/away", "/call", "/collapse", "/dm", "/dnd", "/expand", "/feed", "/help", "/invite"),
        *(
            "/join",
            "/kick",
            "/leave",
            "/me",
            "/msg",
            "/mute",
            "/open",
            "/part",
            "/prefs",
            "/pro",
            "/remind",
            "/remove",
            "/rename",
        ),
        *("/search", "/shortcuts", "/shrug", "/status", "/topic", "/who"),
    }
)


@dataclass(frozen=True)
class AppSettings:
    """The app as it is installed in the workspace. ValueError where Slack would refuse a command's name."""

    name: str
    scopes: frozenset[str]
    #: Subscriptions, as a manifest names them: "message.channels", "reaction_added" …
    bot_events: frozenset[str]
    commands: frozenset[str]
    #: Callback ids of message shortcuts.
    shortcuts: frozenset[str]
    #: Commands behind which users, channels and links are escaped.
    escaped_commands: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for command in sorted(self.commands):
            if command in BUILT_IN or not _COMMAND.fullmatch(command):
                raise ValueError(f"Slack refuses the manifest: invalid name {command}")

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> AppSettings:
        """The settings that Slack would make of an app manifest; optional scopes are granted."""
        features = manifest.get("features", {})
        commands = features.get("slash_commands", ())
        scopes = manifest["oauth_config"]["scopes"]
        return cls(
            name=features.get("bot_user", {}).get("display_name", manifest["display_information"]["name"]),
            scopes=frozenset([*scopes.get("bot", ()), *scopes.get("bot_optional", ())]),
            bot_events=frozenset(
                manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", ())
            ),
            commands=frozenset(command["command"] for command in commands),
            shortcuts=frozenset(shortcut["callback_id"] for shortcut in features.get("shortcuts", ())),
            escaped_commands=frozenset(
                command["command"] for command in commands if command.get("should_escape")
            ),
        )


DEFAULT_SETTINGS = AppSettings(
    name="webcare",
    scopes=frozenset(
        [
            "chat:write",
            "reactions:read",
            "reactions:write",
            "channels:history",
            "groups:history",
            "channels:read",
            "groups:read",
            "im:history",
            "im:read",
            "im:write",
            "files:read",
            "files:write",
            "users:read",
            "usergroups:read",
            "team:read",
            "commands",
        ]
    ),
    bot_events=frozenset(
        [
            "reaction_added",
            "reaction_removed",
            "message.channels",
            "message.groups",
            "message.im",
            "member_joined_channel",
            "member_left_channel",
            "channel_left",
            "group_left",
            "channel_archive",
            "group_archive",
            "channel_rename",
            "app_home_opened",
            "app_uninstalled",
            "tokens_revoked",
        ]
    ),
    commands=frozenset({"/webcare", "/webcare-dm"}),
    shortcuts=frozenset({"item_actions", "item_switch_dm"}),
)
