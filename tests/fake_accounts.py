"""What the record in memory keeps of accounts, backups and deliveries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from bot.cases.errors import Stale
from bot.cases.posts import AccountId
from bot.cases.record import AccountState
from tests.fake_tables import Tables, kept


class FakeAccounts:
    """Accounts, spending, backups and deliveries; the contract is that of `bot.cases.record.Record`."""

    tables: Tables

    def account(self, account: AccountId) -> AccountState | None:
        state = self.tables.accounts.get(account)
        return None if state is None else kept(state)

    def save_account(self, state: AccountState) -> AccountState:
        before = self.tables.accounts.get(state.account)
        if state.version != (0 if before is None else before.version):
            raise Stale(f"account {state.account} is no longer at version {state.version}")
        saved = replace(state, version=state.version + 1)
        self.tables.accounts[state.account] = kept(saved)
        return saved

    def add_spending(self, account: AccountId, day: date, kind: str, count: int, amount: Decimal) -> None:
        self.tables.spending[(account, day)] = self.spent(account, day) + amount

    def spent(self, account: AccountId, day: date) -> Decimal:
        return self.tables.spending.get((account, day), Decimal(0))

    def restored_at(self) -> datetime | None:
        return max(self.tables.restores, default=None)

    def note_restore(self, at: datetime) -> None:
        self.tables.restores.add(at)

    def first_time(self, key: str, now: datetime) -> bool:
        if key in self.tables.deliveries:
            return False
        self.tables.deliveries[key] = now
        return True
