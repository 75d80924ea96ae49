"""One look at a channel tells which of its threads must be read: each of them costs one of few calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cases.model import MessageRef, ReplyState
from bot.slack.reading import Reading, Thread, describe
from tests.contract.samples import NOW, a_waiting_case
from tests.fakes import FakeClock
from tests.unit.office import Office
from tests.unit.office import office as office

CARD, TALKED_IN, LATEST = "1790000000.000100", "1790000001.000100", "1790000002.000100"


class Channel:
    """A desk that shows these messages."""

    def __init__(self, *roots: dict[str, Any]) -> None:
        self.roots = roots

    async def messages(self, *_: object, **__: object) -> AsyncIterator[dict[str, Any]]:
        """All of them."""
        for root in self.roots:
            yield root


async def to_read(*roots: dict[str, Any], read_to: str = "", changeable: str = "") -> list[str]:
    """The cards whose threads must be read, of a channel that shows these."""
    channel, nobody = Channel(*roots), object()
    threads = {
        root["ts"]: Thread(
            a_waiting_case(NOW),
            MessageRef("C1", root["ts"]),
            read_to,
            frozenset({changeable} - {""}),
            root["ts"],
            None,
        )
        for root in roots
    }
    reading = Reading(channel, nobody, FakeClock(NOW))  # type: ignore[arg-type]  # nothing is heard here
    return [thread.ref.ts for thread in await reading.channel("C1", threads)]


def talked_in(**changed: object) -> dict[str, Any]:
    """A card with a thread, as Slack tells it."""
    return {"ts": TALKED_IN, "thread_ts": TALKED_IN, "reply_count": 1, "latest_reply": LATEST} | changed


@pytest.mark.parametrize("others", [(talked_in(),), (talked_in(reply_count=0),)])
async def test_a_card_under_which_nobody_wrote_is_not_read(others: tuple[dict[str, Any], ...]) -> None:
    assert CARD not in await to_read({"ts": CARD}, *others)


async def test_where_the_desk_tells_of_no_thread_every_one_is_read() -> None:
    assert await to_read({"ts": CARD}, {"ts": TALKED_IN}) == [CARD, TALKED_IN]


@pytest.mark.parametrize(("read_to", "read"), [("", True), (TALKED_IN, True), (LATEST, False)])
async def test_a_thread_is_read_where_something_was_written_since(read_to: str, read: bool) -> None:
    assert bool(await to_read(talked_in(), read_to=read_to)) is read


async def test_a_thread_with_a_reply_that_can_be_changed_is_always_read() -> None:
    assert await to_read(talked_in(), read_to=LATEST, changeable=LATEST) == [TALKED_IN]


# --- published lately


def described(office: Office, published_since: datetime | None) -> Thread:
    """A case whose thread was read to its end, with a reply of an hour ago and one of two days ago in it, and
    one in a thread that is no more."""
    case = office.case(thread=MessageRef("C1", "1700000100.000000"))
    for ts, hours in (("1700000101.000000", 48), ("1700000102.000000", 1), ("1700000099.000000", 1)):
        sent_at = NOW - timedelta(hours=hours)
        message = MessageRef("C1", ts)
        office.reply(case, state=ReplyState.SENT, message=message, sent_at=sent_at, key=f"k{ts}")
    office.record.threads.note_read(MessageRef("C1", "1700000100.000000"), "1700000200.000000")
    thread = describe(office.tx(), MessageRef("C1", "1700000100.000000"), published_since)
    assert thread is not None
    return thread


def test_what_was_published_lately_is_read_again_where_that_is_asked_for(office: Office) -> None:
    thread = described(office, NOW - timedelta(days=1))

    assert (thread.changeable, thread.since) == (frozenset({"1700000102.000000"}), "1700000102.000000")


def test_what_was_published_is_not_read_again_otherwise(office: Office) -> None:
    thread = described(office, None)

    assert (thread.changeable, thread.since) == (frozenset(), "1700000200.000000")
    assert thread.published_at == NOW - timedelta(hours=1)
