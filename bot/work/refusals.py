"""What becomes of an errand that the desk refused: it waits, is shown elsewhere, or moves to a new thread.

Nothing that somebody has to see ends with a refusal. What is given up was seen to in another way, or concerns
nobody any more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases import errors
from bot.cases.errands import Errand, ErrandKind, ErrandState, Job
from bot.cases.history import STEPS
from bot.cases.model import SETTLED, Case
from bot.cases.said import Said, say
from bot.work import asks, new_thread
from bot.work.tx import Tx

#: The detail of an errand that may have been done although nobody heard so.
UNCLEAR = "unclear"
#: The first rest after a refusal; each one after it is that much longer.
MEND_AFTER = timedelta(seconds=5)
#: The longest rest between tries.
PATIENCE = timedelta(minutes=5)

#: A message of ours that somebody deleted.
GONE = "message_not_found"
#: A thread whose first message is gone, so that nothing can be posted in it.
NO_THREAD = frozenset({"thread_not_found", "cannot_reply_to_message"})
#: A message of ours that stands and may not be changed: workspaces can end editing some time after posting.
UNCHANGEABLE = frozenset({"edit_window_closed", "cant_update_message"})
#: What passes for a mark too, once a person acts: the bot is invited, the channel opened, the token renewed.
MENDABLE = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "invalid_auth",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "not_authed",
    }
)
#: More flags than one alarm is likely to have.
MANY = 1000


def reason(job: Job, error: errors.DeskError) -> str:
    """Why the errand waits. What an earlier try may have posted stays to be looked for if the look fails."""
    return UNCLEAR if job.look_first else error.detail[:200]


def take(tx: Tx, job: Job, error: errors.DeskError) -> None:
    """Deal with a refusal.

    Whatever has to be seen is tried again for ever: a person may mend what is in the way, and a case whose
    card, post, warning or question is missing is one that nobody looks after. Marks and whispers are given up
    unless a person may mend what is in the way; what they tell stands on a line too, or was for that moment.
    """
    errand, why = job.errand, error.detail
    case = tx.cases.get(errand.case_id) if errand.case_id is not None else None
    if errand.kind in (ErrandKind.MARK, ErrandKind.WHISPER) and why not in MENDABLE:
        _give_up(tx, errand, why)
    elif case is not None and job.ref is None and job.thread is not None and why in {GONE, *NO_THREAD}:
        if new_thread.begin(tx, case, job.thread):
            _wait(tx, job, error, None)  # until the new card is there
        else:
            _give_up(tx, errand, why)
    elif job.ref is not None and why in {GONE, *UNCHANGEABLE}:
        _give_up(tx, errand, why)
        if errand.kind is ErrandKind.ALARM:
            _say_anew(tx, errand)
        elif case is not None and errand.kind is ErrandKind.CARD and why == GONE:
            new_thread.begin(tx, case, job.ref)
        elif case is not None:
            _show_anew(tx, case, job, why)
    else:
        _wait(tx, job, error, tx.now + min(PATIENCE, MEND_AFTER * errand.attempts))


def _wait(tx: Tx, job: Job, error: errors.DeskError, again: datetime | None) -> None:
    tx.outbox.save(
        replace(
            job.errand,
            state=ErrandState.WAITING,
            not_before=again,
            lease_until=None,
            detail=reason(job, error),
        )
    )


def _give_up(tx: Tx, errand: Errand, why: str) -> None:
    tx.outbox.save(replace(errand, state=ErrandState.REFUSED, lease_until=None, detail=why[:200]))


def _say_anew(tx: Tx, errand: Errand) -> None:
    """Post an alarm anew whose message cannot be redrawn, if it has something to add that still stands: who
    deleted it has seen what it said before."""
    alarm = tx.alarms.get(errand.alarm_id) if errand.alarm_id is not None else None
    if alarm is None:
        return
    added = (flag for flag in tx.alarms.flags_in(alarm.id, MANY) if flag.over_at is None)
    if any(flag.at > alarm.opened_at for flag in added):
        tx.alarms.save(replace(alarm, ref=None))
        asks.alarm(tx, replace(alarm, ref=None))


def _show_anew(tx: Tx, case: Case, job: Job, why: str) -> None:
    """Let a new message show what the one of the job cannot: it is gone, or may not be changed.

    Who deletes an answer of the bot, or a question that was decided, wants no other.
    """
    errand = job.errand
    if errand.kind is ErrandKind.LINE:
        for reply in tx.replies.of_case(case.id):
            if reply.id == errand.reply_id and reply.line == job.ref:
                asks.line(tx, case, tx.replies.save(replace(reply, line=None)))
    if why not in UNCHANGEABLE:
        return
    if errand.kind is ErrandKind.CARD:
        steps = sum(event.kind in STEPS for event in tx.history.of_case(case.id))
        asks.tell(tx, case, _stand(tx, case), key=f"stand-{case.id}-{steps}")
    elif errand.kind is ErrandKind.SAY and errand.said is not None:
        asks.tell(tx, case, errand.said, key=f"{errand.key}-anew")
    channel = tx.channel(case)
    asks.announce(tx, channel, say("desk.edits_closed", detail=why), key=f"edits-closed-{channel}")


def _stand(tx: Tx, case: Case) -> Said:
    """Where the case stands, for a thread whose card cannot show it. Nobody is called by it."""
    who = tx.people.agent(case.assignee) if case.assignee and case.status not in SETTLED else None
    mode = say(f"mode.name.{case.mode.value}")
    if who is None:
        return say("desk.stand", n=case.id, status=case.status.value, mode=mode)
    return say("desk.stand_with", n=case.id, status=case.status.value, mode=mode, name=who.name)
