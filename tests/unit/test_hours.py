"""Service hours: which instants are open, and how time is counted in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cases.hours import ALWAYS, Hours
from bot.config.hours import HolidaysConfig, hours_of, read_entries
from tests.hours.compare import compare

ZONE = ZoneInfo("Europe/Amsterdam")
LUNCH = [{"mon-fri": "09:00-12:30, 13:00-21:00", "sat": "10:00-17:00"}]
NIGHT = [{"fri-sat": "20:00-04:00"}]


def hours(*lines: dict[str, str], **holidays: object) -> Hours:
    """Hours as app.yaml says them."""
    kept = HolidaysConfig.model_validate(holidays) if holidays else None
    return hours_of(read_entries(list(lines)), kept, ZONE)


def at(text: str) -> datetime:
    """An instant by the clocks of Amsterdam."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def test_due_times_are_those_of_a_walk_through_every_minute() -> None:
    outcome = compare(1500, seed=7, years=(2026, 2027), each=500)

    assert outcome.wrong == ()


@pytest.mark.parametrize(
    ("since", "minutes", "due"),
    [
        ("2026-11-30 12:00", 60, "2026-11-30 13:30"),
        ("2026-11-30 12:00", 30, "2026-11-30 12:30"),
        ("2026-11-30 12:30", 1, "2026-11-30 13:01"),
        ("2026-11-30 23:00", 60, "2026-12-01 10:00"),
        ("2026-12-05 16:30", 60, "2026-12-07 09:30"),
    ],
    ids=["over lunch", "exactly a closing", "from a closing", "at night", "over a weekend"],
)
def test_service_time_passes_only_while_it_is_open(since: str, minutes: int, due: str) -> None:
    assert hours(*LUNCH).add(at(since), timedelta(minutes=minutes)) == at(due)


@pytest.mark.parametrize(
    ("since", "due"),
    [("2026-03-28 23:00", "2026-03-29 05:00"), ("2026-10-24 23:00", "2026-10-25 03:00")],
    ids=["an hour less", "an hour more"],
)
def test_an_hour_that_daylight_saving_skips_or_doubles_counts_as_it_lasts(since: str, due: str) -> None:
    assert hours({"mon-sun": "00:00-24:00"}).add(at(since), timedelta(hours=5)) == at(due)


def test_a_block_that_passes_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    nights = hours(*NIGHT)

    assert nights.is_open(at("2026-12-06 03:59"))  # the night from Saturday
    assert not nights.is_open(at("2026-12-06 20:30"))
    assert nights.add(at("2026-12-06 03:00"), timedelta(hours=2)) == at("2026-12-11 21:00")


def test_a_day_goes_before_holidays_and_holidays_before_periods() -> None:
    kept = hours(
        {"mon-sun": "09:00-17:00"},
        {"day": "2026-12-25", "open": "12:00-14:00"},
        country="NL",
        **{"except": ["good_friday"]},
        extra=["2026-12-24", "liberation_day"],
    )

    assert kept.opening(at("2026-12-24 08:00")) == at("2026-12-25 12:00")
    assert kept.opening(at("2026-12-25 15:00")) == at("2026-12-27 09:00")
    assert kept.is_open(at("2026-04-03 10:00"))
    assert not kept.is_open(at("2026-05-05 10:00"))


@pytest.mark.parametrize("name", ["good_friday", "Good Friday", "goede_vrijdag", "Goede vrijdag"])
def test_a_holiday_has_its_english_name_and_that_of_the_country(name: str) -> None:
    kept = hours({"mon-sun": "09:00-17:00"}, country="NL", **{"except": [name]}, extra=["bevrijdingsdag"])

    assert kept.is_open(at("2026-04-03 10:00"))
    assert not kept.is_open(at("2026-04-06 10:00"))  # Easter Monday
    assert not kept.is_open(at("2026-05-05 10:00"))


@pytest.mark.parametrize(
    ("block", "since", "minutes", "due"),
    [
        ("02:30-06:00", "2026-03-29 00:00", 60, "2026-03-29 04:00"),
        ("01:00-02:30", "2026-03-29 00:00", 90, "2026-03-30 01:30"),
        ("02:30-06:00", "2026-10-25 00:00", 120, "2026-10-25 03:30"),
        ("01:00-02:30", "2026-10-25 00:00", 120, "2026-10-26 01:30"),
    ],
    ids=["opens at a skipped one", "closes at it", "opens at a doubled one", "closes at it first"],
)
def test_a_time_that_is_skipped_is_the_skip_and_one_that_is_doubled_is_the_first(
    block: str, since: str, minutes: int, due: str
) -> None:
    assert hours({"mon-sun": block}).add(at(since), timedelta(minutes=minutes)) == at(due)


def test_the_later_of_two_entries_for_a_day_wins_and_a_weekday_without_one_is_closed() -> None:
    summer = {"from": "2026-07-01", "until": "2026-08-31", "mon": "10:00-12:00"}
    kept = hours({"mon-tue": "09:00-17:00"}, summer, {"day": "2026-07-06", "closed": "true"})

    assert kept.opening(at("2026-06-29 08:00")) == at("2026-06-29 09:00")
    assert kept.opening(at("2026-07-05 08:00")) == at("2026-07-07 09:00")
    assert kept.opening(at("2026-07-08 08:00")) == at("2026-07-13 10:00")
    assert kept.opening(at("2026-08-31 10:30")) == at("2026-08-31 10:30")


@pytest.mark.parametrize(
    ("since", "closing"),
    [
        ("2026-11-30 10:00", "2026-12-02 21:00"),
        ("2026-12-03 20:59", "2026-12-05 17:00"),
        ("2026-12-03 21:00", "2026-12-07 21:00"),
        ("2026-12-06 10:00", "2026-12-09 21:00"),
    ],
    ids=["two days on", "a Saturday", "after closing", "on a Sunday"],
)
def test_working_days_end_with_the_closing_of_an_open_day(since: str, closing: str) -> None:
    assert hours(*LUNCH).working_days(at(since), 2) == at(closing)


def test_time_before_a_due_time_is_service_time_too() -> None:
    kept = hours(*LUNCH)

    assert kept.before(at("2026-11-30 13:30"), timedelta(minutes=45)) == at("2026-11-30 12:15")
    assert kept.before(at("2026-11-30 09:10"), timedelta(minutes=30)) == at("2026-11-28 16:40")
    assert kept.between(at("2026-11-28 16:00"), at("2026-11-30 13:30")) == timedelta(hours=5)


def test_a_team_without_hours_never_closes() -> None:
    since = at("2026-03-28 20:00")

    assert ALWAYS.add(since, timedelta(days=9)) == since + timedelta(days=9)
    assert ALWAYS.before(since, timedelta(days=9)) == since - timedelta(days=9)
    assert ALWAYS.is_open(since)


def test_hours_that_come_to_their_end_stop_no_clock() -> None:
    ended = hours({"until": "2026-12-01", "mon-fri": "09:00-17:00"})

    assert ended.add(at("2026-12-01 16:30"), timedelta(hours=1)) == at("2026-12-01 17:30")
    assert ended.add(at("2026-12-09 16:30"), timedelta(hours=1)) == at("2026-12-09 17:30")
    assert ended.last_closing(at("2026-12-01 12:00")) == at("2026-12-01 17:00")
    assert hours(*LUNCH).last_closing(at("2026-12-01 12:00")) is None
