"""What the record keeps of accounts: how far they are read, what they cost; and of deliveries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam, case, delete, func, select, update

from bot.cases.errors import Stale
from bot.cases.posts import AccountId
from bot.cases.record import AccountState
from storage.rows import Rows, each
from storage.schema import accounts, deliveries, spending

_ACCOUNT = select(accounts).where(accounts.c.account == bindparam("the_account"))
_ADD = each(lambda into: into(accounts).on_conflict_do_nothing().returning(accounts.c.account))
_SAVE = update(accounts).where(
    accounts.c.account == bindparam("the_account"),
    accounts.c.version == bindparam("believed"),
)
#: An account that somebody is reading right now comes up again when that lease has run out.
_NEXT_POLL = select(
    func.min(
        case(
            (accounts.c.lease_until > accounts.c.next_poll_at, accounts.c.lease_until),
            else_=accounts.c.next_poll_at,
        )
    )
)
_ADD_SPENDING = each(
    lambda into: (adding := into(spending)).on_conflict_do_update(
        index_elements=[spending.c.account, spending.c.day, spending.c.kind],
        set_={
            "count": spending.c.count + adding.excluded["count"],
            "amount": spending.c.amount + adding.excluded["amount"],
        },
    )
)
_SPENT = select(func.sum(spending.c.amount, type_=spending.c.amount.type)).where(
    spending.c.account == bindparam("account"),
    spending.c.day == bindparam("day"),
)
_ADD_DELIVERY = each(lambda into: into(deliveries).on_conflict_do_nothing().returning(deliveries.c.key))
_FORGET_DELIVERIES = delete(deliveries).where(deliveries.c.at < bindparam("before"))


def _to_row(state: AccountState) -> dict[str, object]:
    return {
        "account": state.account,
        "connected_at": state.connected_at,
        "cursors": state.cursors,
        "next_poll_at": state.next_poll_at,
        "looked_at": state.looked_at,
        "condition": state.condition,
        "told": state.told,
        "faults": state.faults,
        "lease_by": state.lease_by,
        "lease_until": state.lease_until,
        "version": state.version,
    }


class AccountRows(Rows):
    """Accounts, spending and deliveries; the contract is that of `bot.cases.record.Record`."""

    def account(self, account: AccountId) -> AccountState | None:
        row = self._run(_ACCOUNT, the_account=account).first()
        if row is None:
            return None
        return AccountState(
            account=row.account,
            connected_at=row.connected_at,
            cursors=row.cursors,
            next_poll_at=row.next_poll_at,
            looked_at=row.looked_at,
            condition=row.condition,
            told=row.told,
            faults=row.faults,
            lease_by=row.lease_by,
            lease_until=row.lease_until,
            version=row.version,
        )

    def save_account(self, state: AccountState) -> AccountState:
        saved = replace(state, version=state.version + 1)
        if state.version == 0:
            done = self._run_here(_ADD, **_to_row(saved)).first() is not None
        else:
            changed = self._run(_SAVE, **_to_row(saved), the_account=state.account, believed=state.version)
            done = changed.rowcount == 1
        if not done:
            raise Stale(f"account {state.account} is no longer at version {state.version}")
        return saved

    def next_poll(self) -> datetime | None:
        instant: datetime | None = self._run(_NEXT_POLL).scalar_one()
        return instant

    def add_spending(self, account: AccountId, day: date, kind: str, count: int, amount: Decimal) -> None:
        self._run_here(_ADD_SPENDING, account=account, day=day, kind=kind, count=count, amount=amount)

    def spent(self, account: AccountId, day: date) -> Decimal:
        return self._run(_SPENT, account=account, day=day).scalar_one() or Decimal(0)

    def first_time(self, key: str, now: datetime) -> bool:
        return self._run_here(_ADD_DELIVERY, key=key, at=now).first() is not None

    def forget_deliveries(self, before: datetime) -> None:
        self._run(_FORGET_DELIVERIES, before=before)
