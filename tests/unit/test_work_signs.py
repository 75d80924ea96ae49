"""Whoever writes in a thread sees what became of it: a mark on what stays inside, and what !stop stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.model import Agent, AgentId, Case, MessageRef, Reply, ReplyState, Status
from bot.cases.outbox import Mark, Rank
from bot.cases.said import Sentence, say
from bot.work import decisions, edits, reply_actions, threads
from bot.work.threads import Written
from tests.contract.samples import NOW
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

MESSAGE, QUESTION = MessageRef("C1", "1700000009.100000"), MessageRef("C1", "1700000009.200000")
GUEST = Agent(AgentId("U9"), "Gerda Gast", may_reply=False)


def take(office: Office, text: str, agent: Agent = MO, assignee: AgentId | None = MO.id) -> Case:
    status = Status.CLAIMED if assignee else Status.NEW
    case = office.case(status=status, assignee=assignee)
    assert case.thread is not None
    threads.take_message(office.tx(), Written(MESSAGE, case.thread, text, NOW), agent)
    return case


def edit(office: Office, case: Case, text: str) -> None:
    assert case.thread is not None
    written = Written(MESSAGE, case.thread, text, NOW, edited="1700000009.300000")
    edits.take_edit(office.tx(), written, MO)


def stop(office: Office, case: Case, agent: Agent = MO, ts: str = "1700000099.100000") -> Sentence:
    said = office.word(case, agent, "stop", "", message=MessageRef("C1", ts))
    assert said is not None
    return said


# --- the mark


@pytest.mark.parametrize(
    ("text", "agent", "assignee"),
    [
        ("// she called", MO, MO.id),
        ("!note she called", MO, MO.id),
        ("I would offer a refund.", ANN, MO.id),
        ("I would offer a refund.", GUEST, MO.id),
        ("!claim", GUEST, None),
    ],
    ids=["note", "word", "in a colleague's case", "of an outsider", "an outsider's word"],
)
def test_what_stays_inside_is_marked(
    office: Office, text: str, agent: Agent, assignee: AgentId | None
) -> None:
    take(office, text, agent, assignee)

    assert office.marks() == [("memo", True)]


@pytest.mark.parametrize(
    ("text", "assignee"), [("On its way!", MO.id), ("On its way!", None), ("!help", MO.id)]
)
def test_what_has_an_answer_or_a_line_of_its_own_is_not_marked(
    office: Office, text: str, assignee: AgentId | None
) -> None:
    take(office, text, MO, assignee)

    assert office.marks() == []


def test_a_reply_that_is_edited_into_a_note_is_marked(office: Office) -> None:
    case = take(office, "On its way!")
    edit(office, case, "// on its way!")

    assert office.marks() == [("memo", True)]


def test_an_asked_message_is_marked_once_it_is_a_note(office: Office) -> None:
    take(office, "/ / she called")
    before = office.marks()
    decisions.decide_asked(office.tx(), MESSAGE, False, MO, pressed=QUESTION)

    assert (before, office.marks()) == ([], [("memo", True)])


def test_an_asked_message_that_is_edited_into_a_note_is_marked(office: Office) -> None:
    case = take(office, "/ / she called")
    edit(office, case, "// she called")

    assert office.marks() == [("memo", True)]


def test_a_team_may_do_without_the_mark(office: Office) -> None:
    installation = office.setup.installation
    quiet = replace(installation, reactions=replace(installation.reactions, note=""))
    office.setup = replace(office.setup, installation=quiet)
    take(office, "// she called")

    assert office.marks() == []


def test_a_mark_of_a_note_gives_way_to_all_else(office: Office) -> None:
    take(office, "// she called")

    assert [entry.rank for entry in office.entries(Mark)] == [Rank.TIDYING]


# --- !stop


def states(office: Office, *replies: Reply) -> list[ReplyState]:
    return [office.now_reply(reply).state for reply in replies]


def test_stop_stops_the_newest_reply_that_waits_and_says_which(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    older, newest = office.reply(case, body="First."), office.reply(case, body="Second.")
    said = stop(office, case)

    assert said == say("stop.done", text="Second.", more=say("stop.more", count=1))
    assert states(office, older, newest) == [ReplyState.QUEUED, ReplyState.STOPPED]


def test_stop_takes_what_goes_out_by_itself_before_what_waits_for_a_person(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    going, draft = office.reply(case), office.reply(case, blocked=say("hold.draft"))
    stop(office, case)

    assert states(office, going, draft) == [ReplyState.STOPPED, ReplyState.QUEUED]


def test_who_wrote_a_reply_may_stop_it_in_a_case_of_somebody_else(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=ANN.id)
    mine, anns = office.reply(case, agent=MO.id), office.reply(case, agent=ANN.id)
    stop(office, case, MO)

    assert states(office, mine, anns) == [ReplyState.STOPPED, ReplyState.QUEUED]


def test_nobody_else_may(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=ANN.id)
    reply = office.reply(case, agent=ANN.id)

    assert stop(office, case, MO) == say("reply.not_yours")
    assert states(office, reply) == [ReplyState.QUEUED]


def test_what_was_written_after_stop_is_not_meant(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    earlier = office.reply(case, message=MessageRef("C1", "1700000010.100000"))
    later = office.reply(case, message=MessageRef("C1", "1700000012.100000"))
    stop(office, case, ts="1700000011.100000")

    assert states(office, earlier, later) == [ReplyState.STOPPED, ReplyState.QUEUED]


@pytest.mark.parametrize(
    ("state", "key"),
    [
        (ReplyState.SENDING, "reply.too_late"),
        (ReplyState.UNCONFIRMED, "reply.too_late"),
        (ReplyState.SENT, "stop.nothing"),
        (ReplyState.STOPPED, "stop.nothing"),
        (None, "stop.nothing"),
    ],
)
def test_stop_says_when_nothing_waits(office: Office, state: ReplyState | None, key: str) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    if state is not None:
        office.reply(case, state=state)

    assert stop(office, case) == say(key)


def test_a_long_reply_is_named_by_its_beginning(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    office.reply(case, body="x" * 200)

    assert stop(office, case).values["text"] == "x" * 59 + "…"


@pytest.mark.parametrize("action", ["send_now", "send_anyway", "stop"])
def test_what_was_stopped_is_not_said_to_be_out(office: Office, action: str) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    reply = office.reply(case, state=ReplyState.STOPPED)

    assert reply_actions.press(office.tx(), reply.id, action, MO) == say("reply.stopped")


@pytest.mark.parametrize(
    ("seconds", "told", "in_thread"), [(119, "reply.too_late", True), (121, "stop.nothing", False)]
)
def test_who_stops_a_moment_too_late_is_told_so_for_all_to_read(
    office: Office, seconds: int, told: str, in_thread: bool
) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id)
    office.reply(case, state=ReplyState.SENT, sent_at=NOW - timedelta(seconds=seconds))
    answer = stop(office, case)

    assert answer.key == told
    assert (answer in office.said(), answer in office.whispers()) == (in_thread, not in_thread)
