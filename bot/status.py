"""How things stand, in lines for somebody at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from bot.cases.accounts import Condition
from bot.cases.figures import AccountFigures, Figures
from bot.cases.installation import Account
from bot.cases.model import ReplyState, Status
from bot.cases.posts import AccountId

#: What each condition means to somebody who has to do something about it.
CONDITIONS = {
    Condition.WELL: "well",
    Condition.LIMITED: "asked by the network to wait",
    Condition.FAILING: "failing, and tried again",
    Condition.AUTH: "locked out: its credentials do not work",
    Condition.CREDIT: "out of credit at the network",
    Condition.SPENT: "at its daily limit",
}


def lines(figures: Figures, configured: Mapping[AccountId, Account]) -> Iterator[str]:
    """The lines, each a name and what is to say about it. `configured` are the accounts of app.yaml."""
    for name, account in configured.items():
        yield _line(f"account {name}", _account(_of(figures, name), account, figures.at))
    for state in figures.accounts:
        if state.account not in configured:
            yield _line(f"account {state.account}", "no longer in app.yaml; its cases stay as they are")
    by_status = (f"{figures.cases.get(status, 0)} {status.value}" for status in Status)
    yield _line("cases", ", ".join(by_status))
    yield _line("customers", _customers(figures))
    yield _line("replies", _replies(figures))
    yield _line("desk", _desk(figures))


def ago(span: timedelta) -> str:
    """A span of time by its largest two units.

    >>> ago(timedelta(hours=25, minutes=3))
    '1 d 1 h'
    """
    seconds = max(0, int(span.total_seconds()))
    units = [
        ("d", seconds // 86400),
        ("h", seconds // 3600 % 24),
        ("min", seconds // 60 % 60),
        ("s", seconds % 60),
    ]
    first = next((place for place, (_, count) in enumerate(units) if count), len(units) - 1)
    return " ".join(f"{count} {unit}" for unit, count in units[first : first + 2] if count) or "0 s"


def _line(name: str, text: str) -> str:
    return f"{name:<20} {text}"


def _of(figures: Figures, name: AccountId) -> AccountFigures | None:
    return next((state for state in figures.accounts if state.account == name), None)


def _account(state: AccountFigures | None, account: Account, now: datetime) -> str:
    if state is None:
        return "not connected yet; that is done when webcare is next started"
    looked = f"looked {ago(now - state.looked_at)} ago" if state.looked_at else "never looked"
    wait = state.next_look_at - now
    following = f"next look in {ago(wait)}" if wait > timedelta(0) else "next look due now"
    limit = f" of {_dollars(account.daily_limit)}" if account.daily_limit is not None else ""
    spent = f"{_dollars(state.spent_today)}{limit} USD spent today (UTC)"
    return f"{CONDITIONS[state.condition]}; {looked}, {following}; {spent}"


def _customers(figures: Figures) -> str:
    if figures.waiting_since is None:
        return "nobody waits"
    longest = ago(figures.at - figures.waiting_since)
    return f"{figures.waiting} waiting, {figures.overdue} past the due time; the longest for {longest}"


def _replies(figures: Figures) -> str:
    counted = {state: figures.replies.get(state, 0) for state in ReplyState}
    text = (
        f"{counted[ReplyState.QUEUED]} queued, {counted[ReplyState.SENDING]} being sent, "
        f"{counted[ReplyState.UNCONFIRMED]} unconfirmed; {figures.blocked} of them wait for a person"
    )
    if figures.unread:
        text += f"; {figures.unread} of them wait for what Slack tells about them"
    if figures.reply_due_since is not None:
        text += f"; the oldest is {ago(figures.at - figures.reply_due_since)} late"
    return text


def _desk(figures: Figures) -> str:
    if figures.errand_since is None:
        return "everything is shown"
    return f"{figures.errands} still to be shown, the oldest for {ago(figures.at - figures.errand_since)}"


def _dollars(amount: Decimal) -> str:
    """Cents, and what is smaller where there is any."""
    return f"{amount:.2f}" if amount == amount.quantize(Decimal("0.01")) else f"{amount.normalize():f}"
