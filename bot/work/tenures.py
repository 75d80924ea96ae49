"""How a case stood when something was written in its thread: who had it, and how replies were to go out."""

from __future__ import annotations

from dataclasses import replace

from bot.cases.model import Case, Tenure
from bot.cases.tx import Tx


def note(tx: Tx, before: Case, after: Case) -> None:
    """Remember that the case stands otherwise since the act that this piece of work carries out.

    An act that is heard after a later one counts from that later one on: what was written in between, by
    somebody who could not know of it, is never judged by it.
    """
    if (before.assignee, before.mode) == (after.assignee, after.mode):
        return
    known = tx.threads.tenures_of(after.id)
    newest = known[-1] if known else Tenure(after.id, "", before.assignee, before.mode)
    if not known:
        tx.threads.add_tenure(newest)
    since = tx.stamp if _is_later(tx.stamp, newest.since) else newest.since
    tx.threads.add_tenure(Tenure(after.id, since, after.assignee, after.mode))


def confirm(tx: Tx, case: Case) -> None:
    """The act that this piece of work carries out leaves the case as it stands. What was done before it, and
    is heard later, must not change that."""
    known = tx.threads.tenures_of(case.id)
    if known and _is_later(tx.stamp, known[-1].since):
        tx.threads.add_tenure(replace(known[-1], since=tx.stamp))


def at(tx: Tx, case: Case, stamp: str) -> Tenure:
    """How the case stood when something was written, by its `stamp`. What has the very stamp of a change was
    not written after it."""
    stood = Tenure(case.id, "", case.assignee, case.mode)
    for index, tenure in enumerate(tx.threads.tenures_of(case.id)):
        if index == 0 or not tenure.since or tenure.since < stamp:
            stood = tenure
    return stood


def is_overtaken(tx: Tx, case: Case, upto: str = "") -> bool:
    """Whether the case changed hands or its mode, or was left so on purpose, after the act that this piece of
    work carries out was done; with `upto` after that later stamp of the desk."""
    known = tx.threads.tenures_of(case.id)
    return bool(known and tx.stamp) and known[-1].since > (upto or tx.stamp)


def _is_later(stamp: str, other: str) -> bool:
    return bool(stamp) and (not other or other < stamp)
