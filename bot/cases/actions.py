"""What an agent wants done, whatever the door it came through, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.cases.model import AgentId, CaseId, MessageRef, ReplyId
from bot.cases.said import Button, Sentence, say


class Verb(StrEnum):
    """What can be done to a case, a reply or a question; a button carries the value as its action."""

    CLAIM = "claim"
    TAKE_OVER = "take_over"
    RELEASE = "release"
    CLOSE = "close"
    DISMISS = "dismiss"
    PRIVATE = "private"
    PUBLIC = "public"
    INVITE = "invite"
    NOTE = "note"
    PRIORITY = "priority"
    WAIT = "wait"
    CALL_BACK = "callback"
    KEPT = "kept"
    MOVE_ON = "move_on"
    DROP = "drop"
    DUTY = "duty"
    AWAY = "away"
    HERE = "here"
    REOPEN = "reopen"
    KEEP_CLAIM = "keep_claim"
    CONFIRM_CLOSING = "confirm_closing"
    STOP = "stop"
    SEND_NOW = "send_now"
    OVERRIDE = "send_anyway"
    RETRY = "again"
    CONFIRM = "found"
    CLAIM_AND_SEND = "claim_and_send"
    KEEP_NOTE = "keep_note"
    PUBLISH = "publish"
    WAIT_FOR_CUSTOMER = "wait_for_customer"
    QUEUE = "queue"
    INITIALS = "me"
    HELP = "help"
    UNKNOWN = "unknown"


class Via(StrEnum):
    """The door an action came through."""

    #: A word typed in the thread of a case.
    WORD = "word"
    #: A word typed in the channel itself.
    CHANNEL = "channel"
    SLASH = "slash"
    #: A reaction put on a card or a reply …
    REACTION = "reaction"
    #: … and one taken away.
    REMOVAL = "removal"
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class Action:
    """One wish of an agent, as a door read it. Nothing is decided yet."""

    verb: Verb
    via: Via
    #: A case, a reply, or a message that was asked about, as the verb wants it; None: see `number`.
    subject: CaseId | ReplyId | MessageRef | None = None
    #: The number of a case as it was typed; "" without one.
    number: str = ""
    #: What was typed or chosen besides: words for the customer, a reason, initials.
    argument: str = ""
    #: The word itself, as it was typed.
    typed: str = ""
    #: The message that says it, or below which the button was pressed.
    at: MessageRef | None = None
    #: The thread in which the agent is; in a channel one without a timestamp.
    place: MessageRef | None = None
    #: When it was said, where it can be heard late.
    when: datetime | None = None
    #: What was done by this stamp of the desk does not overtake it; "" for the stamp of the act itself.
    upto: str = ""
    #: What in `argument` must not leave the house.
    blocked: Sentence | None = None
    #: Who is named in `argument`.
    people: tuple[AgentId, ...] = ()
    #: `argument` is, or may be, a note: it stays inside.
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an action."""

    done: bool
    #: What to tell the agent; None when the card or the line says all.
    said: Sentence | None = None
    #: Everybody in the thread must be able to read it, also later.
    lasting: bool = False
    #: The key by which the question is found again once it is decided otherwise.
    asks: str = ""


def done(key: str, **values: object) -> Result:
    """It was done, and this says so."""
    return Result(True, say(key, **values))


def refused(key: str, *buttons: Button, **values: object) -> Result:
    """It was not done: the reason, or a question that comes first."""
    return Result(False, say(key, *buttons, **values))
