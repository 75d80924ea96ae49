"""Values for the record's suite: ordinary ones, to be varied, and ones in which every field is set."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.cases.accounts import AccountState, Condition, Stream
from bot.cases.history import Event, EventKind
from bot.cases.model import (
    Agent,
    AgentId,
    Case,
    CaseId,
    Invited,
    MessageKind,
    MessageRef,
    Reply,
    ReplyId,
    ReplyKind,
    ReplyState,
    Status,
    ThreadMessage,
    WaitsFor,
)
from bot.cases.outbox import (
    Card,
    Effect,
    Entry,
    EntryState,
    FollowUp,
    Line,
    Mark,
    Rank,
    Say,
    Shown,
    Warn,
    Whisper,
)
from bot.cases.posts import (
    Absence,
    AccountId,
    Author,
    AuthorId,
    Media,
    Post,
    PostId,
    Quoted,
    Standing,
    Surface,
)
from bot.cases.priority import Priority
from bot.cases.said import Button, Instant, Money, Ping, say
from bot.cases.targets import Answer
from bot.cases.timers import FlagKind, Timer, TimerKind, started

NOW = datetime(2026, 3, 14, 15, 9, 26, 535897, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
BRAND = AccountId("brand-x")
#: The conversation of posts and cases that say nothing else.
ROOT = "1500"
#: Characters that a careless column loses: outside the first plane, joined, right to left, quotes.
TRICKY = "👩‍👩‍👧 naïve \u202eright-to-left\u202c 'quoted' \"twice\" \\ 50% ünïcödé"
SAID = say(
    "hold.customer_wrote",
    Button("send", "12", "button.send", "primary"),
    agent=Ping("U1"),
    at=Instant(NOW, "seconds"),
    price=Money(Decimal("0.015")),
    words=TRICKY,
    count=3,
)


def a_case(**fields: Any) -> Case:
    """A new case in which nobody waits, unless `fields` say otherwise."""
    ordinary: dict[str, Any] = {
        "id": CaseId(0),
        "account": BRAND,
        "team": "care",
        "author_id": AuthorId("783214"),
        "opened_at": NOW,
    }
    return Case(**ordinary | fields)


def a_clock(
    due_at: datetime,
    warn_at: datetime | None = None,
    flag: FlagKind | None = None,
    escalate_at: datetime | None = None,
) -> Timer:
    """A clock that has run for long enough to have an hour until `due_at`; with what was said of it."""
    clock = started(TimerKind.ANSWER, due_at - 60 * MINUTE, due_at, warn_at or due_at - 15 * MINUTE)
    turns_at = {None: clock.turns_at, FlagKind.AT_RISK: due_at}.get(flag, escalate_at)
    return replace(clock, flag=flag, turns_at=turns_at)


def a_waiting_case(
    due_at: datetime,
    warn_at: datetime | None = None,
    *,
    flag: FlagKind | None = None,
    escalate_at: datetime | None = None,
    **fields: Any,
) -> Case:
    """A case whose customer waits for an answer until `due_at`."""
    return a_case(answer_due=a_clock(due_at, warn_at, flag, escalate_at), **fields)


def a_full_case() -> Case:
    """A case with something in every field; its id and version are the record's to give."""
    return a_case(
        status=Status.ANSWERED,
        mode=Surface.PRIVATE,
        assignee=AgentId("U1"),
        last_assignee=AgentId("U2"),
        claimed_by_reaction=True,
        answer_due=a_clock(NOW + 60 * MINUTE, flag=FlagKind.AT_RISK),
        first_replied_at=NOW + SECOND,
        closed_at=NOW + MINUTE,
        dismiss_reason="spam",
        invited=Invited.UNDECIDED,
        priority=Priority.HIGH,
        priority_reason=say("priority.because.word", word="lawyer"),
        waits_for=WaitsFor.INSIDE,
        wait_reason="the warehouse looks",
        follows=CaseId(7),
        thread=MessageRef("C1", "1700000000.000100"),
    )


def a_post(post_id: str = "1500", **fields: Any) -> Post:
    """A public mention."""
    ordinary: dict[str, Any] = {
        "account": BRAND,
        "id": PostId(post_id),
        "author_id": AuthorId("783214"),
        "visibility": "dm" if fields.get("surface") is Surface.PRIVATE else "public",
        "surface": Surface.PUBLIC,
        "text": "@brand where is my parcel?",
        "created_at": NOW,
        "root_id": ROOT,
    }
    return Post(**ordinary | fields)


def a_full_post() -> Post:
    """A post with something in every field; its number is the record's to give."""
    return a_post(
        "1501",
        visibility="unlisted",
        surface=Surface.PUBLIC,
        text=TRICKY,
        parent_id=PostId("1499"),
        by_brand=True,
        media=(
            Media("photo", "https://pics.example/1.jpg", "a crushed box"),
            Media("video", ""),
        ),
        url="https://x.example/p/1501",
        lang="nl",
        version=2,
        quoted=Quoted(PostId("1499"), "brand", TRICKY, "https://x.example/p/1499"),
        quotes_id=PostId("1400"),
        quotes=Quoted(PostId("1400"), "", "", absence=Absence.HIDDEN),
        absence=Absence.HIDDEN,
    )


def a_full_author() -> Author:
    """An author with something in every field."""
    return Author(
        "x",
        AuthorId("783214"),
        "jansen",
        TRICKY,
        "https://pics.example/a.png",
        4_000_000_000,
        "https://x.example/jansen",
        Standing.SUSPENDED,
    )


def a_reply(case_id: CaseId, send_after: datetime = NOW, **fields: Any) -> Reply:
    """A queued public reply."""
    ordinary: dict[str, Any] = {
        "id": ReplyId(0),
        "case_id": case_id,
        "account": BRAND,
        "mode": Surface.PUBLIC,
        "key": "k",
        "body": "On its way!",
        "text": "On its way! ^MK",
        "queued_at": NOW,
        "send_after": send_after,
    }
    return Reply(**ordinary | fields)


def a_full_reply(case_id: CaseId) -> Reply:
    """A reply with something in every field; its id and version are the record's to give."""
    return a_reply(
        case_id,
        kind=ReplyKind.INVITATION,
        state=ReplyState.SENDING,
        agent=AgentId("U1"),
        message=MessageRef("C1", "1700000001.000100"),
        line=MessageRef("C1", "1700000002.000100"),
        in_reply_to=PostId("1500"),
        seen_number=7,
        blocked=SAID,
        failure=SAID,
        manual_url="https://x.example/compose",
        attempted_at=NOW,
        lease_until=NOW + MINUTE,
        looks=2,
        post_id=PostId("1502"),
        url="https://x.example/p/1502",
        sent_at=NOW + SECOND,
        visibility="public",
    )


def a_full_message(case_id: CaseId) -> ThreadMessage:
    """A thread message with something in every field."""
    return ThreadMessage(
        ref=MessageRef("C1", "1700000003.000100"),
        case_id=case_id,
        agent=AgentId("U1"),
        kind=MessageKind.ASKED,
        text=TRICKY,
        at=NOW,
        edited="1700000004.000000",
        blocked=SAID,
    )


def a_full_agent() -> Agent:
    """An agent with something in every field."""
    return Agent(AgentId("U1"), TRICKY, "MK", may_reply=False, seen_at=NOW)


def a_full_event(case_id: CaseId) -> Event:
    """An event with something in every field."""
    return Event(case_id, NOW, EventKind.CLAIMED, "U1", {"by": "reaction", "count": 1, "words": TRICKY})


def an_answer(reply: Reply) -> Answer:
    """What a reply came to that was published at NOW, a minute after its due time."""
    return Answer(
        reply.id,
        TimerKind.ANSWER,
        reply.case_id,
        since=NOW - 61 * MINUTE,
        due_at=NOW - MINUTE,
        answered_at=NOW,
        met=False,
        late_by=MINUTE,
        is_first=False,
        agent=AgentId("U1"),
    )


def an_entry(effect: Effect, key: str, **fields: Any) -> Entry:
    """An entry of the outbox that may go at once."""
    ordinary: dict[str, Any] = {
        "id": 0,
        "effect": effect,
        "key": key,
        "lane": "C1",
        "asked_at": NOW,
        "rank": Rank.CUSTOMER,
        "urgent_at": NOW,
    }
    return Entry(**ordinary | fields)


def full_effects(case_id: CaseId, reply_id: ReplyId, post_number: int) -> list[Effect]:
    """An effect of each kind with something in every field."""
    message = MessageRef("C1", "1700000005.000100")
    return [
        Card(case_id),
        Line(case_id, reply_id),
        FollowUp(case_id, post_number),
        Warn(7, case_id),
        Say(SAID, case_id, message),
        Whisper(SAID, AgentId("U1"), message),
        Mark(message, "outbox_tray", True),
    ]


def a_full_entry(effect: Effect, key: str) -> Entry:
    """An entry with something in every field; its id is the record's to give."""
    return an_entry(
        effect,
        key,
        keep=True,
        state=EntryState.UNDERWAY,
        not_before=NOW,
        attempts=2,
        lease_until=NOW + MINUTE,
        detail="ratelimited",
    )


def a_full_shown(case_id: CaseId) -> Shown:
    """Where something stands, with something in every field."""
    return Shown("ask-C1:1.1", MessageRef("C1", "1700000006.000100"), NOW, case_id, SAID)


def an_account(**fields: Any) -> AccountState:
    """An account that was just connected."""
    ordinary: dict[str, Any] = {"account": BRAND, "connected_at": NOW}
    return AccountState(**ordinary | fields)


def a_full_account() -> AccountState:
    """An account with something in every field; its version is the record's to give."""
    return an_account(condition=Condition.LIMITED)


def a_stream(**fields: Any) -> Stream:
    """The main list of an account that was just connected."""
    ordinary: dict[str, Any] = {"account": BRAND, "name": "mentions", "main": True, "next_at": NOW}
    return Stream(**ordinary | fields)


def a_full_stream() -> Stream:
    """A list with something in every field; its version is the record's to give."""
    return a_stream(
        cursor={"since_id": "1500", "page": None},
        looked_at=NOW,
        faults=2,
        lease_by="host-1",
        lease_until=NOW + MINUTE,
    )
