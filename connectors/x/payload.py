"""X's JSON -> posts and authors; its ids and their order. Pure. Only the ids are needed: a field that is not
there, or of another shape, counts as empty.

X is renaming tweets to posts (`referenced_posts`, `note_post`, `edit_history_post_ids`); both are read.
An id is an opaque string that can be ordered. X's own carry the millisecond in which they were given out, but
a server that only speaks X's language may number otherwise. So an instant is read from an id only where
something else confirms it.
None is returned only for what is certainly none of our business. What should be a post and cannot be read as
one raises `Unreadable`: somebody must hear of it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from bot.cases.posts import Absence, AccountId, Author, AuthorId, Media, Post, PostId, Unread, somebody
from connectors.x import texts
from connectors.x.texts import text_of

#: Who can read something on X: everybody, or who is in the conversation.
PUBLIC, MESSAGE = "public", "dm"
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
    "referenced_tweets",
    "sender_id",
    "text",
]
MEDIA_FIELDS = ["alt_text", "preview_image_url", "type", "url"]
USER_FIELDS = ["profile_image_url", "public_metrics"]
EXPANSIONS = ["attachments.media_keys"]


class Unreadable(ValueError):
    """X sent something in the place of a post that cannot be read as one; the message says why."""


def post_of(
    item: Json,
    media: Iterable[Json],
    account: AccountId,
    brand_id: str,
    received_at: datetime,
    unnamed: str = "",
) -> Post | None:
    """A post, or None for a retweet. Raises `Unreadable` where there is no id.

    Editing on X makes a new post with a new id, and the history lists all of them. Here it is one post: it
    keeps its first id, under which it can be answered for ever, and its version counts up.
    Where X does not say who wrote it, it is of `unnamed`; with "" of somebody, who has this post alone.
    `received_at` stands in for a time that neither the post nor its id tells, or that cannot be true.
    """
    number = number_of(item.get("id"))
    if not number:
        raise Unreadable("it has no id")
    parts = [
        each for each in several(item, "referenced_tweets", "referenced_posts") if isinstance(each, dict)
    ]
    kinds = {text_of(each, "type"): number_of(each.get("id")) for each in parts}
    if "retweeted" in kinds:
        return None
    versions = versions_of(item)
    first = PostId(versions[0] if number in versions else number)
    author_id = AuthorId(number_of(item.get("author_id")) or unnamed) or somebody(first)
    parent, quotes = kinds.get("replied_to") or None, kinds.get("quoted") or None
    note = part(item, "note_tweet", "note_post")
    whole = note if text_of(note, "text") else item
    lang = text_of(item, "lang", 20)
    return Post(
        account=account,
        id=first,
        author_id=author_id,
        visibility=PUBLIC,
        text=texts.written(text_of(whole, "text"), _urls(item, note)),
        created_at=_time(item, number, received_at),
        root_id=number_of(item.get("conversation_id")) or parent or number,
        parent_id=PostId(parent) if parent else None,
        by_brand=author_id == brand_id,
        media=_media(item, media, show=True),
        url=texts.post_url(number),
        lang="" if lang in ("und", "zxx") or lang.startswith("q") else lang,
        version=versions.index(number) + 1 if number in versions else 1,
        quotes_id=PostId(quotes) if quotes else None,
    )


def message_of(
    item: Json,
    media: Iterable[Json],
    account: AccountId,
    brand_id: str,
    received_at: datetime,
) -> Post | None:
    """A direct message as a private post, or None for other events: people who join or leave, and what the
    brand wrote to several people at once, which answers nobody in particular. Raises `Unreadable` where there
    is no id or no sender: without one nobody can tell whether it came in or went out."""
    number, sender = number_of(item.get("id")), number_of(item.get("sender_id"))
    says_something = item.get("text") or item.get("attachments")
    if text_of(item, "event_type") not in ("", "MessageCreate") and not says_something:
        return None
    if not number:
        raise Unreadable("it has no id")
    if not sender:
        raise Unreadable("X does not say who sent it")
    conversation = _conversation(item)
    by_brand = sender == brand_id
    person = _other_side(item, conversation, brand_id) if by_brand else sender
    if not person:
        return None
    return Post(
        account=account,
        id=PostId(number),
        author_id=AuthorId(sender),
        visibility=MESSAGE,
        text=texts.written(text_of(item, "text"), _urls(item)),
        created_at=_time(item, number, received_at),
        root_id=f"dm:{person}",
        by_brand=by_brand,
        media=_media(item, media, show=False),
        url=texts.conversation_url(conversation),
        quotes_id=_passed_on(item),
    )


def _passed_on(item: Json) -> PostId | None:
    """The post that a message passes on."""
    parts = several(item, "referenced_tweets", "referenced_posts")
    numbers = (number_of(each.get("id")) for each in parts if isinstance(each, dict))
    return next((PostId(number) for number in numbers if number), None)


def absences_of(found: Json) -> dict[str, Absence]:
    """What X says not to show of what it was asked for by id, in `errors` beside what it shows. A post that
    is not found was deleted; that of a suspended or protected account is not for us to see."""
    absences = {}
    for error in several(found, "errors"):
        if not isinstance(error, dict) or text_of(error, "parameter") not in ("id", "ids"):
            continue
        number = number_of(error.get("resource_id")) or number_of(error.get("value"))
        words = (text_of(error, "type"), text_of(error, "title"))
        has_run_out = any("resource-not-found" in each or each == "Not Found Error" for each in words)
        if number:
            absences[number] = Absence.DELETED if has_run_out else Absence.HIDDEN
    return absences


def author_of(item: Json) -> Author | None:
    """A person, or None without an id."""
    number, handle = number_of(item.get("id")), text_of(item, "username", 50)
    if not number:
        return None
    return Author(
        network="x",
        id=AuthorId(number),
        handle=handle,
        name=text_of(item, "name", _NAME),
        avatar_url=_picture(text_of(item, "profile_image_url", _ADDRESS)),
        followers=count(part(item, "public_metrics").get("followers_count")),
        url=texts.person_url(number, handle),
    )


def items_of(found: Json) -> list[Json]:
    """What a list holds, newest first as X gives it; a single thing is a list of one."""
    return [item for item in entries_of(found) if isinstance(item, dict)]


def entries_of(found: Json) -> list[Any]:
    """The same with whatever stands among it that is no object."""
    data = found.get("data")
    return data if isinstance(data, list) else [data] if data is not None else []


def media_of(found: Json) -> list[Json]:
    """The pictures and videos that came along. A page has a hundred posts with some of them each."""
    every = part(found, "includes").get("media")
    return [item for item in every if isinstance(item, dict)] if isinstance(every, list) else []


def time_of(item: Json) -> datetime | None:
    """When it was published, as X says, in whole seconds. None for what cannot be true of a post."""
    try:
        at = datetime.fromisoformat(text_of(item, "created_at", 50))
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return at if _FIRST_YEAR <= at.year < _LAST_YEAR else None


def versions_of(item: Json) -> list[str]:
    """The ids of all versions of a post, oldest first; its own id, which may be "", where X lists none."""
    every = several(item, "edit_history_tweet_ids", "edit_history_post_ids")
    return list(filter(None, map(number_of, every))) or [number_of(item.get("id"))]


#: X began in 2006. The ids that it gives run out in 2080.
_FIRST_YEAR, _LAST_YEAR = 2006, 2080
#: How far X may be ahead of the clock; what is dated later was not.
_AHEAD = timedelta(days=1)
#: No name, address or description at X is longer.
_NAME, _ADDRESS, _ALT = 200, 4000, 1000


def _time(item: Json, number: str, received_at: datetime) -> datetime:
    """X writes whole seconds; the id knows the millisecond, by which posts of one second keep their order."""
    at = time_of(item)
    if at is None or at > received_at + _AHEAD:
        return confirmed(number, received_at, timedelta(days=365)) or received_at
    exact = confirmed(number, at, timedelta(seconds=1))
    return exact if exact is not None and exact.replace(microsecond=0) == at else at


def _media(item: Json, media: Iterable[Json], *, show: bool) -> tuple[Media, ...]:
    """What is attached. A video is shown by its still; what hangs on a message is not public (`show`)."""
    attached = several(part(item, "attachments"), "media_keys")
    if not attached:
        return ()
    known = {text_of(each, "media_key"): each for each in media}
    shown = [known.get(str(key), {}) for key in attached]
    urls = [text_of(each, "url", _ADDRESS) or text_of(each, "preview_image_url", _ADDRESS) for each in shown]
    return tuple(
        Media(
            kind=text_of(each, "type", _NAME) or "photo",
            url=_picture(url) if show else "",
            alt=text_of(each, "alt_text", _ALT),
        )
        for each, url in zip(shown, urls, strict=True)
    )


def _urls(*parts: Json) -> list[Json]:
    """The URL entities of a post and of its long form."""
    found = [entity for each in parts for entity in several(part(each, "entities"), "urls")]
    return [entity for entity in found if isinstance(entity, dict)]


def _conversation(item: Json) -> str:
    """The id of a talk: of its own, or those of both people (OpenAPI 2.167, DmConversationId)."""
    found = text_of(item, "dm_conversation_id", 50)
    return found if re.fullmatch(r"[0-9]{1,19}(-[0-9]{1,19})?", found) else ""


def _other_side(item: Json, conversation: str, brand_id: str) -> str:
    """Whom the brand wrote to: X names both sides in the conversation's id, the lower id first."""
    people = set(map(number_of, several(item, "participant_ids")))
    others = (people or set(conversation.split("-"))) - {brand_id, ""}
    return others.pop() if len(others) == 1 else ""


#: X shows pictures over https only; a local X, to try and to test with, has its own on this machine.
_PICTURES = ("https://", "http://127.0.0.1:", "http://localhost:")


def _picture(url: str) -> str:
    return url if url.startswith(_PICTURES) else ""


Json = Mapping[str, Any]

#: What X calls an id: "^[0-9]{1,19}$" (OpenAPI description 2.167, TweetId, UserId, DmEventId).
_ID = re.compile(r"[0-9]{1,19}")
#: No list of a post, its links, its pictures or its versions, is longer.
LONGEST_LIST = 200
#: The whole numbers that both databases hold.
_COUNT = 2**63


def number_of(value: object) -> str:
    """An id of X; "" for what cannot be one."""
    found = str(value) if type(value) is int and 0 <= value < 10**19 else value
    return found if isinstance(found, str) and _ID.fullmatch(found) else ""


#: The instant that X's ids count from, in milliseconds (twitter-archive/snowflake, IdWorker.scala: twepoch).
_EPOCH = datetime.fromtimestamp(1_288_834_974_657 / 1000, UTC)
_MILLISECOND = timedelta(milliseconds=1)


def order(number: str) -> tuple[int, str]:
    """Sorts ids by age: a longer number is a higher one."""
    return len(number), number


def instant(number: str) -> datetime | None:
    """The instant an id carries, if it is one of X's; None for what cannot be one."""
    if not (number.isascii() and number.isdecimal() and len(number) <= 19):
        return None
    return _EPOCH + (int(number) >> 22) * _MILLISECOND


def confirmed(number: str, near: datetime, within: timedelta) -> datetime | None:
    """The instant an id carries, when it lies within so much of an instant known otherwise."""
    at = instant(number)
    return at if at is not None and abs(at - near) <= within else None


def lowest_at(at: datetime) -> str:
    """The lowest id of that millisecond."""
    return str(max((at - _EPOCH) // _MILLISECOND, 0) << 22)


def count(value: object) -> int | None:
    """How many; None for what is no number that can be kept."""
    return value if type(value) is int and 0 <= value < _COUNT else None


def several(item: Json, *names: str) -> list[Any]:
    """The list under the first of `names` that holds something."""
    found: Any = next((item[name] for name in names if item.get(name)), [])
    return found[:LONGEST_LIST] if isinstance(found, list) else []


def part(item: Json, *names: str) -> Json:
    """The object under the first of `names` that holds something."""
    found: Any = next((item[name] for name in names if item.get(name)), {})
    return found if isinstance(found, dict) else {}


log = logging.getLogger(__name__)

#: So much of it is kept.
_RAW = 16_000


def parsed(
    items: Iterable[Json], parse: Callable[[Json], Post | None], *, private: bool = False
) -> tuple[list[Post], list[Unread]]:
    """The posts among these items, and what should have been one; each item by itself."""
    posts: list[Post] = []
    unread: list[Unread] = []
    for item in items:
        try:
            post = parse(item)
        except Unreadable as reason:
            unread.append(unread_of(item, str(reason), private=private))
        except Exception as fault:
            # Whatever it holds that nobody thought of: the others are read all the same.
            log.exception("A post could not be read", extra={"action": "post_unread"})
            unread.append(unread_of(item, type(fault).__name__, private=private))
        else:
            posts += [post] if post else []
    return posts, unread


def unread_of(entry: Any, why: str, *, private: bool) -> Unread:
    """One entry of a list that could not be read."""
    try:
        raw = json.dumps(entry, sort_keys=True)[:_RAW]
    except (TypeError, ValueError, RecursionError):
        raw = ""
    known = entry if isinstance(entry, dict) else {}
    number = number_of(known.get("id")) or number_of(known.get("resource_id"))
    return Unread(
        key=number or sha256(raw.encode()).hexdigest()[:16],
        why=why,
        raw=raw,
        url=texts.post_url(number) if number and not private else texts.list_url(private=private),
    )
