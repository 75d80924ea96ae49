"""What this installation watches and promises: app.yaml as frozen values, without secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from bot.cases.duty import Roster
from bot.cases.escalation import Step
from bot.cases.hours import ALWAYS, Hours
from bot.cases.posts import AccountId
from bot.cases.priority import Priority, Rule


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A target that ends with the closing of so many open days later."""

    count: int


@dataclass(frozen=True, slots=True)
class Promise:
    """The response times promised for a part of the cases; None where it promises nothing of its own."""

    first_reply: timedelta | None = None
    next_reply: timedelta | None = None
    resolution: timedelta | WorkingDays | None = None


@dataclass(frozen=True, slots=True)
class Targets:
    """The promised response times of a team, in service time. Of several that apply the shortest counts."""

    first_reply: timedelta = timedelta(hours=1)
    next_reply: timedelta = timedelta(hours=1)
    #: How long before the due time the watch says "at risk": a time, or a part of the target.
    warn_before: timedelta | Fraction = timedelta(minutes=15)
    #: How long after who has a missed case was told, the channel is told too.
    escalate_after: timedelta = timedelta(minutes=15)
    #: From the first mention to closing, without the time in which the case rests; None for no such promise.
    resolution: timedelta | WorkingDays | None = None
    per_account: Mapping[AccountId, Promise] = field(default_factory=dict)
    per_priority: Mapping[Priority, Promise] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Team:
    """A care team and its room."""

    name: str
    #: The desk's channel id, resolved at start when app.yaml gives a #name.
    channel: str
    targets: Targets = Targets()
    #: The visible delay before a reply is sent.
    hold: timedelta = timedelta(seconds=15)
    #: Who is called by alarms about cases that nobody looks after: "channel", "here", "nobody", or the desk's
    #: id of a group of people, resolved at start when app.yaml gives its handle.
    call: str = "channel"
    hours: Hours = ALWAYS
    #: Asked in this order; the first that holds for a post gives its case the priority.
    priority: Sequence[Rule] = ()
    #: In service time: how long a claim lasts without a reply. None: for ever.
    claim_expires: timedelta | None = None
    #: Who is told when. Empty: who has the case, or else `call`; and `call` once more after `escalate_after`.
    escalation: Sequence[Step] = ()
    #: Members and groups who are told of what is missed.
    leads: Sequence[str] = ()
    #: Who is on duty when; None without one.
    roster: Roster | None = None
    #: How long nobody must write before an answered case closes by itself. None: it never does.
    close_after: timedelta | None = None
    #: A customer who writes so long after closing brings the case back; later theirs is a new one. None: it
    #: always comes back.
    reopen_within: timedelta | None = None
    #: The part of the cases closed as mere venting that a second person reads.
    second_reader: Fraction = Fraction(0)
    #: Whether what published replies promise is reminded of.
    promises: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """One brand profile on one network, as configured. `credentials` stay with the connector."""

    name: AccountId
    network: str
    #: Without the leading @.
    handle: str
    team: str
    poll_every: timedelta = timedelta(seconds=60)
    #: Close each reply with the sender's initials.
    initials: bool = True
    #: The visible delay before a reply is sent; None for that of the team.
    hold: timedelta | None = None
    #: US dollars a day; reaching it stops polling. None: no limit.
    daily_limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reactions:
    """Which emoji means what; names without colons, canonical."""

    claim: str = "eyes"
    close: str = "white_check_mark"
    dismiss: str = "see_no_evil"
    stop: str = "x"
    send_now: str = "rocket"
    private: str = "lock"
    #: Set by the bot on the agent's message.
    sent: str = "outbox_tray"
    failed: str = "boom"
    #: The same on what stays inside; "" for no mark.
    note: str = "memo"


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything that the pieces of work must know about how this installation is run."""

    language: str
    timezone: str
    teams: Mapping[str, Team]
    accounts: Mapping[AccountId, Account]
    reactions: Reactions = Reactions()
    #: Initials by desk user id, from app.yaml; agents may set their own.
    initials: Mapping[str, str] = field(default_factory=dict)
    #: What agents type in the channel to speak to the bot.
    command: str = "/webcare"

    def team_of(self, account: AccountId) -> Team:
        """The team that works an account."""
        return self.teams[self.accounts[account].team]

    def holds(self) -> set[timedelta]:
        """Every delay that a reply may have before it is sent."""
        accounts = self.accounts.values()
        return {self.teams[each.team].hold if each.hold is None else each.hold for each in accounts}

    def groups(self) -> frozenset[str]:
        """Every group of people that is called, as app.yaml names it."""
        named = {team.call for team in self.teams.values()} - {"channel", "here", "nobody"}
        steps = {step.call for team in self.teams.values() for step in team.escalation}
        return frozenset(named | {who for who in steps | self._named() if who.startswith("S")})

    def people(self) -> frozenset[str]:
        """Every member that app.yaml names as a lead or in a roster."""
        return frozenset(who for who in self._named() if not who.startswith("S"))

    def _named(self) -> set[str]:
        leads = {who for team in self.teams.values() for who in team.leads}
        rosters = [team.roster for team in self.teams.values() if team.roster is not None]
        return leads | {who for roster in rosters for who in roster.people()}

    def channels(self) -> frozenset[str]:
        """Every room of the care teams."""
        return frozenset(team.channel for team in self.teams.values())
