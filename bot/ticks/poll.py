"""The polling tick: asks each account whose time has come what is new, and hands the answer to intake."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bot.cases import errors, leases
from bot.cases.accounts import AccountState, Condition
from bot.cases.ports import Clock, Connector, Page, Spent
from bot.cases.posts import Absence, AccountId, Author, Post, PostId, Unread, is_somebody
from bot.cases.tx import Tx
from bot.ticks.leases import kept
from bot.ticks.underway import Underway
from bot.transactions import Transactions
from bot.work import accounts, context, intake
from bot.work.context import Look

log = logging.getLogger(__name__)

#: A look this fresh need not be repeated before sending.
FRESH = timedelta(seconds=1)
#: How long the card of what was just taken in has the program to itself, in seconds.
HEAD_START = 0.05
#: How often the network is asked whether the posts of those who wait still stand.
CHECK_EVERY = timedelta(minutes=15)
#: How soon again when it did not answer.
CHECK_AGAIN = timedelta(minutes=1)
#: How soon to come back for an account that another process has.
SOON = timedelta(milliseconds=500)

#: So much of a post that the record does not take is kept.
RAW_KEPT = 16_000

Id = TypeVar("Id")


class Poll:
    """Looks at the networks: one look an account at a time, one process an account by lease. Each look has a
    task of its own, so that a slow network delays only itself."""

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
        #: Until when the network wants a lesser stream to be left alone.
        self._resting: dict[tuple[AccountId, str], datetime] = {}
        #: How often in a row a lesser stream could not be read.
        self._misses: Counter[tuple[AccountId, str]] = Counter()
        #: When the last look of this process that went well began.
        self._looked: dict[AccountId, datetime] = {}
        #: Known posts that are perhaps gone.
        self._suspects: dict[AccountId, set[PostId]] = {}
        #: When the posts of those who wait were checked last, and from which number on the rest is.
        self._checked: dict[AccountId, tuple[datetime, int]] = {}
        #: Whose last look the record did not take.
        self._broken: set[AccountId] = set()
        self._locks = {name: asyncio.Lock() for name in connectors}
        self._underway: Underway[AccountId] = Underway()

    async def run(self) -> datetime | None:
        """Begin to look at every account that is due; returns when to come back."""
        now = self._clock.now()
        names, due = await self._transactions.do(self._due, now=now)
        for name in names:
            self._underway.begin(name, self._one(name))
        return max(due, now + SOON) if due is not None else None

    async def stop(self, seconds: float) -> None:
        """Give the looks under way this long to end, and break them off then: the cursors stand."""
        await self._underway.drain(seconds)

    async def connect(self) -> None:
        """Look at accounts that are new, so that whatever is posted from now on counts; and at those that
        were in trouble when the program stopped."""
        names = await self._transactions.do(accounts.first_looks)
        await asyncio.gather(*(self._locked_look(name) for name in names))

    async def look_before_sending(self, account: AccountId) -> None:
        """See what was written in the meantime, unless the network just refused to tell."""
        if account not in self._locks:
            return  # no longer in app.yaml
        async with self._locks[account]:
            now = self._clock.now()
            if _is_fresh(self._looked.get(account), now):
                return
            state = await self._transactions.do(lambda tx: tx.accounts.get(account))
            if state is None or state.condition is not Condition.WELL:
                return
            if not _is_fresh(state.looked_at, now):
                await self._look(account, due=False)

    def _due(self, tx: Tx) -> tuple[list[AccountId], datetime | None]:
        """The accounts to look at now, and when the next of the others is due: a look that ends wakes us."""
        names, later = [], []
        for configured in self._transactions.setup.installation.accounts.values():
            state = accounts.connect(tx, configured)
            free_at = accounts.free_at(state)
            if free_at > tx.now:
                later.append(free_at)
            elif state.account not in self._underway:
                names.append(state.account)
        return names, min(later, default=None)

    async def _one(self, account: AccountId) -> None:
        try:
            await self._locked_look(account)
        except Exception:
            # The database failed: the lease runs out and the account is looked at again.
            log.exception("A look could not be kept", extra={"action": "look_error", "account": account})

    async def _locked_look(self, account: AccountId) -> None:
        async with self._locks[account]:
            await self._look(account, due=True)

    async def _look(self, account: AccountId, *, due: bool) -> None:
        began = self._clock.now()
        state = await self._transactions.do(
            lambda tx: accounts.lease(tx, account, self._process, due=due), now=began
        )
        if state is None or leases.is_gone(state.lease_until, self._clock.now()):
            return
        failure: errors.NetworkError
        try:
            if await kept(self._ask(account, state, began), lambda: self._renew(account)):
                self._looked[account] = began
            return
        except errors.NetworkError as error:
            failure = error
            log.warning(
                "The network of account %s could not be read: %s",
                account,
                error.remedy,
                extra={"action": "look_failed", "account": account, "error": type(error).__name__},
            )
        except Exception as error:
            # Whatever a post holds that was not thought of, the account is looked at again, and not at once.
            log.exception("A look broke", extra={"action": "look_broke", "account": account})
            failure = errors.Retry(type(error).__name__)
        await self._transactions.do(lambda tx: accounts.failed(tx, account, self._process, failure))

    async def _renew(self, account: AccountId) -> None:
        await self._transactions.do(lambda tx: accounts.renew(tx, account, self._process))

    async def _ask(self, account: AccountId, state: AccountState, began: datetime) -> bool:
        """Ask for every stream and keep what came; False when another process has the account now. Mentions
        come first and are kept at once: a card need not wait for the brand's own posts and its messages."""
        connector = self._connectors[account]
        main, *lesser = connector.capabilities().streams
        page = await connector.pull(main, state.cursors.get(main))
        look = Look(account, self._process, began, {main: page})
        if page.posts:
            if not await self._take_in(replace(look, goes_on=True)):
                return False
            look = replace(look, pages={main: replace(page, posts=(), spent=(), unread=(), complete=True)})
            await asyncio.sleep(HEAD_START)
        awake = [stream for stream in lesser if self._resting.get((account, stream), began) <= began]
        answers = await asyncio.gather(
            *(connector.pull(stream, state.cursors.get(stream)) for stream in awake), return_exceptions=True
        )
        pages, missing = self._sort(account, dict(zip(awake, answers, strict=True)))
        return await self._take_in(replace(look, pages={**look.pages, **pages}, missing=missing))

    def _sort(
        self, account: AccountId, answers: Mapping[str, Page | BaseException]
    ) -> tuple[dict[str, Page], dict[str, str]]:
        """The pages of the lesser streams, and those that cannot be read for some time, with the network's
        words: mentions need not wait because messages must. Raises what is no fault of the network."""
        pages: dict[str, Page] = {}
        missing: dict[str, str] = {}
        for stream, answer in answers.items():
            if isinstance(answer, errors.RateLimited):
                self._resting[account, stream] = answer.until
            elif isinstance(answer, errors.NetworkError):
                self._misses[account, stream] += 1
                if self._misses[account, stream] >= accounts.TELL_AFTER:
                    missing[stream] = answer.detail
            elif isinstance(answer, BaseException):
                raise answer
            else:
                self._misses.pop((account, stream), None)
                pages[stream] = answer
        return pages, missing

    async def _take_in(self, look: Look) -> bool:
        """Hand a look to intake, with names and parents where there are posts.

        When the record does not take it, the look has failed and is repeated. When it does not take it again,
        no passing fault is behind it: then each post is taken by itself, so that one which cannot be does not
        stop its account."""
        look = await self._look_up(look)
        if look.account in self._broken:
            look = await self._apart(look)
        self._broken.add(look.account)
        is_ours = await self._transactions.do(lambda tx: intake.take_in(tx, look))
        self._broken.discard(look.account)
        return is_ours

    async def _apart(self, look: Look) -> Look:
        """Take each post of a look by itself; what is left of the look tells of those that cannot be."""
        pages: dict[str, Page] = {}
        for stream, page in look.pages.items():
            unread = list(page.unread)
            for post in page.posts:
                try:
                    await self._transactions.do(partial(self._take_alone, look=look, post=post))
                except Exception as fault:
                    log.exception("A post could not be taken in", extra={"action": "post_unread"})
                    raw = repr(post)[:RAW_KEPT]
                    unread.append(Unread(post.id, type(fault).__name__, raw, post.url))
            pages[stream] = replace(page, posts=(), unread=tuple(unread))
        return replace(look, pages=pages)

    def _take_alone(self, tx: Tx, look: Look, post: Post) -> None:
        intake.take_alone(tx, look, post)

    async def _look_up(self, look: Look) -> Look:
        """The look with names, context, and how known posts stand now. They make a card better; without them
        it is still a card: no error stops it, and what could not be had is asked for with the next look."""
        account, now = look.account, self._clock.now()
        posts = [post for page in look.pages.values() for post in page.posts]
        suspects: set[PostId] = set()
        check_after = None
        if not look.goes_on:
            suspects = self._suspects.pop(account, set())
            suspects |= {post_id for page in look.pages.values() for post_id in page.missing}
            check_after = self._check_after(account, now)
        wanted = await self._transactions.do(
            lambda tx: context.wanted(tx, account, posts, suspects, check_after), now=now
        )
        found = _Found()
        try:
            await self._ask_for(account, wanted, found)
            if check_after is not None:
                # What is left of the waiting posts is checked with the next look.
                self._checked[account] = now - CHECK_EVERY if wanted.after else now, wanted.after
        except Exception as error:
            if check_after is not None:
                self._checked[account] = now - CHECK_EVERY + CHECK_AGAIN, check_after
            self._suspects[account] = {*wanted.check} - {*found.absent} - {post.id for post in found.checked}
            log.warning(
                "Names or context could not be looked up",
                extra={"action": "look_up_failed", "account": account, "error": type(error).__name__},
                exc_info=not isinstance(error, errors.NetworkError),
            )
        named = {author.id for author in found.authors}
        return replace(
            look,
            authors=tuple(found.authors),
            quoted=tuple(found.context),
            absent=found.absent,
            checked=tuple(found.checked),
            incomplete=wanted.incomplete,
            unnamed=tuple(each for each in wanted.authors if each not in named),
            spent=tuple(found.spent),
        )

    async def _ask_for(self, account: AccountId, wanted: context.Wanted, found: _Found) -> None:
        """Ask the network for all of it; what was had before an error is in `found`."""
        connector = self._connectors[account]
        for ids, into in ((wanted.context, found.context), ([*wanted.check], found.checked)):
            for some in _chunks(ids):
                answer = await connector.posts(some)
                into += answer.posts
                found.absent.update(answer.absent)
                found.spent += answer.spent
        others = [post.author_id for post in found.context if not post.by_brand]
        # Whether a post is gone alone or with its author.
        left = [author_id for post_id, author_id in wanted.check.items() if post_id in found.absent]
        people = [each for each in (*wanted.authors, *others, *left) if not is_somebody(each)]
        for each in _chunks(list(dict.fromkeys(people))):
            known = await connector.authors(each)
            found.authors += known.authors
            found.spent += known.spent

    def _check_after(self, account: AccountId, now: datetime) -> int | None:
        """From which post on those who wait are checked now; None when it is not time."""
        at, after = self._checked.get(account, (now - CHECK_EVERY, 0))
        return None if at <= now < at + CHECK_EVERY else after

    def suspect(self, account: AccountId, post_id: PostId) -> None:
        """Look with the next look at this account whether a post still stands."""
        self._suspects.setdefault(account, set()).add(post_id)


@dataclass
class _Found:
    """What look-ups brought so far."""

    authors: list[Author] = field(default_factory=list)
    context: list[Post] = field(default_factory=list)
    checked: list[Post] = field(default_factory=list)
    absent: dict[PostId, Absence] = field(default_factory=dict)
    spent: list[Spent] = field(default_factory=list)


def _is_fresh(looked_at: datetime | None, now: datetime) -> bool:
    """Whether a look that began then need not be repeated; one from a clock that was ahead must be."""
    return looked_at is not None and now - FRESH <= looked_at <= now


def _chunks(ids: Sequence[Id]) -> Iterator[Sequence[Id]]:
    """As many at a time as one look-up may ask for."""
    for start in range(0, len(ids), context.AT_ONCE):
        yield ids[start : start + context.AT_ONCE]
