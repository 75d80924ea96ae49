"""Errands on their way to the desk: which goes next, what is written before the call and after it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases import errors
from bot.cases.errands import REDRAW, Errand, ErrandKind, ErrandState, Job, Rank
from bot.cases.model import MessageRef, ReplyId
from bot.cases.record import Wake
from bot.work import alarms, asks, lanes, leases, pictures, refusals
from bot.work.refusals import UNCLEAR
from bot.work.tx import Tx

#: A channel is kept free for a post on its way; short, so that a killed process delays little.
SLOT_WHILE_POSTING = timedelta(seconds=5)
#: One message a second and channel is what Slack allows (chat.postMessage, "special" tier), counted from its
#: answer: the way there and back is what keeps two posts, and the clocks of two processes, apart.
SLOT = timedelta(seconds=1)
#: So long before a channel's slot opens its next post is taken and drawn, so that it goes out when it opens.
LEAD = timedelta(milliseconds=20)
#: The first rest after an unclear answer, before the desk is searched; each one after it is twice as long.
LOOK_AFTER = timedelta(seconds=2)
#: Longer than Slack closes a channel or a method for, which is a minute at most.
LONGEST_SLOT = timedelta(minutes=2)


def take(tx: Tx, limit: int, carried: Container[int] = ()) -> Sequence[Job]:
    """The next errands, most urgent first, committed as underway before anything is said.

    A channel that got a post a moment ago is left alone until its slot is about to open; of the other lanes
    as many go as the desk allows, by their urgency. What this process has `carried` off and not ended is
    never lost, whatever its lease says: the clock may have been set ahead, or the process paused.
    """
    slots = tx.outbox.slots()
    channels = tx.installation.channels()
    open_ = {name: lanes.Lane(slots.get(name), tx.now) for name in lanes.NAMES}
    least = {name: rank for name, lane in open_.items() if (rank := lane.least()) is not None}
    closed = [name for name in lanes.NAMES if name not in least]
    closed += [channel for channel in channels if slots.get(channel, tx.now) > tx.now + LEAD]
    posted: set[str] = set()
    jobs = []
    for errand in tx.outbox.due(tx.now, limit, closed, least):
        if errand.id in carried:
            tx.outbox.save(replace(errand, lease_until=leases.until(tx.now)))
            continue
        lane = open_.get(errand.channel)
        if errand.channel in posted or (lane is not None and lane.opens(errand.rank) > tx.now):
            continue
        job = _job(tx, errand)
        if job is None:
            tx.outbox.save(replace(errand, state=ErrandState.DONE, lease_until=None))
            continue
        if job.ref is None and errand.channel == REDRAW:
            _ask_for_new(tx, errand)
            continue
        if lane is not None:
            lane.take(errand)
            tx.outbox.take_slot(errand.channel, lane.whole_at)
        else:
            posted.add(errand.channel)
        if errand.channel in channels:
            kept_until = tx.now + SLOT_WHILE_POSTING
            tx.outbox.take_slot(errand.channel, kept_until)
            job = replace(job, opens_at=slots.get(errand.channel), kept_until=kept_until)
        underway = replace(
            errand, state=ErrandState.UNDERWAY, lease_until=leases.until(tx.now), attempts=errand.attempts + 1
        )
        tx.outbox.save(underway)
        jobs.append(replace(job, errand=underway))
    return jobs


def next_at(tx: Tx) -> datetime | None:
    """When to come back: at the next errand's time, or a little before the slot opens that it waits for."""
    standing = tx.outbox.slots()
    open_ = {name: lanes.Lane(standing.get(name), tx.now) for name in lanes.NAMES}
    due = tx.outbox.next_due(
        tx.now, {name: {rank: lane.opens(rank) for rank in Rank} for name, lane in open_.items()}
    )
    if due is None:
        return None
    slots = [standing[channel] for channel in tx.installation.channels() if channel in standing]
    if due > tx.now and due not in slots:
        return due
    opens = due if due > tx.now else min((at for at in slots if at > tx.now), default=None)
    return opens if opens is None or opens - LEAD <= tx.now else opens - LEAD


def _job(tx: Tx, errand: Errand) -> Job | None:
    look_first = errand.state is ErrandState.UNDERWAY or errand.detail == UNCLEAR
    if errand.kind in (ErrandKind.MARK, ErrandKind.WHISPER):
        return Job(errand, None, errand.ref.channel if errand.ref else "", errand.ref, None, False)
    case = tx.cases.get(errand.case_id) if errand.case_id is not None else None
    picture = pictures.of(tx, errand, case)
    if picture is None:
        return None
    ref = errand.ref
    if errand.kind is ErrandKind.CARD and case is not None:
        ref = case.thread
        if case.version > 0:  # nothing was ever said of one that is still as it came in
            alarms.follow(tx, case)
    elif errand.kind is ErrandKind.LINE and errand.reply_id is not None and case is not None:
        reply = next((r for r in tx.replies.of_case(case.id) if r.id == errand.reply_id), None)
        ref = reply.line if reply else None
    elif errand.kind is ErrandKind.POST and errand.post_number is not None:
        first = tx.outbox.of_key(asks.key_of_post(errand.post_number))
        if first is not None and first.id != errand.id:
            if first.ref is None:
                return None
            ref = first.ref
    thread = case.thread if case and errand.kind is not ErrandKind.CARD else None
    channel = tx.channel(case) if case else errand.channel
    if errand.kind is ErrandKind.ALARM and errand.alarm_id is not None:
        alarm = tx.alarms.get(errand.alarm_id)
        if alarm is not None:
            ref, channel = alarm.ref, alarm.audience.channel
            thread = thread if alarm.in_thread else None
    return Job(errand, picture, channel, ref, thread, look_first and ref is None)


def _ask_for_new(tx: Tx, errand: Errand) -> None:
    """What was to be redrawn is no more: it is posted anew, and waits for its channel as a post does."""
    tx.outbox.save(replace(errand, state=ErrandState.DONE, lease_until=None))
    case = tx.cases.get(errand.case_id) if errand.case_id is not None else None
    alarm = tx.alarms.get(errand.alarm_id) if errand.alarm_id is not None else None
    reply = tx.replies.get(ReplyId(errand.reply_id)) if errand.reply_id is not None else None
    if errand.kind is ErrandKind.ALARM and alarm is not None:
        asks.alarm(tx, alarm)
    elif errand.kind is ErrandKind.LINE and case is not None and reply is not None:
        asks.line(tx, case, reply)
    elif errand.kind is ErrandKind.CARD and case is not None:
        asks.card(tx, case)


def done(tx: Tx, job: Job, ref: MessageRef | None) -> None:
    """The errand is done; a new message's place is kept with what it shows."""
    errand = job.errand
    if not _is_ours(tx, errand):
        return
    _free_slot(tx, job, tx.now + SLOT)
    tx.wake(Wake.POST)
    tx.outbox.save(replace(errand, state=ErrandState.DONE, ref=ref, lease_until=None, detail=""))
    if ref is None or job.ref is not None:
        return  # what was redrawn has its place, or has lost it in the meantime
    if errand.kind is ErrandKind.CARD and errand.case_id is not None:
        case = tx.cases.get(errand.case_id)
        if case is not None and case.thread is None:
            tx.cases.save(replace(case, thread=ref))
            if job.look_first:
                tx.wake(Wake.HEAR)
    if errand.kind is ErrandKind.ALARM and errand.alarm_id is not None:
        alarm = tx.alarms.get(errand.alarm_id)
        if alarm is not None and alarm.ref is None:
            tx.alarms.save(replace(alarm, ref=ref))
    if errand.kind is ErrandKind.LINE and errand.case_id is not None:
        for reply in tx.replies.of_case(errand.case_id):
            if reply.id == errand.reply_id and reply.line is None:
                tx.replies.save(replace(reply, line=ref))


def failed(tx: Tx, job: Job, error: errors.DeskError) -> None:
    """The errand was not done, or nobody knows: it waits, is looked for, or is given up with its reason."""
    errand = job.errand
    if not _is_ours(tx, errand):
        return
    _free_slot(tx, job, error.until if isinstance(error, errors.DeskBusy) else tx.now + SLOT)
    if isinstance(error, errors.DeskBusy) and errand.channel in lanes.NAMES:
        lanes.close(tx, errand.channel, error.until)
    match error:
        case errors.DeskBusy(until=until):
            waiting = replace(
                errand,
                state=ErrandState.WAITING,
                not_before=until,
                lease_until=None,
                detail=refusals.reason(job, error),
            )
            tx.outbox.save(waiting)
        case errors.DeskUnclear():
            again = tx.now + min(refusals.PATIENCE, LOOK_AFTER * 2 ** min(errand.attempts - 1, 10))
            tx.outbox.save(
                replace(errand, state=ErrandState.WAITING, not_before=again, lease_until=None, detail=UNCLEAR)
            )
        case _:
            refusals.take(tx, job, error)
    tx.wake(Wake.POST)


def renew(tx: Tx, job: Job) -> bool:
    """The call lasts: the errand goes on belonging to this process. False when another has it."""
    if not _is_ours(tx, job.errand):
        return False
    tx.outbox.save(replace(job.errand, lease_until=leases.until(tx.now)))
    return True


def _is_ours(tx: Tx, errand: Errand) -> bool:
    """Whether no other process has taken the errand over: each taking counts as an attempt."""
    current = tx.outbox.get(errand.id)
    return (
        current is not None and current.state is ErrandState.UNDERWAY and current.attempts == errand.attempts
    )


def _free_slot(tx: Tx, job: Job, until: datetime) -> None:
    """Let the next post go to the channel of a job at `until`; later, if another is on its way there because
    this one took longer than the channel was kept free for it."""
    if job.kept_until is None:
        return
    kept = tx.outbox.slot(job.errand.channel)
    if kept is not None and kept != job.kept_until:
        until = max(until, kept)
    tx.outbox.take_slot(job.errand.channel, until)
