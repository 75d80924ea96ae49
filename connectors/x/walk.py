"""The newest-first lists of X, read down to where they were read before, however their pages shift meanwhile.

The cursor is only raised when every page down to the old mark was read: an exception midway leaves it, and
the next pull walks again. Three things make the mark safe. A post may appear later than a younger one, so
each pull starts some way below the mark and leaves out what it brought before, and once an hour one starts
further down; what it reads again costs nothing on the same day. An id that cannot be true does not move the
mark. And a list that was empty when the account was connected has no mark at all: X's clock, not ours,
decides what is new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from bot.cases.errors import Invalid, Retry
from connectors.x import payload, texts
from connectors.x.client import XClient
from connectors.x.payload import Json, confirmed, lowest_at, order
from connectors.x.refusals import one_line, words_of

#: How far below the newest item each walk starts: so much later than a younger one may an item appear. In a
#: storm the items read again are `SHALLOW`, at least those of `LEAST_OVERLAP`.
OVERLAP = timedelta(minutes=15)
LEAST_OVERLAP = timedelta(minutes=2)
SHALLOW = 200
#: How far below the newest item a walk starts once in `DEEP_EVERY`; at most `DEEP` items.
DEEP_OVERLAP = timedelta(hours=6)
DEEP_EVERY = timedelta(hours=1)
DEEP = 700
#: So many items are remembered as read, so that they are neither brought nor counted twice.
_REMEMBERED = 1000
#: An id that says that it was given out so much later than now was not.
_AHEAD = timedelta(days=1)
#: How far X's clock may lag behind ours, for a list that was empty when it was first read.
_LAG = timedelta(hours=1)
_PAGES_AT_MOST = 200  # a server whose pages never end must not hold us


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a stream was read."""

    #: When it was first read, by our clock.
    connected: datetime
    #: Nothing up to here is ours; None when the list was empty then.
    floor: str | None = None
    #: The newest id that was read.
    since: str | None = None
    #: Where the next pull starts: some way below `since`.
    start: str | None = None
    #: Where the next deep pull starts, and when the last one was made.
    deep: str | None = None
    deep_at: datetime | None = None
    #: What was read already of the part that is read again, and the UTC day on which X billed it last.
    read: Mapping[str, date] = field(default_factory=dict)
    #: What of it was not read whole, and is brought again as long as it is read again.
    partial: frozenset[str] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        days: dict[str, list[str]] = defaultdict(list)
        for number in sorted(self.read, key=order):
            days[self.read[number].isoformat()].append(number)
        return {
            "connected": self.connected.isoformat(),
            "floor": self.floor,
            "since": self.since,
            "start": self.start,
            "deep": self.deep,
            "deep_at": self.deep_at.isoformat() if self.deep_at else None,
            "read": days,
            "partial": sorted(self.partial, key=order),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Cursor:
        """The cursor that `to_json` wrote, now or in a release that knew one day for all that was read."""
        days, deep_at = value["read"], value.get("deep_at")
        if isinstance(days, list):
            days = {value["day"]: days} if value["day"] else {}
        return cls(
            connected=datetime.fromisoformat(value["connected"]),
            floor=value["floor"],
            since=value["since"],
            start=value["start"],
            deep=value.get("deep"),
            deep_at=datetime.fromisoformat(deep_at) if deep_at else None,
            partial=frozenset(value.get("partial", ())),
            read={number: date.fromisoformat(day) for day, numbers in days.items() for number in numbers},
        )


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page, wanted."""

    size: int
    since: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """One newest-first list of X."""

    #: Returns X's answer to a request.
    read: Callable[[PageRequest], Awaitable[Json]]
    #: The path at X, whose rate limit counts.
    route: str
    #: The kind under which an item read is billed.
    price: str
    page: int = 100
    #: The size of the page that only shows where the list stands now: the smallest that X allows.
    glance: int = 5
    #: How many items X keeps in the list; None where it counts days instead.
    depth: int | None = None
    #: Whether X takes `since_id`. Where it does not, pages begin small, as each item read is billed.
    filters: bool = True


@dataclass(slots=True)
class Batch:
    """What a walk brought. `fresh` runs from old to new; `billed` counts what X charges for."""

    cursor: Cursor
    fresh: list[Json] = field(default_factory=list)
    media: list[Json] = field(default_factory=list)
    complete: bool = True
    billed: int = 0
    #: What stood in the place of an item and has no id to be known by.
    odd: list[Any] = field(default_factory=list)
    #: Ids that were read before and no longer stand where they stood.
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """One page, as it came."""

    items: list[Json]
    media: list[Json]
    #: Asks for the page below; None on the last one.
    token: str | None
    odd: list[Any] = field(default_factory=list)


def page_of(found: Json) -> Page:
    """A page of X's answer. An answer that holds no list, nothing but errors, is no empty one: it raises
    Retry."""
    entries = payload.entries_of(found)
    items = [item for item in payload.items_of(found) if payload.number_of(item.get("id"))]
    odd = [entry for entry in entries if not (isinstance(entry, dict) and payload.number_of(entry.get("id")))]
    meta = found.get("meta")
    if not items and not isinstance(meta, dict) and (found.get("errors") or entries):
        raise Retry(one_line(words_of(dict(found))), timedelta(minutes=5))
    token = texts.text_of(meta, "next_token") if isinstance(meta, dict) else ""
    return Page(items, payload.media_of(found), token or None, odd + _withheld(found, items))


#: How X's problems name what is a post (OpenAPI 2.167, ResourceNotFoundProblem).
_POSTS = frozenset({"tweet", "post"})


def _withheld(found: Json, items: list[Json]) -> list[Json]:
    """Posts of the list itself that X names in its errors instead of showing them. Errors about what a post
    refers to are of no concern here."""
    shown = {payload.number_of(item.get("id")) for item in items}
    return [
        error
        for error in payload.several(found, "errors")
        if isinstance(error, dict)
        and texts.text_of(error, "resource_type") in _POSTS
        and texts.text_of(error, "parameter") in ("", "id", "ids", "data")
        and payload.number_of(error.get("resource_id")) not in shown
    ]


@dataclass(slots=True)
class _Pile:
    """The items of the pages so far, each once, down to `mark`."""

    mark: str | None
    items: dict[str, Json] = field(default_factory=dict)
    media: list[Json] = field(default_factory=list)
    odd: list[Any] = field(default_factory=list)
    complete: bool = True

    def add(self, page: Page) -> None:
        self.items.update((payload.number_of(item.get("id")), item) for item in page.items)
        self.media += page.media
        self.odd += page.odd

    def newest(self, now: datetime) -> str | None:
        """The newest of the ids that can be true."""
        limit = lowest_at(now + _AHEAD)
        return max((each for each in self.items if order(each) < order(limit)), key=order, default=None)


async def read_first(stream: Stream, now: datetime) -> Batch:
    """Where the list stands now, and nothing of what it holds."""
    pile = _Pile(None)
    pile.add(page_of(await stream.read(PageRequest(stream.glance))))
    newest = pile.newest(now)
    read = dict.fromkeys(pile.items, now.date())
    cursor = Cursor(now, newest, newest, newest, newest, now, read)
    return Batch(cursor, billed=len(pile.items))


async def read_since(stream: Stream, cursor: Cursor, now: datetime) -> Batch:
    """What is in the list since `cursor`."""
    # Also after a clock was put back.
    was_deep = cursor.deep_at is not None and cursor.deep_at <= now < cursor.deep_at + DEEP_EVERY
    is_deep = cursor.deep is not None and not was_deep
    pile = await _pile(stream, cursor, cursor.deep if is_deep else cursor.start)
    items = sorted(pile.items.items(), key=lambda entry: order(entry[0]))
    brought = cursor.read.keys() - cursor.partial
    fresh = [item for number, item in items if number not in brought and _is_new(item, cursor, pile.mark)]
    missing = _missing(cursor, pile) if stream.filters else []
    return Batch(
        _raised(replace(cursor, deep_at=now) if is_deep else cursor, stream, pile, missing, now),
        fresh,
        pile.media,
        pile.complete,
        sum(cursor.read.get(number) != now.date() for number in pile.items),
        pile.odd,
        missing,
    )


async def _pile(stream: Stream, cursor: Cursor, mark: str | None) -> _Pile:
    """Every page down to the mark."""
    try:
        return await _walk(stream, cursor, mark, mark if stream.filters else None)
    except Invalid as refusal:
        if mark is None or "since_id" not in refusal.detail:
            raise
    # Too old a mark for this server: its pages are read down to it instead.
    return await _walk(stream, cursor, mark, None)


async def _walk(stream: Stream, cursor: Cursor, mark: str | None, since: str | None) -> _Pile:
    pile = _Pile(mark)
    tokens: set[str] = set()
    token: str | None = None
    size, asked = stream.page if since else stream.glance, 0
    while True:
        asked += size
        page = page_of(await stream.read(PageRequest(size, since, token)))
        pile.add(page)
        last = page.items[-1] if page.items else None
        if last is not None and mark is not None and order(payload.number_of(last.get("id"))) <= order(mark):
            return pile
        if last is not None and mark is None and not _is_new(last, cursor, mark):
            return pile
        token = page.token
        if token is None or token in tokens or len(tokens) >= _PAGES_AT_MOST:
            # X leaves out what is deleted or suspended after it has counted: fewer come than were asked for.
            deep = stream.depth is not None and asked >= stream.depth
            # In a storm the part read again is deeper than the list: what was read before ends it too.
            met = not cursor.read.keys().isdisjoint(pile.items)
            pile.complete = met or (token is None and not deep)
            return pile
        tokens.add(token)
        size = min(2 * size, stream.page)


def _is_new(item: Json, cursor: Cursor, mark: str | None) -> bool:
    """Whether an item is younger than the connection, and than the part that is not read again."""
    if mark is None:
        at = payload.time_of(item)
        return at is None or at >= cursor.connected - _LAG
    is_above = order(payload.number_of(item.get("id"))) > order(mark)
    return is_above and order(payload.versions_of(item)[0]) > order(cursor.floor or "")


def _missing(cursor: Cursor, pile: _Pile) -> list[str]:
    """What was read before and is not in the part that was read again, in no version."""
    if pile.mark is None:
        return []
    shown = {*pile.items, *(payload.versions_of(item)[0] for item in pile.items.values())}
    lowest = min(pile.items, key=order, default=None)
    reached = pile.mark if pile.complete or lowest is None else max(pile.mark, lowest, key=order)
    return [each for each in cursor.read if order(each) > order(reached) and each not in shown]


def _raised(cursor: Cursor, stream: Stream, pile: _Pile, missing: list[str], now: datetime) -> Cursor:
    """The cursor after a walk that reached the old one."""
    read = {**cursor.read, **dict.fromkeys(pile.items, now.date())}
    for number in missing:
        del read[number]
    newest = pile.newest(now)
    if newest is not None and (cursor.since is None or order(newest) > order(cursor.since)):
        item, floor = pile.items[newest], cursor.floor or ""
        start = _start(newest, item, read, floor, OVERLAP, SHALLOW)
        deep = _start(newest, item, read, floor, DEEP_OVERLAP, DEEP)
        cursor = replace(cursor, since=newest, start=start, deep=deep)
    every = sorted(read, key=order, reverse=True)[:_REMEMBERED]
    bottom = order(cursor.deep or cursor.start or "")
    glance = set() if stream.filters else set(every[: stream.glance])
    kept = {
        number: read[number]
        for number in every
        if (cursor.start is not None and order(number) > bottom)
        or read[number] == now.date()
        or number in glance
    }
    return replace(cursor, read=kept, partial=frozenset())


def _start(newest: str, item: Json, read: Iterable[str], floor: str, overlap: timedelta, most: int) -> str:
    """The id below which a walk need not go: so far below the newest one, with at most so many above it.
    Where ids do not carry their time, only these are counted."""
    known = sorted(read, key=order, reverse=True)
    crowded = known[most] if len(known) > most else floor
    at = payload.time_of(item)
    if at is None or confirmed(newest, at, timedelta(seconds=2)) is None:
        return max(crowded, floor, key=order) or newest
    far, near = lowest_at(at - overlap), lowest_at(at - LEAST_OVERLAP)
    return max(min(max(far, crowded, key=order), near, key=order), floor, key=order)


#: What every read of posts asks for.
POSTS: Mapping[str, Any] = {
    "tweet_fields": payload.POST_FIELDS,
    "media_fields": payload.MEDIA_FIELDS,
    "expansions": payload.EXPANSIONS,
}


def mentions(client: XClient, brand_id: str) -> Stream:
    """Posts that mention the brand; the most recent 800 (X API, "User mention timeline")."""
    read = partial(_read, client.get_users_mentions, {"id": brand_id, **POSTS})
    return Stream(read, route=f"/2/users/{brand_id}/mentions", price="mention_read", depth=800)


def own(client: XClient, brand_id: str) -> Stream:
    """The brand's own posts, replies included, by whatever means they were published; the most recent 3,200
    (X API, "User Post timeline")."""
    read = partial(_read, client.get_users_tweets, {"id": brand_id, **POSTS})
    return Stream(read, route=f"/2/users/{brand_id}/tweets", price="own_read", depth=3200)


def messages(client: XClient) -> Stream:
    """The brand's direct messages of the last 30 days, in both directions."""
    fields = {
        "dm_event_fields": payload.MESSAGE_FIELDS,
        "media_fields": payload.MEDIA_FIELDS,
        "expansions": payload.EXPANSIONS,
    }
    read = partial(_read, client.get_direct_message_events, fields)
    return Stream(read, route="/2/dm_events", price="dm_read", filters=False)


async def _read(method: Callable[..., Awaitable[Json]], given: Mapping[str, Any], ask: PageRequest) -> Json:
    """X's answer to a request for one page, by one of tweepy's methods."""
    page = {"max_results": ask.size, "since_id": ask.since, "pagination_token": ask.token}
    return await method(**given, **{name: value for name, value in page.items() if value is not None})
