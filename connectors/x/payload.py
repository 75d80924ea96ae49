"""X's JSON -> posts and authors. Pure, and content with whatever fields a server sends beyond the ids.

X is renaming tweets to posts (`referenced_posts`, `note_post`, `edit_history_post_ids`); both are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cases.posts import AccountId, Author, AuthorId, Media, Post, PostId, Surface
from connectors.x import links, snowflake, texts

Json = Mapping[str, Any]

#: What to ask of a post. No `expansions=author_id`: it would bill each author at ten times the mention.
POST_FIELDS = [
    "attachments",
    "author_id",
    "conversation_id",
    "created_at",
    "edit_history_tweet_ids",
    "entities",
    "in_reply_to_user_id",
    "lang",
    "note_tweet",
    "referenced_tweets",
]
MESSAGE_FIELDS = [
    "attachments",
    "created_at",
    "dm_conversation_id",
    "entities",
    "event_type",
    "id",
    "participant_ids",
    "sender_id",
    "text",
]
MEDIA_FIELDS = ["alt_text", "preview_image_url", "type", "url"]
USER_FIELDS = ["profile_image_url", "public_metrics"]
EXPANSIONS = ["attachments.media_keys"]


def post_of(
    item: Json, media: Iterable[Json], account: AccountId, brand_id: str, received_at: datetime
) -> Post | None:
    """A post, or None for what is none of our business: a retweet, or something without id or author.

    Editing on X makes a new post with a new id, and the history lists all of them. Here it is one post: it
    keeps its first id, under which it can be answered for ever, and its version counts up.
    `received_at` stands in for a time that neither the post nor its id tells.
    """
    number, author_id = _text(item, "id"), _text(item, "author_id")
    references = [
        part for part in _list(item, "referenced_tweets", "referenced_posts") if isinstance(part, dict)
    ]
    kinds = {_text(part, "type"): _text(part, "id") for part in references}
    if not number or not author_id or "retweeted" in kinds:
        return None
    versions = [str(version) for version in _list(item, "edit_history_tweet_ids", "edit_history_post_ids")]
    parent = kinds.get("replied_to") or None
    note = _dict(item, "note_tweet", "note_post")
    whole = note if _text(note, "text") else item
    lang = _text(item, "lang")
    return Post(
        account=account,
        id=PostId(versions[0] if number in versions else number),
        author_id=AuthorId(author_id),
        surface=Surface.PUBLIC,
        text=texts.written(_text(whole, "text"), _urls(item, note)),
        created_at=_time(item, number, received_at),
        root_id=_text(item, "conversation_id") or parent or number,
        parent_id=PostId(parent) if parent else None,
        by_brand=author_id == brand_id,
        media=_media(item, media, show=True),
        url=links.post_url(number),
        lang="" if lang in ("und", "zxx") or lang.startswith("q") else lang,
        version=versions.index(number) + 1 if number in versions else 1,
    )


def message_of(
    item: Json, media: Iterable[Json], account: AccountId, brand_id: str, received_at: datetime
) -> Post | None:
    """A direct message as a private post, or None for other events (people joining or leaving)."""
    number, sender = _text(item, "id"), _text(item, "sender_id")
    if not number or not sender or _text(item, "event_type") not in ("", "MessageCreate"):
        return None
    conversation = _text(item, "dm_conversation_id")
    by_brand = sender == brand_id
    person = _other_side(item, conversation, brand_id) if by_brand else sender
    if not person:
        return None
    return Post(
        account=account,
        id=PostId(number),
        author_id=AuthorId(sender),
        surface=Surface.PRIVATE,
        text=texts.written(_text(item, "text"), _urls(item)),
        created_at=_time(item, number, received_at),
        root_id=f"dm:{person}",
        by_brand=by_brand,
        media=_media(item, media, show=False),
        url=links.conversation_url(conversation),
    )


def author_of(item: Json) -> Author | None:
    """A person, or None without an id."""
    number, handle = _text(item, "id"), _text(item, "username")
    if not number:
        return None
    followers = _dict(item, "public_metrics").get("followers_count")
    return Author(
        network="x",
        id=AuthorId(number),
        handle=handle,
        name=_text(item, "name"),
        avatar_url=_picture(_text(item, "profile_image_url")),
        followers=followers if isinstance(followers, int) else None,
        url=links.person_url(number, handle),
    )


def items_of(found: Json) -> list[Json]:
    """What a list holds, newest first as X gives it; a single thing is a list of one."""
    data = found.get("data")
    every = data if isinstance(data, list) else [data]
    return [item for item in every if isinstance(item, dict)]


def media_of(found: Json) -> list[Json]:
    """The pictures and videos that came along."""
    return [item for item in _list(_dict(found, "includes"), "media") if isinstance(item, dict)]


def time_of(item: Json) -> datetime | None:
    """When it was published, as X says; X knows whole seconds only."""
    try:
        at = datetime.fromisoformat(_text(item, "created_at"))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def first_version(item: Json) -> str:
    """The id under which this was first published."""
    versions = _list(item, "edit_history_tweet_ids", "edit_history_post_ids")
    return str(versions[0]) if versions else _text(item, "id")


def _time(item: Json, number: str, received_at: datetime) -> datetime:
    """X writes whole seconds; the id knows the millisecond, by which posts of one second keep their order."""
    at = time_of(item)
    if at is None:
        return snowflake.confirmed(number, received_at, timedelta(days=365)) or received_at
    exact = snowflake.confirmed(number, at, timedelta(seconds=1))
    return exact if exact is not None and exact.replace(microsecond=0) == at else at


def _media(item: Json, media: Iterable[Json], *, show: bool) -> tuple[Media, ...]:
    """What is attached. A video is shown by its still; what hangs on a message is not public (`show`)."""
    known = {_text(part, "media_key"): part for part in media}
    attached = [known.get(str(key), {}) for key in _list(_dict(item, "attachments"), "media_keys")]
    return tuple(
        Media(
            kind=_text(part, "type") or "photo",
            url=_picture(_text(part, "url") or _text(part, "preview_image_url")) if show else "",
            alt=_text(part, "alt_text"),
        )
        for part in attached
    )


def _urls(*parts: Json) -> list[Json]:
    """The URL entities of a post and of its long form."""
    found = [entity for part in parts for entity in _list(_dict(part, "entities"), "urls")]
    return [entity for entity in found if isinstance(entity, dict)]


def _other_side(item: Json, conversation: str, brand_id: str) -> str:
    """Whom the brand wrote to: X names both sides in the conversation's id, the lower id first."""
    people = {str(person) for person in _list(item, "participant_ids")} or set(conversation.split("-"))
    others = people - {brand_id, ""}
    return others.pop() if len(others) == 1 else ""


#: X shows pictures over https only; a local X, to try and to test with, has its own on this machine.
_PICTURES = ("https://", "http://127.0.0.1:", "http://localhost:")


def _picture(url: str) -> str:
    return url if url.startswith(_PICTURES) else ""


def _text(item: Json, name: str) -> str:
    value = item.get(name)
    return "" if value is None else str(value)


def _list(item: Json, *names: str) -> list[Any]:
    found: Any = next((item[name] for name in names if item.get(name)), [])
    return found if isinstance(found, list) else []


def _dict(item: Json, *names: str) -> Json:
    found: Any = next((item[name] for name in names if item.get(name)), {})
    return found if isinstance(found, dict) else {}
