"""What the local X charges: the pay-per-use price table, and a purse that can run dry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.sandbox.x import problems
from bot.sandbox.x.auth import Caller

#: Dollars for each resource read. A post is an "owned read" when a user-context caller reads their own lists.
READ = {"owned": 0.001, "post": 0.005, "user": 0.010, "message": 0.010}
#: Dollars for each request that writes.
POST = 0.015
POST_SUMMONED = 0.010
POST_WITH_LINK = 0.200
DELETE = 0.010
MESSAGE = 0.015


class Purse:
    """The credits of the apps, in dollars; None is as much as anybody wants. Ordinary people never pay."""

    def __init__(self) -> None:
        self.credits: float | None = None
        self.spent = 0.0
        self._read_on = date.min
        self._read: set[tuple[str, str]] = set()

    def check(self, caller: Caller) -> None:
        """402 when the caller pays and nothing is left."""
        if self.pays(caller) and self.credits is not None and self.credits <= 0:
            raise problems.out_of_credits(caller.bucket)

    def pays(self, caller: Caller) -> bool:
        """Whether this caller is an app."""
        return caller.person is None or caller.person.automated

    def charge(self, caller: Caller, amount: float) -> None:
        """Take the amount from the credits, if the caller pays."""
        if not self.pays(caller):
            return
        self.spent += amount
        if self.credits is not None:
            self.credits -= amount

    def charge_reads(self, caller: Caller, kind: str, ids: Iterable[str], today: date) -> None:
        """Charge for resources that were read; each costs once per UTC day and caller."""
        if today != self._read_on:
            self._read_on, self._read = today, set()
        for number in ids:
            if (caller.bucket, number) not in self._read:
                self._read.add((caller.bucket, number))
                self.charge(caller, READ[kind])
