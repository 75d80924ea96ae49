"""The Connector port for one account on X."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.cases.errors import AuthExpired, Invalid, NetworkError, NotPermitted, Unclear
from bot.cases.ports import (
    Capabilities,
    Clock,
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
from bot.cases.posts import Absence, AccountId, Author, AuthorId, Post, PostId, Standing, Surface, is_somebody
from connectors.x import health, payload, reconciling, texts, walk
from connectors.x.client import XClient
from connectors.x.options import Bill, PriceList
from connectors.x.payload import Json, parsed, unread_of
from connectors.x.refusals import one_line, words_of

#: How long X may take to show a post of ours in our own list.
SETTLE = timedelta(seconds=30)
#: What X's absences mean for a person: its not-found and its other refusals.
_STANDINGS = {Absence.DELETED: Standing.GONE, Absence.HIDDEN: Standing.SUSPENDED}
#: How far the id of a post just made may be from our clock before X is asked for the time instead.
_FRESH = timedelta(hours=1)


class XConnector:
    """X for one brand account. What it keeps in memory it may forget at any time.

    `settle` is the time a sent post may stay invisible in the brand's own list before `reconcile` may say
    that it is not there.
    """

    def __init__(
        self,
        client: XClient,
        *,
        account: AccountId,
        handle: str,
        private: bool,
        prices: PriceList,
        clock: Clock,
        settle: timedelta = SETTLE,
    ) -> None:
        self._client = client
        self._account = account
        self._handle = handle
        self._private = private
        self._prices = prices
        self._clock = clock
        self._settle = settle
        self._bill = Bill()
        #: Who the brand is, once X was asked.
        self._brand: Author | None = None
        self._asking = asyncio.Lock()
        #: When an attempt of unclear outcome ended, by the command's key; forgotten at a restart, which only
        #: makes `reconcile` wait for the longest time an attempt can take.
        self._ended: dict[str, datetime] = {}
        #: When an attempt under a clock that was ahead was first looked for, by the command's key.
        self._doubted: dict[str, datetime] = {}

    def capabilities(self) -> Capabilities:
        """What this account can do."""
        streams = ("mentions", "own", "dms") if self._private else ("mentions", "own")
        messages = {payload.MESSAGE: Surface.PRIVATE} if self._private else {}
        return Capabilities(streams, {payload.PUBLIC: Surface.PUBLIC} | messages)

    async def check(self) -> Health:
        """Whether X takes the credentials, whose they are, and what reading will cost."""
        return await health.check(self._client, self._handle, private=self._private, prices=self._prices)

    async def pull(self, stream: str, cursor: Any) -> Page:
        """What is new in "mentions", "own" or "dms" since `cursor`."""
        now = self._clock.now()
        brand, spent = await self._who()
        source = self._stream(stream, brand.id)
        if cursor is None:
            # By X's own clock where it is behind ours: ours may be wrong, and hide what comes next.
            harvest = await walk.read_first(source, min(now, self._client.answered_at or now))
        else:
            harvest = await walk.read_since(source, walk.Cursor.from_json(cursor), now)
        parse = self._parser(stream, harvest.media, brand)
        posts, unread = parsed(harvest.fresh, parse, private=stream == "dms")
        unread += [unread_of(entry, "it has no id", private=stream == "dms") for entry in harvest.odd]
        partial = {texts.id_of(post.url) for post in posts if is_somebody(post.author_id)}
        return Page(
            posts=tuple(posts),
            cursor=replace(harvest.cursor, partial=frozenset(partial)).to_json(),
            complete=harvest.complete,
            not_before=self._client.rests.get(source.route),
            spent=spent + self._prices.spent(source.price, harvest.billed) + self._brought(),
            unread=tuple(unread),
            missing=tuple(map(PostId, harvest.missing)) if stream == "mentions" else (),
        )

    def _parser(self, stream: str, media: Sequence[Json], brand: Author) -> Callable[[Json], Post | None]:
        """How an item of this stream is read. In the brand's own list nobody else writes."""
        # By X's clock where it is ahead of ours: what is dated later than now is not believed.
        at = max(self._clock.now(), self._client.answered_at or self._clock.now())
        if stream == "dms":
            return partial(
                payload.message_of, media=media, account=self._account, brand_id=brand.id, received_at=at
            )
        unnamed = brand.id if stream == "own" else ""
        return partial(
            payload.post_of,
            media=media,
            account=self._account,
            brand_id=brand.id,
            received_at=at,
            unnamed=unnamed,
        )

    async def authors(self, ids: Sequence[AuthorId]) -> People:
        """Who these people are."""
        if not ids:
            return People(())
        found = await self._client.get_users(ids=list(ids), user_fields=payload.USER_FIELDS)
        people = [author for item in payload.items_of(found) if (author := payload.author_of(item))]
        spent = self._prices.spent("user_read", len(people))
        missing = [
            Author("x", AuthorId(number), url=texts.person_url(number, ""), standing=_STANDINGS[absence])
            for number, absence in payload.absences_of(found).items()
            if number in ids
        ]
        return People((*people, *missing), spent)

    async def posts(self, ids: Sequence[PostId]) -> Found:
        """These posts, each as it reads now: X shows an old version under its id, and names the newest."""
        if not ids:
            return Found(())
        brand, spent = await self._who()
        answers = [await self._client.get_tweets(list(ids), **walk.POSTS)]
        shown = {payload.number_of(item.get("id")): item for item in payload.items_of(answers[0])}
        newer = {payload.versions_of(item)[-1] for item in shown.values()} - shown.keys() - {""}
        if newer:
            answers.append(await self._client.get_tweets(sorted(newer), **walk.POSTS))
        posts: dict[PostId, Post] = {}
        billed = 0
        for answer in answers:
            items = payload.items_of(answer)
            read_ids = (payload.number_of(item.get("id")) for item in items)
            billed += self._bill.count(read_ids, self._clock.now())
            read, _ = parsed(items, self._parser("mentions", payload.media_of(answer), brand))
            posts.update((post.id, post) for post in sorted(read, key=lambda post: post.version))
        absent = {PostId(each): why for each, why in payload.absences_of(answers[0]).items() if each in ids}
        spent += self._prices.spent("post_read", billed) + self._brought()
        return Found(tuple(posts.values()), absent, spent)

    def _brought(self) -> tuple[Spent, ...]:
        """What came along with reads in X's newer spelling, and cost."""
        now = self._clock.now()
        return tuple(
            item
            for kind, ids in self._client.take_brought().items()
            for item in self._prices.spent(kind, self._bill.count((f"{kind}-{each}" for each in ids), now))
        )

    def measure(self, text: str, target: ReplyTarget, mode: Surface) -> Measure:
        """The length as X counts it; X puts the answered person's handle in front and does not count it."""
        if mode is Surface.PRIVATE:
            return texts.measure_message(text)
        answered = target.author_handle if target.post_id else ""
        return texts.measure_post(texts.without_addressee(text, answered))

    def reply_options(self, target: ReplyTarget, now: datetime) -> Sequence[ReplyOption]:  # noqa: ARG002  # the port's
        """A public reply, and a direct message where the account has them. X knows no time limit for either;
        whether it takes a reply from an app it only says when it is sent."""
        price, answerable = self._prices.table, bool(target.post_id)
        public = ReplyOption(
            Surface.PUBLIC,
            allowed=answerable,
            reason="" if answerable else "no_post",
            price=price["post_create"],
            price_with_link=price["post_create_with_url"],
        )
        nobody = is_somebody(target.author_id)
        private = ReplyOption(
            Surface.PRIVATE,
            allowed=self._private and not nobody,
            reason="no_person" if nobody and self._private else "" if self._private else "dm_off",
            price=price["dm_create"],
        )
        return (public, private)

    def invitation_url(self) -> str:
        """X's message box, addressed to the brand; empty until X has said who the brand is."""
        known = self._brand.id if self._brand else self._client.credentials.owner_id
        return texts.message_box_url(known)

    async def send(self, command: SendCommand) -> Sent:
        """Publish one reply, as the brand of app.yaml and nobody else. A refusal that a person could get
        around carries X's own composer, filled in."""
        self._refuse_unfit(command)
        _, asked = await self._who()
        try:
            is_public = command.visibility == payload.PUBLIC
            sent = await (self._send_post(command) if is_public else self._send_message(command))
            return replace(sent, spent=asked + sent.spent)
        except NotPermitted as refusal:
            raise NotPermitted(refusal.reason, refusal.detail, _by_hand(command)) from None
        except Unclear:
            self._ended[command.key] = self._clock.now()
            raise

    async def reconcile(self, command: SendCommand) -> Sent | NotSent | Unknown:
        """Look for `command` among what the brand sent. It is certainly absent when X was read back to before
        the attempt, and long enough after the attempt can last have been under way."""
        brand, asked = await self._who()
        is_public = command.visibility == payload.PUBLIC
        stream = walk.own(self._client, brand.id) if is_public else walk.messages(self._client)
        now = self._clock.now()
        look = await self._search(command, stream, brand)
        spent = asked + self._prices.spent(stream.price, self._bill.count(look.read, now))
        sure = look.post is not None and look.is_sure(command)
        absent = look.post is None and look.whole and now >= self._visible_at(command, now)
        if sure or absent:
            self._ended.pop(command.key, None)
            self._doubted.pop(command.key, None)
        if look.post is not None and sure:
            return Sent(look.post.id, look.post.url, look.post.created_at, spent)
        return NotSent(spent) if absent else Unknown(spent)

    async def _search(self, command: SendCommand, stream: walk.Stream, brand: Author) -> reconciling.Look:
        """Read what the brand sent back to before the attempt."""
        is_public = command.visibility == payload.PUBLIC
        parse = self._parser("own" if is_public else "dms", (), brand)
        before = command.attempted_at - reconciling.SKEW
        look = await reconciling.look(stream, parse, command, before)
        if look.post is not None or not self._is_ahead(command.attempted_at):
            return look
        # No reply is older than what it answers, and that is told by X's own time.
        answered = payload.instant(command.in_reply_to or "") if is_public else None
        if answered is None:
            return replace(look, whole=False)
        again = await reconciling.look(stream, parse, command, answered)
        return replace(again, read=look.read + again.read)

    def _visible_at(self, command: SendCommand, now: datetime) -> datetime:
        """From when on what was sent would be seen."""
        ended = self._ended.get(command.key)
        if ended is None or ended > now:
            ahead = self._is_ahead(command.attempted_at)
            began = self._doubted.setdefault(command.key, now) if ahead else command.attempted_at
            ended = began + timedelta(seconds=self._client.timeouts.total)
        return ended + self._settle

    def _is_ahead(self, instant: datetime) -> bool:
        """Whether an instant of ours lies in X's future: then our clock was ahead, and nobody knows by how
        much."""
        answered_at = self._client.answered_at
        return answered_at is not None and instant > answered_at + reconciling.SKEW

    async def close(self) -> None:
        """Let go of sockets."""
        await self._client.close()

    async def _who(self) -> tuple[Author, tuple[Spent, ...]]:
        """The brand, and what asking cost when X had to be asked. Credentials of another account are refused:
        its mentions would be shown as the brand's, and replies would go out under its name."""
        async with self._asking:
            if self._brand is not None:
                return self._brand, ()
            found = await self._client.get_me()
            brand = next(map(payload.author_of, payload.items_of(found)), None)
            if brand is None:
                raise AuthExpired(one_line(f"X does not say whose credentials these are. {words_of(found)}"))
            if not health.belongs_to(brand.handle, self._handle):
                raise AuthExpired(health.whose(brand.handle, self._handle).text)
            self._brand = brand
            return brand, self._prices.spent("user_read")

    def _stream(self, stream: str, brand_id: str) -> walk.Stream:
        if stream == "mentions":
            return walk.mentions(self._client, brand_id)
        if stream == "own":
            return walk.own(self._client, brand_id)
        if stream == "dms" and self._private:
            return walk.messages(self._client)
        raise ValueError(f"An account on X has no stream {stream!r}.")

    def _refuse_unfit(self, command: SendCommand) -> None:
        """Raise for what X would refuse for certain, without asking it."""
        is_public = command.visibility == payload.PUBLIC
        if not is_public and not self._private:
            raise NotPermitted("dm_off", manual_url=_by_hand(command))
        target = ReplyTarget(command.in_reply_to, command.author_id, command.author_handle)
        measure = self.measure(command.text, target, Surface.PUBLIC if is_public else Surface.PRIVATE)
        if measure.length > measure.limit:
            raise Invalid("too_long", f"{measure.length - measure.limit} characters too many")
        if not measure.valid:
            raise Invalid("characters" if measure.length and command.text.strip() else "empty")

    async def _send_post(self, command: SendCommand) -> Sent:
        answer = await self._client.create_tweet(text=command.text, in_reply_to_tweet_id=command.in_reply_to)
        number = _made(answer, "id")
        at = payload.confirmed(number, self._clock.now(), _FRESH) or await self._published_at(number)
        kind = "post_create_with_url" if texts.link_count(command.text) else "post_create"
        return Sent(PostId(number), texts.post_url(number), at, self._prices.spent(kind))

    async def _send_message(self, command: SendCommand) -> Sent:
        answer = await self._client.create_direct_message(participant_id=command.author_id, text=command.text)
        number, now = _made(answer, "dm_event_id"), self._clock.now()
        conversation = str(answer["data"].get("dm_conversation_id") or "")
        return Sent(
            PostId(number),
            texts.conversation_url(conversation),
            payload.confirmed(number, now, _FRESH) or now,
            self._prices.spent("dm_create"),
        )

    async def _published_at(self, number: str) -> datetime:
        """When a post of ours was published, where its id does not tell: the post is read. It is public by
        now, so a failure here must not look like one of sending."""
        try:
            found = await self._client.get_tweet(number, tweet_fields=["created_at"])
        except NetworkError:
            return self._clock.now()
        return next(filter(None, map(payload.time_of, payload.items_of(found))), self._clock.now())


def _made(answer: Json, name: str) -> str:
    """The id of what was just made. Success without one is no certain success."""
    data = answer.get("data")
    number = str(data.get(name) or "") if isinstance(data, dict) else ""
    if not number:
        raise Unclear(one_line(f"X answered without an id. {words_of(dict(answer))}"))
    return number


def _by_hand(command: SendCommand) -> str:
    """Where a person can send this."""
    if command.visibility == payload.PUBLIC:
        return texts.composer_url(command.in_reply_to, command.text)
    return texts.message_box_url(command.author_id, command.text)
