"""The outbox: effects at the desk that are still to come, one row each, and where those that came stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.cases.model import AgentId, CaseId, MessageRef, ReplyId
from bot.cases.pictures import Picture
from bot.cases.said import Sentence

#: Lanes of their own, for what is no post and does not count against a channel's posts.
REDRAW, MARK = "redraw", "mark"


@dataclass(frozen=True, slots=True)
class Card:
    """The card of a case: posted, or redrawn where it stands. At most one waits per case."""

    case_id: CaseId


@dataclass(frozen=True, slots=True)
class Line:
    """The bot's line about a reply: posted, or redrawn where it stands. At most one waits per reply."""

    case_id: CaseId
    reply_id: ReplyId


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A later post of the conversation, shown in the thread, or redrawn there."""

    case_id: CaseId
    post_number: int


@dataclass(frozen=True, slots=True)
class Warn:
    """An alarm: posted, or redrawn where it stands. At most one waits per alarm."""

    alarm_id: int
    #: The case in whose thread it stands; None for one in the channel.
    case_id: CaseId | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence, said once."""

    said: Sentence
    #: In the thread of this case; None: in the channel that is the entry's lane.
    case_id: CaseId | None = None
    #: A message of ours that shows the sentence from now on.
    ref: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class Whisper:
    """A sentence for one agent only, in the thread `ref`; with an empty `ts` in the channel itself."""

    said: Sentence
    agent: AgentId
    ref: MessageRef


@dataclass(frozen=True, slots=True)
class Mark:
    """A reaction of the bot on a message: there is one, or there is none."""

    ref: MessageRef
    reaction: str
    present: bool


Effect = Card | Line | FollowUp | Warn | Say | Whisper | Mark

#: How each kind of effect is called where it is stored.
KINDS: Mapping[str, type[Effect]] = {
    "card": Card,
    "line": Line,
    "post": FollowUp,
    "alarm": Warn,
    "say": Say,
    "whisper": Whisper,
    "mark": Mark,
}


class Rank(StrEnum):
    """Who goes first when a channel is busy; the order is that of the values."""

    CLAIMED = "0"  #: an agent took something, or gave it back, and looks at the card
    ANSWERING = "1"  #: an agent waits for it
    WARNING = "2"
    CUSTOMER = "3"
    TIDYING = "4"


class EntryState(StrEnum):
    """Where an entry stands. Once the effect is there, or is given up, its row goes."""

    WAITING = "waiting"
    #: The outside call has begun; after a crash the desk is searched for `key` before it is done again.
    UNDERWAY = "underway"


#: The detail of an entry that may have been done although nobody heard so.
UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Entry:
    """One effect on its way to the desk."""

    id: int
    effect: Effect
    #: Names the message at the desk, so that it is found again after an unclear answer.
    key: str
    #: Whose limit it counts against: the channel for posts, `REDRAW` or `MARK` for the rest.
    lane: str
    asked_at: datetime
    rank: Rank
    #: Within a rank the earliest goes first: the due time of the case, or the moment it was asked for.
    urgent_at: datetime
    #: It is shown once under its key, and it is remembered where (`Shown`).
    keep: bool = False
    state: EntryState = EntryState.WAITING
    not_before: datetime | None = None
    attempts: int = 0
    lease_until: datetime | None = None
    #: Why it waits.
    detail: str = ""

    @property
    def may_stand(self) -> bool:
        """Whether an earlier try may have posted it although nobody heard so."""
        return self.state is EntryState.UNDERWAY or self.detail == UNCLEAR


@dataclass(frozen=True, slots=True)
class Shown:
    """Where something stands at the desk that is looked for again."""

    key: str
    ref: MessageRef
    at: datetime
    case_id: CaseId | None = None
    #: What it says, of a sentence.
    said: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One entry, ready to be carried to the desk: what to draw and where."""

    entry: Entry
    #: None for marks and whispers.
    picture: Picture | None
    #: The channel it goes to.
    channel: str
    #: The message to redraw, when there is one already.
    ref: MessageRef | None
    #: The thread to post in; None posts in the channel.
    thread: MessageRef | None
    #: An earlier try may have posted it: look before posting.
    look_first: bool = False
    #: It has nothing to say any more: it is redrawn where it is found, and not posted.
    is_over: bool = False
    #: When the slot opens that it takes, at most a moment from now; None where nothing is kept free.
    opens_at: datetime | None = None
    #: Until when its channel is kept free for it.
    kept_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeskPace:
    """How much a desk takes. It is counted in the record, across processes and starts."""

    #: The rest between two posts in one channel, counted from the desk's answer.
    post_every: timedelta = timedelta(seconds=1)
    #: Redraws and marks: at most so many at once after a rest …
    burst: int = 8
    #: … and then one each so often.
    call_every: timedelta = timedelta(seconds=1)
    #: What a whisper costs, and taking a mark away, where a redraw costs 1.
    whisper: float = 1
    unmark: float = 1
    #: Longer than the desk closes a channel or a lane for.
    longest_rest: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a desk can do besides posting and redrawing messages."""

    #: Reactions of the bot on messages.
    marks: bool = True


class Outbox(Protocol):
    """A part of the record: what is still to be shown at the desk, and where what was shown stands."""

    def add(self, entry: Entry) -> Entry | None:
        """Store an entry (its `id` is ignored). A waiting Card of the same case, Line of the same reply, or
        Warn of the same alarm, or any entry with the same `key` makes it superfluous: then None, and a
        waiting one moves to the more urgent of the two places. So does, for one to `keep`, what is shown."""

    def get(self, entry_id: int) -> Entry | None: ...
    def of_key(self, key: str) -> Entry | None: ...
    def waiting(self) -> Sequence[Entry]:
        """Every entry, oldest first."""

    def save(self, entry: Entry) -> None:
        """Overwrite state, not_before, attempts, lease and detail."""

    def remove(self, entry: Entry) -> None:
        """Its effect is there, or is given up."""

    def keep(self, shown: Shown) -> None:
        """Remember where something stands."""

    def shown(self, key: str) -> Shown | None: ...
    def shown_last(self, prefix: str) -> Shown | None:
        """What has the last of all keys that begin with `prefix`."""

    def lose(self, key: str) -> None:
        """Forget where something stood."""

    def say_otherwise(self, key: str, said: Sentence | None) -> bool:
        """Let the entry with this key say `said`, or take it out unsaid (None), if it waits and was never
        tried; False when it was."""

    def due(
        self, now: datetime, limit: int, busy: Sequence[str] = (), least: Mapping[str, Rank] | None = None
    ) -> Sequence[Entry]:
        """Waiting entries whose `not_before` has passed, and underway ones whose lease has run out, by rank,
        then urgency, then id; none whose lane is in `busy`, and none of a case or an alarm that has an
        earlier entry underway. What goes in the thread of a case that has none waits for its Card.
        Of the lanes in `least` come those of that rank and of more urgent ones."""

    def next_due(
        self, now: datetime, opens: Mapping[str, Mapping[Rank, datetime]] | None = None
    ) -> datetime | None:
        """The earliest instant, from `now` on, at which `due` may have something for a lane whose slot has
        come. The lanes of `opens` have an instant for each rank in the place of a slot."""

    def slots(self) -> Mapping[str, datetime]:
        """When the next post may go to each channel that ever had one; and so for lanes and methods."""

    def slot(self, channel: str) -> datetime | None:
        """The slot of this channel; None when it never had one."""

    def take_slot(self, channel: str, until: datetime) -> None:
        """Let no post go to `channel` before `until`."""

    def cap_waits(self, rest: datetime, slot: datetime, lease: datetime) -> None:
        """Let no waiting entry rest beyond `rest`, no channel wait for its slot beyond `slot`, and no entry
        that is underway be leased beyond `lease`."""

    def doubt_all(self) -> None:
        """Let every waiting entry count as one whose outcome was unclear."""
