"""What the record keeps of accounts and of their lists, and what these cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.cases.accounts import AccountState, Stream
from bot.cases.errors import Stale
from bot.cases.posts import AccountId
from storage.rows import Rows, columns_of
from storage.schema import accounts, spending, streams
from storage.shape import Shape
from storage.statements import Statement

_ACCOUNT = Statement(select(accounts).where(accounts.c.account == bindparam("the_account")))
_ADD = Statement(lambda into: into(accounts).on_conflict_do_nothing(), columns_of(accounts))
_SAVE = Statement(
    update(accounts).where(
        accounts.c.account == bindparam("the_account"),
        accounts.c.version == bindparam("believed"),
    ),
    columns_of(accounts, "account"),
)
_this_list = (streams.c.account == bindparam("the_account"), streams.c.name == bindparam("the_name"))
_LIST = Statement(select(streams).where(*_this_list))
_LISTS_OF = Statement(select(streams).where(streams.c.account == bindparam("the_account")))
_ADD_LIST = Statement(lambda into: into(streams).on_conflict_do_nothing(), columns_of(streams))
_SAVE_LIST = Statement(
    update(streams).where(*_this_list, streams.c.version == bindparam("believed")),
    columns_of(streams, "account", "name", "main"),
)
_SPENT = Statement(
    select(func.sum(spending.c.amount, type_=spending.c.amount.type)).where(
        spending.c.account == bindparam("account"),
        spending.c.day == bindparam("day"),
    )
)


def _add_up(adding: Any) -> Any:
    return adding.on_conflict_do_update(
        index_elements=list(spending.primary_key),
        set_={
            "count": spending.c.count + adding.excluded["count"],
            "amount": spending.c.amount + adding.excluded["amount"],
        },
    )


_ADD_SPENDING = Statement(lambda into: _add_up(into(spending)), columns_of(spending))


_ACCOUNTS = Shape(AccountState, accounts)
_LISTS = Shape(Stream, streams)


class AccountRows(Rows):
    """Implements `bot.cases.record.Accounts`."""

    def get(self, account: AccountId) -> AccountState | None:
        return self._sql.found(_ACCOUNTS, _ACCOUNT, the_account=account)

    def save(self, state: AccountState) -> AccountState:
        saved = _ACCOUNTS.evolved(state, "version", state.version + 1)
        if state.version == 0:
            kept = self._sql.change(_ADD, **_ACCOUNTS.row(saved)) > 0
        else:
            this = {"the_account": state.account, "believed": state.version}
            kept = self._sql.change(_SAVE, **_ACCOUNTS.row(saved), **this) > 0
        if not kept:
            raise Stale(f"account {state.account} is no longer at version {state.version}")
        return saved

    def add_spending(self, account: AccountId, day: date, kind: str, count: int, amount: Decimal) -> None:
        self._sql.leave(_ADD_SPENDING, account=account, day=day, kind=kind, count=count, amount=amount)

    def spent(self, account: AccountId, day: date) -> Decimal:
        return self._sql.value(_SPENT, account=account, day=day) or Decimal(0)


class StreamRows(Rows):
    """Implements `bot.cases.record.Streams`."""

    def get(self, account: AccountId, name: str) -> Stream | None:
        return self._sql.found(_LISTS, _LIST, the_account=account, the_name=name)

    def of(self, account: AccountId) -> Sequence[Stream]:
        return self._sql.each(_LISTS, _LISTS_OF, the_account=account)

    def save(self, stream: Stream) -> Stream:
        saved = _LISTS.evolved(stream, "version", stream.version + 1)
        if stream.version == 0:
            kept = self._sql.change(_ADD_LIST, **_LISTS.row(saved)) > 0
        else:
            this = {"the_account": stream.account, "the_name": stream.name, "believed": stream.version}
            kept = self._sql.change(_SAVE_LIST, **_LISTS.row(saved), **this) > 0
        if not kept:
            raise Stale(f"list {stream.name} of {stream.account} is no longer at version {stream.version}")
        return saved
