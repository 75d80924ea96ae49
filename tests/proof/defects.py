"""Seeded defects: each makes the product break one promise, to show that the proof would notice."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

import slack_bolt.async_app

from bot.cases import errors, leases, targets, timers
from bot.cases.accounts import Stream
from bot.cases.alarms import Flag
from bot.cases.installation import Team
from bot.cases.model import Case, MessageKind, Reply, ReplyState
from bot.cases.outbox import Entry, Rank
from bot.cases.ports import SendCommand
from bot.cases.record import Record
from bot.cases.said import Sentence, say
from bot.cases.tx import Tx
from bot.guide.intent import Intent, Meant
from bot.outbox import put, queue
from bot.slack import app, pace
from bot.slack.listeners import Listeners
from bot.slack.reading import Reading
from bot.ticks.poll import Poll
from bot.ticks.send import Send
from bot.ticks.watch import Watch
from bot.work import accounts, alarms, doors, edits, publishing, replies, startup, threads
from bot.work.intake import Look

#: Between two transactions that should be one, in seconds: as long as a slow database takes.
GAP = 0.2


@dataclass(frozen=True)
class Defect:
    """A way to break the product, and what the verdict must say of it."""

    break_it: Callable[[], None]
    #: A pattern of the sentence by which it is found; others may come with it.
    sentence: str
    #: How many processes it takes; more than one share a PostgreSQL database.
    processes: int = 1
    #: Whether it takes Slack's own limits to show itself.
    limits: bool = False


DEFECTS: dict[str, Defect] = {}

#: The network was asked for a reply more often than the record says. It takes a private one twice; the same
#: public words it refuses, and when their post is found later the record is right again.
_OUT_TWICE = r"is out [2-9] times|is failed, and out|was asked again for"


def install(names: Iterable[str]) -> None:
    """Break the product of this process."""
    for name in names:
        DEFECTS[name].break_it()


def defect(
    sentence: str, processes: int = 1, *, limits: bool = False
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a defect under the name of its function; its docstring says what is wrong."""

    def register(break_it: Callable[[], None]) -> Callable[[], None]:
        DEFECTS[break_it.__name__] = Defect(break_it, sentence, processes, limits)
        return break_it

    return register


async def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


async def _none_unheard(*_args: Any, **_kwargs: Any) -> int:
    return 0


def nothing_done(*_args: Any, **_kwargs: Any) -> None:
    return None


@defect(r"acknowledged, and (is not|\d+ are) kept")
def acknowledged_before_commit() -> None:
    """Slack hears "received" before the effect of its event is in the record of a slow database."""
    build = slack_bolt.async_app.AsyncApp

    def hasty(**settings: Any) -> Any:
        return build(**{**settings, "process_before_response": False})

    def late(listener: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        @functools.wraps(listener)
        async def waited(*args: Any) -> None:
            await asyncio.sleep(GAP)
            await listener(*args)

        return waited

    setattr(app, "AsyncApp", hasty)  # noqa: B010  # mypy refuses the plain assignment
    for name in ("message", "reaction", "press"):
        setattr(Listeners, name, late(getattr(Listeners, name)))


@defect(_OUT_TWICE)
def resent_after_a_timeout() -> None:
    """A reply whose call got no answer is queued again as if it had certainly failed."""
    take_outcome = publishing.take_outcome

    def again(tx: Tx, case: Case, reply: Reply, outcome: Any) -> None:
        if isinstance(outcome, errors.Unclear):
            publishing.wait(tx, case, reply, tx.now, None)
        else:
            take_outcome(tx, case, reply, outcome)

    publishing.take_outcome = again


@defect("The (mention|private message) .* has no case")
def cursor_saved_before_the_items() -> None:
    """What a look brought is stored in a later transaction than the cursor behind it."""
    take_in = Poll._take_in

    async def early(self: Poll, look: Look) -> None:
        def save(tx: Tx) -> None:
            current = accounts.ours(tx, look.stream)
            if current is not None:
                tx.streams.save(replace(current, cursor=look.page.cursor))

        await self._transactions.do(save)
        await asyncio.sleep(GAP)
        await take_in(self, look)

    Poll._take_in = early  # type: ignore[method-assign]  # the product is broken on purpose


@defect("was flagged once, and it was said again")
def flag_said_before_its_row() -> None:
    """A warning is asked for in one transaction, and remembered in a later one."""

    async def run(self: Watch) -> datetime | None:
        now = self._clock.now()

        def noticed(record: Record) -> list[tuple[Case, Flag]]:
            turning = [(record.cases.get(number), timer) for number, timer in record.timers.due(now, 200)]
            return [(c, Flag(c.id, t.due_at, timers.says(t, now), now, c.assignee)) for c, t in turning if c]

        def warn(tx: Tx) -> None:
            for case, flag in noticed(tx.record):
                said, key = say(f"watch.{flag.kind.value}", n=case.id), f"alarm-{case.id}-{token_hex(4)}"
                put.tell(tx, case, said, rank=Rank.WARNING, key=key)

        def remember(tx: Tx) -> None:
            turned = []
            for case, flag in noticed(tx.record):
                if tx.alarms.add_flag(flag):
                    turned.append((case, flag))
                assert case.answer_due is not None
                after = timers.turned(case.answer_due, now, now + timedelta(minutes=15))
                put.card(tx, tx.cases.save(replace(case, answer_due=after)))
            alarms.tell(tx, turned)

        await self._transactions.do(warn)
        await asyncio.sleep(GAP)
        await self._transactions.do(remember)
        return await self._transactions.do(lambda tx: tx.timers.next_due())

    Watch.run = run  # type: ignore[method-assign]  # the product is broken on purpose


@defect("An internal message is out")
def note_published() -> None:
    """What begins with // is taken for a reply."""
    meant = doors.meant

    def published(text: str) -> Intent:
        found = meant(text)
        return Intent(Meant.REPLY) if found.meant is Meant.NOTE else found

    doors.meant = published


@defect("An internal message is out")
def unclaimed_published() -> None:
    """What somebody writes in the thread of a case that nobody has is taken for a reply."""
    kind_of, block_reason = threads._kind_of, replies.block_reason

    def kind(
        tx: Tx, case: Case, stood: Any, written: threads.Written, agent: Any
    ) -> tuple[MessageKind, str, str]:
        found = kind_of(tx, case, stood, written, agent)
        return (MessageKind.REPLY, "", "") if found[0] is MessageKind.ASKED else found

    def unguarded(tx: Tx, case: Case, reply: Reply) -> Sentence | None:
        found = block_reason(tx, case, reply)
        return None if found is not None and found.key == "hold.released" else found

    threads._kind_of = kind
    replies.block_reason = unguarded


@defect("was edited (.* s before it was published|too late, and nobody said so)")
def edit_in_the_hold_lost() -> None:
    """A reply keeps its first text although its message was edited while it waited."""
    replies.change_text = nothing_done


@defect("was deleted .* s before it was published")
def deletion_in_the_hold_lost() -> None:
    """A reply goes out although its message was deleted while it waited."""
    edits.take_deletion = nothing_done


@defect("two looked at one account at the same time")
def two_pollers() -> None:
    """An account is looked at twice at the same time."""
    look = Poll._look

    async def twice(self: Poll, stream: Stream, began: datetime) -> None:
        await asyncio.gather(look(self, stream, began), look(self, stream, began))

    Poll._look = twice  # type: ignore[method-assign]  # the product is broken on purpose


@defect(rf"stands \d+ times in Slack|{_OUT_TWICE}", processes=3)
def stale_lease() -> None:
    """A process that was paused with work taken does it when it comes back, whoever has it by then."""

    def still_there(tx: Tx, entry: Entry) -> bool:
        return tx.outbox.get(entry.id) is not None

    leases.has_run_out = lambda *_: False
    queue._is_ours = still_there


@defect(_OUT_TWICE)
def lost_reply_sent_again() -> None:
    """A reply whose sender died is sent again once its lease has run out, without asking the network."""

    def lost(tx: Tx, reply_id: Any) -> SendCommand | None:
        reply = tx.replies.get(reply_id)
        case = tx.cases.get(reply.case_id) if reply else None
        if reply is not None and case is not None and reply.state is ReplyState.SENDING:
            publishing.wait(tx, case, reply, tx.now, None)
        return None

    startup.take_over = nothing_done
    publishing.lost = lost


@defect(r"stands \d+ times in Slack")
def lost_entry_done_again() -> None:
    """A message whose sender died is posted again without looking whether it is there."""
    take = queue.Queue.take

    def blind(*args: Any, **kwargs: Any) -> Any:
        return [replace(delivery, look_first=False) for delivery in take(*args, **kwargs)]

    queue.Queue.take = blind  # type: ignore[method-assign]  # the product is broken on purpose


@defect(rf"is (queued|stopped), and out|{_OUT_TWICE}")
def sent_before_it_is_sending() -> None:
    """The network is asked to publish before "sending" is in the record."""

    async def hasty(self: Send, task: publishing.Task) -> None:
        reply = await self._transactions.do(lambda tx: tx.replies.get(task.reply_id))
        now = self._clock.now()
        if reply is None or reply.state is not ReplyState.QUEUED or reply.blocked or reply.send_after > now:
            return

        def prepared(tx: Tx) -> SendCommand | None:
            case = tx.cases.get(reply.case_id)
            if case is None:
                return None
            shown = replies.visibility(tx, case, reply)
            return publishing.command(tx, case, replace(reply, attempted_at=now, visibility=shown))

        command = await self._transactions.do(prepared)
        assert command is not None
        connector = self._connectors[task.account]
        try:
            outcome: Any = await connector.send(command)
        except errors.NetworkError as error:
            outcome = error
        await self._transactions.do(lambda tx: publishing.begin(tx, task.reply_id), now=now)
        await self._finish(task, outcome)

    Send._send = hasty  # type: ignore[method-assign]  # the product is broken on purpose


@defect("The reaction .* was missed")
def reaction_missed_after_an_outage() -> None:
    """Catching up reads messages, but no reactions."""
    Reading._reactions = _none_unheard  # type: ignore[method-assign]  # the product is broken on purpose


@defect(r"The card of case \d+ shows")
def card_not_redrawn() -> None:
    """A card is posted, and left as it is when the case changes."""
    card = put.card

    def once(tx: Tx, case: Case, *, rank: Rank | None = None) -> None:
        if case.thread is None:
            card(tx, case, rank=rank)

    put.card = once


@defect("because they came too fast")
def slot_not_kept() -> None:
    """Messages are posted in one channel as fast as they come."""
    queue.SLOT_WHILE_POSTING = timedelta(0)
    pace.DESK_PACE = replace(pace.DESK_PACE, post_every=timedelta(0))


@defect(r"The entry \S+ \(\w+\) is (waiting|underway)")
def far_instants_left_far() -> None:
    """What was written under a clock that was ahead waits until that time has come."""
    startup.cap_waits = nothing_done


@defect("went out in the other")
def mode_switched_under_a_queued_reply() -> None:
    """A reply goes out in the mode that its case has by then."""
    block_reason, command = replies.block_reason, publishing.command

    def blind(tx: Tx, case: Case, reply: Reply) -> Sentence | None:
        return block_reason(tx, case, replace(reply, mode=case.mode))

    def switched(tx: Tx, case: Case, reply: Reply) -> SendCommand:
        moved = replace(reply, mode=case.mode)
        return command(tx, case, replace(moved, visibility=replies.visibility(tx, case, moved)))

    replies.block_reason, publishing.command = blind, switched
    replies.hold_waiting = nothing_done


@defect("a customer waits, and nothing is due")
def follow_up_without_a_clock() -> None:
    """A case whose customer writes again gets no due time."""
    wait_from = targets.wait_from

    def only_new(case: Case, since: datetime, team: Team) -> Case:
        return wait_from(case, since, team) if case.id == 0 else case

    targets.wait_from = only_new
