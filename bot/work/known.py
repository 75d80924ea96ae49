"""What is known and asked again: whether posts still stand as they did, and names that could not be had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.cases.accounts import Stream
from bot.cases.ports import Page
from bot.cases.posts import AccountId, Post, PostId, Standing
from bot.cases.tx import Tx
from bot.work import accounts, authors, changes, context, streams
from bot.work.context import AT_ONCE, Answers, Wanted

#: How often the network is asked whether the posts of those who wait still stand.
CHECK_EVERY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the known posts are checked: the cursor of this list."""

    #: When those who wait were last asked about, and after which number the rest of them is; 0 for none.
    checked_at: datetime | None = None
    after: int = 0
    #: Posts that are perhaps gone.
    doubted: tuple[PostId, ...] = ()

    def is_due(self, now: datetime) -> bool:
        """Whether those who wait are asked about now; also after a clock was put back."""
        at = self.checked_at
        return bool(self.after) or at is None or not at <= now < at + CHECK_EVERY

    def to_json(self) -> list[Any]:
        """Plain JSON."""
        return [self.checked_at and self.checked_at.isoformat(), self.after, [*self.doubted]]

    @classmethod
    def of(cls, stream: Stream) -> Mark:
        """How far it is."""
        at, after, doubted = stream.cursor or (None, 0, ())
        return cls(at and datetime.fromisoformat(at), after, tuple(doubted))


@dataclass(frozen=True, slots=True)
class Check:
    """One look at what is known."""

    wanted: Wanted
    #: How far it is when all is answered.
    mark: Mark
    #: Posts whose context is among what is asked.
    incomplete: Sequence[PostId]


def ask_soon(tx: Tx, account: AccountId, since: datetime, doubted: Iterable[PostId] = ()) -> None:
    """Ask after the next look at the account that began `since` then: for names that are missing, and whether
    these posts stand."""
    stream = tx.streams.get(account, streams.KNOWN)
    if stream is None:
        return
    mark = Mark.of(stream)
    mark = replace(mark, doubted=tuple(dict.fromkeys((*mark.doubted, *doubted))))
    sooner = replace(stream, cursor=mark.to_json(), next_at=min(stream.next_at, since))
    if sooner != stream:
        tx.streams.save(sooner)


def check(tx: Tx, stream: Stream) -> Check:
    """What to ask about what is known: a hundred of the posts of those who wait, if it is time and less than
    half of today's limit is spent; posts that are doubted; people without a name."""
    account, mark = stream.account, Mark.of(stream)
    waiting: Sequence[Post] = ()
    now = mark
    if mark.is_due(tx.now):
        waiting = tx.posts.waiting(account, mark.after, AT_ONCE) if _may_check(tx, account) else ()
        now = Mark(tx.now, waiting[-1].number if len(waiting) == AT_ONCE else 0, mark.doubted)
    doubted = [post for each in mark.doubted if (post := tx.posts.get(account, each))]
    posts = {post.id: post.author_id for post in (*doubted, *waiting) if not post.by_brand}
    shown = dict.fromkeys(context.unknown(tx, account, waiting))
    network = tx.installation.accounts[account].network
    wanted = Wanted(tx.people.nameless(network, AT_ONCE), {**shown, **posts})
    return Check(wanted, now, [post.id for post in waiting if any(context.lacking(post))])


def take(tx: Tx, leased: Stream, asked: Check, answers: Answers, began: datetime) -> None:
    """Keep what the network said about what is known. After a fault all of it is asked again."""
    account = leased.account
    accounts.pay(tx, account, answers.spent)
    stream = streams.ours(tx, leased)
    if stream is None:
        return
    authors.take(tx, account, answers.authors)
    changes.take_found(tx, account, answers.posts, answers.absent)
    context.complete(tx, account, asked.incomplete, answers)
    if answers.fault is not None:
        streams.failed(tx, leased, answers.fault)
    else:
        streams.looked(tx, stream, _page(tx, stream, asked, answers), began)


def _page(tx: Tx, stream: Stream, asked: Check, answers: Answers) -> Page:
    """How far it is now, and when to ask again: with the next look at the account if anything is left."""
    network = tx.installation.accounts[stream.account].network
    named = {author.id for author in answers.authors}
    for author_id in asked.wanted.authors:
        nameless = None if author_id in named else tx.people.author(network, author_id)
        if nameless is not None and nameless.standing is Standing.UNKNOWN:
            tx.people.save_author(nameless, tx.now)  # asked again after the others
    since = tuple(each for each in Mark.of(stream).doubted if each not in asked.mark.doubted)
    mark = replace(asked.mark, doubted=since)
    is_over = not (mark.after or since or tx.people.nameless(network, 1))
    return Page((), mark.to_json(), not_before=(mark.checked_at or tx.now) + CHECK_EVERY if is_over else None)


def _may_check(tx: Tx, account: AccountId) -> bool:
    limit = tx.installation.accounts[account].daily_limit
    return limit is None or 2 * tx.accounts.spent(account, tx.now.date()) < limit
