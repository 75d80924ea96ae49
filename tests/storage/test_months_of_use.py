"""Two months of use: what the record keeps is bounded by the open work and the history, and nothing that went
is missed."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import storage
from bot.cases.installation import Account, Installation, Team
from bot.cases.model import Agent, AgentId, Case, MessageRef, Status
from bot.cases.pictures import SaidPicture
from bot.cases.posts import Author, PostId
from bot.cases.record import Record
from bot.cases.said import say
from bot.cases.tx import Setup, Tx
from bot.texts import LANGUAGES, Texts
from bot.ticks.deliver import Deliver
from bot.ticks.poll import Poll
from bot.ticks.send import Send
from bot.ticks.watch import Tidy, Watch
from bot.transactions import Transactions
from bot.work import doors, edits, new_thread, threads, unread
from bot.work.doors import Reaction
from bot.work.effects import OUTBOX
from bot.work.threads import Written
from storage.ends import ENDS, Stays
from tests.contract.samples import BRAND
from tests.fake_desk import FakeDesk, Message
from tests.fakes import FakeClock, FakeNetwork
from tests.unit.office import ANN, MO

#: In the middle of the first month; when all that is kept for a month is; and a month later.
HALF, FIRST, LAST = 15, 31, 62


async def nobody(*_: Any) -> dict[Any, Any]:
    """Every thread is known as it stands, and everybody still works here."""
    return {}


@dataclass
class Heard:
    """One thing that an agent did in the thread of a case, to be heard once more."""

    again: Callable[[Tx], None]
    written: Written | None = None


@dataclass
class Firm:
    """A brand, its customers and its team, day after day."""

    path: Path
    clock: FakeClock = field(default_factory=lambda: FakeClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)))
    #: What was done in each thread, as the desk would tell it again.
    heard: dict[MessageRef, list[Heard]] = field(default_factory=dict)
    events: int = 0

    def __post_init__(self) -> None:
        self.network = FakeNetwork(self.clock)
        connector = self.network.connector(BRAND)
        networks = {BRAND: connector}
        installation = Installation(
            "en",
            "Europe/Amsterdam",
            {"care": Team("care", "C1", hold=timedelta(seconds=15))},
            {BRAND: Account(BRAND, "fake", "brand", "care")},
        )
        texts = {language: Texts(language) for language in LANGUAGES}
        self.store = storage.open_store(f"sqlite:///{self.path}")
        self.transactions = Transactions(self.store, Setup(installation, networks, texts), self.clock)
        self.desk = FakeDesk(self.clock)
        self.poll = Poll(self.transactions, networks, self.clock, "process")
        self.deliver = Deliver(self.transactions, OUTBOX, self.desk, self.clock)
        self.sending = Send(self.transactions, networks, self.poll, self.clock, nobody, nobody)
        self.watch = Watch(self.transactions, self.clock)
        self.tidy = Tidy(self.store, self.clock, rest=0)

    async def look(self) -> None:
        """The network is asked what is new, and all is shown."""
        self.clock.turn(seconds=120)
        await self.poll.run()
        await self.poll.stop(5)
        await self.show()

    async def show(self) -> None:
        """The watch looks, and all that waits is carried."""
        await self.watch.run()
        due: datetime | None = self.clock.now()
        while due is not None:
            due = await self.deliver.run()
            await self.deliver.drain(5)
            self.clock.turn(seconds=2)

    async def case_of(self, post: PostId) -> Case:
        """The case of a post, with its thread."""

        def work(record: Record) -> Case | None:
            number = record.posts.case_of(BRAND, post)
            return record.cases.get(number) if number is not None else None

        case = await self.store.do(work)
        assert case is not None
        assert case.thread is not None
        return case

    async def hear(self, again: Callable[[Tx], None]) -> None:
        """The desk delivers an event."""
        self.events += 1
        key, now = f"Ev{self.events}", self.clock.now()

        def once(tx: Tx) -> None:
            if tx.upkeep.first_time(key, now):
                again(tx)

        await self.transactions.do(once, now=now, stamp=f"{now.timestamp():.6f}")

    async def write(self, thread: MessageRef, agent: Agent, text: str) -> Written:
        """An agent writes in a thread."""
        at = self.clock.turn(seconds=1)
        written = Written(MessageRef("C1", f"{at.timestamp():.6f}"), thread, text, at)

        def again(tx: Tx) -> None:
            threads.take_message(tx, written, agent)

        picture = SaidPicture(say("note.kept"))
        self.desk.messages[written.ref] = Message(written.ref, thread, "", picture, at)
        self.heard.setdefault(thread, []).append(Heard(again, written))
        await self.hear(again)
        await self.transactions.do(lambda tx: unread.was_read(tx, thread, written.ref.ts), now=at)
        return written

    async def react(self, thread: MessageRef, agent: Agent, name: str, *, added: bool = True) -> None:
        """An agent reacts to a card."""
        stamp = f"{self.clock.turn(seconds=1).timestamp():.6f}"

        def found(tx: Tx) -> None:
            newest = Reaction(name, added, f"{tx.now.timestamp():.6f}")
            doors.react(tx, thread, newest, agent)

        def live(tx: Tx) -> None:
            doors.react(tx, thread, Reaction(name, added, stamp), agent)

        if added:  # what was taken away is not found standing
            self.heard.setdefault(thread, []).append(Heard(found))
        await self.hear(live)

    async def publish(self) -> None:
        """The hold passes, and what waits goes out."""
        self.clock.turn(seconds=20)
        await self.sending.run()
        await self.sending.drain(5)
        await self.show()

    async def day(self, number: int) -> None:
        """Three customers: one is answered at once; one writes twice and waits for too long; the card of the
        third is deleted, and the case set aside."""
        self.clock.at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC) + timedelta(days=number)
        await self.tidy.run()
        begins, who = self.clock.at, AgentId("U1")
        await self.store.do(
            lambda record: record.duty.add_shift("care", who, begins, begins + timedelta(hours=1))
        )
        customers = [self.network.join(f"c{number}{which}") for which in "abc"]
        posts = [self.network.write(who, f"@brand question {number} of {who.handle}") for who in customers]
        await self.look()
        await self.answered(posts[0], number)
        await self.late(posts[1], customers[1], number)
        await self.set_aside(posts[2])

    async def answered(self, post: PostId, number: int) -> None:
        """Claimed, talked about, answered and closed."""
        thread = (await self.case_of(post)).thread
        assert thread is not None
        await self.react(thread, MO, "eyes")
        await self.write(thread, MO, "// she called twice")
        await self.write(thread, ANN, "ask her for the number")
        await self.write(thread, MO, f"Answer {number} at once.")
        await self.show()
        await self.publish()
        await self.react(thread, MO, "white_check_mark")
        await self.show()

    async def late(self, post: PostId, customer: Author, number: int) -> None:
        """The customer asks again, everybody is warned, and a word of the bot's closes the case."""
        self.network.write(customer, f"@brand hello? {number}", post)
        await self.look()
        for _ in range(4):
            self.clock.turn(minutes=50)
            await self.show()
        thread = (await self.case_of(post)).thread
        assert thread is not None
        await self.write(thread, MO, "!claim")
        await self.write(thread, MO, f"Answer {number}, late.")
        await self.show()
        await self.publish()
        await self.write(thread, MO, "!close")
        await self.show()

    async def set_aside(self, post: PostId) -> None:
        """Claimed and given back, in a thread that somebody deletes; reached for by two, then dismissed."""
        old = (await self.case_of(post)).thread
        assert old is not None
        await self.react(old, ANN, "eyes")
        await self.react(old, ANN, "eyes", added=False)
        await self.show()
        self.desk.delete(old)
        await self.hear(lambda tx: new_thread.card_gone(tx, old))
        await self.show()
        thread = (await self.case_of(post)).thread
        assert thread is not None
        await self.react(thread, ANN, "eyes")
        await self.react(thread, MO, "eyes")
        await self.show()
        await self.react(thread, MO, "eyes", added=False)
        await self.write(thread, ANN, "!dismiss spam")
        await self.react(thread, ANN, "eyes", added=False)
        await self.show()

    def rows(self) -> dict[str, int]:
        """How many rows each table has of those that go at some time."""
        history = {"shown": "key LIKE 'post-%'", "reactions": "present"}
        ending = [table.name for table, these in ENDS.items() if not isinstance(these[0], Stays)]
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as database:
            return {
                name: database.execute(
                    f"SELECT count(*) FROM {name} WHERE NOT ({history.get(name, 'false')})"
                ).fetchone()[0]
                for name in ending
            }

    async def read_again(self, thread: MessageRef) -> None:
        """All that stands in a thread is heard once more, as when it is read after an outage, or when an old
        event is delivered again that nobody remembers."""
        for heard in self.heard[thread]:
            now = self.clock.turn(seconds=1)
            stamp = heard.written.ref.ts if heard.written else f"{now.timestamp():.6f}"
            await self.transactions.do(heard.again, now=now, stamp=stamp)

    async def said(self, thread: MessageRef) -> list[str]:
        """What the bot said in a thread, once all is shown."""
        await self.show()
        pictures = [message.picture for message in self.desk.in_thread(thread)]
        return [picture.said.key for picture in pictures if isinstance(picture, SaidPicture)]


@pytest.fixture
async def firm(tmp_path: Path) -> AsyncIterator[Firm]:
    """A firm that has opened today."""
    firm = Firm(tmp_path / "record.db")
    await firm.poll.connect()
    yield firm
    await firm.store.close()


async def test_what_is_kept_does_not_grow_with_the_months(firm: Firm) -> None:
    counts = []
    for number in range(LAST + 1):
        await firm.day(number)
        if number in (HALF, FIRST, LAST):
            counts.append(firm.rows())
    half, first, last = counts
    spending = [rows.pop("spending") for rows in counts]

    assert half["deliveries"] == first["deliveries"]
    assert first == last
    assert min(first.values()) > 0
    assert await firm.store.do(lambda record: record.outbox.waiting()) == []
    assert spending == [HALF + 1, FIRST + 1, LAST + 1]  # a row a day, for 400 days
    answers = [post.text for post in firm.network.by_brand()]
    assert len(answers) == len(set(answers)) == 2 * (LAST + 1)


@pytest.mark.parametrize("which", [0, 1], ids=["closed by a reaction", "closed by a word"])
async def test_a_case_that_was_closed_long_ago_comes_back_whole(firm: Firm, which: int) -> None:
    await firm.day(0)
    post = firm.network.posts[which]
    before = await firm.case_of(post.id)
    thread = before.thread
    assert thread is not None
    [answer] = [own for own in firm.network.by_brand() if own.root_id == post.id]
    firm.clock.turn(hours=24 * 40)
    await firm.tidy.run()
    shown, forgotten = len(firm.desk.in_thread(thread)), await firm.case_of(post.id)

    # Nobody has heard of all this; it is told once more.
    await firm.read_again(thread)
    await firm.show()

    assert forgotten == replace(before, forgotten_to=before.closed_at)
    assert (await firm.case_of(post.id), len(firm.desk.in_thread(thread))) == (forgotten, shown)

    # The customer comes back, in the same thread; and since the case is open again, that is read again.
    firm.network.write(firm.network.people[post.author_id], "It happened again!", answer.id)
    await firm.look()
    back = await firm.case_of(post.id)
    await firm.read_again(thread)
    await firm.show()

    assert (back.id, back.status, back.thread, back.assignee) == (before.id, Status.NEW, thread, None)
    assert back.due_at is not None
    assert (await firm.case_of(post.id), len(firm.desk.in_thread(thread))) == (back, shown + 1)

    # Its agent changes, and then deletes, what has been public for so long.
    written = [heard.written for heard in firm.heard[thread] if heard.written]
    [old] = [each for each in written if each.text.startswith("Answer")]
    edited = replace(old, text="Something else.", edited=f"{firm.clock.turn(seconds=1).timestamp():.6f}")
    known = await firm.said(thread)
    for _ in range(2):
        await firm.hear(lambda tx: edits.take_edit(tx, edited, MO))
        await firm.hear(lambda tx: edits.take_deletion(tx, thread, old.ref, MO.id))

    assert (await firm.said(thread))[len(known) :] == ["edit.too_late"] * 2
    assert len(firm.network.by_brand()) == 2

    # A colleague answers: once.
    await firm.react(thread, ANN, "eyes")
    await firm.write(thread, ANN, "We are so sorry.")
    await firm.publish()
    await firm.read_again(thread)
    await firm.publish()

    assert [own.text for own in firm.network.by_brand()][2:] == ["We are so sorry. ^AB"]
    assert (await firm.case_of(post.id)).status is Status.ANSWERED
