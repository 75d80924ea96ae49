"""What is made of a message in Slack: who wrote it where, and when, by Slack's own stamps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cases.model import MessageRef
from bot.slack.message import read

MESSAGE: dict[str, Any] = {
    "ts": "1789986720.000300",
    "thread_ts": "1789986600.000100",
    "user": "U1",
    "text": "On its way!",
}
CHANGE = {"edited": {"user": "U1", "ts": "1789986780.000000"}}


def test_a_message_is_of_when_it_was_written_and_edited() -> None:
    written = read("C1", MESSAGE | CHANGE, "")

    assert written is not None
    assert (written.ref, written.thread) == (
        MessageRef("C1", "1789986720.000300"),
        MessageRef("C1", "1789986600.000100"),
    )
    assert written.at == datetime.fromtimestamp(1789986720.0003, UTC)
    assert (written.edited, written.edited_at) == (
        "1789986780.000000",
        datetime.fromtimestamp(1789986780, UTC),
    )


def test_one_that_was_never_edited_says_so() -> None:
    written = read("C1", MESSAGE, "")

    assert written is not None
    assert (written.edited, written.edited_at) == ("", None)


@pytest.mark.parametrize(
    "change",
    [
        {"bot_id": "B1"},
        {"user": ""},
        {"thread_ts": ""},
        {"thread_ts": MESSAGE["ts"]},
        {"subtype": "tombstone"},
    ],
)
def test_what_nobody_wrote_in_a_thread_is_not_read(change: dict[str, Any]) -> None:
    assert read("C1", MESSAGE | change, "") is None
