"""The first pieces of work of a process: what the one before it left half done, and left too far away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases import leases, timers
from bot.cases.accounts import Stream
from bot.cases.alarms import stands
from bot.cases.model import Case, Reply, ReplyState
from bot.cases.outbox import EntryState, Rank
from bot.cases.record import Wake
from bot.cases.said import Instant, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.outbox.queue import PATIENCE
from bot.work import publishing, streams

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
    """Draw every card and line of late anew, and the warnings that stand, as the program would draw them now:
    in another language. The newest cases stand lowest in the channel and go first."""
    shown = [*tx.cases.open(), *tx.cases.settled_since(tx.now - EVER)]
    standing: set[int] = set()
    for place, case in enumerate(sorted(shown, key=lambda case: case.opened_at, reverse=True)):
        put.redraw(tx, case, tx.replies.of_case(case.id), place)
        for flag in tx.alarms.flags_of(case.id):
            if stands(case, flag):
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
    tx.outbox.cap_waits(tx.now + PATIENCE, tx.now + tx.setup.pace.longest_rest, leases.until(tx.now))
    for account in tx.installation.accounts:
        for stream in tx.streams.of(account):
            if (near := _near_stream(tx, stream)) != stream:
                tx.streams.save(near)
    for reply in tx.replies.later(tx.now):
        case = tx.cases.get(reply.case_id)
        if case is not None and (near_reply := _near_reply(tx, case, reply)) != reply:
            put.line(tx, case, tx.replies.save(near_reply))
    for case in tx.timers.flagged_before(tx.now):
        assert case.answer_due is not None
        timer = timers.set_right(case.answer_due, tx.now, tx.team(case).targets.escalate_after)
        if timer == case.answer_due:
            continue
        saved = tx.cases.save(replace(case, answer_due=timer))
        if saved.flag is not case.flag:
            put.card(tx, saved)
    tx.wake(Wake.POLL, Wake.DELIVER, Wake.SEND, Wake.WATCH)


def _near_stream(tx: Tx, stream: Stream) -> Stream:
    # The network may have asked for the longest rest.
    rest = max(tx.installation.accounts[stream.account].poll_every, streams.LONGEST_REST)
    if stream.looked_at is not None and stream.looked_at > tx.now:
        rest = timedelta(0)  # the look that comes puts this right too
    return replace(
        stream,
        next_at=min(stream.next_at, tx.now + rest),
        lease_until=min(stream.lease_until, leases.until(tx.now)) if stream.lease_until else None,
    )


def _near_reply(tx: Tx, case: Case, reply: Reply) -> Reply:
    match reply.state:
        case ReplyState.SENDING if reply.lease_until:
            return replace(reply, lease_until=min(reply.lease_until, leases.until(tx.now)))
        case ReplyState.UNCONFIRMED:
            return replace(reply, send_after=min(reply.send_after, tx.now + max(publishing.LOOKS)))
        case ReplyState.QUEUED:
            longest = max(tx.team(case).hold, streams.LONGEST_REST if reply.failure else timedelta(0))
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
    if tx.now - since < WORTH_TELLING:
        return
    for channel in sorted(tx.installation.channels()):
        put.announce(
            tx,
            channel,
            say("desk.back", since=Instant(since, "date"), until=Instant(tx.now, "date")),
            key=f"back-{channel}-{int(since.timestamp())}",
        )
