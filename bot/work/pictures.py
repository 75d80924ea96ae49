"""Pictures: what a message shows, read from the record in one transaction and never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.cases.history import SETTLINGS, EventKind
from bot.cases.model import (
    SETTLED,
    Agent,
    AgentId,
    Case,
    CaseId,
    Invited,
    MessageRef,
    Reply,
    ReplyState,
    was_answered,
)
from bot.cases.pictures import CardPicture, LinePicture, PostPicture
from bot.cases.posts import Author, AuthorId, Post, Standing, Surface
from bot.cases.reasons import CLOSES_PRIVATE
from bot.cases.said import Sentence, ThreadLink, say
from bot.cases.tx import Tx
from bot.guide import checks
from bot.outbox.put import GONE, NEEDS_PUBLIC
from bot.work import actions, alarms, private, replies, takeovers


def card(tx: Tx, case: Case) -> CardPicture:
    """The card of a case."""
    account = tx.account(case)
    posts = tx.posts.of_case(case.id)
    mentions = [post for post in posts if not post.by_brand]
    sent = [reply for reply in tx.replies.of_case(case.id) if reply.sent_at is not None]
    waiting = replies.unanswered(tx, case)
    shown = CardPicture(
        case=case,
        brand=account.handle,
        network=account.network,
        author=_author(tx, account.network, case.author_id),
        first=mentions[0],
        later=len(mentions) - 1,
        private_way=private.private_way(tx, case),
        public_way=private.public_way(tx, case),
        invitation=private.invitation(tx, case) if case.invited is not Invited.NO else None,
        hears_private=tx.hears_private(case),
        may_invite=private.may_invite(tx, case),
        assignee=_behind(tx, case),
        since=takeovers.since(tx, case) if case.assignee else None,
        answer=sent[-1] if sent else None,
        newest=waiting[-1] if waiting and waiting[-1].number != mentions[0].number else None,
        private_known=private.is_reached(tx, case),
        timers=tx.timers.of_case(case.id),
        reminders=tx.reminders.open_of(case.id),
        threads=threads_of(tx, say("card.follows", case=ThreadLink(case.follows))) if case.follows else {},
    )
    return replace(shown, buttons=actions.on_card(shown))


def _behind(tx: Tx, case: Case) -> Agent | None:
    """Who has the case; of one that asks for nothing any more, who settled it."""
    who = case.assignee
    if case.status in SETTLED:
        settling = [event for event in tx.history.of_case(case.id) if event.kind in SETTLINGS]
        who = AgentId(settling[-1].who) if settling else None
    return tx.people.agent(who) if who else None


def line(tx: Tx, case: Case, reply: Reply) -> LinePicture:
    """The line about a reply."""
    account = tx.account(case)
    target = replies.target_of(tx, case, reply.in_reply_to)
    rules = tx.rules(case)
    price = None
    for option in rules.reply_options(target, tx.now):
        if option.mode is reply.mode:
            links = checks.measured(reply.text, rules, target, reply.mode).links
            price = option.price_with_link if links and option.price_with_link else option.price
    behind = any(
        before.id < reply.id and before.state is ReplyState.UNCONFIRMED
        for before in tx.replies.of_case(case.id)
    )
    ways_out = _ways_out(tx, case, reply)
    shown = LinePicture(
        _as_public(reply, case),
        account.handle,
        account.network,
        target.author_handle,
        replies.told_price(price),
        behind,
        ways_out,
        _stopper(tx, reply),
    )
    return replace(shown, buttons=actions.on_line(shown))


def _stopper(tx: Tx, reply: Reply) -> str:
    """The name of who stopped a reply that somebody else wrote."""
    if reply.state is not ReplyState.STOPPED:
        return ""
    stops = [
        event.who
        for event in tx.history.of_case(reply.case_id)
        if event.kind is EventKind.REPLY_STOPPED and (event.detail or {}).get("reply") == reply.id
    ]
    who = AgentId(stops[-1]) if stops and stops[-1] != reply.agent else None
    agent = tx.people.agent(who) if who else None
    return agent.name if agent else ""


def _as_public(reply: Reply, case: Case) -> Reply:
    """A reply that did not reach the customer in private, as it stands once its case is public: nothing said
    of the private way is to be done any more, and its words were meant for one person."""
    was_private = reply.mode is Surface.PRIVATE and reply.state is ReplyState.FAILED
    if was_private and case.mode is Surface.PUBLIC and reply.failure and reply.failure.key in CLOSES_PRIVATE:
        return replace(reply, failure=say("refused.was_private"))
    return reply


def _ways_out(tx: Tx, case: Case, reply: Reply) -> Sequence[str]:
    """What can be done with the case where the way of a reply is closed."""
    stuck = reply.failure if reply.state is ReplyState.FAILED else reply.blocked
    if stuck is None or case.status in SETTLED:
        return ()
    if stuck.key in CLOSES_PRIVATE | NEEDS_PUBLIC and reply.mode is Surface.PRIVATE:
        if case.mode is Surface.PUBLIC:
            return ()
        if private.public_way(tx, case):
            return ("invite", "public") if private.may_invite(tx, case) else ("public",)
    elif stuck.key == "hold.no_post":
        return ("private",) if private.private_way(tx, case) else ()
    elif stuck.key not in GONE:
        return ()
    return ("close",) if was_answered(case) else ("dismiss",)


def threads_of(tx: Tx, said: Sentence) -> Mapping[CaseId, MessageRef]:
    """The threads that a sentence links to."""
    found: dict[CaseId, MessageRef] = {}
    for value in said.values.values():
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, ThreadLink):
                case = tx.cases.get(CaseId(each.case_id))
                if case is not None and case.thread is not None:
                    found[case.id] = case.thread
            elif isinstance(each, Sentence):
                found.update(threads_of(tx, each))
    return found


def post(tx: Tx, case: Case, number: int) -> PostPicture | None:
    """A later post of the conversation; None when the record has no such post."""
    shown = tx.posts.numbered(number)
    if shown is None:
        return None
    account = tx.account(case)
    author = _author(tx, account.network, case.author_id)
    if shown.by_brand:
        author = Author(account.network, shown.author_id, handle=account.handle)
    reopens = _reopens(tx, case, shown)
    is_own_message = shown.by_brand and shown.surface is Surface.PRIVATE
    return PostPicture(
        post=shown,
        author=author,
        network=account.network,
        ping=case.last_assignee if reopens else None if is_own_message else case.assignee,
        reopens=reopens,
    )


def _reopens(tx: Tx, case: Case, post: Post) -> bool:
    """Whether the customer waits again since this post, and nobody has the case, which was done with."""
    if case.assignee is not None or case.waiting_since is None or post.by_brand:
        return False
    was_done = was_answered(case) or any(event.kind in SETTLINGS for event in tx.history.of_case(case.id))
    return was_done and alarms.waiting_post(tx, case) == post.number


def _author(tx: Tx, network: str, author_id: AuthorId) -> Author:
    return tx.people.author(network, author_id) or Author(network, author_id, standing=Standing.UNKNOWN)
