"""Claiming, releasing, closing and dismissing a case: who has it, and when it is done."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import replace

from bot.cases import targets
from bot.cases.actions import Action, Result, Via, done, refused
from bot.cases.history import EventKind
from bot.cases.model import (
    IN_DOUBT,
    SETTLED,
    Agent,
    AgentId,
    Case,
    Invited,
    Move,
    ReplyState,
    Status,
    after,
    was_answered,
)
from bot.cases.outbox import Rank
from bot.cases.said import Button, Instant, Sentence, say
from bot.cases.timers import TimerKind
from bot.cases.tx import Tx
from bot.outbox import put
from bot.work import clocks, questions, reminders, replies, takeovers, tenures

#: Why a case may be left without a reply; labels are catalogue keys "dismiss.reason.…".
DISMISS_REASONS = (
    "venting",
    "thanks",
    "elsewhere",
    "spam",
    "not_ours",
    "no_question",
    "duplicate",
    "gone",
    "other",
)
#: Why an answered case may be closed although the customer wrote last; a word of the catalogue as well.
NO_ANSWER_NEEDED = "no_answer_needed"
#: Why a case was closed by itself.
QUIET = "quiet"
#: What the words behind !dismiss mean that are neither a reason's code nor its label.
_ALSO = {
    "azijn": "venting",
    "stoom afblazen": "venting",
    "niet over ons": "not_ours",
    "niet van ons": "not_ours",
    "niet voor ons": "not_ours",
    "verwijderd": "gone",
    "deleted": "gone",
    "anders": "other",
    "bedankje": "thanks",
    "thank you": "thanks",
    "elders": "elsewhere",
    "elders beantwoord": "elsewhere",
}


def claim(tx: Tx, case: Case, agent: Agent, *, by_reaction: bool = False, again: bool = False) -> Result:
    """Give the case to `agent`. Of two agents one gets it; the other is asked whether to take it over.

    `again` says that a claim repeated after that question answers it, as a word does that is typed a second
    time. Returns the answer for the agent who asked; the caller says it where the question came from.
    """
    if case.assignee == agent.id:
        tenures.confirm(tx, case)
        if by_reaction and not case.claimed_by_reaction:
            tx.cases.save(replace(case, claimed_by_reaction=True))
        return done("claim.done", n=case.id)
    if case.assignee is not None and case.status not in SETTLED:
        if again and takeovers.was_asked(tx, case, agent):
            return takeovers.take(tx, case, agent, by_reaction=by_reaction)
        return takeovers.ask(tx, case, agent, by_reaction=by_reaction)
    status = after(case.status, Move.CLAIM)
    if status is None:
        return refused("close.not_open", n=case.id)
    claimed = replace(
        case,
        status=status,
        assignee=agent.id,
        claimed_by_reaction=by_reaction,
        closed_at=None,
        dismiss_reason="",
    )
    if case.status in SETTLED:
        claimed = restart_clock(tx, claimed)
    claimed = tx.cases.save(targets.claimed(claimed, tx.now, tx.team(claimed)))
    clocks.follow(tx, claimed)
    tenures.note(tx, case, claimed)
    takeovers.settle_questions(tx, claimed)
    questions.ask_anew(tx, claimed, but=agent.id)
    tx.note(claimed, EventKind.CLAIMED, agent.id)
    put.card(tx, claimed, rank=Rank.CLAIMED)
    return done("claim.done", n=case.id)


def release(tx: Tx, case: Case, agent: Agent) -> Result:
    """Give the case back. Replies still waiting are held: nobody stands behind them any more. A colleague who
    claimed it after that, of which the desk told first, has it."""
    if case.assignee != agent.id:
        return _not_theirs(tx, case)
    status = after(case.status, Move.RELEASE)
    if status is None:
        return refused("release.nobody", n=case.id)
    released = _released(tx, case, status)
    tx.note(released, EventKind.RELEASED, agent.id)
    if later := takeovers.asked_later(tx, released):
        claimer, stamp, by_reaction = later
        claim(Tx(tx.record, tx.setup, tx.now, stamp), released, claimer, by_reaction=by_reaction)
    return done("release.done", n=case.id)


def _released(tx: Tx, case: Case, status: Status) -> Case:
    """The case without its holder; it goes on waiting, and so does its customer."""
    released = tx.cases.save(
        replace(case, status=status, assignee=None, last_assignee=case.assignee, claimed_by_reaction=False)
    )
    clocks.follow(tx, released)
    tenures.note(tx, case, released)
    replies.hold_waiting(tx, released, say("hold.released"))
    put.card(tx, released, rank=Rank.CLAIMED)
    takeovers.settle_questions(tx, released)
    return released


def give_back(tx: Tx, case: Case, why: Sentence, key: str = "") -> None:
    """A rule takes the case from who has it, and the thread says why, with a button that takes it again."""
    status = after(case.status, Move.RELEASE)
    if status is None:
        return
    released = _released(tx, case, status)
    tx.note(released, EventKind.CLAIM_EXPIRED, of=case.assignee)
    again = Button("claim", str(case.id), "button.take_again", "primary")
    put.tell(tx, released, replace(why, buttons=(again,)), key=key)


def keep(tx: Tx, case: Case, agent: Agent) -> Result:
    """Who has the case wants to keep it although no reply went out: the claim lasts as long again."""
    if case.assignee != agent.id:
        return _not_theirs(tx, case)
    clocks.follow(tx, tx.cases.save(case), again=[TimerKind.CLAIM])
    tx.note(case, EventKind.CLAIM_KEPT, agent.id)
    due = tx.timers.of_case(case.id).get(TimerKind.CLAIM)
    return done("rot.kept", n=case.id, due=Instant(due.due_at) if due else "")


def _not_theirs(tx: Tx, case: Case) -> Result:
    if case.assignee is None:
        return refused("release.nobody", n=case.id)
    return refused("release.not_yours", n=case.id, agent=takeovers.holder(tx, case))


def reopen(tx: Tx, case: Case, agent: Agent, action: Action) -> Result:
    """Bring a settled case back; it is the agent's. A question of the bot's shows that it was pressed."""
    if case.status not in SETTLED:
        return refused("reopen.open", n=case.id)
    result = claim(tx, case, agent)
    told = say("reopen.told", agent=agent.name, n=case.id)
    if action.via is Via.BUTTON and action.at is not None:
        put.say_instead(tx, case, action.at, told)
    elif result.done:
        put.tell(tx, case, told)
    return result


def confirm_closing(tx: Tx, case: Case, agent: Agent, action: Action) -> Result:
    """A second person agrees that the case needed no reply."""
    if action.argument == agent.id:
        return refused("second.not_you")
    tx.note(case, EventKind.CLOSING_CONFIRMED, agent.id)
    if action.at is not None:
        put.say_instead(tx, case, action.at, say("second.agreed", agent=agent.name, n=case.id))
    return Result(True)


def close_quiet(tx: Tx, case: Case) -> None:
    """A rule closes an answered case about which nobody wrote for long."""
    status = after(case.status, Move.CLOSE)
    if status is not None:
        closed = _settled(tx, case, status, QUIET, case.assignee)
        tx.note(closed, EventKind.CLOSED, reason=QUIET)
        put.card(tx, closed, rank=Rank.TIDYING)


def _settled(tx: Tx, case: Case, status: Status, reason: str, last: AgentId | None) -> Case:
    """The case as it asks for nothing any more."""
    settled = tx.cases.save(
        replace(
            targets.wait_no_more(case),
            status=status,
            assignee=None,
            last_assignee=last,
            claimed_by_reaction=False,
            closed_at=tx.now,
            dismiss_reason=reason,
            invited=Invited.NO,
            waits_for=None,
            wait_reason="",
        )
    )
    clocks.follow(tx, settled)
    reminders.end(tx, settled)
    tenures.note(tx, case, settled)
    takeovers.settle_questions(tx, settled)
    questions.ask_anew(tx, settled)
    return settled


def close(tx: Tx, case: Case, agent: Agent) -> Result:
    """Close a case that was answered once. When the customer wrote last, that needs no answer; one who was
    never answered is not closed away without a reason, which is asked for. A colleague who had it is told."""
    status = after(case.status, Move.CLOSE)
    if status is None:
        return refused("close.not_open", n=case.id)
    if waiting := replies.waiting(tx, case):
        to_decide = any(reply.blocked is not None for reply in waiting)
        return refused("close.reply_held" if to_decide else "close.reply_waiting", n=case.id)
    if promised := reminders.still_open(tx, case):
        return Result(False, promised)
    if not was_answered(case):
        return refused("close.needs_reason", *_reasons(case), n=case.id)
    reason = NO_ANSWER_NEEDED if case.waiting_since is not None else ""
    closed = _settled(tx, case, status, reason, case.assignee or agent.id)
    tx.note(closed, EventKind.CLOSED, agent.id, **({"reason": reason} if reason else {}))
    if reason:
        tx.note(closed, EventKind.CLOSED_UNANSWERED, agent.id)
    put.card(tx, closed, rank=Rank.ANSWERING)
    takeovers.tell_settled(tx, case, agent, "close.told")
    return done("close.done", n=case.id)


def ask_dismiss(tx: Tx, case: Case, agent: Agent) -> Result:
    """The question that a dismissal begins with: why?"""
    return _no_dismissal(tx, case, agent) or refused("dismiss.ask", *_reasons(case), n=case.id)


def _no_dismissal(tx: Tx, case: Case, agent: Agent) -> Result | None:
    """Why this agent may not set the case aside now; None when they may. What a colleague left waiting is
    stopped only by who has the case."""
    if case.status in SETTLED:
        return refused("close.not_open", n=case.id)
    if after(case.status, Move.DISMISS) is None:
        return refused("dismiss.answered", n=case.id)
    waiting = replies.waiting(tx, case)
    if any(reply.state in IN_DOUBT for reply in waiting):
        return refused("dismiss.has_reply", n=case.id)
    if all(agent.id in (case.assignee, reply.agent) for reply in waiting):
        return None
    if case.assignee is None:
        return refused("dismiss.claim_first", n=case.id)
    return takeovers.ask(tx, case, agent, key="dismiss.taken")


def _reasons(case: Case) -> Iterator[Button]:
    """A button for each reason."""
    for reason in DISMISS_REASONS:
        yield Button("dismiss_reason", f"{case.id}:{reason}", f"dismiss.reason.{reason}")


def dismiss(tx: Tx, case: Case, agent: Agent, reason: str) -> Result:
    """Leave a case without a reply, for a reason of the list, by its code or in other words for it. Replies
    still waiting are stopped; a colleague who had the case is told."""
    reason = _reason_of(tx, reason)
    if reason not in DISMISS_REASONS:
        return ask_dismiss(tx, case, agent)
    refusal, status = _no_dismissal(tx, case, agent), after(case.status, Move.DISMISS)
    if refusal is not None or status is None:
        return refusal or refused("dismiss.answered", n=case.id)
    for reply in tx.replies.of_case(case.id):
        if reply.state is ReplyState.QUEUED:
            replies.stop_reply(tx, case, reply, agent.id)
    dismissed = _settled(tx, case, status, reason, case.assignee)
    tx.note(dismissed, EventKind.DISMISSED, agent.id, reason=reason)
    put.card(tx, dismissed, rank=Rank.ANSWERING)
    why = say(f"dismiss.reason.{reason}")
    takeovers.tell_settled(tx, case, agent, "dismiss.told", reason=why)
    if reason == "venting" and secrets.randbelow(1000) < tx.team(case).second_reader * 1000:
        agree = Button("confirm_closing", f"{case.id}:{agent.id}", "button.confirm_closing", "primary")
        again = Button("reopen", str(case.id), "button.reopen")
        put.tell(tx, dismissed, say("second.ask", agree, again, agent=agent.name, reason=why, n=case.id))
    return done("dismiss.done", n=case.id, reason=why)


def _reason_of(tx: Tx, words: str) -> str:
    """The code of the reason that words name, by its code or by its label in any language; what they are
    otherwise."""
    plain = " ".join(re.findall(r"[^\W_]+", words.casefold()))
    for reason in DISMISS_REASONS:
        labels = (each.text(f"dismiss.reason.{reason}").casefold() for each in tx.setup.wordings.values())
        if plain == reason.replace("_", " ") or plain in labels:
            return reason
    return _ALSO.get(plain, plain)


def restart_clock(tx: Tx, case: Case) -> Case:
    """The case with the clock of its oldest unanswered mention, if there is one."""
    waiting = replies.unanswered(tx, case)
    if not waiting:
        return targets.wait_no_more(case)
    return targets.wait_from(case, waiting[0].created_at, tx.team(case))
