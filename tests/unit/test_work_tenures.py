"""What is done at the desk has its place in time: late and in any order, it is judged by that."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.cases.model import Agent, AgentId, Case, MessageKind, MessageRef, Reply, Status
from bot.cases.posts import Surface
from bot.work import claims, decisions, doors, edits, private, takeovers, tenures, threads
from bot.work.doors import Reaction
from bot.work.threads import Written
from tests.contract.samples import NOW
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

#: What is said, one after the other, by the desk's stamps.
FIRST, SECOND, THIRD, FOURTH = (
    "1700000009.000001",
    "1700000009.000002",
    "1700000009.000003",
    "1700000010.000001",
)
MINE, NOBODYS = MO.id, None


@dataclass
class Thread:
    """The thread of one case, in which things are done at a stamp."""

    office: Office
    case: Case

    def claim(self, agent: Agent, stamp: str) -> None:
        """By reaction."""
        self.react(agent, "eyes", stamp)

    def release(self, agent: Agent, stamp: str) -> None:
        """By taking the reaction away."""
        self.react(agent, "eyes", stamp, added=False)

    def react(self, agent: Agent, name: str, stamp: str, *, added: bool = True) -> None:
        """On the card."""
        assert self.case.thread is not None
        self.react_on(self.case.thread, agent, name, stamp, added=added)

    def react_on(self, ref: MessageRef, agent: Agent, name: str, stamp: str, *, added: bool = True) -> None:
        """On any message."""
        doors.react(self.office.tx(stamp=stamp), ref, Reaction(name, added, stamp), agent)

    def switch(self, agent: Agent, mode: Surface, stamp: str) -> None:
        """By a button."""
        tx, case = self.office.tx(stamp=stamp), self.office.now_case(self.case)
        if mode is Surface.PRIVATE:
            private.go_private(tx, case, agent)
        else:
            private.go_public(tx, case, agent)

    def write(self, agent: Agent, text: str, stamp: str) -> MessageKind:
        """A message; returns what it was taken for."""
        assert self.case.thread is not None
        written = Written(MessageRef("C1", stamp), self.case.thread, text, NOW)
        threads.take_message(self.office.tx(stamp=stamp), written, agent)
        return self.kind(stamp)

    def kind(self, stamp: str) -> MessageKind:
        """What a message is taken for now."""
        message = self.office.record.threads.message(MessageRef("C1", stamp))
        assert message is not None
        return message.kind

    def replies(self) -> list[Reply]:
        """What is queued, in order."""
        return [*self.office.record.replies.of_case(self.case.id)]

    @property
    def assignee(self) -> AgentId | None:
        """Who has the case."""
        return self.office.now_case(self.case).assignee


@pytest.fixture
def thread(office: Office) -> Thread:
    """Of a case that nobody has."""
    return Thread(office, office.waiting_case())


def test_what_was_written_before_the_claim_is_asked_about(thread: Thread) -> None:
    thread.claim(MO, SECOND)

    assert thread.write(MO, "On its way!", FIRST) is MessageKind.ASKED
    assert [said.key for said in thread.office.said()] == ["ask.before_claim"]


def test_what_was_written_after_the_claim_is_a_reply(thread: Thread) -> None:
    thread.claim(MO, FIRST)

    assert thread.write(MO, "On its way!", SECOND) is MessageKind.REPLY


def test_what_bears_the_very_stamp_of_the_claim_was_not_written_after_it(thread: Thread) -> None:
    thread.claim(MO, FIRST)

    assert thread.write(MO, "On its way!", FIRST) is MessageKind.ASKED


def test_what_was_written_in_a_colleagues_case_is_asked_about_once_it_is_the_writers(thread: Thread) -> None:
    thread.claim(ANN, FIRST)
    thread.release(ANN, THIRD)
    thread.claim(MO, FOURTH)

    assert thread.write(MO, "On its way!", SECOND) is MessageKind.ASKED


def test_what_was_written_by_who_had_the_case_then_waits_for_who_has_it_now(thread: Thread) -> None:
    thread.claim(MO, FIRST)
    thread.release(MO, THIRD)
    thread.claim(ANN, FOURTH)

    assert thread.write(MO, "On its way!", SECOND) is MessageKind.REPLY
    [reply] = thread.replies()
    assert reply.blocked is not None


def test_what_was_written_before_the_case_was_taken_over_is_asked_about(thread: Thread) -> None:
    thread.claim(ANN, FIRST)
    tx = thread.office.tx(stamp=THIRD)
    takeovers.take(tx, thread.office.now_case(thread.case), MO, by_reaction=False)

    assert thread.write(MO, "On its way!", SECOND) is MessageKind.ASKED
    assert thread.write(MO, "It is on its way!", FOURTH) is MessageKind.REPLY


def test_a_claim_that_is_heard_late_makes_replies_of_what_was_written_after_it(thread: Thread) -> None:
    assert thread.write(MO, "Before", FIRST) is MessageKind.ASKED
    assert thread.write(MO, "After", THIRD) is MessageKind.ASKED

    thread.claim(MO, SECOND)

    assert [reply.body for reply in thread.replies()] == ["After"]
    assert (thread.kind(FIRST), thread.kind(THIRD)) == (MessageKind.ASKED, MessageKind.REPLY)


def test_a_slip_stays_asked_about_however_often_the_claim_is_heard(thread: Thread) -> None:
    thread.claim(MO, FIRST)
    assert thread.write(MO, "/ / he called", SECOND) is MessageKind.ASKED

    thread.claim(MO, THIRD)

    assert thread.replies() == []


def test_a_claim_that_is_older_than_what_was_heard_counts_from_the_newest(thread: Thread) -> None:
    thread.claim(ANN, SECOND)
    thread.release(ANN, THIRD)
    thread.claim(MO, FIRST)

    assert thread.assignee == MO.id
    assert thread.write(MO, "Between", SECOND) is MessageKind.ASKED
    assert thread.write(MO, "After", FOURTH) is MessageKind.REPLY


@pytest.mark.parametrize(
    ("events", "assignee"),
    [
        ([(SECOND, False), (FIRST, True)], NOBODYS),
        ([(FIRST, True), (SECOND, False)], NOBODYS),
        ([(FIRST, True), (THIRD, True), (SECOND, False)], MINE),
        ([(THIRD, True), (SECOND, False), (FIRST, True)], MINE),
        ([(THIRD, False), (FIRST, True), (SECOND, True)], NOBODYS),
    ],
)
def test_of_the_events_about_a_reaction_the_newest_counts(
    thread: Thread, events: list[tuple[str, bool]], assignee: AgentId | None
) -> None:
    for stamp, added in events:
        thread.react(MO, "eyes", stamp, added=added)

    assert thread.assignee == assignee


def test_a_claim_that_was_found_standing_can_be_taken_back_at_once(thread: Thread) -> None:
    found, taken_back = "1700000009.900000", "1700000009.400000"
    assert thread.case.thread is not None
    put = Reaction("eyes", True, "1700000009.100000")
    doors.react(thread.office.tx(stamp=found), thread.case.thread, put, MO)
    assert thread.assignee == MO.id

    undone = Reaction("eyes", False, taken_back, upto="1700000011.400000")
    doors.react(thread.office.tx(stamp=taken_back), thread.case.thread, undone, MO)

    assert thread.assignee is None


def test_a_release_from_before_a_newer_claim_changes_nothing(thread: Thread) -> None:
    thread.claim(MO, FIRST)
    claims.claim(thread.office.tx(stamp="1700000019.000003"), thread.office.now_case(thread.case), MO)
    thread.release(MO, SECOND)

    assert thread.assignee == MO.id


@pytest.mark.parametrize("word", ["!release", "!close", "!dismiss", "!dm", "!public"])
def test_a_word_from_before_the_newest_change_is_not_obeyed(thread: Thread, word: str) -> None:
    thread.claim(MO, FIRST)
    thread.switch(MO, Surface.PRIVATE, THIRD)
    before = thread.office.now_case(thread.case)

    thread.write(MO, word, SECOND)

    assert thread.office.now_case(thread.case) == before
    assert thread.office.said()[-1].key == "command.overtaken"


def test_a_word_that_confirms_what_stands_is_not_undone_by_an_older_one(thread: Thread) -> None:
    thread.claim(MO, FIRST)
    thread.switch(MO, Surface.PRIVATE, FIRST)
    thread.write(MO, "!dm", THIRD)
    thread.write(MO, "!public", SECOND)

    assert thread.office.now_case(thread.case).mode is Surface.PRIVATE


@pytest.mark.parametrize("name", ["lock", "white_check_mark"])
def test_a_reaction_on_the_card_from_before_the_newest_change_is_not_obeyed(
    office: Office, name: str
) -> None:
    thread = Thread(office, office.case(status=Status.ANSWERED))
    thread.claim(MO, SECOND)
    before = office.now_case(thread.case)

    thread.react(MO, name, FIRST)

    assert office.now_case(thread.case) == before


def test_what_was_written_in_public_is_not_sent_in_private(thread: Thread) -> None:
    thread.claim(MO, FIRST)
    thread.switch(MO, Surface.PRIVATE, THIRD)
    thread.write(MO, "For all to see", SECOND)

    [reply] = thread.replies()
    assert reply.mode is Surface.PUBLIC
    assert reply.blocked is not None
    assert reply.blocked.key == "hold.mode_switched"


def test_what_was_written_in_private_is_not_sent_in_public(thread: Thread) -> None:
    thread.claim(MO, FIRST)
    thread.switch(MO, Surface.PRIVATE, FIRST)
    thread.switch(MO, Surface.PUBLIC, THIRD)
    thread.write(MO, "Your account number is 12", SECOND)

    [reply] = thread.replies()
    assert reply.mode is Surface.PRIVATE
    assert reply.blocked is not None
    assert reply.blocked.key == "hold.mode_switched"


def test_what_is_let_go_later_goes_out_in_the_mode_of_its_time(office: Office) -> None:
    thread = Thread(office, office.waiting_case(mode=Surface.PRIVATE))
    thread.write(MO, "Your account number is 12", FIRST)
    thread.claim(MO, SECOND)
    thread.switch(MO, Surface.PUBLIC, THIRD)
    question = MessageRef("C1", FOURTH)
    ref = MessageRef("C1", FIRST)
    decisions.decide_asked(office.tx(stamp=FOURTH), ref, True, MO, pressed=question)

    [reply] = thread.replies()
    assert reply.mode is Surface.PRIVATE
    assert reply.blocked is not None


def test_a_hurry_from_before_the_newest_edit_does_not_hurry_it(thread: Thread) -> None:
    thread.claim(MO, FIRST)
    thread.write(MO, "On its way!", SECOND)
    message = MessageRef("C1", SECOND)
    assert thread.case.thread is not None
    edit = Written(message, thread.case.thread, "On its way, sorry!", NOW, edited=FOURTH)
    edits.take_edit(thread.office.tx(), edit, MO)

    thread.react_on(message, MO, "rocket", THIRD)

    [reply] = thread.replies()
    assert reply.send_after > NOW


def test_a_case_that_nothing_was_done_to_stood_as_it_stands(office: Office) -> None:
    case = office.case(status=Status.CLAIMED, assignee=MO.id, mode=Surface.PRIVATE)
    stood = tenures.at(office.tx(), case, FIRST)

    assert (stood.assignee, stood.mode) == (MO.id, Surface.PRIVATE)
