"""`Tx`, one unit of work: a transaction of the record, what is configured, and the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.cases.history import Event, EventKind
from bot.cases.installation import Account, Installation, Team
from bot.cases.model import AgentId, Case
from bot.cases.outbox import Abilities, DeskPace
from bot.cases.ports import Capabilities, Measure, ReplyOption, ReplyTarget, Rules
from bot.cases.posts import AccountId, Surface
from bot.cases.record import Record


class Wording(Protocol):
    """The catalogue, for the few sentences that go out to a customer."""

    def text(self, key: str, **values: object) -> str: ...


class _Nothing:
    """The rules of an account that app.yaml no longer has: any text will do, and none goes out."""

    def capabilities(self) -> Capabilities:
        return Capabilities((), {})

    def measure(self, text: str, target: ReplyTarget, mode: Surface) -> Measure:  # noqa: ARG002  # the protocol's
        return Measure(len(text), len(text), valid=True)

    def reply_options(self, target: ReplyTarget, now: datetime) -> Sequence[ReplyOption]:  # noqa: ARG002  # the same
        return tuple(ReplyOption(mode, allowed=False, reason="account_gone") for mode in Surface)

    def invitation_url(self) -> str:
        return ""


_NOTHING = _Nothing()
_PACE, _ABILITIES = DeskPace(), Abilities()


@dataclass(frozen=True, slots=True)
class Setup:
    """What does not change while the program runs."""

    installation: Installation
    #: What each account's network allows.
    rules: Mapping[AccountId, Rules]
    #: The catalogues, by language.
    wordings: Mapping[str, Wording]
    #: How much the desk takes.
    pace: DeskPace = _PACE
    #: What the desk can do.
    abilities: Abilities = _ABILITIES
    #: That of the clock: how long the machine itself may take is multiplied by it.
    speed: float = 1.0


class Tx:
    """One unit of work: all that a function of this package may know and change. It ends with the
    transaction; nobody keeps one."""

    def __init__(self, record: Record, setup: Setup, now: datetime, stamp: str = "") -> None:
        """The parts of `record` are here under their own names. `now` is the time of everything that is done;
        `stamp` is the desk's own of the act that is carried out, "" when nobody at the desk did it."""
        self.record, self.setup, self.now, self.stamp = record, setup, now, stamp
        #: What app.yaml says.
        self.installation = setup.installation
        self.cases, self.timers, self.alarms = record.cases, record.timers, record.alarms
        self.posts, self.people, self.replies = record.posts, record.people, record.replies
        self.threads, self.history, self.outbox = record.threads, record.history, record.outbox
        self.accounts, self.streams, self.upkeep = record.accounts, record.streams, record.upkeep
        self.duty, self.reminders = record.duty, record.reminders
        self.wake = record.wake

    def note(self, case: Case, kind: EventKind, who: AgentId | str = "", **detail: object) -> None:
        """Write one line of the case's history."""
        self.record.history.add(Event(case.id, self.now, kind, str(who), detail or None))

    def account(self, case: Case) -> Account:
        """The account on which the case began. When app.yaml no longer has it, one of its name on the network
        of the first that is left: its cases are shown and worked to their end, but nothing goes out."""
        known = self.installation.accounts.get(case.account)
        if known is not None:
            return known
        left = next(iter(self.installation.accounts.values()))
        return Account(case.account, left.network, handle=case.account, team=left.team)

    def team(self, case: Case) -> Team:
        """The team that works the case; when app.yaml no longer has it, the team of the account."""
        known = self.installation.teams.get(case.team)
        return known or self.installation.teams[self.account(case).team]

    def hold(self, case: Case) -> timedelta:
        """How long a reply of the case can be changed or stopped before it is sent."""
        of_account = self.account(case).hold
        return self.team(case).hold if of_account is None else of_account

    def rules(self, case: Case) -> Rules:
        """What the case's network allows on its account."""
        return self.setup.rules.get(case.account, _NOTHING)

    def hears_private(self, case: Case) -> bool:
        """Whether what the customer writes in private comes in here at all."""
        return Surface.PRIVATE in self.rules(case).capabilities().visibilities.values()

    def surface(self, account: AccountId, visibility: str) -> Surface:
        """What it means that a network calls a post so; nobody but its connector says that it is public."""
        declared = self.setup.rules.get(account, _NOTHING).capabilities().visibilities
        return declared.get(visibility, Surface.PRIVATE)

    def wording(self, language: str) -> Wording:
        """The catalogue in a customer's language, as networks name it ("nl", "en-GB"); in the installation's
        own where there is none, or the language is not known."""
        known = self.setup.wordings.get(language.partition("-")[0].casefold())
        return known or self.setup.wordings[self.installation.language]

    def channel(self, case: Case) -> str:
        """The channel in which the case's thread is, or will be."""
        return case.thread.channel if case.thread else self.team(case).channel
