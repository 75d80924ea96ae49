"""The people, rooms and messages of the local Slack workspace."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

Json = dict[str, Any]
ChannelKind = Literal["channel", "group", "im"]

#: What an agent's user token may do: all that a person does in the Slack client.
PERSON_SCOPES = frozenset(
    f"{thing}:{right}"
    for thing, rights in {
        "channels": ("history", "read", "write"),
        "groups": ("history", "read", "write"),
        "im": ("history", "read", "write"),
        "chat": ("write",),
        "reactions": ("read", "write"),
        "files": ("read", "write"),
        "users": ("read", "write"),
        "users.profile": ("write",),
        "dnd": ("read", "write"),
        "usergroups": ("read",),
        "team": ("read",),
    }.items()
    for right in rights
)


def utcnow() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


@dataclass
class User:
    """A member of the workspace, or of a connected one: a person, our bot or another bot."""

    id: str
    #: As shown; the handle is made from it.
    name: str
    token: str
    team_id: str
    tz: str
    scopes: frozenset[str]
    restricted: bool = False
    ultra_restricted: bool = False
    #: B… for bots, empty for people.
    bot_id: str = ""
    app_id: str = ""
    #: Whether the account was taken away; all that they wrote stays.
    deleted: bool = False
    #: Whether they say that they are away.
    away: bool = False
    status_text: str = ""
    #: As ":palm_tree:".
    status_emoji: str = ""
    #: When the status ends, in seconds since 1970; 0 for never.
    status_expiration: int = 0
    #: From when to when they are not to be disturbed.
    quiet_since: int = 0
    quiet_until: int = 0

    @property
    def presence(self) -> str:
        """ "active" or "away", as everybody sees it."""
        return "away" if self.away or self.deleted else "active"

    def status(self, now: datetime) -> Json:
        """What they say of themselves, until its time is over."""
        over = 0 < self.status_expiration <= now.timestamp()
        return {
            "status_text": "" if over else self.status_text,
            "status_emoji": "" if over else self.status_emoji,
            "status_expiration": 0 if over else self.status_expiration,
        }

    @property
    def bot(self) -> bool:
        """Whether this is a bot user."""
        return bool(self.bot_id)

    @property
    def handle(self) -> str:
        """The user name: lower case, dots for spaces."""
        return re.sub(r"[^a-z0-9._-]+", ".", self.name.lower()).strip(".")

    def entry(self) -> Json:
        """The user as plain JSON, for the journal."""
        return {**asdict(self), "scopes": sorted(self.scopes)}

    @classmethod
    def from_entry(cls, entry: Json) -> User:
        """The user that `entry` describes; a person may do what people may do by now."""
        scopes = frozenset(entry["scopes"]) if entry["bot_id"] else PERSON_SCOPES
        return cls(**{**entry, "scopes": scopes})

    def shown(self, now: datetime) -> Json:
        """The user object of users.info; of a deactivated member Slack tells less."""
        shown = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.handle,
            "deleted": self.deleted,
            "profile": self.profile(now),
            "is_bot": self.bot,
            "is_app_user": False,
            "updated": int(now.timestamp()),
        }
        if self.deleted:
            return shown
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        return {
            **shown,
            "color": "1d3c5a",
            "real_name": self.name,
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.restricted or self.ultra_restricted,
            "is_ultra_restricted": self.ultra_restricted,
        }

    def profile(self, now: datetime) -> Json:
        """The profile in it."""
        return {
            "real_name": self.name,
            "real_name_normalized": self.name,
            "display_name": "" if self.bot else self.name,
            "display_name_normalized": "" if self.bot else self.name,
            **self.status(now),
            "team": self.team_id,
            **({"bot_id": self.bot_id, "api_app_id": self.app_id} if self.bot else {}),
        }


@dataclass
class Channel:
    """A room: public channel, private channel ("group") or direct message ("im")."""

    id: str
    name: str
    kind: ChannelKind
    created: int
    creator: str
    members: list[str] = field(default_factory=list)
    archived: bool = False

    def entry(self) -> Json:
        """The channel as plain JSON, for the journal."""
        return asdict(self)

    def shown(self, viewer: str, team_id: str, shared_with: list[str]) -> Json:
        """The conversation object as `viewer` gets it; `shared_with` lists the foreign workspaces in it."""
        common = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.archived,
            "updated": self.created * 1000,
        }
        if self.kind == "im":
            other = next((member for member in self.members if member != viewer), viewer)
            return {
                **common,
                "is_im": True,
                "is_org_shared": False,
                "user": other,
                "context_team_id": team_id,
            }
        return {
            **common,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_im": False,
            "is_mpim": False,
            "is_private": self.kind == "group",
            "is_general": False,
            "is_shared": bool(shared_with),
            "is_ext_shared": bool(shared_with),
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "shared_team_ids": [team_id, *shared_with],
            "context_team_id": team_id,
            "creator": self.creator,
            "is_member": viewer in self.members,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "previous_names": [],
        }


@dataclass
class Message:
    """One message as stored: Slack's fields, and what Slack keeps to itself."""

    channel: str
    #: What the API shows of it, without reactions and thread counts; those are worked out when it is shown.
    fields: Json
    #: The `parse` it was posted or last updated with: "", "none", "full" or "client".
    parse: str = ""
    link_names: bool = False
    #: Canonical emoji name -> who, in order.
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ts(self) -> str:
        """Its identity within the channel."""
        return str(self.fields["ts"])

    @property
    def root_ts(self) -> str:
        """The ts of the thread it belongs to; its own for a message that is not a reply."""
        return str(self.fields.get("thread_ts", self.ts))

    @property
    def is_reply(self) -> bool:
        """Whether it was written in a thread."""
        return self.root_ts != self.ts

    @property
    def in_channel(self) -> bool:
        """Whether the channel itself shows it: roots, and replies also sent to the channel."""
        return not self.is_reply or self.fields.get("subtype") == "thread_broadcast"

    @property
    def author(self) -> str:
        """The user id of its author; empty for a customised bot message."""
        return str(self.fields.get("user", ""))

    @property
    def tombstone(self) -> bool:
        """Whether it was deleted while it had replies, so that only its place is left."""
        return self.fields.get("subtype") == "tombstone"

    def entry(self) -> Json:
        """The message as plain JSON, for the journal."""
        return asdict(self)
