"""Messages of a case that was closed so long ago that the record knows them no longer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.cases import ends
from bot.cases.model import Case, MessageRef, Reply, ReplyState, Status
from bot.slack.reading import describe
from bot.work import edits, threads
from bot.work.threads import Written
from tests.contract.samples import NOW, SECOND
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

MESSAGE, CARD = MessageRef("C1", "1700000009.100000"), MessageRef("C1", "1700000001.100000")


def a_forgotten_case(office: Office, **fields: object) -> Case:
    """A case that is open again, and of which nothing written until NOW is known."""
    case = office.case(thread=CARD, status=Status.CLOSED, closed_at=NOW)
    office.record.upkeep.forget(NOW + ends.CASES + SECOND, 9)
    opened: dict[str, Any] = {"status": Status.NEW, "closed_at": None} | fields
    return office.record.cases.save(replace(office.now_case(case), **opened))


def forgotten_reply(office: Office, state: ReplyState) -> Reply:
    """What the agent wrote in it."""
    return office.reply(a_forgotten_case(office), message=MESSAGE, state=state, body="On its way!")


@pytest.mark.parametrize("text", ["On its way!", "// a note", "!close", "!dm call us", "! slip"])
def test_what_was_written_before_the_closing_is_not_heard_again(office: Office, text: str) -> None:
    case = a_forgotten_case(office, status=Status.ANSWERED, assignee=MO.id)
    threads.take_message(office.tx(), Written(MESSAGE, CARD, text, NOW), MO)
    edited = Written(MESSAGE, CARD, text, NOW, edited="1700000009.200000")
    edits.take_edit(office.tx(), edited, MO)

    assert (office.now_case(case), office.record.replies.of_case(case.id), office.said()) == (case, [], [])
    assert office.record.threads.message(MESSAGE) is None


def test_what_is_written_since_is_heard(office: Office) -> None:
    case = a_forgotten_case(office, status=Status.CLAIMED, assignee=MO.id)
    written = Written(MESSAGE, CARD, "On its way!", NOW + SECOND / 1000)
    threads.take_message(office.tx(), written, MO)

    assert len(office.record.replies.of_case(case.id)) == 1


def test_a_change_of_what_has_long_been_public_is_told_to_be_too_late(office: Office) -> None:
    forgotten_reply(office, ReplyState.SENT)
    same = Written(MESSAGE, CARD, "On its way!", NOW, edited="1700000009.200000")
    for _ in range(2):
        for written in (same, replace(same, text="Tomorrow!", edited="1700000009.300000")):
            edits.take_edit(office.tx(), written, MO)
        edits.take_deletion(office.tx(), CARD, MESSAGE, MO.id)

    assert [said.key for said in office.said()] == ["edit.too_late"] * 2


def test_a_colleague_changes_nothing_of_it(office: Office) -> None:
    forgotten_reply(office, ReplyState.SENT)
    edited = Written(MESSAGE, CARD, "Tomorrow!", NOW, edited="1700000009.200000")
    edits.take_edit(office.tx(), edited, ANN)

    assert office.said() == []


def test_a_refused_reply_follows_its_message_all_the_same(office: Office) -> None:
    reply = forgotten_reply(office, ReplyState.FAILED)
    edited = Written(MESSAGE, CARD, "Tomorrow!", NOW, edited="1700000009.200000")
    edits.take_edit(office.tx(), edited, MO)
    changed = office.now_reply(reply)
    edits.take_deletion(office.tx(), CARD, MESSAGE, MO.id)

    assert (changed.body, changed.blocked is not None) == ("Tomorrow!", True)
    assert office.now_reply(reply).state is ReplyState.STOPPED


def test_a_thread_is_read_from_the_closing_on(office: Office) -> None:
    a_forgotten_case(office)
    unread = describe(office.tx(), CARD)
    office.record.threads.note_read(CARD, "2000000000.000100")
    read = describe(office.tx(), CARD)

    assert unread is not None
    assert read is not None
    assert (unread.since, read.since) == (f"{NOW.timestamp():.6f}", "2000000000.000100")
