"""Who is there at an instant: by the roster, by what was added to it, without those who are away."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cases import duty
from bot.cases.duty import Stint
from bot.cases.installation import Team
from bot.cases.model import AgentId
from bot.cases.tx import Tx


def stints(tx: Tx, team: Team, since: datetime, until: datetime) -> list[Stint]:
    """Who is on duty between two instants, by the roster and by what was added to it."""
    by_roster = list(team.roster.stints(since, until)) if team.roster else []
    return sorted([*by_roster, *tx.duty.shifts(team.name, since, until)], key=lambda stint: stint.begins)


def on_duty(tx: Tx, team: Team, at: datetime) -> list[str]:
    """Who is on duty at an instant and not away: ids of people and groups."""
    away = {absence.agent for absence in tx.duty.away(at)}
    return [who for who in duty.at(stints(tx, team, at, at + timedelta(seconds=1)), at) if who not in away]


def end_of_shift(tx: Tx, team: Team, agent: AgentId) -> datetime | None:
    """When somebody's duty ends who is on duty now; None for everybody else."""
    return duty.end_of(stints(tx, team, tx.now, tx.now + duty.FAR), agent, tx.now)
