"""Alarms: who is told of what turned, in how few messages, and how often anybody is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_hex

from bot.cases import escalation
from bot.cases.alarms import NOBODY, Alarm, Audience, Flag, still_so
from bot.cases.escalation import Step
from bot.cases.history import EventKind
from bot.cases.model import SETTLED, AgentId, Case
from bot.cases.outbox import EntryState, Rank
from bot.cases.pictures import AlarmLine, AlarmPicture
from bot.cases.posts import Absence, Author
from bot.cases.said import Call, Calls, Ping, Sentence, say
from bot.cases.timers import FlagKind, Timer, TimerKind
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import duty

#: What turns so soon after what turned before, for the same people, is said in the same message.
TOGETHER = timedelta(minutes=1)
#: No message grows for longer: by then it stands too far up to be seen.
LONGEST = timedelta(minutes=10)
#: How often a channel is called at most. An agent is called by name at most once each `TOGETHER`.
CALL_EVERY = timedelta(minutes=10)
#: How many cases a message names before it says how many more there are.
LINES = 10
#: So many flags a case may have in one message, beside those of the steps of its team's escalation.
_FLAGS = 6


def tell(tx: Tx, turned: Iterable[tuple[Case, Flag]]) -> None:
    """Let the people it concerns know of these flags, which were noticed in this very transaction.

    Who has the case is told alone, in its thread; the channel is told of what nobody has and what escalates.
    What turns within a minute is added to the message that is there. A message calls once, when it is posted,
    and a channel is called at most once in ten minutes; what could not be called for waits for `call_again`.
    """
    groups: dict[Audience, list[tuple[Case, Flag]]] = {}
    for case, flag in turned:
        groups.setdefault(_audience(tx, case, flag), []).append((case, flag))
    for audience, group in groups.items():
        cases = [case for case, _ in group]
        always = any(_is_always(tx, case, flag) for case, flag in group)
        alarm, called = _grown(tx, audience, cases) or _opened(tx, audience, cases, always=always)
        called_by = alarm.id if called or audience.who == NOBODY else None
        for case, flag in group:
            _list_as_late(tx, case, flag)
            tx.alarms.save_flag(replace(flag, alarm_id=alarm.id, called_by=called_by))


def stands(tx: Tx, case: Case, flag: Flag) -> bool:
    """Whether what was flagged of a case is still so."""
    if flag.timer is TimerKind.ANSWER:
        return still_so(case, flag, case.answer_due)
    return still_so(case, flag, tx.timers.of_case(case.id).get(flag.timer))


def _list_as_late(tx: Tx, case: Case, missed: Flag) -> None:
    """Let the lists that say a case is at risk say that it is late, once it is."""
    if missed.kind is not FlagKind.MISSED:
        return
    for flag in tx.alarms.flags_of(case.id):
        if flag.timer is not missed.timer or not stands(tx, case, flag):
            continue
        for number in {flag.alarm_id, flag.called_by}:
            alarm = tx.alarms.get(number) if number is not None else None
            if alarm is not None and not _is_single(tx, alarm):
                put.alarm(tx, alarm, rank=Rank.TIDYING)


def _is_always(tx: Tx, case: Case, flag: Flag) -> bool:
    """Whether a flag calls outside service hours too, however lately there was a call."""
    is_step = tx.team(case).escalation and flag.timer is TimerKind.ANSWER
    return bool(is_step) and step_of(tx, case, flag).always


def _audience(tx: Tx, case: Case, flag: Flag) -> Audience:
    team = tx.team(case)
    if team.escalation and flag.timer is TimerKind.ANSWER:
        return _of_step(tx, case, flag, step_of(tx, case, flag).call)
    if flag.assignee is None or flag.kind is FlagKind.ESCALATED:
        return Audience(tx.channel(case), tx.team(case).call, is_agent=False)
    return Audience(tx.channel(case), flag.assignee, is_agent=True)


def _of_step(tx: Tx, case: Case, flag: Flag, call: str) -> Audience:
    """Whom a step calls. Where nobody is on duty, or leads, the channel is called as usual."""
    channel, team = tx.channel(case), tx.team(case)
    if call in (escalation.ASSIGNEE, escalation.ASSIGNEE_OR_DUTY) and flag.assignee is not None:
        return Audience(channel, flag.assignee, is_agent=True)
    if call == escalation.ASSIGNEE:
        return Audience(channel, NOBODY, is_agent=False)
    if call in (escalation.DUTY, escalation.ASSIGNEE_OR_DUTY):
        call = " ".join(duty.on_duty(tx, team, tx.now)) or team.call
    elif call == escalation.LEAD:
        call = " ".join(team.leads) or team.call
    return Audience(channel, call, is_agent=False)


def step_of(tx: Tx, case: Case, flag: Flag) -> Step:
    """The step of the escalation that a flag is."""
    team = tx.team(case)
    if flag.kind is FlagKind.ESCALATED:
        steps = [step for _, step in escalation.plan(team.escalation, flag.due_at, team.hours)]
    else:
        steps = escalation.at_once(team.escalation, flag.kind)
    return steps[flag.step] if flag.step < len(steps) else Step(flag.kind, team.call)


def steps_said(tx: Tx, case: Case, timer: Timer) -> int:
    """How many of the later steps of an escalation were said for a due time."""
    flags = tx.alarms.flags_of(case.id)
    later = (f for f in flags if f.kind is FlagKind.ESCALATED and f.timer is timer.kind)
    return sum(flag.due_at == timer.due_at for flag in later)


def next_step_at(tx: Tx, case: Case, timer: Timer) -> datetime | None:
    """When the next of the later steps is to be said; None when there is none."""
    team = tx.team(case)
    plan = escalation.plan(team.escalation, timer.due_at, team.hours)
    coming = plan[steps_said(tx, case, timer) :]
    return coming[0][0] if coming else None


def _grown(tx: Tx, audience: Audience, cases: Sequence[Case]) -> tuple[Alarm, bool] | None:
    """The message to which more can be added, and whether it has yet to be drawn and then calls for that too;
    None when a new one is due. A warning that stands in the thread of its case takes no other case in."""
    alarm = tx.alarms.newest(audience)
    if alarm is None or not _is_recent(alarm, tx.now) or tx.now > alarm.opened_at + LONGEST:
        return None
    is_of_others = alarm.in_thread and {case.id for case in cases} != {alarm.case_id}
    if is_of_others and alarm.ref is not None:
        return None
    # From here on, until this transaction ends, nobody can take what waits to be drawn.
    put.alarm(tx, alarm)
    posting = tx.outbox.of_key(alarm.key)
    is_undrawn = posting is not None and posting.state is EntryState.WAITING and posting.attempts == 0
    if is_of_others and not is_undrawn:
        return None
    tx.alarms.save(replace(alarm, grown_at=tx.now, in_thread=alarm.in_thread and not is_of_others))
    return alarm, alarm.calls and is_undrawn


def _is_recent(alarm: Alarm, now: datetime) -> bool:
    return alarm.grown_at <= now <= alarm.grown_at + TOGETHER


def _opened(tx: Tx, audience: Audience, cases: Sequence[Case], *, always: bool = False) -> tuple[Alarm, bool]:
    """A new message, and whether it calls: in the thread when it is about one case, unless another turned a
    moment ago, so that more may follow; then it is a list from the beginning."""
    before = tx.alarms.newest(audience)
    calls = audience.who != NOBODY and (always or _may_call_at(tx, audience) <= tx.now)
    follows = before is not None and before.case_id != cases[0].id and _is_recent(before, tx.now)
    in_thread = len({case.id for case in cases}) == 1 and not follows
    return _post(tx, audience, cases[0], in_thread, calls), calls


def _is_single(tx: Tx, alarm: Alarm) -> bool:
    """Whether it is the warning about one case, in its thread, rather than a list."""
    return alarm.in_thread and tx.alarms.cases_in(alarm.id)[0] == 1


def _post(tx: Tx, audience: Audience, case: Case, in_thread: bool, calls: bool) -> Alarm:
    key = f"alarm-{case.id}-{token_hex(6)}"
    alarm = tx.alarms.add(Alarm(0, audience, key, case.id, in_thread, tx.now, tx.now, calls))
    put.alarm(tx, alarm)
    return alarm


def _may_call_at(tx: Tx, audience: Audience) -> datetime:
    """From when on this audience may be called again: not too often, and only while its team is there."""
    called_at = tx.alarms.last_call(audience, tx.now)
    rested = tx.now if called_at is None else called_at + (TOGETHER if audience.is_agent else CALL_EVERY)
    here = [team for team in tx.installation.teams.values() if team.channel == audience.channel]
    return min((team.hours.opening(max(rested, tx.now)) for team in here), default=rested)


def call_again(tx: Tx) -> datetime | None:
    """Call for what turned while nobody might be called and still stands: once for all of it, in a list.

    Returns when the next such call may be made; None when nothing waits for one.
    """
    waiting: dict[Audience, list[Alarm]] = {}
    for alarm in tx.alarms.uncalled():
        waiting.setdefault(alarm.audience, []).append(alarm)
    later = []
    for audience, alarms in waiting.items():
        at = _may_call_at(tx, audience)
        if at > tx.now:
            later.append(at)
            continue
        case = tx.cases.get(alarms[-1].case_id)
        assert case is not None
        calling = _post(tx, audience, case, False, True)
        tx.alarms.call_for([alarm.id for alarm in alarms], calling.id)
    return min(later, default=None)


def follow(tx: Tx, case: Case) -> None:
    """Strike out what the alarms say of a case once somebody acted on it; bring back what is so again."""
    changed: set[int] = set()
    for flag in tx.alarms.flags_of(case.id):
        is_over = not stands(tx, case, flag)
        if flag.alarm_id is None or is_over is (flag.over_at is not None):
            continue
        tx.alarms.save_flag(replace(flag, over_at=tx.now if is_over else None))
        changed |= {number for number in (flag.alarm_id, flag.called_by) if number is not None}
    for number in sorted(changed):
        if (alarm := tx.alarms.get(number)) is not None:
            put.alarm(tx, alarm, rank=Rank.TIDYING)


def draw_anew(tx: Tx, case: Case, post_number: int) -> None:
    """Let the alarms that show what a post said show what it says now: it was edited or deleted."""
    shown = {
        number
        for flag in tx.alarms.flags_of(case.id)
        if flag.post_number == post_number
        for number in (flag.alarm_id, flag.called_by)
        if number is not None
    }
    for number in sorted(shown):
        if (alarm := tx.alarms.get(number)) is not None:
            put.alarm(tx, alarm, rank=Rank.TIDYING)


def picture(tx: Tx, alarm: Alarm) -> AlarmPicture | None:
    """What an alarm shows; None for one that never said anything."""
    total, open_ = tx.alarms.cases_in(alarm.id)
    single = alarm.in_thread and total == 1
    lines: dict[int, AlarmLine] = {}
    threads = {}
    for flag in tx.alarms.flags_in(alarm.id, LINES * _flags_of_a_case(tx)):
        case = tx.cases.get(flag.case_id)
        if case is None:
            continue
        before = lines.get(case.id)
        if before is None and len(lines) == LINES:
            continue
        if before is None or _weight(flag) > _WEIGHTS[before.kind]:
            lines[case.id] = _line(tx, case, flag, in_list=not single)
        if case.thread is not None:
            threads[case.id] = case.thread
    if not lines:
        return None
    whom = alarm.audience
    call = _called(whom) if alarm.calls else None
    return AlarmPicture(tuple(lines.values()), total, open_, call, single, not whom.is_agent, threads)


def _flags_of_a_case(tx: Tx) -> int:
    """How many flags of one case an alarm may say at most."""
    teams = tx.installation.teams.values()
    return _FLAGS + max(sum(step.times for step in team.escalation) for team in teams)


def _called(whom: Audience) -> Ping | Call | Calls:
    if whom.is_agent:
        return Ping(whom.who)
    several = whom.who.split()
    return (
        Call(whom.who)
        if several == [whom.who] and not _is_person(whom.who)
        else Calls(tuple(Ping(who) if _is_person(who) else Call(who) for who in several))
    )


def _is_person(who: str) -> bool:
    return who not in ("channel", "here", NOBODY) and not who.startswith("S")


#: Of several things said of one case in one message the weightiest is shown; what still stands before all.
_WEIGHTS = {FlagKind.AT_RISK: 1, FlagKind.MISSED: 2, FlagKind.ESCALATED: 3}


def _weight(flag: Flag) -> int:
    return _WEIGHTS[flag.kind] if flag.over_at is None else 0


def _line(tx: Tx, case: Case, flag: Flag, *, in_list: bool) -> AlarmLine:
    """What is said of one case: in its own warning as it was then, in a list as it is now."""
    timer = case.answer_due if flag.timer is TimerKind.ANSWER else tx.timers.of_case(case.id).get(flag.timer)
    is_missed = timer is not None and timer.flag is FlagKind.MISSED
    is_late = in_list and is_missed and flag.kind is FlagKind.AT_RISK
    post = tx.posts.numbered(flag.post_number) if flag.post_number is not None else None
    network = tx.account(case).network
    holder = tx.people.agent(flag.assignee) if flag.assignee else None
    return AlarmLine(
        case_id=case.id,
        author=tx.people.author(network, case.author_id) or Author(network, case.author_id),
        words=post.text if post else "",
        kind=FlagKind.MISSED if is_late else flag.kind,
        due_at=flag.due_at,
        holder=holder.name if holder else flag.assignee or "",
        outcome=None if stands(tx, case, flag) else _outcome(tx, case, flag),
        timer=flag.timer,
    )


def _outcome(tx: Tx, case: Case, flag: Flag) -> Sentence:
    """How what was flagged was dealt with."""
    if case.status in SETTLED:
        return say(f"watch.over.{case.status.value}")
    if flag.timer is not TimerKind.ANSWER:
        return _outcome_of_other(tx, case, flag)
    post = tx.posts.numbered(flag.post_number) if flag.post_number is not None else None
    if post is not None and post.absence is Absence.DELETED:
        return say("watch.over.deleted")
    if case.due_at != flag.due_at:
        still_waits = case.waiting_since is not None and flag.at >= case.waiting_since
        return say("watch.over.moved" if still_waits else "watch.over.answered")
    return _in_hands(tx, case)


def _in_hands(tx: Tx, case: Case) -> Sentence:
    if case.assignee is None:
        return say("watch.over.released")
    who = tx.people.agent(AgentId(case.assignee))
    return say("watch.over.claimed", name=who.name if who else case.assignee)


def _outcome_of_other(tx: Tx, case: Case, flag: Flag) -> Sentence:
    timer = tx.timers.of_case(case.id).get(flag.timer)
    if timer is None or timer.due_at != flag.due_at:
        return say(f"watch.over.{flag.timer.value}")
    return _in_hands(tx, case)


def waiting_post(tx: Tx, case: Case) -> int | None:
    """The number of the customer's post that waits for an answer."""
    posts = [post for post in tx.posts.of_case(case.id) if not post.by_brand]
    since = case.waiting_since
    waits = [post.number for post in posts if since is not None and post.created_at >= since]
    return waits[0] if waits else posts[-1].number if posts else None


def flagged(tx: Tx, case: Case, timer: Timer, kind: FlagKind, step: int = 0) -> list[tuple[Case, Flag]]:
    """The flag that is to be told of a timer, unless it was raised before."""
    post = waiting_post(tx, case)
    noticed = Flag(case.id, timer.due_at, kind, tx.now, case.assignee, post, timer=timer.kind, step=step)
    if not tx.alarms.add_flag(noticed):
        return []
    tx.note(case, EventKind(kind), due_at=timer.due_at.isoformat(), timer=timer.kind.value)
    return [(case, noticed)]


def is_known(tx: Tx, case: Case) -> bool:
    """Whether the channel was told that this case is missed and nobody has it, and it is still so."""
    said = tx.alarms.flags_of(case.id)
    missed = (f for f in said if f.timer is TimerKind.ANSWER and f.kind is FlagKind.MISSED)
    return any(flag.assignee is None and stands(tx, case, flag) for flag in missed)
