"""How replies are signed, what they answer, and what stands in their way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cases.installation import Installation
from bot.cases.model import Agent, AgentId, ReplyKind, ReplyState
from bot.cases.posts import Surface
from bot.cases.said import Sentence, say
from bot.work import replies
from bot.work.replies import Words
from tests.contract.samples import NOW, SECOND
from tests.unit.office import ANN, MO, Office
from tests.unit.office import office as office


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Marieke de Koning", "MK"),
        ("Jan-Willem van der Berg", "JWB"),
        ("Ann Beth Clara Dee", "ABC"),
        ("Élodie Ünal", "ÉÜ"),
        ("anna", "A"),
        ("jan de wit", "JD"),
        ("Mo (support)", "M"),
        ("🙂 Mo", "M"),
        ("4you", ""),
        ("   ", ""),
        ("", ""),
    ],
)
def test_initials_are_derived_from_the_words_of_a_name(name: str, initials: str) -> None:
    assert replies.derive_initials(name) == initials


@pytest.mark.parametrize(
    ("own", "configured", "wanted", "initials"),
    [
        ("XY", {MO.id: "CF"}, True, "XY"),
        ("", {MO.id: "CF"}, True, "CF"),
        ("", {ANN.id: "CF"}, True, "MK"),
        ("XY", {MO.id: "CF"}, False, ""),
    ],
)
def test_an_agents_own_initials_go_before_the_configured_and_those_before_the_name(
    office: Office, own: str, configured: dict[str, str], wanted: bool, initials: str
) -> None:
    office.configure(initials=wanted)
    installation: Installation = replace(office.setup.installation, initials=configured)
    office.setup = replace(office.setup, installation=installation)

    assert replies.initials_of(office.tx(), office.case(), replace(MO, initials=own)) == initials


def test_a_queued_reply_answers_the_newest_post_of_its_surface_and_has_seen_all(office: Office) -> None:
    case = office.case(assignee=MO.id)
    public = office.mention(case)
    private = office.mention(case, surface=Surface.PRIVATE)

    reply = replies.queue(office.tx(), case, MO, Words("On its way!"))

    assert reply is not None
    assert (reply.in_reply_to, reply.seen_number) == (public.id, private.number)
    assert (reply.text, reply.send_after) == ("On its way! ^MK", NOW + 15 * SECOND)


def test_an_invitation_is_a_draft_that_waits_for_a_person(office: Office) -> None:
    case = office.case(assignee=MO.id)

    reply = replies.queue(office.tx(), case, MO, Words("Write to us", kind=ReplyKind.INVITATION))

    assert reply is not None
    assert reply.blocked == say("hold.draft")


@pytest.mark.parametrize(
    ("changes", "blocked"),
    [
        ({}, None),
        ({"mode": Surface.PRIVATE}, "hold.mode_switched"),
        ({"mode": Surface.PRIVATE, "kind": ReplyKind.INVITATION}, None),
        ({"agent": ANN.id}, "hold.released"),
        ({"agent": None}, "hold.released"),
        ({"seen_number": 0}, "hold.customer_wrote"),
        ({"body": "  "}, "hold.empty"),
        ({"text": "x" * 281}, "hold.too_long"),
    ],
)
def test_a_reply_goes_out_only_when_nothing_is_in_the_way(
    office: Office, changes: dict[str, object], blocked: str | None
) -> None:
    case = office.case(assignee=MO.id)
    reply = office.reply(case, **changes)

    found = replies.block_reason(office.tx(), case, reply)

    assert (found and found.key) == blocked


def test_a_post_of_the_brand_from_elsewhere_is_told_apart_from_the_customers(office: Office) -> None:
    case = office.case(assignee=MO.id)
    reply = office.reply(case)
    office.mention(case, by_brand=True)

    assert replies.block_reason(office.tx(), case, reply) == say("hold.answered_elsewhere")


@pytest.mark.parametrize(
    ("closed", "blocked"),
    [
        ({Surface.PUBLIC: "protected"}, "hold.protected"),
        ({Surface.PUBLIC: ""}, "hold.no_private_way"),
        ({Surface.PRIVATE: "protected"}, None),
    ],
)
def test_a_closed_way_holds_the_replies_that_would_take_it(
    office: Office, closed: dict[Surface, str], blocked: str | None
) -> None:
    case = office.case(assignee=MO.id)
    office.rules.closed = closed

    found = replies.block_reason(office.tx(), case, office.reply(case))

    assert (found and found.key) == blocked


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (ReplyState.QUEUED, ReplyState.STOPPED),
        (ReplyState.FAILED, ReplyState.STOPPED),
        (ReplyState.SENDING, ReplyState.SENDING),
        (ReplyState.UNCONFIRMED, ReplyState.UNCONFIRMED),
        (ReplyState.SENT, ReplyState.SENT),
    ],
)
def test_only_a_reply_that_is_certainly_not_out_is_stopped(
    office: Office, state: ReplyState, then: ReplyState
) -> None:
    case = office.case(assignee=MO.id)
    reply = office.reply(case, state=state)

    stopped = replies.stop_reply(office.tx(), case, reply)

    assert stopped is (then is not state)
    assert office.now_reply(reply).state is then


@pytest.mark.parametrize(("hold", "seconds"), [(None, 15), (timedelta(0), 0), (timedelta(minutes=2), 120)])
def test_a_reply_waits_for_the_hold_of_its_account_or_else_of_its_team(
    office: Office, hold: timedelta | None, seconds: int
) -> None:
    office.configure(hold=hold)
    case = office.case(assignee=MO.id)

    reply = replies.queue(office.tx(), case, MO, Words("On its way."))

    assert reply is not None
    assert reply.send_after == NOW + timedelta(seconds=seconds)


def test_a_changed_reply_has_seen_what_came_meanwhile_and_waits_its_hold_anew(office: Office) -> None:
    case = office.case(assignee=MO.id)
    reply = office.reply(case, blocked=say("hold.customer_wrote"))
    newest = office.mention(case)
    replies.change_text(office.tx(), case, reply, MO, Words("Better words", stamp="1700000009.100000"))

    changed = office.now_reply(reply)

    assert (changed.blocked, changed.seen_number, changed.in_reply_to) == (None, newest.number, newest.id)
    assert (changed.text, changed.send_after) == ("Better words ^MK", NOW + 15 * SECOND)


@pytest.mark.parametrize(
    ("shown_at", "blocked"),
    [
        ("1700000008.900000", None),
        ("1700000009.200000", say("hold.customer_wrote")),
        ("", say("hold.customer_wrote")),
    ],
)
def test_a_change_has_seen_what_stood_in_the_thread_when_it_was_made(
    office: Office, shown_at: str, blocked: Sentence | None
) -> None:
    case = office.case(assignee=MO.id)
    reply = office.reply(case)
    office.show(case, office.mention(case), shown_at)
    replies.change_text(office.tx(), case, reply, MO, Words("Better words", stamp="1700000009.100000"))

    assert office.now_reply(reply).blocked == blocked


def test_holding_what_waits_leaves_another_reason_standing(office: Office) -> None:
    case = office.case(assignee=MO.id)
    blocked = office.reply(case, blocked=say("hold.draft"))
    free = office.reply(case)
    replies.hold_waiting(office.tx(), case, say("hold.released"))

    assert office.now_reply(blocked).blocked == say("hold.draft")
    assert office.now_reply(free).blocked == say("hold.released")


def test_a_case_without_posts_has_no_newest_and_answers_nothing(office: Office) -> None:
    case = office.case()
    stranger = replace(case, id=case.id.__class__(99))

    assert replies.newest_number(office.tx(), stranger) == 0
    assert replies.answered_post(office.tx(), stranger, Surface.PUBLIC) is None


def test_a_reply_is_to_the_person_of_the_case(office: Office) -> None:
    case = office.case()
    post = office.mention(case)
    target = replies.target_of(office.tx(), case, post.id)

    assert (target.post_id, target.author_handle) == (post.id, "jansen")


def test_a_stranger_has_no_handle(office: Office) -> None:
    case = office.case(author_id="404")

    assert replies.target_of(office.tx(), case, None).author_handle == ""


def test_who_signs_is_who_wrote_it(office: Office) -> None:
    case = office.case(assignee=AgentId("U3"))

    reply = replies.queue(office.tx(), case, Agent(AgentId("U3"), "Bo Vos"), Words("Hello"))

    assert reply is not None
    assert (reply.text, reply.agent) == ("Hello ^BV", "U3")
