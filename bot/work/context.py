"""What is looked up beside a look at an account: who wrote, what posts answer or quote, how they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.cases.ports import Page, Spent
from bot.cases.posts import Absence, AccountId, Author, AuthorId, Post, PostId, Quoted, is_somebody
from bot.cases.tx import Tx
from bot.outbox import put

#: Names and pictures change rarely and cost ten times a mention to look up (X price list, February 2026).
AUTHOR_KEPT = timedelta(days=30)
#: So many authors or posts are asked for at once (`Connector.authors`, `Connector.posts`).
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Look:
    """A look at an account, or the first part of one: the pages of its streams and what was looked up to
    understand them."""

    account: AccountId
    process: str
    began: datetime
    pages: dict[str, Page]
    authors: tuple[Author, ...] = ()
    quoted: tuple[Post, ...] = ()
    #: What the network would not show of the posts that were looked up, and what known posts read now.
    absent: Mapping[PostId, Absence] = field(default_factory=dict)
    checked: tuple[Post, ...] = ()
    #: Known posts whose context is among what was looked up.
    incomplete: tuple[PostId, ...] = ()
    #: Of whom the network was asked and said nothing.
    unnamed: tuple[AuthorId, ...] = ()
    spent: tuple[Spent, ...] = ()
    #: Lesser streams that cannot be read for some time now, with the network's words.
    missing: Mapping[str, str] = field(default_factory=dict)
    #: Whether the rest of the look follows: what is here is taken in first, as somebody waits for it.
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be looked up for a look."""

    authors: tuple[AuthorId, ...]
    #: What the posts of the look answer or quote, and the record does not know.
    context: tuple[PostId, ...]
    #: Known posts, of which is asked whether they stand and how they read now, with their authors.
    check: Mapping[PostId, AuthorId] = field(default_factory=dict)
    #: Where the next check of those who wait begins; 0 at the beginning.
    after: int = 0
    #: Posts of those who wait whose context could not be had before.
    incomplete: tuple[PostId, ...] = ()


def wanted(
    tx: Tx,
    account: AccountId,
    posts: Iterable[Post],
    missing: Iterable[PostId] = (),
    check_after: int | None = None,
) -> Wanted:
    """What to look up before these posts are taken in; each is asked for once.

    `missing` are known posts that are perhaps gone. With `check_after` the posts of those who wait are
    checked as well, a hundred from that number on, unless half of what may be spent today is.
    """
    network = tx.installation.accounts[account].network
    mentions = {post.id: post for post in posts if not post.by_brand}
    known = tx.posts.known(account, mentions)
    new = {post_id: post for post_id, post in mentions.items() if post_id not in known}
    waiting: list[Post] = []
    after = check_after or 0
    if check_after is not None and _may_check(tx, account):
        waiting = list(tx.posts.waiting(account, check_after, AT_ONCE))
        after = waiting[-1].number if len(waiting) == AT_ONCE else 0
    people = [each for each in dict.fromkeys(p.author_id for p in new.values()) if not is_somebody(each)]
    unknown = tx.people.unknown(network, people, tx.now - AUTHOR_KEPT)
    asked = [*unknown, *tx.people.nameless(network, AT_ONCE)]
    standing = [post for each in missing if (post := tx.posts.get(account, each)) and post.absence is None]
    return Wanted(
        tuple(dict.fromkeys(asked)),
        tuple(_unknown_context(tx, account, [*new.values(), *waiting], new)),
        {post.id: post.author_id for post in (*standing, *waiting) if not post.by_brand},
        after,
        tuple(post.id for post in waiting if any(_lacking(post))),
    )


def _may_check(tx: Tx, account: AccountId) -> bool:
    limit = tx.installation.accounts[account].daily_limit
    return limit is None or 2 * tx.accounts.spent(account, tx.now.date()) < limit


def _lacking(post: Post) -> Iterable[PostId]:
    """What a post answers or quotes and does not show yet, or not with its author."""
    for shown, quoted in ((post.parent_id, post.quoted), (post.quotes_id, post.quotes)):
        if shown and (quoted is None or not (quoted.author_handle or quoted.absence)):
            yield shown


def _unknown_context(
    tx: Tx, account: AccountId, posts: Iterable[Post], new: Mapping[PostId, Post]
) -> Iterable[PostId]:
    """What these posts answer or quote and neither the record nor the look itself has."""
    shown = dict.fromkeys(post_id for post in posts for post_id in _lacking(post))
    there = tx.posts.known(account, shown) if shown else frozenset()
    for post_id in shown:
        if post_id not in there and post_id not in new and tx.replies.of_post(account, post_id) is None:
            yield post_id


def with_context(tx: Tx, post: Post, found: Mapping[PostId, Post], absent: Mapping[PostId, Absence]) -> Post:
    """The post with what it answers and what it quotes, as far as these are known."""
    lacking = set(_lacking(post))
    shown = {each: _quoted(tx, post, each, found, absent) for each in lacking}
    return replace(
        post,
        quoted=(shown.get(post.parent_id) if post.parent_id else None) or post.quoted,
        quotes=(shown.get(post.quotes_id) if post.quotes_id else None) or post.quotes,
    )


def complete(tx: Tx, look: Look) -> None:
    """Give the posts of those who wait the context that could not be had when they came in."""
    found = {post.id: post for post in look.quoted}
    for post_id in look.incomplete:
        post = tx.posts.get(look.account, post_id)
        case_id = tx.posts.case_of(look.account, post_id)
        case = tx.cases.get(case_id) if case_id else None
        if post is None or case is None:
            continue
        whole = with_context(tx, post, found, look.absent)
        if whole != post:
            tx.posts.save(whole)
            put.card(tx, case)
            put.follow_up_anew(tx, case, post.number)


def _quoted(
    tx: Tx, post: Post, shown: PostId, found: Mapping[PostId, Post], absent: Mapping[PostId, Absence]
) -> Quoted | None:
    """A post that this one shows: known to the record, or looked up for context."""
    account = tx.installation.accounts[post.account]
    answered = tx.replies.of_post(post.account, shown)
    if answered is not None:
        return Quoted(shown, account.handle, answered.text, answered.url)
    other = tx.posts.get(post.account, shown) or found.get(shown)
    if other is None:
        return Quoted(shown, "", "", absence=absent[shown]) if shown in absent else None
    if other.by_brand:
        return Quoted(shown, account.handle, other.text, other.url)
    author = tx.people.author(account.network, other.author_id)
    return Quoted(shown, author.handle if author else "", other.text, other.url, other.absence)
