"""A newest-first list is read down to where it was read before, whatever its server does meanwhile."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cases.errors import Invalid, Retry
from connectors.x import walk
from connectors.x.payload import lowest_at, order
from connectors.x.walk import Batch, Cursor, PageRequest, Stream

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Shelf:
    """A list as a server keeps it, newest first, in pages of at most `page`."""

    def __init__(self, page: int = 2) -> None:
        self.items: list[dict[str, Any]] = []
        self.page = page
        self.asked: list[PageRequest] = []
        #: What the server counts and does not show: posts that were deleted, and those of suspended people.
        self.hidden: set[str] = set()
        #: The server takes since_id but does not look at it.
        self.deaf = False
        #: The server refuses a since_id.
        self.refuses_since = False
        #: After so many answers the next one fails.
        self.fails_after: int | None = None
        #: Written while somebody is between two pages.
        self.meanwhile: list[dict[str, Any]] = []

    def put(self, at: datetime = NOW, number: str | None = None, **more: Any) -> str:
        """A new item; its id is one of X's unless given."""
        number = number or lowest_at(at)
        stamp = at.replace(microsecond=0).isoformat().replace("+00:00", ".000Z")
        self.items.append({"id": number, "created_at": stamp, **more})
        self.items.sort(key=lambda item: order(item["id"]), reverse=True)
        return number

    async def read(self, ask: PageRequest) -> dict[str, Any]:
        """One page, as X answers."""
        if self.fails_after is not None and len(self.asked) >= self.fails_after:
            self.fails_after = None
            raise Retry("down")
        self.asked.append(ask)
        if ask.since and self.refuses_since:
            raise Invalid("refused", "'since_id' must be a tweet id created after [2026-11-13T09:00Z]")
        start = int(ask.token) if ask.token else 0
        wanted = [
            item for item in self.items if not ask.since or self.deaf or order(item["id"]) > order(ask.since)
        ]
        size = min(self.page, ask.size)
        meta = {"next_token": str(start + size)} if len(wanted) > start + size else {}
        shown = [item for item in wanted[start : start + size] if item["id"] not in self.hidden]
        answer = {"data": shown, "meta": meta}
        self.items[:0] = self.meanwhile
        self.meanwhile = []
        return answer

    def stream(self, *, depth: int | None = 800, filters: bool = True, page: int = 100) -> Stream:
        """The list as a stream."""
        return Stream(self.read, route="/list", price="read", page=page, depth=depth, filters=filters)


def ids(harvest: Batch) -> list[str]:
    return [item["id"] for item in harvest.fresh]


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def cursor(shelf: Shelf) -> Cursor:
    """Where a list stands that held one item when it was connected."""
    shelf.put(at(-600))
    return (await walk.read_first(shelf.stream(), NOW)).cursor


async def test_all_pages_are_walked_and_turned_from_old_to_new(shelf: Shelf, cursor: Cursor) -> None:
    put = [shelf.put(at(second)) for second in range(7)]

    assert ids(await walk.read_since(shelf.stream(), cursor, at(60))) == put


async def test_a_failure_midway_leaves_the_mark_and_the_next_walk_brings_everything(
    shelf: Shelf, cursor: Cursor
) -> None:
    put = [shelf.put(at(second)) for second in range(5)]
    shelf.fails_after = len(shelf.asked) + 1
    with pytest.raises(Retry):
        await walk.read_since(shelf.stream(), cursor, at(60))

    assert ids(await walk.read_since(shelf.stream(), cursor, at(60))) == put


async def test_pages_that_shift_while_they_are_read_bring_each_item_once(
    shelf: Shelf, cursor: Cursor
) -> None:
    put = [shelf.put(at(second)) for second in range(4)]
    shelf.meanwhile = [{"id": lowest_at(at(50)), "created_at": "2026-11-20T09:00:50.000Z"}]

    assert ids(await walk.read_since(shelf.stream(), cursor, at(60))) == put


async def test_what_came_while_pages_were_read_is_brought_next(shelf: Shelf, cursor: Cursor) -> None:
    for second in range(4):
        shelf.put(at(second))
    late = lowest_at(at(50))
    shelf.meanwhile = [{"id": late, "created_at": "2026-11-20T09:00:50.000Z"}]
    harvest = await walk.read_since(shelf.stream(), cursor, at(60))

    assert ids(await walk.read_since(shelf.stream(), harvest.cursor, at(120))) == [late]


async def test_an_item_that_appears_later_than_a_younger_one_is_brought(shelf: Shelf, cursor: Cursor) -> None:
    shelf.put(at(60))
    harvest = await walk.read_since(shelf.stream(), cursor, at(61))
    late = shelf.put(at(30))

    assert ids(await walk.read_since(shelf.stream(), harvest.cursor, at(90))) == [late]


async def test_an_item_older_than_the_connection_is_not_brought_when_it_appears_late(
    shelf: Shelf, cursor: Cursor
) -> None:
    shelf.put(at(-590))
    harvest = await walk.read_since(shelf.stream(), cursor, at(1))
    shelf.put(at(-601))

    assert ids(await walk.read_since(shelf.stream(), harvest.cursor, at(90))) == []


async def test_what_is_read_again_is_not_billed_again_on_the_same_day(shelf: Shelf, cursor: Cursor) -> None:
    shelf.put(at(60))
    harvest = await walk.read_since(shelf.stream(), cursor, at(61))
    again = await walk.read_since(shelf.stream(), harvest.cursor, at(120))

    assert (harvest.billed, again.billed) == (1, 0)


async def test_what_is_read_again_is_billed_again_on_the_next_day(shelf: Shelf, cursor: Cursor) -> None:
    shelf.put(at(60))
    harvest = await walk.read_since(shelf.stream(), cursor, at(61))
    again = await walk.read_since(shelf.stream(), harvest.cursor, at(61) + timedelta(days=1))

    assert again.billed == 1


async def test_the_depth_of_the_network_makes_a_walk_incomplete(shelf: Shelf, cursor: Cursor) -> None:
    for second in range(6):
        shelf.put(at(second))

    assert not (await walk.read_since(shelf.stream(depth=6), cursor, at(60))).complete


@pytest.mark.parametrize(("many", "complete"), [(6, False), (4, True)], ids=["deeper", "less deep"])
async def test_what_the_network_counts_and_does_not_show_hides_no_gap(
    shelf: Shelf, cursor: Cursor, many: int, complete: bool
) -> None:
    put = [shelf.put(at(second)) for second in range(many)]
    shelf.hidden = {put[1], put[2]}
    harvest = await walk.read_since(shelf.stream(depth=6, page=2), cursor, at(60))

    assert (len(ids(harvest)), harvest.complete) == (many - 2, complete)


async def test_a_storm_that_fills_the_list_is_whole_as_long_as_it_reaches_what_was_read(
    shelf: Shelf, cursor: Cursor
) -> None:
    for second in range(4):
        shelf.put(at(second))
    before = await walk.read_since(shelf.stream(depth=6), cursor, at(10))
    for second in range(10, 13):
        shelf.put(at(second))

    assert (await walk.read_since(shelf.stream(depth=6), before.cursor, at(60))).complete


async def test_pages_that_lead_back_to_themselves_end_and_are_incomplete(
    shelf: Shelf, cursor: Cursor
) -> None:
    number = shelf.put(at(1))

    async def read(ask: PageRequest) -> dict[str, Any]:
        return {"data": [{"id": number}], "meta": {"next_token": "round"}}

    stream = Stream(read, route="/list", price="read")

    assert not (await walk.read_since(stream, cursor, at(60))).complete


async def test_a_server_that_does_not_look_at_the_mark_is_read_down_to_it(
    shelf: Shelf, cursor: Cursor
) -> None:
    put = [shelf.put(at(second)) for second in range(3)]
    shelf.deaf = True
    for second in range(-900, -880):
        shelf.put(at(second))
    harvest = await walk.read_since(shelf.stream(), cursor, at(60))

    assert (ids(harvest), len(shelf.asked)) == (put, 3)


async def test_a_server_that_refuses_an_old_mark_is_read_down_to_it(shelf: Shelf, cursor: Cursor) -> None:
    put = [shelf.put(at(second)) for second in range(3)]
    shelf.refuses_since = True

    assert ids(await walk.read_since(shelf.stream(), cursor, at(60))) == put


async def test_a_list_without_marks_is_read_in_pages_that_begin_small(shelf: Shelf, cursor: Cursor) -> None:
    shelf.page = 100
    for second in range(40):
        shelf.put(at(second))
    shelf.asked.clear()
    harvest = await walk.read_since(shelf.stream(filters=False), cursor, at(60))

    assert ([ask.size for ask in shelf.asked], len(ids(harvest))) == ([5, 10, 20, 40], 40)


async def test_ids_that_carry_no_time_are_walked_by_their_order(shelf: Shelf) -> None:
    shelf.put(at(-600), "9")
    cursor = (await walk.read_first(shelf.stream(), NOW)).cursor
    put = [shelf.put(at(number), str(number)) for number in range(10, 15)]
    harvest = await walk.read_since(shelf.stream(), cursor, at(60))
    shelf.put(at(61), "15")

    assert ids(harvest) == put
    assert ids(await walk.read_since(shelf.stream(), harvest.cursor, at(90))) == ["15"]


async def test_a_list_that_was_empty_takes_every_item_whatever_our_clock_says(shelf: Shelf) -> None:
    fast = NOW + timedelta(minutes=30)
    cursor = (await walk.read_first(shelf.stream(), fast)).cursor
    number = shelf.put(NOW)

    assert ids(await walk.read_since(shelf.stream(), cursor, fast)) == [number]


async def test_old_items_in_a_list_that_looked_empty_are_not_brought(shelf: Shelf) -> None:
    cursor = (await walk.read_first(shelf.stream(), NOW)).cursor
    shelf.put(NOW - timedelta(days=3))

    assert ids(await walk.read_since(shelf.stream(), cursor, at(60))) == []


async def test_an_answer_of_nothing_but_errors_is_no_empty_list(shelf: Shelf, cursor: Cursor) -> None:
    async def read(ask: PageRequest) -> dict[str, Any]:
        return {"errors": [{"title": "Not Found Error", "detail": "Could not find user."}]}

    with pytest.raises(Retry, match="Could not find user"):
        await walk.read_since(Stream(read, route="/list", price="read"), cursor, at(60))


async def test_a_cursor_survives_json(shelf: Shelf, cursor: Cursor) -> None:
    shelf.put(at(1))
    full = (await walk.read_since(shelf.stream(), cursor, at(60))).cursor

    assert Cursor.from_json(json.loads(json.dumps(full.to_json()))) == full


@pytest.mark.parametrize(("late_by", "looks"), [(14, 1), (300, 2)], ids=["minutes", "hours"])
async def test_an_item_listed_long_after_a_younger_one_is_brought(
    shelf: Shelf, late_by: int, looks: int
) -> None:
    shelf.put(at(-100_000))
    cursor = (await walk.read_first(shelf.stream(), at(-90_000))).cursor
    shelf.put(at(0))
    cursor = (await walk.read_since(shelf.stream(), cursor, at(1))).cursor
    late = shelf.put(at(-60 * late_by))
    brought = []
    for look in range(looks):
        harvest = await walk.read_since(shelf.stream(), cursor, at(1 + 3600 * (look + 1) * (looks > 1)))
        cursor = harvest.cursor
        brought += ids(harvest)

    assert brought == [late]


async def test_an_hour_of_looks_at_a_busy_list_costs_what_came_and_no_more(shelf: Shelf) -> None:
    shelf.put(at(-600))
    cursor = (await walk.read_first(shelf.stream(), NOW)).cursor
    billed = 0
    for minute in range(130):
        shelf.put(at(60 * minute))
        harvest = await walk.read_since(shelf.stream(), cursor, at(60 * minute + 30))
        cursor, billed = harvest.cursor, billed + harvest.billed

    assert billed == 130


async def test_a_deep_look_after_midnight_costs_what_it_reads_again_once(shelf: Shelf) -> None:
    shelf.put(at(-600))
    cursor = (await walk.read_first(shelf.stream(), NOW)).cursor
    before, after = at(14.9 * 3600), at(15.1 * 3600)  # NOW is at nine
    for second in range(5):
        shelf.put(before - timedelta(minutes=30 * second))
    cursor = (await walk.read_since(shelf.stream(), cursor, before)).cursor
    shelf.put(after)
    billed = []
    for look in range(3):
        harvest = await walk.read_since(shelf.stream(), cursor, after + timedelta(hours=look))
        cursor = harvest.cursor
        billed.append(harvest.billed)

    assert billed == [2, 4, 0]  # what is near; what is deep, but for that; nothing twice


async def test_a_storm_is_read_again_in_part_only(shelf: Shelf, cursor: Cursor) -> None:
    shelf.page = 100
    for number in range(600):
        shelf.put(at(number))
    cursor = (await walk.read_since(shelf.stream(), cursor, at(600))).cursor
    shelf.asked.clear()
    await walk.read_since(shelf.stream(), cursor, at(660))

    assert len(shelf.asked) <= 3


async def test_an_id_from_the_future_does_not_move_the_mark(shelf: Shelf, cursor: Cursor) -> None:
    odd = shelf.put(at(1), "9" * 19)
    first = await walk.read_since(shelf.stream(), cursor, at(2))
    put = shelf.put(at(60))

    assert ids(first) == [odd]
    assert ids(await walk.read_since(shelf.stream(), first.cursor, at(61))) == [put]


async def test_an_id_that_is_none_neither_ends_a_walk_nor_moves_the_mark(
    shelf: Shelf, cursor: Cursor
) -> None:
    put = [shelf.put(at(second)) for second in range(4)]
    odd = {"id": "\ud800", "created_at": "2026-11-20T09:00:00.000Z"}

    async def read(ask: PageRequest) -> dict[str, Any]:
        answer = await shelf.read(ask)
        return {**answer, "data": [*answer["data"], odd]}

    harvest = await walk.read_since(Stream(read, route="/list", price="read"), cursor, at(60))

    assert (ids(harvest), harvest.odd, harvest.cursor.since) == (put, [odd, odd], put[-1])


async def test_what_is_no_longer_where_it_was_read_is_missing_once(shelf: Shelf, cursor: Cursor) -> None:
    put = [shelf.put(at(second)) for second in range(3)]
    cursor = (await walk.read_since(shelf.stream(), cursor, at(60))).cursor
    shelf.hidden = {put[1]}
    harvest = await walk.read_since(shelf.stream(), cursor, at(120))

    assert harvest.missing == [put[1]]
    assert (await walk.read_since(shelf.stream(), harvest.cursor, at(180))).missing == []


async def test_an_older_version_is_not_missing(shelf: Shelf, cursor: Cursor) -> None:
    before = shelf.put(at(1))
    cursor = (await walk.read_since(shelf.stream(), cursor, at(60))).cursor
    after = shelf.put(at(90), edit_history_tweet_ids=[before, lowest_at(at(90))])
    shelf.hidden = {before}
    harvest = await walk.read_since(shelf.stream(), cursor, at(120))

    assert (ids(harvest), harvest.missing) == ([after], [])


async def test_a_cursor_of_an_earlier_release_is_read(shelf: Shelf, cursor: Cursor) -> None:
    put = shelf.put(at(1))
    full = (await walk.read_since(shelf.stream(), cursor, at(60))).cursor
    old = {**full.to_json(), "read": [put], "day": "2026-11-20"}
    for name in ("deep", "deep_at", "partial"):
        del old[name]
    harvest = await walk.read_since(shelf.stream(), Cursor.from_json(old), at(120))

    assert (ids(harvest), harvest.billed) == ([], 0)
