"""The history of a case: what happened to it, when, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.cases.model import CaseId


class EventKind(StrEnum):
    """What happened to a case. The values are stored: one that was ever written stays."""

    OPENED = "opened"
    #: The customer wrote again: to a case that was not settled, and to one that was.
    FOLLOW_UP = "follow_up"
    REOPENED = "reopened"
    CLAIMED = "claimed"
    RELEASED = "released"
    #: A colleague wanted the case of somebody else, and was asked whether to take it over.
    TAKEOVER_ASKED = "takeover_asked"
    TAKEOVER_WITHDRAWN = "takeover_withdrawn"
    TAKEN_OVER = "taken_over"
    #: Written in the thread, and not for the customer: by an agent, and by somebody who may not reply.
    NOTE = "note"
    OUTSIDER = "outsider"
    #: The next reply goes out in the other mode.
    MODE = "mode"
    INVITED = "invited"
    REPLY_QUEUED = "reply_queued"
    REPLY_CHANGED = "reply_changed"
    #: It goes out at once, without the rest of its hold.
    REPLY_HURRIED = "reply_hurried"
    REPLY_STOPPED = "reply_stopped"
    REPLY_REFUSED = "reply_refused"
    REPLY_UNCONFIRMED = "reply_unconfirmed"
    REPLY_NOT_THERE = "reply_not_there"
    REPLY_AGAIN = "reply_again"
    #: A reply of the brand is on the network, from here or from elsewhere.
    ANSWERED = "answered"
    CLOSED = "closed"
    #: Closed although the customer had written last: no answer was needed.
    CLOSED_UNANSWERED = "closed_unanswered"
    DISMISSED = "dismissed"
    POST_EDITED = "post_edited"
    POST_HIDDEN = "post_hidden"
    POST_DELETED = "post_deleted"
    #: The first message of its thread was deleted at the desk.
    THREAD_GONE = "thread_gone"
    #: The watch flagged it; named as in `FlagKind`.
    AT_RISK = "at_risk"
    MISSED = "missed"
    ESCALATED = "escalated"
    #: It is to be answered by another time.
    DUE_MOVED = "due_moved"
    PRIORITY = "priority"
    #: It waits on purpose, and does so no longer.
    WAITS = "waits"
    WAIT_OVER = "wait_over"
    #: The claim ran out without a reply; its holder wanted to keep it.
    CLAIM_EXPIRED = "claim_expired"
    CLAIM_KEPT = "claim_kept"
    #: Something was promised, or somebody is to be called; and what came of it.
    REMINDER = "reminder"
    REMINDER_DECIDED = "reminder_decided"
    #: A second person found that it was right to close it without a reply.
    CLOSING_CONFIRMED = "closing_confirmed"


#: Somebody has the case from then on.
TAKINGS = frozenset({EventKind.CLAIMED, EventKind.TAKEN_OVER})
#: The case asks for nothing from then on.
SETTLINGS = frozenset({EventKind.CLOSED, EventKind.DISMISSED})
#: What changes what a card says of where a case stands.
STEPS = (
    TAKINGS
    | SETTLINGS
    | {EventKind.RELEASED, EventKind.ANSWERED, EventKind.FOLLOW_UP, EventKind.REOPENED, EventKind.MODE}
)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a case: who, what, when. `detail` is plain JSON without customers' text."""

    case_id: CaseId
    at: datetime
    kind: EventKind
    #: An agent's id, or "" for the program and the customer.
    who: str = ""
    detail: dict[str, object] | None = None
