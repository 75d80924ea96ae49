"""Reading a newest-first list down to where it was read before, however its pages shift meanwhile.

The cursor is only raised when every page down to the old mark was read: an exception midway leaves it, and
the next pull walks again. Two things make the mark safe. A post may appear a little later than a younger one,
so each pull starts some minutes below the mark and leaves out what it brought before. And a list that was
empty when the account was connected has no mark at all: X's clock, not ours, decides what is new.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.cases.errors import Invalid, Retry
from connectors.x import payload, snowflake
from connectors.x.payload import Json
from connectors.x.refusals import one_line, words_of
from connectors.x.snowflake import order

OVERLAP = timedelta(minutes=2)
#: How far X's clock may lag behind ours, for a list that was empty when it was first read.
_LAG = timedelta(hours=1)
_PAGES_AT_MOST = 200  # a server whose pages never end must not hold us


@dataclass(frozen=True, slots=True)
class Ask:
    """One page, wanted."""

    size: int
    since: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """One newest-first list of X."""

    #: Returns X's answer to an Ask.
    read: Callable[[Ask], Awaitable[Json]]
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


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a stream was read."""

    #: When it was first read, by our clock.
    connected: datetime
    #: Nothing up to here is ours; None when the list was empty then.
    floor: str | None = None
    #: The newest id that was read.
    since: str | None = None
    #: Where the next pull starts: a little below `since`.
    start: str | None = None
    #: What was read already of the part that is read again, and the UTC day on which X billed it.
    read: frozenset[str] = frozenset()
    day: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "connected": self.connected.isoformat(),
            "floor": self.floor,
            "since": self.since,
            "start": self.start,
            "read": sorted(self.read, key=order),
            "day": self.day.isoformat() if self.day else None,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Cursor:
        """The cursor that `to_json` wrote."""
        return cls(
            connected=datetime.fromisoformat(value["connected"]),
            floor=value["floor"],
            since=value["since"],
            start=value["start"],
            read=frozenset(value["read"]),
            day=date.fromisoformat(value["day"]) if value["day"] else None,
        )


@dataclass(slots=True)
class Harvest:
    """What a walk brought. `fresh` runs from old to new; `billed` counts what X charges for."""

    cursor: Cursor
    fresh: list[Json] = field(default_factory=list)
    media: list[Json] = field(default_factory=list)
    complete: bool = True
    billed: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One page, as it came."""

    items: list[Json]
    media: list[Json]
    #: Asks for the page below; None on the last one.
    token: str | None


def page_of(found: Json) -> Listed:
    """A page of X's answer. An answer that holds nothing but errors is no empty list: it raises Retry."""
    items = [item for item in payload.items_of(found) if item.get("id")]
    meta = found.get("meta")
    if found.get("errors") and not items and not isinstance(meta, dict):
        raise Retry(one_line(words_of(dict(found))), timedelta(minutes=5))
    token = str(meta.get("next_token") or "") if isinstance(meta, dict) else ""
    return Listed(items, payload.media_of(found), token or None)


@dataclass(slots=True)
class _Pile:
    """The items of the pages so far, each once."""

    items: dict[str, Json] = field(default_factory=dict)
    media: list[Json] = field(default_factory=list)
    complete: bool = True

    def add(self, page: Listed) -> None:
        self.items.update((str(item["id"]), item) for item in page.items)
        self.media += page.media


async def first(stream: Stream, now: datetime) -> Harvest:
    """Where the list stands now, and nothing of what it holds."""
    pile = _Pile()
    pile.add(page_of(await stream.read(Ask(stream.glance))))
    newest = max(pile.items, key=order, default=None)
    cursor = Cursor(now, newest, newest, newest, frozenset(pile.items), now.date())
    return Harvest(cursor, billed=len(pile.items))


async def onward(stream: Stream, cursor: Cursor, now: datetime) -> Harvest:
    """What is in the list since `cursor`."""
    pile = await _pile(stream, cursor)
    items = sorted(pile.items.items(), key=lambda entry: order(entry[0]))
    fresh = [item for number, item in items if number not in cursor.read and _is_new(item, cursor)]
    known = cursor.read if cursor.day == now.date() else frozenset()
    billed = len(pile.items.keys() - known)
    return Harvest(_raised(cursor, stream, pile, now), fresh, pile.media, pile.complete, billed)


async def _pile(stream: Stream, cursor: Cursor) -> _Pile:
    """Every page down to the cursor."""
    try:
        return await _walk(stream, cursor, cursor.start if stream.filters else None)
    except Invalid as refusal:
        if cursor.start is None or "since_id" not in refusal.detail:
            raise
    # Too old a mark for this server: its pages are read down to it instead.
    return await _walk(stream, cursor, None)


async def _walk(stream: Stream, cursor: Cursor, since: str | None) -> _Pile:
    pile = _Pile()
    tokens: set[str] = set()
    token: str | None = None
    size, asked = stream.page if since else stream.glance, 0
    while True:
        asked += size
        page = page_of(await stream.read(Ask(size, since, token)))
        pile.add(page)
        if _is_reached(page.items, cursor):
            return pile
        token = page.token
        if token is None or token in tokens or len(tokens) >= _PAGES_AT_MOST:
            # X leaves out what is deleted or suspended after it has counted: fewer come than were asked for.
            deep = stream.depth is not None and asked >= stream.depth
            # In a storm the part read again is deeper than the list: what was read before ends it too.
            met = not cursor.read.isdisjoint(pile.items)
            pile.complete = met or (token is None and not deep)
            return pile
        tokens.add(token)
        size = min(2 * size, stream.page)


def _is_reached(page: list[Json], cursor: Cursor) -> bool:
    """Whether a page holds something that an earlier pull must have seen."""
    if cursor.start is not None:
        return any(order(str(item["id"])) <= order(cursor.start) for item in page)
    return any(not _is_new(item, cursor) for item in page)


def _is_new(item: Json, cursor: Cursor) -> bool:
    """Whether an item is younger than the connection, and than the part that is no longer read again."""
    if cursor.start is None:
        at = payload.time_of(item)
        return at is None or at >= cursor.connected - _LAG
    mark = cursor.floor or ""
    return order(str(item["id"])) > order(cursor.start) and order(payload.first_version(item)) > order(mark)


def _raised(cursor: Cursor, stream: Stream, pile: _Pile, now: datetime) -> Cursor:
    """The cursor after a walk that reached the old one."""
    newest = max(pile.items, key=order, default=None)
    if newest is not None and (cursor.since is None or order(newest) > order(cursor.since)):
        start = _start(newest, pile.items[newest], cursor)
        cursor = replace(cursor, since=newest, start=start)
    every = cursor.read | pile.items.keys()
    again = {number for number in every if cursor.start is not None and order(number) > order(cursor.start)}
    if not stream.filters:
        again |= set(sorted(every, key=order)[-stream.glance :])
    return replace(cursor, read=frozenset(again), day=now.date())


def _start(newest: str, item: Json, cursor: Cursor) -> str:
    """The id some minutes below the newest one; the newest itself where ids do not carry their time."""
    at = payload.time_of(item)
    if at is None or snowflake.confirmed(newest, at, timedelta(seconds=2)) is None:
        return newest
    return max(snowflake.lowest_at(at - OVERLAP), cursor.floor or "", key=order)
