"""The accounts and their lists: how each is doing, what it costs, when it is looked at and by whom, what a
look leaves behind, and what the channel hears about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.cases import errors, leases
from bot.cases.accounts import AccountState, Condition, Stream
from bot.cases.installation import Account
from bot.cases.ports import Page, Spent
from bot.cases.posts import AccountId, Unread
from bot.cases.record import Wake
from bot.cases.said import Instant, Link, Money, Sentence, say
from bot.cases.tx import Tx
from bot.outbox import put

#: The list of each account that no network has: posts and people that are known, of whom more is asked.
KNOWN = "known"
#: No look is further away than this, but for money that is spent: X opens its windows again after 15 minutes.
LONGEST_REST = timedelta(minutes=15)
#: A fault that lasts this many looks is told in the channel.
TELL_AFTER = 3
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


def streams_of(tx: Tx, account: Account) -> list[Stream]:
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
        main, *_ = streams_of(tx, account)
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
        main, *others = streams_of(tx, account)
        for other in others:
            if other.faults:
                tx.streams.save(replace(other, next_at=tx.now))
        if main.cursor is None or not _is_well(tx, account.name, Condition.LIMITED):
            leased += _lease(tx, main, process)
    return leased


def lease_again(tx: Tx, account: AccountId, process: str, since: datetime) -> list[Stream]:
    """The main list of a working account, leased; none if the newest look at it began `since` then. One
    that began under a clock that was ahead is repeated."""
    main, *_ = streams_of(tx, tx.installation.accounts[account])
    is_fresh = main.looked_at is not None and since <= main.looked_at <= tx.now
    return _lease(tx, main, process) if not is_fresh and _is_well(tx, account) else []


def lease_others(tx: Tx, account: AccountId, process: str) -> list[Stream]:
    """The lists that follow the newest look at the main one, leased: their time had come when it began. What
    the brand answered means nothing before what it answers is known, and who writes in public and in private
    has one case."""
    main, *others = streams_of(tx, tx.installation.accounts[account])
    if main.looked_at is None or main.looked_at > tx.now:
        return []
    due = [other for other in others if other.next_at <= main.looked_at and not _is_leased(tx, other)]
    return [leased for other in due for leased in _lease(tx, other, process)]


def renew(tx: Tx, leased: Stream) -> None:
    """The look lasts: the list still belongs to this process, unless another took it over."""
    if (stream := ours(tx, leased)) is not None:
        tx.streams.save(replace(stream, lease_until=leases.until(tx.now, tx.setup.speed)))


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
    read = replace(stream, cursor=page.cursor, looked_at=began, next_at=next_at, faults=0)
    tx.streams.save(replace(read, lease_by="", lease_until=None))
    if not page.complete:
        tell_gap(tx, stream)
    if stream.main:
        become(tx, stream.account, Condition.WELL)
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
    tx.streams.save(replace(stream, next_at=until, faults=faults, lease_by="", lease_until=None))
    if stream.main and condition is not None:
        become(tx, stream.account, condition, until=until, detail=error.detail)
    elif faults >= TELL_AFTER and stream.name != KNOWN:
        tell_missing(tx, stream, error.detail)


def _lease(tx: Tx, stream: Stream, process: str) -> list[Stream]:
    """The list, leased to this process for one look; none when another has it, or when the money of its
    account for today is spent."""
    if (stream.lease_by != process and _is_leased(tx, stream)) or _stop_if_spent(tx, stream.account):
        return []
    return [
        tx.streams.save(replace(stream, lease_by=process, lease_until=leases.until(tx.now, tx.setup.speed)))
    ]


def _is_leased(tx: Tx, stream: Stream) -> bool:
    return stream.lease_until is not None and stream.lease_until > tx.now


def _stop_if_spent(tx: Tx, account: AccountId) -> bool:
    """Whether an account's daily limit is reached. If so it rests until the next UTC day, and says so."""
    limit = tx.installation.accounts[account].daily_limit
    if limit is None or (spent := tx.accounts.spent(account, tx.now.date())) < limit:
        return False
    tomorrow = (tx.now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    main, *_ = streams_of(tx, tx.installation.accounts[account])
    if main.next_at < tomorrow:
        tx.streams.save(replace(main, next_at=tomorrow))
    become(tx, account, Condition.SPENT, until=tomorrow, spent=spent)
    return True


def _is_well(tx: Tx, account: AccountId, *also: Condition) -> bool:
    state = tx.accounts.get(account)
    return state is not None and state.condition in (Condition.WELL, *also)
