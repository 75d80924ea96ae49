"""What a backup that is put back cannot know: what was said, here and in public, after it was made."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases.model import Reply, ReplyState
from bot.cases.said import say
from bot.cases.tx import Tx
from bot.outbox import put

#: Settled cases of this age are looked at too; a reply does not wait for longer than a case takes to settle.
RECENT = timedelta(days=30)


def put_back(tx: Tx) -> None:
    """Bring a record from a backup to what is certain. It is the first thing that is done with it.

    A reply that waited then may have gone out since, or have been stopped: it waits for a person now, unless
    the network shows it. What waited to be shown at the desk is looked for there first. What agents wrote
    since, which will be read from the threads as if it were new, is held too (`is_from_before`). Cards and
    lines, which show what has been since, are drawn anew.
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
