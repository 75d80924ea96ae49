"""How long work belongs to the process that began it, and how it knows that it no longer does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

#: A process that is alive renews before this ends; the work of one that is not is taken over right after.
LEASE = timedelta(seconds=8)
#: How often a call that lasts renews the lease.
RENEW_EVERY = timedelta(milliseconds=2500)
#: Nothing is begun outside with less of the lease left than this: a process that was paused and comes back
#: finds its lease gone and leaves the work to the process that has it now.
MARGIN = timedelta(seconds=2)


def until(now: datetime, speed: float = 1.0) -> datetime:
    """The end of a lease that begins or is renewed now, by a clock of this speed: a lease is as long as the
    machine needs."""
    return now + LEASE * speed


def has_run_out(lease_until: datetime | None, now: datetime, speed: float = 1.0) -> bool:
    """Whether another process may have the work already."""
    return lease_until is None or now > lease_until - MARGIN * speed


class LeaseLost(Exception):
    """Another process may have the work already. Nothing was written."""


_is_ours: ContextVar[Callable[[], bool] | None] = ContextVar("is_ours", default=None)


@contextmanager
def fenced(is_ours: Callable[[], bool]) -> Iterator[None]:
    """Requests of the tasks that begin within are only written while `is_ours` says so."""
    before = _is_ours.set(is_ours)
    try:
        yield
    finally:
        _is_ours.reset(before)


def check() -> None:
    """Raises `LeaseLost` when what this task does is no longer this process's work."""
    is_ours = _is_ours.get()
    if is_ours is not None and not is_ours():
        raise LeaseLost
