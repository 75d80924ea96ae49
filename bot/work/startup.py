"""The first pieces of work of a process: what the one before it left half done or too far away, and what a
backup that was put back cannot know."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases import leases, targets, timers
from bot.cases.accounts import Stream
from bot.cases.model import Case, Reply, ReplyState
from bot.cases.outbox import EntryState, Rank
from bot.cases.record import Wake
from bot.cases.said import Instant, say
from bot.cases.timers import TimerKind
from bot.cases.tx import Tx
from bot.outbox import put
from bot.outbox.queue import PATIENCE
from bot.work import accounts, alarms, publishing

#: Longer than any lease.
EVER = timedelta(days=1)
#: What the process before was asking for when it died may still be on its way; then it has landed.
LANDING = timedelta(seconds=3)
#: More than one process can have had under way.
MANY = 1000


def take_over(tx: Tx) -> None:
    """End every lease soon instead of waiting for it to run out.

    Replies that were being sent are unconfirmed, what was on its way to the desk is looked for at the desk
    before they are done again, and accounts may be looked at. Only for a process that is certain to be
    alone: among several, a lease runs out by itself.
    """
    for reply in tx.replies.lost(tx.now + EVER, MANY):
        case = tx.cases.get(reply.case_id)
        if case is not None:
            publishing.mark_unconfirmed(tx, case, reply)
    for entry in tx.outbox.due(tx.now + EVER, MANY):
        if entry.state is EntryState.UNDERWAY:
            tx.outbox.save(replace(entry, lease_until=tx.now + LANDING))
    for account in tx.installation.accounts:
        for stream in tx.streams.of(account):
            if stream.lease_until is not None:
                tx.streams.save(replace(stream, lease_by="", lease_until=None))


def redraw(tx: Tx) -> None:
    """Redraw every recent card and line, and the warnings that stand, as the program would draw them now:
    in another language. The newest cases stand lowest in the channel and go first."""
    shown = [*tx.cases.open(), *tx.cases.settled_since(tx.now - EVER)]
    standing: set[int] = set()
    for place, case in enumerate(sorted(shown, key=lambda case: case.opened_at, reverse=True)):
        put.redraw(tx, case, tx.replies.of_case(case.id), place)
        for flag in tx.alarms.flags_of(case.id):
            if alarms.stands(tx, case, flag):
                standing |= {number for number in (flag.alarm_id, flag.called_by) if number is not None}
    for number in sorted(standing):
        if (alarm := tx.alarms.get(number)) is not None:
            put.alarm(tx, alarm, rank=Rank.TIDYING)


def cap_waits(tx: Tx) -> None:
    """Let nothing wait longer than such a thing ever waits.

    A process whose clock was ahead leaves instants behind that are as far away. None of them can be told from
    a right one, but each kind of wait has its longest; what is looked at too soon waits again. A flag that
    came too early is taken off the card; it comes back in its time, without being said a second time.
    """
    tx.outbox.cap_waits(
        tx.now + PATIENCE, tx.now + tx.setup.pace.longest_rest, leases.until(tx.now, tx.setup.speed)
    )
    for account in tx.installation.accounts:
        for stream in tx.streams.of(account):
            if (near := _near_stream(tx, stream)) != stream:
                tx.streams.save(near)
    for reply in tx.replies.later(tx.now):
        case = tx.cases.get(reply.case_id)
        if case is not None and (near_reply := _near_reply(tx, case, reply)) != reply:
            put.line(tx, case, tx.replies.save(near_reply))
    for case_id, timer in tx.timers.flagged_before(tx.now):
        case = tx.cases.get(case_id)
        assert case is not None
        escalates_at = targets.escalates_at(tx.team(case), tx.now)
        if tx.team(case).escalation and timer.kind is TimerKind.ANSWER:
            escalates_at = alarms.next_step_at(tx, case, timer) or escalates_at
        right = timers.set_right(timer, tx.now, escalates_at)
        if right == timer:
            continue
        if timer.kind is TimerKind.ANSWER:
            case = replace(case, answer_due=right)
        else:
            tx.timers.set(case.id, right)
        saved = tx.cases.save(case)
        if right.flag is not timer.flag:
            put.card(tx, saved)
    tx.wake(Wake.POLL, Wake.DELIVER, Wake.SEND, Wake.WATCH)


def _near_stream(tx: Tx, stream: Stream) -> Stream:
    # The network may have asked for the longest rest.
    rest = max(tx.installation.accounts[stream.account].poll_every, accounts.LONGEST_REST)
    if stream.looked_at is not None and stream.looked_at > tx.now:
        rest = timedelta(0)  # the look that comes puts this right too
    return replace(
        stream,
        next_at=min(stream.next_at, tx.now + rest),
        lease_until=min(stream.lease_until, leases.until(tx.now, tx.setup.speed))
        if stream.lease_until
        else None,
    )


def _near_reply(tx: Tx, case: Case, reply: Reply) -> Reply:
    match reply.state:
        case ReplyState.SENDING if reply.lease_until:
            return replace(reply, lease_until=min(reply.lease_until, leases.until(tx.now, tx.setup.speed)))
        case ReplyState.UNCONFIRMED:
            return replace(reply, send_after=min(reply.send_after, tx.now + max(publishing.LOOKS)))
        case ReplyState.QUEUED:
            longest = max(tx.hold(case), accounts.LONGEST_REST if reply.failure else timedelta(0))
            return replace(reply, send_after=min(reply.send_after, tx.now + longest))
    return reply


#: A restart, or a line that drops for a moment, is not worth a word.
WORTH_TELLING = timedelta(minutes=2)


def last_alive(tx: Tx) -> datetime | None:
    """Until when the program lived before this start, as the newest look at a network tells; None before the
    first."""
    streams = (stream for name in tx.installation.accounts for stream in tx.streams.of(name))
    return max((stream.looked_at for stream in streams if stream.looked_at is not None), default=None)


def back(tx: Tx, since: datetime) -> None:
    """Tell every channel that the bot is back, when it could not hear since `since` and that is long ago
    enough for agents to have noticed."""
    if tx.now - since < WORTH_TELLING * tx.setup.speed:
        return
    for channel in sorted(tx.installation.channels()):
        put.announce(
            tx,
            channel,
            say("desk.back", since=Instant(since, "date"), until=Instant(tx.now, "date")),
            key=f"back-{channel}-{int(since.timestamp())}",
        )


#: Settled cases of this age are looked at too; a reply does not wait for longer than a case takes to settle.
RECENT = timedelta(days=30)


def put_back(tx: Tx) -> None:
    """Bring a record from a backup to what is certain. It is the first thing that is done with it.

    A reply that waited then may have gone out since, or have been stopped: it waits for a person now, unless
    the network shows it. What waited to be shown at the desk is looked for there first. What agents wrote
    since, which will be read from the threads as if it were new, is held too (`is_from_before`). Cards and
    lines, which show what has been since, are redrawn.
    """
    tx.upkeep.note_restore(tx.now)
    tx.outbox.doubt_all()
    for case in [*tx.cases.open(), *tx.cases.settled_since(tx.now - RECENT)]:
        standing = [_doubt(tx, reply) for reply in tx.replies.of_case(case.id)]
        put.redraw(tx, case, standing)


def is_from_before(tx: Tx, written_at: datetime) -> bool:
    """Whether something was written before the newest backup was put back, so that it may have been dealt
    with already, by a record that is no more."""
    restored_at = tx.upkeep.restored_at()
    return restored_at is not None and written_at <= restored_at


def _doubt(tx: Tx, reply: Reply) -> Reply:
    """The reply, held if it would go out by itself; recognised if it is on the network."""
    if reply.state is not ReplyState.QUEUED or reply.blocked is not None:
        return reply
    return tx.replies.save(replace(reply, blocked=say("hold.restored"), attempted_at=reply.queued_at))
