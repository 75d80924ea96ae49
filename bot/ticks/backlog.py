"""The backlog tick tells a channel when replies of its cases have waited for the desk for more than a minute,
and tells it when none waits any more."""

from __future__ import annotations

from bot.cases.ports import Clock
from bot.transactions import Transactions
from bot.work import unread


class Backlog:
    """Asks the record whether any reply has waited for too long. While one waits, each run also looks for
    channels to tell."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock
        #: Whether replies waited at the last look. At the start a notice of the process before may stand.
        self._stands = True

    async def run(self) -> None:
        """Tell the channels what has changed since the last run."""
        now = self._clock.now()
        if self._stands or await self._transactions.do(lambda tx: bool(unread.late(tx)), now=now):
            self._stands = await self._transactions.do(unread.tell, now=now)
