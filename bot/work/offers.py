"""Which verbs a card and a line offer as buttons, and in which words; decided by what they show."""

from __future__ import annotations

from bot.cases.actions import Verb
from bot.cases.model import Case, Invited, Move, Reply, ReplyState, after, was_answered
from bot.cases.pictures import CardPicture, LinePicture
from bot.cases.posts import Surface
from bot.cases.priority import Priority
from bot.cases.reasons import INVITED, LASTING, OVERRULABLE, UNREAD
from bot.cases.said import Button

#: What the button says that overrules a hold, where that is not "Send anyway".
_SENDS = {
    "hold.draft": "send",
    "hold.private_now": "send",
    **dict.fromkeys(INVITED, "publish"),
    "hold.taken_over": "send",
}
#: What the button of a line says that leads elsewhere, where that is not the name of its verb.
_WAYS = {Verb.PUBLIC: "reply_publicly"}


def claim(card: CardPicture) -> Button | None:
    """Nobody has the case."""
    free = card.case.assignee is None and after(card.case.status, Move.CLAIM)
    return _button(card.case, Verb.CLAIM, is_primary=True) if free else None


def release(card: CardPicture) -> Button | None:
    """Somebody has the case."""
    taken = card.case.assignee is not None and after(card.case.status, Move.RELEASE)
    return _button(card.case, Verb.RELEASE) if taken else None


def close(card: CardPicture) -> Button | None:
    """The case was answered once: before that it needs a reason."""
    ready = after(card.case.status, Move.CLOSE) and was_answered(card.case)
    return _button(card.case, Verb.CLOSE, is_primary=True) if ready else None


def dismiss(card: CardPicture) -> Button | None:
    """The case waits for its first answer."""
    return _button(card.case, Verb.DISMISS) if after(card.case.status, Move.DISMISS) else None


def private(card: CardPicture) -> Button | None:
    """The case is answered in public, and there is a private way, or the customer can be asked for one."""
    case = card.case
    if case.assignee is None or case.mode is Surface.PRIVATE:
        return None
    if card.private_way:
        return _button(case, Verb.PRIVATE)
    may_ask = case.invited is not Invited.UNDECIDED and _may_invite(card)
    return _button(case, Verb.PRIVATE, "invite") if may_ask else None


def invite(card: CardPicture) -> Button | None:
    """The private way of the case is closed; the customer can open it."""
    closed = card.case.assignee is not None and card.case.mode is Surface.PRIVATE and not card.private_way
    return _button(card.case, Verb.INVITE) if closed and _may_invite(card) else None


def public(card: CardPicture) -> Button | None:
    """There is something to answer in public, or the case waits for the customer to write in private."""
    case = card.case
    if case.assignee is None:
        return None
    if case.mode is Surface.PRIVATE:
        label = "public" if card.private_way else "reply_publicly"
        return _button(case, Verb.PUBLIC, label) if card.public_way else None
    waits = not card.private_way and case.invited is Invited.UNDECIDED
    return _button(case, Verb.PUBLIC, "stay_public") if waits else None


def priority(card: CardPicture) -> Button | None:
    """A menu with each priority, that of the case chosen."""
    case = card.case
    levels = tuple((f"{case.id}:{level}", f"priority.choice.{level}") for level in Priority)
    return Button(Verb.PRIORITY, f"{case.id}:{case.priority}", "priority.choice.title", options=levels)


def send_now(line: LinePicture) -> Button | None:
    """Only its time is in the way of the reply."""
    reply = line.reply
    is_unread = reply.failure is not None and reply.failure.key in UNREAD
    waits = reply.state is ReplyState.QUEUED and reply.blocked is None and not line.behind and not is_unread
    return _button(reply, Verb.SEND_NOW, is_primary=True) if waits else None


def send_anyway(line: LinePicture) -> Button | None:
    """A person may overrule what is in the way of the reply."""
    reply = line.reply
    if reply.state is not ReplyState.QUEUED or reply.blocked is None or reply.blocked.key not in OVERRULABLE:
        return None
    return _button(reply, Verb.OVERRIDE, _SENDS.get(reply.blocked.key, ""), is_primary=True)


def found(line: LinePicture) -> Button | None:
    """Only a person can tell whether the reply is out."""
    return _button(line.reply, Verb.CONFIRM, is_primary=True) if _asks_person(line.reply) else None


def again(line: LinePicture) -> Button | None:
    """The reply is not out, or a person has seen that it is not, and the same words may fare better now."""
    reply = line.reply
    if _asks_person(reply):
        return _button(reply, Verb.RETRY, "send_again")
    may_pass = reply.failure is None or reply.failure.key not in LASTING
    return _button(reply, Verb.RETRY) if reply.state is ReplyState.FAILED and may_pass else None


def stop(line: LinePicture) -> Button | None:
    """The reply waits, or was refused."""
    if line.reply.state is ReplyState.QUEUED:
        return _button(line.reply, Verb.STOP)
    return _button(line.reply, Verb.STOP, "discard") if line.reply.state is ReplyState.FAILED else None


def way_out(line: LinePicture, verb: Verb) -> Button | None:
    """The case offers this where the reply's own way is closed."""
    if verb not in line.ways_out:
        return None
    style = "primary" if len(line.ways_out) == 1 else ""
    return Button(verb, str(line.reply.case_id), f"button.{_WAYS.get(verb, verb)}", style)


def _may_invite(card: CardPicture) -> bool:
    return card.may_invite and card.public_way and card.invitation is None


def _asks_person(reply: Reply) -> bool:
    return reply.state is ReplyState.UNCONFIRMED and reply.blocked is not None


def _button(about: Case | Reply, verb: Verb, label: str = "", *, is_primary: bool = False) -> Button:
    return Button(verb, str(about.id), f"button.{label or verb}", "primary" if is_primary else "")
