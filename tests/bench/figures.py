"""The figures and their targets; how they are printed and written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Target:
    """The most that a figure may be, in its unit."""

    at_most: float
    unit: str


TARGETS: dict[str, Target] = {
    "sqlite: page of 100 mentions": Target(1.6, "x"),
    "sqlite: one mention": Target(3.0, "x"),
    "sqlite: one claim": Target(5.0, "x"),
    "sqlite: claim race": Target(5.0, "x"),
    "sqlite: 32 tasks at once, grouped": Target(0.3, "x"),
    "postgresql: page of 100 mentions": Target(1.6, "x"),
    "postgresql: one mention": Target(1.4, "x"),
    "postgresql: one claim": Target(1.6, "x"),
    "postgresql: claim race": Target(1.6, "x"),
    "reaction to ack": Target(2.7, "x"),
    "reaction to redraw call": Target(1.8, "x"),
    "1,000 events at once: last ack": Target(1.7, "x"),
    "1,000 events at once: lost": Target(0, "events"),
    "mention to card call": Target(1.6, "x"),
    "thread reply to create-post call": Target(1.8, "x"),
    "burst of 1,000 into 1 channel: last card": Target(1.005, "x"),
    "burst of 1,000 into 10 channels: last card": Target(1.005, "x"),
    "burst: cards too early for Slack": Target(0, "cards"),
    "burst: cards lost or double": Target(0, "cards"),
    "burst into 1 channel: wait of the most urgent 1 %": Target(3.0, "s"),
    "burst into 10 channels: wait of the most urgent 1 %": Target(3.0, "s"),
    **{f"flag lateness p99, {n} cases": Target(10, "ms") for n in ("10k", "100k", "1M")},
    **{f"CPU at rest, {n} cases": Target(0.02, "%") for n in ("10k", "100k", "1M")},
    "loop blocked by 100,000 due at once": Target(20, "ms"),
    "memory at rest": Target(75, "MB"),
    "start to ready": Target(2.7, "x"),
}
#: Every question of the growth table has the same target.
GROWTH = Target(1.2, "x")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, with the two measurements behind a ratio in words."""

    name: str
    value: float
    detail: str = ""

    @property
    def target(self) -> Target:
        """What was promised."""
        return TARGETS.get(self.name, GROWTH)

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.value <= self.target.at_most


def ratio(name: str, ours: Sequence[float], floor: Sequence[float]) -> Figure:
    """The medians of two series, in seconds, one over the other."""
    mine, least = median(ours), median(floor)
    return Figure(name, mine / least, f"{spell(mine)} over {spell(least)}")


def median(values: Iterable[float]) -> float:
    """The middle one; the upper of two."""
    return quantile(values, 0.5)


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which this share lies, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def spell(seconds: float) -> str:
    """A duration with a fitting unit."""
    if seconds >= 1:
        return f"{seconds:.2f} s"
    if seconds >= 1e-3:
        return f"{seconds * 1e3:.2f} ms"
    return f"{seconds * 1e6:.0f} µs"


def line(figure: Figure) -> str:
    """One line of the table."""
    target = figure.target
    mark = "✓" if figure.holds else "✗"
    value, at_most = f"{figure.value:.3g}", f"≤ {target.at_most:g}"
    return f"{mark} {figure.name:<52} {value:>8} {target.unit:<7}{at_most:>8}   {figure.detail}"


def write(figures: Sequence[Figure], path: Path) -> None:
    """The figures as a JSON list."""
    rows = [
        {
            "name": figure.name,
            "value": round(figure.value, 4),
            "unit": figure.target.unit,
            "target": figure.target.at_most,
            "holds": figure.holds,
        }
        for figure in figures
    ]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
