"""A customer who writes where nobody has the case any more: who is called, what the card shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.cases.model import Case, ReplyState, Status
from bot.cases.outbox import FollowUp
from bot.cases.pictures import PostPicture
from bot.cases.posts import Surface
from bot.slack.desk import _place
from bot.work import claims, pictures
from tests.contract.samples import MINUTE, NOW, ROOT, a_post
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office


def answered(office: Office, **fields: Any) -> Case:
    """A case of Mo's that was answered once."""
    office.record.people.save_agent(MO)
    case = office.case(status=Status.ANSWERED, assignee=MO.id, first_replied_at=NOW, **fields)
    office.reply(case, state=ReplyState.SENT, sent_at=NOW)
    return case


def follow_up(office: Office, case: Case, **fields: Any) -> PostPicture:
    """The customer writes again; what the thread is to show of it."""
    later = {"author_id": case.author_id, "root_id": ROOT, "created_at": NOW + MINUTE} | fields
    number = len(office.record.posts.of_case(case.id)) + 1
    office.take_in(a_post(f"m{number}", **later), now=NOW + MINUTE)
    return drawn(office, case)


def drawn(office: Office, case: Case) -> PostPicture:
    """The newest post that the thread is to show, as it would be drawn now."""
    newest = office.effects(FollowUp)[-1]
    picture = pictures.post(office.tx(), office.now_case(case), newest.post_number)
    assert picture is not None
    return picture


def test_who_closed_it_is_called_and_the_channel_sees_it(office: Office) -> None:
    case = answered(office)
    claims.close(office.tx(), case, MO)
    shown = follow_up(office, office.now_case(case))

    assert (shown.ping, shown.reopens) == (MO.id, True)
    assert _place(case.thread, shown)["reply_broadcast"] is True


def test_so_it_is_where_it_was_answered_and_given_back(office: Office) -> None:
    case = answered(office)
    claims.release(office.tx(), case, MO)
    shown = follow_up(office, office.now_case(case))

    assert (shown.ping, shown.reopens) == (MO.id, True)


def test_one_that_nobody_had_calls_nobody_and_is_seen_in_the_channel(office: Office) -> None:
    case = office.waiting_case()
    claims.dismiss(office.tx(), case, ANN, "spam")
    shown = follow_up(office, office.now_case(case))

    assert (shown.ping, shown.reopens) == (None, True)


def test_only_the_first_of_several_brings_it_back(office: Office) -> None:
    case = answered(office)
    claims.close(office.tx(), case, MO)
    follow_up(office, office.now_case(case))
    shown = follow_up(office, office.now_case(case), created_at=NOW + 2 * MINUTE)

    assert (shown.ping, shown.reopens) == (None, False)


@pytest.mark.parametrize("assignee", [None, MO.id])
def test_a_further_word_in_an_open_case_is_not_shown_in_the_channel(office: Office, assignee: Any) -> None:
    status = Status.CLAIMED if assignee else Status.NEW
    case = office.waiting_case(status=status, assignee=assignee)
    shown = follow_up(office, case)

    assert (shown.ping, shown.reopens) == (assignee, False)
    assert "reply_broadcast" not in _place(case.thread, shown)


def test_once_somebody_has_it_again_the_message_calls_that_one(office: Office) -> None:
    case = answered(office)
    claims.close(office.tx(), case, MO)
    follow_up(office, office.now_case(case))
    claims.claim(office.tx(), office.now_case(case), ANN)
    shown = drawn(office, case)

    assert (shown.ping, shown.reopens) == (ANN.id, False)


def test_the_card_quotes_the_newest_words_that_wait(office: Office) -> None:
    case = answered(office)
    before = pictures.card(office.tx(), case)
    follow_up(office, case, text="It still does not work!")
    case = office.now_case(case)
    after = pictures.card(office.tx(), case)
    office.reply(case, state=ReplyState.SENT, sent_at=NOW + 2 * MINUTE, key="k2")
    again_answered = pictures.card(office.tx(), case)

    assert (before.newest, again_answered.newest) == (None, None)
    assert after.newest is not None
    assert (after.newest.text, after.first.text) == ("It still does not work!", "@brand where is my parcel?")


def test_the_first_post_is_not_quoted_twice(office: Office) -> None:
    case = office.waiting_case()

    assert pictures.card(office.tx(), case).newest is None


def test_a_deleted_post_is_not_the_newest_that_waits(office: Office) -> None:
    case = office.waiting_case()
    post = office.mention(case, surface=Surface.PUBLIC, text="and?")
    office.record.posts.save(replace(post.emptied()))

    assert pictures.card(office.tx(), case).newest is None
