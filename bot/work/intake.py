"""Intake: what a network brought or told by itself becomes cases and follow-ups."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from bot.cases import targets
from bot.cases.accounts import Stream
from bot.cases.characters import same_words
from bot.cases.errors import Stale
from bot.cases.history import EventKind
from bot.cases.model import (
    SETTLED,
    AgentId,
    Case,
    CaseId,
    Conversation,
    Invited,
    Move,
    Reply,
    ReplyId,
    ReplyKind,
    ReplyState,
    after,
    may_be_marked_sent,
)
from bot.cases.ports import Page, Pushed, Sent
from bot.cases.posts import AccountId, Author, AuthorId, Post, PostId, Standing, Surface, is_somebody
from bot.cases.record import Wake
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import (
    accounts,
    changes,
    clocks,
    context,
    due_times,
    priorities,
    private,
    publishing,
    replies,
    tenures,
    waits,
)
from bot.work.context import NOTHING, Answers

#: So many cases of one person, the newest, are looked at for the reply that a message of the brand may be.
CASES_OF_ONE = 10


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at one list brought, and what was asked to understand it."""

    #: As it was leased for this look.
    stream: Stream
    began: datetime
    page: Page
    answers: Answers = NOTHING


@dataclass(frozen=True, slots=True)
class _Arrivals:
    """What there is to know about posts that came together, asked once for all of them."""

    known: Set[PostId]
    #: Who has a case on the account, those included whose case was opened since: nobody else's is looked for.
    people: set[AuthorId]
    answers: Answers


def take_in(tx: Tx, look: Look) -> None:
    """Store what a look brought, in one transaction with its cursor; nothing if another process has the list
    now."""
    account, page = look.stream.account, look.page
    accounts.pay(tx, account, (*page.spent, *look.answers.spent))
    stream = accounts.ours(tx, look.stream)
    if stream is None:
        return
    accounts.looked(tx, stream, page, look.began)
    accounts.tell_unread(tx, account, page.unread)
    take_posts(tx, account, page.posts, look.answers.authors, look.answers)
    if page.missing:
        changes.ask_soon(tx, account, look.began, page.missing)


def take_pushed(tx: Tx, pushed: Pushed) -> None:
    """Store what a network told by itself. Told again, it changes nothing."""
    key = f"pushed-{pushed.account}-{pushed.key}"
    if pushed.account in tx.installation.accounts and tx.upkeep.first_time(key, tx.now):
        accounts.tell_unread(tx, pushed.account, pushed.unread)
        take_posts(tx, pushed.account, pushed.posts, pushed.authors)


def take_posts(
    tx: Tx, account: AccountId, posts: Sequence[Post], people: Sequence[Author], answers: Answers = NOTHING
) -> None:
    """Store posts and who wrote them, whichever way they came. A known post changes nothing unless it was
    edited, so that what comes twice, or by two ways, is harmless."""
    context.take(tx, account, people)
    if not posts:
        return
    arrivals = _Arrivals(
        tx.posts.known(account, {post.id for post in posts}),
        {*tx.cases.known_authors(account, {post.author_id for post in posts})},
        answers,
    )
    for told in sorted({post.id: post for post in posts}.values(), key=lambda post: post.created_at):
        post = replace(told, surface=tx.surface(account, told.visibility))
        if post.by_brand:
            _take_own(tx, post)
        else:
            _take_mention(tx, post, arrivals)


def _take_mention(tx: Tx, post: Post, arrivals: _Arrivals) -> None:
    before = tx.posts.get(post.account, post.id) if post.id in arrivals.known else None
    if before is not None:
        if is_somebody(before.author_id) and not is_somebody(post.author_id):
            tx.posts.name_author(before, post.author_id)
        changes.take_edit(tx, before, post)
        return
    case = _case_for(tx, post) if post.author_id in arrivals.people else None
    post = context.with_context(tx, post, arrivals.answers)
    if case is None or _is_another_matter(tx, case, post):
        _open_case(tx, post, follows=case)
        arrivals.people.add(post.author_id)
    else:
        _follow_up(tx, case, post)


def _case_for(tx: Tx, post: Post) -> Case | None:
    """The case this post belongs to: the same person in the same conversation of the network; a private
    message belongs to the case that invited it, or else to the person's newest case."""
    if post.surface is Surface.PRIVATE:
        theirs = tx.cases.of_author(post.account, post.author_id, CASES_OF_ONE)
        inviting = (case for case in theirs if case.invited is not Invited.NO)
        return next(inviting, theirs[0] if theirs else None)
    if post.parent_id:
        parent = tx.posts.case_of(post.account, post.parent_id)
        case = tx.cases.get(parent) if parent else None
        answered = tx.replies.of_post(post.account, post.parent_id)
        if case is None and answered is not None:
            case = tx.cases.get(answered.case_id)
        if case is not None and case.author_id == post.author_id:
            return case
    return tx.cases.of_conversation(post.account, post.author_id, post.root_id)


def _is_another_matter(tx: Tx, case: Case, post: Post) -> bool:
    """Whether a post comes so long after its case was settled that it begins a new one."""
    within = tx.team(case).reopen_within
    is_late = within is not None and case.closed_at is not None and post.created_at > case.closed_at + within
    return case.status in SETTLED and is_late


def _open_case(tx: Tx, post: Post, follows: Case | None = None) -> None:
    account = tx.installation.accounts[post.account]
    team = tx.installation.teams[account.team]
    draft = Case(
        id=CaseId(0),
        account=post.account,
        team=team.name,
        author_id=post.author_id,
        opened_at=tx.now,
        mode=post.surface,
        follows=follows.id if follows else None,
    )
    if tx.people.author(account.network, post.author_id) is None and not is_somebody(post.author_id):
        tx.people.save_author(Author(account.network, post.author_id, standing=Standing.UNKNOWN), tx.now)
        changes.ask_soon(tx, post.account, tx.now)
    draft = priorities.ruled(tx, draft, post)
    case = tx.cases.add(targets.wait_from(draft, post.created_at, team))
    if (
        tx.posts.add(post, case.id, tx.now) is None
    ):  # by another way since `take_posts` asked: it is known now
        raise Stale(f"post {post.id} of {post.account} has a case already")
    tx.cases.talks_in(case.id, _conversation(post))
    clocks.follow(tx, case)
    tx.note(case, EventKind.OPENED, post=post.id, surface=post.surface.value)
    put.card(tx, case)
    tx.wake(Wake.WATCH)


def _conversation(post: Post) -> Conversation:
    return Conversation(post.account, post.author_id, post.surface, post.root_id)


def _follow_up(tx: Tx, case: Case, post: Post) -> None:
    raised = priorities.ruled(tx, case, post)
    stored = tx.posts.add(post, case.id, tx.now)
    if stored is None:
        return
    tx.cases.talks_in(case.id, _conversation(post))
    reopened = case.assignee is None
    was_settled = case.status in SETTLED
    status = after(case.status, Move.REOPEN if reopened else Move.FOLLOW_UP) or case.status
    changed = replace(waits.woken(raised), status=status, closed_at=None, dismiss_reason="")
    if changed.waiting_since is None:
        changed = targets.wait_from(changed, post.created_at, tx.team(case))
    changed = tx.cases.save(changed)
    if changed.priority is not case.priority:
        changed = due_times.follow_settings(tx, changed)
    clocks.follow(tx, changed)
    tenures.note(tx, case, changed)
    kind = EventKind.REOPENED if was_settled else EventKind.FOLLOW_UP
    tx.note(changed, kind, post=post.id, surface=post.surface.value)
    put.follow_up(tx, changed, stored.number)
    if post.surface is Surface.PRIVATE and (was_settled or case.invited is not Invited.NO):
        changed = private.customer_wrote(tx, changed)
    put.card(tx, changed)
    tx.wake(Wake.WATCH)


def _take_own(tx: Tx, post: Post) -> None:
    """A post of the brand: ours and known, ours and unconfirmed, or published by somebody elsewhere."""
    if tx.replies.of_post(post.account, post.id) is not None:
        return
    cases = _answered_cases(tx, post)
    if not cases or any(_is_ours(tx, case, post) for case in cases):
        return
    case = cases[0]
    stored = tx.posts.add(post, case.id, tx.now)
    if stored is not None:
        _answered_elsewhere(tx, case, stored)


def _answered_cases(tx: Tx, post: Post) -> Sequence[Case]:
    """The case that a post of the brand answers. A message does not tell: it may be of each case of its
    addressee, the newest first."""
    if post.surface is Surface.PRIVATE:
        author_id = AuthorId(post.root_id.removeprefix("dm:"))
        return tx.cases.of_author(post.account, author_id, CASES_OF_ONE)
    if post.parent_id is None:
        return ()
    case_id = tx.posts.case_of(post.account, post.parent_id)
    if case_id is None and (before := tx.replies.of_post(post.account, post.parent_id)) is not None:
        case_id = before.case_id
    case = tx.cases.get(case_id) if case_id is not None else None
    return (case,) if case is not None else ()


def _is_ours(tx: Tx, case: Case, post: Post) -> bool:
    """Whether a post of the brand is a reply of this case, which then is known to be out."""
    for reply in tx.replies.of_case(case.id):
        if reply.post_id == post.id:
            return True  # its call has said so since `_take_own` asked
        if reply.mode is not post.surface or not same_words(reply.text, post.text):
            continue
        if reply.state is ReplyState.SENDING:
            return True  # the call that is on its way will say so itself
        if may_be_marked_sent(reply) or _was_seen_by_a_person(reply):
            _take_as_out(tx, case, reply, post)
            return True
    return False


def _answered_elsewhere(tx: Tx, case: Case, post: Post) -> None:
    """Somebody answered outside this desk: if it was handed over by us, the loop closes; if not, the thread
    shows what was said, and the clock stops."""
    handed_over = _handed_over(tx.replies.of_case(case.id), post)
    if handed_over is not None:
        _take_as_out(tx, case, handed_over, post)
        return
    seen = _seen_by(tx, case, post)
    if seen is None:
        put.follow_up(tx, case, post.number)
        return
    reply = tx.replies.add(
        Reply(
            id=ReplyId(0),
            case_id=case.id,
            account=case.account,
            mode=post.surface,
            key=f"elsewhere-{post.account}-{post.id}",
            body=post.text,
            text=post.text,
            queued_at=tx.now,
            send_after=tx.now,
            kind=ReplyKind.ELSEWHERE,
            state=ReplyState.SENT,
            in_reply_to=post.parent_id,
            seen_number=seen,
            post_id=post.id,
            url=post.url,
            sent_at=post.created_at,
            visibility=post.visibility,
        )
    )
    if reply is None:
        return
    publishing.answer(tx, case, reply, AgentId(""))
    put.follow_up(tx, case, post.number)


def _handed_over(standing: Sequence[Reply], post: Post) -> Reply | None:
    """The refused reply that a person was to publish by hand and, in other words, now has."""
    for reply in standing:
        open_still = reply.state is ReplyState.FAILED or _was_seen_by_a_person(reply)
        if open_still and reply.manual_url and reply.in_reply_to == post.parent_id and reply.post_id is None:
            return reply
    return None


def _was_seen_by_a_person(reply: Reply) -> bool:
    """Whether it is out by a person's word alone, and the network has not shown it yet."""
    attempted = reply.attempted_at is not None and reply.kind is not ReplyKind.ELSEWHERE
    return reply.state is ReplyState.SENT and reply.post_id is None and attempted


def _take_as_out(tx: Tx, case: Case, reply: Reply, post: Post) -> None:
    """The network shows a reply. Of one that a person saw before, only the link and the time are news."""
    if not _was_seen_by_a_person(reply):
        publishing.mark_sent(tx, case, reply, Sent(post.id, post.url, post.created_at))
        return
    shown = replace(reply, post_id=post.id, url=post.url, sent_at=post.created_at)
    put.line(tx, case, tx.replies.save(shown))


def _seen_by(tx: Tx, case: Case, post: Post) -> int | None:
    """Up to which number the customer's posts were there when the brand answered elsewhere; None when none
    was: then it answers nothing of this case. Numbers are given in the order of coming in, not of writing."""
    theirs = [each for each in tx.posts.of_case(case.id) if not each.by_brand]
    later = [each.number for each in theirs if each.created_at > post.created_at]
    if len(later) == len(theirs):
        return None
    return min(later) - 1 if later else replies.newest_number(tx, case)
