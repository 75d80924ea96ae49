"""The first piece of work of the only process: what the one before it left half done is nobody's any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cases.errands import ErrandState
from bot.cases.record import Record
from bot.work import outcomes
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
