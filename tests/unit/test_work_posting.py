"""Which errands go to the desk next, when a channel is left alone, and what comes of each answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cases import errors
from bot.cases.errands import (
    CardPicture,
    Errand,
    ErrandKind,
    ErrandState,
    Job,
    LinePicture,
    Rank,
    SaidPicture,
)
from bot.cases.model import MessageRef
from bot.cases.record import Wake
from bot.cases.said import say
from bot.work import lanes, leases, posting, refusals
from tests.contract.samples import MINUTE, NOW, SECOND, an_errand
from tests.unit.office import Office
from tests.unit.office import office as office

CARD, LINE, SAY, MARK, WHISPER = (
    ErrandKind.CARD,
    ErrandKind.LINE,
    ErrandKind.SAY,
    ErrandKind.MARK,
    ErrandKind.WHISPER,
)
POSTED = MessageRef("C1", "77.7")


def ask(office: Office, key: str, kind: ErrandKind = SAY, **fields: Any) -> Errand:
    """Something is to be said in C1, unless the fields say otherwise."""
    errand = office.record.outbox.add(an_errand(kind, key, **{"said": say("note.kept")} | fields))
    assert errand is not None
    return errand


def take(office: Office, now: datetime = NOW, limit: int = 9) -> Sequence[Job]:
    """What is carried to the desk next."""
    return posting.take(office.tx(now), limit)


def keys(jobs: Sequence[Job]) -> list[str]:
    """The jobs by the keys of their errands."""
    return [job.errand.key for job in jobs]


def now_errand(office: Office, errand: Errand) -> Errand:
    """The errand as it stands."""
    current = office.record.outbox.get(errand.id)
    assert current is not None
    return current


def test_of_a_channel_the_most_urgent_goes_and_the_rest_waits(office: Office) -> None:
    ask(office, "customer")
    ask(office, "agent", rank=Rank.ANSWERING)

    assert keys(take(office)) == ["agent"]
    assert keys(take(office)) == []


def test_what_this_process_carries_is_not_lost_however_late_it_seems(office: Office) -> None:
    errand = ask(office, "a")
    take(office)
    later = NOW + 60 * MINUTE  # the clock was set ahead, or the process stood still
    again = posting.take(office.tx(later), 9, {errand.id})

    assert again == []
    assert now_errand(office, errand).lease_until == leases.until(later)
    assert keys(take(office, later + MINUTE)) == ["a"]  # it carries it no longer


def test_what_is_taken_is_underway_before_anything_is_said(office: Office) -> None:
    errand = ask(office, "a")
    take(office)

    underway = now_errand(office, errand)

    assert (underway.state, underway.attempts) == (ErrandState.UNDERWAY, 1)
    assert underway.lease_until == leases.until(NOW)


@pytest.mark.parametrize(
    ("until", "goes"), [(SECOND, []), (posting.LEAD, ["a"]), (0 * SECOND, ["a"]), (-SECOND, ["a"])]
)
def test_a_channel_is_left_alone_until_its_slot_is_about_to_open(
    office: Office, until: timedelta, goes: list[str]
) -> None:
    ask(office, "a")
    office.record.outbox.take_slot("C1", NOW + until)

    assert keys(take(office)) == goes


def test_what_is_taken_early_knows_when_its_slot_opens(office: Office) -> None:
    ask(office, "a")
    office.record.outbox.take_slot("C1", NOW + posting.LEAD)

    assert [job.opens_at for job in take(office)] == [NOW + posting.LEAD]


def test_a_post_on_its_way_keeps_its_channel_free(office: Office) -> None:
    ask(office, "a")
    take(office)

    assert office.record.outbox.slot("C1") == NOW + posting.SLOT_WHILE_POSTING


def test_a_full_lane_leaves_the_others_their_way(office: Office) -> None:
    case = office.case()
    ask(office, "mark", MARK, channel="mark", ref=POSTED, rank=Rank.ANSWERING)
    ask(office, "card", CARD, channel="redraw", case_id=case.id)
    ask(office, "said")
    lanes.close(office.tx(), "mark", NOW + MINUTE)

    assert keys(take(office)) == ["card", "said"]


def test_redraws_and_marks_take_no_slot_of_a_channel(office: Office) -> None:
    case = office.case()
    ask(office, "card", CARD, channel="redraw", case_id=case.id)
    take(office)

    assert office.record.outbox.slot("C1") is None


def test_no_more_are_taken_than_can_be_carried(office: Office) -> None:
    for number in range(3):
        ask(office, f"mark-{number}", MARK, channel="mark", ref=POSTED)

    assert len(take(office, limit=2)) == 2


def test_what_has_nothing_left_to_show_is_done(office: Office) -> None:
    case = office.case()
    errand = ask(office, "line", LINE, case_id=case.id, said=None)

    assert take(office) == []
    assert now_errand(office, errand).state is ErrandState.DONE


def test_a_card_is_posted_once_and_then_redrawn(office: Office) -> None:
    case = office.case(thread=None)
    ask(office, "card", CARD, case_id=case.id)
    [first] = take(office)
    posting.done(office.tx(), first, POSTED)
    ask(office, "again", CARD, case_id=case.id, channel="redraw")
    [second] = take(office)

    assert isinstance(first.picture, CardPicture)
    assert (first.channel, first.ref, first.thread) == ("C1", None, None)
    assert second.ref == POSTED


def test_a_line_is_posted_in_the_thread_and_then_redrawn(office: Office) -> None:
    case = office.case()
    reply = office.reply(case)
    ask(office, "line", LINE, case_id=case.id, reply_id=reply.id)
    [first] = take(office)
    posting.done(office.tx(), first, POSTED)
    ask(office, "again", LINE, case_id=case.id, reply_id=reply.id, channel="redraw")
    [second] = take(office)

    assert isinstance(first.picture, LinePicture)
    assert (first.thread, first.ref) == (case.thread, None)
    assert second.ref == POSTED


def test_what_has_no_case_is_said_in_the_channel_itself(office: Office) -> None:
    ask(office, "a")

    [job] = take(office)

    assert (job.channel, job.thread) == ("C1", None)
    assert job.picture == SaidPicture(say("note.kept"))


@pytest.mark.parametrize(
    ("fields", "looks"),
    [
        ({}, False),
        ({"detail": "unclear"}, True),
        ({"detail": "not_in_channel"}, False),
        ({"state": ErrandState.UNDERWAY, "lease_until": NOW}, True),
    ],
)
def test_what_may_be_there_already_is_looked_for_before_it_is_posted(
    office: Office, fields: dict[str, Any], looks: bool
) -> None:
    ask(office, "a", **fields)

    [job] = take(office)

    assert job.look_first is looks


@pytest.mark.parametrize("error", [errors.DeskBusy(NOW + SECOND), errors.DeskRefused("not_in_channel")])
def test_what_may_be_there_already_is_looked_for_again_when_the_look_fails(
    office: Office, error: errors.DeskError
) -> None:
    ask(office, "a", state=ErrandState.UNDERWAY, lease_until=NOW)
    [job] = take(office)
    posting.failed(office.tx(), job, error)

    [again] = take(office, NOW + MINUTE)

    assert again.look_first


@pytest.mark.parametrize("kind", [MARK, WHISPER])
def test_marks_and_whispers_are_repeated_without_looking(office: Office, kind: ErrandKind) -> None:
    ask(office, "a", kind, channel="mark", ref=POSTED, detail="unclear")

    [job] = take(office)

    assert (job.look_first, job.ref, job.channel) == (False, POSTED, "C1")


def test_a_message_that_is_only_redrawn_is_not_looked_for(office: Office) -> None:
    case = office.case()
    ask(office, "card", CARD, channel="redraw", case_id=case.id, detail="unclear")

    [job] = take(office)

    assert job.look_first is False


@pytest.mark.parametrize("error", [None, errors.DeskUnclear("?")])
def test_one_that_took_long_leaves_the_channel_to_the_one_on_its_way(
    office: Office, error: errors.DeskError | None
) -> None:
    ask(office, "a")
    ask(office, "b")
    [slow] = take(office)
    later = NOW + posting.SLOT_WHILE_POSTING
    [next_one] = take(office, later)
    if error is None:
        posting.done(office.tx(later + SECOND), slow, POSTED)
    else:
        posting.failed(office.tx(later + SECOND), slow, error)
    while_on_its_way = office.record.outbox.slot("C1")
    posting.done(office.tx(later + 2 * SECOND), next_one, POSTED)

    assert while_on_its_way == next_one.kept_until == later + posting.SLOT_WHILE_POSTING
    assert office.record.outbox.slot("C1") == later + 2 * SECOND + posting.SLOT


def test_a_channel_rests_a_moment_after_each_post(office: Office) -> None:
    ask(office, "a")
    [job] = take(office)
    posting.done(office.tx(NOW + SECOND), job, POSTED)

    assert office.record.outbox.slot("C1") == NOW + SECOND + posting.SLOT
    assert (now_errand(office, job.errand).state, now_errand(office, job.errand).ref) == (
        ErrandState.DONE,
        POSTED,
    )
    assert Wake.POST in office.woken()


@pytest.mark.parametrize(("look_first", "hears"), [(True, True), (False, False)])
def test_a_card_that_was_found_calls_for_what_was_said_under_it(
    office: Office, look_first: bool, hears: bool
) -> None:
    case = office.case(thread=None)
    ask(office, "card", CARD, case_id=case.id, detail="unclear" if look_first else "")
    [job] = take(office)
    posting.done(office.tx(), job, POSTED)

    assert office.now_case(case).thread == POSTED
    assert (Wake.HEAR in office.woken()) is hears


@pytest.mark.parametrize(
    ("error", "attempts", "state", "rest", "detail"),
    [
        (errors.DeskBusy(NOW + MINUTE, "ratelimited"), 0, ErrandState.WAITING, MINUTE, "ratelimited"),
        (errors.DeskUnclear("timeout"), 0, ErrandState.WAITING, 2 * SECOND, "unclear"),
        (errors.DeskUnclear("timeout"), 3, ErrandState.WAITING, 16 * SECOND, "unclear"),
        (errors.DeskUnclear("timeout"), 19, ErrandState.WAITING, refusals.PATIENCE, "unclear"),
        (errors.DeskRefused("not_in_channel"), 0, ErrandState.WAITING, 5 * SECOND, "not_in_channel"),
        (errors.DeskRefused("not_in_channel"), 99, ErrandState.WAITING, refusals.PATIENCE, "not_in_channel"),
        (errors.DeskRefused("msg_too_long"), 0, ErrandState.WAITING, 5 * SECOND, "msg_too_long"),
        (errors.DeskRefused("x" * 300), 0, ErrandState.WAITING, 5 * SECOND, "x" * 200),
    ],
)
def test_an_errand_that_was_not_done_waits(
    office: Office,
    error: errors.DeskError,
    attempts: int,
    state: ErrandState,
    rest: timedelta | None,
    detail: str,
) -> None:
    errand = ask(office, "a", attempts=attempts)
    [job] = take(office)
    posting.failed(office.tx(), job, error)

    after = now_errand(office, errand)

    assert (after.state, after.detail, after.lease_until) == (state, detail, None)
    assert after.not_before == (None if rest is None else NOW + rest)


@pytest.mark.parametrize(
    ("detail", "state"),
    [
        ("not_in_channel", ErrandState.WAITING),
        ("token_revoked", ErrandState.WAITING),
        ("missing_scope", ErrandState.REFUSED),
        ("message_not_found", ErrandState.REFUSED),
    ],
)
def test_a_mark_waits_for_the_channel_and_is_left_out_where_the_bot_may_not_react(
    office: Office, detail: str, state: ErrandState
) -> None:
    errand = ask(office, "a", MARK, channel="mark", ref=POSTED)
    [job] = take(office)
    posting.failed(office.tx(), job, errors.DeskRefused(detail))

    assert now_errand(office, errand).state is state


def test_a_busy_desk_closes_the_channel_for_as_long_as_it_asks(office: Office) -> None:
    ask(office, "a")
    [job] = take(office)
    posting.failed(office.tx(), job, errors.DeskBusy(NOW + MINUTE))

    assert office.record.outbox.slot("C1") == NOW + MINUTE


def test_an_errand_that_another_process_took_over_is_left_to_it(office: Office) -> None:
    errand = ask(office, "a")
    [job] = take(office)
    taken = replace(job.errand, attempts=2, lease_until=NOW + MINUTE)
    office.record.outbox.save(taken)
    posting.done(office.tx(), job, POSTED)
    posting.failed(office.tx(), job, errors.DeskUnclear())
    posting.renew(office.tx(NOW + SECOND), job)

    assert now_errand(office, errand) == taken


def test_a_call_that_lasts_keeps_its_errand(office: Office) -> None:
    errand = ask(office, "a")
    [job] = take(office)
    posting.renew(office.tx(NOW + 3 * SECOND), job)

    assert now_errand(office, errand).lease_until == leases.until(NOW + 3 * SECOND)


def test_the_next_time_is_that_of_the_errand_or_a_little_before_the_slot_opens(office: Office) -> None:
    assert posting.next_at(office.tx()) is None
    ask(office, "a", not_before=NOW + MINUTE)
    assert posting.next_at(office.tx()) == NOW + MINUTE
    opens = NOW + 2 * MINUTE
    office.record.outbox.take_slot("C1", opens)

    assert posting.next_at(office.tx()) == opens - posting.LEAD
    assert posting.next_at(office.tx(opens - posting.LEAD)) == opens
