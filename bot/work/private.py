"""The private route: a case changes its mode; no reply goes out in a mode it was not queued for."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.actions import Result, done, refused
from bot.cases.history import EventKind
from bot.cases.model import (
    SETTLED,
    Agent,
    AgentId,
    Case,
    Invited,
    Reply,
    ReplyKind,
    ReplyMove,
    ReplyState,
    reply_after,
)
from bot.cases.outbox import Rank
from bot.cases.posts import Surface
from bot.cases.reasons import ABOUT_MODE, CLOSES_PRIVATE
from bot.cases.said import Money, Sentence, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import questions, replies, takeovers, tenures
from bot.work.replies import Words


def go_private(tx: Tx, case: Case, agent: Agent, words: Words | None = None) -> Result:
    """Switch the case to private, with `words` as the first private reply. Where there is no private way yet
    the case stays public: an invitation to write in private is drafted, and the words are kept for then.

    It says nothing when the line of the queued reply says it all.
    """
    refusal = _may_switch(tx, case, agent)
    if refusal is not None:
        return _not_sent(Result(False, refusal), words)
    is_open = private_way(tx, case)
    if case.mode is Surface.PRIVATE and words is None:
        tenures.confirm(tx, case)
        if is_open:
            return done("mode.already", n=case.id, mode=say("mode.name.private"))
        return done("mode.private_closed", n=case.id, customer=_customer(tx, case))
    if case.mode is Surface.PUBLIC and not is_open:
        return _invite(tx, case, agent, words)
    switched = _switch(tx, case, Surface.PRIVATE, agent.id)
    if words is not None:
        replies.queue(tx, switched, agent, words)
        return Result(True)
    return done("mode.private", n=case.id, customer=_customer(tx, case))


def invite(tx: Tx, case: Case, agent: Agent) -> Result:
    """Invite the customer of a case to write in private: the case is public until they do."""
    refusal = _may_switch(tx, case, agent)
    if refusal is not None:
        return Result(False, refusal)
    public = _switch(tx, case, Surface.PUBLIC, agent.id)
    return _invite(tx, public, agent, None)


def go_public(tx: Tx, case: Case, agent: Agent) -> Result:
    """Switch the case back to public, or let one that waits for an invited customer go on in public: an
    invitation that is not out yet is withdrawn."""
    refusal = _may_switch(tx, case, agent)
    if refusal is not None:
        return Result(False, refusal)
    brand = tx.account(case).handle
    if case.mode is Surface.PRIVATE:
        if not public_way(tx, case):
            return refused("mode.no_public", n=case.id)
        _switch(tx, case, Surface.PUBLIC, agent.id)
        return done("mode.public", n=case.id, brand=brand)
    tenures.confirm(tx, case)
    withdrawn = _withdraw(tx, case, agent.id)
    if case.invited is not Invited.UNDECIDED and not withdrawn:
        return done("mode.already", n=case.id, mode=say("mode.name.public"))
    decided = tx.cases.save(replace(case, invited=_still_invited(tx, case)))
    tx.note(decided, EventKind.MODE, agent.id, mode=Surface.PUBLIC.value)
    put.card(tx, decided)
    if withdrawn:
        return done("invite.withdrawn", n=case.id, brand=brand)
    return _as_heard(tx, case, "invite.out_already", brand=brand)


def private_way(tx: Tx, case: Case) -> bool:
    """Whether the program itself can send private replies in this case, as far as anybody knows."""
    target = replies.target_of(tx, case, None)
    options = tx.rules(case).reply_options(target, tx.now)
    offered = any(option.mode is Surface.PRIVATE and option.allowed for option in options)
    return offered and not _was_closed(tx, case)


def public_way(tx: Tx, case: Case) -> bool:
    """Whether there is anything to answer in public, and the network lets the program do it."""
    answered = replies.answered_post(tx, case, Surface.PUBLIC)
    options = tx.rules(case).reply_options(replies.target_of(tx, case, answered), tx.now)
    return any(option.mode is Surface.PUBLIC and option.allowed for option in options)


def may_invite(tx: Tx, case: Case) -> bool:
    """Whether the program can invite the customer to write in private."""
    return bool(tx.rules(case).invitation_url()) and public_way(tx, case)


def is_reached(tx: Tx, case: Case) -> bool:
    """Whether it is known that private messages reach the customer: one did, or the customer sent one."""
    return any(
        reply.mode is Surface.PRIVATE and reply.sent_at is not None for reply in tx.replies.of_case(case.id)
    ) or any(post.surface is Surface.PRIVATE and not post.by_brand for post in tx.posts.of_case(case.id))


def invitation(tx: Tx, case: Case) -> Reply | None:
    """The newest invitation of the case that was not withdrawn: a draft, on its way, or out."""
    standing = [
        reply
        for reply in tx.replies.of_case(case.id)
        if reply.kind is ReplyKind.INVITATION and reply.state is not ReplyState.STOPPED
    ]
    return standing[-1] if standing else None


def publish_meanwhile(tx: Tx, case: Case, agent: Agent) -> Case:
    """Its agent knows that the case is public until the customer writes in private, and publishes."""
    if case.invited is not Invited.UNDECIDED:
        return case
    decided = tx.cases.save(replace(case, invited=Invited.PUBLIC))
    tx.note(decided, EventKind.MODE, agent.id, mode=Surface.PUBLIC.value)
    return decided


def draft_stopped(tx: Tx, case: Case) -> None:
    """A person stopped the invitation: the case no longer waits for the customer because of it."""
    if case.invited is not Invited.NO:
        put.card(tx, tx.cases.save(replace(case, invited=_still_invited(tx, case))))


def keep(tx: Tx, case: Case, agent: Agent, words: Words) -> None:
    """Keep words for the customer alone, on a line of their own, until there is a private way."""
    kind = ReplyKind.KEPT if case.mode is Surface.PUBLIC else ReplyKind.ANSWER
    replies.queue(tx, case, agent, replace(words, stamp="", kind=kind, mode=Surface.PRIVATE))


def customer_wrote(tx: Tx, case: Case) -> Case:
    """The customer wrote in private where the case waited for that, or was settled: it goes on in private,
    what was kept for it is offered, and its thread is told."""
    if case.mode is Surface.PRIVATE:
        return case
    switched = _switch(tx, case, Surface.PRIVATE, "")
    is_open = private_way(tx, switched)
    key = "mode.customer_came" if is_open else "mode.customer_came_closed"
    put.tell(tx, switched, say(key, n=case.id, customer=_customer(tx, case)))
    return switched


def not_sent(answer: Result, text: str, *, in_thread: bool = False) -> Result:
    """An answer that also tells what became of words which did not go to the customer, if there were any. In
    a thread they stand there for everybody to see; of a command nothing else would be left."""
    if not text:
        return answer
    key = "invite.not_sent_here" if in_thread else "invite.not_sent"
    return Result(answer.done, say(key, answer=answer.said, text=text), lasting=in_thread)


def _not_sent(answer: Result, words: Words | None) -> Result:
    return answer if words is None else not_sent(answer, words.text, in_thread=words.message is not None)


def _may_switch(tx: Tx, case: Case, agent: Agent) -> Sentence | None:
    if case.status in SETTLED:
        return say("mode.not_open", n=case.id)
    if case.assignee is None:
        return say("mode.claim_first", n=case.id)
    if case.assignee != agent.id:
        return say("mode.not_yours", n=case.id, agent=takeovers.holder(tx, case))
    return None


def _switch(tx: Tx, case: Case, mode: Surface, who: AgentId | str) -> Case:
    if case.mode is mode:
        return case
    switched = tx.cases.save(replace(case, mode=mode, invited=Invited.NO))
    tenures.note(tx, case, switched)
    tx.note(switched, EventKind.MODE, who, mode=mode.value)
    why = say("hold.mode_switched", mode=say(f"mode.name.{mode.value}"))
    replies.hold_waiting(tx, switched, why, instead_of=ABOUT_MODE)
    if mode is Surface.PRIVATE:
        _withdraw(tx, switched, who)
        _offer_kept(tx, switched)
    questions.ask_anew(tx, switched)
    put.card(tx, switched, rank=Rank.ANSWERING)
    return switched


def _offer_kept(tx: Tx, case: Case) -> None:
    """Words that were kept for a private way become replies that only wait for a person's word."""
    for reply in tx.replies.of_case(case.id):
        if reply.kind is not ReplyKind.KEPT or reply.state is not ReplyState.QUEUED:
            continue
        blocked = say("hold.private_now") if _is_kept(reply) else reply.blocked
        offered = tx.replies.save(replace(reply, kind=ReplyKind.ANSWER, blocked=blocked))
        put.line(tx, case, offered)


def _is_kept(reply: Reply) -> bool:
    return reply.blocked is not None and reply.blocked.key == "hold.kept"


def _invite(tx: Tx, case: Case, agent: Agent, words: Words | None) -> Result:
    """Draft a public reply that invites the customer to write in private; it waits for a person. Words typed
    for one person never slip into it."""
    answer = _standing_invitation(tx, case) or _draft(tx, case, agent)
    if words is None:
        return answer
    current = tx.cases.get(case.id) or case
    if current.invited is Invited.NO or not tx.hears_private(case):
        return _not_sent(answer, words)
    keep(tx, current, agent, words)
    return done("invite.kept", answer=answer.said)


def _standing_invitation(tx: Tx, case: Case) -> Result | None:
    """What to say where an invitation stands already: a draft, or one that the customer has not answered."""
    standing = invitation(tx, case)
    if standing is None:
        return None
    if standing.sent_at is None:
        key = "invite.stands"
    elif replies.newest_number(tx, case) > standing.seen_number:
        return None
    else:
        key = "invite.out"
    _wait_for_customer(tx, case)
    return _as_heard(tx, case, key)


def _as_heard(tx: Tx, case: Case, key: str, **values: object) -> Result:
    """What to say of an invitation, also where nobody here will know whether the customer followed it."""
    if tx.hears_private(case):
        return done(key, n=case.id, **values)
    return done(f"{key}_unheard", n=case.id, network=tx.account(case).network, **values)


def _draft(tx: Tx, case: Case, agent: Agent) -> Result:
    rules = tx.rules(case)
    url = rules.invitation_url()
    if not url or not public_way(tx, case):
        return refused("mode.no_way", n=case.id)
    waiting = _wait_for_customer(tx, case)
    tx.note(waiting, EventKind.INVITED, agent.id)
    replies.hold_waiting(tx, waiting, replies.invited(tx, waiting))
    body = tx.wording(_language(tx, case)).text("invite.text", url=url)
    words = Words(body, kind=ReplyKind.INVITATION, mode=Surface.PUBLIC)
    replies.queue(tx, waiting, agent, words)
    put.card(tx, waiting)
    target = replies.target_of(tx, case, replies.answered_post(tx, case, Surface.PUBLIC))
    options = rules.reply_options(target, tx.now)
    price = replies.told_price(next((o.price_with_link for o in options if o.mode is Surface.PUBLIC), None))
    if price is None:
        return _as_heard(tx, case, "invite.drafted")
    return _as_heard(tx, case, "invite.draft", price=Money(price))


def _language(tx: Tx, case: Case) -> str:
    """The language of the newest post of the customer of which the network tells one; "" when of none."""
    told = [post.lang for post in tx.posts.of_case(case.id) if post.lang and not post.by_brand]
    return told[-1] if told else ""


def _wait_for_customer(tx: Tx, case: Case) -> Case:
    if case.invited is Invited.UNDECIDED:
        return case
    return tx.cases.save(replace(case, invited=Invited.UNDECIDED))


def _withdraw(tx: Tx, case: Case, who: AgentId | str) -> bool:
    """Stop invitations that are not out and not on their way; whether there was one."""
    drafts = [
        reply
        for reply in tx.replies.of_case(case.id)
        if reply.kind is ReplyKind.INVITATION and reply_after(reply.state, ReplyMove.STOP) is not None
    ]
    return bool([draft for draft in drafts if replies.stop_reply(tx, case, draft, who)])


def _still_invited(tx: Tx, case: Case) -> Invited:
    """Once an invitation is out the customer may follow it whatever is decided here."""
    return Invited.NO if invitation(tx, case) is None else Invited.PUBLIC


def _was_closed(tx: Tx, case: Case) -> bool:
    """Whether the network refused our newest private reply because private messages do not reach the
    customer, who has not written in private since."""
    tried = [
        reply
        for reply in tx.replies.of_case(case.id)
        if reply.mode is Surface.PRIVATE and (reply.failure is not None or reply.sent_at is not None)
    ]
    newest = tried[-1] if tried else None
    if newest is None or newest.failure is None or newest.failure.key not in CLOSES_PRIVATE:
        return False
    return not any(
        post.surface is Surface.PRIVATE and not post.by_brand and post.number > newest.seen_number
        for post in tx.posts.of_case(case.id)
    )


def _customer(tx: Tx, case: Case) -> str:
    return replies.target_of(tx, case, None).author_handle
