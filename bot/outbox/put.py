"""Puts effects into the outbox: one function for each, so that every room asks in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_hex

from bot.cases.alarms import Alarm
from bot.cases.model import AgentId, Case, MessageRef, Reply, ReplyState
from bot.cases.outbox import (
    MARK,
    REDRAW,
    Card,
    Effect,
    Entry,
    FollowUp,
    Line,
    Mark,
    Rank,
    Say,
    Warn,
    Whisper,
)
from bot.cases.posts import Post
from bot.cases.priority import Priority
from bot.cases.reasons import CLOSES_PRIVATE
from bot.cases.record import Wake
from bot.cases.said import Sentence
from bot.cases.tx import Tx

#: Who asked first goes first, whatever the case.
_BY_ASKING = (Rank.CLAIMED, Rank.ANSWERING)
#: Holds of private replies that only a switch to public ends.
NEEDS_PUBLIC = frozenset({"hold.no_private_way", "hold.dm_off"})
#: Refusals after which nothing is left to answer.
GONE = frozenset({"refused.gone", "refused.window"})
#: The line of a reply whose way is closed like this offers what its case still can.
_CLOSED = CLOSES_PRIVATE | NEEDS_PUBLIC | GONE | {"hold.no_post"}


def _put(tx: Tx, effect: Effect, lane: str, rank: Rank, *, key: str = "", at: datetime | None = None) -> None:
    """Put an effect into the outbox, as urgent as what is due `at`, or as what is asked for now. What is said
    or shown under a `key` is so once, and is found again."""
    keep = bool(key) and isinstance(effect, FollowUp | Say)
    key = key or f"{type(effect).__name__.lower()}-{token_hex(8)}"
    tx.outbox.add(Entry(0, effect, key, lane, tx.now, rank, at or tx.now, keep))
    tx.wake(Wake.DELIVER)


def card(tx: Tx, case: Case, *, rank: Rank | None = None) -> None:
    """Post the case's card, or redraw it, and with it the lines that depend on how the case stands.
    Several asks become one. Without a `rank` it is as urgent as its customer."""
    at = tx.now if rank in _BY_ASKING else case.due_at or tx.now
    rank = rank or (_haste(case) if case.waiting_since else Rank.TIDYING)
    _put(
        tx,
        Card(case.id),
        REDRAW if case.thread else tx.channel(case),
        rank,
        key=_key_of_card(case),
        at=at,
    )
    if case.version > 0:  # no reply of one that is still as it came in
        for reply in tx.replies.of_case(case.id):
            stuck = reply.failure if reply.state is ReplyState.FAILED else reply.blocked
            if stuck is not None and stuck.key in _CLOSED:
                line(tx, case, reply)


def _haste(case: Case) -> Rank:
    return Rank.WARNING if case.priority.rank < Priority.NORMAL.rank else Rank.CUSTOMER


def line(tx: Tx, case: Case, reply: Reply) -> None:
    """Post the bot's line about a reply, or redraw it. Several asks become one."""
    _put(
        tx,
        Line(case.id, reply.id),
        REDRAW if reply.line else tx.channel(case),
        Rank.ANSWERING,
        key=_key_of_line(reply),
    )


def line_below(tx: Tx, case: Case, reply: Reply) -> None:
    """Post the line about a reply behind the later posts that are posted in the same breath."""
    at = case.due_at or tx.now
    _put(tx, Line(case.id, reply.id), tx.channel(case), Rank.CUSTOMER, key=_key_of_line(reply), at=at)


def lines_behind(tx: Tx, case: Case, reply: Reply) -> None:
    """Redraw the lines of those replies that wait for `reply`, once it is in doubt or no longer is."""
    for later in tx.replies.of_case(case.id):
        if later.id > reply.id and later.state is ReplyState.QUEUED and later.blocked is None:
            line(tx, case, later)


def redraw(tx: Tx, case: Case, standing: Sequence[Reply], place: int = 0) -> None:
    """Redraw the card of a case, and the lines of these replies of it; only what was shown already. Where
    somebody waits goes first, and of those what has the smaller `place`: desks take few redraws a minute."""
    rank, at = Rank.CUSTOMER if case.waiting_since else Rank.TIDYING, tx.now + timedelta(milliseconds=place)
    if case.thread is not None:
        _put(tx, Card(case.id), REDRAW, rank, key=_key_of_card(case), at=at)
    for reply in standing:
        if reply.line is not None:
            is_open = reply.state not in (ReplyState.SENT, ReplyState.STOPPED)
            rank = Rank.CUSTOMER if is_open else Rank.TIDYING
            _put(tx, Line(case.id, reply.id), REDRAW, rank, key=_key_of_line(reply), at=at)


def _key_of_card(case: Case) -> str:
    return f"card-{case.id}-{token_hex(6)}"


def _key_of_line(reply: Reply) -> str:
    return f"line-{reply.id}-{token_hex(6)}"


def key_of_post(number: int) -> str:
    """The key under which a later post is shown in its thread."""
    return f"post-{number}"


def follow_up(tx: Tx, case: Case, number: int) -> None:
    """Show a later post of the conversation in the thread, once."""
    at, key = case.due_at or tx.now, key_of_post(number)
    _put(tx, FollowUp(case.id, number), tx.channel(case), Rank.CUSTOMER, key=key, at=at)


def follow_up_anew(tx: Tx, case: Case, number: int) -> None:
    """Redraw the message that shows a later post, where there is one."""
    key = key_of_post(number)
    posting = tx.outbox.of_key(key)
    if tx.outbox.shown(key) is not None or (posting is not None and posting.attempts):
        _put(tx, FollowUp(case.id, number), REDRAW, Rank.ANSWERING)


def follow_up_again(tx: Tx, case: Case, number: int) -> None:
    """Show a later post in the thread as if for the first time: the case has a new one."""
    tx.outbox.lose(key_of_post(number))
    follow_up(tx, case, number)


def key_of_question(message: MessageRef) -> str:
    """The key of the question what a message is meant to be."""
    return f"ask-{message.channel}:{message.ts}"


def key_of_change(post: Post) -> str:
    """The key under which it is told what became of a post."""
    return f"change-{post.number}-{post.version}-{post.absence or ''}"


def tell(tx: Tx, case: Case, said: Sentence, *, rank: Rank = Rank.ANSWERING, key: str = "") -> None:
    """Say something in the case's thread, once; `key` makes a repeat harmless."""
    _put(tx, Say(said, case.id), tx.channel(case), rank, key=key)


def say_instead(tx: Tx, case: Case, question: MessageRef, said: Sentence) -> None:
    """Let a question of the bot show what was decided, without its buttons."""
    _put(tx, Say(said, case.id, question), REDRAW, Rank.ANSWERING)


def say_again(tx: Tx, case: Case, key: str) -> None:
    """Say once more what was said under this key, in a place that is no more."""
    shown = tx.outbox.shown(key)
    if shown is not None and shown.said is not None:
        tx.outbox.lose(key)
        tell(tx, case, shown.said, key=key)


def said_under(tx: Tx, key: str) -> Sentence | None:
    """What is said under a key, or will be."""
    shown, posting = tx.outbox.shown(key), tx.outbox.of_key(key)
    if shown is not None:
        return shown.said
    return posting.effect.said if posting is not None and isinstance(posting.effect, Say) else None


def question_shows(
    tx: Tx, case: Case, message: MessageRef, said: Sentence, *, pressed: MessageRef | None = None
) -> None:
    """Let the question about a message, also where it was `pressed` in a former thread, show `said`: what was
    decided, or what is asked now. Once it is decided, a question that does not stand yet is not put."""
    settle_question(tx, case, key_of_question(message), said, pressed=pressed, is_put=bool(said.buttons))


def settle_question(
    tx: Tx, case: Case, key: str, said: Sentence, *, pressed: MessageRef | None = None, is_put: bool
) -> None:
    """Let the question with this key show `said`. One that does not stand yet says that at once, or is not
    put at all; after one that is being posted, or may be, it is said as well."""
    standing, posting = tx.outbox.shown(key), tx.outbox.of_key(key)
    places = (standing.ref if standing else None, pressed)
    for place in dict.fromkeys(ref for ref in places if ref is not None):
        say_instead(tx, case, place, said)
    if posting is None or tx.outbox.say_otherwise(key, said if is_put else None):
        return
    if not said.buttons:
        tell(tx, case, said)


def whisper(tx: Tx, channel: str, thread: MessageRef | None, agent: AgentId, said: Sentence) -> None:
    """Tell one agent, who is there at this moment, what came of a press. Nothing vital: it may go unread."""
    _put(tx, Whisper(said, agent, thread or MessageRef(channel, "")), MARK, Rank.ANSWERING)


def announce(tx: Tx, channel: str, said: Sentence, *, key: str) -> None:
    """Say something in a channel itself, once."""
    _put(tx, Say(said), channel, Rank.WARNING, key=key)


def announce_instead(tx: Tx, ref: MessageRef, said: Sentence) -> None:
    """Let a message of the channel itself show how things stand since."""
    _put(tx, Say(said, ref=ref), REDRAW, Rank.WARNING)


def alarm(tx: Tx, alarm: Alarm, *, rank: Rank = Rank.WARNING, again: bool = False) -> None:
    """Post an alarm, or redraw it. Several asks become one. `again`: a message that cannot be redrawn may
    still stand under its key."""
    lane, key = REDRAW if alarm.ref else alarm.audience.channel, alarm.key
    # One that is on its way is drawn again if it was drawn by now.
    if alarm.ref is not None or again or tx.outbox.of_key(key) is not None:
        key = f"{key}-{token_hex(6)}"
    _put(tx, Warn(alarm.id, alarm.case_id if alarm.in_thread else None), lane, rank, key=key)


def mark(tx: Tx, ref: MessageRef, reaction: str, present: bool, *, rank: Rank = Rank.ANSWERING) -> None:
    """Put a reaction of the bot on a message, or take it away; on a desk without marks the lines tell it."""
    if tx.setup.abilities.marks:
        _put(tx, Mark(ref, reaction, present), MARK, rank)


def mark_inside(tx: Tx, ref: MessageRef) -> None:
    """Show on a message that it stays inside, unless the team wants no such mark. It gives way to all other
    marks: the desk takes few reactions a minute, and a lively thread has many notes."""
    if reaction := tx.installation.reactions.note:
        mark(tx, ref, reaction, True, rank=Rank.TIDYING)
