"""The way of an entry to the desk: which goes next, at what pace, and what is written around the call."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.cases import errors, leases
from bot.cases.model import MessageRef
from bot.cases.outbox import (
    MARK,
    REDRAW,
    UNCLEAR,
    Card,
    Delivery,
    DeskPace,
    Effect,
    Entry,
    EntryState,
    Mark,
    Rank,
    Say,
    Shown,
    Whisper,
)
from bot.cases.record import Wake
from bot.cases.tx import Tx

#: A channel is kept free for a post on its way; short, so that a killed process delays little.
SLOT_WHILE_POSTING = timedelta(seconds=5)
#: So long before a channel's slot opens its next post is taken and drawn, so that it goes out when it opens.
LEAD = timedelta(milliseconds=20)
#: The first rest after an unclear answer, before the desk is searched; each one after it is twice as long.
LOOK_AFTER = timedelta(seconds=2)
#: The first rest after a refusal; each one after it is that much longer.
MEND_AFTER = timedelta(seconds=5)
#: The longest rest between tries.
PATIENCE = timedelta(minutes=5)


class Handler(Protocol):
    """What one kind of effect is about. The effect that is given is always of that kind."""

    def prepare(self, tx: Tx, entry: Entry, effect: Any) -> Delivery | None:
        """What to draw as the record stands now, and where; None when its subject is no longer there."""

    def posted(self, tx: Tx, effect: Any, ref: MessageRef) -> None:
        """It stands at the desk now as a new message: keep where, unless it has a place already."""

    def lost(self, tx: Tx, effect: Any, delivery: Delivery, error: errors.DeskRefused) -> None:
        """The message that was to be redrawn is gone, or frozen: say elsewhere what has to be seen."""

    def post_anew(self, tx: Tx, effect: Any) -> None:
        """It was to be redrawn and stands nowhere: ask for it as a new message, if somebody has to see it."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The outbox as the ticks see it."""

    #: By type of effect.
    handlers: Mapping[type[Effect], Handler]
    #: The thread of a case is gone: let it go on in a new one. False when it asks for nothing.
    new_thread: Callable[[Tx, MessageRef], bool]

    def take(self, tx: Tx, limit: int, carried: Container[int] = ()) -> Sequence[Delivery]:
        """The next entries, most urgent first, committed as underway before anything is said.

        A channel that got a post a moment ago is left alone until its slot is about to open; of the other
        lanes as many go as the desk allows, by their urgency. What this process has `carried` off and not
        ended is never lost, whatever its lease says: the clock may have been set ahead, or the process
        paused.
        """
        slots = tx.outbox.slots()
        channels = tx.installation.channels()
        lanes = _lanes(tx, slots)
        least = {name: rank for name, lane in lanes.items() if (rank := lane.least()) is not None}
        closed = [name for name in NAMES if name not in least]
        closed += [channel for channel in channels if slots.get(channel, tx.now) > tx.now + LEAD]
        posted: set[str] = set()
        deliveries = []
        for entry in tx.outbox.due(tx.now, limit, closed, least):
            if entry.id in carried:
                tx.outbox.save(replace(entry, lease_until=leases.until(tx.now, tx.setup.speed)))
                continue
            lane = lanes.get(entry.lane)
            if entry.lane in posted or (lane is not None and lane.opens(entry.rank) > tx.now):
                continue
            delivery = self._prepared(tx, entry)
            if delivery is None:
                continue
            if lane is not None:
                lane.take(entry)
                tx.outbox.take_slot(entry.lane, lane.whole_at)
            else:
                posted.add(entry.lane)
            if entry.lane in channels:
                kept_until = tx.now + SLOT_WHILE_POSTING * tx.setup.speed
                tx.outbox.take_slot(entry.lane, kept_until)
                delivery = replace(delivery, opens_at=slots.get(entry.lane), kept_until=kept_until)
            underway = replace(
                entry,
                state=EntryState.UNDERWAY,
                lease_until=leases.until(tx.now, tx.setup.speed),
                attempts=entry.attempts + 1,
            )
            tx.outbox.save(underway)
            deliveries.append(replace(delivery, entry=underway))
        return deliveries

    def _prepared(self, tx: Tx, entry: Entry) -> Delivery | None:
        """The entry, ready to go; None when it is over, or asked for in another way."""
        handler = self.handlers[type(entry.effect)]
        delivery = handler.prepare(tx, entry, entry.effect)
        if delivery is None:
            tx.outbox.remove(entry)
            return None
        if delivery.ref is None and entry.lane == REDRAW:
            # It is posted again, and waits for its channel as a post does.
            tx.outbox.remove(entry)
            handler.post_anew(tx, entry.effect)
            return None
        return replace(delivery, look_first=entry.may_stand and delivery.ref is None)

    def next_at(self, tx: Tx) -> datetime | None:
        """When to come back: when the next entry is due, or just before the slot opens that it waits for."""
        slots = tx.outbox.slots()
        opens_at = {
            name: {rank: lane.opens(rank) for rank in Rank} for name, lane in _lanes(tx, slots).items()
        }
        due = tx.outbox.next_due(tx.now, opens_at)
        if due is None:
            return None
        posts = [slots[channel] for channel in tx.installation.channels() if channel in slots]
        if due > tx.now and due not in posts:
            return due
        opens = due if due > tx.now else min((at for at in posts if at > tx.now), default=None)
        return opens if opens is None or opens - LEAD <= tx.now else opens - LEAD

    def done(self, tx: Tx, delivery: Delivery, ref: MessageRef | None) -> None:
        """The effect is there; where a new message stands is kept with what it shows."""
        entry = delivery.entry
        if not _is_ours(tx, entry):
            return
        _free_slot(tx, delivery, tx.now + tx.setup.pace.post_every)
        tx.wake(Wake.DELIVER)
        tx.outbox.remove(entry)
        if ref is None or delivery.ref is not None:
            return  # what was redrawn has its place, or has lost it in the meantime
        if entry.keep:
            said = entry.effect.said if isinstance(entry.effect, Say) else None
            tx.outbox.keep(Shown(entry.key, ref, tx.now, getattr(entry.effect, "case_id", None), said))
        self.handlers[type(entry.effect)].posted(tx, entry.effect, ref)
        if delivery.look_first and isinstance(entry.effect, Card):
            tx.wake(Wake.CATCH_UP)  # something may have been said below it before it was known to be ours

    def failed(self, tx: Tx, delivery: Delivery, error: errors.DeskError) -> None:
        """It was not done, or nobody knows: it waits, is looked for, or is given up with its reason.

        Whatever has to be seen is tried again for ever: a person may mend what is in the way, and a case
        whose card, post, warning or question is missing is one that nobody looks after. Marks and whispers
        are given up unless a person may mend what is in the way; what they tell stands on a line too, or was
        for that moment.
        """
        entry = delivery.entry
        if not _is_ours(tx, entry):
            return
        until = error.until if isinstance(error, errors.DeskBusy) else tx.now + tx.setup.pace.post_every
        _free_slot(tx, delivery, until)
        match error:
            case errors.DeskBusy():
                if entry.lane in NAMES:
                    tx.outbox.take_slot(entry.lane, closed_until(error.until, tx.setup.pace))
                _wait(tx, delivery, error, error.until)
            case errors.DeskUnclear():
                again = tx.now + min(PATIENCE, LOOK_AFTER * 2 ** min(entry.attempts - 1, 10))
                _wait(tx, delivery, error, again)
            case errors.DeskRefused():
                self._refused(tx, delivery, error)
        tx.wake(Wake.DELIVER)

    def _refused(self, tx: Tx, delivery: Delivery, error: errors.DeskRefused) -> None:
        entry = delivery.entry
        has_run_out = isinstance(error, errors.MessageGone)
        if isinstance(entry.effect, Mark | Whisper) and not isinstance(error, errors.DeskClosed):
            tx.outbox.remove(entry)
        elif has_run_out and delivery.ref is None and delivery.thread is not None:
            if self.new_thread(tx, delivery.thread):
                _wait(tx, delivery, error, None)  # until the new card is there
            else:
                tx.outbox.remove(entry)
        elif delivery.ref is not None and isinstance(error, errors.MessageGone | errors.MessageFrozen):
            tx.outbox.remove(entry)
            self.handlers[type(entry.effect)].lost(tx, entry.effect, delivery, error)
        else:
            _wait(tx, delivery, error, tx.now + min(PATIENCE, MEND_AFTER * entry.attempts))

    def renew(self, tx: Tx, delivery: Delivery) -> bool:
        """The call lasts: the entry goes on belonging to this process. False when another has it."""
        if not _is_ours(tx, delivery.entry):
            return False
        tx.outbox.save(replace(delivery.entry, lease_until=leases.until(tx.now, tx.setup.speed)))
        return True


def _lanes(tx: Tx, slots: Mapping[str, datetime]) -> Mapping[str, Lane]:
    return {name: Lane(slots.get(name), tx.now, tx.setup.pace) for name in NAMES}


def _wait(tx: Tx, delivery: Delivery, error: errors.DeskError, again: datetime | None) -> None:
    """Let it wait. What an earlier try may have posted stays to be looked for if the look fails."""
    is_unclear = delivery.look_first or isinstance(error, errors.DeskUnclear)
    detail = UNCLEAR if is_unclear else error.detail[:200]
    entry = replace(
        delivery.entry, state=EntryState.WAITING, not_before=again, lease_until=None, detail=detail
    )
    tx.outbox.save(entry)


def _is_ours(tx: Tx, entry: Entry) -> bool:
    """Whether no other process has taken the entry over: each taking counts as an attempt."""
    current = tx.outbox.get(entry.id)
    return current is not None and current.state is EntryState.UNDERWAY and current.attempts == entry.attempts


def _free_slot(tx: Tx, delivery: Delivery, until: datetime) -> None:
    """Let the next post go to the channel of a delivery at `until`; later, if another is on its way there
    because this one took longer than the channel was kept free for it."""
    if delivery.kept_until is None:
        return
    kept = tx.outbox.slot(delivery.entry.lane)
    if kept is not None and kept != delivery.kept_until:
        until = max(until, kept)
    tx.outbox.take_slot(delivery.entry.lane, until)


NAMES = (REDRAW, MARK)

#: This share of the burst is left for what is more urgent: what others have to wait for never makes those
#: wait who have just claimed something, or done something and look at it.
KEPT: Mapping[Rank, float] = {
    Rank.CLAIMED: 0,
    Rank.ANSWERING: 1 / 2,
    Rank.WARNING: 5 / 8,
    Rank.CUSTOMER: 5 / 8,
    Rank.TIDYING: 3 / 4,
}


class Lane:
    """How much of a lane is left at one moment. Its slot in the record says when all of it will be."""

    def __init__(self, whole_at: datetime | None, now: datetime, pace: DeskPace) -> None:
        self._now = now
        self._pace = pace
        #: When the whole burst will be there again.
        self.whole_at = max(whole_at or now, now)

    def opens(self, rank: Rank) -> datetime:
        """When a call of this rank may go."""
        kept = int(KEPT[rank] * self._pace.burst)
        return self.whole_at - self._pace.call_every * (self._pace.burst - 1 - kept)

    def least(self) -> Rank | None:
        """The least urgent rank of which a call may go now; None when none may."""
        return max((rank for rank in Rank if self.opens(rank) <= self._now), default=None)

    def take(self, entry: Entry) -> None:
        """A call goes."""
        self.whole_at += self._pace.call_every * _cost(entry, self._pace)


def _cost(entry: Entry, pace: DeskPace) -> float:
    match entry.effect:
        case Whisper():
            return pace.whisper
        case Mark(present=False):
            return pace.unmark
        case _:
            return 1


def closed_until(until: datetime, pace: DeskPace) -> datetime:
    """The slot of a lane that the desk has closed: nothing goes before `until`, and no burst then."""
    return until + pace.call_every * (pace.burst - 1)
