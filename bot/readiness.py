"""What does not work, with what to do about it: for who starts the bot, and for who watches over it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases.accounts import Condition, Stream
from bot.cases.installation import Installation
from bot.cases.ports import Connector, Finding
from bot.cases.posts import AccountId
from bot.cases.record import Record, Store
from bot.jobs import Ticks
from bot.slack.receiver import Receiver
from bot.transactions import Transactions
from bot.web import server
from bot.work import unread

#: How long a network may take to say what is wrong, in seconds.
PATIENCE = 5.0
#: So long before its end a team's hours should have got their next period.
SOON = timedelta(days=30)


async def of_accounts(store: Store, networks: Mapping[AccountId, Connector]) -> list[Finding]:
    """The accounts whose last look did not go well, or that could not be looked at yet. A network is asked
    only where it has refused something."""
    findings = []
    states = await store.do(lambda record: {name: _how(record, name) for name in networks})
    for name, connector in networks.items():
        condition, main = states[name]
        if main is None or (main.cursor is None and not main.faults):
            text = "The network does not answer yet. Mentions count from when it does."
            findings.append(Finding(f"Account {name}", False, text))
        elif main.faults or condition is not Condition.WELL:
            findings += await _why(name, condition, connector)
    return findings


def _how(record: Record, name: AccountId) -> tuple[Condition, Stream | None]:
    """How an account is doing, and its main list."""
    state = record.accounts.get(name)
    main = next((stream for stream in record.streams.of(name) if stream.main), None)
    return state.condition if state is not None else Condition.WELL, main


def of_due_times(count: int) -> list[Finding]:
    """That so many cases keep the due time of other settings; nothing when none does."""
    if not count:
        return []
    cases = "1 open case keeps the due time" if count == 1 else f"{count} open cases keep the due times"
    text = f"{cases} of other hours or targets. webcare targets shows them, and --apply sets new ones."
    return [Finding("Due times", True, text)]


def of_hours(installation: Installation, now: datetime) -> list[Finding]:
    """The teams whose service hours come to their end within two years: then their clock never rests."""
    ends = ((team, team.hours.last_closing(now)) for team in installation.teams.values())
    return [
        Finding(
            f"Team {team.name}: hours",
            last > now + SOON,
            f"They end on {last.astimezone(team.hours.zone):%Y-%m-%d}; from then on the clock runs day and "
            "night. Add the next period.",
        )
        for team, last in ends
        if last is not None
    ]


async def of_desk(door: Receiver, transactions: Transactions) -> str:
    """What is in the way at the desk; "" when nothing is."""
    late = await transactions.do(unread.late)
    told = [] if await door.is_open() else ["is not connected to Slack"]
    if late:
        told.append(
            f"{len(late)} replies wait until Slack has told who wrote them and what is in their threads, the "
            f"oldest since {unread.since(late[0]):%H:%M:%S} UTC"
        )
    return "; ".join(told)


async def of_ticks(ticks: Ticks) -> str:
    """Which ticks are in trouble; "" when none is."""
    stalled = ticks.stalled()
    return f"{', '.join(stalled)} did not get through for minutes; the log says why" if stalled else ""


async def _why(name: AccountId, condition: Condition, connector: Connector) -> list[Finding]:
    subject = f"Account {name}"
    if condition is Condition.SPENT:
        text = "Its daily_limit is reached. Raise it in app.yaml and restart, or wait until midnight UTC."
        return [Finding(subject, False, text)]
    try:
        found = (await asyncio.wait_for(connector.check(), PATIENCE)).findings
    except TimeoutError:
        found = ()
    wrong = [replace(finding, subject=f"{subject}: {finding.subject}") for finding in found if not finding.ok]
    return wrong or [Finding(subject, False, "It could not be looked at. webcare tries again by itself.")]


async def of_address(host: str, port: int) -> Finding:
    """Whether the bot can listen where app.yaml says."""
    try:
        await server.check(host, port)
    except server.AddressTaken as error:
        return Finding("web.listen", False, f"{error} While webcare runs, it is the one that has it.")
    return Finding("web.listen", True, f"{host}, port {port}, is free.")
