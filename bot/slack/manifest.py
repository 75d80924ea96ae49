"""The Slack app as its manifest describes it: each scope, event and command the program uses, and why."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, urlsplit

from bot.work.actions import VERBS

#: Bot scopes, each with the reason that people are shown who have to grant it.
SCOPES: dict[str, str] = {
    "chat:write": "post cards and lines, redraw them, and tell one agent something",
    "reactions:read": "see a claim, a close or a stop that an agent makes with an emoji",
    "reactions:write": "mark a message as sent, refused or kept inside",
    "channels:history": "read what agents write in threads of public channels, also after an outage",
    "groups:history": "the same in private channels",
    "channels:read": "find the team's channel and see whether the bot is in it",
    "groups:read": "the same for private channels",
    "users:read": "know an agent's name, and that somebody is no guest and no bot",
    "commands": "offer the slash command",
}

#: Scopes that some installations need, with what for; an app without them is asked to add one when it does.
OPTIONAL_SCOPES: dict[str, str] = {
    "usergroups:read": "find the user group that is called instead of the channel",
}

#: Events that the program listens to.
EVENTS: tuple[str, ...] = ("reaction_added", "reaction_removed", "message.channels", "message.groups")

#: What the slash command does, and what may follow it; the same for its short way to a private reply.
COMMAND = (
    "Cases: queue, claim, release, close, private, public; your initials; help",
    " | ".join(row.slash for row in VERBS.values() if row.slash),
)
PRIVATE_COMMAND = ("Answer a case in private from now on", "[case] [text]")
#: What the short way adds to the name of the command.
PRIVATE_SUFFIX = "-dm"
#: Commands of earlier manifests; Slack keeps the first for itself.
FORMER = frozenset({"/dm", "/public"})

#: How many characters the name of an app may have.
LONGEST_NAME = 35

#: Where Slack's requests arrive in the mode http.
REQUEST_PATH = "/slack/events"

#: A scheme, a host and perhaps a path, without anything behind them.
_ADDRESS = re.compile(r"https?://[^\s/?#\\]+(?:/[^\s?#\\]*)?", re.IGNORECASE)

_CREATE = "https://api.slack.com/apps?new_app=1&manifest_json="


def public_address(written: str) -> str:
    """The public address of the bot as `manifest` takes it, from one with or without the path that follows.
    ValueError, in words for a person, for what Slack cannot call."""
    text = written.strip()
    try:
        url = urlsplit(text)
        whole = url.hostname and not url.username and _ADDRESS.fullmatch(text) and url.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise ValueError(f"{written} is not an address like https://bot.example.org")
    if url.scheme != "https":
        raise ValueError(f"Slack sends requests to https:// only: {written} must be an https:// address")
    base = f"https://{url.netloc}{url.path}".rstrip("/").removesuffix(REQUEST_PATH).rstrip("/")
    if base.endswith("/slack"):
        raise ValueError(
            f"{REQUEST_PATH} is added to the address: write {base.removesuffix('/slack')} alone. A path of "
            "the bot's own needs another name than /slack"
        )
    return base


def manifest(name: str = "Webcare", http: str = "", command: str = "/webcare") -> dict[str, Any]:
    """The app manifest. `name` is what people see, at most 35 characters; tell test and live apart by it.
    `command` is what they type: one for each app, since names are shared by a whole workspace, where the app
    that was installed last gets them. The bot has the same name, without the slash.

    `http` is the public address of the bot, without a closing slash, to which Slack sends requests; without
    it the bot opens a socket to Slack, and no address is needed.
    """
    url = {"url": http + REQUEST_PATH} if http else {}
    request_url = {"request_url": http + REQUEST_PATH} if http else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": name,
            "description": "Public mentions in the team's channel: claim by emoji, answer in the thread.",
            "background_color": "#1d3c5a",
        },
        "features": {
            # Slack takes small letters, digits, hyphens, underscores and dots here, and no spaces.
            "bot_user": {"display_name": command.removeprefix("/"), "always_online": True},
            "slash_commands": [
                {"command": typed, "description": text, "usage_hint": hint, "should_escape": True, **url}
                for typed, (text, hint) in (
                    (command, COMMAND),
                    (command + PRIVATE_SUFFIX, PRIVATE_COMMAND),
                )
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES), "bot_optional": list(OPTIONAL_SCOPES)}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(EVENTS)},
            # Buttons come the same way; over a socket this is all it takes.
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not http,
            "token_rotation_enabled": False,
        },
    }


def create_link(name: str = "Webcare", http: str = "", command: str = "/webcare") -> str:
    """The address that opens Slack's "Create an app" with the manifest filled in."""
    compact = json.dumps(manifest(name, http, command), separators=(",", ":"), ensure_ascii=False)
    return _CREATE + quote(compact, safe="")
