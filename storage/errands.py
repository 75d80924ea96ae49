"""The errands in the record: what waits to be shown at the desk, in what order, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, case, func, or_, select, update

from bot.cases.errands import Errand, ErrandKind, ErrandState, Rank
from bot.cases.said import Said
from storage.partial import word
from storage.rows import Rows, columns_of
from storage.schema import (
    cases,
    errand_underway,
    errand_waits,
    errands,
    is_waiting_alarm,
    is_waiting_card,
    is_waiting_line,
    slots,
)
from storage.shape import Shape
from storage.statements import Statement, or_overwrite

#: How often a place in the queue is looked for again when another process takes it away in between.
_TRIES = 3
#: Columns that change while an errand is run.
_PROGRESS = ("state", "not_before", "attempts", "lease_until", "ref_channel", "ref_ts", "detail")
_PLACE = ("rank", "urgent_at")

_BY_ID = Statement(select(errands).where(errands.c.id == bindparam("errand_id")))
_BY_KEY = Statement(select(errands).where(errands.c.key == bindparam("key")))
_ADD = Statement(
    lambda into: into(errands).on_conflict_do_nothing(), columns_of(errands, "id"), number=errands.c.id
)
_this = errands.c.id == bindparam("errand_id")
_SAVE = Statement(update(errands).where(_this), _PROGRESS)
_SAVE_WITH_PLACE = Statement(update(errands).where(_this), (*_PROGRESS, *_PLACE))

_untried = and_(errands.c.key == bindparam("the_key"), errand_waits, errands.c.attempts == 0)
_SAY_OTHERWISE = Statement(update(errands).where(_untried), ("said",))
_LEAVE_UNSAID = Statement(update(errands).where(_untried).values(state=word(ErrandState.DONE)))

# A waiting errand stands for another one that is asked for, and gets the more urgent of the two places.
_by_rank = bindparam("by_rank", type_=errands.c.rank.type)
_by_urgent_at = bindparam("by_urgent_at", type_=errands.c.urgent_at.type)
_comes_first = or_(
    _by_rank < errands.c.rank,
    and_(_by_rank == errands.c.rank, _by_urgent_at < errands.c.urgent_at),
)
_moved_up = update(errands).values(
    rank=case((_comes_first, _by_rank), else_=errands.c.rank),
    urgent_at=case((_comes_first, _by_urgent_at), else_=errands.c.urgent_at),
)
_MOVE_UP = Statement(_moved_up.where(errands.c.key == bindparam("the_key"), errand_waits))
#: The waiting errand that makes another of its kind superfluous, by kind and by what it is about.
_twins = {
    ErrandKind.CARD: and_(is_waiting_card, errands.c.case_id == bindparam("about")),
    ErrandKind.LINE: and_(is_waiting_line, errands.c.reply_id == bindparam("about")),
    ErrandKind.ALARM: and_(is_waiting_alarm, errands.c.alarm_id == bindparam("about")),
}
_MOVE_UP_TWIN = {kind: Statement(_moved_up.where(twin)) for kind, twin in _twins.items()}
_JOIN_TWIN = {
    kind: Statement(
        update(errands)
        .where(twin, errands.c.id != bindparam("errand_id"))
        .values(state=word(ErrandState.DONE), detail=bindparam("why"))
        .returning(errands.c.rank, errands.c.urgent_at)
    )
    for kind, twin in _twins.items()
}

_earlier = errands.alias("earlier")
_before_it = (_earlier.c.state == word(ErrandState.UNDERWAY), _earlier.c.id < errands.c.id)
_is_free = and_(
    ~select(_earlier.c.id).where(*_before_it, _earlier.c.case_id == errands.c.case_id).exists(),
    or_(
        errands.c.alarm_id.is_(None),
        ~select(_earlier.c.id).where(*_before_it, _earlier.c.alarm_id == errands.c.alarm_id).exists(),
    ),
)
_AFTER_CARD = (ErrandKind.POST, ErrandKind.SAY, ErrandKind.LINE, ErrandKind.ALARM)
_has_thread = or_(
    errands.c.kind.not_in([word(kind) for kind in _AFTER_CARD]),
    errands.c.case_id.is_(None),
    select(cases.c.id).where(cases.c.id == errands.c.case_id, cases.c.thread_ts.is_not(None)).exists(),
)
#: Each channel is asked by itself, in the order of its index: however many wait in one, the others are quick.
_NEXT_CHANNEL = Statement(
    select(func.min(errands.c.channel)).where(errand_waits, errands.c.channel > bindparam("last"))
)
_waits_here = and_(errand_waits, errands.c.channel == bindparam("channel"))
_can_go = and_(_waits_here, _is_free, _has_thread)
_of_rank = errands.c.rank == bindparam("the_rank", type_=errands.c.rank.type)
_WAITING = Statement(
    select(errands)
    .where(
        _can_go,
        errands.c.rank <= bindparam("least", type_=errands.c.rank.type),
        or_(errands.c.not_before.is_(None), errands.c.not_before <= bindparam("now")),
    )
    .order_by(errands.c.rank, errands.c.urgent_at, errands.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=errands)
)
_LOST = Statement(
    select(errands)
    .where(errand_underway, errands.c.lease_until <= bindparam("now"), _is_free)
    .with_for_update(skip_locked=True, of=errands)
)
_any_due = (
    select(errands.c.id)
    .where(_can_go, or_(errands.c.not_before.is_(None), errands.c.not_before <= bindparam("now")))
    .order_by(errands.c.rank, errands.c.urgent_at, errands.c.id)
    .limit(1)
)
_IS_ANY_DUE = Statement(_any_due)
_IS_ANY_OF_RANK_DUE = Statement(_any_due.where(_of_rank))
_next_time = select(func.min(errands.c.not_before)).where(_can_go)
_NEXT_TIME = Statement(_next_time)
_NEXT_TIME_OF_RANK = Statement(_next_time.where(_of_rank))
_NEXT_LEASE = Statement(
    select(errands.c.channel, func.min(errands.c.lease_until).label("lease_until"))
    .where(errand_underway, _is_free)
    .group_by(errands.c.channel)
)
_latest = bindparam("latest", type_=errands.c.not_before.type)
_END_REST = Statement(
    update(errands).where(errand_waits, errands.c.not_before > _latest).values(not_before=_latest)
)
_END_LEASE = Statement(
    update(errands).where(errand_underway, errands.c.lease_until > _latest).values(lease_until=_latest)
)
_OF_PREFIX = Statement(
    select(errands).where(func.substr(errands.c.key, 1, bindparam("length")) == bindparam("prefix"))
)
_END_SLOT = Statement(update(slots).where(slots.c.until > _latest).values(until=_latest))
_SLOTS = Statement(select(slots))
_SLOT = Statement(select(slots.c.until).where(slots.c.channel == bindparam("channel")))
_TAKE_SLOT = Statement(lambda into: or_overwrite(into(slots)), columns_of(slots))

_DOUBT = Statement(update(errands).where(errand_waits).values(detail="unclear"))

_ERRANDS = Shape(Errand, errands)


class OutboxRows(Rows):
    """Implements `bot.cases.record.Outbox`."""

    def add(self, errand: Errand) -> Errand | None:
        for _ in range(_TRIES):
            errand_id = self._sql.add(_ADD, _ERRANDS.row(errand))
            if errand_id is not None:
                return _ERRANDS.renewed(errand, "id", errand_id)
            # The one that is in the way is moved up, and thereby held until this transaction ends: it cannot
            # be taken, and drawn, before what this transaction changes can be seen.
            if self._move_up(errand) or self._sql.one(_BY_KEY, key=errand.key) is not None:
                return None
        raise RuntimeError(f"errand {errand.key} found a waiting twin {_TRIES} times and lost it each time")

    def get(self, errand_id: int) -> Errand | None:
        return self._sql.found(_ERRANDS, _BY_ID, errand_id=errand_id)

    def of_key(self, key: str) -> Errand | None:
        return self._sql.found(_ERRANDS, _BY_KEY, key=key)

    def with_prefix(self, prefix: str) -> Sequence[Errand]:
        found = self._sql.each(_ERRANDS, _OF_PREFIX, prefix=prefix, length=len(prefix))
        return sorted(found, key=lambda errand: errand.key)

    def save(self, errand: Errand) -> None:
        if errand.state is ErrandState.WAITING and errand.kind in _twins:
            place = self._join_twins(errand)
            self._sql.change(_SAVE_WITH_PLACE, **_ERRANDS.row(errand) | place, errand_id=errand.id)
        else:
            self._sql.change(_SAVE, **_ERRANDS.row(errand), errand_id=errand.id)

    def say_otherwise(self, key: str, said: Said | None) -> bool:
        if said is None:
            return self._sql.change(_LEAVE_UNSAID, the_key=key) > 0
        return self._sql.change(_SAY_OTHERWISE, the_key=key, said=said) > 0

    def due(
        self, now: datetime, limit: int, busy: Sequence[str] = (), least: Mapping[str, Rank] | None = None
    ) -> Sequence[Errand]:
        self._sql.hold_posting()
        found = [errand for errand in self._sql.each(_ERRANDS, _LOST, now=now) if errand.channel not in busy]
        for channel in self._channels():
            if channel not in busy:
                rank = (least or {}).get(channel, Rank.TIDYING)
                found += self._sql.each(_ERRANDS, _WAITING, channel=channel, now=now, most=limit, least=rank)
        return sorted(found, key=_place)[:limit]

    def next_due(
        self, now: datetime, opens: Mapping[str, Mapping[Rank, datetime]] | None = None
    ) -> datetime | None:
        lanes = opens or {}
        instants = [
            max(row.lease_until, self._free_at(row.channel, now) if row.channel not in lanes else now)
            for row in self._sql.all(_NEXT_LEASE)
            if row.lease_until is not None
        ]
        for channel in self._channels():
            if channel in lanes:
                instants += self._openings(channel, lanes[channel], now)
                continue
            own = now
            if self._sql.one(_IS_ANY_DUE, channel=channel, now=now) is None:
                own = self._sql.value(_NEXT_TIME, channel=channel)
            if own is not None:
                instants.append(max(own, self._free_at(channel, now)))
        return min(instants, default=None)

    def _openings(self, lane: str, opens: Mapping[Rank, datetime], now: datetime) -> Iterator[datetime]:
        """When each rank of which something waits in a lane may go."""
        for rank, opens_at in opens.items():
            own = now
            if self._sql.one(_IS_ANY_OF_RANK_DUE, channel=lane, now=now, the_rank=rank) is None:
                own = self._sql.value(_NEXT_TIME_OF_RANK, channel=lane, the_rank=rank)
            if own is not None:
                yield max(own, opens_at)

    def slots(self) -> Mapping[str, datetime]:
        self._sql.hold_posting()
        return {row.channel: row.until for row in self._sql.all(_SLOTS)}

    def slot(self, channel: str) -> datetime | None:
        self._sql.hold_posting()
        until: datetime | None = self._sql.value(_SLOT, channel=channel)
        return until

    def take_slot(self, channel: str, until: datetime) -> None:
        self._sql.leave(_TAKE_SLOT, channel=channel, until=until)

    def cap_waits(self, rest: datetime, slot: datetime, lease: datetime) -> None:
        self._sql.hold_posting()
        self._sql.change(_END_REST, latest=rest)
        self._sql.change(_END_SLOT, latest=slot)
        self._sql.change(_END_LEASE, latest=lease)

    def doubt_all(self) -> None:
        self._sql.change(_DOUBT)

    def _channels(self) -> Iterator[str]:
        """The channels in which something waits."""
        channel = ""
        while (found := self._sql.value(_NEXT_CHANNEL, last=channel)) is not None:
            channel = found
            yield channel

    def _free_at(self, channel: str, now: datetime) -> datetime:
        """When the channel takes the next post: `now` unless its slot is later."""
        return max(self._sql.value(_SLOT, channel=channel) or now, now)

    def _move_up(self, errand: Errand) -> bool:
        """Give the waiting errand that stands for this one the more urgent place; False when none waits."""
        place = {"by_rank": errand.rank, "by_urgent_at": errand.urgent_at}
        moved = self._sql.change(_MOVE_UP, **place, the_key=errand.key)
        if not moved and errand.kind in _twins:
            moved = self._sql.change(_MOVE_UP_TWIN[errand.kind], **place, about=_about(errand))
        return moved > 0

    def _join_twins(self, errand: Errand) -> dict[str, object]:
        """An errand goes back to waiting: another one that waits for the same is done with it. Its place."""
        twins = self._sql.all(
            _JOIN_TWIN[errand.kind],
            about=_about(errand),
            errand_id=errand.id,
            why=f"done with errand {errand.id}",
        )
        places = [(errand.rank, errand.urgent_at), *((twin.rank, twin.urgent_at) for twin in twins)]
        return dict(zip(_PLACE, min(places), strict=True))


def _about(errand: Errand) -> int | None:
    """What a card, a line or an alarm is about."""
    match errand.kind:
        case ErrandKind.CARD:
            return errand.case_id
        case ErrandKind.LINE:
            return errand.reply_id
        case _:
            return errand.alarm_id


def _place(errand: Errand) -> tuple[str, datetime, int]:
    return (errand.rank, errand.urgent_at, errand.id)
