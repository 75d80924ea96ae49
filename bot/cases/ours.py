"""Whether what is about to be said outside is still this process's to say: asked as late as can be.

A process that is stopped for a while and goes on finds its clock moved. Between the moment in which a piece
of work was taken and the one in which its request is written lie a connection and a handshake at times, and
another process may take the work over meanwhile. So whoever writes requests asks here once more, just before
the first byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class TooLate(Exception):
    """Another process may have the work already. Nothing was written."""


def _always() -> bool:
    return True


_is_ours: ContextVar[Callable[[], bool]] = ContextVar("is_ours", default=_always)


@contextmanager
def while_ours(is_ours: Callable[[], bool]) -> Iterator[None]:
    """Requests of the tasks that begin within are only written while `is_ours` says so."""
    before = _is_ours.set(is_ours)
    try:
        yield
    finally:
        _is_ours.reset(before)


def check() -> None:
    """Raises `TooLate` when what this task does is no longer this process's work."""
    if not _is_ours.get()():
        raise TooLate
