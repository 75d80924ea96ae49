"""Promises and calls: noted once, told when their time has come, kept, moved, dropped, forgotten."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cases.actions import Action, Verb, Via
from bot.cases.hours import Hours, Period
from bot.cases.model import Case, MessageRef, Status
from bot.cases.ports import Sent
from bot.cases.posts import PostId
from bot.cases.reminders import Reminder, ReminderKind, ReminderState
from bot.cases.timers import TimerKind
from bot.work import claims, publishing, replies, turns
from bot.work.replies import Words
from tests.contract.samples import MINUTE, NOW
from tests.unit.office import MO, Office
from tests.unit.office import office as office

HOUR, ZONE = timedelta(hours=1), ZoneInfo("Europe/Amsterdam")


def answered(office: Office, text: str, post: str = "1600") -> Case:
    """A case in which Mo's reply with these words was published, as a post of this number."""
    case = office.waiting_case(assignee=MO.id, root_id=PostId(f"root{post}"))
    reply = replies.queue(office.tx(), case, MO, Words(text, message=MessageRef("C1", f"17{post}.0001")))
    assert reply is not None
    assert publishing.begin(office.tx(NOW + MINUTE), reply.id) is not None
    publishing.finish(office.tx(NOW + MINUTE), reply.id, Sent(PostId(post), "", NOW + MINUTE))
    return office.now_case(case)


def open_of(office: Office, case: Case) -> list[Reminder]:
    """What is still to be kept."""
    return list(office.record.reminders.open_of(case.id))


def press(office: Office, case: Case, verb: Verb, reminder: Reminder) -> None:
    """Mo presses a button of a reminder below its sentence in the thread."""
    place = MessageRef("C1", "1.1")
    action = Action(
        verb, Via.BUTTON, case.id, argument=str(reminder.id), at=MessageRef("C1", "2.2"), place=place
    )
    office.answer(office.tx(NOW + HOUR), action, MO)


def test_a_reply_that_promises_to_come_back_is_remembered_once(office: Office) -> None:
    case = answered(office, "Sorry! We'll get back to you within 2 hours.")
    [reminder] = open_of(office, case)

    assert reminder.kind is ReminderKind.PROMISE
    assert reminder.words == "We'll get back to you within 2 hours."
    assert reminder.due_at == NOW + MINUTE + 2 * HOUR
    assert [said.key for said in office.said() if said.key.startswith("promise")] == ["promise.noted"]
    assert office.record.reminders.add(reminder) is None


@pytest.mark.parametrize("text", ["It is on its way.", "Shall we call you?"])
def test_one_that_promises_nothing_is_not(office: Office, text: str) -> None:
    assert open_of(office, answered(office, text)) == []


def test_nor_where_the_team_wants_none(office: Office) -> None:
    office.configure_team(promises=False)

    assert open_of(office, answered(office, "We'll get back to you.")) == []


@pytest.mark.parametrize(
    ("text", "never_closes", "with_hours"),
    [
        ("We'll get back to you.", "03-15 17:00", "03-16 17:30"),
        ("We'll get back to you by Tuesday.", "03-17 17:00", "03-17 20:00"),
        ("We'll get back to you tomorrow.", "03-15 17:00", "03-15 17:00"),
        ("We'll get back to you by Tuesday noon.", "03-17 12:00", "03-17 12:00"),
        ("We'll get back to you within two working days.", "03-16 17:00", "03-17 20:00"),
        ("We'll get back to you later today.", "03-14 17:00", "03-14 17:00"),
    ],
)
def test_it_is_to_be_kept_before_people_go_home(
    office: Office, text: str, never_closes: str, with_hours: str
) -> None:
    """It is a Saturday. On Monday they go home at half past five, on Tuesday at eight; a Sunday is closed."""
    day, evening = timedelta(hours=17.5), timedelta(hours=20)
    week = {0: [(timedelta(hours=9), day)], 1: [(timedelta(hours=9), day), (timedelta(hours=18), evening)]}
    [usual] = open_of(office, answered(office, text))
    office.configure_team(hours=Hours(ZONE, [Period(week)]))
    [by_hours] = open_of(office, answered(office, text, "1601"))

    assert [f"{each.due_at.astimezone(ZONE):%m-%d %H:%M}" for each in (usual, by_hours)] == [
        never_closes,
        with_hours,
    ]


def test_its_holder_is_told_once_when_the_time_has_come(office: Office) -> None:
    case = answered(office, "We'll get back to you within 2 hours.")
    for _ in range(3):
        turns.flag(office.tx(NOW + 3 * HOUR))
    told = [said for said in office.said() if said.key == "promise.due"]

    assert len(told) == 1
    assert told[0].values["who"].agent_id == MO.id
    assert [button.action for button in told[0].buttons] == ["kept", "move_on", "drop"]
    assert open_of(office, case)
    assert TimerKind.REMINDER not in office.record.timers.of_case(case.id)


@pytest.mark.parametrize(
    ("verb", "state"), [(Verb.KEPT, ReminderState.KEPT), (Verb.DROP, ReminderState.DROPPED)]
)
def test_a_button_ends_it(office: Office, verb: Verb, state: ReminderState) -> None:
    case = answered(office, "We'll get back to you within 2 hours.")
    [reminder] = open_of(office, case)
    press(office, case, verb, reminder)
    ended = office.record.reminders.get(reminder.id)

    assert ended is not None
    assert ended.state is state
    assert open_of(office, case) == []
    assert TimerKind.REMINDER not in office.record.timers.of_case(case.id)
    press(office, case, verb, reminder)
    assert office.whispers()[-1].key == "promise.nothing"


def test_a_button_moves_it_and_it_is_told_again(office: Office) -> None:
    case = answered(office, "We'll get back to you within 2 hours.")
    turns.flag(office.tx(NOW + 3 * HOUR))
    [reminder] = open_of(office, case)
    press(office, case, Verb.MOVE_ON, reminder)
    [moved] = open_of(office, case)
    turns.flag(office.tx(moved.due_at))

    assert moved.due_at > reminder.due_at
    assert [said.key for said in office.said()].count("promise.due") == 2


def test_closing_asks_about_what_is_promised(office: Office) -> None:
    case = answered(office, "We'll get back to you within 2 hours.")
    result = claims.close(office.tx(), case, MO)

    assert not result.done
    assert result.said is not None
    assert result.said.key == "close.promise"
    assert office.now_case(case).status is Status.ANSWERED
    office.word(case, MO, "kept")
    assert claims.close(office.tx(), office.now_case(case), MO).done


class TestACall:
    @pytest.mark.parametrize(
        ("rest", "phone", "words"),
        [
            ("in 2 hours 0612345678 Mrs Jansen", "0612345678", "Mrs Jansen"),
            ("over 2 uur +31 6 1234 5678", "+31 6 1234 5678", ""),
            ("2h mevrouw De Wit 020-6123456", "020-6123456", "mevrouw De Wit"),
        ],
    )
    def test_is_noted_with_when_and_whom(self, office: Office, rest: str, phone: str, words: str) -> None:
        case = office.case(assignee=MO.id)
        office.word(case, MO, "callback", rest)
        [call] = open_of(office, case)

        assert (call.kind, call.phone, call.words) == (ReminderKind.CALL, phone, words)
        assert call.due_at == NOW + 2 * HOUR
        assert phone not in repr(office.said())

    @pytest.mark.parametrize("rest", ["", "0612345678", "14:00", "25:00 0612345678", "soon 0612345678"])
    def test_that_cannot_be_read_is_answered_with_an_example(self, office: Office, rest: str) -> None:
        case = office.case(assignee=MO.id)
        said = office.word(case, MO, "terugbellen", rest)

        assert said is not None
        assert said.key == "call.how"
        assert open_of(office, case) == []

    def test_its_number_is_forgotten_once_it_is_done(self, office: Office) -> None:
        case = office.case(assignee=MO.id)
        office.word(case, MO, "callback", "2h 0612345678")
        [call] = open_of(office, case)
        press(office, case, Verb.KEPT, call)
        ended = office.record.reminders.get(call.id)

        assert ended is not None
        assert (ended.phone, ended.state) == ("", ReminderState.KEPT)

    def test_and_with_its_case(self, office: Office) -> None:
        case = office.case(assignee=MO.id)
        office.word(case, MO, "callback", "2h 0612345678")
        [call] = open_of(office, case)
        office.word(case, MO, "dismiss", "spam")
        ended = office.record.reminders.get(call.id)

        assert ended is not None
        assert (ended.phone, ended.state) == ("", ReminderState.DROPPED)
        assert office.record.timers.of_case(case.id) == {}
