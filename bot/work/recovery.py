"""The first pieces of work of a process: what the one before it left half done, and left too far away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases.alarms import stands
from bot.cases.errands import ErrandState, Rank
from bot.cases.model import Case, Reply, ReplyState
from bot.cases.record import AccountState, Condition, Record, Wake
from bot.work import accounts, asks, leases, outcomes, posting, refusals
from bot.work.house import House

#: Longer than any lease.
EVER = timedelta(days=1)
#: What the process before was asking for when it died may still be on its way; then it has landed.
LANDING = timedelta(seconds=3)
#: More than one process can have had under way.
MANY = 1000


def take_over(record: Record, house: House, now: datetime) -> None:
    """End every lease soon instead of waiting for it to run out.

    Replies that were being sent are unconfirmed, errands that were under way are looked for at the desk
    before they are done again, and accounts may be looked at. Only for a process that is certain to be
    alone: among several, a lease runs out by itself.
    """
    for reply in record.lost_replies(now + EVER, MANY):
        case = record.case(reply.case_id)
        if case is not None:
            outcomes.lose_sight(record, house, case, reply, now)
    for errand in record.due_errands(now + EVER, MANY):
        if errand.state is ErrandState.UNDERWAY:
            record.save_errand(replace(errand, lease_until=now + LANDING))
    for account in house.installation.accounts:
        state = record.account(account)
        if state is not None and state.lease_until is not None:
            record.save_account(replace(state, lease_by="", lease_until=None))


def redraw(record: Record, now: datetime) -> None:
    """Draw every card and line of late anew, and the warnings that stand, as the program would draw them now:
    in another language. The newest cases stand lowest in the channel and go first."""
    shown = [*record.open_cases(), *record.recent_cases(now - EVER)]
    standing: set[int] = set()
    for place, case in enumerate(sorted(shown, key=lambda case: case.opened_at, reverse=True)):
        asks.redraw(record, case, record.replies_of(case.id), now, place)
        for flag in record.flags_of(case.id):
            if stands(case, flag):
                standing |= {number for number in (flag.alarm_id, flag.called_by) if number is not None}
    for number in sorted(standing):
        if (alarm := record.alarm(number)) is not None:
            asks.alarm(record, alarm, now, rank=Rank.TIDYING)


def bring_near(record: Record, house: House, now: datetime) -> None:
    """Let nothing wait longer than such a thing ever waits.

    A process whose clock was ahead leaves instants behind that are as far away. None of them can be told from
    a right one, but each kind of wait has its longest; what is looked at too soon waits again. A flag that
    came too early is taken off the card; it comes back in its time, without being said a second time.
    """
    record.bring_near(now + refusals.PATIENCE, now + posting.LONGEST_SLOT, leases.until(now))
    for account in house.installation.accounts:
        state = record.account(account)
        if state is not None and (near := _near_account(house, state, now)) != state:
            record.save_account(near)
    for reply in record.later_replies(now):
        case = record.case(reply.case_id)
        if case is not None and (near_reply := _near_reply(house, case, reply, now)) != reply:
            asks.line(record, house, case, record.save_reply(near_reply), now)
    for early in record.flagged_early(now):
        asks.card(record, house, record.save_case(replace(early, flag=None, escalate_at=None)), now)
    for case in record.escalating(now):
        near_escalation = now + house.team(case).targets.escalate_after
        if case.escalate_at is not None and case.escalate_at > near_escalation:
            record.save_case(replace(case, escalate_at=near_escalation))
    record.wake(Wake.POLL, Wake.POST, Wake.SEND, Wake.WATCH)


def _near_account(house: House, state: AccountState, now: datetime) -> AccountState:
    rest = house.installation.accounts[state.account].poll_every
    if state.condition in (Condition.WELL, Condition.LIMITED, Condition.SPENT):
        rest = max(rest, accounts.LONGEST_REST)  # the network may have asked for it
    if state.looked_at is not None and state.looked_at > now:
        rest = timedelta(0)  # the look that comes puts this right too
    return replace(
        state,
        next_poll_at=min(state.next_poll_at, now + rest),
        lease_until=min(state.lease_until, leases.until(now)) if state.lease_until else None,
    )


def _near_reply(house: House, case: Case, reply: Reply, now: datetime) -> Reply:
    match reply.state:
        case ReplyState.SENDING if reply.lease_until:
            return replace(reply, lease_until=min(reply.lease_until, leases.until(now)))
        case ReplyState.UNCONFIRMED:
            return replace(reply, send_after=min(reply.send_after, now + max(outcomes.LOOKS)))
        case ReplyState.QUEUED:
            longest = max(house.team(case).hold, accounts.LONGEST_REST if reply.failure else timedelta(0))
            return replace(reply, send_after=min(reply.send_after, now + longest))
    return reply
