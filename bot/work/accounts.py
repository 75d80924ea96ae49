"""How each account is doing as a whole: what it costs, and what its channel hears about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.cases.accounts import Condition, Stream
from bot.cases.ports import Spent
from bot.cases.posts import AccountId, Unread
from bot.cases.said import Instant, Link, Money, Sentence, say
from bot.cases.tx import Tx
from bot.outbox import put

#: So many addresses of what could not be read are told at once.
UNREAD_SHOWN = 5


def pay(tx: Tx, account: AccountId, spent: Iterable[Spent]) -> None:
    """Count what was spent, on the UTC day of `now`."""
    for item in spent:
        tx.accounts.add_spending(account, tx.now.date(), item.kind, item.count, item.amount)


def become(
    tx: Tx,
    account: AccountId,
    condition: Condition,
    *,
    until: datetime | None = None,
    detail: str = "",
    spent: Decimal = Decimal(0),
) -> None:
    """Remember how an account is doing, and tell its channel once when that is news."""
    state = tx.accounts.get(account)
    if state is None or state.condition is condition:
        return
    tx.accounts.save(replace(state, condition=condition))
    configured = tx.installation.accounts[account]
    key = "account.back" if condition is Condition.WELL else f"account.{condition.value}"
    said = say(
        key,
        detail=detail,
        until=Instant(until or tx.now),
        spent=Money(spent),
        limit=Money(configured.daily_limit or Decimal(0)),
    )
    _tell(tx, account, said, f"account-{account}-{condition.value}-{tx.now.isoformat()}")


def tell_gap(tx: Tx, stream: Stream) -> None:
    """Tell the channel that the network's list did not reach down to what was read before."""
    _tell(tx, stream.account, say("account.gap"), f"gap-{stream.account}-{stream.name}-{tx.now.isoformat()}")


def tell_unread(tx: Tx, account: AccountId, unread: Iterable[Unread]) -> None:
    """Keep what a network gave in the place of posts and nobody could read, and tell the channel once."""
    new = [each for each in unread if tx.posts.keep_unread(account, each, tx.now)]
    if not new:
        return
    links = [Link(url) for url in dict.fromkeys(each.url for each in new[:UNREAD_SHOWN])]
    said = say("account.unread", count=len(new), links=links)
    _tell(tx, account, said, f"unread-{account}-{new[0].key}")


def tell_missing(tx: Tx, stream: Stream, detail: str) -> None:
    """Tell the channel, once a (UTC) day, that one list cannot be read while the main one can."""
    key = f"missing-{stream.account}-{stream.name}-{tx.now.date().isoformat()}"
    _tell(tx, stream.account, say("account.missing", detail=detail), key)


def _tell(tx: Tx, account: AccountId, said: Sentence, key: str) -> None:
    """Tell the account's channel, once, with the names of the account and of its network."""
    configured = tx.installation.accounts[account]
    named = {"account": f"@{configured.handle}", "network": configured.network}
    channel = tx.installation.team_of(account).channel
    put.announce(tx, channel, replace(said, values={**said.values, **named}), key=key)
