"""Taking a case over from a colleague: asked about once, then done, and told to who had it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases import targets
from bot.cases.errands import Rank
from bot.cases.model import SETTLED, Agent, AgentId, Case, MessageRef, Move, ReplyState, after, is_older
from bot.cases.record import Record
from bot.cases.said import Button, Instant, Ping, Said, say
from bot.work import asks, replies, tenures
from bot.work.house import House

#: Who was asked and claims again within this time has answered.
AGAIN = timedelta(minutes=10)
#: A claim older than this is told with its day.
_TODAY = timedelta(hours=12)
#: Answers that begin with the name of who has the case.
_NAMED = frozenset({"claim.taken", "dismiss.taken"})
#: What the history calls the taking of a case.
_TAKINGS = frozenset({"claimed", "taken_over"})


def since(record: Record, case: Case) -> datetime:
    """When who has the case took it, as its history tells."""
    takings = [event.at for event in record.events_of(case.id) if event.kind in _TAKINGS]
    return takings[-1] if takings else case.opened_at


def holder(record: Record, case: Case) -> str:
    """The name of who has the case; a sentence that names it calls nobody."""
    agent = record.agent(case.assignee) if case.assignee else None
    return agent.name if agent else case.assignee or ""


def ask(
    record: Record,
    case: Case,
    agent: Agent,
    now: datetime,
    *,
    by_reaction: bool = False,
    key: str = "claim.taken",
) -> Said:
    """The question to an agent who claims what a colleague has, or does what needs that; it is remembered
    that it was asked."""
    stamp = record.stamp if key == "claim.taken" else ""
    detail = {"of": case.assignee, "stamp": stamp, "by_reaction": by_reaction}
    asks.note_event(record, case, "takeover_asked", now, agent.id, **detail)
    return question(record, case, now, by_reaction=by_reaction, key=key)


def question(
    record: Record, case: Case, now: datetime, *, by_reaction: bool = False, key: str = "claim.taken"
) -> Said:
    """Who has the case since when, and whether to take it over; the button names whom that is taken from."""
    taken_at = since(record, case)
    value = f"{case.id}:{case.assignee}:{'reaction' if by_reaction else ''}"
    return say(
        key,
        Button("take_over", value, "claim.take_over"),
        n=case.id,
        agent=holder(record, case),
        since=Instant(taken_at, "time" if now - taken_at < _TODAY else "date"),
    )


def offer(record: Record, case: Case, thread: MessageRef, agent: Agent, now: datetime) -> None:
    """Tell who writes in a colleague's case, the first time, that this answers nobody; it may be meant to."""
    if record.first_time(f"offered-{case.id}-{agent.id}", now):
        said = say("note.colleague", name=holder(record, case))
        asks.whisper(record, thread.channel, thread, agent.id, said, now)


def was_asked(record: Record, case: Case, agent: Agent, now: datetime) -> bool:
    """Whether the agent was asked lately about this very colleague, who has had the case ever since."""
    for event in reversed(record.events_of(case.id)):
        if event.kind in _TAKINGS or now - event.at > AGAIN:
            return False
        if event.kind == "takeover_asked" and event.who == agent.id:
            return (event.detail or {}).get("of") == case.assignee
    return False


def withdraw(record: Record, case: Case, agent: Agent, now: datetime) -> None:
    """The agent takes back the claim by which a colleague's case was asked about."""
    if was_asked(record, case, agent, now):
        asks.note_event(record, case, "takeover_withdrawn", now, agent.id)


def asked_later(record: Record, case: Case) -> tuple[Agent, str, bool] | None:
    """Who claimed the case after the act that this piece of work carries out, and was asked whether to take
    it over because Slack told of that act late: the agent, the stamp of the claim, whether it was a
    reaction."""
    first: tuple[Agent, str, bool] | None = None
    withdrawn: set[str] = set()
    for event in reversed(record.events_of(case.id)):
        if event.kind in _TAKINGS or not record.stamp:
            break
        stamp = str((event.detail or {}).get("stamp", ""))
        if event.kind == "takeover_withdrawn":
            withdrawn.add(event.who)
        elif event.kind == "takeover_asked" and event.who not in withdrawn and stamp:
            agent = record.agent(AgentId(event.who))
            is_later = is_older(record.stamp, stamp) and (first is None or is_older(stamp, first[1]))
            if agent is not None and agent.may_reply and is_later:
                first = agent, stamp, bool((event.detail or {}).get("by_reaction"))
    return first


def take(record: Record, house: House, case: Case, agent: Agent, now: datetime, *, by_reaction: bool) -> Said:
    """Give a colleague's case to `agent`. What that one left waiting is asked about, and they are told."""
    before, status = case.assignee, after(case.status, Move.TAKE_OVER)
    if before is None or status is None:
        return say("release.nobody", n=case.id)
    taken = replace(case, status=status, assignee=agent.id, claimed_by_reaction=by_reaction)
    taken = record.save_case(targets.claimed(taken, now, house.team(taken).targets))
    tenures.note(record, case, taken)
    asks.note_event(record, taken, "taken_over", now, agent.id, of=before)
    waiting = any(reply.state is ReplyState.QUEUED for reply in record.replies_of(case.id))
    replies.hold_waiting(record, house, taken, replies.taken_over(agent), now)
    told = "takeover.told_waiting" if waiting else "takeover.told"
    asks.tell(record, house, taken, say(told, who=Ping(before), agent=agent.name, n=case.id), now)
    asks.card(record, house, taken, now, rank=Rank.CLAIMED)
    return say("claim.done", n=case.id)


def tell_settled(
    record: Record, house: House, before: Case, agent: Agent, key: str, now: datetime, **values: Said
) -> None:
    """Tell who had the case, as it was `before`, that a colleague has settled it."""
    if before.assignee is not None and before.assignee != agent.id:
        who = Ping(before.assignee)
        asks.tell(record, house, before, say(key, who=who, agent=agent.name, n=before.id, **values), now)


def press(
    record: Record, house: House, case: Case, agent: Agent, value: str, now: datetime, *, asked: MessageRef
) -> Said | None:
    """The button of the question `asked`, which speaks of the colleague that `value` names. When the case has
    gone to somebody else meanwhile it asks anew. Returns what to tell the presser when nothing was done."""
    believed, _, by = value.partition(":")
    if case.status in SETTLED:
        return say("takeover.settled", n=case.id)
    if case.assignee == agent.id:
        return say("takeover.yours", n=case.id)
    if case.assignee is None:
        return say("takeover.free", n=case.id)
    if case.assignee != AgentId(believed):
        anew = question(record, case, now, by_reaction=bool(by))
        asks.say_instead(record, case, asked, addressed(anew, agent), now)
        return say("takeover.lost", n=case.id, agent=holder(record, case))
    take(record, house, case, agent, now, by_reaction=bool(by))
    asks.say_instead(record, case, asked, say("takeover.done", agent=agent.name, n=case.id), now)
    return None


def addressed(answer: Said, agent: Agent) -> Said:
    """An answer in the thread, addressed to who asked, with its buttons."""
    key = "answer.named" if answer.key in _NAMED else "answer.to"
    return say(key, *answer.buttons, agent=Ping(agent.id), answer=answer)
