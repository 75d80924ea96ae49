"""What a piece of work may do to a record, drawn at random: the steps that the twins are led through."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bot.cases.alarms import Alarm, Audience, Flag
from bot.cases.errands import ErrandKind, ErrandState, Rank
from bot.cases.errors import Stale
from bot.cases.model import (
    AgentId,
    CaseId,
    FlagKind,
    MessageKind,
    MessageRef,
    ReplyId,
    ReplyState,
    Status,
    Tenure,
)
from bot.cases.posts import AccountId, Author, AuthorId, PostId, Surface
from bot.cases.record import Condition, Record
from bot.cases.said import Said, say
from storage import StorageError
from tests.contract.samples import (
    BRAND,
    MINUTE,
    NOW,
    SAID,
    a_case,
    a_full_agent,
    a_full_event,
    a_full_message,
    a_post,
    a_reply,
    an_account,
    an_errand,
)

#: Few of everything, so that steps meet; nothing has the last number.
NUMBERS = (1, 2, 3, 4, 99)
ACCOUNTS = (BRAND, AccountId("brand-y"))
PEOPLE = (AuthorId("7"), AuthorId("8"))
AGENTS = (AgentId("U1"), AgentId("U2"))
CHANNELS = ("C1", "C2", "redraw")
REFS = tuple(MessageRef(channel, ts) for channel in ("C1", "C2") for ts in ("1.1", "2.2", "3.3"))
TIMES = tuple(NOW + minutes * MINUTE for minutes in range(5))
POSTS = (PostId("20"), PostId("30"))


@dataclass(frozen=True)
class Step:
    """One thing that is done, with what it is done to."""

    do: Callable[..., Any]
    to: dict[str, Any]

    def __call__(self, record: Record) -> Any:
        """What came of it: its result, or the kind of refusal."""
        try:
            return self.do(record, **self.to)
        except Stale:
            return "stale"
        except (StorageError, sqlite3.IntegrityError):  # each in its own words
            return "refused"

    def __repr__(self) -> str:
        return f"{self.do.__name__}({', '.join(f'{name}={value!r}' for name, value in self.to.items())})"


def _of(*values: Any) -> SearchStrategy[Any]:
    return st.sampled_from(values)


def _or_none(*values: Any) -> SearchStrategy[Any]:
    return st.sampled_from((None, *values))


def _step(do: Callable[..., Any], **drawn: SearchStrategy[Any]) -> SearchStrategy[Step]:
    return st.fixed_dictionaries(drawn).map(lambda to: Step(do, to))


def _waits(since: datetime | None, minutes: int) -> dict[str, Any]:
    """The fields of a clock, which are set together."""
    if since is None:
        return {"waiting_since": None, "due_at": None, "warn_at": None}
    return {"waiting_since": since, "due_at": since + minutes * MINUTE, "warn_at": since + MINUTE}


def add_case(record: Record, since: datetime | None, minutes: int, **fields: Any) -> Any:
    return record.add_case(a_case(**_waits(since, minutes), **fields))


def save_case(
    record: Record, number: CaseId, behind: int, since: datetime | None, minutes: int, **changes: Any
) -> Any:
    case = record.case(number) or a_case(id=number)
    return record.save_case(replace(case, version=case.version - behind, **_waits(since, minutes), **changes))


def add_alarm(record: Record, number: CaseId, who: str, at: datetime, calls: bool) -> Any:
    audience = Audience("C1", who, is_agent=who != "channel")
    return record.add_alarm(Alarm(0, audience, f"alarm-{at}", number, True, at, at, calls))


def save_alarm(record: Record, number: int, at: datetime, ref: MessageRef | None) -> Any:
    alarm = record.alarm(number)
    return record.save_alarm(replace(alarm, grown_at=at, ref=ref)) if alarm else None


def save_flag(
    record: Record, number: CaseId, said: int | None, called_by: int | None, over_at: datetime | None
) -> Any:
    for flag in record.flags_of(number):
        record.save_flag(replace(flag, alarm_id=said, called_by=called_by, over_at=over_at))


def call_for(record: Record, number: int) -> Any:
    return record.call_for([1, number], 3)


def add_flag(record: Record, number: CaseId, at: datetime, kind: FlagKind) -> Any:
    return record.add_flag(Flag(number, at, kind, at))


def add_post(record: Record, number: CaseId | None, post_id: PostId, **fields: Any) -> Any:
    return record.add_post(a_post(post_id, **fields), number, NOW)


def save_post(record: Record, post_id: PostId, **fields: Any) -> Any:
    record.save_post(a_post(post_id, text="edited", root_id="elsewhere", version=2, **fields))


def save_author(record: Record, author: AuthorId, at: datetime) -> Any:
    record.save_author(Author("x", author, followers=at.minute), at)


def add_reply(record: Record, number: CaseId, at: datetime, **fields: Any) -> Any:
    return record.add_reply(a_reply(number, at, **fields))


def save_reply(record: Record, number: ReplyId, behind: int, case_id: CaseId, **changes: Any) -> Any:
    reply = record.reply(number) or a_reply(case_id, id=number)
    return record.save_reply(replace(reply, version=reply.version - behind, case_id=case_id, **changes))


def add_message(record: Record, number: CaseId, **fields: Any) -> Any:
    return record.add_message(replace(a_full_message(number), **fields))


def save_message(record: Record, number: CaseId, **fields: Any) -> Any:
    record.save_message(replace(a_full_message(number), kind=MessageKind.NOTE, **fields))


def keep_reaction(record: Record, ref: MessageRef, agent: AgentId, present: bool, stamp: str) -> Any:
    return record.keep_reaction(ref, "eyes", agent, present, stamp)


def add_tenure(record: Record, number: CaseId, since: str, assignee: AgentId | None) -> Any:
    record.add_tenure(Tenure(number, since, assignee, Surface.PUBLIC))


def save_agent(record: Record, **fields: Any) -> Any:
    record.save_agent(replace(a_full_agent(), **fields))


def add_event(record: Record, number: CaseId, at: datetime) -> Any:
    record.add_event(replace(a_full_event(number), at=at))


def add_errand(record: Record, kind: ErrandKind, key: str, **fields: Any) -> Any:
    return record.add_errand(an_errand(kind, key, said=SAID, **fields))


def ask_for_card(record: Record, key: str, rank: Rank) -> Any:
    return record.add_errand(an_errand(ErrandKind.CARD, key, case_id=CaseId(1), rank=rank))


def save_errand(record: Record, number: int, **changes: Any) -> Any:
    errand = record.errand(number) or an_errand(ErrandKind.SAY, "unknown", id=number)
    record.save_errand(replace(errand, **changes))


def say_otherwise(record: Record, key: str, said: Said | None) -> Any:
    return record.say_otherwise(key, said)


def take_slot(record: Record, channel: str, at: datetime) -> Any:
    record.take_slot(channel, at)


def save_account(record: Record, account: AccountId, behind: int, **changes: Any) -> Any:
    state = record.account(account) or an_account(account=account)
    return record.save_account(replace(state, version=state.version - behind, **changes))


def spend(record: Record, account: AccountId, kind: str, amount: Decimal) -> Any:
    record.add_spending(account, NOW.date(), kind, 1, amount)


def deliver(record: Record, key: str, at: datetime) -> Any:
    return record.first_time(key, at)


def forget(record: Record, at: datetime) -> Any:
    record.forget(at, 1000)


def restore(record: Record, at: datetime) -> Any:
    record.note_restore(at)
    record.doubt_errands()


def ground(record: Record) -> Any:
    """What every piece begins with, so that its steps find something: cases, posts and replies 1 to 3."""
    for number in (1, 2, 3):
        case = record.add_case(a_case(thread=REFS[0] if number == 1 else None))
        record.add_post(a_post(f"{number}0"), case.id, NOW)
        record.add_reply(a_reply(CaseId(max(1, number - 1))))


_numbers = _of(*NUMBERS)
_times = _of(*TIMES)
_behind = _of(0, 0, 0, 1)
_case = {
    "since": _or_none(*TIMES),
    "minutes": _of(1, 2, 4),
    "status": _of(*Status),
    "flag": _or_none(*FlagKind),
    "assignee": _or_none(*AGENTS),
    "closed_at": _or_none(*TIMES),
    "escalate_at": _or_none(*TIMES),
    "thread": _or_none(*REFS),
    "account": _of(*ACCOUNTS),
    "author_id": _of(*PEOPLE),
    "root_id": _of("1500", "1600"),
    "opened_at": _times,
    "team": _of("care", "press"),
}
_reply = {
    "state": _of(*ReplyState, ReplyState.QUEUED, ReplyState.QUEUED),
    "held": _or_none(None, SAID),
    "message": _or_none(*REFS),
    "line": _or_none(*REFS),
    "lease_until": _or_none(*TIMES),
    "post_id": _or_none(*POSTS),
    "account": _of(*ACCOUNTS),
}
_progress = {
    "state": _of(*ErrandState, ErrandState.WAITING, ErrandState.UNDERWAY),
    "not_before": _or_none(None, *TIMES),
    "lease_until": _or_none(*TIMES),
}
_errand = {
    "kind": _of(*ErrandKind, ErrandKind.CARD, ErrandKind.LINE),
    "key": _of(*"abcdefgh"),
    "case_id": _of(1, 2),
    "reply_id": _of(1, 2),
    "rank": _of(*Rank),
    "urgent_at": _times,
}

_cases = (
    _step(add_case, **_case),
    _step(save_case, number=_numbers, behind=_behind, **_case),
    _step(add_flag, number=_numbers, at=_times, kind=_of(*FlagKind)),
    _step(add_alarm, number=_numbers, who=_of("channel", "U1"), at=_times, calls=_of(True, False)),
    _step(save_alarm, number=_numbers, at=_times, ref=_or_none(*REFS)),
    _step(
        save_flag,
        number=_numbers,
        said=_or_none(1, 2),
        called_by=_or_none(None, 2),
        over_at=_or_none(None, *TIMES),
    ),
    _step(call_for, number=_numbers),
)
_replies = (
    _step(add_reply, number=_numbers, at=_times, **_reply),
    _step(save_reply, number=_numbers, behind=_behind, case_id=_numbers, send_after=_times, **_reply),
)
_errands = (
    _step(add_errand, channel=_of(*CHANNELS), **_errand),
    _step(add_errand, channel=_of(*CHANNELS), **_errand, **_progress),
    _step(save_errand, number=_numbers, ref=_or_none(*REFS), **_progress),
    _step(say_otherwise, key=_of(*"ijklmn"), said=_or_none(say("help"))),
    _step(ask_for_card, key=_of(*"ijklmn"), rank=_of(*Rank)),
    _step(save_errand, number=_numbers, state=_of(ErrandState.WAITING, ErrandState.UNDERWAY)),
    _step(take_slot, channel=_of(*CHANNELS), at=_times),
    _step(save_case, number=_numbers, behind=_of(0), since=_of(None), minutes=_of(1), thread=_of(*REFS)),
    _step(restore, at=_times),
)
_rest = (
    _step(add_post, number=_or_none(*NUMBERS), post_id=_of(*POSTS), account=_of(*ACCOUNTS)),
    _step(save_post, post_id=_of(*POSTS), account=_of(*ACCOUNTS)),
    _step(save_author, author=_of(*PEOPLE), at=_times),
    _step(add_message, number=_numbers, ref=_of(*REFS), at=_times),
    _step(save_message, number=_numbers, ref=_of(*REFS), at=_times),
    _step(
        keep_reaction,
        ref=_of(*REFS),
        agent=_of(*AGENTS),
        present=st.booleans(),
        stamp=_of("9.1", "10.0", "10.1"),
    ),
    _step(add_tenure, number=_numbers, since=_of("", "9.1"), assignee=_of(None, *AGENTS)),
    _step(save_agent, id=_of(*AGENTS), name=_of("Mo", "Ann"), may_reply=st.booleans()),
    _step(add_event, number=_numbers, at=_times),
    _step(
        save_account,
        account=_of(*ACCOUNTS),
        behind=_behind,
        condition=_of(*Condition),
        cursors=_of({}, {"mentions": {"since_id": "1500", "seen": [1, 2]}}),
    ),
    _step(
        spend,
        account=_of(*ACCOUNTS),
        kind=_of("read", "send"),
        amount=_of(Decimal("0.005"), Decimal("0.000001")),
    ),
    _step(deliver, key=_of("Ev1", "Ev2"), at=_times),
    _step(forget, at=_times),
)


def _piece(*steps: SearchStrategy[Step]) -> SearchStrategy[list[Step]]:
    later = st.lists(st.one_of(*steps), min_size=4, max_size=20)
    return later.map(lambda drawn: [Step(ground, {}), *drawn])


#: Pieces of work, step by step, by what they are about.
PIECES = {
    "cases": _piece(*_cases),
    "replies": _piece(*_replies),
    "errands": _piece(*_errands),
    "the rest": _piece(*_rest),
}
