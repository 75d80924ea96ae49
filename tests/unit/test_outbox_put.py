"""What is put into the outbox: a customer before what only tidies, each once, what the desk can do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import MessageRef
from bot.cases.outbox import Abilities, Card, FollowUp, Rank, Say, Shown
from bot.outbox import put
from bot.work.effects import OUTBOX
from tests.contract.samples import MINUTE, NOW, SAID
from tests.unit.office import Office
from tests.unit.office import office as office

STANDS = MessageRef("C1", "1700000077.000100")


def test_the_card_of_a_new_customer_goes_before_a_card_that_only_tidies(office: Office) -> None:
    done_with = office.case(thread=None)
    put.card(office.tx(NOW - 60 * MINUTE), done_with)
    waiting = office.waiting_case(thread=None, root_id="1600")
    put.card(office.tx(), waiting)
    first, *_ = OUTBOX.take(office.tx(), 1, {})

    assert first.entry.effect == Card(waiting.id)
    assert first.entry.rank is Rank.CUSTOMER


def test_of_two_new_customers_the_one_who_is_due_first_gets_a_card_first(office: Office) -> None:
    later = office.waiting_case(thread=None)
    put.card(office.tx(), later)
    sooner = office.waiting_case(NOW - 30 * MINUTE, thread=None, root_id="1600")
    put.card(office.tx(), sooner)
    first, *_ = OUTBOX.take(office.tx(), 1, {})

    assert first.entry.effect == Card(sooner.id)


def test_what_is_shown_under_its_key_is_not_said_a_second_time(office: Office) -> None:
    case = office.case()
    put.tell(office.tx(), case, SAID, key="once")
    put.tell(office.tx(), case, SAID, key="once")
    [entry] = office.entries()
    office.stand(entry, STANDS)
    put.tell(office.tx(), case, SAID, key="once")

    assert office.entries() == []
    assert put.said_under(office.tx(), "once") == SAID


def test_what_has_no_key_is_said_each_time(office: Office) -> None:
    case = office.case()
    for _ in range(2):
        put.tell(office.tx(), case, SAID)
        [entry] = office.carry(Say)

        assert not entry.keep


def test_a_later_post_that_is_shown_is_shown_once_more_only_in_a_new_thread(office: Office) -> None:
    case = office.case()
    post = office.mention(case)
    office.show(case, post, STANDS.ts)
    put.follow_up(office.tx(), case, post.number)
    before = office.entries()
    put.follow_up_again(office.tx(), case, post.number)
    [again] = office.entries()

    assert before == []
    assert (again.effect, again.lane) == (FollowUp(case.id, post.number), "C1")
    assert office.record.outbox.shown(again.key) is None


def test_what_was_asked_for_once_more_while_on_its_way_is_shown_once(office: Office) -> None:
    case = office.case()
    number = office.mention(case).number
    put.follow_up(office.tx(), case, number)
    [delivery] = OUTBOX.take(office.tx(), 9)
    put.follow_up(office.tx(), case, number)
    OUTBOX.done(office.tx(), delivery, STANDS)
    shown = office.record.outbox.shown(put.key_of_post(number))

    assert office.entries() == []
    assert shown == Shown(put.key_of_post(number), STANDS, NOW, case.id)


def test_what_was_said_is_said_again_in_the_same_words_as_if_for_the_first_time(office: Office) -> None:
    case = office.case()
    put.tell(office.tx(), case, SAID, key="ask-1")
    [first] = office.entries()
    office.stand(first, STANDS)
    put.say_again(office.tx(), case, "ask-1")
    [again] = office.entries()
    lost = office.record.outbox.shown("ask-1")
    moved = replace(STANDS, ts="1700000099.000100")
    office.stand(again, moved)
    shown = office.record.outbox.shown("ask-1")

    assert (again.effect, again.keep, again.attempts, lost) == (Say(SAID, case.id), True, 0, None)
    assert shown is not None
    assert (shown.ref, shown.said) == (moved, SAID)


def test_what_was_never_said_is_not_said_again(office: Office) -> None:
    put.say_again(office.tx(), office.case(), "ask-1")

    assert office.entries() == []


@pytest.mark.parametrize("marks", [True, False])
def test_a_desk_without_marks_is_asked_for_none(office: Office, marks: bool) -> None:
    office.setup = replace(office.setup, abilities=Abilities(marks=marks))
    put.mark(office.tx(), STANDS, "memo", True)
    put.mark(office.tx(), STANDS, "memo", False)
    put.mark_inside(office.tx(), STANDS)

    assert office.marks() == ([("memo", True), ("memo", False), ("memo", True)] if marks else [])
