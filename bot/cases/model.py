"""The case and the reply: their states as data, their moves as tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.cases.posts import AccountId, AuthorId, PostId, Surface
from bot.cases.priority import Priority
from bot.cases.said import Sentence
from bot.cases.timers import FlagKind, Timer

CaseId = NewType("CaseId", int)
ReplyId = NewType("ReplyId", int)
AgentId = NewType("AgentId", str)  #: the desk's id of a person


class Status(StrEnum):
    """Where a case stands."""

    NEW = "new"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    CLOSED = "closed"
    DISMISSED = "dismissed"


class Move(StrEnum):
    """What can happen to a case."""

    CLAIM = "claim"
    RELEASE = "release"
    #: A colleague has it from now on.
    TAKE_OVER = "take_over"
    ANSWER = "answer"
    #: The customer wrote again and somebody has the case.
    FOLLOW_UP = "follow_up"
    #: The customer wrote again and nobody has the case.
    REOPEN = "reopen"
    #: Only of what was answered once (`was_answered`).
    CLOSE = "close"
    DISMISS = "dismiss"


MOVES: dict[tuple[Status, Move], Status] = {
    (Status.NEW, Move.CLAIM): Status.CLAIMED,
    (Status.NEW, Move.ANSWER): Status.ANSWERED,
    (Status.NEW, Move.FOLLOW_UP): Status.NEW,
    (Status.NEW, Move.REOPEN): Status.NEW,
    (Status.NEW, Move.CLOSE): Status.CLOSED,
    (Status.NEW, Move.DISMISS): Status.DISMISSED,
    (Status.CLAIMED, Move.RELEASE): Status.NEW,
    (Status.CLAIMED, Move.TAKE_OVER): Status.CLAIMED,
    (Status.CLAIMED, Move.ANSWER): Status.ANSWERED,
    (Status.CLAIMED, Move.FOLLOW_UP): Status.CLAIMED,
    (Status.CLAIMED, Move.CLOSE): Status.CLOSED,
    (Status.CLAIMED, Move.DISMISS): Status.DISMISSED,
    (Status.ANSWERED, Move.CLAIM): Status.ANSWERED,
    (Status.ANSWERED, Move.RELEASE): Status.ANSWERED,
    (Status.ANSWERED, Move.TAKE_OVER): Status.ANSWERED,
    (Status.ANSWERED, Move.ANSWER): Status.ANSWERED,
    (Status.ANSWERED, Move.FOLLOW_UP): Status.CLAIMED,
    (Status.ANSWERED, Move.REOPEN): Status.NEW,
    (Status.ANSWERED, Move.CLOSE): Status.CLOSED,
    (Status.CLOSED, Move.CLAIM): Status.ANSWERED,
    (Status.CLOSED, Move.REOPEN): Status.NEW,
    (Status.CLOSED, Move.ANSWER): Status.CLOSED,
    (Status.DISMISSED, Move.CLAIM): Status.CLAIMED,
    (Status.DISMISSED, Move.REOPEN): Status.NEW,
    (Status.DISMISSED, Move.ANSWER): Status.DISMISSED,
}

#: Cases that ask for nothing any more.
SETTLED = frozenset({Status.CLOSED, Status.DISMISSED})


def after(status: Status, move: Move) -> Status | None:
    """The status that `move` leads to, or None where the move is not allowed."""
    return MOVES.get((status, move))


class WaitsFor(StrEnum):
    """What an agent lets a case wait for. The values are stored."""

    CUSTOMER = "customer"
    INSIDE = "inside"


class Invited(StrEnum):
    """Whether a public case waits for its customer to write in private, as an invitation asked them to."""

    NO = "no"
    #: It was drafted or sent, and nothing was published since: its agent may mean the next words for private.
    UNDECIDED = "undecided"
    #: It was, and its agent has chosen to go on in public until the customer writes in private.
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message at the desk: the channel, and the desk's own id within it. Ids and stamps of a desk sort as
    text in the order of time."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """One side of a case: where, and as whom, its customer talks with the brand. A case may have several,
    public and private, also on different accounts."""

    account: AccountId
    author_id: AuthorId
    surface: Surface
    #: The network's name for it (`Post.root_id`).
    root_id: str


@dataclass(frozen=True, slots=True)
class Case:
    """One person's matter, from first mention to closing."""

    id: CaseId
    account: AccountId
    team: str
    author_id: AuthorId
    opened_at: datetime
    status: Status = Status.NEW
    #: How the next reply goes out.
    mode: Surface = Surface.PUBLIC
    assignee: AgentId | None = None
    #: Who had it when it was closed or dismissed; told when the customer comes back.
    last_assignee: AgentId | None = None
    #: True when the claim was made by reaction, so that taking the reaction away releases.
    claimed_by_reaction: bool = False
    #: The clock of the oldest unanswered mention; None while no customer waits.
    answer_due: Timer | None = None
    first_replied_at: datetime | None = None
    closed_at: datetime | None = None
    dismiss_reason: str = ""
    invited: Invited = Invited.NO
    priority: Priority = Priority.NORMAL
    #: Why it is not an ordinary one; None where nobody said so.
    priority_reason: Sentence | None = None
    #: What it waits for on purpose, and why, in the words of who let it.
    waits_for: WaitsFor | None = None
    wait_reason: str = ""
    #: The settled case of the same customer and conversation from which it goes on.
    follows: CaseId | None = None
    #: Where it goes on at the desk; its first message is the card. None until the desk has posted that.
    thread: MessageRef | None = None
    version: int = 0
    #: A closing so long past that the record has forgotten what was written in the thread before it, all of
    #: which was dealt with. The record sets it.
    forgotten_to: datetime | None = None

    @property
    def waiting_since(self) -> datetime | None:
        """Time of the oldest unanswered mention; None while no customer waits."""
        return self.answer_due.since if self.answer_due else None

    @property
    def due_at(self) -> datetime | None:
        """The instant by which a reply must be out; None while no customer waits."""
        return self.answer_due.due_at if self.answer_due else None

    @property
    def flag(self) -> FlagKind | None:
        """The flag that stands for the present due time."""
        return self.answer_due.flag if self.answer_due else None


def rests(case: Case) -> bool:
    """Whether nothing is to be done about an open case now: it is answered and no customer waits, or it waits
    for the customer on purpose."""
    answered = case.status is Status.ANSWERED and case.waiting_since is None
    return answered or case.waits_for is WaitsFor.CUSTOMER


def was_answered(case: Case) -> bool:
    """Whether the case was answered once: closing asks for no reason then, whatever was written last."""
    return case.status is Status.ANSWERED or case.first_replied_at is not None


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who had a case from an instant on, and how its replies went out. What is written at the desk is judged
    by the tenure of its time, not by that of the moment in which it is heard."""

    case_id: CaseId
    #: The desk's own stamp; "" for the time before anything was done to the case there.
    since: str
    assignee: AgentId | None
    mode: Surface


class ReplyState(StrEnum):
    """Where a reply stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    STOPPED = "stopped"


class ReplyMove(StrEnum):
    """What can happen to a reply."""

    #: Text, mode or time changed while it waits.
    CHANGE = "change"
    SEND = "send"
    MARK_SENT = "mark_sent"
    REFUSE = "refuse"
    MARK_UNCONFIRMED = "mark_unconfirmed"
    WAIT = "wait"
    STOP = "stop"
    #: A person, or the network's certain word, lets it be sent again.
    RETRY = "retry"


REPLY_MOVES: dict[tuple[ReplyState, ReplyMove], ReplyState] = {
    (ReplyState.QUEUED, ReplyMove.CHANGE): ReplyState.QUEUED,
    (ReplyState.QUEUED, ReplyMove.SEND): ReplyState.SENDING,
    (ReplyState.QUEUED, ReplyMove.STOP): ReplyState.STOPPED,
    (ReplyState.SENDING, ReplyMove.MARK_SENT): ReplyState.SENT,
    (ReplyState.SENDING, ReplyMove.REFUSE): ReplyState.FAILED,
    (ReplyState.SENDING, ReplyMove.MARK_UNCONFIRMED): ReplyState.UNCONFIRMED,
    (ReplyState.SENDING, ReplyMove.WAIT): ReplyState.QUEUED,
    (ReplyState.UNCONFIRMED, ReplyMove.MARK_UNCONFIRMED): ReplyState.UNCONFIRMED,
    (ReplyState.UNCONFIRMED, ReplyMove.MARK_SENT): ReplyState.SENT,
    (ReplyState.UNCONFIRMED, ReplyMove.REFUSE): ReplyState.FAILED,
    (ReplyState.UNCONFIRMED, ReplyMove.RETRY): ReplyState.QUEUED,
    (ReplyState.FAILED, ReplyMove.RETRY): ReplyState.QUEUED,
    (ReplyState.FAILED, ReplyMove.CHANGE): ReplyState.QUEUED,
    (ReplyState.FAILED, ReplyMove.STOP): ReplyState.STOPPED,
    # A manual hand-over: the brand's own post was found on the network.
    (ReplyState.FAILED, ReplyMove.MARK_SENT): ReplyState.SENT,
    # An earlier attempt is found on the network after all (`may_be_marked_sent`).
    (ReplyState.QUEUED, ReplyMove.MARK_SENT): ReplyState.SENT,
    (ReplyState.STOPPED, ReplyMove.MARK_SENT): ReplyState.SENT,
}


def reply_after(state: ReplyState, move: ReplyMove) -> ReplyState | None:
    """The state that `move` leads to, or None where the move is not allowed."""
    return REPLY_MOVES.get((state, move))


#: Replies whose fate is still open on the network: nothing else of the case goes out before it is known.
IN_DOUBT = frozenset({ReplyState.SENDING, ReplyState.UNCONFIRMED})


class ReplyKind(StrEnum):
    """Where a reply came from."""

    ANSWER = "answer"
    #: A drafted public invitation to write in private.
    INVITATION = "invitation"
    #: Words of an agent for the customer alone, kept until that one writes in private.
    KEPT = "kept"
    #: Published by the brand outside this desk and found on the network.
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Reply:
    """One post by the brand that answers, from the queue to the network."""

    id: ReplyId
    case_id: CaseId
    account: AccountId
    #: The mode it was written for; it never goes out in the other.
    mode: Surface
    #: Fixed when the row is written; names this reply to the network where the network allows it.
    key: str
    #: What the agent wrote, as plain text.
    body: str
    #: What is published: body and initials.
    text: str
    queued_at: datetime
    #: Not sent before this instant; also the next look for an unconfirmed one.
    send_after: datetime
    kind: ReplyKind = ReplyKind.ANSWER
    state: ReplyState = ReplyState.QUEUED
    agent: AgentId | None = None
    #: The agent's message in the thread; None for drafts of the bot and replies from elsewhere.
    message: MessageRef | None = None
    #: The bot's one line about this reply in the thread.
    line: MessageRef | None = None
    #: The post that is answered.
    in_reply_to: PostId | None = None
    #: `Post.number` of the newest post the writer could have seen; a newer one asks before sending.
    seen_number: int = 0
    #: Why it does not go out although its time has come; None when nothing is in the way.
    blocked: Sentence | None = None
    #: Why the network refused it.
    failure: Sentence | None = None
    #: Opens the network's own composer when only a person may send this.
    manual_url: str = ""
    attempted_at: datetime | None = None
    #: The sender's lease; after it the sender is presumed dead.
    lease_until: datetime | None = None
    #: How often the network was asked about an unconfirmed reply.
    looks: int = 0
    post_id: PostId | None = None
    url: str = ""
    sent_at: datetime | None = None
    #: Who can read it, as the network calls it; set when it is sent, and of the kind that `mode` says.
    visibility: str = ""
    version: int = 0


def may_be_marked_sent(reply: Reply) -> bool:
    """Whether the network may turn out to hold this reply: it was attempted, and is not known to be there."""
    tried = reply.attempted_at is not None and reply.post_id is None
    return tried and reply_after(reply.state, ReplyMove.MARK_SENT) is not None


@dataclass(frozen=True, slots=True)
class Agent:
    """A member of the care team, as the desk knows the person."""

    id: AgentId
    name: str
    initials: str = ""
    #: False for bots, guests and people of other organisations: nothing of theirs is ever published.
    may_reply: bool = True
    #: When the desk was last asked about this person.
    seen_at: datetime | None = None


class MessageKind(StrEnum):
    """What a thread message turned out to be."""

    NOTE = "note"
    COMMAND = "command"
    REPLY = "reply"
    #: In an unclaimed thread: the writer was asked what it is.
    ASKED = "asked"
    #: Of somebody whose words are never published.
    OUTSIDER = "outsider"


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """A message that was read in a case's thread and dealt with."""

    ref: MessageRef
    case_id: CaseId
    agent: AgentId
    kind: MessageKind
    #: As plain text, for asking "claim and send"; empty for notes.
    text: str
    #: When it was written, by the desk's clock.
    at: datetime
    #: The desk's own stamp of the newest edit that was read; an older one changes nothing.
    edited: str = ""
    #: What in it must not leave the house, for the moment at which somebody lets it go.
    blocked: Sentence | None = None
