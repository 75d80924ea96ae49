"""Duty in words: who is there and next, who is put on duty, who is away, what a shift hands to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.cases.actions import Action, Result, done, refused
from bot.cases.duty import FAR, Absence, Stint, changes, gaps, until_service
from bot.cases.installation import Team
from bot.cases.model import Agent, AgentId, Case
from bot.cases.said import Call, Calls, Instant, Ping, Sentence, say
from bot.cases.timers import FlagKind
from bot.cases.tx import Tx
from bot.guide import times
from bot.outbox import put
from bot.work import claims, duty, replies

#: A gap in the duty is told when it lies within so much service time.
AHEAD = timedelta(hours=24)
#: A changeover is told no later than this.
LATEST_DIGEST = timedelta(hours=1)
#: How many shifts are shown.
_SHOWN = 6
_OFF = ("off", "none", "uit", "niet", "geen")


def calls(whom: Sequence[str]) -> Calls:
    """People and groups, called."""
    return Calls(tuple(Call(who) if who.startswith("S") else Ping(who) for who in whom))


def show_or_add(tx: Tx, _: None, action: Action, agent: Agent) -> Result:
    """`duty`: who is there now and next; with somebody and a time behind it, a shift for that one."""
    team = _team_here(tx, action)
    words = " ".join(word for word in action.argument.split() if not word.startswith("@"))
    if not action.people and any(word.startswith("@") for word in action.argument.split()):
        return refused("duty.unknown", command=tx.installation.command)
    if not words and not action.people:
        return Result(True, _shown(tx, team))
    people = action.people or (agent.id,)
    if words.casefold() in _OFF:
        dropped = sum(tx.duty.drop_shifts(team.name, who, tx.now) for who in people)
        return done("duty.dropped" if dropped else "duty.nothing", who=calls(people))
    now = tx.now.astimezone(ZoneInfo(tx.installation.timezone))
    span = times.span(words, now)
    if span is None:
        return refused("duty.how", command=tx.installation.command)
    for who in people:
        tx.duty.add_shift(team.name, who, *span)
    begins, ends = (Instant(at, "date") for at in span)
    return done("duty.added", who=calls(people), begins=begins, ends=ends)


def _team_here(tx: Tx, action: Action) -> Team:
    """The team of the channel in which the word was typed, or else the first."""
    channel = action.place.channel if action.place else ""
    teams = tx.installation.teams.values()
    return next((team for team in teams if team.channel == channel), next(iter(teams)))


def _shown(tx: Tx, team: Team) -> Sentence:
    known = duty.stints(tx, team, tx.now, tx.now + FAR)
    if not known:
        return say("duty.none", team=team.name)
    here = duty.on_duty(tx, team, tx.now)
    now = say("duty.now", who=calls(here)) if here else say("duty.nobody")
    coming = [_shift(each) for each in known if each.begins > tx.now and each.who]
    gone = [say("duty.away", who=Ping(each.agent)) for each in tx.duty.away(tx.now)]
    return say("duty.list", now=now, next=[*coming[:_SHOWN], *gone])


def _shift(stint: Stint) -> Sentence:
    begins, ends = Instant(stint.begins, "date"), Instant(stint.ends)
    return say("duty.shift", who=calls(stint.who), begins=begins, ends=ends)


def go_away(tx: Tx, _: None, action: Action, agent: Agent) -> Result:
    """`away`, `away until 14:00`: the agent is not there, and their cases without a reply are free again."""
    until = None
    if action.argument.strip():
        now = tx.now.astimezone(ZoneInfo(tx.installation.timezone))
        until = times.instant(action.argument, now)
        if until is None:
            return refused("away.how", command=tx.installation.command)
    tx.duty.go_away(Absence(agent.id, tx.now, until))
    freed = give_up(tx, agent.id, say("away.freed", who=agent.name))
    if until is None:
        return done("away.done", count=freed, command=tx.installation.command)
    return done("away.until", count=freed, at=Instant(until, "date"))


def come_back(tx: Tx, _: None, __: Action, agent: Agent) -> Result:
    """`here`: the agent is there again."""
    return done("away.back" if tx.duty.come_back(agent.id) else "away.was_here")


def give_up(tx: Tx, agent: AgentId, why: Sentence) -> int:
    """Free the cases of an agent in which a customer waits and no reply is on its way; returns how many."""
    theirs = [case for case in tx.cases.claimed_by(agent) if case.waiting_since is not None]
    freed = [case for case in theirs if not replies.waiting(tx, case)]
    for case in freed:
        claims.give_back(tx, case, why)
    return len(freed)


def gone(tx: Tx, agent: Agent) -> None:
    """Somebody is no longer a member who may reply: what they had is free again, whatever waits in it."""
    for case in tx.cases.claimed_by(agent.id):
        replies.hold_waiting(tx, case, say("hold.not_member", agent=agent.name))
        claims.give_back(tx, case, say("away.gone", who=agent.name))


# What the watch tells of it


def tell(tx: Tx) -> None:
    """Tell each team of a change of shift that has just happened, and of a gap that is near; once each."""
    for team in tx.installation.teams.values():
        if team.roster is not None:
            _tell_change(tx, team)
            _tell_gap(tx, team)


def _tell_change(tx: Tx, team: Team) -> None:
    near = duty.stints(tx, team, tx.now - LATEST_DIGEST, tx.now + timedelta(minutes=1))
    past = [at for at in changes(near) if tx.now - LATEST_DIGEST < at <= tx.now]
    if not past or not team.hours.is_open(tx.now):
        return
    key = f"shift-{team.name}-{past[-1]:%Y%m%d%H%M%S}"
    here = duty.on_duty(tx, team, tx.now)
    if here and tx.upkeep.first_time(key, tx.now):
        put.announce(tx, team.channel, _digest(tx, team, here), key=key)


def _digest(tx: Tx, team: Team, here: Sequence[str]) -> Sentence:
    cases = [case for case in tx.cases.open() if case.team == team.name]
    return say(
        "duty.digest",
        who=calls(here),
        open=len(cases),
        free=_count(cases, lambda case: case.waiting_since is not None and case.assignee is None),
        claimed=_count(cases, lambda case: case.waiting_since is not None and case.assignee is not None),
        risk=_count(cases, lambda case: case.flag is FlagKind.AT_RISK),
        late=_count(cases, lambda case: case.flag is FlagKind.MISSED),
        waits=_count(cases, lambda case: case.waits_for is not None),
        promises=tx.reminders.open_in(team.name),
        command=tx.installation.command,
    )


def _count(cases: Sequence[Case], holds: Callable[[Case], bool]) -> int:
    return sum(holds(case) for case in cases)


def _tell_gap(tx: Tx, team: Team) -> None:
    opened = until_service(team.hours.after(tx.now), AHEAD)
    found = gaps(duty.stints(tx, team, tx.now, opened[-1][1]), opened) if opened else []
    if not found:
        return
    begins, ends = found[0]
    key = f"gap-{team.name}-{ends:%Y%m%d%H%M%S}"
    if tx.upkeep.first_time(key, tx.now):
        command, edges = tx.installation.command, (Instant(begins, "date"), Instant(ends, "date"))
        said = say("duty.gap", command=command, begins=edges[0], ends=edges[1])
        put.announce(tx, team.channel, said, key=key)
