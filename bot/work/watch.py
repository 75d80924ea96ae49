"""The watch: flags what is about to miss its target and what has missed it, once each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cases.errands import Rank
from bot.cases.model import AgentId, Case, FlagKind
from bot.cases.record import Record
from bot.cases.said import Instant, Ping, PingChannel, Said, ThreadLink, say
from bot.work import asks
from bot.work.house import House

#: From this many cases of one channel at once, one message lists them.
LIST_FROM = 6
#: How many cases one transaction turns; the rest follow at once in the next.
CHUNK = 200
#: How many lines a list has before it says how many more there are.
LINES = 30


def flag(record: Record, house: House, now: datetime) -> int:
    """Flag every case whose warn or due instant has passed; returns how many turned.

    The flag row is written in the same transaction as what is said about it, unique by case, due time and
    kind: whatever happens in between, it is said once.
    """
    turned: dict[str, list[tuple[Case, FlagKind]]] = {}
    turning = record.turning(now, CHUNK)
    for case, kind in turning:
        due_at = case.due_at
        assert due_at is not None
        first = record.add_flag(case.id, due_at, kind, now)
        case = record.save_case(replace(case, flag=kind))
        asks.card(record, house, case, now)
        if first:
            asks.note_event(record, case, kind.value, now, due_at=due_at.isoformat())
            turned.setdefault(house.channel(case), []).append((case, kind))
    for channel, cases in turned.items():
        if len(cases) >= LIST_FROM:
            _list(record, channel, cases, now)
        else:
            for case, kind in cases:
                said, key = _warning(case, kind), _key(case, kind)
                asks.tell(record, house, case, said, now, rank=Rank.WARNING, key=key)
    return len(turning)


def _warning(case: Case, kind: FlagKind) -> Said:
    assert case.due_at is not None
    due = Instant(case.due_at)
    if case.assignee is None:
        return say(f"watch.{kind.value}_unclaimed", channel=PingChannel(), due=due)
    return say(f"watch.{kind.value}", who=Ping(AgentId(case.assignee)), due=due)


def _list(record: Record, channel: str, cases: list[tuple[Case, FlagKind]], now: datetime) -> None:
    lines = [
        say(
            "watch.list_line",
            case=ThreadLink(case.id, f"#{case.id}"),
            due=Instant(case.due_at or now),
            kind=say(f"watch.kind.{kind.value}"),
            who=Ping(case.assignee) if case.assignee else say("watch.nobody"),
        )
        for case, kind in cases[:LINES]
    ]
    if len(cases) > len(lines):
        lines.append(say("watch.more", count=len(cases) - len(lines)))
    first, kind = cases[0]
    asks.announce(
        record,
        channel,
        say("watch.list", count=len(cases), cases=lines),
        now,
        key=f"list-{_key(first, kind)}",
    )


def _key(case: Case, kind: FlagKind) -> str:
    assert case.due_at is not None
    return f"flag-{case.id}-{kind.value}-{case.due_at.isoformat()}"  # two due times may share a second
