"""The pace of redraws and marks: never more in a minute than the desk takes, the most urgent first."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest

from bot.cases import errors
from bot.cases.model import AgentId, MessageRef
from bot.cases.outbox import MARK, REDRAW, Delivery, DeskPace, Effect, Mark, Rank, Say, Whisper
from bot.outbox import put
from bot.outbox.queue import KEPT, Lane
from bot.slack.pace import DESK_PACE
from bot.work.effects import OUTBOX
from tests.contract.samples import MINUTE, NOW, SAID, SECOND, an_entry
from tests.unit.office import MO, Office
from tests.unit.office import office as office

POSTED = MessageRef("C1", "1700000077.700000")
STEP = timedelta(milliseconds=500)


REDRAWN = Say(SAID, ref=POSTED)
NUMBERS = itertools.count()


def ask(office: Office, count: int, rank: Rank, effect: Effect = REDRAWN) -> None:
    """So many redraws, or what else, of a rank."""
    lane = REDRAW if effect == REDRAWN else MARK
    for _ in range(count):
        entry = an_entry(effect, f"asked-{next(NUMBERS)}", lane=lane, rank=rank)
        assert office.record.outbox.add(entry) is not None


def carry(office: Office, since: datetime, span: timedelta) -> list[tuple[datetime, Delivery]]:
    """What goes to the desk from then on, step by step, with the moments."""
    went: list[tuple[datetime, Delivery]] = []
    for step in range(int(span / STEP)):
        now = since + step * STEP
        for delivery in OUTBOX.take(office.tx(now), 20):
            OUTBOX.done(office.tx(now), delivery, delivery.ref)
            went.append((now, delivery))
    return went


def most_in_a_minute(moments: list[datetime]) -> int:
    """The most that fell into any minute, wherever it begins."""
    return max(sum(begin <= at < begin + MINUTE for at in moments) for begin in moments)


@pytest.mark.parametrize("rank", Rank)
def test_no_minute_has_more_redraws_than_slack_allows(office: Office, rank: Rank) -> None:
    ask(office, 80, rank)
    went = carry(office, NOW, 2 * MINUTE)

    assert 30 <= most_in_a_minute([at for at, _ in went]) <= 50


def test_what_is_taken_away_counts_by_a_slower_tier(office: Office) -> None:
    ask(office, 50, Rank.CLAIMED, Mark(POSTED, "memo", False))
    went = carry(office, NOW, 2 * MINUTE)

    assert 15 <= most_in_a_minute([at for at, _ in went]) <= 20


def test_a_whisper_counts_by_a_faster_tier(office: Office) -> None:
    ask(office, 110, Rank.CLAIMED, Whisper(SAID, AgentId("U1"), POSTED))
    went = carry(office, NOW, MINUTE)

    assert 90 <= most_in_a_minute([at for at, _ in went]) <= 100


def test_a_start_does_not_begin_to_count_anew(office: Office) -> None:
    ask(office, 60, Rank.CLAIMED)
    before = carry(office, NOW, 20 * SECOND)
    after = carry(office, NOW + 20 * SECOND, 40 * SECOND)  # nothing but the record is left

    assert len(before) + len(after) <= 50


def test_a_claim_goes_at_once_however_much_waits(office: Office) -> None:
    for rank in (Rank.ANSWERING, Rank.WARNING, Rank.CUSTOMER, Rank.TIDYING):
        ask(office, 20, rank)
    carry(office, NOW, 10 * SECOND)
    later = NOW + 10 * SECOND
    ask(office, 4, Rank.CLAIMED)
    went = carry(office, later, STEP)

    assert [delivery.entry.rank for _, delivery in went] == [Rank.CLAIMED] * 4


def test_less_urgent_ones_leave_room_for_others(office: Office) -> None:
    ask(office, 30, Rank.TIDYING)
    went = carry(office, NOW, STEP)

    assert len(went) == DESK_PACE.burst * (1 - KEPT[Rank.TIDYING])


def test_a_lane_that_waits_hides_nothing_in_a_channel(office: Office) -> None:
    ask(office, 30, Rank.ANSWERING)
    carry(office, NOW, SECOND)
    office.record.outbox.add(an_entry(Say(SAID), "said", rank=Rank.TIDYING))
    [(_, delivery)] = carry(office, NOW + SECOND, STEP)

    assert delivery.entry.key == "said"


def test_the_next_look_is_when_the_lane_opens_for_what_waits(office: Office) -> None:
    ask(office, 30, Rank.CLAIMED)
    carry(office, NOW, STEP)
    due = OUTBOX.next_at(office.tx())

    assert due == NOW + DESK_PACE.call_every


def test_after_slack_asked_for_patience_nothing_goes_before_and_no_burst_then(office: Office) -> None:
    ask(office, 30, Rank.CLAIMED)
    [delivery, *_] = OUTBOX.take(office.tx(), 1)
    OUTBOX.failed(office.tx(), delivery, errors.DeskBusy(NOW + 30 * SECOND))
    went = carry(office, NOW, 31 * SECOND)

    assert [at for at, _ in went] == [NOW + 30 * SECOND]


def test_in_a_storm_of_four_times_life_claims_show_within_two_seconds(office: Office) -> None:
    """Two minutes with a claim every eight seconds, while more is to be redrawn than Slack takes."""
    asked: dict[str, datetime] = {}
    shown: dict[str, timedelta] = {}
    went: list[datetime] = []
    others = (Rank.ANSWERING, Rank.CUSTOMER, Rank.TIDYING)
    for step in range(int(2 * MINUTE / STEP)):
        now = NOW + step * STEP
        if step % 16 == 8:
            case = office.waiting_case(assignee=MO.id)
            put.card(office.tx(now), case, rank=Rank.CLAIMED)
            asked[f"card-{case.id}-"] = now
        if step % 2 == 0:
            ask(office, 1, others[step // 2 % 3])
        for delivery in OUTBOX.take(office.tx(now), 20):
            OUTBOX.done(office.tx(now), delivery, delivery.ref)
            went.append(now)
            shown |= {key: now - at for key, at in asked.items() if delivery.entry.key.startswith(key)}

    assert most_in_a_minute(went) <= 50
    assert len(shown) == len(asked) == 15
    assert max(shown.values()) <= 2 * SECOND


@pytest.mark.parametrize(
    ("burst", "at_once"), [(8, [8, 4, 3, 3, 2]), (4, [4, 2, 2, 2, 1]), (2, [2, 1, 1, 1, 1]), (1, [1] * 5)]
)
def test_every_rank_gets_its_share_of_whatever_burst_a_desk_takes(burst: int, at_once: list[int]) -> None:
    gone: list[int] = []
    for rank in Rank:
        lane = Lane(None, NOW, DeskPace(burst=burst))
        gone.append(0)
        while lane.opens(rank) <= NOW:
            lane.take(an_entry(REDRAWN, "a"))
            gone[-1] += 1

    assert gone == at_once
