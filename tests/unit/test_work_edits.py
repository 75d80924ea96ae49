"""Every message that was read shows what became of it, after an edit and a deletion as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from bot.cases.model import Case, Invited, MessageKind, MessageRef, Reply, ReplyState, Status
from bot.cases.outbox import Effect, EntryState, Line, Mark, Say
from bot.cases.posts import Surface
from bot.cases.said import Ping, say
from bot.outbox import put
from bot.work import decisions, edits, new_thread, private, replies, reply_actions, threads
from bot.work.threads import Written
from tests.contract.samples import NOW, SAID
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office

MESSAGE, QUESTION, STAMP = (
    MessageRef("C1", "1700000009.100000"),
    MessageRef("C1", "1700000009.200000"),
    "1700000009.500000",
)
PLAIN, NOTE, NEAR, WORD, DELETED = "Tomorrow!", "// tomorrow", "note: tomorrow", "!close", ""
INTO = (PLAIN, NOTE, NEAR, WORD, DELETED)


@dataclass
class Thread:
    """A thread with one message of Mo's, who has the case unless a test says otherwise."""

    office: Office
    case: Case

    def write(self, text: str = "Today!") -> None:
        threads.take_message(self.office.tx(), self._written(text), MO)

    def edit(self, text: str, stamp: str = STAMP) -> None:
        if not text:
            ref = self.case.thread
            edits.take_deletion(self.office.tx(), ref, MESSAGE, MO.id)
            return
        edited = replace(self._written(text), edited=stamp)
        edits.take_edit(self.office.tx(), edited, MO)

    def _written(self, text: str) -> Written:
        assert self.case.thread is not None
        return Written(MESSAGE, self.case.thread, text, NOW)

    @property
    def reply(self) -> Reply:
        reply = self.office.record.replies.of_message(MESSAGE)
        assert reply is not None
        return reply

    def put(self, state: ReplyState) -> None:
        """A reply that got there by itself."""
        self.office.record.replies.save(replace(self.reply, state=state, attempted_at=NOW, sent_at=NOW))

    def shown(self) -> None:
        """All that is to be shown is carried to the desk; what was asked stands there."""
        for entry in self.office.carry():
            if entry.key == put.key_of_question(MESSAGE):
                self.office.stand(entry, QUESTION)

    def signs(self) -> list[str]:
        """What is shown because of the last deed, in short."""
        waiting = (each for each in self.office.entries() if each.state is EntryState.WAITING)
        return sorted(filter(None, (self._sign(entry.effect) for entry in waiting)))

    def _sign(self, effect: Effect) -> str:
        match effect:
            case Line():
                blocked = self.reply.blocked
                return f"line: {self.reply.state}{' ' + blocked.key if blocked else ''}"
            case Say(said, ref=ref):
                return f"instead: {said.key}" if ref == QUESTION else said.key
            case Mark():
                return f"{'' if effect.present else 'no '}{effect.reaction}"
            case _:
                return ""


def asked(thread: Thread) -> None:
    thread.write("note: today")


def noted(thread: Thread) -> None:
    thread.write("// today")


def obeyed(thread: Thread) -> None:
    thread.write("!nonsense")


def queued(thread: Thread) -> None:
    thread.write()


def blocked(thread: Thread) -> None:
    thread.write()
    replies.hold_waiting(thread.office.tx(), thread.case, SAID)


def stopped(thread: Thread) -> None:
    thread.write()
    reply_actions.press(thread.office.tx(), thread.reply.id, "stop", MO)


def in_state(state: ReplyState) -> Callable[[Thread], None]:
    def begin(thread: Thread) -> None:
        thread.write()
        thread.put(state)

    begin.__name__ = state.value
    return begin


sending, sent = in_state(ReplyState.SENDING), in_state(ReplyState.SENT)
refused, unclear = in_state(ReplyState.FAILED), in_state(ReplyState.UNCONFIRMED)

#: Of each beginning, what is shown of an edit into a plain text, a note, nearly a note, a word for the bot,
#: and of a deletion.
SHOWN: dict[Callable[[Thread], None], tuple[list[str], ...]] = {
    asked: (
        ["instead: ask.edited"],
        ["instead: note.kept", "memo"],
        ["instead: ask.edited"],
        ["edit.not_obeyed", "instead: note.kept", "memo"],
        ["instead: delete.asked"],
    ),
    # A note bears its mark already; one that is gone needs none.
    noted: (["edit.stays_inside"], [], ["edit.stays_inside"], ["edit.not_obeyed"], []),
    obeyed: (["edit.stays_inside"], ["memo"], ["edit.stays_inside"], ["edit.not_obeyed"], []),
    queued: (
        ["line: queued"],
        ["edit.became_note", "line: stopped", "memo"],
        ["line: queued hold.slip"],
        ["edit.became_word", "line: stopped"],
        ["line: stopped"],
    ),
    blocked: (
        ["line: queued"],
        ["edit.became_note", "line: stopped", "memo"],
        ["line: queued hold.slip"],
        ["edit.became_word", "line: stopped"],
        ["line: stopped"],
    ),
    # Its line says already that nothing was sent.
    stopped: (["edit.stopped"], ["memo"], ["edit.stopped"], ["edit.not_obeyed"], []),
    sending: (*[["edit.in_doubt"]] * 4, ["delete.in_doubt"]),
    unclear: (*[["edit.in_doubt"]] * 4, ["delete.in_doubt"]),
    sent: tuple([["edit.too_late"]] * 5),
    refused: (
        ["line: queued", "no boom"],
        ["edit.became_note", "line: stopped", "memo"],
        ["line: queued hold.slip", "no boom"],
        ["edit.became_word", "line: stopped"],
        ["line: stopped"],
    ),
}
CASES = [
    pytest.param(begin, text, shown, id=f"{getattr(begin, '__name__', '')}-{text or 'deleted'}")
    for begin, all_shown in SHOWN.items()
    for text, shown in zip(INTO, all_shown, strict=True)
]


@pytest.fixture
def thread(office: Office) -> Thread:
    return Thread(office, office.case(status=Status.CLAIMED, assignee=MO.id))


@pytest.mark.parametrize(("begin", "text", "shown"), CASES)
def test_the_thread_shows_what_an_edit_came_to(
    thread: Thread, begin: Callable[[Thread], None], text: str, shown: list[str]
) -> None:
    begin(thread)
    thread.shown()
    thread.edit(text)

    assert thread.signs() == shown


@pytest.mark.parametrize(("begin", "text", "shown"), CASES)
def test_what_is_told_twice_is_shown_once(
    thread: Thread, begin: Callable[[Thread], None], text: str, shown: list[str]
) -> None:
    begin(thread)
    thread.edit(text)
    thread.shown()
    thread.edit(text)

    assert thread.signs() == []


@pytest.mark.parametrize("text", [PLAIN, NEAR])
def test_a_colleagues_words_stay_a_note_without_a_word(thread: Thread, text: str) -> None:
    thread.case = thread.office.record.cases.save(replace(thread.case, assignee=ANN.id))
    thread.write()
    thread.shown()
    thread.edit(text)

    assert thread.signs() == []


def test_after_an_invitation_an_edit_asks_whether_to_publish(thread: Thread) -> None:
    thread.case = thread.office.record.cases.save(replace(thread.case, invited=Invited.UNDECIDED))
    thread.write()
    thread.shown()
    thread.edit(PLAIN)

    assert thread.signs() == ["instead: ask.invited"]


def test_a_question_that_is_still_to_be_put_is_about_the_edited_message(thread: Thread) -> None:
    asked(thread)
    thread.edit(PLAIN)
    thread.edit(NOTE, "1700000009.600000")

    assert thread.signs() == ["memo"]


def test_a_question_asks_anew_when_the_case_goes_on_in_private(thread: Thread) -> None:
    thread.case = thread.office.record.cases.save(replace(thread.case, invited=Invited.UNDECIDED))
    thread.office.record.people.save_agent(MO)
    thread.write()
    thread.shown()
    private.customer_wrote(thread.office.tx(), thread.case)
    signs = [sign for sign in thread.signs() if "ask." in sign]
    decisions.decide_asked(thread.office.tx(), MESSAGE, True, MO, pressed=QUESTION)

    assert signs == ["instead: ask.changed"]
    assert thread.reply.mode is Surface.PRIVATE


def test_a_question_on_its_way_is_answered_below(thread: Thread) -> None:
    asked(thread)
    [question] = thread.office.entries(Say)
    thread.office.record.outbox.save(replace(question, state=EntryState.UNDERWAY))
    thread.edit(DELETED)

    assert thread.signs() == ["delete.asked"]


class TestInTheThreadOfADeletedCard:
    """The case goes on in a new thread."""

    @pytest.fixture
    def thread(self, office: Office) -> Thread:
        return Thread(office, office.waiting_case(status=Status.CLAIMED, assignee=MO.id))

    def move(self, thread: Thread) -> None:
        thread.shown()
        assert thread.case.thread is not None
        new_thread.begin(thread.office.tx(), thread.case, thread.case.thread)

    def test_who_edits_is_told_where_it_goes_on(self, thread: Thread) -> None:
        queued(thread)
        self.move(thread)
        thread.edit(PLAIN)

        assert [said.key for said in thread.office.whispers()] == ["thread.elsewhere"]

    def test_what_is_asked_about_can_still_be_made_a_note(self, thread: Thread) -> None:
        asked(thread)
        self.move(thread)
        thread.edit(NOTE)
        message = thread.office.record.threads.message(MESSAGE)

        assert message is not None
        assert message.kind is MessageKind.NOTE

    def test_the_old_question_shows_that_it_goes_on_elsewhere(self, thread: Thread) -> None:
        asked(thread)
        self.move(thread)

        assert "instead: thread.moved" in thread.signs()

    @pytest.mark.parametrize(
        ("state", "is_moved"),
        [(state, state not in (ReplyState.SENT, ReplyState.STOPPED)) for state in ReplyState],
    )
    def test_the_old_line_no_longer_promises_anything(
        self, thread: Thread, state: ReplyState, is_moved: bool
    ) -> None:
        line = MessageRef("C1", "1700000009.300000")
        office = thread.office
        office.reply(thread.case, line=MessageRef("C1", "1700000009.400000"), key="k2")
        office.reply(thread.case, state=state, line=line, sent_at=NOW)
        self.move(thread)
        shown = [say.said.key for say in office.effects(Say) if say.ref == line]

        assert shown == (["thread.moved"] if is_moved else [])

    def test_what_is_sent_from_the_old_thread_is_read_nowhere_and_shown_in_both(self, thread: Thread) -> None:
        asked(thread)
        self.move(thread)
        office, new = thread.office, MessageRef("C1", "1700000020.200000")
        office.record.cases.save(
            replace(office.now_case(thread.case), thread=MessageRef("C1", "1700000020.100000"))
        )
        question = office.record.outbox.of_key(put.key_of_question(MESSAGE))
        assert question is not None
        office.stand(question, new)
        for _ in range(2):
            decisions.decide_asked(office.tx(), MESSAGE, True, MO, pressed=QUESTION)
        [reply] = office.record.replies.of_case(thread.case.id)
        sent = say("ask.sent", agent=Ping(MO.id))
        shown = [say.ref for say in office.effects(Say) if say.said == sent]

        assert (reply.message, reply.body, reply.blocked) == (None, "note: today", None)
        assert shown == [new, QUESTION]


@pytest.mark.parametrize(
    ("mode", "key"), [(Surface.PUBLIC, "edit.too_late"), (Surface.PRIVATE, "edit.too_late_private")]
)
@pytest.mark.parametrize("text", ["Tomorrow!", ""])
def test_who_changes_what_is_out_is_told_what_stands_there(
    office: Office, mode: Surface, key: str, text: str
) -> None:
    thread = Thread(office, office.case(status=Status.CLAIMED, assignee=MO.id, mode=mode))
    sent(thread)
    thread.edit(text)
    told = office.said()[-1]

    assert told == say(key, agent=Ping(MO.id), text="Today! ^MK", network="x")
