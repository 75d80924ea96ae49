"""The private route: a case changes its mode; no reply goes out in a mode it was not queued for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cases.model import SETTLED, Agent, Case, MessageRef, ReplyKind
from bot.cases.posts import Surface
from bot.cases.record import Record
from bot.cases.said import Money, Ping, Said, say
from bot.work import asks, replies
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
    """Switch the case to private. With `text`, queue it as the first private reply; where the network gives
    no private way, draft a public invitation with a link to one instead.

    Returns what to say where the question came from; None when the line of the queued reply says it all.
    """
    refusal = _may_switch(case, agent)
    if refusal is not None:
        return refusal
    if case.mode is Surface.PRIVATE and not text:
        return say("mode.already", n=case.id, mode=say("mode.name.private"))
    switched = _switch(record, house, case, Surface.PRIVATE, agent, now)
    if not private_way(record, house, switched, now):
        return _invite(record, house, switched, agent, text, message, problem, now)
    if text:
        replies.queue(record, house, switched, agent, text, problem, now, message=message)
        return None
    return say("mode.private", n=case.id, customer=_customer(record, house, case))


def go_public(record: Record, house: House, case: Case, agent: Agent, now: datetime) -> Said:
    """Switch the case back to public."""
    refusal = _may_switch(case, agent)
    if refusal is not None:
        return refusal
    if case.mode is Surface.PUBLIC:
        return say("mode.already", n=case.id, mode=say("mode.name.public"))
    _switch(record, house, case, Surface.PUBLIC, agent, now)
    return say("mode.public", n=case.id, brand=house.account(case).handle)


def private_way(record: Record, house: House, case: Case, now: datetime) -> bool:
    """Whether the program itself can send private replies in this case."""
    target = replies.target_of(record, house, case, None)
    options = house.rules_of(case).reply_options(target, now)
    return any(option.mode is Surface.PRIVATE and option.allowed for option in options)


def _may_switch(case: Case, agent: Agent) -> Said | None:
    if case.status in SETTLED:
        return say("close.not_open", n=case.id)
    if case.assignee is None:
        return say("mode.claim_first", n=case.id)
    if case.assignee != agent.id:
        return say("release.not_yours", n=case.id, agent=Ping(case.assignee))
    return None


def _switch(record: Record, house: House, case: Case, mode: Surface, agent: Agent, now: datetime) -> Case:
    if case.mode is mode:
        return case
    switched = record.save_case(replace(case, mode=mode))
    asks.note_event(record, switched, "mode", now, agent.id, mode=mode.value)
    replies.hold_waiting(
        record, house, switched, say("hold.mode_switched", mode=say(f"mode.name.{mode.value}")), now
    )
    asks.card(record, house, switched, now)
    return switched


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
    """Draft a public reply that invites the customer to write in private; it waits for a person."""
    rules = house.rules_of(case)
    url = rules.invitation_url()
    if not url:
        return say("mode.no_way", n=case.id)
    target = replies.target_of(record, house, case, None)
    price = next(
        (o.price_with_link for o in rules.reply_options(target, now) if o.mode is Surface.PUBLIC), None
    )
    body = house.wording.text("invite.text", url=url)
    replies.queue(record, house, case, agent, body, None, now, kind=ReplyKind.INVITATION, mode=Surface.PUBLIC)
    if text:
        # Words typed for one person never slip into a public draft: they wait, held, for a private way.
        replies.queue(record, house, case, agent, text, problem, now, message=message)
    if price is None:
        return say("invite.drafted", n=case.id)
    return say("invite.draft", n=case.id, price=Money(price))


def _customer(record: Record, house: House, case: Case) -> str:
    return replies.target_of(record, house, case, None).author_handle
