"""The outbox in the record: what waits to be shown at the desk, in what order; and where things stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, func, or_, select, update

from bot.cases.outbox import KINDS, Card, Entry, EntryState, Line, Rank, Shown, Warn
from bot.cases.said import Sentence
from storage.rows import Rows, columns_of
from storage.schema import (
    cases,
    is_underway,
    is_waiting_alarm,
    is_waiting_card,
    is_waiting_entry,
    is_waiting_line,
    outbox,
    shown,
    slots,
)
from storage.shape import Shape
from storage.statements import Statement, or_overwrite
from storage.types import word

#: How often a place in the queue is looked for again when another process takes it away in between.
_TRIES = 3
#: Columns that change while an entry is carried.
_PROGRESS = ("state", "not_before", "attempts", "lease_until", "detail")
_PLACE = ("rank", "urgent_at")

_BY_ID = Statement(select(outbox).where(outbox.c.id == bindparam("entry_id")))
_BY_KEY = Statement(select(outbox).where(outbox.c.key == bindparam("key")))
_ADD = Statement(
    lambda into: into(outbox).on_conflict_do_nothing(), columns_of(outbox, "id"), number=outbox.c.id
)
_this = outbox.c.id == bindparam("entry_id")
_SAVE = Statement(update(outbox).where(_this), _PROGRESS)
_SAVE_WITH_PLACE = Statement(update(outbox).where(_this), (*_PROGRESS, *_PLACE))

_untried = and_(outbox.c.key == bindparam("the_key"), is_waiting_entry, outbox.c.attempts == 0)
_SAY_OTHERWISE = Statement(update(outbox).where(_untried), ("said",))
_LEAVE_UNSAID = Statement(delete(outbox).where(_untried))

# A waiting entry stands for another one that is asked for, and gets the more urgent of the two places.
_by_rank = bindparam("by_rank", type_=outbox.c.rank.type)
_by_urgent_at = bindparam("by_urgent_at", type_=outbox.c.urgent_at.type)
_comes_first = or_(
    _by_rank < outbox.c.rank,
    and_(_by_rank == outbox.c.rank, _by_urgent_at < outbox.c.urgent_at),
)
_moved_up = update(outbox).values(
    rank=case((_comes_first, _by_rank), else_=outbox.c.rank),
    urgent_at=case((_comes_first, _by_urgent_at), else_=outbox.c.urgent_at),
)
_MOVE_UP = Statement(_moved_up.where(outbox.c.key == bindparam("the_key"), is_waiting_entry))
#: The waiting entry that makes another of its kind superfluous, by kind and by what it is about.
_twins = {
    Card: and_(is_waiting_card, outbox.c.case_id == bindparam("about")),
    Line: and_(is_waiting_line, outbox.c.reply_id == bindparam("about")),
    Warn: and_(is_waiting_alarm, outbox.c.alarm_id == bindparam("about")),
}
_MOVE_UP_TWIN = {kind: Statement(_moved_up.where(twin)) for kind, twin in _twins.items()}
_JOIN_TWIN = {
    kind: Statement(
        delete(outbox)
        .where(twin, outbox.c.id != bindparam("entry_id"))
        .returning(outbox.c.rank, outbox.c.urgent_at)
    )
    for kind, twin in _twins.items()
}

_earlier = outbox.alias("earlier")
_before_it = (_earlier.c.state == word(EntryState.UNDERWAY), _earlier.c.id < outbox.c.id)
_is_free = and_(
    ~select(_earlier.c.id).where(*_before_it, _earlier.c.case_id == outbox.c.case_id).exists(),
    or_(
        outbox.c.alarm_id.is_(None),
        ~select(_earlier.c.id).where(*_before_it, _earlier.c.alarm_id == outbox.c.alarm_id).exists(),
    ),
)
#: What stands in the thread of its case waits for that thread.
_AFTER_CARD = ("post", "say", "line", "alarm")
_has_thread = or_(
    outbox.c.kind.not_in([word(kind) for kind in _AFTER_CARD]),
    outbox.c.case_id.is_(None),
    select(cases.c.id).where(cases.c.id == outbox.c.case_id, cases.c.thread_ts.is_not(None)).exists(),
)
#: Each channel is asked by itself, in the order of its index: however many wait in one, the others are quick.
_NEXT_LANE = Statement(
    select(func.min(outbox.c.lane)).where(is_waiting_entry, outbox.c.lane > bindparam("last"))
)
_waits_here = and_(is_waiting_entry, outbox.c.lane == bindparam("lane"))
_can_go = and_(_waits_here, _is_free, _has_thread)
_of_rank = outbox.c.rank == bindparam("the_rank", type_=outbox.c.rank.type)
_WAITING = Statement(
    select(outbox)
    .where(
        _can_go,
        outbox.c.rank <= bindparam("least", type_=outbox.c.rank.type),
        or_(outbox.c.not_before.is_(None), outbox.c.not_before <= bindparam("now")),
    )
    .order_by(outbox.c.rank, outbox.c.urgent_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=outbox)
)
_LOST = Statement(
    select(outbox)
    .where(is_underway, outbox.c.lease_until <= bindparam("now"), _is_free)
    .with_for_update(skip_locked=True, of=outbox)
)
_any_due = (
    select(outbox.c.id)
    .where(_can_go, or_(outbox.c.not_before.is_(None), outbox.c.not_before <= bindparam("now")))
    .order_by(outbox.c.rank, outbox.c.urgent_at, outbox.c.id)
    .limit(1)
)
_IS_ANY_DUE = Statement(_any_due)
_IS_ANY_OF_RANK_DUE = Statement(_any_due.where(_of_rank))
_next_time = select(func.min(outbox.c.not_before)).where(_can_go)
_NEXT_TIME = Statement(_next_time)
_NEXT_TIME_OF_RANK = Statement(_next_time.where(_of_rank))
_NEXT_LEASE = Statement(
    select(outbox.c.lane, func.min(outbox.c.lease_until).label("lease_until"))
    .where(is_underway, _is_free)
    .group_by(outbox.c.lane)
)
_latest = bindparam("latest", type_=outbox.c.not_before.type)
_END_REST = Statement(
    update(outbox).where(is_waiting_entry, outbox.c.not_before > _latest).values(not_before=_latest)
)
_END_LEASE = Statement(
    update(outbox).where(is_underway, outbox.c.lease_until > _latest).values(lease_until=_latest)
)
_ALL = Statement(select(outbox).order_by(outbox.c.id))
_REMOVE = Statement(delete(outbox).where(outbox.c.id == bindparam("entry_id")))
_KEEP = Statement(lambda into: or_overwrite(into(shown)), columns_of(shown))
_SHOWN = Statement(select(shown).where(shown.c.key == bindparam("the_key")))
_SHOWN_LAST = Statement(
    select(shown)
    .where(func.substr(shown.c.key, 1, bindparam("length")) == bindparam("prefix"))
    .order_by(shown.c.key.desc())
    .limit(1)
)
_LOSE = Statement(delete(shown).where(shown.c.key == bindparam("the_key")))
_END_SLOT = Statement(update(slots).where(slots.c.until > _latest).values(until=_latest))
_SLOTS = Statement(select(slots))
_SLOT = Statement(select(slots.c.until).where(slots.c.channel == bindparam("channel")))
_TAKE_SLOT = Statement(lambda into: or_overwrite(into(slots)), columns_of(slots))

_DOUBT = Statement(update(outbox).where(is_waiting_entry).values(detail="unclear"))

_SHOWNS = Shape(Shown, shown)
_EFFECTS = {name: Shape(kind, outbox) for name, kind in KINDS.items()}
_NAMES = {kind: name for name, kind in KINDS.items()}
#: The columns of the envelope, and those that hold the parts of one effect or another.
_OWN = tuple(field.name for field in fields(Entry) if field.name != "effect")
_NO_EFFECT = dict.fromkeys(columns_of(outbox, *_OWN, "kind"))


def _row(entry: Entry) -> dict[str, Any]:
    kind = _NAMES[type(entry.effect)]
    own = {name: getattr(entry, name) for name in _OWN}
    return {**_NO_EFFECT, **_EFFECTS[kind].row(entry.effect), **own, "kind": kind}


def _entry(row: Any) -> Entry:
    return Entry(effect=_EFFECTS[row.kind].value(row), **{name: getattr(row, name) for name in _OWN})


class OutboxRows(Rows):
    """Implements `bot.cases.outbox.Outbox`."""

    def add(self, entry: Entry) -> Entry | None:
        for _ in range(_TRIES):
            entry_id = self._sql.add(_ADD, _row(entry))
            if entry_id is not None and entry.keep and self.shown(entry.key) is not None:
                # Asked after the insert: another process may have shown it, and removed its entry, just now.
                self._sql.change(_REMOVE, entry_id=entry_id)
                return None
            if entry_id is not None:
                return replace(entry, id=entry_id)
            # The one that is in the way is moved up, and so held until this transaction ends: it cannot
            # be taken, and drawn, before what this transaction changes can be seen.
            if self._move_up(entry) or self.of_key(entry.key) is not None:
                return None
        raise RuntimeError(f"entry {entry.key} found a waiting twin {_TRIES} times and lost it each time")

    def get(self, entry_id: int) -> Entry | None:
        return self._found(_BY_ID, entry_id=entry_id)

    def of_key(self, key: str) -> Entry | None:
        return self._found(_BY_KEY, key=key)

    def waiting(self) -> Sequence[Entry]:
        return self._each(_ALL)

    def save(self, entry: Entry) -> None:
        if entry.state is EntryState.WAITING and type(entry.effect) in _twins:
            place = self._join_twins(entry)
            self._sql.change(_SAVE_WITH_PLACE, **_row(entry) | place, entry_id=entry.id)
        else:
            self._sql.change(_SAVE, **_row(entry), entry_id=entry.id)

    def remove(self, entry: Entry) -> None:
        self._sql.leave(_REMOVE, entry_id=entry.id)

    def keep(self, shown: Shown) -> None:
        self._sql.leave(_KEEP, **_SHOWNS.row(shown))

    def shown(self, key: str) -> Shown | None:
        return self._sql.found(_SHOWNS, _SHOWN, the_key=key)

    def shown_last(self, prefix: str) -> Shown | None:
        return self._sql.found(_SHOWNS, _SHOWN_LAST, prefix=prefix, length=len(prefix))

    def lose(self, key: str) -> None:
        self._sql.leave(_LOSE, the_key=key)

    def say_otherwise(self, key: str, said: Sentence | None) -> bool:
        if said is None:
            return self._sql.change(_LEAVE_UNSAID, the_key=key) > 0
        return self._sql.change(_SAY_OTHERWISE, the_key=key, said=said) > 0

    def due(
        self, now: datetime, limit: int, busy: Sequence[str] = (), least: Mapping[str, Rank] | None = None
    ) -> Sequence[Entry]:
        self._sql.hold_posting()
        found = [entry for entry in self._each(_LOST, now=now) if entry.lane not in busy]
        for lane in self._lanes():
            if lane not in busy:
                rank = (least or {}).get(lane, Rank.TIDYING)
                found += self._each(_WAITING, lane=lane, now=now, most=limit, least=rank)
        return sorted(found, key=_place)[:limit]

    def next_due(
        self, now: datetime, opens: Mapping[str, Mapping[Rank, datetime]] | None = None
    ) -> datetime | None:
        lanes = opens or {}
        instants = [
            max(row.lease_until, self._free_at(row.lane, now) if row.lane not in lanes else now)
            for row in self._sql.all(_NEXT_LEASE)
            if row.lease_until is not None
        ]
        for lane in self._lanes():
            if lane in lanes:
                instants += self._openings(lane, lanes[lane], now)
                continue
            own = now
            if self._sql.one(_IS_ANY_DUE, lane=lane, now=now) is None:
                own = self._sql.value(_NEXT_TIME, lane=lane)
            if own is not None:
                instants.append(max(own, self._free_at(lane, now)))
        return min(instants, default=None)

    def _openings(self, lane: str, opens: Mapping[Rank, datetime], now: datetime) -> Iterator[datetime]:
        """When each rank of which something waits in a lane may go."""
        for rank, opens_at in opens.items():
            own = now
            if self._sql.one(_IS_ANY_OF_RANK_DUE, lane=lane, now=now, the_rank=rank) is None:
                own = self._sql.value(_NEXT_TIME_OF_RANK, lane=lane, the_rank=rank)
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

    def _found(self, statement: Statement, **values: object) -> Entry | None:
        row = self._sql.one(statement, **values)
        return None if row is None else _entry(row)

    def _each(self, statement: Statement, **values: object) -> list[Entry]:
        return [_entry(row) for row in self._sql.all(statement, **values)]

    def _lanes(self) -> Iterator[str]:
        """The lanes in which something waits."""
        lane = ""
        while (found := self._sql.value(_NEXT_LANE, last=lane)) is not None:
            lane = found
            yield lane

    def _free_at(self, channel: str, now: datetime) -> datetime:
        """When the channel takes the next post: `now` unless its slot is later."""
        return max(self._sql.value(_SLOT, channel=channel) or now, now)

    def _move_up(self, entry: Entry) -> bool:
        """Give the waiting entry that stands for this one the more urgent place; False when none waits."""
        place = {"by_rank": entry.rank, "by_urgent_at": entry.urgent_at}
        moved = self._sql.change(_MOVE_UP, **place, the_key=entry.key)
        if not moved and type(entry.effect) in _twins:
            moved = self._sql.change(_MOVE_UP_TWIN[type(entry.effect)], **place, about=_about(entry))
        return moved > 0

    def _join_twins(self, entry: Entry) -> dict[str, object]:
        """An entry goes back to waiting: another one that waits for the same goes. Its place."""
        twins = self._sql.all(_JOIN_TWIN[type(entry.effect)], about=_about(entry), entry_id=entry.id)
        places = [(entry.rank, entry.urgent_at), *((twin.rank, twin.urgent_at) for twin in twins)]
        return dict(zip(_PLACE, min(places), strict=True))


def _about(entry: Entry) -> int | None:
    """What a card, a line or an alarm is about."""
    match entry.effect:
        case Card(case_id=about) | Line(reply_id=about) | Warn(alarm_id=about):
            return about
        case _:
            return None


def _place(entry: Entry) -> tuple[str, datetime, int]:
    return (entry.rank, entry.urgent_at, entry.id)
