"""A reply on its way to the queue and in it: written, changed, held, stopped, sent at once or again."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from secrets import token_hex

from bot.cases.actions import Result, done, refused
from bot.cases.history import EventKind
from bot.cases.model import (
    Agent,
    AgentId,
    Case,
    Invited,
    MessageRef,
    Reply,
    ReplyId,
    ReplyKind,
    ReplyMove,
    ReplyState,
    reply_after,
)
from bot.cases.ports import ReplyTarget
from bot.cases.posts import Absence, Post, PostId, Surface
from bot.cases.record import Wake
from bot.cases.said import Sentence, say
from bot.cases.tx import Tx
from bot.guide import checks, colleagues
from bot.outbox import put


@dataclass(frozen=True, slots=True)
class Words:
    """What is to be said to a customer, before it is a reply."""

    text: str
    #: What the desk found in the text (a colleague's name, a custom emoji): it waits for a person then.
    blocked: Sentence | None = None
    #: The message that says it; a message has one reply at most.
    message: MessageRef | None = None
    #: The desk's stamp of what the agent wrote: by default the message's own, "" for what is decided now.
    stamp: str | None = None
    kind: ReplyKind = ReplyKind.ANSWER
    #: By default that of the case.
    mode: Surface | None = None

    @property
    def written(self) -> str:
        """The desk's stamp of what the agent wrote; "" when it is decided now."""
        return (self.message.ts if self.message else "") if self.stamp is None else self.stamp


#: A smaller price is not told, in US dollars: an answer has to be given whatever it costs, and the same few
#: cents below each say nothing. A link may make it many times as dear, which can change what is written.
_TOLD_FROM = Decimal("0.05")


def told_price(price: Decimal | None) -> Decimal | None:
    """The price of sending something, where agents should know it."""
    return price if price is not None and price >= _TOLD_FROM else None


def target_of(tx: Tx, case: Case, in_reply_to: PostId | None) -> ReplyTarget:
    """What a reply in this case answers: the post, and the person behind it."""
    author = tx.people.author(tx.account(case).network, case.author_id)
    return ReplyTarget(in_reply_to, case.author_id, author.handle if author else "")


def newest_number(tx: Tx, case: Case) -> int:
    """`Post.number` of the newest post of the case; 0 when it has none."""
    return max((post.number for post in tx.posts.of_case(case.id)), default=0)


def seen(tx: Tx, case: Case, stamp: str) -> int:
    """`Post.number` up to which the case's posts stood in the thread when something with `stamp` was written;
    all of them with "". What is heard late, after an outage, was written before what came in meanwhile. The
    first post of a case is on its card, and not shown apart."""
    posts = tx.posts.of_case(case.id)
    shown = ((post.number, _stands_since(tx, put.key_of_post(post.number), stamp)) for post in posts if stamp)
    unseen = (number for number, stood in shown if stood is False)
    return min(unseen, default=max((post.number for post in posts), default=0) + 1) - 1


def _stands_since(tx: Tx, key: str, stamp: str) -> bool | None:
    """Whether what has this key stood at the desk before `stamp`; None when it was never to be shown."""
    shown = tx.outbox.shown(key)
    if shown is not None:
        return shown.ref.ts < stamp
    return None if tx.outbox.of_key(key) is None else False


def answered_up_to(tx: Tx, case: Case) -> int:
    """The newest post that a published reply had seen; everything later waits for an answer."""
    return max(
        (reply.seen_number for reply in tx.replies.of_case(case.id) if reply.sent_at is not None), default=0
    )


def unanswered(tx: Tx, case: Case) -> Sequence[Post]:
    """The customer's posts that wait for an answer, in order of arrival; deleted ones do not."""
    answered = answered_up_to(tx, case)
    return [
        post
        for post in tx.posts.of_case(case.id)
        if not post.by_brand and post.number > answered and post.absence is not Absence.DELETED
    ]


def unseen_change(tx: Tx, case: Case, stamp: str) -> Sentence | None:
    """What the customer changed that was not yet told in the thread when something with the stamp `stamp` was
    written; None where nothing was, and with ""."""
    for post in tx.posts.of_case(case.id) if stamp else ():
        has_run_out = post.absence is Absence.DELETED
        is_changed = has_run_out or post.version > 1
        if is_changed and _stands_since(tx, put.key_of_change(post), stamp) is False:
            return say("hold.customer_deleted" if has_run_out else "hold.customer_edited")
    return None


def waiting(tx: Tx, case: Case) -> Sequence[Reply]:
    """Replies of the case that are not yet out and not given up: queued, sending, unconfirmed."""
    return [
        reply
        for reply in tx.replies.of_case(case.id)
        if reply.state in (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNCONFIRMED)
    ]


def queue(tx: Tx, case: Case, agent: Agent, words: Words) -> Reply | None:
    """Queue a reply with the team's hold; None when this message has a reply already.

    The problem of the words, together with the network's rules, decides whether the reply waits for its time
    only, or for a person.
    """
    mode = words.mode or case.mode
    seen_number = seen(tx, case, words.written)
    draft = Reply(
        id=ReplyId(0),
        case_id=case.id,
        account=case.account,
        mode=mode,
        key=token_hex(12),
        body=words.text,
        text=checks.sign(words.text, initials_of(tx, case, agent)),
        queued_at=tx.now,
        send_after=tx.now + tx.hold(case),
        kind=words.kind,
        agent=agent.id,
        message=words.message,
        in_reply_to=answered_post(tx, case, mode, seen_number),
        seen_number=seen_number,
    )
    blocked = words.blocked or unseen_change(tx, case, words.written)
    blocked = blocked or to_colleague(tx, case, draft) or block_reason(tx, case, draft)
    if blocked is None and words.kind is ReplyKind.INVITATION:
        blocked = say("hold.draft")
    reply = tx.replies.add(replace(draft, blocked=blocked))
    if reply is None:
        return None
    tx.note(case, EventKind.REPLY_QUEUED, agent.id, reply=reply.id, mode=mode.value)
    put.line(tx, case, reply)
    tx.wake(Wake.SEND)
    return reply


def initials_of(tx: Tx, case: Case, agent: Agent) -> str:
    """The initials that close the agent's replies on this account; "" where the account wants none."""
    if not tx.account(case).initials:
        return ""
    return agent.initials or tx.installation.initials.get(agent.id, "") or derive_initials(agent.name)


def derive_initials(name: str) -> str:
    """Initials from a name: the first letters of its words, small particles (de, van, of the) left out.

    >>> derive_initials("Marieke de Koning")
    'MK'
    """
    letters = [word[0] for word in name.replace("-", " ").split() if word[0].isalpha() and word[0].isupper()]
    if not letters:
        letters = [word[0].upper() for word in name.split()[:2] if word[0].isalpha()]
    return "".join(letters[:3])


def block_reason(tx: Tx, case: Case, reply: Reply) -> Sentence | None:
    """Why this reply may not go out now; None when nothing is in the way.

    The same function answers when the reply is queued and, once more, in the transaction that begins the
    sending: who wrote it may reply and still has the case, its mode still is the case's, nobody wrote or
    answered in between, and the network's own rules allow it.
    """
    if reply.kind is ReplyKind.KEPT:
        return say("hold.kept")
    if reply.kind is not ReplyKind.INVITATION and reply.mode is not case.mode:
        return say("hold.mode_switched", mode=say(f"mode.name.{case.mode.value}"))
    writer = tx.people.agent(reply.agent) if reply.agent else None
    if writer is not None and not writer.may_reply:
        return say("hold.not_member", agent=writer.name)
    if reply.agent != case.assignee:
        has_it = tx.people.agent(case.assignee) if case.assignee else None
        return taken_over(has_it) if has_it else say("hold.released")
    if case.invited is Invited.UNDECIDED and reply.kind is ReplyKind.ANSWER:
        return invited(tx, case)
    for post in tx.posts.of_case(case.id):
        if post.number > reply.seen_number:
            return say("hold.answered_elsewhere" if post.by_brand else "hold.customer_wrote")
    rules = tx.rules(case)
    target = target_of(tx, case, reply.in_reply_to)
    for option in rules.reply_options(target, tx.now):
        if option.mode is reply.mode and not option.allowed:
            return say(f"hold.{option.reason}" if option.reason else "hold.no_private_way")
    return checks.block_reason(reply.body, checks.measured(reply.text, rules, target, reply.mode))


def to_colleague(tx: Tx, case: Case, reply: Reply) -> Sentence | None:
    """Why an answer waits that seems to speak to a colleague; None when it does not. Asked when the words
    are new, and not when they go: who has said that they are the customer's is not asked again."""
    called = colleagues.calls(reply.body) if reply.kind is ReplyKind.ANSWER else None
    if not called:
        return None
    customer = tx.people.author(tx.account(case).network, case.author_id)
    posts = tx.posts.of_case(case.id)
    texts = [post.text for post in posts if not post.by_brand]
    shown = [shown for post in posts for shown in (post.quoted, post.quotes) if shown is not None]
    handles = {
        *(account.handle for account in tx.installation.accounts.values()),
        *(each.author_handle for each in shown),
        *(handle for text in texts for handle in colleagues.handles_in(text)),
    }
    conversation = colleagues.Conversation(
        name=customer.name if customer else "",
        handle=customer.handle if customer else "",
        handles=frozenset(handles),
        texts=tuple(texts),
    )
    found = colleagues.colleague(called, tx.people.colleagues(), conversation)
    return say("hold.to_colleague", agent=found) if found else None


def invited(tx: Tx, case: Case) -> Sentence:
    """Why a public reply waits whose case is to go on in private."""
    return say("hold.invited" if tx.hears_private(case) else "hold.invited_unheard")


def taken_over(agent: Agent) -> Sentence:
    """Why a reply waits whose writer no longer has the case, but a colleague."""
    return say("hold.taken_over", agent=agent.name)


def change_text(tx: Tx, case: Case, reply: Reply, agent: Agent, words: Words) -> None:
    """Give a reply that is not out yet another text and a fresh hold. Does nothing when it is too late.

    Who changes it has read what came until then, which the stamp of the words tells as in `queue`.
    """
    state = reply_after(reply.state, ReplyMove.CHANGE)
    if state is None:
        return
    seen_number = seen(tx, case, words.written)
    changed = replace(
        reply,
        state=state,
        body=words.text,
        send_after=tx.now + tx.hold(case),
        blocked=words.blocked or unseen_change(tx, case, words.written),
        in_reply_to=answered_post(tx, case, reply.mode, seen_number),
        seen_number=seen_number,
    )
    blocked = changed.blocked or to_colleague(tx, case, changed)
    requeue(tx, case, reply, replace(changed, blocked=blocked), agent, EventKind.REPLY_CHANGED)


def requeue(tx: Tx, case: Case, before: Reply, changed: Reply, agent: Agent, event: EventKind) -> None:
    """Save a reply that `agent` wants to go out as `changed`, under their initials; what was in its way is
    past, and it is held only where `changed` is or something is in the way now.
    """
    fresh = replace(
        changed,
        text=checks.sign(changed.body, initials_of(tx, case, agent)),
        failure=None,
        manual_url="",
    )
    saved = tx.replies.save(replace(fresh, blocked=changed.blocked or block_reason(tx, case, fresh)))
    if before.state is ReplyState.FAILED and before.message:
        put.mark(tx, before.message, tx.installation.reactions.failed, False)
    tx.note(case, event, agent.id, reply=saved.id)
    put.line(tx, case, saved)
    if before.state is ReplyState.UNCONFIRMED:
        put.lines_behind(tx, case, saved)
    tx.wake(Wake.SEND)


def stop_reply(tx: Tx, case: Case, reply: Reply, who: AgentId | str = "") -> bool:
    """Take a reply out of the queue for good; False when it is too late."""
    state = reply_after(reply.state, ReplyMove.STOP)
    if state is None:
        return False
    # Why it waited is past; why the network refused it is not.
    failure = reply.failure if reply_after(reply.state, ReplyMove.SEND) is None else None
    stopped = tx.replies.save(replace(reply, state=state, blocked=None, failure=failure))
    tx.note(case, EventKind.REPLY_STOPPED, who, reply=reply.id)
    put.line(tx, case, stopped)
    return True


def hold_waiting(tx: Tx, case: Case, why: Sentence, instead_of: Set[str] = frozenset()) -> None:
    """Hold every queued reply of the case: it now waits for a person, not for its time.

    A block of the same kind is told again: it names what it asks about. So are those of the kinds
    `instead_of`, which are no longer true.
    """
    outdated = {why.key, *instead_of}
    for reply in tx.replies.of_case(case.id):
        if reply.state is ReplyState.QUEUED and (reply.blocked is None or reply.blocked.key in outdated):
            blocked = tx.replies.save(replace(reply, blocked=why))
            put.line(tx, case, blocked)


def visibility(tx: Tx, case: Case, reply: Reply) -> str:
    """Who is to be able to read a reply, by the network's own name: the name of the post that it answers, or
    else the first one that is declared for its mode; "" where none is."""
    declared = tx.rules(case).capabilities().visibilities
    answered = tx.posts.get(reply.account, reply.in_reply_to) if reply.in_reply_to else None
    names = [answered.visibility, *declared] if answered is not None else [*declared]
    return next((name for name in names if declared.get(name) is reply.mode), "")


def answered_post(tx: Tx, case: Case, mode: Surface, up_to: int | None = None) -> PostId | None:
    """The customer's newest post on the surface of `mode`, of those up to a number if one is given; public
    replies hang under it."""
    newest: Post | None = None
    for post in tx.posts.of_case(case.id):
        is_seen = up_to is None or post.number <= up_to
        stands = not post.by_brand and post.absence is not Absence.DELETED
        if stands and post.surface is mode and is_seen:
            newest = post
    return newest.id if newest else None


_INITIALS = re.compile(r"\^?([^\W\d_]{1,4})$")


def set_initials(tx: Tx, agent: Agent, typed: str) -> Result:
    """`me ^MK`: what closes this agent's replies from now on; with nothing behind it it tells what does."""
    if not typed:
        own = agent.initials or tx.installation.initials.get(agent.id, "")
        return done("me.now", initials=f"^{own or derive_initials(agent.name)}")
    found = _INITIALS.match(typed)
    if found is None:
        return refused("me.bad_initials")
    tx.people.save_agent(replace(agent, initials=found[1].upper()))
    return done("me.initials", initials=f"^{found[1].upper()}")
