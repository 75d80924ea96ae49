"""The lists of an account: when each is looked at next, what makes it rest, what the channel hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cases import errors, leases
from bot.cases.accounts import Condition, Stream
from bot.cases.ports import Page
from bot.cases.record import Wake
from bot.work import accounts, intake
from bot.work.intake import Look
from tests.contract.samples import BRAND, MINUTE, NOW, SECOND, a_stream, an_account
from tests.unit.office import Office
from tests.unit.office import office as office

US = "us"


def now(office: Office, name: str = "mentions") -> Stream:
    """A list as it stands."""
    found = office.record.streams.get(BRAND, name)
    assert found is not None
    return found


def condition(office: Office) -> Condition:
    """How the account is doing."""
    state = office.record.accounts.get(BRAND)
    assert state is not None
    return state.condition


def fail(office: Office, error: errors.NetworkError, name: str = "mentions") -> None:
    """A look of ours fails with this."""
    accounts.failed(office.tx(), office.leased(name), error)


def look(office: Office, page: Page, name: str = "mentions", began: datetime = NOW) -> None:
    """A look of ours goes well."""
    intake.take_in(office.tx(), Look(office.leased(name), began, page))


def due(office: Office, at: datetime = NOW) -> list[Stream]:
    """What the tick leases."""
    return accounts.lease_due(office.tx(at), US)[0]


def told(office: Office) -> list[str]:
    """What the channel heard."""
    return [said.key for said in office.said()]


@pytest.mark.parametrize(
    ("error", "faults", "expected", "rest"),
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
    office: Office, error: errors.NetworkError, faults: int, expected: Condition, rest: timedelta
) -> None:
    office.leased(faults=faults)
    fail(office, error)

    after = now(office)

    assert (condition(office), after.next_at - NOW) == (expected, rest)
    assert after.faults == faults + (expected is not Condition.LIMITED)
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
        fail(office, error)

    assert told(office) == [key]


def test_a_passing_fault_is_told_when_it_lasts(office: Office) -> None:
    heard = []
    for _ in range(accounts.TELL_AFTER):
        fail(office, errors.Retry("timeout"))
        heard.append(told(office))

    assert heard == [[], [], ["account.failing"]]


@pytest.mark.parametrize("error", [errors.AuthExpired("403"), errors.OutOfCredit(), errors.Retry()])
def test_of_another_list_the_channel_hears_only_that_it_cannot_be_read(
    office: Office, error: errors.NetworkError
) -> None:
    for _ in range(2 * accounts.TELL_AFTER):
        fail(office, error, "dms")

    assert told(office) == ["account.missing"]
    assert condition(office) is Condition.WELL


def test_a_limit_of_another_list_is_its_own_and_told_to_nobody(office: Office) -> None:
    office.leased()
    for _ in range(accounts.TELL_AFTER):
        fail(office, errors.RateLimited(NOW + 9 * MINUTE), "dms")

    assert told(office) == []
    assert (now(office, "dms").next_at, now(office).next_at) == (NOW + 9 * MINUTE, NOW)


def test_that_what_is_known_cannot_be_asked_again_is_told_to_nobody(office: Office) -> None:
    for _ in range(accounts.TELL_AFTER):
        fail(office, errors.Retry(), accounts.KNOWN)

    assert told(office) == []


def test_a_look_that_goes_well_again_is_told_and_forgets_the_faults(office: Office) -> None:
    for _ in range(4):
        fail(office, errors.AuthExpired())
    look(office, Page((), 1))

    assert told(office) == ["account.auth", "account.back"]
    assert (condition(office), now(office).faults) == (Condition.WELL, 0)


def test_another_list_that_can_be_read_does_not_make_an_account_well(office: Office) -> None:
    fail(office, errors.AuthExpired())
    look(office, Page((), 1), "dms")

    assert told(office) == ["account.auth"]


def test_a_look_keeps_its_own_cursor(office: Office) -> None:
    office.leased("dms", cursor=7)
    look(office, Page((), 2), began=NOW - SECOND)

    assert (now(office).cursor, now(office, "dms").cursor) == (2, 7)
    assert now(office).looked_at == NOW - SECOND


@pytest.mark.parametrize(("asked", "next_in"), [(None, 1), (0, 1), (5, 5)])
def test_the_next_look_is_a_minute_on_unless_the_network_asks_for_more(
    office: Office, asked: int | None, next_in: int
) -> None:
    look(office, Page((), 2, not_before=None if asked is None else NOW + asked * MINUTE))

    assert now(office).next_at == NOW + next_in * MINUTE


def test_a_gap_in_what_came_is_told(office: Office) -> None:
    look(office, Page((), 2, complete=False))
    look(office, Page((), 2), "dms")

    assert told(office) == ["account.gap"]


def test_a_look_of_a_process_that_lost_the_list_keeps_nothing(office: Office) -> None:
    ours = office.leased()
    taken_over = office.leased(lease_by="another")
    tx = office.tx()
    intake.take_in(tx, Look(ours, NOW, Page((), 2)))
    accounts.failed(tx, ours, errors.AuthExpired())
    accounts.renew(tx, ours)

    assert now(office) == taken_over


@pytest.mark.parametrize(
    ("fields", "gets"),
    [
        ({}, True),
        ({"next_at": NOW + SECOND}, False),
        ({"lease_by": "another", "lease_until": NOW + SECOND}, False),
        ({"lease_by": "another", "lease_until": NOW}, True),
    ],
)
def test_the_main_list_is_leased_when_it_is_due_and_nobodys(
    office: Office, fields: dict[str, object], gets: bool
) -> None:
    office.record.accounts.save(an_account())
    office.record.streams.save(a_stream(**fields))

    leased, _ = accounts.lease_due(office.tx(), US)

    assert [(each.name, each.lease_by, each.lease_until) for each in leased] == (
        [("mentions", US, leases.until(NOW))] if gets else []
    )


@pytest.mark.parametrize(
    ("next_at", "lease_until", "back_in"), [(3, None, 3), (0, 2, 2), (3, 2, 2), (2, 3, 3), (0, None, 1)]
)
def test_the_tick_comes_back_when_an_account_may_be_looked_at_again(
    office: Office, next_at: int, lease_until: int | None, back_in: int
) -> None:
    until = None if lease_until is None else NOW + lease_until * MINUTE
    later = NOW + next_at * MINUTE
    office.record.streams.save(a_stream(next_at=later, lease_by="another", lease_until=until))

    assert accounts.lease_due(office.tx(), US)[1] == NOW + back_in * MINUTE


def test_the_other_lists_follow_a_look_at_the_main_one_that_went_well_and_once(office: Office) -> None:
    due(office)
    look(office, Page((), 1))
    woken = office.woken()
    followers = due(office)
    for each in followers:
        look(office, Page((), 1), each.name)

    assert Wake.POLL in woken
    assert [each.name for each in followers] == ["own", "dms", accounts.KNOWN]
    assert due(office) == []


def test_the_other_lists_do_not_follow_a_look_that_failed(office: Office) -> None:
    due(office)
    fail(office, errors.Retry())

    assert due(office) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"looked_at": NOW - 8 * MINUTE, "next_at": NOW}, ["mentions"]),
        ({"looked_at": NOW + MINUTE, "next_at": NOW + 2 * MINUTE}, []),
        ({"looked_at": NOW, "next_at": NOW + MINUTE, "lease_until": NOW + SECOND}, []),
    ],
    ids=["long ago", "in the future", "under way again"],
)
def test_the_other_lists_follow_only_a_look_of_just_now(
    office: Office, fields: dict[str, Any], expected: list[str]
) -> None:
    due(office, NOW - 9 * MINUTE)
    office.leased(**{"lease_until": None} | fields)

    assert [each.name for each in due(office)] == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"next_at": NOW + SECOND},
        {"lease_by": "another", "lease_until": NOW + SECOND},
        {"lease_by": US, "lease_until": NOW + SECOND},
    ],
    ids=["rests", "another's", "under way"],
)
def test_a_list_that_rests_or_is_looked_at_does_not_follow(office: Office, fields: dict[str, Any]) -> None:
    due(office)
    office.leased("dms", **{"lease_by": "", "lease_until": None} | fields)
    look(office, Page((), 1))

    assert [each.name for each in due(office)] == ["own", accounts.KNOWN]


def test_a_list_that_app_yaml_no_longer_has_is_left_as_it_is(office: Office) -> None:
    before = office.record.streams.save(a_stream(name="old", main=False, cursor=7))
    due(office)
    look(office, Page((), 1))

    assert "old" not in [each.name for each in due(office)]
    assert now(office, "old") == before


def test_before_sending_the_other_lists_follow_as_well(office: Office) -> None:
    due(office)
    look(office, Page((), 1))

    followers = accounts.lease_others(office.tx(), BRAND, US)

    assert [each.name for each in followers] == ["own", "dms", accounts.KNOWN]


@pytest.mark.parametrize(
    ("looked", "state", "leased"),
    [
        (None, Condition.WELL, True),
        (-2 * SECOND, Condition.WELL, True),
        (-SECOND, Condition.WELL, False),
        (SECOND, Condition.WELL, True),
        (-2 * SECOND, Condition.LIMITED, False),
        (-2 * SECOND, Condition.AUTH, False),
    ],
)
def test_before_sending_what_was_not_looked_at_just_now_is_unless_it_is_in_trouble(
    office: Office, looked: timedelta | None, state: Condition, leased: bool
) -> None:
    looked_at = NOW + looked if looked is not None else None
    office.record.accounts.save(an_account(condition=state))
    office.record.streams.save(a_stream(next_at=NOW + 9 * MINUTE, looked_at=looked_at))

    found = accounts.lease_again(office.tx(), BRAND, US, NOW - SECOND)

    assert bool(found) is leased


@pytest.mark.parametrize(("holder", "leased"), [("another", False), (US, True)])
def test_before_sending_and_at_a_start_a_list_is_left_to_the_process_that_has_it(
    office: Office, holder: str, leased: bool
) -> None:
    office.leased(lease_by=holder)
    again = accounts.lease_again(office.tx(), BRAND, US, NOW)
    office.leased(lease_by=holder)
    first = accounts.lease_first(office.tx(), US)

    assert (bool(again), bool(first)) == (leased, leased)


@pytest.mark.parametrize(
    ("state", "cursor", "looks"),
    [
        (Condition.WELL, None, True),
        (Condition.WELL, 1, False),
        (Condition.LIMITED, 1, False),
        (Condition.AUTH, 1, True),
        (Condition.CREDIT, 1, True),
        (Condition.FAILING, 1, True),
        (Condition.SPENT, 1, True),
    ],
)
def test_a_start_looks_at_what_is_new_or_may_have_been_mended(
    office: Office, state: Condition, cursor: int | None, looks: bool
) -> None:
    office.record.accounts.save(an_account(condition=state))
    office.record.streams.save(a_stream(cursor=cursor, next_at=NOW + 9 * MINUTE))

    leased = accounts.lease_first(office.tx(), US)

    assert [each.name for each in leased] == (["mentions"] if looks else [])


@pytest.mark.parametrize(("faults", "rests"), [(1, False), (0, True)])
def test_after_a_start_another_list_that_failed_does_not_rest(
    office: Office, faults: int, rests: bool
) -> None:
    later = a_stream(name="dms", main=False, faults=faults, next_at=NOW + 9 * MINUTE)
    office.record.streams.save(later)
    accounts.lease_first(office.tx(), US)

    assert (now(office, "dms").next_at > NOW) is rests


def test_lists_of_a_new_account_count_from_now(office: Office) -> None:
    due(office)

    state = office.record.accounts.get(BRAND)

    assert state is not None
    assert state.connected_at == NOW
    assert {each.name: (each.main, each.next_at) for each in office.record.streams.of(BRAND)} == {
        "mentions": (True, NOW),
        "own": (False, NOW),
        "dms": (False, NOW),
        accounts.KNOWN: (False, NOW),
    }
