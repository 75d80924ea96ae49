"""Promises to come back: found in replies that the rules have not seen, and by when they are to be kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import process_time
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
        ("We komen er morgen op terug.", "12-02 17:00 day"),
        ("Ik bel je straks.", "12-01 17:00 day"),
        ("We laten het je vrijdag voor 12:00 weten.", "12-04 12:00"),
        ("We bellen u vanmiddag tussen 14 en 16 uur.", "12-01 16:00"),
        ("Ik bel je morgen om half tien, goed?", "12-02 09:30"),
        ("Geef me tot morgen, dan laat ik het je weten.", "12-02 17:00 day"),
        ("Morgenochtend sturen we je een bericht.", "12-02 12:00"),
        ("Hier moet ik op terugkomen. Vrijdag hoor je meer van me.", "12-04 17:00 day"),
        ("We zoeken uit waarom je 3 dagen moest wachten en bellen je.", ""),
        ("Goedemorgen Bo, we zoeken het uit.", ""),
        ("Je bericht van vrijdag is binnen, we laten het je weten.", ""),
        ("Zo snel mogelijk kom ik bij je terug.", ""),
        ("We'll get back to you by Friday.", "12-04 17:00 day"),
        ("I'll call you tomorrow at 2pm.", "12-02 14:00"),
        ("We nemen binnen 24 uur contact met je op.", "12-02 10:00"),
        ("We'll be in touch this week.", "12-04 17:00 day"),
        ("Someone will call you between 2 and 4 this afternoon.", "12-01 16:00"),
        ("Update here by 5pm.", "12-01 17:00"),
        ("We do our best and will update you.", ""),
        ("We'll get back to you.", ""),
    ],
)
def test_the_time_that_is_named_is_read(reply: str, due: str) -> None:
    found = find(reply, NOW)

    assert found is not None
    shown = f"{found.due_at.astimezone(ZONE):%m-%d %H:%M}" if found.due_at else ""
    assert shown + (" day" if found.day else "") == due


@pytest.mark.parametrize(
    "reply",
    ["“" * 9000, "(“a" * 3000, "i will have someone from our " * 300, "één " * 2500, "we komen " * 65 + "."],
)
def test_what_is_meant_to_take_long_does_not(reply: str) -> None:
    begun = process_time()
    find(reply, NOW)

    assert process_time() - begun < 1


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
