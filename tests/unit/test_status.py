"""What `webcare status` says, line by line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.cases.accounts import Condition
from bot.cases.figures import AccountFigures, Figures
from bot.cases.installation import Account
from bot.cases.model import ReplyState, Status
from bot.cases.posts import AccountId
from bot.status import CONDITIONS, ago, lines

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BRAND = AccountId("brand-x")
CONFIGURED = {BRAND: Account(BRAND, "x", "brand", "care", daily_limit=Decimal("5.00"))}
WELL = AccountFigures(
    BRAND, Condition.WELL, NOW - 9 * MINUTE, NOW - MINUTE, NOW + timedelta(seconds=30), Decimal("0.25")
)


def line(name: str, figures: Figures, configured: Any = CONFIGURED) -> str:
    """What is said about one thing."""
    found = [text for text in lines(figures, configured) if text.startswith(name)]
    assert len(found) == 1, found
    return found[0].removeprefix(name).strip()


def an_account(**changed: Any) -> str:
    """The line about an account."""
    return line("account brand-x", Figures(at=NOW, accounts=(replace(WELL, **changed),)))


def test_an_account_is_told_with_its_looks_and_its_spending() -> None:
    assert an_account() == ("well; looked 1 min ago, next look in 30 s; 0.25 of 5.00 USD spent today (UTC)")


def test_a_look_that_is_due_is_due_now() -> None:
    assert "next look due now" in an_account(next_look_at=NOW)


def test_an_account_that_was_never_looked_at_says_so() -> None:
    assert "never looked" in an_account(looked_at=None)


def test_the_smallest_amounts_are_not_lost() -> None:
    assert "0.003 of 5.00 USD" in an_account(spent_today=Decimal("0.003000"))


def test_an_account_without_a_limit_shows_none() -> None:
    free = {BRAND: replace(CONFIGURED[BRAND], daily_limit=None)}

    assert "0.25 USD spent today" in line("account brand-x", Figures(at=NOW, accounts=(WELL,)), free)


def test_every_condition_has_its_words() -> None:
    assert CONDITIONS.keys() == set(Condition)


def test_an_account_that_is_only_in_app_yaml_is_told() -> None:
    assert line("account brand-x", Figures(at=NOW)).startswith("not connected yet")


def test_an_account_that_is_no_longer_in_app_yaml_is_told() -> None:
    assert line("account brand-x", Figures(at=NOW, accounts=(WELL,)), {}).startswith("no longer in app.yaml")


def test_cases_are_told_by_status_with_those_that_are_none() -> None:
    figures = Figures(at=NOW, cases={Status.NEW: 3, Status.CLOSED: 7})

    assert line("cases", figures) == "3 new, 0 claimed, 0 answered, 7 closed, 0 dismissed"


def test_customers_are_told_with_who_waits_longest() -> None:
    figures = Figures(at=NOW, waiting=4, overdue=1, waiting_since=NOW - 90 * MINUTE)

    assert line("customers", figures) == "4 waiting, 1 past the due time; the longest for 1 h 30 min"


def test_replies_are_told_with_those_that_need_a_person() -> None:
    pending = {ReplyState.QUEUED: 2, ReplyState.UNCONFIRMED: 1}
    figures = Figures(at=NOW, replies=pending, blocked=1, reply_due_since=NOW - MINUTE)

    assert line("replies", figures) == (
        "2 queued, 0 being sent, 1 unconfirmed; 1 of them wait for a person; the oldest is 1 min late"
    )


def test_replies_that_wait_for_their_threads_are_told() -> None:
    figures = Figures(at=NOW, replies={ReplyState.QUEUED: 3}, unread=2, reply_due_since=NOW - MINUTE)

    assert line("replies", figures) == (
        "3 queued, 0 being sent, 0 unconfirmed; 0 of them wait for a person; "
        "2 of them wait for what Slack tells about them; the oldest is 1 min late"
    )


def test_the_desk_is_told_with_what_it_has_still_to_show() -> None:
    figures = Figures(at=NOW, errands=2, errand_since=NOW - timedelta(seconds=4))

    assert line("desk", figures) == "2 still to be shown, the oldest for 4 s"


def test_where_nothing_waits_that_is_said() -> None:
    idle = Figures(at=NOW)

    assert (line("customers", idle), line("desk", idle)) == ("nobody waits", "everything is shown")


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(seconds=61), "1 min 1 s"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, seconds=5), "2 h"),
        (timedelta(days=3, hours=4, minutes=5), "3 d 4 h"),
    ],
)
def test_a_span_is_told_by_its_largest_units(span: timedelta, text: str) -> None:
    assert ago(span) == text
