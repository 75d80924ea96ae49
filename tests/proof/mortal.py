"""Ports that die: after so many calls every further one fails, as if the process had been killed."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any


class Killed(BaseException):
    """The process is no more; nothing of it runs on."""


class Life:
    """How many calls a process has left; None lets it live."""

    def __init__(self, calls: int | None) -> None:
        self._left = calls
        self.over = False

    def spend(self) -> None:
        """One more call. Raises `Killed` when there is none left."""
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self.over = True
                raise Killed


class Mortal:
    """A port whose calls end with a life: before their effect, or after it and before anybody knows."""

    def __init__(self, port: Any, life: Life) -> None:
        self._port = port
        self._life = life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        return self._mortal(found) if name in _WAITED_FOR else found

    def _mortal(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(call)
        async def spent(*args: Any, **kwargs: Any) -> Any:
            self._life.spend()
            result = await call(*args, **kwargs)
            self._life.spend()
            return result

        return spent


#: What costs a breath: the store's and the ports' own calls.
_WAITED_FOR = frozenset(
    {
        "do",
        "pull",
        "authors",
        "posts",
        "send",
        "reconcile",
        "open_thread",
        "say",
        "redraw",
        "mark",
        "whisper",
        "find",
    }
)
