"""What app.yaml may say about a network: told by its connector, so that no list of networks is kept here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NetworkTerms:
    """The words of one network in app.yaml."""

    #: The names below `credentials`: each set is one complete way of signing in.
    credentials: tuple[frozenset[str], ...]
    #: The kinds of cost that `prices` may set.
    prices: frozenset[str] = frozenset()
    #: What `private` may say.
    private: frozenset[str] = frozenset()
