"""The lists of the accounts: which is looked at when and by whom, and what a look leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases import errors, leases
from bot.cases.accounts import AccountState, Condition, Stream
from bot.cases.installation import Account
from bot.cases.ports import Page
from bot.cases.posts import AccountId
from bot.cases.record import Wake
from bot.cases.tx import Tx
from bot.work import accounts

#: The list of each account that no network has: posts and people that are known, of whom more is asked.
KNOWN = "known"
#: No look is further away than this, but for money that is spent: X opens its windows again after 15 minutes.
LONGEST_REST = timedelta(minutes=15)
#: A fault that lasts this many looks is told in the channel.
TELL_AFTER = 3


def of(tx: Tx, account: Account) -> list[Stream]:
    """The lists of an account, the main one first; made at the first sight, from which moment on what is
    written there counts."""
    known = {stream.name: stream for stream in tx.streams.of(account.name)}
    if not known and tx.accounts.get(account.name) is None:
        tx.accounts.save(AccountState(account.name, tx.now))
    names = (*tx.setup.rules[account.name].capabilities().streams, KNOWN)
    return [
        known.get(name) or tx.streams.save(Stream(account.name, name, name == names[0], tx.now))
        for name in names
    ]


def lease_due(tx: Tx, process: str) -> tuple[list[Stream], datetime | None]:
    """The lists to look at now, leased to this process, and when to come back."""
    leased, later = [], []
    for account in tx.installation.accounts.values():
        main, *_ = of(tx, account)
        if _is_leased(tx, main):
            later.append(main.lease_until or tx.now)
        elif main.next_at <= tx.now:
            leased += _lease(tx, main, process)
            later.append(tx.now + account.poll_every)
        else:
            leased += lease_others(tx, account.name, process)
            later.append(main.next_at)
    return leased, min(later, default=None)


def lease_first(tx: Tx, process: str) -> list[Stream]:
    """The main lists to look at when the program starts, leased: those never read, since where they stand now
    is where they begin, and those of accounts in trouble for what may have been mended before the start."""
    leased = []
    for account in tx.installation.accounts.values():
        main, *others = of(tx, account)
        for other in others:
            if other.faults:
                tx.streams.save(replace(other, next_at=tx.now))
        if main.cursor is None or not _is_well(tx, account.name, Condition.LIMITED):
            leased += _lease(tx, main, process)
    return leased


def lease_again(tx: Tx, account: AccountId, process: str, since: datetime) -> list[Stream]:
    """The main list of an account that is well, leased; none if the newest look at it began `since` then. One
    that began under a clock that was ahead is repeated."""
    main, *_ = of(tx, tx.installation.accounts[account])
    is_fresh = main.looked_at is not None and since <= main.looked_at <= tx.now
    return _lease(tx, main, process) if not is_fresh and _is_well(tx, account) else []


def lease_others(tx: Tx, account: AccountId, process: str) -> list[Stream]:
    """The lists that follow the newest look at the main one, leased: their time had come when it began. What
    the brand answered means nothing before what it answers is known, and who writes in public and in private
    has one case."""
    main, *others = of(tx, tx.installation.accounts[account])
    if main.looked_at is None or main.looked_at > tx.now:
        return []
    due = [other for other in others if other.next_at <= main.looked_at and not _is_leased(tx, other)]
    return [leased for other in due for leased in _lease(tx, other, process)]


def renew(tx: Tx, leased: Stream) -> None:
    """The look lasts: the list still belongs to this process, unless another took it over."""
    if (stream := ours(tx, leased)) is not None:
        tx.streams.save(replace(stream, lease_until=leases.until(tx.now)))


def ours(tx: Tx, leased: Stream) -> Stream | None:
    """A list as it stands while it is leased to this process; None when another has taken it over."""
    stream = tx.streams.get(leased.account, leased.name)
    return stream if stream is not None and stream.lease_by == leased.lease_by else None


def looked(tx: Tx, stream: Stream, page: Page, began: datetime) -> None:
    """Keep the cursor of a look that went well, and set the next one: of a list that follows the main one,
    with the next look at that one."""
    every = tx.installation.accounts[stream.account].poll_every
    next_at = tx.now + every if stream.main else began + timedelta.resolution
    next_at = max(next_at, page.not_before or began)
    _release(tx, replace(stream, cursor=page.cursor, looked_at=began, next_at=next_at, faults=0))
    if not page.complete:
        accounts.tell_gap(tx, stream)
    if stream.main:
        accounts.become(tx, stream.account, Condition.WELL)
        tx.wake(Wake.POLL)  # the other lists follow


def failed(tx: Tx, leased: Stream, error: errors.NetworkError) -> None:
    """A look that failed: nothing is lost, the cursor stands. Set the next one, and tell the channel what is
    news to it: how the account is doing if this is its main list, or else that one list cannot be read."""
    stream = ours(tx, leased)
    if stream is None:
        return
    every = tx.installation.accounts[stream.account].poll_every
    faults = stream.faults + 1
    condition: Condition | None = None
    until = tx.now + max(every, min(timedelta(minutes=10), every * faults))
    match error:
        case errors.RateLimited(until=asked):
            condition, until = Condition.LIMITED, max(asked, tx.now + timedelta(seconds=1))
            faults = stream.faults
        case errors.AuthExpired() | errors.NotPermitted():
            condition = Condition.AUTH
        case errors.OutOfCredit():
            condition = Condition.CREDIT
        case _:
            condition = Condition.FAILING if faults >= TELL_AFTER else None
            until = tx.now + min(every * faults, timedelta(minutes=5))
    _release(tx, replace(stream, next_at=until, faults=faults))
    if stream.main and condition is not None:
        accounts.become(tx, stream.account, condition, until=until, detail=error.detail)
    elif faults >= TELL_AFTER and stream.name != KNOWN:
        accounts.tell_missing(tx, stream, error.detail)


def _lease(tx: Tx, stream: Stream, process: str) -> list[Stream]:
    """The list, leased to this process for one look; none when another has it, or when the money of its
    account for today is spent."""
    if (stream.lease_by != process and _is_leased(tx, stream)) or _stop_if_spent(tx, stream.account):
        return []
    return [tx.streams.save(replace(stream, lease_by=process, lease_until=leases.until(tx.now)))]


def _is_leased(tx: Tx, stream: Stream) -> bool:
    return stream.lease_until is not None and stream.lease_until > tx.now


def _stop_if_spent(tx: Tx, account: AccountId) -> bool:
    """Whether an account's daily limit is reached. If so it rests until the next UTC day, and says so."""
    limit = tx.installation.accounts[account].daily_limit
    if limit is None or (spent := tx.accounts.spent(account, tx.now.date())) < limit:
        return False
    tomorrow = (tx.now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    main, *_ = of(tx, tx.installation.accounts[account])
    if main.next_at < tomorrow:
        tx.streams.save(replace(main, next_at=tomorrow))
    accounts.become(tx, account, Condition.SPENT, until=tomorrow, spent=spent)
    return True


def _release(tx: Tx, stream: Stream) -> None:
    tx.streams.save(replace(stream, lease_by="", lease_until=None))


def _is_well(tx: Tx, account: AccountId, *also: Condition) -> bool:
    state = tx.accounts.get(account)
    return state is not None and state.condition in (Condition.WELL, *also)
