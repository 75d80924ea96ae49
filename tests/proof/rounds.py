"""A round of the proof: a fresh world and database, people, deaths, trouble, rest, and the verdict."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from bot.sandbox import tryout
from bot.sandbox.world import World
from tests.proof import desk_rules, pictures, verdict
from tests.proof.access import Access
from tests.proof.chronicle import Chronicle
from tests.proof.database import Database, note_what_passes, unrest, waiting
from tests.proof.evidence import Evidence, Row, read_tables
from tests.proof.fleet import Fleet, Subject
from tests.proof.levers import Levers
from tests.proof.outcome import Outcome, Plan
from tests.proof.own_time import OwnTime
from tests.proof.pace import LEASE, MARGIN, WHOLE_LEASE, relax
from tests.proof.people import People, messages_of, told_alone
from tests.proof.points import ANY, PATIENCE, PAUSE_AT_LOOK, PAUSE_WHEN_TAKEN
from tests.proof.subject import Orders
from tests.proof.trouble import Trouble

#: How many stories are under way at the same time.
STORIES = 10
#: … where Slack's own limits hold: more threads than it lets anybody read in a minute.
STORIES_UNDER_LIMITS = 30
#: For how long they then work before anybody dies, in seconds: replies are to wait in many threads.
CALM = 15.0
#: How often the product is started in the end, shortly one after the other, when everybody has just written.
LAST_STARTS = 3
#: How long everything may take to come to rest once the trouble is over, in seconds of its own; under Slack's
#: own limits there are many threads to be read twice. And altogether, on a busy machine.
REST, REST_UNDER_LIMITS, REST_AT_MOST = 90.0, 150.0, 600.0
#: How long the clock may be an hour off, in seconds: one subject alone may come to believe it; several, whose
#: clocks are compared with each other, may not.
LEAP, LEAP_OF_SEVERAL = 3.0, 1.0
#: How many subjects are left alone until they are up, at most so many seconds; the others may die before.
UP, UP_WITHIN = 0.8, 5.0
#: A point that is not reached by then is not waited for; the subject is killed where it is.
TOO_LONG = 1.2
#: What a paused process had leased is somebody else's by then, in seconds.
TAKEN_OVER = 10.0
#: How many rounds are held to Slack's own limits, with minutes that pass faster (`pace.FASTER`).
TIERS = 0.3
#: Once Slack and the product are left alone, no reply that is due waits for longer than this, in seconds of
#: their own. Two of Slack's faster minutes are 4.8; the rest is for a machine on which they are no faster.
WAITS_AT_MOST = 30.0

#: Where a process is paused: what the proof has to say of it is that it comes back and does no harm.
DURING_A_LOOK = "during a look"
WORK_TAKEN = "with work taken and not begun"
ANSWER_COMES = "while an answer was on its way"
ANYWHERE = "anywhere"
PAUSES = {DURING_A_LOOK: 3, WORK_TAKEN: 3, ANSWER_COMES: 2, ANYWHERE: 1}

#: Which answers a subject dies before: any, Slack's to a message, X's to what was published; the nth at most.
ANSWERS = (("", 14), ("chat.postMessage", 5), ("POST /x/", 1))


class Round:
    """One round. Use once."""

    def __init__(self, plan: Plan, fleet: Fleet, folder: Path, database: Database) -> None:
        self._plan = plan
        self._fleet = fleet
        self._folder = folder
        self._rng = random.Random(plan.seed)
        self._levers = Levers(folder / "levers")
        self._change = self._levers.set_date(plan.seed)
        self._tiers = random.Random(f"{plan.seed}l").random() < TIERS if plan.tiers is None else plan.tiers
        self._world = World(None, clock=self._levers.right)
        self._chronicle = Chronicle(self._levers.right)
        self._access = Access(self._world, self._chronicle.note)
        self._database = database
        self._outcome = Outcome()
        self._kills_begun = 0
        #: How many takeovers are being measured: meanwhile nobody is killed or paused who could take over.
        self._measuring = 0
        self._lives: list[asyncio.Task[None]] = []

    async def run(self) -> Outcome:
        """Let it happen, and judge it."""
        began = time.monotonic()
        relax(self._world, tiers=self._tiers)
        self._chronicle.keep(self._world)
        await self._world.start(0)
        noticing = asyncio.create_task(self._chronicle.notice_standstills())
        try:
            async with aiohttp.ClientSession() as http:
                await self._live(http)
        finally:
            for task in (noticing, *self._lives):
                task.cancel()
            for subject in self._fleet.alive():
                await subject.kill()
            await self._world.stop()
        self._outcome.tiers, self._outcome.limited = int(self._tiers), self._chronicle.limited
        self._outcome.standstills = len(self._chronicle.standstills)
        self._outcome.seconds = time.monotonic() - began
        return self._outcome

    async def _live(self, http: aiohttp.ClientSession) -> None:
        people = People(self._world, http, self._plan.seed, self._access)
        rng = random.Random(f"{self._plan.seed}t")
        leap = LEAP if self._plan.processes == 1 else LEAP_OF_SEVERAL
        trouble = Trouble(
            self._world, self._levers, self._database, self._apart(), leap, rng, self._chronicle.note
        )
        first = await self._first()
        await asyncio.to_thread(note_what_passes, self._database.url)
        since = self._levers.right()
        await asyncio.sleep(0.01)
        calm = time.monotonic() + (CALM if self._tiers else 0)
        while time.monotonic() < calm:
            self._let_stories_begin(people)
            await asyncio.sleep(0.1)
        trouble.begin(self._plan.faults)
        slots = [first, *[await self._start() for _ in range(self._plan.processes - 1)]]
        self._lives = [asyncio.create_task(self._live_and_die(subject, trouble)) for subject in slots]
        while any(not life.done() for life in self._lives):
            self._let_stories_begin(people)
            self._notice_the_change()
            await asyncio.sleep(0.1)
        await trouble.end()
        await asyncio.gather(*self._lives)
        if self._tiers:
            await self._last_starts(people)
        await people.finish(2)
        await self._come_to_rest()
        outcome = self._outcome
        outcome.faults = trouble.count + people.changed_mentions
        outcome.trouble, outcome.moves = trouble.done, Counter(people.done)
        outcome.trouble.update(how for _, _, how in self._access.unreadable)
        tables = await asyncio.to_thread(read_tables, self._database.url)
        evidence = self._evidence(since, tables, leapt=trouble.done["leap"] > 0)
        outcome.violations += await asyncio.to_thread(verdict.violations, evidence)
        outcome.violations += await pictures.differences(
            self._orders(), self._database.url, evidence.slack, evidence.now
        )
        if outcome.violations:
            self._chronicle.write_trail(self._folder / "trail.log")
            kept = json.dumps(evidence.tables, default=str, indent=1)
            (self._folder / "tables.json").write_text(kept)

    def _let_stories_begin(self, people: People) -> None:
        while people.busy < (STORIES_UNDER_LIMITS if self._tiers else STORIES):
            people.begin()
        self._chronicle.read_calls(self._world)

    def _notice_the_change(self) -> None:
        if self._change is not None and self._levers.right() >= self._change:
            self._chronicle.note(f"fault: daylight saving changes at {self._change:%H:%M}")
            self._outcome.changes_of_time += 1
            self._change = None

    # Lives and deaths

    def _orders(self, die_at: str = "", nth: int = 1) -> Orders:
        told = self._world.description()
        text = tryout.app_yaml(told, self._folder, "en")
        text = text.replace(f"hold: {tryout.HOLD}", "hold: 1s").replace(
            tryout.TARGETS, desk_rules.rules(self._plan.seed, told)
        )
        lines = ["database: ${PROOF_DATABASE}" if x.startswith("database:") else x for x in text.split("\n")]
        return Orders(
            "\n".join(lines),
            {**tryout.secrets(told), "PROOF_DATABASE": self._database.url},
            str(self._folder),
            die_at,
            nth,
            self._plan.defects,
            self._plan.whole_leases,
            self._plan.processes == 1,
            self._tiers,
        )

    def _apart(self) -> timedelta:
        """How far the subjects' clock may be off, which each reads when it is born. Side by side they share
        leases, whose margin is longer than what their clocks then differ."""
        return timedelta(seconds=1.5) if self._plan.processes == 1 else MARGIN / 4

    async def _start(self, die_at: str = "", nth: int = 1) -> Subject:
        orders = self._orders(die_at, nth)
        self._outcome.born_astray += orders.alone and self._levers.astray
        subject = await self._fleet.start(orders)
        self._chronicle.note(f"subject {subject.pid} is born {f'to die at {die_at}' if die_at else ''}")
        return subject

    async def _first(self) -> Subject:
        """A subject that is up. A start that is refused, as when the local Slack is slow to answer on a busy
        machine, is made again: so would whoever keeps a bot running."""
        for _ in range(3):
            subject = await self._start()
            if await subject.is_up_within(30):
                return subject
            why = subject.refused or "it said nothing"
            self._chronicle.note(f"subject {subject.pid} did not start: {why}")
            self._outcome.refused[why] += 1
            await subject.kill()
        raise RuntimeError(f"The product does not start: {why}")

    async def _live_and_die(self, subject: Subject, trouble: Trouble) -> None:
        """Let one subject after the other live and die, until enough have died."""
        while self._kills_begun < self._plan.kills or trouble.left > 0:
            if self._kills_begun >= self._plan.kills:
                if not await subject.ends_within(0.2):
                    continue
            elif not subject.ended.is_set():
                if self._measuring:
                    await subject.ends_within(0.2)
                    continue
                if self._plan.processes > 1 and not subject.was_paused and self._rng.random() < 0.4:
                    await self._pause(subject, trouble)
                    continue
                await self._end(subject, trouble)
            subject = await (self._start() if self._measuring else self._next())

    async def _next(self) -> Subject:
        """The next subject, with how it is to die: at a named point, after so many points, or by our hand."""
        way = self._rng.random()
        reached = self._fleet.points
        if way < 0.45 and reached:
            names = sorted(reached)
            weights = [reached[name] ** 2 / (1 + 3 * self._plan.died_at[name]) for name in names]
            (name,) = self._rng.choices(names, weights)
            return await self._start(name, self._rng.choice((1, 1, 1, 2)))
        if way < 0.7:
            return await self._start(ANY, self._rng.randint(1, 90))
        return await self._start()

    async def _end(self, subject: Subject, trouble: Trouble) -> None:
        """Let a subject live for a while, and end it in one of the ways in which it can end."""
        if self._plan.processes > 1:  # born side by side they are slow to get anything done
            await subject.ends_within(self._rng.uniform(0, 2))
        if self._rng.random() < UP:
            await subject.is_up_within(UP_WITHIN)
        way = self._rng.random()
        if not subject.die_at and way < 0.15:
            await subject.ends_within(self._rng.uniform(0.2, 1.5))
            await self._stop(subject)
            return
        self._kills_begun += 1
        if subject.die_at:
            died = await subject.ends_within(TOO_LONG)
            how = "at some point" if subject.die_at == ANY else f"at the point {subject.die_at}"
            self._plan.died_at[subject.die_at] += died
        elif way < 0.7:
            what, last = self._rng.choice(ANSWERS)
            trouble.kill_on_answer(lambda: subject.signal(signal.SIGKILL), self._rng.randint(1, last), what)
            died = await subject.ends_within(TOO_LONG)
            how = "while an answer was on its way"
        else:
            died = await subject.ends_within(self._rng.uniform(0.05, TOO_LONG))
            how = "by itself"
        if not died:
            await subject.kill()
            how = "at a random instant"
        self._chronicle.note(f"subject {subject.pid} ended with {subject.status} {how} {subject.refused}")
        if subject.status == -signal.SIGKILL:
            self._outcome.kills += 1
            self._outcome.deaths[how] += 1
        else:
            self._kills_begun -= 1

    async def _pause(self, subject: Subject, trouble: Trouble) -> None:
        """Stop a subject for longer than its leases last, and let it go on as if nothing had happened."""
        if not await subject.is_up_within(2 * TOO_LONG):
            return
        (how,) = self._rng.choices(list(PAUSES), list(PAUSES.values()))
        if how == DURING_A_LOOK:
            subject.signal(PAUSE_AT_LOOK)
        elif how == WORK_TAKEN:
            subject.signal(PAUSE_WHEN_TAKEN)
        elif how == ANSWER_COMES:
            what, last = self._rng.choice(ANSWERS)
            trouble.kill_on_answer(subject.pause_once, self._rng.randint(1, last), what)
        wait = self._rng.uniform(0.1, TOO_LONG) if how == ANYWHERE else PATIENCE
        if not await subject.pauses_within(wait):
            if subject.ended.is_set():
                return
            how = ANYWHERE
            subject.pause_once()
        assert subject.paused_at is not None
        self._chronicle.note(f"subject {subject.pid} is paused {how}")
        self._outcome.pauses[how] += 1
        lease = WHOLE_LEASE if self._plan.whole_leases else LEASE
        self._measuring += how == DURING_A_LOOK
        await subject.ends_within(lease.total_seconds() * self._rng.uniform(1.1, 2))
        if how == DURING_A_LOOK and not subject.ended.is_set():
            await self._takeover(subject, subject.paused_at)
        self._measuring -= how == DURING_A_LOOK
        subject.go_on()
        self._chronicle.note(f"subject {subject.pid} goes on")
        await subject.ends_within(self._rng.uniform(0.1, TOO_LONG))

    async def _takeover(self, subject: Subject, paused_at: float) -> None:
        """Measure when another process began to look at what a paused one had leased."""
        while True:
            after = [at - paused_at for at, pid in self._fleet.looks if at > paused_at and pid != subject.pid]
            waited = time.monotonic() - paused_at
            if after or waited > TAKEN_OVER:
                break
            await asyncio.sleep(0.1)
        self._outcome.taken_over.append(after[0] if after else waited)
        self._chronicle.note(
            f"what {subject.pid} looked at is taken over after {self._outcome.taken_over[-1]:.2f} s"
        )
        if self._outcome.taken_over[-1] > TAKEN_OVER:
            self._outcome.violations.append("Nobody took over what a paused process was looking at.")

    async def _stop(self, subject: Subject) -> None:
        subject.signal(signal.SIGTERM)
        if not await subject.ends_within(10):
            self._outcome.violations.append("A subject did not stop within 10 seconds of being asked to.")
            await subject.kill()

    # The end

    async def _last_starts(self, people: People) -> None:
        """A reply waits in as many threads as may be; the product is killed and started several times."""
        for subject in self._fleet.alive():
            await self._stop(subject)
        subject = await self._start()
        if await subject.is_up_within(30):
            await people.reply_everywhere()
        for _ in range(LAST_STARTS):
            await subject.kill()
            self._outcome.kills += 1
            self._outcome.deaths["when everybody had just written"] += 1
            subject = await self._start()
            await subject.ends_within(TOO_LONG)
        await subject.kill()

    async def _come_to_rest(self) -> None:
        """A last subject that nobody disturbs, until it has read all threads and has nothing left to do."""
        began = time.monotonic()
        for subject in self._fleet.alive():
            await self._stop(subject)
        subject = await self._start()
        own, quiet, busy_at = OwnTime(subject.pid), 0, began
        patience = REST_UNDER_LIMITS if self._tiers else REST
        while own.seconds() < patience and time.monotonic() < began + REST_AT_MOST:
            await asyncio.sleep(0.1)
            self._chronicle.read_calls(self._world)
            if subject.ended.is_set():
                subject = await self._start()
                own = OwnTime(subject.pid)
            if await asyncio.to_thread(waiting, self._database.url):
                self._outcome.waited = own.seconds()
            if busy := await asyncio.to_thread(unrest, self._database.url):
                busy_at = time.monotonic()
            # A reading of the threads that began after it: a card that was just found has its thread read.
            # And a second look that brought what is on X: what the first brought has been taken in.
            looked = sum(began > busy_at for began in subject.looked_as_of) >= 2
            resting = not busy and looked and subject.read_as_of > busy_at
            quiet = quiet + 1 if resting else 0
            if quiet >= 5:
                break
        else:
            self._outcome.violations.append("It did not come to rest.")
        self._outcome.rest = time.monotonic() - began
        self._chronicle.note(f"{self._outcome.rest:.0f} s to come to rest, {own.seconds():.0f} s its own")
        if self._outcome.waited > WAITS_AT_MOST:
            self._outcome.violations.append(
                f"A reply that was due still waited {self._outcome.waited:.0f} s after all trouble was over."
            )
        await self._stop(subject)
        if self._fleet.double_looks:
            count, self._fleet.double_looks = self._fleet.double_looks, 0
            self._outcome.violations.append(f"{count} times two looked at one account at the same time.")
        for name, seconds in self._fleet.slow:
            self._outcome.violations.append(f"{name} kept everything else waiting for {seconds:.1f} s.")
        self._fleet.slow.clear()

    def _evidence(self, since: datetime, tables: dict[str, list[Row]], *, leapt: bool) -> Evidence:
        self._chronicle.read_calls(self._world)
        return Evidence(
            brand=self._world.brand.id,
            bot=self._world.slack.bot.id,
            posts=self._world.x.posts,
            private=self._world.x.messages,
            slack=messages_of(self._world, self._world.channel),
            told_alone=told_alone(self._world),
            chronicle=self._chronicle,
            tables=tables,
            unreadable=self._access.unreadable,
            leapt=leapt,
            since=since,
            now=self._levers.now(),
        )
