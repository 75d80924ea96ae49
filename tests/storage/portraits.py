"""What a program sees in its record, as plain values: the same questions to the record of any program.

Only this module knows how the record is asked. What it returns is JSON and stays as it is when tables,
methods and types get other shapes: what was seen before an upgrade is compared with what is seen after it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.cases.alarms import Flag
from bot.cases.model import AgentId, Case, CaseId, MessageRef, Reply, ReplyId
from bot.cases.outbox import KINDS, Entry, EntryState, Rank, Say, Shown
from bot.cases.posts import AccountId, AuthorId, Post, Quoted, Unread
from bot.cases.record import Record
from bot.cases.said import Sentence, say, to_json
from bot.cases.timers import FlagKind, says
from bot.cases.tx import Tx
from bot.work import alarms, pictures

Facts = dict[str, Any]

MANY = 1_000_000
#: Longer than anything waits.
LONG = timedelta(days=1)
_KINDS = {kind: name for name, kind in KINDS.items()}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def of_case(tx: Tx, number: int) -> Facts:
    """A case: its card, its lines, its story, and what was said of it."""
    case = tx.cases.get(CaseId(number))
    assert case is not None
    flags = tx.alarms.flags_of(case.id)
    return {
        "card": _card(tx, case),
        "clock": _clock(case),
        "posts": [_post(post) for post in tx.posts.of_case(case.id)],
        "replies": [_line(tx, case, reply) for reply in tx.replies.of_case(case.id)],
        "history": [[event.kind, event.who, _at(event.at)] for event in tx.history.of_case(case.id)],
        "tenures": [[t.since, t.assignee, t.mode.value] for t in tx.threads.tenures_of(case.id)],
        "asked": [[_place(m.ref), m.agent, m.text, _said(m.blocked)] for m in tx.threads.asked(case.id)],
        "flags": [[f.kind.value, _at(f.due_at), _at(f.at), f.assignee, _at(f.over_at)] for f in flags],
        "warnings": [_warning(tx, flag) for flag in flags],
        "read_to": tx.threads.read_to(case.thread) if case.thread else None,
    }


def outline(tx: Tx, number: int) -> Facts:
    """So much of a case that its loss would show, without what names it elsewhere."""
    case = tx.cases.get(CaseId(number))
    if case is None:
        return {}
    return {
        "card": [case.status.value, case.mode.value, case.assignee, case.invited.value],
        "clock": _clock(case),
        "texts": [post.text for post in tx.posts.of_case(case.id)],
        "replies": [[r.state.value, r.text, _at(r.send_after)] for r in tx.replies.of_case(case.id)],
        "history": [event.kind for event in tx.history.of_case(case.id)],
        "tenures": [[t.since, t.assignee] for t in tx.threads.tenures_of(case.id)],
        "flags": [[f.kind.value, _at(f.due_at), _at(f.over_at)] for f in tx.alarms.flags_of(case.id)],
    }


def touch(record: Record, number: int) -> None:
    """Save a case as it is."""
    case = record.cases.get(CaseId(number))
    assert case is not None
    record.cases.save(replace(case, first_replied_at=case.opened_at))


def of_whole(tx: Tx) -> Facts:
    """What is to be done, and what is remembered of accounts and people."""
    later = tx.now + LONG
    return {
        "open": [case.id for case in tx.cases.open()],
        "settled": sorted(case.id for case in tx.cases.settled_since(tx.now - 100 * LONG)),
        "queue": [case.id for case in tx.cases.queue(MANY)],
        "turning": sorted([number, says(timer, later).value] for number, timer in tx.timers.due(later, MANY)),
        "next_turn": _at(tx.timers.next_due()),
        "uncalled": sorted(alarm.case_id for alarm in tx.alarms.uncalled()),
        "to_send": [reply.id for reply in tx.replies.due(later, MANY)],
        "lost": [reply.id for reply in tx.replies.lost(later, MANY)],
        "in_doubt": [reply.id for reply in tx.replies.unconfirmed(later, MANY)],
        "next_send": _at(tx.replies.next_due()),
        "to_show": _to_show(tx),
        "accounts": {name: _account(tx, name) for name in sorted(tx.installation.accounts)},
        "colleagues": sorted(tx.people.colleagues()),
        "restored_at": _at(tx.upkeep.restored_at()),
        "slots": {channel: _at(until) for channel, until in sorted(tx.outbox.slots().items())},
    }


def visibilities(tx: Tx, number: int) -> Facts:
    """Who can read the posts and the replies of a case, as the house and as the network calls it."""
    posts, replies = tx.posts.of_case(CaseId(number)), tx.replies.of_case(CaseId(number))
    return {
        "posts": [[post.surface.value, post.visibility] for post in posts],
        "replies": [[r.mode.value, r.visibility, r.attempted_at or r.sent_at] for r in replies],
    }


def is_due(tx: Tx, reply: int, instant: datetime) -> bool:
    """Whether a waiting reply goes out from this instant on, and not before."""
    before, then = (
        {due.id for due in tx.replies.due(at, MANY)} for at in (instant - timedelta(microseconds=1), instant)
    )
    return reply in then - before


def kind_of(tx: Tx, channel: str, ts: str) -> str | None:
    """What a message in a thread was taken for; None when it is not known."""
    message = tx.threads.message(MessageRef(channel, ts))
    return message.kind.value if message else None


def case_of_place(tx: Tx, channel: str, ts: str) -> int | None:
    """The case whose thread this is, or was before it was deleted."""
    place = MessageRef(channel, ts)
    case = tx.cases.of_thread(place, ever=True)
    return case.id if case else None


def case_of_conversation(tx: Tx, account: str, author_id: str, root_id: str) -> int | None:
    """The newest case of this author in this conversation of the network."""
    case = tx.cases.of_conversation(AccountId(account), AuthorId(author_id), root_id)
    return case.id if case else None


def goes_on_in(tx: Tx, channel: str, ts: str) -> int | None:
    """The case whose thread this is now."""
    case = tx.cases.of_thread(MessageRef(channel, ts))
    return case.id if case else None


def is_news(tx: Tx, table: str, row: Facts) -> bool:
    """Whether something that comes in a second time, as a row of the tables tells it, is taken as new."""
    if table == "deliveries":
        return tx.upkeep.first_time(row["key"], tx.now)
    if table == "unread":
        unread = Unread(row["key"], row["why"], row["raw"], row["url"])
        return tx.posts.keep_unread(AccountId(row["account"]), unread, tx.now)
    message, agent = MessageRef(row["channel"], row["ts"]), AgentId(row["agent"])
    if table == "reactions":
        return tx.threads.keep_reaction(message, row["reaction"], agent, row["present"], row["stamp"])
    raise AssertionError(table)


def of_outbox(tx: Tx) -> list[Facts]:
    """All that is on its way to the desk, with every field."""
    return [
        {
            "row": {
                "id": entry.id,
                "key": entry.key,
                "lane": entry.lane,
                "state": entry.state.value,
                "rank": entry.rank.value,
                "attempts": entry.attempts,
                "detail": entry.detail,
                "keep": entry.keep,
                "instants": [
                    _moment(at)
                    for at in (entry.asked_at, entry.urgent_at, entry.not_before, entry.lease_until)
                ],
            },
            "about": [
                _KINDS[type(entry.effect)],
                *(
                    getattr(entry.effect, name, None)
                    for name in ("case_id", "reply_id", "post_number", "alarm_id")
                ),
            ],
        }
        for entry in tx.outbox.waiting()
    ]


def where_shown(tx: Tx, key: str) -> Facts | None:
    """Where something stands at the desk, by its key; None when nobody looks for it again."""
    return _standing(tx.outbox.shown(key))


def last_shown(tx: Tx, prefix: str) -> Facts | None:
    """The same of the last of the keys that begin so."""
    return _standing(tx.outbox.shown_last(prefix))


def _standing(shown: Shown | None) -> Facts | None:
    if shown is None:
        return None
    return {
        "place": (shown.ref.channel, shown.ref.ts),
        "at": _moment(shown.at),
        "case": shown.case_id,
        "said": _said(shown.said),
    }


def is_asked_again(tx: Tx, row: Facts) -> bool:
    """Whether something is taken up that is asked for once more under its old key."""
    assert tx.outbox.of_key(row["key"]) is None
    again = Entry(0, Say(say("help")), row["key"], "C0", tx.now, Rank.ANSWERING, tx.now, keep=True)
    return tx.outbox.add(again) is not None


def _card(tx: Tx, case: Case) -> Facts:
    card = pictures.card(tx, case)
    return {
        "status": case.status.value,
        "mode": case.mode.value,
        "thread": _place(case.thread),
        "brand": card.brand,
        "network": card.network,
        "author": [card.author.id, card.author.handle, card.author.name, card.author.standing.value],
        "first": card.first.id,
        "newest": card.newest.id if card.newest else None,
        "later": card.later,
        "answer": card.answer.id if card.answer else None,
        "assignee": card.assignee.name if card.assignee else None,
        "last_assignee": case.last_assignee,
        "by_reaction": case.claimed_by_reaction,
        "since": _at(card.since),
        "private_way": card.private_way,
        "private_known": card.private_known,
        "hears_private": card.hears_private,
        "public_way": card.public_way,
        "may_invite": card.may_invite,
        "invited": case.invited.value,
        "invitation": card.invitation.id if card.invitation else None,
        "why_dismissed": case.dismiss_reason,
    }


def _clock(case: Case) -> Facts:
    clock = case.answer_due
    return {
        "opened": _at(case.opened_at),
        "waiting_since": _at(case.waiting_since),
        "due": _at(case.due_at),
        "warn": _at(clock.warn_at if clock else None),
        "flag": case.flag.value if case.flag else None,
        "escalate": _at(clock.turns_at if clock and clock.flag is FlagKind.MISSED else None),
        "first_replied": _at(case.first_replied_at),
        "closed": _at(case.closed_at),
        "forgotten_to": _at(case.forgotten_to),
    }


def _line(tx: Tx, case: Case, reply: Reply) -> Facts:
    line = pictures.line(tx, case, reply)
    kept = tx.replies.get(ReplyId(reply.id))
    assert kept == reply
    return {
        "id": reply.id,
        "kind": reply.kind.value,
        "state": line.reply.state.value,
        "mode": line.reply.mode.value,
        "key": reply.key,
        "text": line.reply.text,
        "agent": reply.agent,
        "message": _place(reply.message),
        "line": _place(reply.line),
        "answers": reply.in_reply_to,
        "send_after": _at(reply.send_after),
        "blocked": _said(reply.blocked),
        "failure": _said(line.reply.failure),
        "attempted": _at(reply.attempted_at),
        "lease": _at(reply.lease_until),
        "looks": reply.looks,
        "post": reply.post_id,
        "url": [line.reply.url, line.reply.manual_url],
        "sent": _at(reply.sent_at),
        "to": line.customer,
        "price": str(line.price),
        "behind": line.behind,
        "ways_out": list(line.ways_out),
        "stopped_by": line.stopped_by,
    }


def _post(post: Post) -> Facts:
    return {
        "id": post.id,
        "text": post.text,
        "author": post.author_id,
        "at": _at(post.created_at),
        "surface": post.surface.value,
        "by_brand": post.by_brand,
        "answers": [post.root_id, post.parent_id, _quoted(post.quoted)],
        "quotes": [post.quotes_id, _quoted(post.quotes)],
        "media": [[media.kind, media.url, media.alt] for media in post.media],
        "url": post.url,
        "lang": post.lang,
        "version": post.version,
        "absence": post.absence.value if post.absence else None,
    }


def _quoted(quoted: Quoted | None) -> list[object] | None:
    if quoted is None:
        return None
    absence = quoted.absence.value if quoted.absence else None
    return [quoted.id, quoted.author_handle, quoted.text, quoted.url, absence]


def _warning(tx: Tx, flag: Flag) -> Facts | None:
    """The message that told a flag, and whether anybody was called for it."""
    alarm = tx.alarms.get(flag.alarm_id) if flag.alarm_id is not None else None
    if alarm is None:
        return None
    picture = alarms.picture(tx, alarm)
    lines = picture.lines if picture else ()
    return {
        "to": [alarm.audience.channel, alarm.audience.who],
        "place": _place(alarm.ref),
        "in_thread": alarm.in_thread,
        "was_called": flag.called_by is not None,
        "lines": [[line.case_id, line.kind.value, line.words, _said(line.outcome)] for line in lines],
    }


def _to_show(tx: Tx) -> list[Facts]:
    """What still waits for the desk, and what was under way there when the program ended."""
    return [
        {
            "what": _KINDS[type(entry.effect)],
            "case": getattr(entry.effect, "case_id", None),
            "said": _said(getattr(entry.effect, "said", None)),
            "was_begun": entry.state is EntryState.UNDERWAY,
        }
        for entry in tx.outbox.waiting()
    ]


def _account(tx: Tx, name: AccountId) -> Facts:
    state, lists = tx.accounts.get(name), tx.streams.of(name)
    assert state is not None
    (main,) = (each for each in lists if each.main)
    return {
        "condition": state.condition.value,
        "faults": main.faults,
        "connected": _at(state.connected_at),
        "looked": _at(main.looked_at),
        "next_look": _at(main.next_at),
        "read": {each.name: each.cursor for each in lists},
        "spent": {str(day): str(tx.accounts.spent(name, day)) for day in _days(tx.now)},
    }


def _days(now: datetime) -> list[date]:
    return [(now - timedelta(days=days)).date() for days in range(50)]


def _at(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _moment(instant: datetime | None) -> int | None:
    """An instant as rows have it: in microseconds."""
    return None if instant is None else (instant - _EPOCH) // timedelta(microseconds=1)


def _place(ref: MessageRef | None) -> str | None:
    return f"{ref.channel}/{ref.ts}" if ref else None


def _said(said: Sentence | None) -> Facts | None:
    return to_json(said) if said else None
