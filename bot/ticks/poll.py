"""The polling tick: asks each account whose time has come what is new, who wrote it and what it answers, and
hands the answers to intake."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.cases import errors, leases
from bot.cases.accounts import Stream
from bot.cases.ports import Clock, Connector, Spent
from bot.cases.posts import Absence, AccountId, Author, Post, PostId, Unread, is_somebody
from bot.cases.tx import Tx
from bot.ticks.underway import Underway, while_renewing
from bot.transactions import Transactions
from bot.work import accounts, changes, context, intake
from bot.work.context import AT_ONCE, Answers, Wanted
from bot.work.intake import Look

log = logging.getLogger(__name__)

#: A look this fresh need not be repeated before sending.
FRESH = timedelta(seconds=1)
#: So much of a post that the record does not take is kept.
RAW_KEPT = 16_000


_Look = Callable[[Stream, datetime], Coroutine[Any, Any, None]]


class Poll:
    """Looks at the networks: a task, a lease and a transaction for each list, so that a slow one delays only
    itself."""

    def __init__(
        self,
        transactions: Transactions,
        connectors: Mapping[AccountId, Connector],
        clock: Clock,
        process: str,
    ) -> None:
        self._transactions = transactions
        self._connectors = connectors
        self._clock = clock
        self._process = process
        self._before_sending = {name: asyncio.Lock() for name in connectors}
        #: Held while lists are leased and their looks begun: what this process has leased is under way.
        self._leasing = asyncio.Lock()
        self._underway: Underway[tuple[AccountId, str]] = Underway()

    async def run(self) -> datetime | None:
        """Begin to look at every list that is due; returns when to come back."""
        async with self._leasing:
            now = self._clock.now()
            lease = partial(accounts.lease_due, process=self._process)
            leased, due = await self._transactions.do(lease, now=now)
            self._begin(leased, self._beside, now)
        return due

    async def stop(self, seconds: float) -> None:
        """Give the looks under way this long to end, and break them off then: the cursors stand."""
        await self._underway.drain(seconds)

    async def connect(self) -> None:
        """Look at accounts that are new, so that whatever is posted from now on counts; and at those that
        were in trouble when the program stopped."""
        mains = await self._look_at(lambda tx: accounts.lease_first(tx, self._process))
        await asyncio.gather(*(self._look_at_others(main.account) for main in mains))

    async def look_before_sending(self, account: AccountId) -> None:
        """See what was written in the meantime, unless the network just refused to tell."""
        if account not in self._connectors:
            return  # no longer in app.yaml
        async with self._before_sending[account]:
            await self._end(account)
            since = self._clock.now() - FRESH
            await self._look_at(lambda tx: accounts.lease_again(tx, account, self._process, since))
            await self._end(account)  # of looks that the tick has begun meanwhile, too
            await self._look_at_others(account)
            await self._end(account)

    async def _look_at_others(self, account: AccountId) -> None:
        await self._look_at(lambda tx: accounts.lease_others(tx, account, self._process))

    async def _look_at(self, lease: Callable[[Tx], list[Stream]]) -> list[Stream]:
        """Look at lists side by side; returns them."""
        async with self._leasing:
            now = self._clock.now()
            leased = await self._transactions.do(lease, now=now)
            looks = self._begin(leased, self._look, now)
        ended = await asyncio.gather(*looks, return_exceptions=True)
        for fault in ended:
            if isinstance(fault, BaseException):
                raise fault
        return leased

    def _begin(
        self,
        leased: list[Stream],
        look: Callable[[Stream, datetime], Coroutine[Any, Any, None]],
        now: datetime,
    ) -> list[asyncio.Task[None]]:
        names = {(stream.account, stream.name): stream for stream in leased}
        return [
            self._underway.begin(name, look(stream, now))
            for name, stream in names.items()
            if name not in self._underway
        ]

    async def _end(self, account: AccountId) -> None:
        """Wait for the looks at an account that are under way."""
        await self._underway.end(lambda name: name[0] == account)

    async def _beside(self, stream: Stream, began: datetime) -> None:
        try:
            await self._look(stream, began)
        except Exception:
            # The database failed: the lease runs out and the list is looked at again.
            log.exception(
                "A look could not be kept", extra={"action": "look_error", "account": stream.account}
            )

    async def _look(self, stream: Stream, began: datetime) -> None:
        if leases.has_run_out(stream.lease_until, self._clock.now(), self._clock.speed):
            return
        told = {"account": stream.account, "stream": stream.name}
        failure: errors.NetworkError
        try:
            await while_renewing(self._ask(stream, began), lambda: self._renew(stream))
            return
        except errors.NetworkError as error:
            failure = error
            log.warning(
                "The network of account %s could not be read: %s",
                stream.account,
                error.remedy,
                extra={"action": "look_failed", "error": type(error).__name__} | told,
            )
        except Exception as error:
            # Whatever a post holds that was not thought of, the list is looked at again, and not at once.
            log.exception("A look broke", extra={"action": "look_broke"} | told)
            failure = errors.Retry(type(error).__name__)
        await self._transactions.do(lambda tx: accounts.failed(tx, stream, failure))

    async def _renew(self, stream: Stream) -> None:
        await self._transactions.do(lambda tx: accounts.renew(tx, stream))

    async def _ask(self, stream: Stream, began: datetime) -> None:
        """Ask what is new and keep it. Names and context make a card better; without them it still is one."""
        do, connector = self._transactions.do, self._connectors[stream.account]
        if stream.name == accounts.KNOWN:
            check = await do(lambda tx: changes.check(tx, stream))
            answers = await look_up(connector, check.wanted)
            await do(lambda tx: changes.take(tx, stream, check, answers, began))
            return
        page = await connector.pull(stream.name, stream.cursor)
        look = Look(stream, began, page)
        if any(not post.by_brand for post in page.posts):
            wanted = await do(lambda tx: context.wanted(tx, stream.account, page.posts))
            look = replace(look, answers=await look_up(connector, wanted))
        await self._take_in(look)

    async def _take_in(self, look: Look) -> None:
        """Hand a look to intake. When the record does not take it, the look has failed and is repeated. When
        it does not take one after a fault, each post is taken by itself, so that one which cannot be does not
        stop its account."""
        try:
            await self._transactions.do(lambda tx: intake.take_in(tx, look))
        except Exception:
            if not look.stream.faults:
                raise
            unread = [odd for post in look.page.posts for odd in await self._take_alone(look, post)]
            page = replace(look.page, posts=(), unread=(*look.page.unread, *unread))
            await self._transactions.do(lambda tx: intake.take_in(tx, replace(look, page=page)))

    async def _take_alone(self, look: Look, post: Post) -> list[Unread]:
        """Take one post and nothing else of its look; what stands for it when it cannot be taken."""
        account, answers = look.stream.account, look.answers
        try:
            await self._transactions.do(
                lambda tx: intake.take_posts(tx, account, [post], answers.authors, answers)
            )
        except Exception as fault:
            log.exception("A post could not be taken in", extra={"action": "post_unread"})
            return [Unread(post.id, type(fault).__name__, repr(post)[:RAW_KEPT], post.url)]
        return []


async def look_up(connector: Connector, wanted: Wanted) -> Answers:
    """What the network says about these posts and people, who wrote what it shows of them, and whether a post
    is gone alone or with its author. No error leaves: what was said before it stands beside it."""
    posts: list[Post] = []
    absent: dict[PostId, Absence] = {}
    authors: list[Author] = []
    spent: list[Spent] = []
    fault: errors.NetworkError | None = None
    try:
        asked = [*wanted.posts]
        for start in range(0, len(asked), AT_ONCE):
            found = await connector.posts(asked[start : start + AT_ONCE])
            posts += found.posts
            absent.update(found.absent)
            spent += found.spent
        writers = [post.author_id for post in posts if not post.by_brand and not wanted.posts.get(post.id)]
        left = [each for post_id, each in wanted.posts.items() if each and post_id in absent]
        everybody = dict.fromkeys((*wanted.authors, *writers, *left))
        people = [each for each in everybody if not is_somebody(each)]
        for start in range(0, len(people), AT_ONCE):
            known = await connector.authors(people[start : start + AT_ONCE])
            authors += known.authors
            spent += known.spent
    except Exception as error:
        fault = error if isinstance(error, errors.NetworkError) else errors.Retry(type(error).__name__)
        log.warning(
            "Names or context could not be looked up",
            extra={"action": "look_up_failed", "error": type(error).__name__},
            exc_info=fault is not error,
        )
    return Answers(authors, posts, absent, spent, fault)
