"""Stand-ins that keep state: a clock to turn, and a network with its connector, held to the same contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

from bot.cases import errors, leases
from bot.cases.ports import (
    Capabilities,
    Finding,
    Found,
    Health,
    Measure,
    NotSent,
    Page,
    People,
    ReplyOption,
    ReplyTarget,
    SendCommand,
    Sent,
    Spent,
    Unknown,
)
from bot.cases.posts import Absence, AccountId, Author, AuthorId, Media, Post, PostId, Standing, Surface


class FakeClock:
    """A clock that stands still until it is turned."""

    speed = 1.0

    def __init__(self, at: datetime = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        """The present instant."""
        return self.at

    def turn(self, **time: float) -> datetime:
        """Let time pass, as `minutes=5`; returns the new instant."""
        self.at += timedelta(**time)
        return self.at


class FakeNetwork:
    """A whole network in memory: one brand, its customers, everything that was written.

    Trouble is ordered beforehand: `refuse` lets the next calls fail before they do anything, `lose_answers`
    lets the next sends do their work and then raise Unclear.
    """

    LIMIT = 100

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.people: dict[AuthorId, Author] = {}
        #: What stands.
        self.posts: list[Post] = []
        #: Everything that ever arrived, each version of it, oldest first.
        self.arrivals: list[Post] = []
        #: How many posts a pull reaches back.
        self.depth = 800
        self.lose_answers = 0
        self._refusals: list[errors.NetworkError] = []
        self.brand = self.join("brand", "The Brand")

    def join(self, handle: str, name: str = "") -> Author:
        """A new person."""
        number = AuthorId(str(1000 + len(self.people)))
        url = f"https://fake.example/{handle}"
        self.people[number] = Author("fake", number, handle, name or handle, followers=0, url=url)
        return self.people[number]

    def leave(self, author: Author) -> None:
        """The person deletes the account, and everything written with it."""
        del self.people[author.id]
        self.posts = [post for post in self.posts if post.author_id != author.id]

    def write(
        self,
        author: Author,
        text: str,
        to: PostId | None = None,
        media: tuple[Media, ...] = (),
        visibility: str = "public",
    ) -> PostId:
        """A public post, in lists or not."""
        parent = self.find(to) if to is not None else None
        number = self._number()
        root = parent.root_id if parent else number
        return self._keep(self._post(author, number, text, visibility, root, to, media))

    def whisper(self, author: Author, text: str, to: Author | None = None) -> PostId:
        """A private message: to the brand, or from the brand to `to`."""
        other = to if to is not None else author
        number = self._number()
        return self._keep(self._post(author, number, text, "dm", f"dm:{other.id}", None, ()))

    def edit(self, number: PostId, text: str) -> None:
        """The author changes a post, which then counts as new again."""
        old = self.find(number)
        assert old is not None
        self.delete(number)
        self._keep(replace(old, text=text, version=old.version + 1))

    def delete(self, number: PostId) -> None:
        """The author takes a post away."""
        self.posts = [post for post in self.posts if post.id != number]

    def find(self, number: PostId) -> Post | None:
        """A post that stands."""
        return next((post for post in self.posts if post.id == number), None)

    def by_brand(self) -> list[Post]:
        """Everything the brand wrote, oldest first."""
        return [post for post in self.posts if post.by_brand]

    def refuse(self, *refusals: errors.NetworkError) -> None:
        """Let the next calls fail with these, one each."""
        self._refusals += refusals

    def meet_trouble(self) -> None:
        """Raise what was ordered, if anything."""
        if self._refusals:
            raise self._refusals.pop(0)

    def connector(self, account: str = "brand-fake") -> FakeConnector:
        """A fresh connector for the brand, which knows nothing yet."""
        return FakeConnector(self, AccountId(account))

    def _post(
        self,
        author: Author,
        number: str,
        text: str,
        visibility: str,
        root: str,
        parent: PostId | None,
        media: tuple[Media, ...],
    ) -> Post:
        return Post(
            account=AccountId(""),
            id=PostId(number),
            author_id=author.id,
            visibility=visibility,
            text=text,
            created_at=self.clock.now(),
            root_id=root,
            parent_id=parent,
            by_brand=author.id == self.brand.id,
            media=media,
            url=f"https://fake.example/post/{number}",
        )

    def _keep(self, post: Post) -> PostId:
        self.posts.append(post)
        self.arrivals.append(post)
        return post.id

    def _number(self) -> str:
        return f"p{len(self.arrivals) + 1}"


class FakeConnector:
    """The Connector port over a FakeNetwork. The cursor is the number of arrivals seen, now and at first."""

    SETTLE = timedelta(seconds=30)
    PRICE = Decimal("0.001")
    VISIBILITIES: ClassVar[dict[str, Surface]] = {
        "public": Surface.PUBLIC,
        "unlisted": Surface.PUBLIC,
        "dm": Surface.PRIVATE,
    }

    def __init__(self, network: FakeNetwork, account: AccountId) -> None:
        self.network = network
        self.account = account

    def capabilities(self) -> Capabilities:
        """Everything that the port knows."""
        return Capabilities(("mentions", "own", "dms"), self.VISIBILITIES)

    async def check(self) -> Health:
        """Well, unless trouble was ordered."""
        try:
            self.network.meet_trouble()
        except errors.NetworkError as error:
            return Health((Finding("credentials", False, f"The fake network says no: {error.detail}"),))
        return Health((Finding("credentials", True, "The fake network takes everybody."),))

    async def pull(self, stream: str, cursor: Any) -> Page:
        """What arrived since the cursor and still stands."""
        self.network.meet_trouble()
        arrivals = self.network.arrivals
        if cursor is None:
            return Page((), {"seen": len(arrivals), "floor": len(arrivals)})
        now_at = {**cursor, "seen": len(arrivals)}
        before = {post.id for post in arrivals[: cursor["floor"]]}
        new = [
            post for post in arrivals[cursor["seen"] :] if post.id not in before and self._is_in(post, stream)
        ]
        kept = tuple(replace(post, account=self.account) for post in new[-self.network.depth :])
        return Page(kept, now_at, len(kept) == len(new), spent=self._spent(len(kept)))

    async def authors(self, ids: Sequence[AuthorId]) -> People:
        """Whoever has not left."""
        self.network.meet_trouble()
        people = self.network.people
        known = tuple(people[number] for number in ids if number in people)
        gone = tuple(Author("fake", number, standing=Standing.GONE) for number in ids if number not in people)
        return People((*known, *gone), self._spent(len(known)))

    async def posts(self, ids: Sequence[PostId]) -> Found:
        """Whatever still stands."""
        self.network.meet_trouble()
        standing = [post for number in ids if (post := self.network.find(number))]
        found = tuple(replace(post, account=self.account) for post in standing)
        absent = {number: Absence.DELETED for number in ids if self.network.find(number) is None}
        return Found(found, absent, self._spent(len(found)))

    def measure(self, text: str, target: ReplyTarget, mode: Surface) -> Measure:
        """Characters; the answered person's handle in front of a public reply is free."""
        free = f"@{target.author_handle}" if mode is Surface.PUBLIC else ""
        counted = text.removeprefix(free).lstrip() if free else text
        valid = 0 < len(counted) <= self.network.LIMIT
        return Measure(len(counted), self.network.LIMIT, valid, counted.count("https://"))

    def reply_options(self, target: ReplyTarget, now: datetime) -> Sequence[ReplyOption]:
        """Both ways, always."""
        return tuple(ReplyOption(mode, True, price=self.PRICE) for mode in (Surface.PUBLIC, Surface.PRIVATE))

    def invitation_url(self) -> str:
        """A message box."""
        return f"https://fake.example/messages/{self.network.brand.id}"

    async def send(self, command: SendCommand) -> Sent:
        """Publish, with the rules that networks have."""
        leases.check()
        self.network.meet_trouble()
        target = ReplyTarget(command.in_reply_to, command.author_id, command.author_handle)
        if not self.measure(command.text, target, self.VISIBILITIES[command.visibility]).valid:
            raise errors.Invalid("too_long")
        sent = self._publish(command)
        if self.network.lose_answers:
            self.network.lose_answers -= 1
            raise errors.Unclear("the answer was lost, as ordered")
        return sent

    async def reconcile(self, command: SendCommand) -> Sent | NotSent | Unknown:
        """What stands with these words in this place."""
        self.network.meet_trouble()
        found = self._published(command)
        if found is not None:
            return Sent(found.id, found.url, found.created_at)
        settled = self.network.clock.now() >= command.attempted_at + self.SETTLE
        return NotSent() if settled else Unknown()

    async def close(self) -> None:
        """Nothing to let go of."""

    def _is_in(self, post: Post, stream: str) -> bool:
        if post not in self.network.posts:
            return False
        if stream == "dms":
            return post.visibility == "dm"
        if post.visibility == "dm":
            return False
        return post.by_brand if stream == "own" else not post.by_brand and self._names_brand(post)

    def _names_brand(self, post: Post) -> bool:
        parent = self.network.find(post.parent_id) if post.parent_id else None
        return f"@{self.network.brand.handle}" in post.text or (parent is not None and parent.by_brand)

    def _publish(self, command: SendCommand) -> Sent:
        network = self.network
        if command.visibility == "dm":
            number = network.whisper(network.brand, command.text, network.people[command.author_id])
        else:
            parent = network.find(command.in_reply_to) if command.in_reply_to else None
            if command.in_reply_to and parent is None:
                raise errors.TargetGone("the post is gone")
            if self._published(command) is not None:
                raise errors.Duplicate("the same words stand there")
            if parent is not None and not self._names_brand(parent):
                url = self._by_hand(command.in_reply_to, command.text)
                raise errors.NotPermitted("not_mentioned", "nobody asked", url)
            number = network.write(
                network.brand, command.text, command.in_reply_to, visibility=command.visibility
            )
        url = f"https://fake.example/post/{number}"
        return Sent(number, url, network.clock.now(), self._spent(1))

    def _published(self, command: SendCommand) -> Post | None:
        private = command.visibility == "dm"
        return next(
            (
                post
                for post in self.network.by_brand()
                if post.visibility == command.visibility
                and post.text == command.text
                and (post.root_id == f"dm:{command.author_id}" if private else True)
                and post.parent_id == command.in_reply_to
            ),
            None,
        )

    def _spent(self, count: int) -> tuple[Spent, ...]:
        return (Spent("read", count, self.PRICE * count),) if count else ()

    @staticmethod
    def _by_hand(post_id: PostId | None, text: str = "") -> str:
        return f"https://fake.example/compose?{urlencode({'to': post_id or '', 'text': text})}"
