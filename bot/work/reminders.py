"""Promises and calls: noted, shown, told when their time has come, and kept, moved or dropped."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.cases import timers
from bot.cases.actions import Action, Result, refused
from bot.cases.history import EventKind
from bot.cases.hours import DAY, FAR, Hours
from bot.cases.model import SETTLED, Agent, Case, Reply, ReplyKind
from bot.cases.record import Wake
from bot.cases.reminders import Reminder, ReminderKind, ReminderState
from bot.cases.said import Button, Call, Calls, Instant, Ping, Sentence, say
from bot.cases.timers import TimerKind
from bot.cases.tx import Tx
from bot.guide import promises, times
from bot.guide.promises import Promise
from bot.outbox import put
from bot.work import duty

#: Six digits at least, with whatever people write between them.
_PHONE = re.compile(r"\+?\(?\d(?:[\s().\-/]*\d){5,14}")
#: When a day is over for which there are no hours.
_GO_HOME = time(17)
#: What is promised for a day that is over is to be kept so soon.
_LATE = timedelta(hours=2)
#: So much of what was promised is shown.
LONGEST = 200


def note_promise(tx: Tx, case: Case, reply: Reply) -> None:
    """A reply that has just gone out may promise to come back: then that is not forgotten. Without a time it
    is to be kept by the end of the next open day."""
    team = tx.team(case)
    if not team.promises or reply.kind is not ReplyKind.ANSWER or reply.sent_at is None:
        return
    zone = _zone(tx)
    found = promises.find(reply.body, reply.sent_at.astimezone(zone))
    if found is None:
        return
    due_at = _due(found, reply.sent_at, team.hours, zone)
    words = found.words[:LONGEST]
    noted = tx.reminders.add(Reminder(0, case.id, ReminderKind.PROMISE, words, due_at, reply.agent, reply.id))
    if noted is not None:
        tx.note(case, EventKind.REMINDER, reply.agent or "", reminder=noted.id, what=noted.kind.value)
        _set_timer(tx, case)
        said = say("promise.noted", *_buttons(case, noted), due=Instant(due_at, "date"))
        put.tell(tx, case, said, key=f"reminder-{noted.id}")


def _due(found: Promise, sent_at: datetime, hours: Hours, zone: ZoneInfo) -> datetime:
    """By when a promise is to be kept; one for a day that is over has two hours left."""
    if found.day is not None:
        closing = _end(found.day, hours, zone)
        return closing if closing > sent_at else sent_at + _LATE
    return found.due_at or _open_days_later(found.working_days or 1, sent_at, hours, zone)


def _open_days_later(count: int, since: datetime, hours: Hours, zone: ZoneInfo) -> datetime:
    """When people go home on the so many-th open day after today."""
    day = since.astimezone(zone).date()
    for _ in range(FAR.days):
        if count == 0:
            break
        day += DAY
        count -= bool(hours.of(day))
    return _end(day, hours, zone)


def _end(day: date, hours: Hours, zone: ZoneInfo) -> datetime:
    """When people go home on a day: its last closing, or 17:00 where it never closes or nobody is there."""
    closings = hours.of(day)
    closing = closings[-1][1] if closings else None
    if closing is None or closing.astimezone(hours.zone).time() == time(0):
        return datetime.combine(day, _GO_HOME, zone).astimezone(UTC)
    return closing


def call_back(tx: Tx, case: Case, action: Action, agent: Agent) -> Result:
    """`!callback 14:00 0612345678 Mrs Jansen`: somebody is to be called then."""
    now = tx.now.astimezone(_zone(tx))
    found = times.leading(action.argument, now)
    phone = _PHONE.search(found[1]) if found else None
    if phone is None or found is None:
        return refused("call.how", n=case.id)
    if case.status in SETTLED:
        return refused("close.not_open", n=case.id)
    due_at, words = found[0], _PHONE.sub("", found[1], count=1).strip()
    noted = tx.reminders.add(
        Reminder(0, case.id, ReminderKind.CALL, words[:LONGEST], due_at, agent.id, phone=phone[0].strip())
    )
    assert noted is not None, "only a reply's own reminder can be there already"
    tx.note(case, EventKind.REMINDER, agent.id, reminder=noted.id, what=noted.kind.value)
    _set_timer(tx, case)
    put.card(tx, tx.cases.save(case))
    put.tell(
        tx, case, say("call.noted", *_buttons(case, noted), agent=agent.name, due=Instant(due_at, "date"))
    )
    return Result(True)


def decide(tx: Tx, case: Case, action: Action, agent: Agent, state: ReminderState | None) -> Result:
    """A reminder is kept or dropped; with None it is moved to the end of the next open day. Without a number
    behind it the one that is due first is meant."""
    theirs = tx.reminders.open_of(case.id)
    wanted = action.argument.strip()
    found = next((each for each in theirs if not wanted or str(each.id) == wanted), None)
    if found is None:
        return refused("promise.nothing", n=case.id)
    if state is None:
        due_at = _open_days_later(1, tx.now, tx.team(case).hours, _zone(tx))
        changed = replace(found, due_at=due_at, told_for=None)
        said = say("promise.moved", *_buttons(case, found), agent=agent.name, due=Instant(due_at, "date"))
    else:
        changed = replace(found, state=state, phone="")
        said = say(f"{found.kind}.{state}", agent=agent.name)
    tx.reminders.save(changed)
    tx.note(case, EventKind.REMINDER_DECIDED, agent.id, reminder=found.id, state=state or "moved")
    _set_timer(tx, case)
    put.card(tx, tx.cases.save(case))
    if action.at is not None and action.place is not None and action.place.ts and wanted:
        put.say_instead(tx, case, action.at, said)
    else:
        put.tell(tx, case, said)
    return Result(True)


def end(tx: Tx, case: Case) -> None:
    """The case is settled: nothing is to be done for it any more, and no number is kept."""
    for reminder in tx.reminders.open_of(case.id):
        tx.reminders.save(replace(reminder, state=ReminderState.DROPPED, phone=""))
    tx.timers.end(case.id, TimerKind.REMINDER)


def turned(tx: Tx, case: Case) -> None:
    """The time of some has come: who has the case is told, or else who is there."""
    for reminder in tx.reminders.open_of(case.id):
        if reminder.due_at > tx.now or reminder.told_for == reminder.due_at:
            continue
        tx.reminders.save(replace(reminder, told_for=reminder.due_at))
        key = f"reminder-{reminder.id}-{reminder.due_at:%Y%m%d%H%M%S%f}"
        words = reminder.words if reminder.kind is ReminderKind.CALL else f"“{reminder.words}”"
        said = say(f"{reminder.kind}.due", *_buttons(case, reminder), who=_whom(tx, case), words=words)
        put.tell(tx, case, said, key=key)
    _set_timer(tx, case)
    put.card(tx, tx.cases.save(case))


def _zone(tx: Tx) -> ZoneInfo:
    return ZoneInfo(tx.installation.timezone)


def _whom(tx: Tx, case: Case) -> Ping | Calls | Call:
    if case.assignee is not None:
        return Ping(case.assignee)
    team = tx.team(case)
    here = duty.on_duty(tx, team, tx.now)
    if not here:
        return Call(team.call)
    return Calls(tuple(Call(who) if who.startswith("S") else Ping(who) for who in here))


def _buttons(case: Case, reminder: Reminder) -> tuple[Button, ...]:
    value = f"{case.id}:{reminder.id}"
    return (
        Button("kept", value, f"button.{reminder.kind}_kept", "primary"),
        Button("move_on", value, "button.move_on"),
        Button("drop", value, "button.drop"),
    )


def _set_timer(tx: Tx, case: Case) -> None:
    """The timer of the case turns for the next one that is still to be told."""
    coming = [each.due_at for each in tx.reminders.open_of(case.id) if each.told_for != each.due_at]
    if not coming:
        tx.timers.end(case.id, TimerKind.REMINDER)
        return
    tx.timers.set(case.id, timers.started(TimerKind.REMINDER, tx.now, min(coming)))
    tx.wake(Wake.WATCH)


def still_open(tx: Tx, case: Case) -> Sentence | None:
    """Why the case cannot be closed yet: something was promised."""
    theirs = tx.reminders.open_of(case.id)
    if not theirs:
        return None
    first = theirs[0]
    return say("close.promise", *_buttons(case, first), n=case.id, due=Instant(first.due_at, "date"))
