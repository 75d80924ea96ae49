"""The private route: a case changes its mode; no reply goes out in a mode it was not queued for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cases.errands import Rank
from bot.cases.model import (
    ABOUT_MODE,
    CLOSES_PRIVATE,
    SETTLED,
    Agent,
    AgentId,
    Case,
    Invited,
    MessageRef,
    Reply,
    ReplyKind,
    ReplyMove,
    ReplyState,
    reply_after,
)
from bot.cases.posts import Surface
from bot.cases.record import Record
from bot.cases.said import Money, Said, say
from bot.work import asks, questions, replies, takeovers, tenures
from bot.work.house import House


def go_private(
    record: Record,
    house: House,
    case: Case,
    agent: Agent,
    text: str,
    now: datetime,
    *,
    message: MessageRef | None = None,
    problem: Said | None = None,
) -> Said | None:
    """Switch the case to private, with `text` as the first private reply. Where there is no private way yet
    the case stays public: an invitation to write in private is drafted, and `text` is kept for then.

    Returns what to say where the question came from; None when the line of the queued reply says it all.
    """
    refusal = _may_switch(record, case, agent)
    if refusal is not None:
        return not_sent(refusal, text, in_thread=message is not None)
    is_open = private_way(record, house, case, now)
    if case.mode is Surface.PRIVATE and not text:
        tenures.confirm(record, case)
        if is_open:
            return say("mode.already", n=case.id, mode=say("mode.name.private"))
        return say("mode.private_closed", n=case.id, customer=_customer(record, house, case))
    if case.mode is Surface.PUBLIC and not is_open:
        return _invite(record, house, case, agent, text, message, problem, now)
    switched = _switch(record, house, case, Surface.PRIVATE, agent.id, now)
    if text:
        replies.queue(record, house, switched, agent, text, problem, now, message=message)
        return None
    return say("mode.private", n=case.id, customer=_customer(record, house, case))


def invite(record: Record, house: House, case: Case, agent: Agent, now: datetime) -> Said:
    """Invite the customer of a case to write in private: the case is public until they do."""
    refusal = _may_switch(record, case, agent)
    if refusal is not None:
        return refusal
    public = _switch(record, house, case, Surface.PUBLIC, agent.id, now)
    return _invite(record, house, public, agent, "", None, None, now)


def go_public(record: Record, house: House, case: Case, agent: Agent, now: datetime) -> Said:
    """Switch the case back to public, or let one that waits for an invited customer go on in public: an
    invitation that is not out yet is withdrawn."""
    refusal = _may_switch(record, case, agent)
    if refusal is not None:
        return refusal
    brand = house.account(case).handle
    if case.mode is Surface.PRIVATE:
        if not public_way(record, house, case, now):
            return say("mode.no_public", n=case.id)
        _switch(record, house, case, Surface.PUBLIC, agent.id, now)
        return say("mode.public", n=case.id, brand=brand)
    tenures.confirm(record, case)
    withdrawn = _withdraw(record, house, case, agent.id, now)
    if case.invited is not Invited.UNDECIDED and not withdrawn:
        return say("mode.already", n=case.id, mode=say("mode.name.public"))
    decided = record.save_case(replace(case, invited=_still_invited(record, case)))
    asks.note_event(record, decided, "mode", now, agent.id, mode=Surface.PUBLIC.value)
    asks.card(record, house, decided, now)
    if withdrawn:
        return say("invite.withdrawn", n=case.id, brand=brand)
    return _as_heard(house, case, "invite.out_already", brand=brand)


def private_way(record: Record, house: House, case: Case, now: datetime) -> bool:
    """Whether the program itself can send private replies in this case, as far as anybody knows."""
    target = replies.target_of(record, house, case, None)
    options = house.rules_of(case).reply_options(target, now)
    offered = any(option.mode is Surface.PRIVATE and option.allowed for option in options)
    return offered and not _was_closed(record, case)


def public_way(record: Record, house: House, case: Case, now: datetime) -> bool:
    """Whether there is anything to answer in public, and the network lets the program do it."""
    answered = replies.answered_post(record, case, Surface.PUBLIC)
    options = house.rules_of(case).reply_options(replies.target_of(record, house, case, answered), now)
    return any(option.mode is Surface.PUBLIC and option.allowed for option in options)


def may_invite(record: Record, house: House, case: Case, now: datetime) -> bool:
    """Whether the program can invite the customer to write in private."""
    return bool(house.rules_of(case).invitation_url()) and public_way(record, house, case, now)


def is_reached(record: Record, case: Case) -> bool:
    """Whether it is known that private messages reach the customer: one did, or the customer sent one."""
    return any(
        reply.mode is Surface.PRIVATE and reply.sent_at is not None for reply in record.replies_of(case.id)
    ) or any(post.surface is Surface.PRIVATE and not post.by_brand for post in record.posts_of(case.id))


def invitation(record: Record, case: Case) -> Reply | None:
    """The newest invitation of the case that was not withdrawn: a draft, on its way, or out."""
    standing = [
        reply
        for reply in record.replies_of(case.id)
        if reply.kind is ReplyKind.INVITATION and reply.state is not ReplyState.STOPPED
    ]
    return standing[-1] if standing else None


def publish_meanwhile(record: Record, case: Case, agent: Agent, now: datetime) -> Case:
    """Its agent knows that the case is public until the customer writes in private, and publishes."""
    if case.invited is not Invited.UNDECIDED:
        return case
    decided = record.save_case(replace(case, invited=Invited.PUBLIC))
    asks.note_event(record, decided, "mode", now, agent.id, mode=Surface.PUBLIC.value)
    return decided


def draft_stopped(record: Record, house: House, case: Case, now: datetime) -> None:
    """A person stopped the invitation: the case no longer waits for the customer because of it."""
    if case.invited is not Invited.NO:
        asks.card(record, house, record.save_case(replace(case, invited=_still_invited(record, case))), now)


def keep(
    record: Record,
    house: House,
    case: Case,
    agent: Agent,
    text: str,
    problem: Said | None,
    now: datetime,
    *,
    message: MessageRef | None = None,
) -> None:
    """Keep words for the customer alone, on a line of their own, until there is a private way."""
    kind = ReplyKind.KEPT if case.mode is Surface.PUBLIC else ReplyKind.ANSWER
    replies.queue(
        record,
        house,
        case,
        agent,
        text,
        problem,
        now,
        message=message,
        stamp="",
        kind=kind,
        mode=Surface.PRIVATE,
    )


def customer_wrote(record: Record, house: House, case: Case, now: datetime) -> Case:
    """The customer wrote in private where the case waited for that, or was settled: it goes on in private,
    what was kept for it is offered, and its thread is told."""
    if case.mode is Surface.PRIVATE:
        return case
    switched = _switch(record, house, case, Surface.PRIVATE, "", now)
    is_open = private_way(record, house, switched, now)
    key = "mode.customer_came" if is_open else "mode.customer_came_closed"
    asks.tell(record, house, switched, say(key, n=case.id, customer=_customer(record, house, case)), now)
    return switched


def not_sent(answer: Said, text: str, *, in_thread: bool = False) -> Said:
    """An answer that also tells what became of words which did not go to the customer, if there were any. In
    a thread they stand there for everybody to see; of a command nothing else would be left."""
    if not text:
        return answer
    return say("invite.not_sent_here" if in_thread else "invite.not_sent", answer=answer, text=text)


def _may_switch(record: Record, case: Case, agent: Agent) -> Said | None:
    if case.status in SETTLED:
        return say("mode.not_open", n=case.id)
    if case.assignee is None:
        return say("mode.claim_first", n=case.id)
    if case.assignee != agent.id:
        return say("mode.not_yours", n=case.id, agent=takeovers.holder(record, case))
    return None


def _switch(
    record: Record, house: House, case: Case, mode: Surface, who: AgentId | str, now: datetime
) -> Case:
    if case.mode is mode:
        return case
    switched = record.save_case(replace(case, mode=mode, invited=Invited.NO))
    tenures.note(record, case, switched)
    asks.note_event(record, switched, "mode", now, who, mode=mode.value)
    why = say("hold.mode_switched", mode=say(f"mode.name.{mode.value}"))
    replies.hold_waiting(record, house, switched, why, now, instead_of=ABOUT_MODE)
    if mode is Surface.PRIVATE:
        _withdraw(record, house, switched, who, now)
        _offer_kept(record, house, switched, now)
    questions.ask_anew(record, house, switched, now)
    asks.card(record, house, switched, now, rank=Rank.ANSWERING)
    return switched


def _offer_kept(record: Record, house: House, case: Case, now: datetime) -> None:
    """Words that were kept for a private way become replies that only wait for a person's word."""
    for reply in record.replies_of(case.id):
        if reply.kind is not ReplyKind.KEPT or reply.state is not ReplyState.QUEUED:
            continue
        held = say("hold.private_now") if _is_kept(reply) else reply.held
        offered = record.save_reply(replace(reply, kind=ReplyKind.ANSWER, held=held))
        asks.line(record, house, case, offered, now)


def _is_kept(reply: Reply) -> bool:
    return reply.held is not None and reply.held.key == "hold.kept"


def _invite(
    record: Record,
    house: House,
    case: Case,
    agent: Agent,
    text: str,
    message: MessageRef | None,
    problem: Said | None,
    now: datetime,
) -> Said:
    """Draft a public reply that invites the customer to write in private; it waits for a person. Words typed
    for one person never slip into it."""
    answer = _standing_invitation(record, house, case) or _draft(record, house, case, agent, now)
    current = record.case(case.id) or case
    if not text:
        return answer
    if current.invited is Invited.NO or not house.hears_private(case):
        return not_sent(answer, text, in_thread=message is not None)
    keep(record, house, current, agent, text, problem, now, message=message)
    return say("invite.kept", answer=answer)


def _standing_invitation(record: Record, house: House, case: Case) -> Said | None:
    """What to say where an invitation stands already: a draft, or one that the customer has not answered."""
    standing = invitation(record, case)
    if standing is None:
        return None
    if standing.sent_at is None:
        key = "invite.stands"
    elif replies.newest_number(record, case) > standing.seen_number:
        return None
    else:
        key = "invite.out"
    _wait_for_customer(record, case)
    return _as_heard(house, case, key)


def _as_heard(house: House, case: Case, key: str, **values: object) -> Said:
    """What to say of an invitation, also where nobody here will know whether the customer followed it."""
    if house.hears_private(case):
        return say(key, n=case.id, **values)
    return say(f"{key}_unheard", n=case.id, network=house.account(case).network, **values)


def _draft(record: Record, house: House, case: Case, agent: Agent, now: datetime) -> Said:
    rules = house.rules_of(case)
    url = rules.invitation_url()
    if not url or not public_way(record, house, case, now):
        return say("mode.no_way", n=case.id)
    waiting = _wait_for_customer(record, case)
    asks.note_event(record, waiting, "invited", now, agent.id)
    replies.hold_waiting(record, house, waiting, replies.invited(house, waiting), now)
    body = house.wording(_language(record, case)).text("invite.text", url=url)
    replies.queue(
        record, house, waiting, agent, body, None, now, kind=ReplyKind.INVITATION, mode=Surface.PUBLIC
    )
    asks.card(record, house, waiting, now)
    target = replies.target_of(record, house, case, replies.answered_post(record, case, Surface.PUBLIC))
    options = rules.reply_options(target, now)
    price = replies.told_price(next((o.price_with_link for o in options if o.mode is Surface.PUBLIC), None))
    if price is None:
        return _as_heard(house, case, "invite.drafted")
    return _as_heard(house, case, "invite.draft", price=Money(price))


def _language(record: Record, case: Case) -> str:
    """The language of the newest post of the customer of which the network tells one; "" when of none."""
    told = [post.lang for post in record.posts_of(case.id) if post.lang and not post.by_brand]
    return told[-1] if told else ""


def _wait_for_customer(record: Record, case: Case) -> Case:
    if case.invited is Invited.UNDECIDED:
        return case
    return record.save_case(replace(case, invited=Invited.UNDECIDED))


def _withdraw(record: Record, house: House, case: Case, who: AgentId | str, now: datetime) -> bool:
    """Stop invitations that are not out and not on their way; whether there was one."""
    drafts = [
        reply
        for reply in record.replies_of(case.id)
        if reply.kind is ReplyKind.INVITATION and reply_after(reply.state, ReplyMove.STOP) is not None
    ]
    return bool([draft for draft in drafts if replies.stop_reply(record, house, case, draft, now, who)])


def _still_invited(record: Record, case: Case) -> Invited:
    """Once an invitation is out the customer may follow it whatever is decided here."""
    return Invited.NO if invitation(record, case) is None else Invited.PUBLIC


def _was_closed(record: Record, case: Case) -> bool:
    """Whether the network refused our newest private reply because private messages do not reach the
    customer, who has not written in private since."""
    tried = [
        reply
        for reply in record.replies_of(case.id)
        if reply.mode is Surface.PRIVATE and (reply.failure is not None or reply.sent_at is not None)
    ]
    newest = tried[-1] if tried else None
    if newest is None or newest.failure is None or newest.failure.key not in CLOSES_PRIVATE:
        return False
    return not any(
        post.surface is Surface.PRIVATE and not post.by_brand and post.number > newest.seen_number
        for post in record.posts_of(case.id)
    )


def _customer(record: Record, house: House, case: Case) -> str:
    return replies.target_of(record, house, case, None).author_handle
