"""The ports: what the middle asks of a network, a desk and a clock, and what an implementer must not do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from bot.cases.model import Agent, AgentId, MessageRef
from bot.cases.outbox import Abilities, DeskPace
from bot.cases.pictures import CardPicture, Picture
from bot.cases.posts import Absence, AccountId, Author, AuthorId, Post, PostId, Surface, Unread
from bot.cases.said import Sentence


class Clock(Protocol):
    """The one source of the present time."""

    @property
    def speed(self) -> float:
        """How many of its seconds pass in one of the machine's: 1, but in a demo that runs fast. A wait for
        an instant is divided by it; how long the machine itself may take is multiplied."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a call cost: so many of one kind, at so much together, in US dollars."""

    kind: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Page:
    """What a pull brought. `posts` run from old to new and reach back to the cursor that was given."""

    posts: tuple[Post, ...]
    #: Opaque JSON for the next pull; saved in one transaction with the posts.
    cursor: Any
    #: False when the network's depth was reached before the old cursor: posts are missing in between.
    complete: bool = True
    #: The network asks not to be pulled for this list again before this instant.
    not_before: datetime | None = None
    spent: tuple[Spent, ...] = ()
    #: What should have been posts and could not be read. Nothing is left out without being here.
    unread: tuple[Unread, ...] = ()
    #: Posts that an earlier pull brought and that no longer stand where they stood: deleted perhaps, or only
    #: not listed. A look-up tells.
    missing: tuple[PostId, ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    """What a look-up of authors brought. Whom the network says to be gone or suspended stands among them with
    that standing; of those who are absent it said nothing."""

    authors: tuple[Author, ...]
    spent: tuple[Spent, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up of posts brought, each in its newest version."""

    posts: tuple[Post, ...]
    #: Those that the network says it does not show, and why. Of ids that are in neither it said nothing.
    absent: Mapping[PostId, Absence] = field(default_factory=dict)
    spent: tuple[Spent, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyTarget:
    """What a reply would answer."""

    post_id: PostId | None
    author_id: AuthorId
    author_handle: str


@dataclass(frozen=True, slots=True)
class ReplyOption:
    """One way of answering, with its rule, for this target at this time."""

    mode: Surface
    allowed: bool
    #: A catalogue key below "refused." when it is not allowed.
    reason: str = ""
    price: Decimal | None = None
    #: The dearer price of a text with a link, where the network has one.
    price_with_link: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """How long a text is by the network's own rule. `links` counts the links the network would see."""

    length: int
    limit: int
    valid: bool
    links: int = 0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a network can do for an account, as values; no I/O behind it."""

    #: The lists that are pulled. The first is the main one, without which the account cannot be read: the
    #: others are pulled once it was, since what they bring may answer or continue what it brought.
    streams: tuple[str, ...]
    #: Who can read what is written to the brand there, by the network's own short names, and what each means.
    #: A reply is visible as what it answers; one that answers nothing as the first here of its mode.
    visibilities: Mapping[str, Surface]


@dataclass(frozen=True, slots=True)
class Terms:
    """What app.yaml may say about an account of a network."""

    #: The names below `credentials`: each set is one complete way of signing in.
    credentials: tuple[frozenset[str], ...]
    #: The kinds of cost that `prices` may set.
    prices: frozenset[str] = frozenset()
    #: What `private` may say.
    private: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SendCommand:
    """A reply on its way. Fixed when "sending" is committed; `reconcile` gets the very same."""

    key: str
    #: Who will be able to read it: one of those that the connector declares, and never another.
    visibility: str
    text: str
    in_reply_to: PostId | None
    author_id: AuthorId
    author_handle: str
    #: When the last attempt began.
    attempted_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """It is on the network."""

    post_id: PostId
    url: str
    #: The network's own publication time.
    at: datetime
    spent: tuple[Spent, ...] = ()


@dataclass(frozen=True, slots=True)
class NotSent:
    """The network's certain word that it is not there and will not come."""

    spent: tuple[Spent, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """The network cannot tell (yet)."""

    spent: tuple[Spent, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check: what was looked at, whether it works, and what to do when it does not."""

    subject: str
    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class Health:
    """What a connector or desk says of itself."""

    findings: tuple[Finding, ...]


class Rules(Protocol):
    """What is true of an account on its network: all that a connector says without asking anybody. Pure."""

    def capabilities(self) -> Capabilities:
        """What this account can do."""

    def measure(self, text: str, target: ReplyTarget, mode: Surface) -> Measure:
        """The length of `text` as the network counts it in this place. Quick whatever the text: it
        runs where everything waits for it."""

    def reply_options(self, target: ReplyTarget, now: datetime) -> Sequence[ReplyOption]:
        """Every way of answering `target`, allowed or not."""

    def invitation_url(self) -> str:
        """A link that opens a private message to the brand; empty where the network has none."""


class Connector(Rules, Protocol):
    """The code that speaks to one account of one network.

    An implementer must not sleep, retry or wait out a limit inside a call; must not let a vendor's exception
    leave (only `errors.NetworkError`s do); must not keep anything it could not forget: the cursor, what is
    known and what was sent live in the record; must not log a customer's text above DEBUG or a token ever.
    """

    async def check(self) -> Health:
        """Whether credentials and permissions work, in sentences. Changes nothing on the network."""

    async def pull(self, stream: str, cursor: Any) -> Page:
        """What is new in `stream` since `cursor`. The first pull (`cursor` None) brings nothing but a cursor:
        what was there before the account was connected is not ours to answer."""

    async def authors(self, ids: Sequence[AuthorId]) -> People:
        """The people behind these ids, at most 100."""

    async def posts(self, ids: Sequence[PostId]) -> Found:
        """These posts, at most 100, each with `quoted` and `quotes` unset. Must not take a silence of the
        network for an absence."""

    async def send(self, command: SendCommand) -> Sent:
        """Publish. Raise `Unclear` when the request may have been read and no certain answer came."""

    async def reconcile(self, command: SendCommand) -> Sent | NotSent | Unknown:
        """Look for `command` on the network. Must not send. `NotSent` only when it is certain."""

    async def close(self) -> None:
        """Let go of sockets."""


@dataclass(frozen=True, slots=True)
class Request:
    """What came to our door, as it came."""

    #: What stands behind the question mark of the address.
    query: Mapping[str, str]
    #: By their names in lower case.
    headers: Mapping[str, str]
    #: The very bytes: a signature is over these, and holds for no other spelling of the same JSON.
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Pushed:
    """One thing that a network told by itself."""

    account: AccountId
    #: The network's own id of what happened: a repetition has the same one, a second event another.
    key: str
    posts: tuple[Post, ...] = ()
    #: Who wrote them, as far as it was told with them.
    authors: tuple[Author, ...] = ()
    unread: tuple[Unread, ...] = ()


class Receives(Protocol):
    """How a network tells what happens, for all accounts that one door serves. What it tells may come twice,
    late, in any order or never: where the network has lists, they are pulled as well.

    Pure. An implementer must not trust anything in a request that was not verified, and must not refuse what
    it does not understand: the network would tell it again, and close the door at last.
    """

    def handshake(self, request: Request) -> str | None:
        """What to answer if the network only asks whether we are there; None if it does not, or not with the
        word that was agreed."""

    def verify(self, request: Request) -> bool:
        """Whether the network signed this request. Compares in constant time."""

    def parse(self, request: Request, now: datetime) -> Sequence[Pushed]:
        """What a verified request tells, of whichever accounts. What should have been a post and cannot be
        read is `unread`; what is no post, or of no account of ours, is left out."""


class Desk(Protocol):
    """The place where agents work.

    An implementer must not decide anything about a case; must not show text from outside as markup; must not
    retry a call whose outcome is unclear (raise `errors.DeskUnclear`), nor sleep out a limit (`DeskBusy`).
    """

    async def check(self) -> Health:
        """Whether tokens, scopes and channel memberships are in order, in sentences."""

    def pace(self) -> DeskPace:
        """How much it takes. Pure."""

    def abilities(self) -> Abilities:
        """What it can do. Pure."""

    async def open_thread(self, channel: str, card: CardPicture, key: str) -> MessageRef:
        """Post the card that opens a thread. `key` is kept with the message, invisible to people."""

    async def redraw(self, ref: MessageRef, picture: Picture) -> None:
        """Redraw a message of ours, whole."""

    async def say(self, channel: str, thread: MessageRef | None, picture: Picture, key: str) -> MessageRef:
        """Post a message, in a thread or in the channel itself."""

    async def mark(self, ref: MessageRef, reaction: str, present: bool) -> None:
        """Put or take away a reaction of ours; idempotent."""

    async def whisper(self, channel: str, thread: MessageRef | None, agent: AgentId, said: Sentence) -> None:
        """Tell one agent something that nobody else needs. It may never be read: say nothing vital here."""

    async def find(
        self, channel: str, thread: MessageRef | None, key: str, since: datetime
    ) -> MessageRef | None:
        """The message of ours that carries `key`, posted at or after `since`, by a clock that may differ from
        the desk's by two hours."""

    async def agent(self, agent_id: AgentId) -> Agent:
        """Who this is, asked of the desk. Somebody whom it does not show may not reply."""
