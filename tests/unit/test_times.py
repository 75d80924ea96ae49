"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from bot.guide.times import Reading, instant, leading, span

ZONE = ZoneInfo("Europe/Amsterdam")
#: A Tuesday morning.
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=ZONE)


def shown(at: datetime | None) -> str:
    """An instant as the clocks of Amsterdam show it."""
    return "" if at is None else f"{at.astimezone(ZONE):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("14:00", "12-01 14:00"),
        ("14.00", "12-01 14:00"),
        ("14u", "12-01 14:00"),
        ("14u30", "12-01 14:30"),
        ("14:30 uur", "12-01 14:30"),
        ("om 14:00", "12-01 14:00"),
        ("at 14:00", "12-01 14:00"),
        ("until 14:00", "12-01 14:00"),
        ("tot 14:00", "12-01 14:00"),
        ("9.30", "12-02 09:30"),
        ("9u30", "12-02 09:30"),
        ("half tien", "12-02 09:30"),
        ("half drie", "12-01 14:30"),
        ("half past two", "12-01 14:30"),
        ("kwart over 3", "12-01 15:15"),
        ("kwart voor vier", "12-01 15:45"),
        ("quarter to 4", "12-01 15:45"),
        ("tien over drie", "12-01 15:10"),
        ("10 voor half 4", "12-01 15:20"),
        ("om 3 uur", "12-01 15:00"),
        ("drie uur", "12-01 15:00"),
        ("twaalf uur", "12-01 12:00"),
        ("2pm", "12-01 14:00"),
        ("2 pm", "12-01 14:00"),
        ("9am", "12-02 09:00"),
        ("11:15 am", "12-01 11:15"),
        ("noon", "12-01 12:00"),
        ("over een uur", "12-01 11:00"),
        ("in an hour", "12-01 11:00"),
        ("over 2 uur", "12-01 12:00"),
        ("over anderhalf uur", "12-01 11:30"),
        ("over een half uur", "12-01 10:30"),
        ("in half an hour", "12-01 10:30"),
        ("over een kwartier", "12-01 10:15"),
        ("over twee dagen", "12-03 10:00"),
        ("in 3 weeks", "12-22 10:00"),
        ("2d", "12-03 10:00"),
        ("4h", "12-01 14:00"),
        ("30m", "12-01 10:30"),
        ("90 seconden", "12-01 10:01"),
        ("1h30m", "12-01 11:30"),
        ("2 dagen", "12-03 10:00"),
        ("morgen", "12-02 09:00"),
        ("tomorrow", "12-02 09:00"),
        ("morgen om 14:00", "12-02 14:00"),
        ("morgen half drie", "12-02 14:30"),
        ("tomorrow at 2pm", "12-02 14:00"),
        ("14:00 morgen", "12-02 14:00"),
        ("overmorgen", "12-03 09:00"),
        ("vrijdag", "12-04 09:00"),
        ("by Friday", "12-04 09:00"),
        ("friday 16:00", "12-04 16:00"),
        ("dinsdag", "12-08 09:00"),
        ("volgende week", "12-07 09:00"),
        ("volgende week dinsdag", "12-08 09:00"),
        ("next week tuesday", "12-08 09:00"),
        ("vanmiddag", "12-01 13:00"),
        ("this afternoon", "12-01 13:00"),
        ("vanavond", "12-01 18:00"),
        ("tonight", "12-01 18:00"),
        ("morgen ochtend", "12-02 09:00"),
        ("morgenmiddag", "12-02 13:00"),
        ("tomorrow morning", "12-02 09:00"),
        ("vrijdag middag", "12-04 13:00"),
        ("24 december", "12-24 09:00"),
        ("december 24th", "12-24 09:00"),
        ("24-12", "12-24 09:00"),
        ("24/12 15:00", "12-24 15:00"),
        ("2026-12-24", "12-24 09:00"),
        ("eind van de week", "12-04 09:00"),
        ("end of the week", "12-04 09:00"),
        ("na het weekend", "12-07 09:00"),
        ("Morgen!", "12-02 09:00"),
        ("1,5 uur", "12-01 11:30"),
        ("1.5h", "12-01 11:30"),
        ("2 uur en 15 minuten", "12-01 12:15"),
        ("over een paar dagen", "12-04 10:00"),
        ("in a couple of hours", "12-01 12:00"),
        ("binnen het uur", "12-01 11:00"),
        ("over 3 kwartier", "12-01 10:45"),
        ("twintig over drie", "12-01 15:20"),
        ("twenty past two", "12-01 14:20"),
        ("5 minuten voor 3", "12-01 14:55"),
        ("half negen", "12-02 08:30"),
        ("half nine", "12-02 09:30"),
        ("rond een uur of 3", "12-01 15:00"),
        ("9 uur 30", "12-02 09:30"),
        ("20:00u", "12-01 20:00"),
        ("14", "12-01 14:00"),
        ("3:30", "12-01 15:30"),
        ("03:30", "12-02 03:30"),
        ("7:30", "12-02 07:30"),
        ("24:00", "12-02 00:00"),
        ("middernacht", "12-02 00:00"),
        ("12am", "12-02 00:00"),
        ("12:30 p.m.", "12-01 12:30"),
        ("vóór 12 uur", "12-01 12:00"),
        ("vanavond om acht uur", "12-01 20:00"),
        ("tonight at 8", "12-01 20:00"),
        ("9 uur 's avonds", "12-01 21:00"),
        ("morgenavond 7 uur", "12-02 19:00"),
        ("morgenochtend 7 uur", "12-02 07:00"),
        ("morgenvroeg", "12-02 09:00"),
        ("3 uur vanmiddag", "12-01 15:00"),
        ("friday afternoon at 3", "12-04 15:00"),
        ("tomorrow at 3", "12-02 15:00"),
        ("noon tomorrow", "12-02 12:00"),
        ("eind van de middag", "12-01 16:00"),
        ("close of business tomorrow", "12-02 17:00"),
        ("vrijdag, 14:00", "12-04 14:00"),
        ("vrijdag a.s.", "12-04 09:00"),
        ("komende maandag", "12-07 09:00"),
        ("zo 14:00", "12-06 14:00"),
        ("dit weekend", "12-05 09:00"),
        ("begin volgende week", "12-07 09:00"),
        ("eind volgende week", "12-11 09:00"),
        ("dinsdag volgende week om half tien", "12-08 09:30"),
        ("t/m vrijdag", "12-04 17:00"),
        ("24th of December", "12-24 09:00"),
        ("24-12-26 10:00", "12-24 10:00"),
        ("1e januari", "01-01 09:00"),
    ],
)
def test_what_people_type_is_read(text: str, at: str) -> None:
    assert shown(instant(text, NOW)) == at


@pytest.mark.parametrize(
    "text",
    [
        *("", "25:00", "24:30", "9:75", "13pm", "0pm", "soon", "straks", "31 februari", "2026-13-01", "1-13"),
        *("yesterday", "gisteren", "2026-11-30", "d", "-2d", "0m", "vandaag 9:00", "uur", "over", "0 dagen"),
        *("half", "zo", "25u", "99:99", "am", "1e9h", "morgen of overmorgen", "24 december 9999", "999w"),
        *("vanmiddag 9 uur", "vanavond 3 uur", "in five", "volgende week 25:00", "12-24", "monday 9-17"),
    ],
)
def test_what_names_no_time_to_come_is_none(text: str) -> None:
    assert instant(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("morgen", "12-02 17:00"),
        ("by friday", "12-04 17:00"),
        ("vanmiddag", "12-01 17:00"),
        ("vanochtend", "12-01 12:00"),
        ("end of the day", "12-01 17:00"),
        ("morgenochtend", "12-02 12:00"),
        ("vandaag nog", "12-01 17:00"),
        ("deze week", "12-04 17:00"),
        ("next week", "12-11 17:00"),
        ("begin volgende week", "12-08 17:00"),
        ("in de loop van de middag", "12-01 17:00"),
    ],
)
def test_a_day_that_something_is_promised_for_is_over_then(text: str, at: str) -> None:
    assert shown(instant(text, NOW, Reading(late=True))) == at


def test_bare_hours_may_last() -> None:
    assert shown(instant("3 uur", NOW)) == "12-01 15:00"
    assert shown(instant("3 uur", NOW, Reading(bare_hours_last=True))) == "12-01 13:00"


@pytest.mark.parametrize(
    ("text", "at", "rest"),
    [
        ("2d waiting for the warehouse", "12-03 10:00", "waiting for the warehouse"),
        ("morgen om 14:00 bellen", "12-02 14:00", "bellen"),
        ("14:00 0612345678", "12-01 14:00", "0612345678"),
        ("tomorrow 2pm", "12-02 14:00", ""),
        ("vrijdag", "12-04 09:00", ""),
    ],
)
def test_a_time_may_lead(text: str, at: str, rest: str) -> None:
    found = leading(text, NOW)

    assert found is not None
    assert (shown(found[0]), found[1]) == (at, rest)


def test_words_that_begin_with_no_time_lead_with_none() -> None:
    assert leading("the warehouse", NOW) is None


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("morgen 9-13", "12-02 09:00", "12-02 13:00"),
        ("tomorrow 9-13", "12-02 09:00", "12-02 13:00"),
        ("9:00-13:30 vrijdag", "12-04 09:00", "12-04 13:30"),
        ("vrijdag 13:00 tot 17:30", "12-04 13:00", "12-04 17:30"),
        ("9-13", "12-01 09:00", "12-01 13:00"),
        ("8-9", "12-02 08:00", "12-02 09:00"),
        ("9am-1pm", "12-01 09:00", "12-01 13:00"),
        ("24 december 20:00-02:00", "12-24 20:00", "12-25 02:00"),
        ("24-12 9-13", "12-24 09:00", "12-24 13:00"),
        ("9-13 24-12", "12-24 09:00", "12-24 13:00"),
        ("9-5", "12-01 09:00", "12-01 17:00"),
        ("1-5pm", "12-01 13:00", "12-01 17:00"),
        ("10-2", "12-01 10:00", "12-01 14:00"),
        ("22-6", "12-01 22:00", "12-02 06:00"),
        ("20:00-24:00", "12-01 20:00", "12-02 00:00"),
        ("tussen 9 en 13 uur", "12-01 09:00", "12-01 13:00"),
        ("from 9am to 5pm tomorrow", "12-02 09:00", "12-02 17:00"),
        ("half tien - half een", "12-01 09:30", "12-01 12:30"),
        ("friday 9:00 to saturday 13:00", "12-04 09:00", "12-05 13:00"),
    ],
)
def test_a_span_is_read(text: str, begins: str, ends: str) -> None:
    found = span(text, NOW)

    assert found is not None
    assert (shown(found[0]), shown(found[1])) == (begins, ends)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "morgen",
        "9-25",
        "25-9",
        "vandaag 8-9",
        "someday 9-13",
        "-",
        "9-",
        "9-13-15",
        "monday to friday 9-17",
    ],
)
def test_what_is_no_span_to_come_is_none(text: str) -> None:
    assert span(text, NOW) is None


def test_hours_pass_on_the_clock_and_days_on_the_calendar() -> None:
    """The night in which the clock is put forward."""
    eve = datetime(2026, 3, 28, 20, 0, tzinfo=ZONE)

    assert shown(instant("8h", eve)) == "03-29 05:00"
    assert shown(instant("1d", eve)) == "03-29 20:00"
    assert instant("1d", eve) == datetime(2026, 3, 29, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("999w" * 1000, "9-" * 3000, "tot " * 20000, "9:00-" * 2000, "a" * 100_000, "volgende " * 2000),
        *("31-12-9999 23:59", "9999-12-31 23:00-22:00", "twenty-five past " * 3, "1 a 2 b 3 c 4 d 5 e"),
    ],
)
def test_what_is_meant_to_take_long_or_to_break_does_neither(text: str) -> None:
    begun = process_time()
    for now in (NOW, NOW.astimezone(ZoneInfo("America/New_York"))):
        assert (instant(text, now), span(text, now)) == (None, None)
        leading(text, now)

    assert process_time() - begun < 0.5


def test_the_doubled_hour_is_told_apart() -> None:
    """The night in which the clock is put back: 02:30 comes twice, and is past after the first."""
    second = datetime(2026, 10, 25, 1, 15, tzinfo=UTC).astimezone(ZONE)

    assert shown(second) == "10-25 02:15"
    assert instant("30m", second) == datetime(2026, 10, 25, 1, 45, tzinfo=UTC)
    assert instant("3 uur", second) == datetime(2026, 10, 25, 14, 0, tzinfo=UTC)
    assert instant("02:30", second) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
