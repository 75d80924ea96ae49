"""Pictures: what a message at the desk shows, as values read from the record in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from bot.cases.model import Agent, AgentId, Case, CaseId, MessageRef, Reply
from bot.cases.posts import Author, Post
from bot.cases.reminders import Reminder
from bot.cases.said import Button, Call, Calls, Ping, Sentence
from bot.cases.timers import FlagKind, Timer, TimerKind


@dataclass(frozen=True, slots=True)
class CardPicture:
    """All that a card shows, read from the record in one transaction."""

    case: Case
    #: The handle of the brand's account, without @.
    brand: str
    network: str
    author: Author
    first: Post
    #: Public and private posts of the customer after the first.
    later: int
    #: True where `mode` private can be sent by the program.
    private_way: bool
    #: True where there is a public post that the program can answer.
    public_way: bool = True
    #: The invitation to write in private that the case waits for: a draft, on its way, or out.
    invitation: Reply | None = None
    #: True where what the customer writes in private comes in here.
    hears_private: bool = True
    #: True where the customer can be invited to write in private.
    may_invite: bool = True
    #: Who has the case; of one that asks for nothing any more, who settled it.
    assignee: Agent | None = None
    #: Since when that one has had it; None when nobody has.
    since: datetime | None = None
    #: The newest published reply.
    answer: Reply | None = None
    #: The customer's newest post that waits for an answer, where that is not the first.
    newest: Post | None = None
    #: True where a private message is known to reach the customer; else only trying tells.
    private_known: bool = True
    #: The timers of the case beside that of its answer.
    timers: Mapping[TimerKind, Timer] = field(default_factory=dict)
    #: What is still to be kept, soonest due first.
    reminders: Sequence[Reminder] = ()
    #: Where the case stands from which this one goes on, once that has a thread.
    threads: Mapping[CaseId, MessageRef] = field(default_factory=dict)
    #: What an agent can do about it, in this order.
    buttons: Sequence[Button] = ()


@dataclass(frozen=True, slots=True)
class LinePicture:
    """All that the line about one reply shows."""

    reply: Reply
    brand: str
    network: str
    #: The customer's handle, for private replies.
    customer: str
    #: What sending it costs, in US dollars; None where that is nothing, or too little to be told.
    price: Decimal | None = None
    #: It waits for an earlier reply of the case, of which nobody knows whether it is out.
    behind: bool = False
    #: What the case offers where the reply cannot go on: "invite", "public", "private", "close", "dismiss".
    ways_out: Sequence[str] = ()
    #: Who stopped it, where that is not who wrote it; "" where it is, or where nobody is known.
    stopped_by: str = ""
    #: What an agent can do about it, in this order.
    buttons: Sequence[Button] = ()


@dataclass(frozen=True, slots=True)
class PostPicture:
    """A later post of the conversation: the customer's next words, or the brand's from elsewhere."""

    post: Post
    author: Author
    network: str
    #: Who is called: the assignee, or who had the case before it came back; None when nobody is.
    ping: AgentId | None = None
    #: Whether it brings a case back that asked for nothing any more, and that nobody has.
    reopens: bool = False


@dataclass(frozen=True, slots=True)
class SaidPicture:
    """A sentence, with the threads that it links to."""

    said: Sentence
    threads: Mapping[CaseId, MessageRef] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """What an alarm says of one case."""

    case_id: CaseId
    author: Author
    #: What the customer wrote and waits for an answer to.
    words: str
    kind: FlagKind
    due_at: datetime
    #: Who had the case when it was said; "" for nobody.
    holder: str
    #: How it was dealt with; None while it still asks for something.
    outcome: Sentence | None = None
    #: Which timer of the case turned.
    timer: TimerKind = TimerKind.ANSWER


@dataclass(frozen=True, slots=True)
class AlarmPicture:
    """All that an alarm shows."""

    #: What still asks for something comes first. More cases may belong to it than these.
    lines: Sequence[AlarmLine]
    #: How many cases it is about, and how many of them still ask for something.
    total: int
    open: int
    #: Who is called; None when nobody is.
    call: Ping | Call | Calls | None
    #: Whether it is one warning, rather than a list.
    single: bool
    #: Whether the channel must see it where it stands in a thread.
    to_channel: bool
    threads: Mapping[CaseId, MessageRef] = field(default_factory=dict)


Picture = CardPicture | LinePicture | PostPicture | SaidPicture | AlarmPicture
