"""A press in Slack is read as an action: what it is about, where it was pressed, and by what button."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cases.actions import Action, Verb, Via
from bot.cases.model import CaseId, MessageRef
from bot.slack.listeners import name_of, pressed
from bot.work.actions import VERBS
from tests.unit.office import MO, Office
from tests.unit.office import office as office


def press(name: str, value: str = "12", **message: str) -> dict[str, Any]:
    """What Slack tells of a press in C1."""
    return {
        "actions": [{"action_id": name, "value": value}],
        "channel": {"id": "C1"},
        "message": {"ts": "9.2"} | message,
    }


@pytest.mark.parametrize(
    ("name", "value", "verb", "subject", "argument"),
    [
        ("claim", "12", Verb.CLAIM, CaseId(12), ""),
        ("dismiss_reason:3", "12:spam", Verb.DISMISS, CaseId(12), "spam"),
        ("take_over", "12:U2:reaction", Verb.TAKE_OVER, CaseId(12), "U2:reaction"),
        ("keep_note", "C7:9.1", Verb.KEEP_NOTE, MessageRef("C7", "9.1"), ""),
    ],
)
def test_the_button_tells_the_verb_and_its_value_what_it_is_about(
    name: str, value: str, verb: Verb, subject: object, argument: str
) -> None:
    action = pressed(press(name, value))

    assert action is not None
    assert (action.verb, action.via, action.subject, action.argument) == (verb, Via.BUTTON, subject, argument)
    assert action.at == MessageRef("C1", "9.2")


def test_a_menu_tells_what_was_chosen_in_it() -> None:
    chosen = {"type": "static_select", "action_id": "priority", "selected_option": {"value": "12:urgent"}}
    action = pressed({**press("priority"), "actions": [chosen]})

    assert action is not None
    assert (action.verb, action.subject, action.argument) == (Verb.PRIORITY, CaseId(12), "urgent")


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({}, MessageRef("C1", "")),
        ({"thread_ts": "9.2"}, MessageRef("C1", "")),
        ({"thread_ts": "9.0"}, MessageRef("C1", "9.0")),
    ],
    ids=["in the channel", "on a card with answers", "in a thread"],
)
def test_who_presses_in_a_thread_is_answered_there(message: dict[str, str], place: MessageRef) -> None:
    action = pressed(press("claim", **message))

    assert action is not None
    assert action.place == place


@pytest.mark.parametrize(("name", "value"), [("open", "12"), ("", ""), ("claim", ""), ("claim", "x")])
def test_what_no_program_of_ours_put_there_asks_for_nothing(name: str, value: str) -> None:
    assert pressed(press(name, value)) is None


def test_the_name_is_without_what_tells_equal_buttons_apart() -> None:
    assert name_of(press("dismiss_reason:3")) == "dismiss_reason"


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_not_reply_does_nothing_by_any_button(office: Office, verb: Verb) -> None:
    guest = type(MO)(MO.id, MO.name, may_reply=False)
    case = office.case()
    action = Action(verb, Via.BUTTON, case.id, place=MessageRef("C1", "9.0"))
    said = office.answer(office.tx(), action, guest)

    assert said is not None
    assert said.key == "command.not_member"
    assert office.now_case(case) == case
