"""A look at a network: mentions come first, and whoever could not be named is asked for again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from bot.cases import errors
from bot.cases.accounts import Stream
from bot.cases.model import Case
from bot.cases.outbox import Say
from bot.cases.ports import Page
from bot.cases.posts import Author, Unread
from bot.cases.record import Record
from bot.cases.said import Link
from bot.ticks.poll import Poll
from storage import StorageError
from tests.contract.samples import BRAND, NOW
from tests.fakes import FakeClock, FakeConnector, FakeNetwork
from tests.memory import MemoryStore
from tests.unit.office import Office
from tests.unit.office import office as office

T = TypeVar("T")


class Slow(FakeConnector):
    """A connector whose other lists answer when they are let, and whose names can be withheld."""

    def __init__(self, network: FakeNetwork) -> None:
        super().__init__(network, BRAND)
        self.let = asyncio.Event()
        self.asked = asyncio.Event()
        self.nameless = 0
        self.unread: list[Unread] = []
        #: How long the main list may not be answered.
        self.held: asyncio.Event | None = None
        #: What was pulled, in order, and what a list that cannot be read answers.
        self.pulled: list[str] = []
        self.refused: dict[str, errors.NetworkError] = {}

    async def pull(self, stream: str, cursor: Any) -> Page:
        self.pulled.append(stream)
        if stream in self.refused:
            raise self.refused[stream]
        if stream != "mentions":
            self.asked.set()
            await self.let.wait()
        elif self.held is not None:
            await self.held.wait()
        page = await super().pull(stream, cursor)
        return replace(page, unread=tuple(self.unread)) if stream == "mentions" else page

    async def authors(self, ids: Any) -> Any:
        if self.nameless:
            self.nameless -= 1
            raise errors.Retry("no names today")
        return await super().authors(ids)


class Looking:
    """The polling tick over a network with one customer, connected."""

    def __init__(self, office: Office, store: MemoryStore | None = None) -> None:
        self.clock = FakeClock(NOW)
        self.network = FakeNetwork(self.clock)
        self.customer = self.network.join("jansen", "J. Jansen")
        self.connector = Slow(self.network)
        self.store = store or MemoryStore()
        self.poll = Poll(
            office.transactions(self.store, self.clock), {BRAND: self.connector}, self.clock, "process"
        )

    def another(self, office: Office) -> Poll:
        """The tick of another process, which has looked at nothing yet."""
        return Poll(
            office.transactions(self.store, self.clock), {BRAND: self.connector}, self.clock, "another"
        )

    async def look(self) -> None:
        """Look at the main list, and at those that follow it."""
        self.clock.turn(seconds=120)
        for _ in range(2):
            await self.poll.run()
            await self.poll.stop(5)

    async def begin(self) -> None:
        """Look at the main list, and begin with those that follow it, which are not let yet."""
        self.connector.let.clear()
        self.connector.asked.clear()
        self.clock.turn(seconds=120)
        await self.poll.run()
        await self.poll.stop(5)
        await self.poll.run()
        await asyncio.wait_for(self.connector.asked.wait(), 5)

    async def cases(self) -> list[Case]:
        """Every open case."""
        return list(await self.store.do(lambda record: record.cases.open()))

    async def lists(self) -> Sequence[Stream]:
        """Every list of the account."""
        return await self.store.do(lambda record: record.streams.of(BRAND))

    async def author(self) -> Author | None:
        """The customer, as far as known."""
        return await self.store.do(lambda record: record.people.author("fake", self.customer.id))


@pytest.fixture
async def looking(office: Office) -> AsyncIterator[Looking]:
    made = Looking(office)
    made.connector.let.set()
    await made.poll.connect()
    yield made
    await made.store.close()


async def test_a_mention_is_a_case_before_the_other_lists_have_answered(looking: Looking) -> None:
    looking.network.write(looking.customer, "@brand hello?")
    await looking.begin()

    assert await looking.cases()
    leases = {each.name: each.lease_by for each in await looking.lists()}
    assert (leases["mentions"], leases["own"], leases["dms"]) == ("", "process", "process")
    looking.connector.let.set()
    await looking.poll.stop(5)


async def test_the_other_lists_are_asked_once_the_main_one_was_read(looking: Looking) -> None:
    looking.connector.pulled.clear()
    await looking.look()
    looking.connector.refused["mentions"] = errors.Retry("not now")
    await looking.look()

    assert looking.connector.pulled == ["mentions", "own", "dms", "mentions"]


async def test_a_list_that_rests_does_so_for_every_process_and_after_a_start(
    looking: Looking, office: Office
) -> None:
    until = looking.clock.now() + timedelta(minutes=9)
    looking.connector.refused["dms"] = errors.RateLimited(until)
    await looking.look()
    del looking.connector.refused["dms"]
    looking.connector.pulled.clear()
    looking.poll = looking.another(office)
    await looking.poll.connect()
    await looking.look()
    before = looking.connector.pulled.count("dms")
    looking.clock.at = until
    await looking.look()

    assert (before, looking.connector.pulled.count("dms")) == (0, 1)


async def test_an_account_that_a_process_is_looking_at_is_left_to_it(
    looking: Looking, office: Office
) -> None:
    await looking.begin()
    looking.connector.pulled.clear()
    other = looking.another(office)
    looking.clock.turn(seconds=2)
    await other.look_before_sending(BRAND)
    pulled = list(looking.connector.pulled)
    looking.connector.let.set()
    await looking.poll.stop(5)

    assert pulled == ["mentions"]  # which is nobody's any more


async def test_what_came_first_is_kept_when_the_rest_of_the_look_fails(looking: Looking) -> None:
    looking.network.write(looking.customer, "@brand hello?")
    await looking.begin()
    await looking.poll.stop(0)
    looking.connector.let.set()
    await looking.look()

    assert len(await looking.cases()) == 1


async def test_whoever_could_not_be_named_is_asked_for_with_the_next_look(looking: Looking) -> None:
    looking.connector.nameless = 2  # neither before the card nor after it
    looking.network.write(looking.customer, "@brand hello?")
    await looking.look()
    before = await looking.author()
    await looking.look()

    assert before is None
    assert await looking.author() is not None


class Picky(MemoryStore):
    """A record that does not take one post, and says so as a database would."""

    refused = "the odd one"

    async def do(self, work: Callable[[Record], T]) -> T:
        def picky(record: Record) -> T:
            done = work(record)
            posts = (post for case in record.cases.open() for post in record.posts.of_case(case.id))
            if any(self.refused in post.text for post in posts):
                raise StorageError("The record did not take this.")
            return done

        return await super().do(picky)


async def test_a_post_that_the_record_does_not_take_stops_no_other(office: Office) -> None:
    looking = Looking(office, Picky())
    looking.connector.let.set()
    await looking.poll.connect()
    odd = looking.network.write(looking.customer, "@brand this is the odd one")
    looking.network.write(looking.network.join("els"), "@brand hello?")
    await looking.look()
    before = await looking.cases()
    await looking.look()
    kept = await looking.store.do(
        lambda record: record.posts.keep_unread(BRAND, Unread(odd, "", "", ""), NOW)
    )

    assert (len(before), len(await looking.cases())) == (0, 1)
    assert kept is False  # it is there already
    await looking.store.close()


async def test_what_cannot_be_read_is_told_once_with_the_way_to_it(looking: Looking) -> None:
    unread = Unread("7", "no author", "{}", "https://x.com/i/status/7")
    looking.connector.unread = [unread]
    await looking.look()
    await looking.look()
    entries = await looking.store.do(lambda record: record.outbox.due(looking.clock.now(), 9))

    said = [each.effect.said for each in entries if isinstance(each.effect, Say)]
    told = [each for each in said if each.key == "account.unread"]
    assert [each.values["links"] for each in told] == [[Link(unread.url)]]


async def test_before_sending_every_list_is_looked_at(looking: Looking) -> None:
    looking.network.whisper(looking.customer, "one more thing")
    looking.clock.turn(seconds=2)
    await looking.poll.look_before_sending(BRAND)

    assert await looking.cases()


async def test_a_look_under_way_began_too_early_for_what_is_sent_now(looking: Looking) -> None:
    looking.connector.held = asyncio.Event()
    looking.connector.pulled.clear()
    looking.clock.turn(seconds=120)
    await looking.poll.run()
    await asyncio.sleep(0)
    looking.clock.turn(seconds=2)
    sending = asyncio.create_task(looking.poll.look_before_sending(BRAND))
    for _ in range(5):
        await asyncio.sleep(0)
    before = list(looking.connector.pulled)
    looking.connector.held.set()
    await sending

    assert before == ["mentions"]
    assert looking.connector.pulled[1:] == ["mentions", "own", "dms"]


class Unhurried(MemoryStore):
    """What a piece of work came to is heard a little after it was committed, as on a busy machine."""

    async def do(self, work: Callable[[Record], T]) -> T:
        result = await super().do(work)
        for _ in range(5):
            await asyncio.sleep(0)
        return result


async def test_a_list_that_the_tick_has_just_leased_is_waited_for_before_sending(office: Office) -> None:
    looking = Looking(office, Unhurried())
    looking.connector.let.set()
    await looking.poll.connect()
    looking.connector.held = asyncio.Event()
    looking.connector.pulled.clear()
    looking.clock.turn(seconds=120)
    tick = asyncio.create_task(looking.poll.run())
    await asyncio.sleep(0)
    sending = asyncio.create_task(looking.poll.look_before_sending(BRAND))
    for _ in range(100):
        await asyncio.sleep(0)
    before = list(looking.connector.pulled), sending.done()
    looking.connector.held.set()
    await asyncio.gather(tick, sending)

    assert before == (["mentions"], False)
    assert looking.connector.pulled == ["mentions", "own", "dms"]


async def test_a_look_that_outlives_its_lease_is_not_begun_beside_itself(looking: Looking) -> None:
    looking.connector.held = asyncio.Event()
    looking.connector.pulled.clear()
    for _ in range(2):
        looking.clock.turn(seconds=120)
        await looking.poll.run()
        await asyncio.sleep(0)
    looking.connector.held.set()
    await looking.poll.stop(5)

    assert looking.connector.pulled == ["mentions"]


async def test_two_replies_that_go_at_once_wait_for_one_look(looking: Looking) -> None:
    looking.clock.turn(seconds=2)
    looking.connector.pulled.clear()
    looking.connector.asked.clear()
    looking.connector.let.clear()
    both = [asyncio.create_task(looking.poll.look_before_sending(BRAND)) for _ in range(2)]
    await asyncio.wait_for(looking.connector.asked.wait(), 5)
    before = [each.done() for each in both]
    looking.connector.let.set()
    await asyncio.gather(*both)

    assert before == [False, False]
    assert looking.connector.pulled == ["mentions", "own", "dms"]


async def test_a_look_of_just_now_is_not_repeated_before_sending(looking: Looking) -> None:
    await looking.look()
    looking.network.write(looking.customer, "@brand hello?")
    await looking.poll.look_before_sending(BRAND)

    assert not await looking.cases()


@pytest.mark.parametrize("of_another_process", [False, True])
async def test_a_look_under_a_clock_that_was_ahead_is_repeated_before_sending(
    looking: Looking, office: Office, *, of_another_process: bool
) -> None:
    await looking.look()
    looking.network.write(looking.customer, "@brand hello?")
    looking.clock.turn(hours=-1)
    poll = looking.another(office) if of_another_process else looking.poll
    await poll.look_before_sending(BRAND)

    assert await looking.cases()
