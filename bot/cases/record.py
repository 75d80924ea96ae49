"""The port of the record: everything the middle remembers, read and written in one transaction at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.cases.accounts import AccountState, Stream
from bot.cases.alarms import Alarm, Audience, Flag
from bot.cases.duty import Duty
from bot.cases.figures import Figures
from bot.cases.history import Event
from bot.cases.model import (
    Agent,
    AgentId,
    Case,
    CaseId,
    Conversation,
    MessageRef,
    Reply,
    ReplyId,
    Tenure,
    ThreadMessage,
)
from bot.cases.outbox import Outbox
from bot.cases.posts import AccountId, Author, AuthorId, Post, PostId, Unread
from bot.cases.reminders import Reminders
from bot.cases.targets import Answer
from bot.cases.timers import Timer, TimerKind

T = TypeVar("T")


class Wake(StrEnum):
    """The ticks that can be woken once a transaction is committed."""

    POLL = "poll"
    DELIVER = "post"
    SEND = "send"
    WATCH = "watch"
    #: Read the threads: something may have been said in one before it was known to be ours.
    CATCH_UP = "hear"


class Cases(Protocol):
    """The cases."""

    def get(self, case_id: CaseId) -> Case | None: ...
    def of_thread(self, thread: MessageRef, *, ever: bool = False) -> Case | None:
        """The case that has this thread; with `ever` also the one that had it. `Case.thread` is the current
        one, and the card is its first message."""

    def of_conversation(self, account: AccountId, author_id: AuthorId, root_id: str) -> Case | None:
        """The newest case that this author has in this conversation of the network."""

    def of_author(self, account: AccountId, author_id: AuthorId, limit: int) -> Sequence[Case]:
        """The newest cases of this author, whatever their status, newest first."""

    def known_authors(self, account: AccountId, ids: Collection[AuthorId]) -> Set[AuthorId]:
        """Those of `ids` who have a case on this account, whatever its status."""

    def add(self, case: Case) -> Case:
        """Store a case (its `id` is ignored) and return it with its id. It has no conversation yet."""

    def talks_in(self, case_id: CaseId, conversation: Conversation) -> None:
        """Remember that a case goes on in this conversation too; harmless when that is known."""

    def save(self, case: Case) -> Case:
        """Save the case; returns it with its new version. A thread that it gets is its thread from then on,
        and stays known as one it had when it gets another. Raises `Stale`."""

    def open(self, channel: str | None = None) -> Sequence[Case]:
        """Cases neither closed nor dismissed, oldest first; those whose thread is in `channel` if given."""

    def queue(self, limit: int) -> Sequence[Case]:
        """Cases in which a customer waits, of whatever team: by priority, and then soonest due first."""

    def claimed_by(self, agent: AgentId) -> Sequence[Case]:
        """Open cases of which `agent` is the assignee, oldest first."""

    def settled_since(self, since: datetime) -> Sequence[Case]:
        """Cases closed or dismissed at or after `since` (for catching up on reactions and words)."""


class Timers(Protocol):
    """The timers of the cases. That of the answer is saved with its case. Who sets or ends another saves the
    case in the same piece of work: the version of the case guards them all."""

    def of_case(self, case_id: CaseId) -> Mapping[TimerKind, Timer]:
        """The timers of a case, that of its answer included."""

    def set(self, case_id: CaseId, timer: Timer) -> None:
        """Let a case have this timer in the place of the one of its kind. Not for that of the answer."""

    def end(self, case_id: CaseId, kind: TimerKind) -> None:
        """Let a case have no timer of this kind. Not for that of the answer."""

    def due(self, now: datetime, limit: int) -> Sequence[tuple[CaseId, Timer]]:
        """Timers that have turned and did not say so yet, each with the number of its case; what turned first
        comes first. A case may come with several. While another process looks, nothing does."""

    def next_due(self) -> datetime | None:
        """The earliest instant at which a timer turns; None when none will."""

    def flagged_before(self, now: datetime) -> Sequence[tuple[CaseId, Timer]]:
        """Timers that were flagged although something of them lies after `now`."""


class Alarms(Protocol):
    """What was flagged, and the alarms that say it."""

    def add_flag(self, flag: Flag) -> bool:
        """Remember that this was flagged; False when it was already."""

    def save_flag(self, flag: Flag) -> None:
        """Overwrite alarm_id, called_by and over_at."""

    def flags_of(self, case_id: CaseId) -> Sequence[Flag]:
        """All flags of a case, oldest due time first."""

    def flags_in(self, alarm_id: int, limit: int) -> Sequence[Flag]:
        """What an alarm says or calls for: what is not over first, then by due time, case and kind."""

    def cases_in(self, alarm_id: int) -> tuple[int, int]:
        """How many cases an alarm is about, and how many of them have a flag in it that is not over."""

    def get(self, alarm_id: int) -> Alarm | None: ...
    def of_thread(self, thread: MessageRef) -> Alarm | None:
        """The alarm, of the newest `NEW_ALARMS`, whose message in the channel began this thread."""

    def add(self, alarm: Alarm) -> Alarm:
        """Store an alarm (its `id` is ignored) and return it with its id."""

    def save(self, alarm: Alarm) -> None:
        """Overwrite grown_at, in_thread, calls and ref."""

    def newest(self, audience: Audience) -> Alarm | None:
        """The alarm for this audience that was opened last."""

    def last_call(self, audience: Audience, now: datetime) -> datetime | None:
        """When this audience was last called, leaving out what lies after `now`."""

    def uncalled(self) -> Sequence[Alarm]:
        """Alarms that say something for which their audience was not called yet and that still stands, oldest
        first."""

    def call_for(self, alarm_ids: Collection[int], called_by: int) -> None:
        """Let `called_by` have called for all that these alarms say without a call and that still stands."""


class Posts(Protocol):
    """What customers wrote, and the brand elsewhere."""

    def get(self, account: AccountId, post_id: PostId) -> Post | None: ...
    def numbered(self, number: int) -> Post | None: ...
    def case_of(self, account: AccountId, post_id: PostId) -> CaseId | None: ...
    def known(self, account: AccountId, ids: Collection[PostId]) -> Set[PostId]:
        """Those of `ids` that are stored."""

    def add(self, post: Post, case_id: CaseId | None, now: datetime) -> Post | None:
        """Store a post and return it with its number; None when (account, id) is known already."""

    def save(self, post: Post) -> None:
        """Overwrite what a known post says and shows, its version and its absence. Raises `Stale` when it is
        known in a newer version of its network's, or is deleted and `post` is not."""

    def waiting(self, account: AccountId, after: int, limit: int) -> Sequence[Post]:
        """Public posts of customers who wait for an answer, without the deleted ones, with a number above
        `after`, in order of arrival."""

    def quoting(self, account: AccountId, post_id: PostId, after: int) -> Sequence[Post]:
        """Posts that arrived after number `after` and show this one as what they answer or quote."""

    def name_author(self, post: Post, author_id: AuthorId) -> None:
        """Somebody, of whom this post is the only one, turns out to be `author_id`: the post and its case are
        theirs."""

    def keep_unread(self, account: AccountId, unread: Unread, now: datetime) -> bool:
        """Keep what could not be read; False when it was kept before. Only the newest few hundred stay."""

    def of_case(self, case_id: CaseId) -> Sequence[Post]:
        """All posts of a case in order of arrival."""


class People(Protocol):
    """The authors on the networks, and the agents at the desk."""

    def author(self, network: str, author_id: AuthorId) -> Author | None: ...
    def unknown(self, network: str, ids: Sequence[AuthorId], since: datetime) -> Sequence[AuthorId]:
        """Those of `ids` that were not looked up and known since `since`."""

    def nameless(self, network: str, limit: int) -> Sequence[AuthorId]:
        """Authors whose standing is unknown, those asked about longest ago first."""

    def save_author(self, author: Author, now: datetime) -> None: ...
    def agent(self, agent_id: AgentId) -> Agent | None: ...
    def save_agent(self, agent: Agent) -> None: ...
    def colleagues(self) -> Set[str]:
        """The names of all agents who may reply."""


class Replies(Protocol):
    """What the brand answers, from the queue to the network."""

    def get(self, reply_id: ReplyId) -> Reply | None: ...
    def of_message(self, ref: MessageRef) -> Reply | None: ...
    def of_line(self, ref: MessageRef) -> Reply | None: ...
    def of_post(self, account: AccountId, post_id: PostId) -> Reply | None: ...
    def of_case(self, case_id: CaseId) -> Sequence[Reply]:
        """All replies of a case in the order they were queued."""

    def add(self, reply: Reply) -> Reply | None:
        """Store a reply (its `id` is ignored) and return it with its id; None when its `message` has one."""

    def save(self, reply: Reply) -> Reply:
        """Save the reply; returns it with its new version. Raises `Stale`."""

    def due(self, now: datetime, limit: int) -> Sequence[Reply]:
        """Queued, not blocked, `send_after` passed; oldest first; at most one a case, none of a case in which
        an earlier reply is sending or unconfirmed."""

    def lost(self, now: datetime, limit: int) -> Sequence[Reply]:
        """Sending with a lease that has run out, oldest first."""

    def unconfirmed(self, now: datetime, limit: int) -> Sequence[Reply]:
        """Unconfirmed, not blocked, `send_after` passed."""

    def later(self, now: datetime) -> Sequence[Reply]:
        """Queued, sending and unconfirmed, not blocked, to be looked at after `now`; in no order."""

    def next_due(self) -> datetime | None:
        """The earliest instant at which one of the three lists above will have a row; None when never."""


class Threads(Protocol):
    """What was written and done in the threads at the desk."""

    def message(self, ref: MessageRef) -> ThreadMessage | None: ...
    def add_message(self, message: ThreadMessage) -> bool:
        """Remember a message; False when it is known already."""

    def save_message(self, message: ThreadMessage) -> None: ...
    def asked(self, case_id: CaseId, agent: AgentId | None = None) -> Sequence[ThreadMessage]:
        """Messages in a case, of this agent or of anybody, that were asked about and not decided, oldest
        first."""

    def keep_reaction(
        self, ref: MessageRef, reaction: str, agent: AgentId, present: bool, stamp: str, latest: str = ""
    ) -> bool:
        """Remember that an agent's reaction stands on a message, or no longer does, since the desk's `stamp`;
        False when that was known already, or something later is. With `latest` it was only found to be so, at
        some time between the two stamps, and replaces what any event before `latest` told."""

    def add_tenure(self, tenure: Tenure) -> None:
        """Remember how a case stands from an instant on."""

    def tenures_of(self, case_id: CaseId) -> Sequence[Tenure]:
        """How a case stood, in the order in which it was added; empty when nothing was ever done to it."""

    def read_to(self, thread: MessageRef) -> str:
        """The `ts` up to which a thread was once read whole; "" when it never was. Messages that arrive one
        by one do not raise it: those before them may have been lost on the way."""

    def note_read(self, thread: MessageRef, ts: str) -> None:
        """Remember that a thread was read whole up to `ts`."""


class History(Protocol):
    """What happened to each case, and what its answers came to."""

    def add(self, event: Event) -> None: ...
    def of_case(self, case_id: CaseId) -> Sequence[Event]: ...
    def add_answer(self, answer: Answer) -> None: ...
    def answers_of(self, case_id: CaseId) -> Sequence[Answer]:
        """What the answers of a case came to, in the order in which they were published."""


class Accounts(Protocol):
    """How each account is doing, and what it costs."""

    def get(self, account: AccountId) -> AccountState | None: ...
    def save(self, state: AccountState) -> AccountState:
        """Insert or save; returns it with its new version. Raises `Stale`."""

    def add_spending(self, account: AccountId, day: date, kind: str, count: int, amount: Decimal) -> None: ...
    def spent(self, account: AccountId, day: date) -> Decimal:
        """US dollars spent on this (UTC) day."""


class Streams(Protocol):
    """The lists of the accounts, and how far each is read."""

    def get(self, account: AccountId, name: str) -> Stream | None: ...
    def of(self, account: AccountId) -> Sequence[Stream]:
        """Every list of an account, in no order."""

    def save(self, stream: Stream) -> Stream:
        """Insert or save; returns it with its new version. Raises `Stale`."""


class Upkeep(Protocol):
    """Deliveries, backups, and the end of rows."""

    def restored_at(self) -> datetime | None:
        """When a backup was last put back in the place of the record; None when never."""

    def note_restore(self, at: datetime) -> None:
        """Remember that a backup was put back."""

    def first_time(self, key: str, now: datetime) -> bool:
        """Remember an outside event by its id; False when it was dealt with before."""

    def forget(self, now: datetime, most: int) -> bool:
        """Drop rows that are over (`bot.cases.ends`), at most so many of a kind; True when there may be more.

        Of a case that was closed long ago goes what only the desk needed, unless a message is still asked
        about or a reply undecided; `Case.forgotten_to` tells that it did."""


class Record(Protocol):
    """One transaction.

    Rows come and go as frozen values. A `save_…` names the version it was read with and raises
    `errors.Stale` when that is no longer current; the whole piece of work is then run again by the store.
    An implementer must not commit, wait or call out from any of these; times are aware and UTC on both sides.
    """

    cases: Cases
    timers: Timers
    alarms: Alarms
    posts: Posts
    people: People
    replies: Replies
    threads: Threads
    history: History
    outbox: Outbox
    accounts: Accounts
    streams: Streams
    reminders: Reminders
    duty: Duty
    upkeep: Upkeep

    def wake(self, *ticks: Wake) -> None:
        """Let these ticks run as soon as the transaction is committed."""


class Store(Protocol):
    """The record as the async edges see it."""

    async def do(self, work: Callable[[Record], T]) -> T:
        """Run one piece of work in a transaction of its own and return its result once it is committed.

        A `Stale` runs the work again, a few times at most; any other exception rolls back this work alone and
        is raised here. `work` must be free of effects other than on the record, since it may run twice.
        """

    async def figures(self, now: datetime) -> Figures:
        """How things stand at `now`. Read beside the work, so that no piece of it waits for this."""

    def on_wake(self, listener: Callable[[frozenset[Wake]], None]) -> None:
        """Call `listener` in the event loop after each commit that woke something."""

    async def close(self) -> None:
        """Finish what was handed over, then let go of the database."""
