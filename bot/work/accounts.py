"""How each account is doing: when to look next, what it costs, and what the channel hears about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.cases import errors, leases
from bot.cases.accounts import AccountState, Condition
from bot.cases.installation import Account
from bot.cases.ports import Page, Spent
from bot.cases.posts import AccountId, Unread
from bot.cases.record import Wake
from bot.cases.said import Instant, Link, Money, Said, say
from bot.cases.tx import Tx
from bot.outbox import put

#: A passing fault is told in the channel when it lasts this many looks.
TELL_AFTER = 3
#: No look is further away than this, but for money that is spent: X opens its windows again after 15 minutes.
LONGEST_REST = timedelta(minutes=15)
#: So many addresses of what could not be read are told at once.
UNREAD_SHOWN = 5


def connect(tx: Tx, account: Account) -> AccountState:
    """The account's state; made on the first sight, from which moment on its mentions count."""
    state = tx.accounts.get(account.name)
    if state is None:
        state = tx.accounts.save(AccountState(account.name, tx.now, {}, tx.now))
        tx.wake(Wake.POLL)
    return state


def first_looks(tx: Tx) -> list[AccountId]:
    """The accounts to look at when the program starts: those never looked at, since where their streams stand
    now is where they begin, and those at rest for what may have been mended before the start."""
    states = [connect(tx, account) for account in tx.installation.accounts.values()]
    mended = [state for state in states if state.condition not in (Condition.WELL, Condition.LIMITED)]
    for state in mended:
        tx.accounts.save(replace(state, next_poll_at=tx.now))
    return [state.account for state in states if not state.cursors or state in mended]


def lease(tx: Tx, account: AccountId, process: str, *, due: bool) -> AccountState | None:
    """Lease the account to this process for one look; None when another has it, when its time has not come
    (asked only with `due`), or when its money for today is spent."""
    state = connect(tx, tx.installation.accounts[account])
    if due and state.next_poll_at > tx.now:
        return None
    if state.lease_by != process and state.lease_until is not None and state.lease_until > tx.now:
        return None
    if stop_if_spent(tx, account):
        return None
    return tx.accounts.save(replace(state, lease_by=process, lease_until=leases.until(tx.now)))


def free_at(state: AccountState) -> datetime:
    """When the account may be looked at next: its time has come, and nobody is looking."""
    return max(state.next_poll_at, state.lease_until or state.next_poll_at)


def renew(tx: Tx, account: AccountId, process: str) -> None:
    """The look lasts: the account still belongs to this process, unless another took it over."""
    state = tx.accounts.get(account)
    if state is not None and state.lease_by == process:
        tx.accounts.save(replace(state, lease_until=leases.until(tx.now)))


def pay(tx: Tx, account: AccountId, spent: Iterable[Spent]) -> None:
    """Count what was spent, on the UTC day of `now`."""
    for item in spent:
        tx.accounts.add_spending(account, tx.now.date(), item.kind, item.count, item.amount)


def looked_on(tx: Tx, account: AccountId, process: str, pages: Mapping[str, Page]) -> bool:
    """Keep the cursors of the first part of a look, which goes on. False when another process took the
    account over in the meantime: then nothing of this look may be kept."""
    state = tx.accounts.get(account)
    if state is None or state.lease_by != process:
        return False
    tx.accounts.save(replace(state, cursors={**state.cursors, **_cursors(pages)}))
    _tell_gaps(tx, account, pages)
    return True


def looked(tx: Tx, account: AccountId, process: str, pages: Mapping[str, Page], began: datetime) -> bool:
    """Keep the cursors of a look that went well and set the next one. False as in `looked_on`."""
    state = tx.accounts.get(account)
    if state is None or state.lease_by != process:
        return False
    configured = tx.installation.accounts[account]
    asked = [page.not_before for page in pages.values() if page.not_before]
    saved = replace(
        state,
        cursors={**state.cursors, **_cursors(pages)},
        looked_at=began,
        next_poll_at=max([tx.now + configured.poll_every, *asked]),
        faults=0,
        lease_by="",
        lease_until=None,
    )
    _become(tx, saved, Condition.WELL)
    _tell_gaps(tx, account, pages)
    return True


def _cursors(pages: Mapping[str, Page]) -> dict[str, Any]:
    return {stream: page.cursor for stream, page in pages.items()}


def _tell_gaps(tx: Tx, account: AccountId, pages: Mapping[str, Page]) -> None:
    """Tell the channel where the network's list did not reach down to what was read before."""
    for stream, page in pages.items():
        if not page.complete:
            _tell(tx, account, say("account.gap"), f"gap-{account}-{stream}-{tx.now.isoformat()}")


def tell_unread(tx: Tx, account: AccountId, unread: Iterable[Unread]) -> None:
    """Keep what a network gave in the place of posts and nobody could read, and tell the channel once."""
    new = [each for each in unread if tx.posts.keep_unread(account, each, tx.now)]
    if not new:
        return
    links = [Link(url) for url in dict.fromkeys(each.url for each in new[:UNREAD_SHOWN])]
    said = say("account.unread", count=len(new), links=links)
    _tell(tx, account, said, f"unread-{account}-{new[0].key}")


def tell_missing(tx: Tx, account: AccountId, stream: str, detail: str) -> None:
    """Tell the channel, once a (UTC) day, that a lesser stream cannot be read while mentions can."""
    said = say("account.missing", detail=detail)
    _tell(tx, account, said, f"missing-{account}-{stream}-{tx.now.date().isoformat()}")


def stop_if_spent(tx: Tx, account: AccountId) -> bool:
    """Whether the account's daily limit is reached; if so it rests until the next UTC day and says so."""
    configured = tx.installation.accounts[account]
    if configured.daily_limit is None or tx.accounts.spent(account, tx.now.date()) < configured.daily_limit:
        return False
    state = tx.accounts.get(account)
    if state is None:
        return False
    tomorrow = (tx.now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    rested = replace(state, next_poll_at=tomorrow, lease_by="", lease_until=None)
    _become(tx, rested, Condition.SPENT, until=tomorrow, spent=tx.accounts.spent(account, tx.now.date()))
    return True


def failed(tx: Tx, account: AccountId, process: str, error: errors.NetworkError) -> None:
    """A look that failed: nothing is lost, the cursor stands; set the next look and tell the channel."""
    state = tx.accounts.get(account)
    if state is None or state.lease_by != process:
        return
    every = tx.installation.accounts[account].poll_every
    faults = state.faults + 1
    until = tx.now + max(every, min(timedelta(minutes=10), every * faults))
    match error:
        case errors.RateLimited(until=asked):
            condition, until = Condition.LIMITED, max(asked, tx.now + timedelta(seconds=1))
        case errors.AuthExpired() | errors.NotPermitted():
            condition = Condition.AUTH
        case errors.OutOfCredit():
            condition = Condition.CREDIT
        case _:
            condition = Condition.FAILING if faults >= TELL_AFTER else state.condition
            until = tx.now + min(every * faults, timedelta(minutes=5))
    rested = replace(state, next_poll_at=until, faults=faults, lease_by="", lease_until=None)
    _become(tx, rested, condition, until=until, detail=error.detail)


def _become(
    tx: Tx,
    state: AccountState,
    condition: Condition,
    *,
    until: datetime | None = None,
    detail: str = "",
    spent: Decimal = Decimal(0),
) -> None:
    """Save the state after a look; tell the channel once when the condition is another than before."""
    changed = condition is not state.condition
    tx.accounts.save(replace(state, condition=condition))
    tx.wake(Wake.POLL)
    if not changed:
        return
    configured = tx.installation.accounts[state.account]
    key = "account.back" if condition is Condition.WELL else f"account.{condition.value}"
    said = say(
        key,
        detail=detail,
        until=Instant(until or tx.now),
        spent=Money(spent),
        limit=Money(configured.daily_limit or Decimal(0)),
    )
    told = f"account-{state.account}-{condition.value}-{tx.now.isoformat()}"
    _tell(tx, state.account, said, told)


def _tell(tx: Tx, account: AccountId, said: Said, key: str) -> None:
    """Tell the account's channel, once, with the names of the account and of its network."""
    configured = tx.installation.accounts[account]
    named = {"account": f"@{configured.handle}", "network": configured.network}
    channel = tx.installation.team_of(account).channel
    put.announce(tx, channel, replace(said, values={**said.values, **named}), key=key)
