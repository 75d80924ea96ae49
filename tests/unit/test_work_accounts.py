"""How an account does: when it is looked at next, what makes it rest, and what the channel hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.cases import errors, leases
from bot.cases.accounts import AccountState, Condition
from bot.cases.ports import Page, Spent
from bot.work import accounts
from tests.contract.samples import BRAND, MINUTE, NOW, SECOND, an_account
from tests.unit.office import Office
from tests.unit.office import office as office

US = "process-1"
TOMORROW = datetime(2026, 3, 15, tzinfo=UTC)


def leased(office: Office, **fields: object) -> None:
    """The account, in our hands."""
    office.record.accounts.save(an_account(lease_by=US, lease_until=NOW + MINUTE, **fields))


def state(office: Office) -> AccountState:
    """The account as it stands."""
    found = office.record.accounts.get(BRAND)
    assert found is not None
    return found


def fail(office: Office, error: errors.NetworkError) -> None:
    """A look of ours fails with this."""
    accounts.failed(office.tx(), BRAND, US, error)


def look(office: Office, **pages: Page) -> bool:
    """A look of ours goes well."""
    return accounts.looked(office.tx(), BRAND, US, pages, NOW - SECOND)


def told(office: Office) -> list[str]:
    """What the channel heard."""
    return [said.key for said in office.said()]


@pytest.mark.parametrize(
    ("error", "faults", "condition", "rest"),
    [
        (errors.RateLimited(NOW + 9 * MINUTE), 0, Condition.LIMITED, 9 * MINUTE),
        (errors.RateLimited(NOW - MINUTE), 0, Condition.LIMITED, SECOND),
        (errors.AuthExpired(), 0, Condition.AUTH, MINUTE),
        (errors.AuthExpired(), 4, Condition.AUTH, 5 * MINUTE),
        (errors.AuthExpired(), 99, Condition.AUTH, 10 * MINUTE),
        (errors.NotPermitted("plan"), 0, Condition.AUTH, MINUTE),
        (errors.OutOfCredit(), 0, Condition.CREDIT, MINUTE),
        (errors.OutOfCredit(), 99, Condition.CREDIT, 10 * MINUTE),
        (errors.Retry(), 0, Condition.WELL, MINUTE),
        (errors.Retry(), 1, Condition.WELL, 2 * MINUTE),
        (errors.Retry(), 2, Condition.FAILING, 3 * MINUTE),
        (errors.Retry(), 99, Condition.FAILING, 5 * MINUTE),
        (errors.Unclear(), 2, Condition.FAILING, 3 * MINUTE),
        (errors.Invalid("gone"), 2, Condition.FAILING, 3 * MINUTE),
    ],
)
def test_a_failed_look_decides_how_the_account_does_and_when_to_look_again(
    office: Office, error: errors.NetworkError, faults: int, condition: Condition, rest: timedelta
) -> None:
    leased(office, faults=faults)
    fail(office, error)

    after = state(office)

    assert (after.condition, after.next_poll_at - NOW, after.faults) == (condition, rest, faults + 1)
    assert (after.lease_by, after.lease_until) == ("", None)


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (errors.RateLimited(NOW + MINUTE), "account.limited"),
        (errors.AuthExpired("401"), "account.auth"),
        (errors.OutOfCredit(), "account.credit"),
    ],
)
def test_the_channel_hears_once_that_an_account_is_not_well(
    office: Office, error: errors.NetworkError, key: str
) -> None:
    for _ in range(3):
        office.record.accounts.save(
            replace(office.record.accounts.get(BRAND) or an_account(), lease_by=US, lease_until=NOW + MINUTE)
        )
        fail(office, error)

    assert told(office) == [key]


def test_a_passing_fault_is_told_when_it_lasts(office: Office) -> None:
    heard = []
    for _ in range(accounts.TELL_AFTER):
        office.record.accounts.save(replace(office.record.accounts.get(BRAND) or an_account(), lease_by=US))
        fail(office, errors.Retry("timeout"))
        heard.append(told(office))

    assert heard == [[], [], ["account.failing"]]


def test_a_look_that_goes_well_again_is_told_and_forgets_the_faults(office: Office) -> None:
    leased(office, condition=Condition.AUTH, faults=4)
    look(office)

    assert told(office) == ["account.back"]
    assert (state(office).condition, state(office).faults) == (Condition.WELL, 0)


def test_a_look_keeps_its_cursors_beside_those_of_other_streams(office: Office) -> None:
    leased(office, cursors={"mentions": 1, "dms": 7})
    look(office, mentions=Page((), 2))

    assert state(office).cursors == {"mentions": 2, "dms": 7}
    assert state(office).looked_at == NOW - SECOND


@pytest.mark.parametrize(("asked", "next_in"), [(None, 1), (0, 1), (5, 5)])
def test_the_next_look_is_a_minute_on_unless_the_network_asks_for_more(
    office: Office, asked: int | None, next_in: int
) -> None:
    leased(office)
    look(office, mentions=Page((), 2, not_before=None if asked is None else NOW + asked * MINUTE))

    assert state(office).next_poll_at == NOW + next_in * MINUTE


def test_a_gap_in_what_came_is_told(office: Office) -> None:
    leased(office)
    look(office, mentions=Page((), 2, complete=False), dms=Page((), 2))

    assert told(office) == ["account.gap"]


def test_a_look_of_a_process_that_lost_the_account_keeps_nothing(office: Office) -> None:
    office.record.accounts.save(an_account(lease_by="process-2", lease_until=NOW + MINUTE))
    before = state(office)

    assert look(office, mentions=Page((), 2)) is False
    fail(office, errors.AuthExpired())
    accounts.renew(office.tx(), BRAND, US)
    assert state(office) == before


@pytest.mark.parametrize(
    ("fields", "due", "gets"),
    [
        ({}, True, True),
        ({"next_poll_at": NOW + SECOND}, True, False),
        ({"next_poll_at": NOW + SECOND}, False, True),
        ({"lease_by": "process-2", "lease_until": NOW + SECOND}, True, False),
        ({"lease_by": "process-2", "lease_until": NOW}, True, True),
        ({"lease_by": US, "lease_until": NOW + SECOND}, True, True),
    ],
)
def test_an_account_is_leased_when_it_is_due_and_nobodys(
    office: Office, fields: dict[str, object], due: bool, gets: bool
) -> None:
    office.record.accounts.save(an_account(**fields))

    lease = accounts.lease(office.tx(), BRAND, US, due=due)

    assert (lease is not None) is gets
    if lease is not None:
        assert (lease.lease_by, lease.lease_until) == (US, leases.until(NOW))


@pytest.mark.parametrize(("spent", "stops"), [("0.99", False), ("1.00", True), ("1.01", True)])
def test_an_account_stops_when_it_reaches_its_limit(office: Office, spent: str, stops: bool) -> None:
    office.configure(daily_limit=Decimal("1.00"))
    office.record.accounts.save(an_account())
    accounts.pay(office.tx(), BRAND, [Spent("read", 1, Decimal(spent))])

    lease = accounts.lease(office.tx(), BRAND, US, due=True)

    assert (lease is None) is stops
    assert told(office) == (["account.spent"] if stops else [])


def test_an_account_that_spent_its_limit_rests_until_midnight_in_utc(office: Office) -> None:
    office.configure(daily_limit=Decimal("1.00"))
    office.record.accounts.save(an_account())
    accounts.pay(office.tx(), BRAND, [Spent("read", 1, Decimal(2))])
    for _ in range(2):
        accounts.lease(office.tx(), BRAND, US, due=False)

    assert (state(office).condition, state(office).next_poll_at) == (Condition.SPENT, TOMORROW)
    assert told(office) == ["account.spent"]


def test_what_was_spent_yesterday_does_not_count(office: Office) -> None:
    office.configure(daily_limit=Decimal("1.00"))
    office.record.accounts.save(an_account(condition=Condition.SPENT))
    accounts.pay(office.tx(), BRAND, [Spent("read", 1, Decimal(2))])

    assert accounts.lease(office.tx(TOMORROW), BRAND, US, due=True) is not None


@pytest.mark.parametrize(
    ("condition", "cursors", "looks"),
    [
        (Condition.WELL, {}, True),
        (Condition.WELL, {"mentions": 1}, False),
        (Condition.LIMITED, {"mentions": 1}, False),
        (Condition.AUTH, {"mentions": 1}, True),
        (Condition.CREDIT, {"mentions": 1}, True),
        (Condition.FAILING, {"mentions": 1}, True),
        (Condition.SPENT, {"mentions": 1}, True),
    ],
)
def test_a_start_looks_at_what_is_new_or_may_have_been_mended(
    office: Office, condition: Condition, cursors: dict[str, int], looks: bool
) -> None:
    later = NOW + 9 * MINUTE
    office.record.accounts.save(an_account(condition=condition, cursors=cursors, next_poll_at=later))

    assert accounts.first_looks(office.tx()) == ([BRAND] if looks else [])


@pytest.mark.parametrize(
    ("next_poll", "lease_until", "expected"),
    [(0, None, 0), (0, 2, 2), (3, 2, 3)],
)
def test_the_next_look_waits_for_its_time_and_for_the_lease(
    next_poll: int, lease_until: int | None, expected: int
) -> None:
    until = None if lease_until is None else NOW + lease_until * MINUTE
    state = an_account(next_poll_at=NOW + next_poll * MINUTE, lease_until=until)

    assert accounts.free_at(state) == NOW + expected * MINUTE
