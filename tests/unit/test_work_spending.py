"""An account at its daily limit: it rests until the next day, and says so once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.cases.accounts import Condition, Stream
from bot.cases.ports import Page, Spent
from bot.work import accounts
from tests.contract.samples import BRAND, MINUTE, NOW
from tests.unit.office import Office
from tests.unit.office import office as office
from tests.unit.test_work_streams import US, condition, due, look, now, told

TOMORROW = datetime(2026, 3, 15, tzinfo=UTC)


def again(office: Office, at: datetime = NOW) -> list[Stream]:
    """What is leased before sending."""
    return accounts.lease_again(office.tx(at), BRAND, US, at)


@pytest.mark.parametrize("lease", [due, again])
@pytest.mark.parametrize(("spent", "stops"), [("0.99", False), ("1.00", True), ("1.01", True)])
def test_an_account_stops_when_it_reaches_its_limit(
    office: Office, spent: str, stops: bool, lease: Callable[[Office], list[Stream]]
) -> None:
    office.configure(daily_limit=Decimal("1.00"))
    accounts.pay(office.tx(), BRAND, [Spent("read", 1, Decimal(spent))])
    due(office, NOW - 9 * MINUTE)
    office.leased(lease_by="", lease_until=None, next_at=NOW)

    assert bool(lease(office)) is not stops
    assert told(office) == (["account.spent"] if stops else [])


def test_an_account_that_spent_its_limit_rests_until_midnight_in_utc(office: Office) -> None:
    office.configure(daily_limit=Decimal("1.00"))
    accounts.pay(office.tx(), BRAND, [Spent("read", 1, Decimal(2))])
    for _ in range(2):
        due(office)

    assert (condition(office), now(office).next_at) == (Condition.SPENT, TOMORROW)
    assert told(office) == ["account.spent"]


def test_a_look_that_reaches_the_limit_is_kept_and_no_other_follows(office: Office) -> None:
    office.configure(daily_limit=Decimal("1.00"))
    due(office)
    look(office, Page((), 2, spent=(Spent("read", 1, Decimal(1)),)))

    assert due(office) == []
    assert (now(office).cursor, now(office).next_at) == (2, TOMORROW)


def test_what_was_spent_yesterday_does_not_count(office: Office) -> None:
    office.configure(daily_limit=Decimal("1.00"))
    accounts.pay(office.tx(), BRAND, [Spent("read", 1, Decimal(2))])
    due(office)

    assert due(office, TOMORROW) != []
