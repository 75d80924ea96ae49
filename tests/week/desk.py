"""The week itself: customers who write day and night, six agents in shifts, and the watch."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from bot.cases.duty import Roster, Shift
from bot.cases.escalation import Step
from bot.cases.installation import Targets
from bot.cases.model import SETTLED, Agent, AgentId, CaseId
from bot.cases.ports import Sent
from bot.cases.posts import PostId
from bot.cases.timers import FlagKind
from bot.work import alarms, claims, publishing, replies, shifts, turns
from bot.work.replies import Words
from tests.contract.samples import a_post
from tests.hours.compare import product_hours
from tests.hours.walker import ZONE, Written
from tests.unit.office import Office

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: A Monday. The Wednesday morning has nobody on duty.
FIRST = date(2026, 11, 30)
_WEEK = {
    **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-12:30, 13:00-21:00"),
    "sat": "10:00-17:00",
}
HOURS = Written([(None, None, _WEEK)], {}, False)
TARGET = 60
STEPS = (
    Step(FlagKind.AT_RISK, "assignee_or_duty"),
    Step(FlagKind.MISSED, "lead"),
    Step(FlagKind.MISSED, "duty", again=30 * MINUTE, times=2),
)
AGENTS = [Agent(AgentId(f"U{number}"), f"Agent {number}") for number in range(1, 7)]


def _block(begin: int, end: int) -> tuple[timedelta, timedelta]:
    return timedelta(hours=begin), timedelta(hours=end)


def _roster() -> Roster:
    early, late = Shift(_block(9, 13), ("U1", "U2", "U3")), Shift(_block(13, 21), ("U4", "U5", "U6"))
    week = {**dict.fromkeys(range(5), (early, late)), 5: (Shift(_block(10, 17), ("U1", "U4")),)}
    return Roster(ZONE, week, {FIRST + 2 * DAY: (late,)})


class Week:
    """A desk without a network and without Slack: what the record decides, at each instant of a week."""

    def __init__(self, mentions: int, days: int, seed: int) -> None:
        self.office = Office()
        self._rng = random.Random(seed)  # no secret
        self._order = itertools.count()
        self._coming: list[tuple[datetime, int, Callable[[], None]]] = []
        self.hours = product_hours(HOURS)
        self.office.configure_team(
            hours=self.hours,
            roster=_roster(),
            escalation=STEPS,
            leads=("U9",),
            claim_expires=2 * HOUR,
            close_after=5 * HOUR,
            targets=Targets(first_reply=HOUR, next_reply=HOUR, warn_before=Fraction(1, 5)),
        )
        for agent in AGENTS:
            self.office.record.people.save_agent(agent)
        self.begins = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ZONE).astimezone(UTC)
        self.ends = self.begins + days * DAY
        self.now = self.begins
        #: What was wrong, as it was seen.
        self.wrong: list[str] = []
        for number in range(mentions):
            at = self.begins + self._rng.randrange(days * 24 * 60 - 600) * MINUTE
            self._at(at, lambda number=number: self._mention(number))  # type: ignore[misc]  # bound in the loop
        for agent in AGENTS:
            self._at(self.begins, lambda agent=agent: self._work(agent))  # type: ignore[misc]  # the same
        self._at(self.begins, self._look_around)

    def run(self) -> None:
        """Let the week pass: what is next happens, and the watch turns what has turned until then."""
        while self._coming and self._coming[0][0] < self.ends:
            at, _, happen = heapq.heappop(self._coming)
            self._watch(at)
            self.now = at
            happen()
            self.office.carry()
        self._watch(self.ends)

    def _at(self, at: datetime, happen: Callable[[], None]) -> None:
        heapq.heappush(self._coming, (at, next(self._order), happen))

    def _watch(self, until: datetime) -> None:
        record = self.office.record
        while (due := record.timers.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            turns.flag(self.office.tx(self.now))
            self.office.carry()
        again = alarms.call_again(self.office.tx(until))
        assert again is None or again > until
        self.now = until

    # What people do

    def _mention(self, number: int) -> None:
        author = str(10_000 + number - number % 3 if number % 7 == 0 else 10_000 + number)
        post = a_post(
            f"9{number}", text="Where is it?", root_id=author, author_id=author, created_at=self.now
        )
        self.office.take_in(post, now=self.now)

    def _work(self, agent: Agent) -> None:
        """Take the first case that nobody has, and mostly answer it a while later."""
        self._at(self.now + self._rng.randint(3, 12) * MINUTE, lambda: self._work(agent))
        team = self.office.setup.installation.teams["care"]
        stints = list(team.roster.stints(self.now, self.now + MINUTE)) if team.roster else []
        if not any(agent.id in stint.who and stint.begins <= self.now < stint.ends for stint in stints):
            return
        free = [case for case in self.office.record.cases.queue(50) if case.assignee is None]
        if not free:
            return
        claims.claim(self.office.tx(self.now), free[0], agent)
        if self._rng.random() < 0.9:
            case_id = free[0].id
            self._at(self.now + self._rng.randint(2, 20) * MINUTE, lambda: self._answer(agent, case_id))

    def _answer(self, agent: Agent, case_id: CaseId) -> None:
        case = self.office.record.cases.get(case_id)
        if case is None or case.assignee != agent.id or case.waiting_since is None:
            return
        if self._rng.random() < 0.1:
            claims.dismiss(self.office.tx(self.now), case, agent, "no_question")
            return
        reply = replies.queue(self.office.tx(self.now), case, agent, Words("It is on its way."))
        assert reply is not None
        later = self.now + MINUTE
        self._at(later, lambda: self._publish(reply.id))

    def _publish(self, reply_id: object) -> None:
        if publishing.begin(self.office.tx(self.now), reply_id) is not None:  # type: ignore[arg-type]  # its id
            outcome = Sent(PostId(f"brand-{reply_id}"), "", self.now)
            publishing.finish(self.office.tx(self.now), reply_id, outcome)  # type: ignore[arg-type]  # the same

    # What must hold every two hours

    def _look_around(self) -> None:
        self._at(self.now + 2 * HOUR, self._look_around)
        shifts.tell(self.office.tx(self.now))
        queue = {case.id for case in self.office.record.cases.queue(1_000_000)}
        for case in self.office.record.cases.open():
            waits = bool(replies.unanswered(self.office.tx(self.now), case))
            if waits and (case.answer_due is None or case.id not in queue):
                self.wrong.append(f"{self.now}: a customer waits in case {case.id}, and nothing is due")
            if case.status in SETTLED or (not waits and case.answer_due is not None):
                self.wrong.append(f"{self.now}: nobody waits in case {case.id}, and an answer is due")
