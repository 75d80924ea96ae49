"""What becomes of a post on the network after it was taken in: edited, deleted, hidden, shown again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.cases import targets
from bot.cases.model import Case
from bot.cases.posts import Absence, AccountId, Post, PostId, Quoted
from bot.cases.record import Record, Wake
from bot.cases.said import Instant, Ping, Said, say
from bot.work import alarms, asks, replies
from bot.work.house import House


def take_found(
    record: Record,
    house: House,
    account: AccountId,
    found: Iterable[Post],
    absent: Mapping[PostId, Absence],
    now: datetime,
) -> None:
    """What a look-up of known posts told: how they read now, and which of them are no longer shown."""
    for post in found:
        known = record.post(account, post.id)
        if known is None or known.by_brand:
            continue
        if known.absence is Absence.HIDDEN:
            known = replace(known, absence=None)
            record.save_post(known)
            _tell(record, house, known, "shown", now)
        take_edit(record, house, known, post, now)
    for post_id, why in absent.items():
        known = record.post(account, post_id)
        if known is not None and not known.by_brand and known.absence not in (why, Absence.DELETED):
            _take_absence(record, house, known, why, now)


def take_edit(record: Record, house: House, known: Post, post: Post, now: datetime) -> None:
    """A post that was edited on the network: wherever it is shown it reads as it does there, the thread hears
    of it, and what was written to the old words asks again. The clock stays as it was."""
    if post.version <= known.version or known.absence is Absence.DELETED:
        return
    edited = replace(post, number=known.number, quoted=known.quoted, absence=known.absence)
    if edited.quotes_id == known.quotes_id:
        edited = replace(edited, quotes=known.quotes)
    record.save_post(edited)
    _say_again(record, house, edited, now)
    case = _tell(record, house, edited, "edited", now)
    if case is not None:
        asks.note_event(record, case, "post_edited", now, post=post.id, version=post.version)
        _hold(record, house, case, edited, say("hold.customer_edited"), now)


def _take_absence(record: Record, house: House, known: Post, why: Absence, now: datetime) -> None:
    """A post that the network no longer shows. What a deleted one said goes, everywhere; that there was one
    stays, and nobody waits for an answer to it."""
    if why is Absence.HIDDEN:
        hidden = replace(known, absence=why)
        record.save_post(hidden)
        case = _tell(record, house, hidden, "hidden", now)
        if case is not None:
            asks.note_event(record, case, "post_hidden", now, post=known.id)
        return
    gone = known.emptied()
    record.save_post(gone)
    _say_again(record, house, gone, now)
    case = _case_of(record, gone)
    if case is None:
        return
    asks.note_event(record, case, "post_deleted", now, post=known.id)
    case = _restart(record, house, case)
    _tell(record, house, gone, "deleted" if case.waiting_since else "deleted_last", now)
    _hold(record, house, case, gone, say("hold.customer_deleted"), now)


def _restart(record: Record, house: House, case: Case) -> Case:
    """Let the clock run for the oldest post that still waits, or stop."""
    waiting = replies.unanswered(record, case)
    oldest = waiting[0].created_at if waiting else None
    if case.waiting_since is None or case.waiting_since == oldest:
        return case
    if oldest is None:
        return record.save_case(targets.wait_no_more(case))
    record.wake(Wake.WATCH)
    return record.save_case(targets.wait_from(case, oldest, house.team(case).targets))


def _say_again(record: Record, house: House, post: Post, now: datetime) -> None:
    """Let what shows this post as its context say what it says now."""
    for other in record.quoting(post.account, post.id, post.number):
        quoted, quotes = _as_now(other.quoted, post), _as_now(other.quotes, post)
        if (quoted, quotes) == (other.quoted, other.quotes):
            continue
        record.save_post(replace(other, quoted=quoted, quotes=quotes))
        case = _case_of(record, other)
        if case is not None:
            asks.card(record, house, case, now)
            asks.post_anew(record, case, other.number, now)


def _as_now(shown: Quoted | None, post: Post) -> Quoted | None:
    if shown is None or shown.id != post.id:
        return shown
    return replace(shown, text=post.text, absence=post.absence)


def _hold(record: Record, house: House, case: Case, post: Post, why: Said, now: datetime) -> None:
    """Let what was written with the old words in view wait for a person."""
    if any(reply.seen_number >= post.number for reply in replies.waiting(record, case)):
        replies.hold_waiting(record, house, case, why, now)


def _tell(record: Record, house: House, post: Post, what: str, now: datetime) -> Case | None:
    """Draw anew what shows a post, and say in its thread what became of it."""
    case = _case_of(record, post)
    if case is None:
        return None
    asks.card(record, house, case, now)
    asks.post_anew(record, case, post.number, now)
    alarms.draw_anew(record, case, post.number, now)
    who = Ping(case.assignee) if case.assignee else None
    said = say(f"change.{what}", who=who, at=Instant(post.created_at, "date"))
    asks.tell(record, house, case, said, now, key=asks.key_of_change(post))
    return case


def _case_of(record: Record, post: Post) -> Case | None:
    case_id = record.case_of_post(post.account, post.id)
    return record.case(case_id) if case_id else None
