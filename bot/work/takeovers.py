"""Taking a case over from a colleague: asked about once, then done, and told to who had it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_hex

from bot.cases import targets
from bot.cases.actions import Result, done, refused
from bot.cases.history import TAKINGS, EventKind
from bot.cases.model import SETTLED, Agent, AgentId, Case, MessageRef, Move, ReplyState, after
from bot.cases.outbox import Rank
from bot.cases.said import Button, Instant, Ping, Sentence, say
from bot.cases.timers import TimerKind
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import clocks, replies, tenures

#: Who was asked and claims again within this time has answered.
REPEAT_AFTER = timedelta(minutes=10)
#: A claim older than this is told with its day.
_TODAY = timedelta(hours=12)
#: Answers that begin with the name of who has the case.
_NAMED = frozenset({"claim.taken", "dismiss.taken"})


def since(tx: Tx, case: Case) -> datetime:
    """When who has the case took it, as its history tells."""
    takings = [event.at for event in tx.history.of_case(case.id) if event.kind in TAKINGS]
    return takings[-1] if takings else case.opened_at


def holder(tx: Tx, case: Case) -> str:
    """The name of who has the case; a sentence that names it calls nobody."""
    agent = tx.people.agent(case.assignee) if case.assignee else None
    return agent.name if agent else case.assignee or ""


def ask(tx: Tx, case: Case, agent: Agent, *, by_reaction: bool = False, key: str = "claim.taken") -> Result:
    """The question to an agent who claims what a colleague has, or does what needs that; it is remembered
    that it was asked."""
    stamp, asked = tx.stamp if key == "claim.taken" else "", f"takeover-{case.id}-{token_hex(6)}"
    detail = {"of": case.assignee, "stamp": stamp, "by_reaction": by_reaction, "question": asked}
    tx.note(case, EventKind.TAKEOVER_ASKED, agent.id, **detail)
    return Result(False, question(tx, case, by_reaction=by_reaction, key=key), asks=asked)


def settle_questions(
    tx: Tx, case: Case, *, pressed: MessageRef | None = None, theirs: str = "takeover.claimed"
) -> bool:
    """The case is not with whom the open questions about it name any more: they say so and ask nothing. One
    that was not put yet says that instead; who has the case now needs none. To be called before it is noted
    in the history that somebody took the case. `theirs` is what the question to that one shows. Returns
    whether the message `pressed` is one of them."""
    is_known = False
    for event in reversed(tx.history.of_case(case.id)):
        if event.kind in TAKINGS:
            break
        key = str((event.detail or {}).get("question", "")) if event.kind is EventKind.TAKEOVER_ASKED else ""
        agent = tx.people.agent(AgentId(event.who)) if key else None
        shown = tx.outbox.shown(key) if key else None
        if agent is not None and (shown is not None or tx.outbox.of_key(key) is not None):
            is_known = is_known or (shown is not None and shown.ref == pressed)
            is_put = case.assignee != agent.id
            put.settle_question(tx, case, key, _how_it_stands(tx, case, agent, theirs), is_put=is_put)
    return is_known


def _how_it_stands(tx: Tx, case: Case, agent: Agent, theirs: str) -> Sentence:
    """What a question to the agent shows once it asks nothing more."""
    if case.assignee == agent.id:
        return say(theirs, agent=agent.name, n=case.id)
    if case.status in SETTLED:
        return addressed(say("takeover.settled", n=case.id), agent)
    if case.assignee is None:
        claim = Button("claim", str(case.id), "button.claim", "primary")
        return addressed(say("takeover.free", claim, n=case.id), agent)
    return addressed(say("takeover.with", agent=holder(tx, case), n=case.id), agent)


def question(tx: Tx, case: Case, *, by_reaction: bool = False, key: str = "claim.taken") -> Sentence:
    """Who has the case since when, and whether to take it over; the button names whom that is taken from."""
    taken_at = since(tx, case)
    value = f"{case.id}:{case.assignee}:{'reaction' if by_reaction else ''}"
    return say(
        key,
        Button("take_over", value, "claim.take_over"),
        n=case.id,
        agent=holder(tx, case),
        since=Instant(taken_at, "time" if tx.now - taken_at < _TODAY else "date"),
    )


def offer(tx: Tx, case: Case, thread: MessageRef, agent: Agent) -> None:
    """Tell who writes in a colleague's case, the first time, that this answers nobody; it may be meant to."""
    if tx.upkeep.first_time(f"offered-{case.id}-{agent.id}", tx.now):
        said = say("note.colleague", name=holder(tx, case))
        put.whisper(tx, thread.channel, thread, agent.id, said)


def was_asked(tx: Tx, case: Case, agent: Agent) -> bool:
    """Whether the agent was asked lately about this very colleague, who has had the case ever since."""
    for event in reversed(tx.history.of_case(case.id)):
        if event.kind in TAKINGS or tx.now - event.at > REPEAT_AFTER:
            return False
        if event.kind is EventKind.TAKEOVER_ASKED and event.who == agent.id:
            return (event.detail or {}).get("of") == case.assignee
    return False


def withdraw(tx: Tx, case: Case, agent: Agent) -> None:
    """The agent takes back the claim by which a colleague's case was asked about."""
    if was_asked(tx, case, agent):
        tx.note(case, EventKind.TAKEOVER_WITHDRAWN, agent.id)


def asked_later(tx: Tx, case: Case) -> tuple[Agent, str, bool] | None:
    """Who claimed the case after the act that this piece of work carries out, and was asked whether to take
    it over because the desk told of that act late: the agent, the stamp of the claim, whether it was a
    reaction."""
    first: tuple[Agent, str, bool] | None = None
    withdrawn: set[str] = set()
    for event in reversed(tx.history.of_case(case.id)):
        if event.kind in TAKINGS or not tx.stamp:
            break
        stamp = str((event.detail or {}).get("stamp", ""))
        if event.kind is EventKind.TAKEOVER_WITHDRAWN:
            withdrawn.add(event.who)
        elif event.kind is EventKind.TAKEOVER_ASKED and event.who not in withdrawn and stamp:
            agent = tx.people.agent(AgentId(event.who))
            is_later = tx.stamp < stamp and (first is None or stamp < first[1])
            if agent is not None and agent.may_reply and is_later:
                first = agent, stamp, bool((event.detail or {}).get("by_reaction"))
    return first


def take(tx: Tx, case: Case, agent: Agent, *, by_reaction: bool, pressed: MessageRef | None = None) -> Result:
    """Give a colleague's case to `agent`. What that one left waiting is asked about, and they are told."""
    before, status = case.assignee, after(case.status, Move.TAKE_OVER)
    if before is None or status is None:
        return refused("release.nobody", n=case.id)
    taken = replace(case, status=status, assignee=agent.id, claimed_by_reaction=by_reaction)
    taken = tx.cases.save(targets.claimed(taken, tx.now, tx.team(taken)))
    clocks.follow(tx, taken, again=[TimerKind.CLAIM])
    tenures.note(tx, case, taken)
    shows = settle_questions(tx, taken, pressed=pressed, theirs="takeover.done")
    tx.note(taken, EventKind.TAKEN_OVER, agent.id, of=before)
    waiting = any(reply.state is ReplyState.QUEUED for reply in tx.replies.of_case(case.id))
    replies.hold_waiting(tx, taken, replies.taken_over(agent))
    told = "takeover.told_waiting" if waiting else "takeover.told"
    put.tell(tx, taken, say(told, who=Ping(before), agent=agent.name, n=case.id))
    put.card(tx, taken, rank=Rank.CLAIMED)
    if pressed is not None and not shows:
        put.say_instead(tx, case, pressed, say("takeover.done", agent=agent.name, n=case.id))
    return done("claim.done", n=case.id)


def tell_settled(tx: Tx, before: Case, agent: Agent, key: str, **values: Sentence) -> None:
    """Tell who had the case, as it was `before`, that a colleague has settled it."""
    if before.assignee is not None and before.assignee != agent.id:
        who = Ping(before.assignee)
        put.tell(tx, before, say(key, who=who, agent=agent.name, n=before.id, **values))


def press(tx: Tx, case: Case, agent: Agent, value: str, *, asked: MessageRef) -> Result:
    """The button of the question `asked`, which speaks of the colleague that `value` names. When the case has
    gone to somebody else meanwhile it asks again. It is with somebody."""
    believed, _, by = value.partition(":")
    if case.status in SETTLED:
        return refused("takeover.settled", n=case.id)
    if case.assignee == agent.id:
        return refused("takeover.yours", n=case.id)
    if case.assignee != AgentId(believed):
        again_question = question(tx, case, by_reaction=bool(by))
        put.say_instead(tx, case, asked, addressed(again_question, agent))
        return refused("takeover.lost", n=case.id, agent=holder(tx, case))
    take(tx, case, agent, by_reaction=bool(by), pressed=asked)
    return Result(True)


def addressed(answer: Sentence, agent: Agent) -> Sentence:
    """An answer in the thread, addressed to who asked, with its buttons."""
    key = "answer.named" if answer.key in _NAMED else "answer.to"
    return say(key, *answer.buttons, agent=Ping(agent.id), answer=answer)
