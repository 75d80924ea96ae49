"""What is asked and kept to understand a post: who wrote it, and what it answers or quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.cases.errors import NetworkError
from bot.cases.model import Case, ReplyKind
from bot.cases.ports import Spent
from bot.cases.posts import Absence, AccountId, Author, AuthorId, Post, PostId, Quoted, Standing, is_somebody
from bot.cases.tx import Tx
from bot.outbox import put

#: Names and pictures change rarely and cost ten times a mention to look up (X price list, February 2026).
AUTHOR_KEPT = timedelta(days=30)
#: So many authors or posts are asked for at once (`Connector.authors`, `Connector.posts`).
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the network is to be asked."""

    authors: Sequence[AuthorId] = ()
    #: Posts, with their authors where these are known.
    posts: Mapping[PostId, AuthorId | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the network said when it was asked, or as much of it as it said before a fault."""

    authors: Sequence[Author] = ()
    posts: Sequence[Post] = ()
    #: Posts that it does not show, and why.
    absent: Mapping[PostId, Absence] = field(default_factory=dict)
    spent: Sequence[Spent] = ()
    fault: NetworkError | None = None


#: The network was not asked.
NOTHING = Answers()


def wanted(tx: Tx, account: AccountId, posts: Iterable[Post]) -> Wanted:
    """What to ask before these posts are taken in; each thing is asked for once."""
    mentions = {post.id: post for post in posts if not post.by_brand}
    known = tx.posts.known(account, mentions)
    new = {post_id: post for post_id, post in mentions.items() if post_id not in known}
    network = tx.installation.accounts[account].network
    people = [each for each in dict.fromkeys(p.author_id for p in new.values()) if not is_somebody(each)]
    names = tx.people.unknown(network, people, tx.now - AUTHOR_KEPT)
    shown = [each for each in unknown(tx, account, new.values()) if each not in new]
    return Wanted(names, dict.fromkeys(shown))


def lacking(post: Post) -> Iterable[PostId]:
    """What a post answers or quotes and does not show yet, or not with its author."""
    for shown, quoted in ((post.parent_id, post.quoted), (post.quotes_id, post.quotes)):
        if shown and (quoted is None or not (quoted.author_handle or quoted.absence)):
            yield shown


def unknown(tx: Tx, account: AccountId, posts: Iterable[Post]) -> Iterable[PostId]:
    """What these posts answer or quote and the record does not have."""
    shown = dict.fromkeys(post_id for post in posts for post_id in lacking(post))
    there = tx.posts.known(account, shown) if shown else frozenset()
    for post_id in shown:
        if post_id not in there and tx.replies.of_post(account, post_id) is None:
            yield post_id


def with_context(tx: Tx, post: Post, answers: Answers) -> Post:
    """The post with what it answers and what it quotes, as far as these are known."""
    shown = {each: _quoted(tx, post, each, answers) for each in lacking(post)}
    return replace(
        post,
        quoted=(shown.get(post.parent_id) if post.parent_id else None) or post.quoted,
        quotes=(shown.get(post.quotes_id) if post.quotes_id else None) or post.quotes,
    )


def complete(tx: Tx, account: AccountId, posts: Iterable[PostId], answers: Answers) -> None:
    """Give posts the context that could not be had when they came in."""
    for post_id in posts:
        post = tx.posts.get(account, post_id)
        case_id = tx.posts.case_of(account, post_id)
        case = tx.cases.get(case_id) if case_id else None
        if post is None or case is None:
            continue
        whole = with_context(tx, post, answers)
        if whole != post:
            tx.posts.save(whole)
            put.card(tx, case)
            put.follow_up_anew(tx, case, post.number)


def _quoted(tx: Tx, post: Post, shown: PostId, answers: Answers) -> Quoted | None:
    """A post that this one shows: known to the record, or looked up for context."""
    account = tx.installation.accounts[post.account]
    answered = tx.replies.of_post(post.account, shown)
    if answered is not None:
        return Quoted(shown, account.handle, answered.text, answered.url)
    found = (each for each in answers.posts if each.id == shown)
    other = tx.posts.get(post.account, shown) or next(found, None)
    if other is None:
        absence = answers.absent.get(shown)
        return Quoted(shown, "", "", absence=absence) if absence else None
    if other.by_brand:
        return Quoted(shown, account.handle, other.text, other.url)
    author = tx.people.author(account.network, other.author_id)
    return Quoted(shown, author.handle if author else "", other.text, other.url, other.absence)


#: So many cases of one person, the newest, are redrawn.
CASES_OF_ONE = 10


def take(tx: Tx, account: AccountId, authors: Sequence[Author]) -> None:
    """Keep who people are; what showed them otherwise, or had no name for them, is redrawn."""
    if not authors:
        return
    network = tx.installation.accounts[account].network
    authors = [_as_known(tx, author) for author in authors]
    ids = [author.id for author in authors]
    for other in tx.installation.accounts.values():
        if other.network != network:
            continue
        shown = tx.cases.known_authors(other.name, ids)
        for author in authors:
            if author.id in shown and tx.people.author(network, author.id) != author:
                for case in tx.cases.of_author(other.name, author.id, CASES_OF_ONE):
                    _draw_anew(tx, case)
    for author in authors:
        tx.people.save_author(author, tx.now)


def _as_known(tx: Tx, author: Author) -> Author:
    """The author as the network knows them now; where it shows nothing of them any more, as it did before."""
    known = tx.people.author(author.network, author.id)
    if known is None or author.standing is Standing.KNOWN:
        return author
    return replace(known, standing=author.standing)


def _draw_anew(tx: Tx, case: Case) -> None:
    """Let the card and the lines of a case follow, also those that are only on their way to the desk."""
    put.card(tx, case)
    for reply in tx.replies.of_case(case.id):
        if reply.kind is not ReplyKind.ELSEWHERE:  # it has no line
            put.line(tx, case, reply)
