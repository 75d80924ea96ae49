"""What becomes of a post after it was taken in, as the network tells or is asked: edited, deleted, hidden,
shown again; with it the names that could not be had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.cases import targets
from bot.cases.accounts import Stream
from bot.cases.history import EventKind
from bot.cases.model import Case
from bot.cases.ports import Page
from bot.cases.posts import Absence, AccountId, Post, PostId, Quoted, Standing
from bot.cases.record import Wake
from bot.cases.said import Instant, Ping, Sentence, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import accounts, alarms, clocks, context, replies
from bot.work.context import AT_ONCE, Answers, Wanted

#: How often the network is asked whether the posts of those who wait still stand.
CHECK_EVERY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the known posts are checked: the cursor of this list."""

    #: When those who wait were last asked about, and after which number the rest of them is; 0 for none.
    checked_at: datetime | None = None
    after: int = 0
    #: Posts that are perhaps gone.
    doubted: tuple[PostId, ...] = ()

    def is_due(self, now: datetime) -> bool:
        """Whether those who wait are asked about now; also after a clock was put back."""
        at = self.checked_at
        return bool(self.after) or at is None or not at <= now < at + CHECK_EVERY

    def to_json(self) -> list[Any]:
        """Plain JSON."""
        return [self.checked_at and self.checked_at.isoformat(), self.after, [*self.doubted]]

    @classmethod
    def of(cls, stream: Stream) -> Mark:
        """How far it is."""
        at, after, doubted = stream.cursor or (None, 0, ())
        return cls(at and datetime.fromisoformat(at), after, tuple(doubted))


@dataclass(frozen=True, slots=True)
class Check:
    """One look at what is known."""

    wanted: Wanted
    #: How far it is when all is answered.
    mark: Mark
    #: Posts whose context is among what is asked.
    incomplete: Sequence[PostId]


def ask_soon(tx: Tx, account: AccountId, since: datetime, doubted: Iterable[PostId] = ()) -> None:
    """Ask after the next look at the account that began `since` then: for names that are missing, and whether
    these posts stand."""
    stream = tx.streams.get(account, accounts.KNOWN)
    if stream is None:
        return
    mark = Mark.of(stream)
    mark = replace(mark, doubted=tuple(dict.fromkeys((*mark.doubted, *doubted))))
    sooner = replace(stream, cursor=mark.to_json(), next_at=min(stream.next_at, since))
    if sooner != stream:
        tx.streams.save(sooner)


def check(tx: Tx, stream: Stream) -> Check:
    """What to ask about what is known: a hundred of the posts of those who wait, if it is time and less than
    half of today's limit is spent; posts that are doubted; people without a name."""
    account, mark = stream.account, Mark.of(stream)
    waiting: Sequence[Post] = ()
    now = mark
    if mark.is_due(tx.now):
        waiting = tx.posts.waiting(account, mark.after, AT_ONCE) if _may_check(tx, account) else ()
        now = Mark(tx.now, waiting[-1].number if len(waiting) == AT_ONCE else 0, mark.doubted)
    doubted = [post for each in mark.doubted if (post := tx.posts.get(account, each))]
    posts = {post.id: post.author_id for post in (*doubted, *waiting) if not post.by_brand}
    shown = dict.fromkeys(context.unknown(tx, account, waiting))
    network = tx.installation.accounts[account].network
    wanted = Wanted(tx.people.nameless(network, AT_ONCE), {**shown, **posts})
    return Check(wanted, now, [post.id for post in waiting if any(context.lacking(post))])


def take(tx: Tx, leased: Stream, asked: Check, answers: Answers, began: datetime) -> None:
    """Keep what the network said about what is known. After a fault all of it is asked again."""
    account = leased.account
    accounts.pay(tx, account, answers.spent)
    stream = accounts.ours(tx, leased)
    if stream is None:
        return
    context.take(tx, account, answers.authors)
    take_found(tx, account, answers.posts, answers.absent)
    context.complete(tx, account, asked.incomplete, answers)
    if answers.fault is not None:
        accounts.failed(tx, leased, answers.fault)
    else:
        accounts.looked(tx, stream, _page(tx, stream, asked, answers), began)


def _page(tx: Tx, stream: Stream, asked: Check, answers: Answers) -> Page:
    """How far it is now, and when to ask again: with the next look at the account if anything is left."""
    network = tx.installation.accounts[stream.account].network
    named = {author.id for author in answers.authors}
    for author_id in asked.wanted.authors:
        nameless = None if author_id in named else tx.people.author(network, author_id)
        if nameless is not None and nameless.standing is Standing.UNKNOWN:
            tx.people.save_author(nameless, tx.now)  # asked again after the others
    since = tuple(each for each in Mark.of(stream).doubted if each not in asked.mark.doubted)
    mark = replace(asked.mark, doubted=since)
    is_over = not (mark.after or since or tx.people.nameless(network, 1))
    return Page((), mark.to_json(), not_before=(mark.checked_at or tx.now) + CHECK_EVERY if is_over else None)


def _may_check(tx: Tx, account: AccountId) -> bool:
    limit = tx.installation.accounts[account].daily_limit
    return limit is None or 2 * tx.accounts.spent(account, tx.now.date()) < limit


def take_found(tx: Tx, account: AccountId, found: Iterable[Post], absent: Mapping[PostId, Absence]) -> None:
    """What a look-up of known posts told: how they read now, and which of them are no longer shown."""
    for post in found:
        known = tx.posts.get(account, post.id)
        if known is None or known.by_brand:
            continue
        if known.absence is Absence.HIDDEN:
            known = replace(known, absence=None)
            tx.posts.save(known)
            _tell(tx, known, "shown")
        take_edit(tx, known, post)
    for post_id, why in absent.items():
        known = tx.posts.get(account, post_id)
        if known is not None and not known.by_brand and known.absence not in (why, Absence.DELETED):
            _take_absence(tx, known, why)


def take_edit(tx: Tx, known: Post, post: Post) -> None:
    """A post that was edited on the network: wherever it is shown it reads as it does there, the thread hears
    of it, and what was written to the old words asks again. The clock stays as it was."""
    if post.version <= known.version or known.absence is Absence.DELETED:
        return
    edited = replace(
        post, number=known.number, quoted=known.quoted, absence=known.absence, surface=known.surface
    )
    if edited.quotes_id == known.quotes_id:
        edited = replace(edited, quotes=known.quotes)
    tx.posts.save(edited)
    _say_again(tx, edited)
    case = _tell(tx, edited, "edited")
    if case is not None:
        tx.note(case, EventKind.POST_EDITED, post=post.id, version=post.version)
        _hold(tx, case, edited, say("hold.customer_edited"))


def _take_absence(tx: Tx, known: Post, why: Absence) -> None:
    """A post that the network no longer shows. What a deleted one said goes, everywhere; that there was one
    stays, and nobody waits for an answer to it."""
    if why is Absence.HIDDEN:
        hidden = replace(known, absence=why)
        tx.posts.save(hidden)
        case = _tell(tx, hidden, "hidden")
        if case is not None:
            tx.note(case, EventKind.POST_HIDDEN, post=known.id)
        return
    gone = known.emptied()
    tx.posts.save(gone)
    _say_again(tx, gone)
    case = _case_of(tx, gone)
    if case is None:
        return
    tx.note(case, EventKind.POST_DELETED, post=known.id)
    case = _restart(tx, case)
    _tell(tx, gone, "deleted" if case.waiting_since else "deleted_last")
    _hold(tx, case, gone, say("hold.customer_deleted"))


def _restart(tx: Tx, case: Case) -> Case:
    """Let the clock run for the oldest post that still waits, or stop."""
    waiting = replies.unanswered(tx, case)
    oldest = waiting[0].created_at if waiting else None
    if case.waiting_since is None or case.waiting_since == oldest:
        return case
    if oldest is None:
        restarted = tx.cases.save(targets.wait_no_more(case))
    else:
        tx.wake(Wake.WATCH)
        restarted = tx.cases.save(targets.wait_from(case, oldest, tx.team(case)))
    clocks.follow(tx, restarted)
    return restarted


def _say_again(tx: Tx, post: Post) -> None:
    """Let what shows this post as its context say what it says now."""
    for other in tx.posts.quoting(post.account, post.id, post.number):
        quoted, quotes = _as_now(other.quoted, post), _as_now(other.quotes, post)
        if (quoted, quotes) == (other.quoted, other.quotes):
            continue
        tx.posts.save(replace(other, quoted=quoted, quotes=quotes))
        case = _case_of(tx, other)
        if case is not None:
            put.card(tx, case)
            put.follow_up_anew(tx, case, other.number)


def _as_now(shown: Quoted | None, post: Post) -> Quoted | None:
    if shown is None or shown.id != post.id:
        return shown
    return replace(shown, text=post.text, absence=post.absence)


def _hold(tx: Tx, case: Case, post: Post, why: Sentence) -> None:
    """Let what was written with the old words in view wait for a person."""
    if any(reply.seen_number >= post.number for reply in replies.waiting(tx, case)):
        replies.hold_waiting(tx, case, why)


def _tell(tx: Tx, post: Post, what: str) -> Case | None:
    """Redraw what shows a post, and say in its thread what became of it."""
    case = _case_of(tx, post)
    if case is None:
        return None
    put.card(tx, case)
    put.follow_up_anew(tx, case, post.number)
    alarms.draw_anew(tx, case, post.number)
    who = Ping(case.assignee) if case.assignee else None
    said = say(f"change.{what}", who=who, at=Instant(post.created_at, "date"))
    put.tell(tx, case, said, key=put.key_of_change(post))
    return case


def _case_of(tx: Tx, post: Post) -> Case | None:
    case_id = tx.posts.case_of(post.account, post.id)
    return tx.cases.get(case_id) if case_id else None
