"""What is due for the network, and which message behind it is read again before its text goes out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.cases import leases
from bot.cases.model import MessageKind, MessageRef, Reply, ThreadMessage
from bot.cases.outbox import Line
from bot.work import publishing
from tests.contract.samples import NOW, SECOND
from tests.unit.office import MO, Office
from tests.unit.office import office as office

WRITTEN = MessageRef("C1", "1790000000.000100")


def written(office: Office, at: datetime, hold: timedelta) -> Reply:
    """A reply to what Mo wrote then, heard of at NOW."""
    case = office.case(assignee=MO.id)
    office.record.threads.add_message(ThreadMessage(WRITTEN, case.id, MO.id, MessageKind.REPLY, "", at))
    return office.reply(case, message=WRITTEN, queued_at=NOW, send_after=NOW + hold)


def read_again(office: Office, now: datetime) -> list[MessageRef | None]:
    """The messages to be read again, for the replies that are due."""
    return [None if task.just_written else task.seen for task in publishing.tasks(office.tx(now))]


def test_without_a_hold_what_was_just_written_goes_out_as_it_is(office: Office) -> None:
    written(office, NOW, hold=0 * SECOND)

    assert read_again(office, NOW) == [None]


@pytest.mark.parametrize(
    ("written_at", "now"),
    [(NOW, NOW + SECOND), (NOW - 2 * SECOND, NOW), (NOW + SECOND, NOW)],
    ids=["it waited", "slack told late", "the clocks differ"],
)
def test_without_a_hold_too_a_message_is_read_again_once_there_was_time_to_change_it(
    office: Office, written_at: datetime, now: datetime
) -> None:
    written(office, written_at, hold=0 * SECOND)

    assert read_again(office, now) == [WRITTEN]


def test_after_a_hold_the_message_is_read_again(office: Office) -> None:
    written(office, NOW, hold=SECOND / 10)

    assert read_again(office, NOW + SECOND / 10) == [WRITTEN]


def lines_asked_for(office: Office) -> int:
    """How many redraws of lines were asked for; they count as done now."""
    return len(office.carry(Line))


def test_only_a_call_that_lasts_is_shown_on_the_line_and_once(office: Office) -> None:
    reply = office.reply(
        office.case(assignee=MO.id), send_after=NOW, line=MessageRef("C1", "1700000005.500000")
    )
    begun = publishing.begin(office.tx(), reply.id)
    assert begun is not None
    asked = [lines_asked_for(office)]
    for renewal in (1, 2, 3):
        now = NOW + renewal * leases.RENEW_EVERY
        assert publishing.renew(office.tx(now), reply.id, begun)
        asked.append(lines_asked_for(office))

    assert asked == [0, 1, 0, 0]
