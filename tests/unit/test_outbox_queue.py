"""Which entries go to the desk next, when a channel is left alone, and what comes of each answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.cases import errors, leases
from bot.cases.alarms import Alarm, Audience
from bot.cases.model import MessageRef
from bot.cases.outbox import (
    MARK,
    REDRAW,
    Card,
    Delivery,
    Effect,
    Entry,
    EntryState,
    Line,
    Mark,
    Rank,
    Say,
    Shown,
    Warn,
    Whisper,
)
from bot.cases.pictures import CardPicture, LinePicture, SaidPicture
from bot.cases.record import Wake
from bot.outbox.queue import LEAD, PATIENCE, SLOT_WHILE_POSTING
from bot.slack.calls import refused
from bot.slack.pace import DESK_PACE
from bot.work.effects import OUTBOX
from tests.contract.samples import MINUTE, NOW, SAID, SECOND, an_entry
from tests.unit.office import MO, Office
from tests.unit.office import office as office

POSTED = MessageRef("C1", "1700000077.700000")
SAY, REACT, WHISPER = Say(SAID), Mark(POSTED, "memo", True), Whisper(SAID, MO.id, POSTED)


def ask(office: Office, key: str, effect: Effect = SAY, **fields: Any) -> Entry:
    """Something is to be said in C1, unless the fields say otherwise."""
    entry = office.record.outbox.add(an_entry(effect, key, **fields))
    assert entry is not None
    return entry


def take(office: Office, now: datetime = NOW, limit: int = 9) -> Sequence[Delivery]:
    """What is carried to the desk next."""
    return OUTBOX.take(office.tx(now), limit)


def keys(deliveries: Sequence[Delivery]) -> list[str]:
    """The deliveries by the keys of their entries."""
    return [delivery.entry.key for delivery in deliveries]


def now_entry(office: Office, entry: Entry) -> Entry:
    """The entry as it stands."""
    current = office.record.outbox.get(entry.id)
    assert current is not None
    return current


def test_of_a_channel_the_most_urgent_goes_and_the_rest_waits(office: Office) -> None:
    ask(office, "customer")
    ask(office, "agent", rank=Rank.ANSWERING)

    assert keys(take(office)) == ["agent"]
    assert keys(take(office)) == []


def test_what_this_process_carries_is_not_lost_however_late_it_seems(office: Office) -> None:
    entry = ask(office, "a")
    take(office)
    later = NOW + 60 * MINUTE  # the clock was set ahead, or the process stood still
    again = OUTBOX.take(office.tx(later), 9, {entry.id})

    assert again == []
    assert now_entry(office, entry).lease_until == leases.until(later)
    assert keys(take(office, later + MINUTE)) == ["a"]  # it carries it no longer


def test_what_is_taken_is_underway_before_anything_is_said(office: Office) -> None:
    entry = ask(office, "a")
    take(office)

    underway = now_entry(office, entry)

    assert (underway.state, underway.attempts) == (EntryState.UNDERWAY, 1)
    assert underway.lease_until == leases.until(NOW)


@pytest.mark.parametrize(
    ("until", "goes"), [(SECOND, []), (LEAD, ["a"]), (0 * SECOND, ["a"]), (-SECOND, ["a"])]
)
def test_a_channel_is_left_alone_until_its_slot_is_about_to_open(
    office: Office, until: timedelta, goes: list[str]
) -> None:
    ask(office, "a")
    office.record.outbox.take_slot("C1", NOW + until)

    assert keys(take(office)) == goes


def test_what_is_taken_early_knows_when_its_slot_opens(office: Office) -> None:
    ask(office, "a")
    office.record.outbox.take_slot("C1", NOW + LEAD)

    assert [delivery.opens_at for delivery in take(office)] == [NOW + LEAD]


def test_a_post_on_its_way_keeps_its_channel_free(office: Office) -> None:
    ask(office, "a")
    take(office)

    assert office.record.outbox.slot("C1") == NOW + SLOT_WHILE_POSTING


def test_a_full_lane_leaves_the_others_their_way(office: Office) -> None:
    case = office.case()
    ask(office, "mark", REACT, lane=MARK, rank=Rank.ANSWERING)
    [mark] = take(office)
    OUTBOX.failed(office.tx(), mark, errors.DeskBusy(NOW + MINUTE))
    ask(office, "another", REACT, lane=MARK, rank=Rank.ANSWERING)
    ask(office, "card", Card(case.id), lane=REDRAW)
    ask(office, "said")

    assert keys(take(office)) == ["card", "said"]


def test_redraws_and_marks_take_no_slot_of_a_channel(office: Office) -> None:
    case = office.case()
    ask(office, "card", Card(case.id), lane=REDRAW)
    take(office)

    assert office.record.outbox.slot("C1") is None


def test_no_more_are_taken_than_can_be_carried(office: Office) -> None:
    for number in range(3):
        ask(office, f"mark-{number}", REACT, lane=MARK)

    assert len(take(office, limit=2)) == 2


def test_what_has_nothing_left_to_show_is_done(office: Office) -> None:
    audience = Audience("C1", MO.id, is_agent=True)
    alarm = office.record.alarms.add(Alarm(0, audience, "alarm", office.case().id, False, NOW, NOW, False))
    ask(office, "alarm", Warn(alarm.id))

    assert take(office) == []
    assert office.entries() == []


def test_a_card_is_posted_once_and_then_redrawn(office: Office) -> None:
    case = office.case(thread=None)
    ask(office, "card", Card(case.id))
    [first] = take(office)
    OUTBOX.done(office.tx(), first, POSTED)
    ask(office, "again", Card(case.id), lane=REDRAW)
    [second] = take(office)

    assert isinstance(first.picture, CardPicture)
    assert (first.channel, first.ref, first.thread) == ("C1", None, None)
    assert second.ref == POSTED


def test_a_line_is_posted_in_the_thread_and_then_redrawn(office: Office) -> None:
    case = office.case()
    reply = office.reply(case)
    ask(office, "line", Line(case.id, reply.id))
    [first] = take(office)
    OUTBOX.done(office.tx(), first, POSTED)
    ask(office, "again", Line(case.id, reply.id), lane=REDRAW)
    [second] = take(office)

    assert isinstance(first.picture, LinePicture)
    assert (first.thread, first.ref) == (case.thread, None)
    assert second.ref == POSTED


def test_what_has_no_case_is_said_in_the_channel_itself(office: Office) -> None:
    ask(office, "a")

    [delivery] = take(office)

    assert (delivery.channel, delivery.thread) == ("C1", None)
    assert delivery.picture == SaidPicture(SAID)


@pytest.mark.parametrize(
    ("fields", "looks"),
    [
        ({}, False),
        ({"detail": "unclear"}, True),
        ({"detail": "not_in_channel"}, False),
        ({"state": EntryState.UNDERWAY, "lease_until": NOW}, True),
    ],
)
def test_what_may_be_there_already_is_looked_for_before_it_is_posted(
    office: Office, fields: dict[str, Any], looks: bool
) -> None:
    ask(office, "a", **fields)

    [delivery] = take(office)

    assert delivery.look_first is looks


@pytest.mark.parametrize("error", [errors.DeskBusy(NOW + SECOND), errors.DeskClosed("not_in_channel")])
def test_what_may_be_there_already_is_looked_for_again_when_the_look_fails(
    office: Office, error: errors.DeskError
) -> None:
    ask(office, "a", state=EntryState.UNDERWAY, lease_until=NOW)
    [delivery] = take(office)
    OUTBOX.failed(office.tx(), delivery, error)

    [again] = take(office, NOW + MINUTE)

    assert again.look_first


@pytest.mark.parametrize("effect", [REACT, WHISPER])
def test_marks_and_whispers_are_repeated_without_looking(office: Office, effect: Effect) -> None:
    ask(office, "a", effect, lane=MARK, detail="unclear")

    [delivery] = take(office)

    assert (delivery.look_first, delivery.ref, delivery.channel) == (False, POSTED, "C1")


def test_a_message_that_is_only_redrawn_is_not_looked_for(office: Office) -> None:
    case = office.case()
    ask(office, "card", Card(case.id), lane=REDRAW, detail="unclear")

    [delivery] = take(office)

    assert delivery.look_first is False


@pytest.mark.parametrize("error", [None, errors.DeskUnclear("?")])
def test_one_that_took_long_leaves_the_channel_to_the_one_on_its_way(
    office: Office, error: errors.DeskError | None
) -> None:
    ask(office, "a")
    ask(office, "b")
    [slow] = take(office)
    later = NOW + SLOT_WHILE_POSTING
    [next_one] = take(office, later)
    if error is None:
        OUTBOX.done(office.tx(later + SECOND), slow, POSTED)
    else:
        OUTBOX.failed(office.tx(later + SECOND), slow, error)
    while_on_its_way = office.record.outbox.slot("C1")
    OUTBOX.done(office.tx(later + 2 * SECOND), next_one, POSTED)

    assert while_on_its_way == next_one.kept_until == later + SLOT_WHILE_POSTING
    assert office.record.outbox.slot("C1") == later + 2 * SECOND + DESK_PACE.post_every


def test_a_channel_rests_a_moment_after_each_post(office: Office) -> None:
    ask(office, "a")
    [delivery] = take(office)
    OUTBOX.done(office.tx(NOW + SECOND), delivery, POSTED)

    assert office.record.outbox.slot("C1") == NOW + SECOND + DESK_PACE.post_every
    assert office.entries() == []
    assert Wake.DELIVER in office.woken()


@pytest.mark.parametrize(("keep", "kept"), [(True, Shown("a", POSTED, NOW, said=SAID)), (False, None)])
def test_where_it_stands_is_kept_of_what_is_looked_for_again(
    office: Office, keep: bool, kept: Shown | None
) -> None:
    ask(office, "a", keep=keep)
    [delivery] = take(office)
    OUTBOX.done(office.tx(), delivery, POSTED)

    assert office.record.outbox.shown("a") == kept


@pytest.mark.parametrize(("look_first", "hears"), [(True, True), (False, False)])
def test_a_card_that_was_found_calls_for_what_was_said_under_it(
    office: Office, look_first: bool, hears: bool
) -> None:
    case = office.case(thread=None)
    ask(office, "card", Card(case.id), detail="unclear" if look_first else "")
    [delivery] = take(office)
    OUTBOX.done(office.tx(), delivery, POSTED)

    assert office.now_case(case).thread == POSTED
    assert (Wake.CATCH_UP in office.woken()) is hears


@pytest.mark.parametrize(
    ("error", "attempts", "state", "rest", "detail"),
    [
        (errors.DeskBusy(NOW + MINUTE, "ratelimited"), 0, EntryState.WAITING, MINUTE, "ratelimited"),
        (errors.DeskUnclear("timeout"), 0, EntryState.WAITING, 2 * SECOND, "unclear"),
        (errors.DeskUnclear("timeout"), 3, EntryState.WAITING, 16 * SECOND, "unclear"),
        (errors.DeskUnclear("timeout"), 19, EntryState.WAITING, PATIENCE, "unclear"),
        (errors.DeskClosed("not_in_channel"), 0, EntryState.WAITING, 5 * SECOND, "not_in_channel"),
        (errors.DeskClosed("not_in_channel"), 99, EntryState.WAITING, PATIENCE, "not_in_channel"),
        (errors.DeskRefused("msg_too_long"), 0, EntryState.WAITING, 5 * SECOND, "msg_too_long"),
        (errors.DeskRefused("x" * 300), 0, EntryState.WAITING, 5 * SECOND, "x" * 200),
    ],
)
def test_an_entry_that_was_not_done_waits(
    office: Office,
    error: errors.DeskError,
    attempts: int,
    state: EntryState,
    rest: timedelta | None,
    detail: str,
) -> None:
    entry = ask(office, "a", attempts=attempts)
    [delivery] = take(office)
    OUTBOX.failed(office.tx(), delivery, error)

    after = now_entry(office, entry)

    assert (after.state, after.detail, after.lease_until) == (state, detail, None)
    assert after.not_before == (None if rest is None else NOW + rest)


@pytest.mark.parametrize("effect", [REACT, WHISPER])
@pytest.mark.parametrize(
    ("code", "waits"),
    [
        ("not_in_channel", True),
        ("token_revoked", True),
        ("missing_scope", False),
        ("message_not_found", False),
    ],
)
def test_a_mark_waits_for_the_channel_and_is_left_out_where_the_bot_may_not_react(
    office: Office, effect: Effect, code: str, waits: bool
) -> None:
    ask(office, "a", effect, lane=MARK)
    [delivery] = take(office)
    OUTBOX.failed(office.tx(), delivery, refused(code))

    assert [entry.state for entry in office.entries()] == ([EntryState.WAITING] if waits else [])


def test_a_busy_desk_closes_the_channel_for_as_long_as_it_asks(office: Office) -> None:
    ask(office, "a")
    [delivery] = take(office)
    OUTBOX.failed(office.tx(), delivery, errors.DeskBusy(NOW + MINUTE))

    assert office.record.outbox.slot("C1") == NOW + MINUTE


def test_an_entry_that_another_process_took_over_is_left_to_it(office: Office) -> None:
    entry = ask(office, "a")
    [delivery] = take(office)
    taken = replace(delivery.entry, attempts=2, lease_until=NOW + MINUTE)
    office.record.outbox.save(taken)
    OUTBOX.done(office.tx(), delivery, POSTED)
    OUTBOX.failed(office.tx(), delivery, errors.DeskUnclear())
    OUTBOX.renew(office.tx(NOW + SECOND), delivery)

    assert now_entry(office, entry) == taken


def test_a_call_that_lasts_keeps_its_errand(office: Office) -> None:
    entry = ask(office, "a")
    [delivery] = take(office)
    OUTBOX.renew(office.tx(NOW + 3 * SECOND), delivery)

    assert now_entry(office, entry).lease_until == leases.until(NOW + 3 * SECOND)


def test_the_next_time_is_that_of_the_errand_or_a_little_before_the_slot_opens(office: Office) -> None:
    assert OUTBOX.next_at(office.tx()) is None
    ask(office, "a", not_before=NOW + MINUTE)
    assert OUTBOX.next_at(office.tx()) == NOW + MINUTE
    opens = NOW + 2 * MINUTE
    office.record.outbox.take_slot("C1", opens)

    assert OUTBOX.next_at(office.tx()) == opens - LEAD
    assert OUTBOX.next_at(office.tx(opens - LEAD)) == opens
