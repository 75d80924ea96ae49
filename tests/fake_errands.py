"""The errands of the record in memory: what is coalesced, what is due, in which order, and when to return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.cases.errands import Errand, ErrandKind, ErrandState, Rank
from bot.cases.said import Said
from tests.fake_tables import Tables, kept

#: Kinds of which one waits at a time for the same case, reply or alarm.
_ONE_WAITS = (ErrandKind.CARD, ErrandKind.LINE, ErrandKind.ALARM)
_IN_THREAD = (ErrandKind.POST, ErrandKind.SAY, ErrandKind.LINE, ErrandKind.ALARM)
_ALWAYS = datetime.min.replace(tzinfo=UTC)


class FakeErrands:
    """Errands and slots; the contract is that of `bot.cases.record.Record`."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def add_errand(self, errand: Errand) -> Errand | None:
        rows = self.tables.errands
        errand = replace(errand, id=max(rows, default=0) + 1)
        same_key = next((other for other in rows.values() if other.key == errand.key), None)
        twins = self._twins(errand) if errand.kind in _ONE_WAITS else []
        if same_key is not None or (twins and errand.state is ErrandState.WAITING):
            waits = same_key is not None and same_key.state is ErrandState.WAITING
            for other in [same_key] if same_key is not None and waits else twins:
                self._place(other, *min(_place(other), _place(errand)))
            return None
        self.tables.refuse_strangers(errand.case_id, errand.reply_id, errand.post_number)
        rows[errand.id] = kept(errand)
        return errand

    def errand(self, errand_id: int) -> Errand | None:
        return self.tables.errands.get(errand_id)

    def errand_of_key(self, key: str) -> Errand | None:
        return next((errand for errand in self.tables.errands.values() if errand.key == key), None)

    def errands_of(self, prefix: str) -> Sequence[Errand]:
        found = [errand for errand in self.tables.errands.values() if errand.key.startswith(prefix)]
        return sorted(found, key=lambda errand: errand.key)

    def save_errand(self, errand: Errand) -> None:
        rows = self.tables.errands
        if errand.id not in rows:
            return
        rows[errand.id] = replace(
            rows[errand.id],
            state=errand.state,
            not_before=errand.not_before,
            attempts=errand.attempts,
            lease_until=errand.lease_until,
            ref=errand.ref,
            detail=errand.detail,
        )
        if errand.state is ErrandState.WAITING and errand.kind in _ONE_WAITS:
            twins = self._twins(errand)
            for twin in twins:
                why = f"done with errand {errand.id}"
                rows[twin.id] = replace(twin, state=ErrandState.DONE, detail=why)
            self._place(rows[errand.id], *min(map(_place, [errand, *twins])))

    def say_otherwise(self, key: str, said: Said | None) -> bool:
        errand = self.errand_of_key(key)
        if errand is None or errand.state is not ErrandState.WAITING or errand.attempts:
            return False
        told = replace(errand, state=ErrandState.DONE) if said is None else replace(errand, said=said)
        self.tables.errands[errand.id] = told
        return True

    def due_errands(
        self, now: datetime, limit: int, busy: Sequence[str] = (), least: Mapping[str, Rank] | None = None
    ) -> Sequence[Errand]:
        worst = least or {}
        due = [
            errand
            for errand in self.tables.errands.values()
            if errand.channel not in busy
            and (at := self._at(errand)) is not None
            and at <= now
            and (
                errand.state is ErrandState.UNDERWAY or errand.rank <= worst.get(errand.channel, Rank.TIDYING)
            )
        ]
        return sorted(due, key=lambda errand: (*_place(errand), errand.id))[:limit]

    def next_errand(
        self, now: datetime, opens: Mapping[str, Mapping[Rank, datetime]] | None = None
    ) -> datetime | None:
        def free_at(errand: Errand) -> datetime:
            if errand.channel not in (opens or {}):
                return self.tables.slots.get(errand.channel, now)
            is_waiting = errand.state is ErrandState.WAITING
            return (opens or {})[errand.channel][errand.rank] if is_waiting else now

        return min(
            (
                max(at, now, free_at(errand))
                for errand in self.tables.errands.values()
                if (at := self._at(errand)) is not None
            ),
            default=None,
        )

    def slots(self) -> Mapping[str, datetime]:
        return dict(self.tables.slots)

    def slot(self, channel: str) -> datetime | None:
        return self.tables.slots.get(channel)

    def take_slot(self, channel: str, until: datetime) -> None:
        self.tables.slots[channel] = until

    def bring_near(self, rest: datetime, slot: datetime, lease: datetime) -> None:
        for errand in list(self.tables.errands.values()):
            if errand.state is ErrandState.WAITING and errand.not_before is not None:
                near = replace(errand, not_before=min(errand.not_before, rest))
            elif errand.state is ErrandState.UNDERWAY and errand.lease_until is not None:
                near = replace(errand, lease_until=min(errand.lease_until, lease))
            else:
                continue
            self.tables.errands[errand.id] = near
        self.tables.slots.update({channel: min(at, slot) for channel, at in self.tables.slots.items()})

    def doubt_errands(self) -> None:
        for errand in list(self.tables.errands.values()):
            if errand.state is ErrandState.WAITING:
                self.tables.errands[errand.id] = replace(errand, detail="unclear")

    def _at(self, errand: Errand) -> datetime | None:
        """When it may be taken; None while another reason must happen first."""
        if any(
            earlier.state is ErrandState.UNDERWAY
            and (
                earlier.case_id == errand.case_id is not None
                or earlier.alarm_id == errand.alarm_id is not None
            )
            and earlier.id < errand.id
            for earlier in self.tables.errands.values()
        ):
            return None
        if errand.state is ErrandState.UNDERWAY:
            return errand.lease_until
        if errand.state is not ErrandState.WAITING:
            return None
        case = self.tables.cases[errand.case_id] if errand.case_id is not None else None
        if errand.kind in _IN_THREAD and case is not None and case.thread is None:
            return None
        return errand.not_before or _ALWAYS

    def _twins(self, errand: Errand) -> list[Errand]:
        """The other waiting errands that bring about the same."""
        return [
            other
            for other in self.tables.errands.values()
            if other.kind is errand.kind
            and other.state is ErrandState.WAITING
            and _about(other) == _about(errand) is not None
            and other.id != errand.id
        ]

    def _place(self, errand: Errand, rank: Rank, urgent_at: datetime) -> None:
        self.tables.errands[errand.id] = replace(errand, rank=rank, urgent_at=urgent_at)


def _about(errand: Errand) -> int | None:
    """What a card, a line or an alarm is about."""
    about = {ErrandKind.CARD: errand.case_id, ErrandKind.LINE: errand.reply_id}
    return about.get(errand.kind, errand.alarm_id)


def _place(errand: Errand) -> tuple[Rank, datetime]:
    return (errand.rank, errand.urgent_at)
