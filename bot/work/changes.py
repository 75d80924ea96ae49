"""What becomes of a post on the network after it was taken in: edited, deleted, hidden, shown again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.cases import targets
from bot.cases.history import EventKind
from bot.cases.model import Case
from bot.cases.posts import Absence, AccountId, Post, PostId, Quoted
from bot.cases.record import Wake
from bot.cases.said import Instant, Ping, Sentence, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import alarms, replies


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
        return tx.cases.save(targets.wait_no_more(case))
    tx.wake(Wake.WATCH)
    return tx.cases.save(targets.wait_from(case, oldest, tx.team(case).targets))


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
    """Draw anew what shows a post, and say in its thread what became of it."""
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
