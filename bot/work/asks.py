"""Asking for effects at the desk: one function an errand, so that every room asks in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex

from bot.cases.alarms import Alarm
from bot.cases.errands import MARK, REDRAW, Errand, ErrandKind, ErrandState, Rank
from bot.cases.history import Event, EventKind
from bot.cases.model import CLOSES_PRIVATE, AgentId, Case, MessageRef, Reply, ReplyState
from bot.cases.posts import Post
from bot.cases.record import Wake
from bot.cases.said import Said
from bot.work.tx import Tx

#: Who asked first goes first, whatever the case.
_BY_ASKING = (Rank.CLAIMED, Rank.ANSWERING)
#: Holds of private replies that only a switch to public ends.
NEEDS_PUBLIC = frozenset({"hold.no_private_way", "hold.dm_off"})
#: Refusals after which nothing is left to answer.
GONE = frozenset({"refused.gone", "refused.window"})
#: The line of a reply whose way is closed like this offers what its case still can.
_CLOSED = CLOSES_PRIVATE | NEEDS_PUBLIC | GONE | {"hold.no_post"}


def card(tx: Tx, case: Case, *, rank: Rank | None = None) -> None:
    """Post the case's card, or draw it anew, and with it the lines that depend on how the case stands.
    Several asks become one. Without a `rank` it is as urgent as its customer."""
    _card(tx, case, REDRAW if case.thread else tx.channel(case), rank)
    if case.version > 0:  # no reply of one that is still as it came in
        for reply in tx.replies.of_case(case.id):
            stuck = reply.failure if reply.state is ReplyState.FAILED else reply.held
            if stuck is not None and stuck.key in _CLOSED:
                line(tx, case, reply)


def line(tx: Tx, case: Case, reply: Reply) -> None:
    """Post the bot's line about a reply, or draw it anew. Several asks become one."""
    _line(tx, case, reply, REDRAW if reply.line else tx.channel(case))


def lines_behind(tx: Tx, case: Case, reply: Reply) -> None:
    """Draw the lines of those replies anew that wait for `reply`, once it is in doubt or no longer is."""
    for later in tx.replies.of_case(case.id):
        if later.id > reply.id and later.state is ReplyState.QUEUED and later.held is None:
            line(tx, case, later)


def redraw(tx: Tx, case: Case, standing: Sequence[Reply], place: int = 0) -> None:
    """Draw the card of a case anew, and the lines of these replies of it; only what was shown already. Where
    somebody waits goes first, and of those what has the smaller `place`: Slack takes few redraws a minute."""
    rank, at = Rank.CUSTOMER if case.waiting_since else Rank.TIDYING, tx.now + timedelta(milliseconds=place)
    if case.thread is not None:
        _ask(tx, Errand(0, ErrandKind.CARD, _key_of_card(case), REDRAW, tx.now, rank, at, case.id))
    for reply in standing:
        if reply.line is not None:
            is_open = reply.state not in (ReplyState.SENT, ReplyState.STOPPED)
            rank, key = Rank.CUSTOMER if is_open else Rank.TIDYING, _key_of_line(reply)
            _ask(tx, Errand(0, ErrandKind.LINE, key, REDRAW, tx.now, rank, at, case.id, reply.id))


def _key_of_card(case: Case) -> str:
    return f"card-{case.id}-{token_hex(6)}"


def _key_of_line(reply: Reply) -> str:
    return f"line-{reply.id}-{token_hex(6)}"


def _card(tx: Tx, case: Case, lane: str, rank: Rank | None) -> None:
    at = tx.now if rank in _BY_ASKING else case.due_at or tx.now
    rank = rank or (Rank.CUSTOMER if case.waiting_since else Rank.TIDYING)
    _ask(tx, Errand(0, ErrandKind.CARD, _key_of_card(case), lane, tx.now, rank, at, case.id))


def _line(tx: Tx, case: Case, reply: Reply, lane: str) -> None:
    what = (ErrandKind.LINE, _key_of_line(reply), lane)
    _ask(tx, Errand(0, *what, tx.now, Rank.ANSWERING, tx.now, case.id, reply.id))


def key_of_post(number: int) -> str:
    """The key of the errand that shows a later post in its thread."""
    return f"post-{number}"


def post(tx: Tx, case: Case, number: int) -> None:
    """Show a later post of the conversation in the thread, once."""
    what = (ErrandKind.POST, key_of_post(number), tx.channel(case))
    at = case.due_at or tx.now
    _ask(tx, Errand(0, *what, tx.now, Rank.CUSTOMER, at, case.id, post_number=number))


def post_anew(tx: Tx, case: Case, number: int) -> None:
    """Draw the message anew that shows a later post, where there is one."""
    shown = tx.outbox.of_key(key_of_post(number))
    if shown is not None and shown.state is not ErrandState.WAITING:
        key = f"{key_of_post(number)}-{token_hex(6)}"
        what = (ErrandKind.POST, key, REDRAW)
        _ask(tx, Errand(0, *what, tx.now, Rank.ANSWERING, tx.now, case.id, post_number=number))


def post_again(tx: Tx, case: Case, number: int) -> None:
    """Show a later post in the thread as if for the first time: the case has a new one."""
    if tx.outbox.of_key(key_of_post(number)) is None:
        post(tx, case, number)
    again(tx, key_of_post(number))


def again(tx: Tx, key: str) -> None:
    """Bring about once more what was done, or refused, in a place that is no more."""
    known = tx.outbox.of_key(key)
    if known is not None and known.state in (ErrandState.DONE, ErrandState.REFUSED):
        tx.outbox.save(
            replace(known, state=ErrandState.WAITING, ref=None, attempts=0, not_before=None, detail="")
        )
        tx.wake(Wake.POST)


def line_below(tx: Tx, case: Case, reply: Reply) -> None:
    """Post the line about a reply behind the later posts that are posted in the same breath."""
    what = (ErrandKind.LINE, _key_of_line(reply), tx.channel(case))
    at = case.due_at or tx.now
    _ask(tx, Errand(0, *what, tx.now, Rank.CUSTOMER, at, case.id, reply.id))


def key_of_question(message: MessageRef) -> str:
    """The key of the errand that asks what a message is meant to be."""
    return f"ask-{message.channel}:{message.ts}"


def key_of_change(post: Post) -> str:
    """The key of the errand that tells what became of a post."""
    return f"change-{post.number}-{post.version}-{post.absence or ''}"


def tell(tx: Tx, case: Case, said: Said, *, rank: Rank = Rank.ANSWERING, key: str = "") -> None:
    """Say something in the case's thread, once; `key` makes a repeat harmless."""
    key = key or f"say-{case.id}-{token_hex(6)}"
    _ask(tx, Errand(0, ErrandKind.SAY, key, tx.channel(case), tx.now, rank, tx.now, case.id, said=said))


def say_instead(tx: Tx, case: Case, question: MessageRef, said: Said) -> None:
    """Let a question of the bot show what was decided, without its buttons."""
    key = f"instead-{case.id}-{token_hex(6)}"
    what = (ErrandKind.SAY, key, REDRAW)
    _ask(tx, Errand(0, *what, tx.now, Rank.ANSWERING, tx.now, case.id, said=said, ref=question))


def question_shows(
    tx: Tx, case: Case, message: MessageRef, said: Said, *, pressed: MessageRef | None = None
) -> None:
    """Let the question about a message, also where it was `pressed` in a former thread, show `said`: what was
    decided, or what is asked now. Once it is decided, a question that does not stand yet is not put."""
    settle_question(tx, case, key_of_question(message), said, pressed=pressed, is_put=bool(said.buttons))


def settle_question(
    tx: Tx, case: Case, key: str, said: Said, *, pressed: MessageRef | None = None, is_put: bool
) -> None:
    """Let the question with this key show `said`. One that does not stand yet says that at once, or is not
    put at all; after one that is being posted, or may be, it is said as well."""
    question = tx.outbox.of_key(key)
    standing = question.ref if question else None
    for place in dict.fromkeys(ref for ref in (standing, pressed) if ref is not None):
        say_instead(tx, case, place, said)
    if question is None or standing is not None:
        return
    if tx.outbox.say_otherwise(key, said if is_put else None):
        return
    if question.state in (ErrandState.WAITING, ErrandState.UNDERWAY) and not said.buttons:
        tell(tx, case, said)


def whisper(tx: Tx, channel: str, thread: MessageRef | None, agent: AgentId, said: Said) -> None:
    """Tell one agent, who is there at this moment, what came of a press. Nothing vital: it may go unread."""
    what = (ErrandKind.WHISPER, f"whisper-{token_hex(8)}", MARK)
    where = thread or MessageRef(channel, "")
    _ask(tx, Errand(0, *what, tx.now, Rank.ANSWERING, tx.now, said=said, agent=agent, ref=where))


def announce(tx: Tx, channel: str, said: Said, *, key: str) -> None:
    """Say something in a channel itself, once."""
    _ask(tx, Errand(0, ErrandKind.SAY, key, channel, tx.now, Rank.WARNING, tx.now, said=said))


def announce_instead(tx: Tx, ref: MessageRef, said: Said, *, key: str) -> None:
    """Let a message of the channel itself show how things stand since, once."""
    _ask(tx, Errand(0, ErrandKind.SAY, key, REDRAW, tx.now, Rank.WARNING, tx.now, said=said, ref=ref))


def alarm(tx: Tx, alarm: Alarm, *, rank: Rank = Rank.WARNING) -> None:
    """Post an alarm, or draw it anew. Several asks become one."""
    lane, key = (REDRAW, f"{alarm.key}-{token_hex(6)}") if alarm.ref else (alarm.audience.channel, alarm.key)
    if alarm.ref is None and tx.outbox.of_key(key) is not None:
        key = f"{key}-{token_hex(6)}"  # it is on its way, and is drawn again if it was drawn by now
    thread_of = alarm.case_id if alarm.in_thread else None
    _ask(tx, Errand(0, ErrandKind.ALARM, key, lane, tx.now, rank, tx.now, thread_of, alarm_id=alarm.id))


def mark(tx: Tx, ref: MessageRef, reaction: str, present: bool, *, rank: Rank = Rank.ANSWERING) -> None:
    """Put a reaction of the bot on a message, or take it away."""
    what = (ErrandKind.MARK, f"mark-{token_hex(8)}", MARK)
    _ask(tx, Errand(0, *what, tx.now, rank, tx.now, ref=ref, reaction=reaction, present=present))


def mark_inside(tx: Tx, ref: MessageRef) -> None:
    """Show on a message that it stays inside, unless the team wants no such mark. It gives way to all other
    marks: the desk takes few reactions a minute, and a lively thread has many notes."""
    if reaction := tx.installation.reactions.note:
        mark(tx, ref, reaction, True, rank=Rank.TIDYING)


def _ask(tx: Tx, errand: Errand) -> None:
    """Write an errand. Each is built in one step, most by position: intake writes five a mention."""
    tx.outbox.add(errand)
    tx.wake(Wake.POST)


def note_event(tx: Tx, case: Case, kind: EventKind, who: AgentId | str = "", **detail: object) -> None:
    """Write one line of the case's history."""
    tx.history.add(Event(case.id, tx.now, kind, str(who), detail or None))
