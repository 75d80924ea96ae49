"""How each account is doing: when to look next, what it costs, and what the channel hears about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.cases import errors
from bot.cases.installation import Account
from bot.cases.ports import Page, Spent
from bot.cases.posts import AccountId, Unread
from bot.cases.record import AccountState, Condition, Record, Wake
from bot.cases.said import Instant, Link, Money, Said, say
from bot.work import asks, leases
from bot.work.house import House

#: A passing fault is told in the channel when it lasts this many looks.
TELL_AFTER = 3
#: No look is further away than this, but for money that is spent: X opens its windows again after 15 minutes.
LONGEST_REST = timedelta(minutes=15)
#: So many addresses of what could not be read are told at once.
UNREAD_SHOWN = 5


def connect(record: Record, account: Account, now: datetime) -> AccountState:
    """The account's state; made on the first sight, from which moment on its mentions count."""
    state = record.account(account.name)
    if state is None:
        state = record.save_account(AccountState(account.name, now, {}, now))
        record.wake(Wake.POLL)
    return state


def first_looks(record: Record, house: House, now: datetime) -> list[AccountId]:
    """The accounts to look at when the program starts: those never looked at, since where their streams stand
    now is where they begin, and those at rest for what may have been mended before the start."""
    states = [connect(record, account, now) for account in house.installation.accounts.values()]
    mended = [state for state in states if state.condition not in (Condition.WELL, Condition.LIMITED)]
    for state in mended:
        record.save_account(replace(state, next_poll_at=now))
    return [state.account for state in states if not state.cursors or state in mended]


def lease(
    record: Record, house: House, account: AccountId, process: str, now: datetime, *, due: bool
) -> AccountState | None:
    """Lease the account to this process for one look; None when another has it, when its time has not come
    (asked only with `due`), or when its money for today is spent."""
    state = connect(record, house.installation.accounts[account], now)
    if due and state.next_poll_at > now:
        return None
    if state.lease_by != process and state.lease_until is not None and state.lease_until > now:
        return None
    if stop_if_spent(record, house, account, now):
        return None
    return record.save_account(replace(state, lease_by=process, lease_until=leases.until(now)))


def free_at(state: AccountState) -> datetime:
    """When the account may be looked at next: its time has come, and nobody is looking."""
    return max(state.next_poll_at, state.lease_until or state.next_poll_at)


def renew(record: Record, account: AccountId, process: str, now: datetime) -> None:
    """The look lasts: the account still belongs to this process, unless another took it over."""
    state = record.account(account)
    if state is not None and state.lease_by == process:
        record.save_account(replace(state, lease_until=leases.until(now)))


def pay(record: Record, account: AccountId, spent: Iterable[Spent], now: datetime) -> None:
    """Count what was spent, on the UTC day of `now`."""
    for item in spent:
        record.add_spending(account, now.date(), item.kind, item.count, item.amount)


def looked_on(
    record: Record,
    house: House,
    account: AccountId,
    process: str,
    pages: Mapping[str, Page],
    now: datetime,
) -> bool:
    """Keep the cursors of the first part of a look, which goes on. False when another process took the
    account over in the meantime: then nothing of this look may be kept."""
    state = record.account(account)
    if state is None or state.lease_by != process:
        return False
    record.save_account(replace(state, cursors={**state.cursors, **_cursors(pages)}))
    _tell_gaps(record, house, account, pages, now)
    return True


def looked(
    record: Record,
    house: House,
    account: AccountId,
    process: str,
    pages: Mapping[str, Page],
    began: datetime,
    now: datetime,
) -> bool:
    """Keep the cursors of a look that went well and set the next one. False as in `looked_on`."""
    state = record.account(account)
    if state is None or state.lease_by != process:
        return False
    configured = house.installation.accounts[account]
    asked = [page.not_before for page in pages.values() if page.not_before]
    saved = replace(
        state,
        cursors={**state.cursors, **_cursors(pages)},
        looked_at=began,
        next_poll_at=max([now + configured.poll_every, *asked]),
        faults=0,
        lease_by="",
        lease_until=None,
    )
    _become(record, house, saved, Condition.WELL, now)
    _tell_gaps(record, house, account, pages, now)
    return True


def _cursors(pages: Mapping[str, Page]) -> dict[str, Any]:
    return {stream: page.cursor for stream, page in pages.items()}


def _tell_gaps(
    record: Record, house: House, account: AccountId, pages: Mapping[str, Page], now: datetime
) -> None:
    """Tell the channel where the network's list did not reach down to what was read before."""
    for stream, page in pages.items():
        if not page.complete:
            _tell(
                record, house, account, say("account.gap"), now, f"gap-{account}-{stream}-{now.isoformat()}"
            )


def tell_unread(
    record: Record, house: House, account: AccountId, unread: Iterable[Unread], now: datetime
) -> None:
    """Keep what a network gave in the place of posts and nobody could read, and tell the channel once."""
    new = [each for each in unread if record.keep_unread(account, each, now)]
    if not new:
        return
    links = [Link(url) for url in dict.fromkeys(each.url for each in new[:UNREAD_SHOWN])]
    said = say("account.unread", count=len(new), links=links)
    _tell(record, house, account, said, now, f"unread-{account}-{new[0].key}")


def tell_missing(
    record: Record, house: House, account: AccountId, stream: str, detail: str, now: datetime
) -> None:
    """Tell the channel, once a (UTC) day, that a lesser stream cannot be read while mentions can."""
    said = say("account.missing", detail=detail)
    _tell(record, house, account, said, now, f"missing-{account}-{stream}-{now.date().isoformat()}")


def stop_if_spent(record: Record, house: House, account: AccountId, now: datetime) -> bool:
    """Whether the account's daily limit is reached; if so it rests until the next UTC day and says so."""
    configured = house.installation.accounts[account]
    if configured.daily_limit is None or record.spent(account, now.date()) < configured.daily_limit:
        return False
    state = record.account(account)
    if state is None:
        return False
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    rested = replace(state, next_poll_at=tomorrow, lease_by="", lease_until=None)
    _become(
        record, house, rested, Condition.SPENT, now, until=tomorrow, spent=record.spent(account, now.date())
    )
    return True


def failed(
    record: Record, house: House, account: AccountId, process: str, error: errors.NetworkError, now: datetime
) -> None:
    """A look that failed: nothing is lost, the cursor stands; set the next look and tell the channel."""
    state = record.account(account)
    if state is None or state.lease_by != process:
        return
    every = house.installation.accounts[account].poll_every
    faults = state.faults + 1
    until = now + max(every, min(timedelta(minutes=10), every * faults))
    match error:
        case errors.RateLimited(until=asked):
            condition, until = Condition.LIMITED, max(asked, now + timedelta(seconds=1))
        case errors.AuthExpired() | errors.NotPermitted():
            condition = Condition.AUTH
        case errors.OutOfCredit():
            condition = Condition.CREDIT
        case _:
            condition = Condition.FAILING if faults >= TELL_AFTER else state.condition
            until = now + min(every * faults, timedelta(minutes=5))
    rested = replace(state, next_poll_at=until, faults=faults, lease_by="", lease_until=None)
    _become(record, house, rested, condition, now, until=until, detail=error.detail)


def _become(
    record: Record,
    house: House,
    state: AccountState,
    condition: Condition,
    now: datetime,
    *,
    until: datetime | None = None,
    detail: str = "",
    spent: Decimal = Decimal(0),
) -> None:
    """Save the state after a look; tell the channel once when the condition is another than before."""
    changed = condition is not state.condition
    record.save_account(replace(state, condition=condition))
    record.wake(Wake.POLL)
    if not changed:
        return
    configured = house.installation.accounts[state.account]
    key = "account.back" if condition is Condition.WELL else f"account.{condition.value}"
    said = say(
        key,
        detail=detail,
        until=Instant(until or now),
        spent=Money(spent),
        limit=Money(configured.daily_limit or Decimal(0)),
    )
    told = f"account-{state.account}-{condition.value}-{now.isoformat()}"
    _tell(record, house, state.account, said, now, told)


def _tell(record: Record, house: House, account: AccountId, said: Said, now: datetime, key: str) -> None:
    """Tell the account's channel, once, with the names of the account and of its network."""
    configured = house.installation.accounts[account]
    named = {"account": f"@{configured.handle}", "network": configured.network}
    channel = house.installation.team_of(account).channel
    asks.announce(record, channel, replace(said, values={**said.values, **named}), now, key=key)
