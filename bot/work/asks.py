"""Asking for effects at the desk: one function an errand, so that every room asks in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_hex

from bot.cases.alarms import Alarm
from bot.cases.errands import MARK, REDRAW, Errand, ErrandKind, ErrandState, Rank
from bot.cases.model import CLOSES_PRIVATE, AgentId, Case, CaseId, Event, MessageRef, Reply, ReplyState
from bot.cases.posts import Post
from bot.cases.record import Record, Wake
from bot.cases.said import Said
from bot.work.house import House

#: Who asked first goes first, whatever the case.
_BY_ASKING = (Rank.CLAIMED, Rank.ANSWERING)
#: Holds of private replies that only a switch to public ends.
NEEDS_PUBLIC = frozenset({"hold.no_private_way", "hold.dm_off"})
#: Refusals after which nothing is left to answer.
GONE = frozenset({"refused.gone", "refused.window"})
#: The line of a reply whose way is closed like this offers what its case still can.
_CLOSED = CLOSES_PRIVATE | NEEDS_PUBLIC | GONE | {"hold.no_post"}


def card(record: Record, house: House, case: Case, now: datetime, *, rank: Rank | None = None) -> None:
    """Post the case's card, or draw it anew, and with it the lines that depend on how the case stands.
    Several asks become one. Without a `rank` it is as urgent as its customer."""
    _card(record, case, REDRAW if case.thread else house.channel(case), now, rank)
    if case.version > 0:  # no reply of one that is still as it came in
        for reply in record.replies_of(case.id):
            stuck = reply.failure if reply.state is ReplyState.FAILED else reply.held
            if stuck is not None and stuck.key in _CLOSED:
                line(record, house, case, reply, now)


def line(record: Record, house: House, case: Case, reply: Reply, now: datetime) -> None:
    """Post the bot's line about a reply, or draw it anew. Several asks become one."""
    _line(record, case, reply, REDRAW if reply.line else house.channel(case), now)


def lines_behind(record: Record, house: House, case: Case, reply: Reply, now: datetime) -> None:
    """Draw the lines of those replies anew that wait for `reply`, once it is in doubt or no longer is."""
    for later in record.replies_of(case.id):
        if later.id > reply.id and later.state is ReplyState.QUEUED and later.held is None:
            line(record, house, case, later, now)


def redraw(record: Record, case: Case, standing: Sequence[Reply], now: datetime, place: int = 0) -> None:
    """Draw the card of a case anew, and the lines of these replies of it; only what was shown already. Where
    somebody waits goes first, and of those what has the smaller `place`: Slack takes few redraws a minute."""
    rank, at = Rank.CUSTOMER if case.waiting_since else Rank.TIDYING, now + timedelta(milliseconds=place)
    if case.thread is not None:
        _ask(
            record, ErrandKind.CARD, _key_of_card(case), REDRAW, now, rank=rank, urgent_at=at, case_id=case.id
        )
    for reply in standing:
        if reply.line is not None:
            is_open = reply.state not in (ReplyState.SENT, ReplyState.STOPPED)
            _ask(
                record,
                ErrandKind.LINE,
                _key_of_line(reply),
                REDRAW,
                now,
                rank=Rank.CUSTOMER if is_open else Rank.TIDYING,
                urgent_at=at,
                case_id=case.id,
                reply_id=reply.id,
            )


def _key_of_card(case: Case) -> str:
    return f"card-{case.id}-{token_hex(6)}"


def _key_of_line(reply: Reply) -> str:
    return f"line-{reply.id}-{token_hex(6)}"


def _card(record: Record, case: Case, lane: str, now: datetime, rank: Rank | None) -> None:
    _ask(
        record,
        ErrandKind.CARD,
        _key_of_card(case),
        lane,
        now,
        rank=rank or (Rank.CUSTOMER if case.waiting_since else Rank.TIDYING),
        urgent_at=now if rank in _BY_ASKING else case.due_at,
        case_id=case.id,
    )


def _line(record: Record, case: Case, reply: Reply, lane: str, now: datetime) -> None:
    _ask(record, ErrandKind.LINE, _key_of_line(reply), lane, now, case_id=case.id, reply_id=reply.id)


def key_of_post(number: int) -> str:
    """The key of the errand that shows a later post in its thread."""
    return f"post-{number}"


def post(record: Record, house: House, case: Case, number: int, now: datetime) -> None:
    """Show a later post of the conversation in the thread, once."""
    _ask(
        record,
        ErrandKind.POST,
        key_of_post(number),
        house.channel(case),
        now,
        rank=Rank.CUSTOMER,
        urgent_at=case.due_at,
        case_id=case.id,
        post_number=number,
    )


def post_anew(record: Record, case: Case, number: int, now: datetime) -> None:
    """Draw the message anew that shows a later post, where there is one."""
    shown = record.errand_of_key(key_of_post(number))
    if shown is not None and shown.state is not ErrandState.WAITING:
        key = f"{key_of_post(number)}-{token_hex(6)}"
        _ask(record, ErrandKind.POST, key, REDRAW, now, case_id=case.id, post_number=number)


def post_again(record: Record, house: House, case: Case, number: int, now: datetime) -> None:
    """Show a later post in the thread as if for the first time: the case has a new one."""
    if record.errand_of_key(key_of_post(number)) is None:
        post(record, house, case, number, now)
    again(record, key_of_post(number))


def again(record: Record, key: str) -> None:
    """Bring about once more what was done, or refused, in a place that is no more."""
    known = record.errand_of_key(key)
    if known is not None and known.state in (ErrandState.DONE, ErrandState.REFUSED):
        record.save_errand(
            replace(known, state=ErrandState.WAITING, ref=None, attempts=0, not_before=None, detail="")
        )
        record.wake(Wake.POST)


def line_below(record: Record, house: House, case: Case, reply: Reply, now: datetime) -> None:
    """Post the line about a reply behind the later posts that are posted in the same breath."""
    urgent_at, key = case.due_at or now, _key_of_line(reply)
    _ask(
        record,
        ErrandKind.LINE,
        key,
        house.channel(case),
        now,
        rank=Rank.CUSTOMER,
        urgent_at=urgent_at,
        case_id=case.id,
        reply_id=reply.id,
    )


def key_of_question(message: MessageRef) -> str:
    """The key of the errand that asks what a message is meant to be."""
    return f"ask-{message.channel}:{message.ts}"


def key_of_change(post: Post) -> str:
    """The key of the errand that tells what became of a post."""
    return f"change-{post.number}-{post.version}-{post.absence or ''}"


def tell(
    record: Record,
    house: House,
    case: Case,
    said: Said,
    now: datetime,
    *,
    rank: Rank = Rank.ANSWERING,
    key: str = "",
) -> None:
    """Say something in the case's thread, once; `key` makes a repeat harmless."""
    key = key or f"say-{case.id}-{token_hex(6)}"
    _ask(record, ErrandKind.SAY, key, house.channel(case), now, rank=rank, case_id=case.id, said=said)


def say_instead(record: Record, case: Case, question: MessageRef, said: Said, now: datetime) -> None:
    """Let a question of the bot show what was decided, without its buttons."""
    key = f"instead-{case.id}-{token_hex(6)}"
    _ask(record, ErrandKind.SAY, key, REDRAW, now, case_id=case.id, said=said, ref=question)


def question_shows(
    record: Record,
    house: House,
    case: Case,
    message: MessageRef,
    said: Said,
    now: datetime,
    *,
    pressed: MessageRef | None = None,
) -> None:
    """Let the question about a message, also where it was `pressed` in a former thread, show `said`: what was
    decided, or what is asked now. One that does not stand yet is not put any more once that is decided."""
    question = record.errand_of_key(key_of_question(message))
    standing = question.ref if question else None
    for place in dict.fromkeys(ref for ref in (standing, pressed) if ref is not None):
        say_instead(record, case, place, said, now)
    if question is None or standing is not None or said.buttons:
        return
    if question.state is ErrandState.WAITING:
        record.save_errand(replace(question, state=ErrandState.DONE))
    elif question.state is ErrandState.UNDERWAY:
        tell(record, house, case, said, now)


def whisper(
    record: Record, channel: str, thread: MessageRef | None, agent: AgentId, said: Said, now: datetime
) -> None:
    """Tell one agent, who is there at this moment, what came of a press. Nothing vital: it may go unread."""
    key = f"whisper-{token_hex(8)}"
    where = thread or MessageRef(channel, "")
    _ask(record, ErrandKind.WHISPER, key, MARK, now, said=said, agent=agent, ref=where)


def announce(record: Record, channel: str, said: Said, now: datetime, *, key: str) -> None:
    """Say something in a channel itself, once."""
    _ask(record, ErrandKind.SAY, key, channel, now, rank=Rank.WARNING, said=said)


def announce_instead(record: Record, ref: MessageRef, said: Said, now: datetime, *, key: str) -> None:
    """Let a message of the channel itself show how things stand since, once."""
    _ask(record, ErrandKind.SAY, key, REDRAW, now, rank=Rank.WARNING, said=said, ref=ref)


def alarm(record: Record, alarm: Alarm, now: datetime, *, rank: Rank = Rank.WARNING) -> None:
    """Post an alarm, or draw it anew. Several asks become one."""
    lane, key = (REDRAW, f"{alarm.key}-{token_hex(6)}") if alarm.ref else (alarm.audience.channel, alarm.key)
    if alarm.ref is None and record.errand_of_key(key) is not None:
        key = f"{key}-{token_hex(6)}"  # it is on its way, and is drawn again if it was drawn by now
    thread_of = alarm.case_id if alarm.in_thread else None
    _ask(record, ErrandKind.ALARM, key, lane, now, rank=rank, case_id=thread_of, alarm_id=alarm.id)


def mark(
    record: Record,
    ref: MessageRef,
    reaction: str,
    present: bool,
    now: datetime,
    *,
    rank: Rank = Rank.ANSWERING,
) -> None:
    """Put a reaction of the bot on a message, or take it away."""
    key = f"mark-{token_hex(8)}"
    _ask(record, ErrandKind.MARK, key, MARK, now, rank=rank, ref=ref, reaction=reaction, present=present)


def mark_inside(record: Record, house: House, ref: MessageRef, now: datetime) -> None:
    """Show on a message that it stays inside, unless the team wants no such mark. It gives way to all other
    marks: the desk takes few reactions a minute, and a lively thread has many notes."""
    if reaction := house.installation.reactions.note:
        mark(record, ref, reaction, True, now, rank=Rank.TIDYING)


def _ask(
    record: Record,
    kind: ErrandKind,
    key: str,
    lane: str,
    now: datetime,
    *,
    rank: Rank = Rank.ANSWERING,
    urgent_at: datetime | None = None,
    case_id: CaseId | None = None,
    reply_id: int | None = None,
    post_number: int | None = None,
    said: Said | None = None,
    agent: AgentId | None = None,
    ref: MessageRef | None = None,
    reaction: str = "",
    present: bool = True,
    alarm_id: int | None = None,
) -> None:
    """Write the errand, which is as urgent as the moment it was asked for unless it says otherwise."""
    what = (case_id, reply_id, post_number, said, agent, ref, reaction, present)
    # By position, in the order of the fields: intake writes five of these a mention, and names cost a tenth.
    record.add_errand(Errand(0, kind, key, lane, now, rank, urgent_at or now, *what, alarm_id=alarm_id))
    record.wake(Wake.POST)


def note_event(
    record: Record, case: Case, kind: str, now: datetime, who: AgentId | str = "", **detail: object
) -> None:
    """Write one line of the case's history."""
    record.add_event(Event(case.id, now, kind, str(who), detail or None))
