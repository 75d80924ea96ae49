"""Promises to come back: found in replies that the rules have not seen, and by when they are to be kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.guide.promises import find

REPLIES = Path(__file__).parents[1] / "testdata" / "promises"
ZONE = ZoneInfo("Europe/Amsterdam")
#: A Tuesday morning.
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=ZONE)


def labelled(name: str) -> Iterator[tuple[bool, str]]:
    """Whether each reply of a file makes a promise, and the reply."""
    for line in (REPLIES / name).read_text(encoding="utf-8").splitlines():
        if line[:2] in ("+ ", "- "):
            yield line[0] == "+", line[2:]


@pytest.mark.parametrize("name", ["tuned.txt", "unseen.txt"])
def test_what_is_found_is_a_promise_and_most_promises_are_found(name: str) -> None:
    """Precision of 95 % and recall of 80 %; docs/response-times.md states what was measured."""
    found = [(is_promise, find(reply, NOW) is not None, reply) for is_promise, reply in labelled(name)]
    right = sum(is_promise and taken for is_promise, taken, _ in found)
    wrong = [reply for is_promise, taken, reply in found if taken and not is_promise]
    missed = [reply for is_promise, taken, reply in found if is_promise and not taken]

    assert right / (right + len(wrong)) >= 0.95, wrong
    assert right / (right + len(missed)) >= 0.8, missed


@pytest.mark.parametrize(
    ("reply", "due"),
    [
        ("We komen er morgen op terug.", "12-02 17:00"),
        ("Ik bel je straks.", "12-01 17:00"),
        ("We laten het je vrijdag voor 12:00 weten.", "12-04 12:00"),
        ("We'll get back to you by Friday.", "12-04 17:00"),
        ("I'll call you tomorrow at 2pm.", "12-02 14:00"),
        ("We nemen binnen 24 uur contact met je op.", "12-02 10:00"),
        ("We'll be in touch this week.", "12-04 17:00"),
        ("We'll get back to you.", ""),
    ],
)
def test_the_time_that_is_named_is_read(reply: str, due: str) -> None:
    found = find(reply, NOW)

    assert found is not None
    assert (f"{found.due_at.astimezone(ZONE):%m-%d %H:%M}" if found.due_at else "") == due


@pytest.mark.parametrize(
    "reply", ["U hoort binnen 2 werkdagen van ons.", "We'll call you in two working days."]
)
def test_working_days_are_counted(reply: str) -> None:
    found = find(reply, NOW)

    assert found is not None
    assert found.working_days == 2


def test_only_the_sentence_is_kept() -> None:
    found = find("Sorry! We'll call you. Have a nice day.", NOW)

    assert found is not None
    assert found.words == "We'll call you."
