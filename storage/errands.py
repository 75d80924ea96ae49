"""The errands in the record: what waits to be shown at the desk, in what order, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, func, or_, select, update

from bot.cases.errands import Errand, ErrandKind, ErrandState
from bot.cases.said import from_json, to_json
from storage.rows import Rows, each, ref_of
from storage.schema import (
    cases,
    errand_underway,
    errand_waits,
    errands,
    is_waiting_card,
    is_waiting_line,
    slots,
)
from storage.types import Moment

#: How often a place in the queue is looked for again when another process takes it away in between.
_TRIES = 3

_earlier = errands.alias("earlier")
_FREE = (
    ~select(_earlier.c.id)
    .where(
        _earlier.c.state == errand_underway.right,
        _earlier.c.case_id == errands.c.case_id,
        _earlier.c.id < errands.c.id,
    )
    .exists()
)
_HAS_THREAD = or_(
    errands.c.kind.not_in([ErrandKind.POST, ErrandKind.SAY, ErrandKind.LINE]),
    errands.c.case_id.is_(None),
    select(cases.c.id).where(cases.c.id == errands.c.case_id, cases.c.thread_ts.is_not(None)).exists(),
)
_ORDER = (errands.c.rank, errands.c.urgent_at, errands.c.id)

_BY_ID = select(errands).where(errands.c.id == bindparam("errand_id"))
_BY_KEY = select(errands.c.id).where(errands.c.key == bindparam("key"))
_ADD = each(lambda into: into(errands).on_conflict_do_nothing().returning(errands.c.id))
_SAVE = update(errands).where(errands.c.id == bindparam("errand_id"))


def _sooner(column: Any, name: str) -> Any:
    """The more urgent of the column's value and the bound one."""
    offered = bindparam(name, type_=column.type)
    return case((column <= offered, column), else_=offered)


_MOVE_UP = update(errands).values(
    rank=_sooner(errands.c.rank, "by_rank"),
    urgent_at=case(
        (errands.c.rank < bindparam("by_rank", type_=errands.c.rank.type), errands.c.urgent_at),
        (
            errands.c.rank > bindparam("by_rank", type_=errands.c.rank.type),
            bindparam("by_urgent_at", type_=Moment),
        ),
        else_=_sooner(errands.c.urgent_at, "by_urgent_at"),
    ),
)
_MOVE_UP_KEY = _MOVE_UP.where(errands.c.key == bindparam("the_key"), errand_waits)
#: The waiting errand that makes another of its kind superfluous, by kind and by what it is about.
_TWIN = {
    ErrandKind.CARD: (is_waiting_card, errands.c.case_id == bindparam("about")),
    ErrandKind.LINE: (is_waiting_line, errands.c.reply_id == bindparam("about")),
}
_MOVE_UP_TWIN = {kind: _MOVE_UP.where(*twin) for kind, twin in _TWIN.items()}
_JOIN_TWIN = {
    kind: update(errands)
    .where(*twin, errands.c.id != bindparam("errand_id"))
    .values(state=ErrandState.DONE, detail=bindparam("why"))
    .returning(errands.c.rank, errands.c.urgent_at)
    for kind, twin in _TWIN.items()
}

_WAITING = (
    select(errands)
    .where(
        errand_waits,
        or_(errands.c.not_before.is_(None), errands.c.not_before <= bindparam("now")),
        _FREE,
        _HAS_THREAD,
    )
    .order_by(*_ORDER)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=errands)
)
_LOST = (
    select(errands)
    .where(errand_underway, errands.c.lease_until <= bindparam("now"), _FREE)
    .order_by(*_ORDER)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=errands)
)
_NOT_BUSY = errands.c.channel.not_in(bindparam("busy", expanding=True))
_TAKE = (_WAITING, _LOST)
_TAKE_NOT_BUSY = (_WAITING.where(_NOT_BUSY), _LOST.where(_NOT_BUSY))


def _first_instant(own: Any) -> Any:
    """The earliest instant at which the errand's own time has come and its channel is free."""
    later = case((slots.c.until > own, slots.c.until), else_=own)
    return select(func.min(later, type_=Moment)).select_from(
        errands.outerjoin(slots, slots.c.channel == errands.c.channel)
    )


_NEXT_WAITING = _first_instant(func.coalesce(errands.c.not_before, errands.c.created_at, type_=Moment)).where(
    errand_waits, _FREE, _HAS_THREAD
)
_NEXT_LOST = _first_instant(errands.c.lease_until).where(errand_underway, _FREE)

_SLOT = select(slots.c.until).where(slots.c.channel == bindparam("channel"))
_TAKE_SLOT = each(
    lambda into: (adding := into(slots)).on_conflict_do_update(
        index_elements=[slots.c.channel], set_={"until": adding.excluded.until}
    )
)


def _progress(errand: Errand) -> dict[str, object]:
    """The columns that change while an errand is run."""
    return {
        "state": errand.state,
        "not_before": errand.not_before,
        "attempts": errand.attempts,
        "lease_until": errand.lease_until,
        "ref_channel": errand.ref.channel if errand.ref else None,
        "ref_ts": errand.ref.ts if errand.ref else None,
        "detail": errand.detail,
    }


def _to_row(errand: Errand) -> dict[str, object]:
    return {
        "kind": errand.kind,
        "key": errand.key,
        "channel": errand.channel,
        "created_at": errand.created_at,
        "rank": errand.rank,
        "urgent_at": errand.urgent_at,
        "case_id": errand.case_id,
        "reply_id": errand.reply_id,
        "post_number": errand.post_number,
        "said": None if errand.said is None else to_json(errand.said),
        "agent": errand.agent,
        "reaction": errand.reaction,
        "present": errand.present,
        **_progress(errand),
    }


def _to_errand(row: Row[Any]) -> Errand:
    return Errand(
        id=row.id,
        kind=row.kind,
        key=row.key,
        channel=row.channel,
        created_at=row.created_at,
        rank=row.rank,
        urgent_at=row.urgent_at,
        case_id=row.case_id,
        reply_id=row.reply_id,
        post_number=row.post_number,
        said=None if row.said is None else from_json(row.said),
        agent=row.agent,
        ref=ref_of(row.ref_channel, row.ref_ts),
        reaction=row.reaction,
        present=row.present,
        state=row.state,
        not_before=row.not_before,
        attempts=row.attempts,
        lease_until=row.lease_until,
        detail=row.detail,
    )


class ErrandRows(Rows):
    """Errands and slots; the contract is that of `bot.cases.record.Record`."""

    def add_errand(self, errand: Errand) -> Errand | None:
        row = _to_row(errand)
        for _ in range(_TRIES):
            errand_id = self._run_here(_ADD, **row).scalar_one_or_none()
            if errand_id is not None:
                return replace(errand, id=errand_id)
            # The one that is in the way is moved up, and thereby held until this transaction ends: it cannot
            # be taken, and drawn, before what this transaction changes can be seen.
            if self._move_up(errand) or self._run(_BY_KEY, key=errand.key).first() is not None:
                return None
        raise RuntimeError(f"errand {errand.key} found a waiting twin {_TRIES} times and lost it each time")

    def errand(self, errand_id: int) -> Errand | None:
        row = self._run(_BY_ID, errand_id=errand_id).first()
        return None if row is None else _to_errand(row)

    def save_errand(self, errand: Errand) -> None:
        values = _progress(errand)
        if errand.state is ErrandState.WAITING:
            values |= self._join_twin(errand)
        self._run(_SAVE, **values, errand_id=errand.id)

    def due_errands(self, now: datetime, limit: int, busy: Sequence[str] = ()) -> Sequence[Errand]:
        self._hold_posting()
        found: list[Errand] = []
        for statement in _TAKE_NOT_BUSY if busy else _TAKE:
            values = {"busy": list(busy)} if busy else {}
            found += [_to_errand(row) for row in self._run(statement, now=now, most=limit, **values)]
        return sorted(found, key=_place)[:limit]

    def next_errand(self, now: datetime) -> datetime | None:
        instants = (self._run(_NEXT_WAITING).scalar_one(), self._run(_NEXT_LOST).scalar_one())
        first = min((instant for instant in instants if instant is not None), default=None)
        return None if first is None else max(first, now)

    def slot(self, channel: str) -> datetime | None:
        self._hold_posting()
        return self._run(_SLOT, channel=channel).scalar_one_or_none()

    def take_slot(self, channel: str, until: datetime) -> None:
        self._run_here(_TAKE_SLOT, channel=channel, until=until)

    def _move_up(self, errand: Errand) -> bool:
        """Give the waiting errand that stands for this one the more urgent place; False when none waits."""
        place = {"by_rank": errand.rank, "by_urgent_at": errand.urgent_at}
        moved = self._run(_MOVE_UP_KEY, **place, the_key=errand.key).rowcount
        if not moved and errand.kind in _TWIN:
            moved = self._run(_MOVE_UP_TWIN[errand.kind], **place, about=_about(errand)).rowcount
        return moved > 0

    def _join_twin(self, errand: Errand) -> dict[str, object]:
        """An errand goes back to waiting: another one that waits for the same is done with it. Its place."""
        if errand.kind not in _TWIN:
            return {}
        twins = self._run(
            _JOIN_TWIN[errand.kind],
            about=_about(errand),
            errand_id=errand.id,
            why=f"done with errand {errand.id}",
        ).all()
        rank, urgent_at = min(
            [(errand.rank, errand.urgent_at), *((twin.rank, twin.urgent_at) for twin in twins)]
        )
        return {"rank": rank, "urgent_at": urgent_at}


def _about(errand: Errand) -> int | None:
    """What a card or a line is about."""
    return errand.case_id if errand.kind is ErrandKind.CARD else errand.reply_id


def _place(errand: Errand) -> tuple[str, datetime, int]:
    return (errand.rank, errand.urgent_at, errand.id)
