"""What the local X holds: people, posts and direct messages, as plain values that fit in the journal."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Clock = Callable[[], datetime]

_EPOCH_MS = 1_288_834_974_657  # the instant X's ids count from, 4 Nov 2010


def utcnow() -> datetime:
    """The machine's clock, aware, in UTC."""
    return datetime.now(UTC)


def iso(at: datetime) -> str:
    """An instant as X writes it: seconds, with milliseconds that are always zero."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Snowflakes:
    """Ids as X gives them: decimal strings that hold their instant and never go down."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        """A new id, higher than every id seen so far."""
        self._last = max(self._last + 1, snowflake_at(self._clock()))
        return str(self._last)

    def seen(self, number: int) -> None:
        """Take note of an id that was given out before."""
        self._last = max(self._last, number)


def snowflake_at(at: datetime) -> int:
    """The lowest id of that millisecond."""
    return max(int(at.timestamp() * 1000) - _EPOCH_MS, 0) << 22


@dataclass(frozen=True)
class Credentials:
    """Both ways in for one person: an OAuth 2.0 user token, and the four secrets of OAuth 1.0a."""

    bearer: str
    consumer_key: str
    consumer_secret: str
    access_token: str
    access_token_secret: str

    @classmethod
    def new(cls, person_id: str, bearer: str | None = None) -> Credentials:
        """Fresh secrets. The access token begins with the person's id, as X's does; clients read it there."""
        return cls(
            bearer=bearer or base64.urlsafe_b64encode(secrets.token_bytes(48)).decode(),
            consumer_key=secrets.token_hex(13)[:25],
            consumer_secret=secrets.token_hex(25),
            access_token=f"{person_id}-{secrets.token_hex(15)}",
            access_token_secret=secrets.token_hex(23)[:45],
        )


@dataclass(frozen=True)
class Person:
    """An account on the local X."""

    id: str
    handle: str
    name: str
    created_at: datetime
    credentials: Credentials = field(repr=False)
    #: Address of the profile picture.
    avatar: str = ""
    description: str = ""
    verified: bool = False
    #: Posts are seen by nobody else.
    protected: bool = False
    #: The account is worked by an app, so X's rules for apps hold: it may reply only where it is summoned and
    #: send a direct message only to who wrote first, has the API's rate limits, and pays for what it uses.
    #: Everybody else is an ordinary person, who comes by the API only because there is no other door here.
    automated: bool = False
    #: May write up to 25,000 characters.
    premium: bool = False
    #: Takes direct messages from anybody.
    open_dms: bool = False

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Person:
        """The person as `to_entry` wrote it."""
        return cls(
            **{
                **entry,
                "created_at": datetime.fromisoformat(entry["created_at"]),
                "credentials": Credentials(**entry["credentials"]),
            }
        )


@dataclass(frozen=True)
class Media:
    """A picture that hangs under a post or a message."""

    key: str
    url: str
    alt: str = ""
    width: int = 1200
    height: int = 900


@dataclass(frozen=True)
class Post:
    """One version of a post. `text` is what its author typed, without the mentions X adds in a reply."""

    id: str
    author_id: str
    text: str
    created_at: datetime
    conversation_id: str
    in_reply_to: str | None = None
    in_reply_to_author: str | None = None
    quotes: str | None = None
    #: People X mentions for the author because the post is a reply, in the order in which X writes them.
    added_mentions: tuple[str, ...] = ()
    #: People whose @handle the author typed.
    typed_mentions: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    reply_settings: str = "everyone"
    #: Ids of all versions of this post, oldest first.
    versions: tuple[str, ...] = ()

    @property
    def mentions(self) -> tuple[str, ...]:
        """Everybody this post mentions, once."""
        return tuple(dict.fromkeys(self.added_mentions + self.typed_mentions))

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Post:
        """The post as `to_entry` wrote it."""
        return cls(
            **{
                **entry,
                "created_at": datetime.fromisoformat(entry["created_at"]),
                "added_mentions": tuple(entry["added_mentions"]),
                "typed_mentions": tuple(entry["typed_mentions"]),
                "media": tuple(Media(**media) for media in entry["media"]),
                "versions": tuple(entry["versions"]),
            }
        )


@dataclass(frozen=True)
class Message:
    """One direct message between two people."""

    id: str
    sender_id: str
    recipient_id: str
    text: str
    created_at: datetime
    media: tuple[Media, ...] = ()

    @property
    def conversation_id(self) -> str:
        """The two ids, the lower one first."""
        return "-".join(sorted((self.sender_id, self.recipient_id), key=int))

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Message:
        """The message as `to_entry` wrote it."""
        return cls(
            **{
                **entry,
                "created_at": datetime.fromisoformat(entry["created_at"]),
                "media": tuple(Media(**media) for media in entry["media"]),
            }
        )


def to_entry(value: Person | Post | Message) -> dict[str, Any]:
    """The value as plain JSON, for the journal."""
    entry = asdict(value)
    entry["created_at"] = value.created_at.isoformat()
    return entry


def is_handle(text: str) -> bool:
    """Whether X would take this as an account's handle (without the @)."""
    return re.fullmatch(r"\w{1,15}", text, re.ASCII) is not None


#: How far back each list reaches, as the real API documents it.
MENTIONS_DEPTH = 800
TIMELINE_DEPTH = 3200
SEARCH_REACH = timedelta(days=7)
MESSAGES_REACH = timedelta(days=30)
