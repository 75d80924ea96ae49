"""Messages of a case that was closed so long ago that the record does not know them any more."""

from __future__ import annotations

from datetime import datetime

from bot.cases.model import Case, MessageKind, MessageRef, ThreadMessage
from bot.cases.tx import Tx


def was_dealt_with(case: Case, written_at: datetime) -> bool:
    """Whether a message that is not known was dealt with before a closing that is long past."""
    return case.forgotten_to is not None and written_at <= case.forgotten_to


def message(tx: Tx, ref: MessageRef) -> ThreadMessage | None:
    """A message as it was dealt with; of one that is forgotten, what the reply tells that came of it."""
    reply = None if (known := tx.threads.message(ref)) else tx.replies.of_message(ref)
    if reply is None or reply.agent is None:
        return known
    return ThreadMessage(ref, reply.case_id, reply.agent, MessageKind.REPLY, reply.body, reply.queued_at)
