"""Duty: who is there for a team, by a weekly pattern with exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.cases.hours import DAY, Block, Interval, instant_of
from bot.cases.model import AgentId

#: So far ahead a change or a next shift is looked for.
FAR = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on duty in one block of a day: ids of people, and of groups as the desk calls them."""

    block: Block
    who: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stint:
    """Who is on duty from an instant until another, whatever says so."""

    begins: datetime
    ends: datetime
    who: Sequence[str]


@dataclass(frozen=True, slots=True)
class Absence:
    """An agent is away since an instant, and until another where that is known."""

    agent: AgentId
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Roster:
    """A weekly pattern (Monday is 0) by the clocks of a zone; a date that is named replaces its whole day."""

    zone: ZoneInfo
    week: Mapping[int, Sequence[Shift]]
    days: Mapping[date, Sequence[Shift]] = field(default_factory=dict)

    def stints(self, since: datetime, until: datetime) -> Iterator[Stint]:
        """The shifts of which some part lies between two instants, in the order in which they begin."""
        day, last = since.astimezone(self.zone).date() - DAY, until.astimezone(self.zone).date()
        while day <= last:
            shifts = self.days.get(day, self.week.get(day.weekday(), ()))
            for shift in sorted(shifts, key=lambda shift: shift.block):
                begins, ends = (instant_of(day, edge, self.zone) for edge in shift.block)
                if begins < until and ends > since:
                    yield Stint(begins, ends, shift.who)
            day += DAY

    def people(self) -> set[str]:
        """Everybody and every group that it names."""
        rows = (*self.week.values(), *self.days.values())
        return {who for shifts in rows for shift in shifts for who in shift.who}


def at(stints: Sequence[Stint], now: datetime) -> list[str]:
    """Who is on duty at an instant, each once."""
    here = [who for stint in stints if stint.begins <= now < stint.ends for who in stint.who]
    return list(dict.fromkeys(here))


def changes(stints: Sequence[Stint]) -> list[datetime]:
    """The instants at which somebody comes or goes, in order."""
    return sorted({edge for stint in stints for edge in (stint.begins, stint.ends)})


def end_of(stints: Sequence[Stint], who: str, now: datetime) -> datetime | None:
    """When the duty of somebody ends who is on duty now, shifts that follow one another taken as one."""
    end: datetime | None = None
    for stint in sorted(stints, key=lambda stint: stint.begins):
        if who in stint.who and (
            stint.begins <= now < stint.ends or (end is not None and stint.begins <= end)
        ):
            end = max(stint.ends, end or stint.ends)
    return end


def gaps(stints: Sequence[Stint], opened: Sequence[Interval]) -> list[Interval]:
    """The parts of the times that are open in which nobody is on duty."""
    found: list[Interval] = []
    for opens, closes in opened:
        free = opens
        for stint in sorted(stints, key=lambda stint: stint.begins):
            if stint.ends <= free or stint.begins >= closes or not stint.who:
                continue
            if stint.begins > free:
                found.append((free, stint.begins))
            free = max(free, stint.ends)
        if free < closes:
            found.append((free, closes))
    return found


def until_service(opened: Iterator[Interval], length: timedelta) -> list[Interval]:
    """The open times to come, as long as together they are no longer than `length`."""
    taken: list[Interval] = []
    for opens, closes in opened:
        closes = min(closes, opens + length)
        taken.append((opens, closes))
        length -= closes - opens
        if length <= timedelta(0):
            break
    return taken


class Duty(Protocol):
    """Who is on duty beside the roster of app.yaml, and who is away."""

    def add_shift(self, team: str, agent: AgentId, begins: datetime, ends: datetime) -> None:
        """Put somebody on duty for a team."""

    def shifts(self, team: str, since: datetime, until: datetime) -> Sequence[Stint]:
        """The shifts of a team that were added so and of which some part lies between two instants."""

    def drop_shifts(self, team: str, agent: AgentId, now: datetime) -> int:
        """Take back what was added for somebody and is not over yet; returns how many shifts that were."""

    def go_away(self, absence: Absence) -> None:
        """Remember that somebody is away, in the place of what was known of that."""

    def come_back(self, agent: AgentId) -> bool:
        """Somebody is there again; False when that one was not away."""

    def away(self, now: datetime) -> Sequence[Absence]:
        """Who is away at this instant."""
