"""A setup, a record in memory and a network's rules: what the pieces of work are tried on, one at a time."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from bot.cases.accounts import Stream
from bot.cases.actions import Action, Result
from bot.cases.alarms import Alarm
from bot.cases.installation import Account, Installation, Team
from bot.cases.model import Agent, AgentId, Case, Conversation, MessageRef, Reply
from bot.cases.outbox import Effect, Entry, Mark, Say, Shown, Whisper
from bot.cases.ports import Capabilities, Clock, Measure, Page, ReplyOption, ReplyTarget
from bot.cases.posts import Author, AuthorId, Post, Surface
from bot.cases.record import Store, Wake
from bot.cases.said import Sentence
from bot.cases.timers import FlagKind
from bot.cases.tx import Setup, Tx
from bot.outbox import put
from bot.slack.pace import DESK_PACE
from bot.texts import LANGUAGES, Texts
from bot.transactions import Transactions
from bot.work import dispatch, doors, intake
from bot.work.context import NOTHING, Answers
from bot.work.doors import Command
from bot.work.intake import Look
from tests import memory
from tests.contract.samples import (
    BRAND,
    MINUTE,
    NOW,
    ROOT,
    a_case,
    a_clock,
    a_post,
    a_reply,
    a_stream,
    an_account,
)

E = TypeVar("E", bound=Effect)

CUSTOMER = AuthorId("783214")
MO = Agent(AgentId("U1"), "Mo de Koning")
ANN = Agent(AgentId("U2"), "Ann Bos")


@dataclass
class Rulebook:
    """What the network allows; a test may change it."""

    limit: int = 280
    #: The ways that are closed, with the reason.
    closed: dict[Surface, str] = field(default_factory=dict)
    invitation: str = "https://fake.example/messages"
    price: Decimal | None = None
    price_with_link: Decimal | None = None
    #: Whether private messages come in.
    hears_private: bool = True

    def capabilities(self) -> Capabilities:
        """Three lists, both ways unless private messages do not come in."""
        messages = {"dm": Surface.PRIVATE} if self.hears_private else {}
        public = dict.fromkeys(("public", "unlisted"), Surface.PUBLIC)
        return Capabilities(("mentions", "own", "dms"), public | messages)

    def measure(self, text: str, target: ReplyTarget, mode: Surface) -> Measure:
        """Every character counts."""
        return Measure(len(text), self.limit, 0 < len(text) <= self.limit, text.count("https://"))

    def reply_options(self, target: ReplyTarget, now: datetime) -> Sequence[ReplyOption]:
        """Both ways, closed ones included."""
        return [
            ReplyOption(
                mode,
                mode not in self.closed,
                self.closed.get(mode, ""),
                price=self.price,
                price_with_link=self.price_with_link,
            )
            for mode in Surface
        ]

    def invitation_url(self) -> str:
        """A message box, or nothing."""
        return self.invitation


def told(result: Result) -> Sentence:
    """What a result says."""
    assert result.said is not None
    return result.said


class Office:
    """One team with one account, at NOW. Cases have their thread in C1 unless a test says otherwise."""

    def __init__(self) -> None:
        self.record = memory.record()
        self._posts = itertools.count(1)
        self.rules = Rulebook()
        self.setup = Setup(
            Installation(
                "en",
                "Europe/Amsterdam",
                {"care": Team("care", "C1", hold=timedelta(seconds=15))},
                {BRAND: Account(BRAND, "x", "brand", "care")},
            ),
            {BRAND: self.rules},
            {language: Texts(language) for language in LANGUAGES},
            DESK_PACE,
        )
        self.record.people.save_author(Author("x", CUSTOMER, "jansen"), NOW)

    def tx(self, now: datetime = NOW, stamp: str = "") -> Tx:
        """A unit of work; `stamp` is the desk's of the act that it carries out."""
        return Tx(self.record, self.setup, now, stamp)

    def transactions(self, store: Store, clock: Clock) -> Transactions:
        """What hands out units of work over a store."""
        return Transactions(store, self.setup, clock)

    def configure(self, **changes: Any) -> None:
        """Another app.yaml: fields of the account."""
        installation = self.setup.installation
        accounts = {BRAND: replace(installation.accounts[BRAND], **changes)}
        self.setup = replace(self.setup, installation=replace(installation, accounts=accounts))

    def configure_team(self, **changes: Any) -> None:
        """Another app.yaml: fields of the team."""
        installation = self.setup.installation
        teams = {"care": replace(installation.teams["care"], **changes)}
        self.setup = replace(self.setup, installation=replace(installation, teams=teams))

    def case(self, **fields: Any) -> Case:
        """A case that began with a mention at NOW, in ROOT unless `root_id` says another."""
        root_id = fields.pop("root_id", ROOT)
        case = self.record.cases.add(a_case(**fields))
        self.record.cases.talks_in(case.id, Conversation(BRAND, case.author_id, case.mode, root_id))
        if "thread" not in fields:
            case = self.record.cases.save(
                replace(case, thread=MessageRef("C1", f"17000000{case.id:02}.000100"))
            )
        self.mention(case, root_id=root_id, author_id=case.author_id)
        return case

    def leased(self, name: str = "mentions", **fields: Any) -> Stream:
        """A list of the account, in our hands."""
        if self.record.accounts.get(BRAND) is None:
            self.record.accounts.save(an_account())
        known = self.record.streams.get(BRAND, name) or a_stream(name=name, main=name == "mentions")
        ours: dict[str, Any] = {"lease_by": "us", "lease_until": NOW + MINUTE}
        return self.record.streams.save(replace(known, **ours | fields))

    def take_in(
        self, *posts: Post, now: datetime = NOW, name: str = "mentions", answers: Answers = NOTHING
    ) -> None:
        """A look at a list brings these."""
        intake.take_in(self.tx(now), Look(self.leased(name), now, Page(posts, 1), answers))

    def waiting_case(
        self,
        since: datetime = NOW,
        *,
        warn_at: datetime | None = None,
        flag: FlagKind | None = None,
        **fields: Any,
    ) -> Case:
        """A case whose customer has waited since then, with an hour for the answer."""
        return self.case(answer_due=a_clock(since + 60 * MINUTE, warn_at, flag), **fields)

    def mention(self, case: Case, **fields: Any) -> Post:
        """The customer writes (again)."""
        post = self.record.posts.add(a_post(f"m{next(self._posts)}", **fields), case.id, NOW)
        assert post is not None
        return post

    def show(self, case: Case, post: Post, ts: str) -> None:
        """A later post is shown in the case's thread at `ts`; with "" it is still to be."""
        put.follow_up(self.tx(), case, post.number)
        entry = self.record.outbox.of_key(put.key_of_post(post.number))
        assert entry is not None
        if ts:
            self.stand(entry, MessageRef("C1", ts))

    def reply(self, case: Case, **fields: Any) -> Reply:
        """A reply by Mo, who has seen all there is."""
        posts = self.record.posts.of_case(case.id)
        seen: dict[str, Any] = {"agent": MO.id, "seen_number": posts[-1].number, "in_reply_to": posts[-1].id}
        reply = self.record.replies.add(a_reply(case.id, **seen | fields))
        assert reply is not None
        return reply

    def now_case(self, case: Case) -> Case:
        """The case as it stands."""
        current = self.record.cases.get(case.id)
        assert current is not None
        return current

    def now_reply(self, reply: Reply) -> Reply:
        """The reply as it stands."""
        current = self.record.replies.get(reply.id)
        assert current is not None
        return current

    def entries(self, *kinds: type[Effect]) -> list[Entry]:
        """What waits in the outbox, of these kinds or of any, oldest first."""
        return [each for each in self.record.outbox.waiting() if not kinds or isinstance(each.effect, kinds)]

    def effects(self, kind: type[E]) -> list[E]:
        """The effects of one kind that are still to come, oldest first."""
        effects = (entry.effect for entry in self.record.outbox.waiting())
        return [effect for effect in effects if isinstance(effect, kind)]

    def carry(self, *kinds: type[Effect]) -> list[Entry]:
        """All that waited, of these kinds or of any: from here on it is done, and stands somewhere."""
        carried = self.entries(*kinds)
        for entry in carried:
            self.stand(entry, MessageRef("C1", f"1700009000.{entry.id:06}"))
        return carried

    def stand(self, entry: Entry, ref: MessageRef) -> None:
        """An entry is done; what is looked for again stands at the desk from here on, at `ref`."""
        self.record.outbox.remove(entry)
        if entry.keep:
            said = entry.effect.said if isinstance(entry.effect, Say) else None
            case_id = getattr(entry.effect, "case_id", None)
            self.record.outbox.keep(Shown(entry.key, ref, NOW, case_id, said))

    def alarms(self) -> list[Alarm]:
        """Every alarm, oldest first."""
        numbers = itertools.count(1)
        return list(iter(lambda: self.record.alarms.get(next(numbers)), None))

    def said(self) -> list[Sentence]:
        """What is to be said at the desk, oldest first."""
        return [say.said for say in self.effects(Say)]

    def whispers(self) -> list[Sentence]:
        """What is to be told to one agent alone, oldest first."""
        return [whisper.said for whisper in self.effects(Whisper)]

    def marks(self) -> list[tuple[str, bool]]:
        """Reactions to be put (True) or taken away, oldest first."""
        return [(mark.reaction, mark.present) for mark in self.effects(Mark)]

    def events(self, case: Case) -> list[str]:
        """The kinds of what happened to a case, oldest first."""
        return [event.kind for event in self.record.history.of_case(case.id)]

    def word(
        self,
        case: Case,
        agent: Agent,
        name: str,
        rest: str = "",
        *,
        message: MessageRef | None = None,
        tx: Tx | None = None,
    ) -> Sentence | None:
        """An agent types a word in the thread of a case; what it is answered with, addressed or not."""
        thread = case.thread or MessageRef("C1", f"17000000{case.id:02}.000100")
        command = Command(name, rest, message or thread, thread, NOW)
        return self.answer(tx or self.tx(), doors.in_thread(case, command), agent)

    def slash(self, line: str, agent: Agent = MO, *, tx: Tx | None = None) -> Sentence:
        """What the slash command answers to a line."""
        said = dispatch.carry_out(tx or self.tx(), doors.slash(line, None), agent)
        assert said is not None
        return said

    def answer(self, tx: Tx, action: Action, agent: Agent) -> Sentence | None:
        """An action is carried out; what it is answered with in the thread or in private."""
        before = self.entries()
        said = dispatch.carry_out(tx, action, agent)
        for entry in self.entries()[len(before) :]:
            if isinstance(entry.effect, Say | Whisper):
                said = entry.effect.said
        is_wrapped = said is not None and said.key in ("answer.to", "answer.named")
        return said.values["answer"] if said is not None and is_wrapped else said

    def woken(self) -> frozenset[Wake]:
        """The ticks that are to run."""
        return self.record.finish()


@pytest.fixture
def office() -> Office:
    """An office in which nothing has happened yet."""
    return Office()
