"""The core and the record as a machine: in whatever order things come, and processes die, promises hold."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

import storage
from bot.cases.installation import Account, Installation, Team
from bot.cases.model import Agent, AgentId, Case, CaseId, MessageRef, Reply, ReplyState
from bot.cases.pictures import CardPicture, Picture
from bot.cases.posts import AccountId, Author, PostId, Surface
from bot.cases.tx import Setup, Tx
from bot.texts import Texts
from bot.ticks.deliver import Deliver
from bot.ticks.poll import Poll
from bot.ticks.send import Send
from bot.ticks.watch import Watch
from bot.transactions import Transactions
from bot.work import doors, edits, pictures, private, reply_actions, startup, threads
from bot.work.effects import OUTBOX
from storage.schema import metadata
from tests.fake_desk import FakeDesk
from tests.fakes import FakeClock, FakeNetwork
from tests.proof.database import UNREST
from tests.proof.mortal import Killed, Life, Mortal

T = TypeVar("T")

CHANNEL = "C1"
ACCOUNT = AccountId("brand-fake")
AGENTS = (Agent(AgentId("U1"), "Mira Klaver"), Agent(AgentId("U2"), "Joris Veldkamp"))
#: A suite's run is short; PROOF_EXAMPLES makes it as long as one likes.
EXAMPLES = int(os.environ.get("PROOF_EXAMPLES", "40"))
#: How many instants there are at which a process can die in a look that finds something new.
LOOK = 20
#: What is on the network when people stop is seen by then.
LOOKS_AT_LEAST = 5

agents = st.sampled_from(AGENTS)
#: After how many commits and calls the process dies; None lets it live.
deaths = st.one_of(st.none(), st.integers(0, LOOK - 1))


class Floor(RuleBasedStateMachine):
    """Customers on a fake network, agents at a fake desk, and the real core, ticks and store between them."""

    store: storage.SqlStore
    runner: asyncio.Runner

    cases = Bundle("cases")
    mentions = Bundle("mentions")
    written = Bundle("written")

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.network = FakeNetwork(self.clock)
        self.desk = FakeDesk(self.clock, {CHANNEL}, {agent.id: agent for agent in AGENTS})
        self.connector = self.network.connector(ACCOUNT)
        team = Team("care", CHANNEL, hold=timedelta(seconds=15))
        account = Account(ACCOUNT, "fake", "brand", "care", timedelta(seconds=10))
        installation = Installation("en", "Europe/Amsterdam", {"care": team}, {ACCOUNT: account})
        self.setup = Setup(installation, {ACCOUNT: self.connector}, {"en": Texts("en")})
        self.words = Counter[str]()
        self.acts = 0
        #: What must never be public.
        self.internal: set[str] = set()
        #: How many processes have died.
        self.deaths = 0
        self.look(None)

    def teardown(self) -> None:
        """Let everything come to rest, and hold the record against the desk and the network once more."""
        for turns in range(60):
            if turns >= LOOKS_AT_LEAST and not self._run(_unrest(self.store)):
                break
            self.clock.turn(seconds=20)
            for tick in (self.look, self.send, self.post, self.watch):
                tick(None)
        self.every_promise_holds()
        self.all_is_done()
        self._run(_forget(self.store))

    # What people do

    @rule(target=mentions, again=st.booleans())
    def somebody_writes(self, again: bool) -> tuple[Author, PostId]:
        """A customer writes to the brand."""
        people = [person for person in self.network.people.values() if person.id != self.network.brand.id]
        author = people[-1] if again and people else self.network.join(f"customer{len(people)}")
        return author, self.network.write(author, f"@brand {self._word('m')}")

    @rule(target=mentions, mention=mentions)
    def the_customer_goes_on(self, mention: tuple[Author, PostId]) -> tuple[Author, PostId]:
        """The customer writes below their own post."""
        author, post_id = mention
        return author, self.network.write(author, f"@brand {self._word('m')}", post_id)

    @rule(mention=mentions)
    def the_customer_edits(self, mention: tuple[Author, PostId]) -> None:
        """The customer changes a post."""
        if self.network.find(mention[1]) is not None:
            self.network.edit(mention[1], f"@brand {self._word('m')}, edited")

    @rule(mention=mentions)
    def the_customer_whispers(self, mention: tuple[Author, PostId]) -> None:
        """The customer writes in private."""
        self.network.whisper(mention[0], self._word("m"))

    @rule(number=st.integers(0, 9), agent=agents, name=st.sampled_from(["eyes", "lock"]), added=st.booleans())
    def somebody_reacts(self, number: int, agent: Agent, name: str, added: bool) -> None:
        """An agent puts a reaction on a card, or takes it away."""
        if (thread := self._thread(number)) is not None:
            self.acts += 1
            stamp = f"9.{sum(self.words.values()):06}{self.acts:04}"
            reaction = doors.Reaction(name, added, stamp)
            self._do(lambda tx: doors.react(tx, thread, reaction, agent))

    @rule(target=written, number=st.integers(0, 9), agent=agents, inside=st.booleans())
    def somebody_answers(self, number: int, agent: Agent, inside: bool) -> Any:
        """An agent writes in a thread."""
        thread = self._thread(number)
        if thread is None:
            return multiple()
        word = self._word("n" if inside else "r")
        if inside:
            self.internal.add(word)
        ref = MessageRef(CHANNEL, f"9.{sum(self.words.values()):06}")
        text = f"// {word}" if inside else f"{word} is the answer"
        said = threads.Written(ref, thread, text, self.clock.now())
        self._do(lambda tx: threads.take_message(tx, said, agent))
        return ref, thread, agent

    @rule(wrote=written, times=st.integers(1, 3))
    def the_answer_is_edited(self, wrote: tuple[MessageRef, MessageRef, Agent], times: int) -> None:
        """The agent changes the message."""
        ref, thread, agent = wrote
        word = self._word("r")
        stamp = f"8.{sum(self.words.values()):06}"
        said = threads.Written(ref, thread, f"{word} is the answer", self.clock.now(), edited=stamp)
        for _ in range(times):
            self._do(lambda tx: edits.take_edit(tx, said, agent))

    @rule(wrote=consumes(written))
    def the_answer_is_deleted(self, wrote: tuple[MessageRef, MessageRef, Agent]) -> None:
        """The agent deletes the message."""
        ref, thread, agent = wrote
        self._do(lambda tx: edits.take_deletion(tx, thread, ref, agent.id))

    @rule(number=st.integers(0, 9), agent=agents, action=st.sampled_from(["stop", "send_now", "send_anyway"]))
    def a_button_is_pressed(self, number: int, agent: Agent, action: str) -> None:
        """An agent presses a button of some reply."""
        if reply := self._pick(self._replies(), number):
            self._do(lambda tx: reply_actions.press(tx, reply.id, action, agent))

    @rule(number=st.integers(0, 9), public=st.booleans())
    def the_mode_is_switched(self, number: int, public: bool) -> None:
        """The assignee takes a case to private, or back."""
        case = self._pick(self._cases(), number)
        agent = next((a for a in AGENTS if case is not None and a.id == case.assignee), None)
        if case is None or agent is None:
            return
        if public:
            self._do(lambda tx: private.go_public(tx, _case(tx, case.id), agent))
        else:
            self._do(lambda tx: private.go_private(tx, _case(tx, case.id), agent))

    @rule(seconds=st.sampled_from([1, 5, 20, 60, 3600]))
    def time_passes(self, seconds: int) -> None:
        """Time passes."""
        self.clock.turn(seconds=seconds)

    # What the program does, and where it dies

    @rule(dies=deaths)
    def look(self, dies: int | None) -> None:
        """A look at the network, from its beginning to its end or to the death of the process."""

        async def tick(life: Life) -> None:
            for poll in 2 * [self._poll(life)]:  # the main list, and those that follow it
                await poll.run()
                await poll.stop(5)

        self._live(dies, tick)

    @rule(dies=deaths, lost=st.booleans())
    def send(self, dies: int | None, lost: bool = False) -> None:
        """What is due is sent; the answer may be lost."""
        self.network.lose_answers = int(lost)

        async def tick(life: Life) -> None:
            transactions, connectors = self._mortal(life), {ACCOUNT: Mortal(self.connector, life)}
            send: Any = Send(transactions, connectors, self._poll(life), self.clock, _all_read, _known)
            await send.run()
            await send.drain(5)

        self._live(dies, tick)
        self.network.lose_answers = 0

    @rule(dies=deaths, lost=st.booleans())
    def post(self, dies: int | None, lost: bool = False) -> None:
        """What waits is shown at the desk; the answer may be lost."""
        self.desk._lost = int(lost)

        async def tick(life: Life) -> None:
            deliver: Any = Deliver(self._mortal(life), OUTBOX, Mortal(self.desk, life), self.clock)
            await deliver.run()
            await deliver.drain(5)

        self._live(dies, tick)
        self.desk._lost = 0

    @rule(dies=deaths)
    def watch(self, dies: int | None) -> None:
        """What turned is flagged."""
        self._live(dies, lambda life: Watch(self._mortal(life), self.clock).run())

    # What holds after each step

    @invariant()
    def every_promise_holds(self) -> None:
        """Nothing twice, nothing internal outside."""
        keys = Counter(message.key for message in self.desk.messages.values())
        assert not [key for key, count in keys.items() if count > 1]
        published = [post.text for post in self.network.by_brand()]
        assert not [text for text in published if text.split()[0] in self.internal]
        for reply in self._replies():
            out = published.count(reply.text)
            least, most = {
                ReplyState.SENT: (1, 1),
                ReplyState.SENDING: (0, 1),
                ReplyState.UNCONFIRMED: (0, 1),
            }.get(reply.state, (0, 0))
            assert least <= out <= most, (reply, out)
        in_private = {post.text for post in self.network.by_brand() if post.visibility == "dm"}
        for reply in self._replies():
            assert reply.mode is Surface.PRIVATE or reply.text not in in_private, reply

    def all_is_done(self) -> None:
        """Each mention has a card, each card shows the record, each flag was said."""
        shown = {message.ref: message.picture for message in self.desk.messages.values()}
        for post in self.network.arrivals:
            if not post.by_brand and self.network.find(post.id) is not None:
                number = self._do(lambda tx: tx.posts.case_of(ACCOUNT, post.id))  # noqa: B023  # called at once
                assert number is not None, post
        for case in self._cases():
            assert case.thread is not None, case
            card = self._do(lambda tx: pictures.card(tx, case))  # noqa: B023  # called at once
            assert _timeless(shown[case.thread]) == _timeless(card)

    # Parts

    def _do(self, work: Callable[[Tx], T]) -> T:
        return self._run(Transactions(self.store, self.setup, self.clock).do(work))

    def _mortal(self, life: Life) -> Transactions:
        return Transactions(Mortal(self.store, life), self.setup, self.clock)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def _live(self, dies: int | None, tick: Callable[[Life], Coroutine[Any, Any, Any]]) -> None:
        """Let a process do one tick. When it dies of it, the next one takes over."""
        life = Life(dies)
        with suppress(Killed):
            self._run(tick(life))
        assert self._run(_left_over()) == []
        if life.over:
            self.deaths += 1
            self._do(startup.take_over)

    def _poll(self, life: Life) -> Poll:
        return Poll(self._mortal(life), {ACCOUNT: Mortal(self.connector, life)}, self.clock, "process")

    def _word(self, letter: str) -> str:
        self.words[letter] += 1
        return f"{letter}{self.words[letter]}"

    def _cases(self) -> list[Case]:
        long_ago = self.clock.now() - timedelta(days=90)
        return self._do(lambda tx: [*tx.cases.open(), *tx.cases.settled_since(long_ago)])

    def _replies(self) -> list[Reply]:
        cases = self._cases()
        return self._do(lambda tx: [reply for case in cases for reply in tx.replies.of_case(case.id)])

    def _thread(self, number: int) -> MessageRef | None:
        case = self._pick(self._cases(), number)
        return case.thread if case else None

    @staticmethod
    def _pick(things: list[T], number: int) -> T | None:
        return things[number % len(things)] if things else None


def _case(tx: Tx, number: CaseId) -> Case:
    case = tx.cases.get(number)
    assert case is not None
    return case


def _timeless(picture: Picture) -> Any:
    """What a card shows, without the numbers of versions."""
    assert isinstance(picture, CardPicture)
    case = picture.case
    return (case.status, case.assignee, case.mode, case.due_at, case.flag, picture.first, picture.later)


async def _known(_agent: Any) -> None:
    """Everybody still is who they were."""


async def _all_read(_tasks: Any) -> dict[Any, Any]:
    """Every thread is known as it stands."""
    return {}


async def _unrest(store: storage.SqlStore) -> int:
    """How many rows still ask for something to be done."""

    def count(record: Any) -> int:
        return int(record._sql._cursor.execute(UNREST).fetchone()[0])

    return await store.do(count)


async def _left_over() -> list[str]:
    """What still runs although its process has ended: it would write into what comes next."""
    return [str(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def _forget(store: storage.SqlStore) -> None:
    """Empty every table: making them anew is most of a short run."""

    def empty(record: Any) -> None:
        for table in reversed(metadata.sorted_tables):
            record._sql._cursor.execute(f"DELETE FROM {table.name}")

    await store.do(empty)


@pytest.fixture
def house_with_a_record() -> Iterator[type[Floor]]:
    """The machine over a fresh record in memory."""
    logging.disable(logging.CRITICAL)
    with asyncio.Runner() as runner:
        store = storage.open_store("sqlite:///:memory:")
        runner.get_loop().set_exception_handler(lambda _loop, _context: None)  # the dead tell no tales
        Floor.store, Floor.runner = store, runner
        yield Floor
        runner.run(store.close())
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("calls", range(LOOK))
def test_a_process_that_dies_in_a_look_loses_nothing(house_with_a_record: type[Floor], calls: int) -> None:
    floor = house_with_a_record()
    floor.somebody_writes(again=False)
    floor.clock.turn(seconds=20)
    floor.look(calls)

    assert floor.deaths == 1
    floor.every_promise_holds()
    floor.teardown()


def test_whatever_happens_in_whatever_order_the_promises_hold(house_with_a_record: type[Floor]) -> None:
    run_state_machine_as_test(
        house_with_a_record,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
