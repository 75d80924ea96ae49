"""What is to happen in a round of the proof, and what did."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Plan:
    """What is to happen in a round."""

    seed: int
    kills: int
    faults: int
    processes: int = 1
    defects: tuple[str, ...] = ()
    #: Leases last as long as in life.
    whole_leases: bool = False
    #: Whether Slack's own limits hold; None: as the seed says.
    tiers: bool | None = None
    #: Named points by how many died there; those where nobody did come first.
    died_at: Counter[str] = field(default_factory=Counter)


@dataclass
class Outcome:
    """What happened."""

    kills: int = 0
    faults: int = 0
    violations: list[str] = field(default_factory=list)
    deaths: Counter[str] = field(default_factory=Counter)
    trouble: Counter[str] = field(default_factory=Counter)
    moves: Counter[str] = field(default_factory=Counter)
    #: How often a subject was paused, by where; how long what it was looking at was left alone, in seconds.
    pauses: Counter[str] = field(default_factory=Counter)
    taken_over: list[float] = field(default_factory=list)
    #: First starts that had to be made again, by what was said.
    refused: Counter[str] = field(default_factory=Counter)
    #: Subjects that were born while their clock was an hour off.
    born_astray: int = 0
    #: Rounds into which a change to or from daylight saving fell.
    changes_of_time: int = 0
    #: How often the servers themselves did not get to anything for a second.
    standstills: int = 0
    #: Rounds that were held to Slack's own limits, and the calls that met one.
    tiers: int = 0
    limited: int = 0
    #: For how long a reply that was due waited at the most, once everything was left alone, in seconds.
    waited: float = 0.0
    seconds: float = 0.0
    rest: float = 0.0
    folder: Path | None = None

    def add(self, other: Outcome) -> None:
        """Sum up with what happened in another round."""
        self.kills += other.kills
        self.faults += other.faults
        self.violations += other.violations
        self.deaths += other.deaths
        self.trouble += other.trouble
        self.moves += other.moves
        self.pauses += other.pauses
        self.taken_over += other.taken_over
        self.refused += other.refused
        self.born_astray += other.born_astray
        self.changes_of_time += other.changes_of_time
        self.standstills += other.standstills
        self.tiers += other.tiers
        self.limited += other.limited
        self.waited = max(self.waited, other.waited)
        self.seconds += other.seconds
        self.rest += other.rest
