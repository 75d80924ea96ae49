"""Posts as the networks give them: who wrote what, when, under what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

AccountId = NewType("AccountId", str)  #: the name of an account in app.yaml
AuthorId = NewType("AuthorId", str)  #: the network's stable id of a person, never the handle
PostId = NewType("PostId", str)  #: the network's id of a post; an opaque string


#: In front of a post's id, where its author would be named.
_SOMEBODY = "post:"


def somebody(post_id: PostId) -> AuthorId:
    """Stands for the author of a post that the network did not name. It is nobody else's: what else the same
    person wrote cannot be known."""
    return AuthorId(f"{_SOMEBODY}{post_id}")


def is_somebody(author_id: AuthorId) -> bool:
    """Whether this stands for an author whom the network did not name."""
    return author_id.startswith(_SOMEBODY)


class Surface(StrEnum):
    """Where a post can be read, in the two kinds that the house knows. Each network has more names for it
    (`Post.visibility`), and declares which kind each of them is."""

    PUBLIC = "public"
    PRIVATE = "private"


class Standing(StrEnum):
    """What is known of somebody who posts."""

    KNOWN = "known"
    #: The network was not heard about them yet; it is asked again until it was.
    UNKNOWN = "unknown"
    GONE = "gone"
    SUSPENDED = "suspended"


class Absence(StrEnum):
    """Why a post is no longer shown, as far as the network says."""

    #: It is not there any more: its author deleted it, or the account.
    DELETED = "deleted"
    #: It is there, and not for us: the account is protected or suspended, or the network keeps it back.
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who posts. Only `id` is stable; every other field is hostile text from outside."""

    network: str
    id: AuthorId
    #: Without the leading @; empty when the network would not say (gone, private).
    handle: str = ""
    name: str = ""
    avatar_url: str = ""
    followers: int | None = None
    #: The author's page on the network, https only; empty when unknown.
    url: str = ""
    standing: Standing = Standing.KNOWN


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or video of a post. `url` is public, https (http on this machine only), or empty."""

    kind: str
    url: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A post that a mention answers or quotes, shown for context only."""

    id: PostId
    author_handle: str
    text: str
    url: str = ""
    #: Set where the network would not show it; then the text is empty.
    absence: Absence | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One post on a network, by a person (a mention) or by the brand itself.

    `text` is plain text exactly as written, entities of the network's transport decoded. `created_at` is the
    network's time, aware, UTC. `root_id` names the conversation on the network and is never empty: a post
    that answers nothing is its own root; a direct message has the root "dm:<author id>".
    """

    account: AccountId
    id: PostId
    author_id: AuthorId
    #: Who can read it, as the network calls it; one of those that its connector declares.
    visibility: str
    text: str
    created_at: datetime
    root_id: str
    parent_id: PostId | None = None
    by_brand: bool = False
    media: tuple[Media, ...] = ()
    url: str = ""
    lang: str = ""
    #: Raised by the network when a post is edited under the same id.
    version: int = 1
    quoted: Quoted | None = None
    #: The post that this one shows within itself, and what it says; None until that was looked up.
    quotes_id: PostId | None = None
    quotes: Quoted | None = None
    #: Set once the network no longer shows it. Nothing of what a deleted one said is kept.
    absence: Absence | None = None
    #: What `visibility` means, set when the post is taken in; until then nothing is public.
    surface: Surface = Surface.PRIVATE
    #: Row number in the record, rising with arrival; 0 before it is stored.
    number: int = 0

    def emptied(self) -> Post:
        """The same post without what it said and showed: it was deleted."""
        return replace(
            self,
            text="",
            media=(),
            lang="",
            quoted=self.quoted and replace(self.quoted, text=""),
            quotes=self.quotes and replace(self.quotes, text=""),
            absence=Absence.DELETED,
        )


@dataclass(frozen=True, slots=True)
class Unread:
    """What a network gave in the place of a post and nobody could read: kept as it came, and told."""

    #: Names it on its account: the network's id, or a digest of what came where it has none.
    key: str
    #: What was wrong, for the operator.
    why: str
    #: As it came, its end left out where it is long.
    raw: str
    #: Where a person may see it.
    url: str
