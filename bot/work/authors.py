"""Who people are: kept as the network tells it, and drawn anew wherever they were shown otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cases.model import Case, ReplyKind
from bot.cases.posts import AccountId, Author, Standing
from bot.cases.tx import Tx
from bot.outbox import put

#: So many cases of one person, the newest, are drawn anew.
CASES_OF_ONE = 10


def take(tx: Tx, account: AccountId, authors: Sequence[Author]) -> None:
    """Keep who people are; what showed them otherwise, or had no name for them, is drawn anew."""
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
    """Somebody as the network knows them now; of whom it shows nothing any more, what it showed before."""
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
