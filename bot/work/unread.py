"""Replies that may not go yet, because the desk has not told who wrote them or what their thread says now:
they wait, and their lines say why and since when.

Their lines tell no time at which they will go. Nobody could keep it true: the program may be killed once
more, and there can be more lines than a desk lets us redraw in a minute. So a line is drawn once, however
long its reply waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cases.model import MessageRef, Reply, ReplyId, ReplyMove, ReplyState, reply_after
from bot.cases.outbox import Entry, EntryState, Shown
from bot.cases.reasons import UNREAD
from bot.cases.record import Wake
from bot.cases.said import Instant, say
from bot.cases.tx import Tx
from bot.outbox import put

#: A line may show a time that is past for so long; what takes longer is told.
SHORTLY = timedelta(seconds=5)
#: Replies that wait for longer than this are told to more people than those who read the line.
LATE = timedelta(minutes=1)
#: More than ever wait at a time.
MANY = 1000
#: The longest rest before a reply whose thread cannot be read is looked at again; reading it ends the rest.
LONGEST = timedelta(minutes=5)

#: The thread will be read in its turn; no events arrive; the desk does not show the thread now; it refuses to
#: show it; something in the thread could not be dealt with.
READING, DEAF, BUSY, REFUSED, ODD = (
    "unread.reading",
    "unread.deaf",
    "unread.busy",
    "unread.refused",
    "unread.odd",
)
#: The desk does not say now who wrote the reply; it refuses to say.
WHO, WHO_REFUSED = "unread.who", "unread.who_refused"
#: What does not pass in a moment.
FOR_LONG = frozenset({REFUSED, WHO_REFUSED, ODD})
#: What is told with the desk's word for it.
_DETAILED = frozenset({REFUSED, WHO_REFUSED})


@dataclass(frozen=True, slots=True)
class Unread:
    """What keeps a reply from going: its thread is still to be read, or its writer is unknown."""

    #: One of `UNREAD`.
    why: str
    #: When it will be read, as far as can be told.
    until: datetime
    #: The desk's word for a refusal.
    detail: str = ""
    #: Whether the desk itself named the time.
    is_told: bool = False


def since(reply: Reply) -> datetime:
    """When the reply was to go out, however often it was put off since.

    A time that was told by a clock that was ahead, and was put back since, is never waited for.
    """
    if waits(reply) and reply.failure is not None:
        told: Instant = reply.failure.values["since"]
        return min(told.at, reply.send_after)
    return reply.send_after


def waits(reply: Reply) -> bool:
    """Whether the reply was put off until its thread is read, or until it is known who wrote it."""
    is_queued = reply_after(reply.state, ReplyMove.SEND) is not None and reply.blocked is None
    return is_queued and reply.failure is not None and reply.failure.key in UNREAD


def waiting(tx: Tx) -> Sequence[Reply]:
    """Every reply that was put off so, the one that has waited longest first."""
    queued = [*tx.replies.later(tx.now), *tx.replies.due(tx.now, MANY)]
    found = [reply for reply in queued if waits(reply)]
    return sorted(found, key=lambda reply: (since(reply), reply.id))


def late(tx: Tx) -> Sequence[Reply]:
    """Those that have waited for so long that somebody should know."""
    return [reply for reply in waiting(tx) if tx.now - since(reply) >= LATE * tx.setup.speed]


def put_off(tx: Tx, late: Mapping[ReplyId, Unread]) -> None:
    """Let these replies wait and their lines say why."""
    for reply_id, unread in late.items():
        reply = tx.replies.get(reply_id)
        case = tx.cases.get(reply.case_id) if reply else None
        if reply is None or case is None or reply.blocked is not None or reply.send_after > tx.now:
            continue
        if reply_after(reply.state, ReplyMove.SEND) is None:
            continue
        pause = SHORTLY if unread.why == READING else max(SHORTLY, tx.now - since(reply))
        if unread.is_told:
            until = min(unread.until, tx.now + LONGEST)
        else:
            until = max(unread.until, tx.now + min(LONGEST, pause))
        due = Instant(since(reply), "seconds")
        why = say(unread.why, since=due, **({"detail": unread.detail} if unread.why in _DETAILED else {}))
        later = tx.replies.save(replace(reply, send_after=until, failure=why))
        if why != reply.failure:
            put.line(tx, case, later)


def was_read(tx: Tx, thread: MessageRef, to: str) -> None:
    """A thread was read whole up to `to`: what waited for it may go."""
    tx.threads.note_read(thread, to)
    case = tx.cases.of_thread(thread)
    if case is None:
        return
    for reply in tx.replies.of_case(case.id):
        if waits(reply):
            tx.replies.save(replace(reply, send_after=min(tx.now, reply.send_after)))
        if reply.state is ReplyState.QUEUED:
            tx.wake(Wake.SEND)


def tell(tx: Tx) -> bool:
    """Tell each channel, in one message, that replies of its cases wait for long; and, in the same one, that
    none does any more. Returns whether any reply waits."""
    waiting_in: dict[str, datetime] = {}
    for reply in waiting(tx):
        case = tx.cases.get(reply.case_id)
        if case is not None:
            waiting_in.setdefault(tx.channel(case), since(reply))
    for channel in sorted(tx.installation.channels()):
        prefix, first = f"unread-{channel}-", waiting_in.get(channel)
        told = tx.outbox.shown_last(prefix)
        posting = next((entry for entry in tx.outbox.waiting() if entry.key.startswith(prefix)), None)
        if first is None:
            _end(tx, told, posting)
        elif told is None and posting is None and tx.now - first >= LATE * tx.setup.speed:
            key = f"{prefix}{first:%Y%m%d%H%M%S}"
            put.announce(tx, channel, say("unread.many", since=Instant(first)), key=key)
    return bool(waiting_in)


def _end(tx: Tx, told: Shown | None, posting: Entry | None) -> None:
    """Let the message show that it is over. One that does not stand there yet is not posted any more."""
    if told is not None and told.said is not None:
        tx.outbox.lose(told.key)
        over = say("unread.over", since=told.said.values["since"], until=Instant(tx.now))
        put.announce_instead(tx, told.ref, over)
    elif posting is not None and posting.state is EntryState.WAITING:
        tx.outbox.remove(posting)
