"""Sentences of the catalogue as Slack's rich text: our own words, with outside values that stay plain."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bot.cases.installation import Reactions
from bot.cases.model import CaseId, MessageRef
from bot.cases.said import Instant, Link, Money, Ping, Said, ThreadLink
from bot.slack import blocks, safe
from bot.slack.blocks import Element
from bot.texts import Texts

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")

#: A slot of this name holds a code, which is shown as the catalogue's word for it.
_WORDS = {
    "mode": "surface",
    "kind": "flag",
    "status": "status",
    "reason": "dismiss.reason",
    "network": "network",
}

#: Whole numbers in these slots are names and not amounts: no thousands mark.
_NUMBERS_AS_NAMES = frozenset({"n", "number"})

_VALUE_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Idiom:
    """How this house speaks at this desk."""

    texts: Texts
    reactions: Reactions
    #: For readers whose Slack cannot show a moment in their own zone.
    zone: ZoneInfo
    #: The address of a message, for links between threads.
    thread_url: Callable[[MessageRef], str]
    threads: Mapping[CaseId, MessageRef] = field(default_factory=dict)

    def knowing(self, threads: Mapping[CaseId, MessageRef]) -> Idiom:
        """The same, able to link to these threads."""
        return replace(self, threads=threads)

    def fallback(self, at: datetime, style: str) -> str:
        """A moment as text in the house's zone."""
        return self.texts.moment(at, style, self.zone)

    def date_token(self, at: datetime, style: str) -> str:
        """A moment for mrkdwn."""
        return blocks.date_token(at, style, self.fallback(at, style))

    def network(self, kind: str) -> str:
        """The name of a network as people write it."""
        return self.word("network", kind)

    def word(self, family: str, code: str) -> str:
        """The catalogue's word for a code, or the code itself where it has none."""
        key = f"{family}.{code}"
        return self.texts.text(key) if key in self.texts else safe.name(code)


def sentence(idiom: Idiom, key: str, **values: Any) -> list[Element]:
    """One sentence as leaves of rich text. A value that is empty takes the space behind it along."""
    count = values.get("count")
    leaves: list[Element] = []
    dropped = False
    for piece in idiom.texts.pieces(key, count if isinstance(count, int) else None):
        if isinstance(piece, str):
            text = piece.removeprefix(" ") if dropped else piece
            dropped = False
            if text:
                leaves.append(blocks.words(text))
            continue
        filled = _desk_value(idiom, piece.name)
        if filled is None:
            filled = _leaves(idiom, piece.name, values[piece.name])
        dropped = not filled
        leaves.extend(filled)
    return leaves


def said(idiom: Idiom, what: Said) -> list[Element]:
    """What is said, without its buttons."""
    return sentence(idiom, what.key, **what.values)


def buttons(idiom: Idiom, what: Said) -> list[Element]:
    """The buttons below what is said."""
    return [
        blocks.button(idiom.texts.text(button.label), button.action, button.value, button.style)
        for button in what.buttons
    ]


def _desk_value(idiom: Idiom, slot: str) -> list[Element] | None:
    """What the desk itself fills in; None for the slots that a caller fills."""
    if slot in {"here", "channel"}:
        return [{"type": "broadcast", "range": slot}]
    reaction = (
        getattr(idiom.reactions, slot.removesuffix("_emoji"), None) if slot.endswith("_emoji") else None
    )
    return None if reaction is None else [{"type": "emoji", "name": reaction}]


def _leaves(idiom: Idiom, slot: str, value: Any) -> list[Element]:
    match value:
        case None | "":
            return []
        case Ping(agent_id) if _USER_ID.fullmatch(agent_id):
            return [{"type": "user", "user_id": agent_id}]
        case Instant(at, style):
            return [blocks.date(at, style, idiom.fallback(at, style))]
        case Link(url, label):
            return _linked(url, label or url)
        case ThreadLink(case_id, label):
            ref = idiom.threads.get(CaseId(case_id))
            return _linked(idiom.thread_url(ref), label) if ref else [blocks.words(safe.name(label))]
        case Said():
            return said(idiom, value)
        case list() | tuple():
            return _lines(idiom, slot, value)
        case _:
            text = _plain(idiom, slot, value)
            return [blocks.words(text)] if text else []


def _plain(idiom: Idiom, slot: str, value: Any) -> str:
    """A value without any markup of its own."""
    match value:
        case Money(amount):
            return idiom.texts.money(amount)
        case Ping(agent_id):
            return safe.name(agent_id)
        case int() if slot not in _NUMBERS_AS_NAMES:
            return idiom.texts.number(value)
        case int() | Decimal():
            return str(value)
        case str() if slot in _WORDS:
            return idiom.word(_WORDS[slot], value)
        case str():
            return safe.cut(safe.body(value), _VALUE_LIMIT)
        case _:
            raise TypeError(f"The slot {slot!r} cannot hold {type(value).__name__}.")


def _linked(url: str, label: str) -> list[Element]:
    """A link that the bot vouches for; a shown label must not look like another address."""
    if not url.startswith(("https://", "http://")):
        return [blocks.words(safe.body(label))]
    return [blocks.link(url, safe.body(label))]


def _lines(idiom: Idiom, slot: str, values: Sequence[Any]) -> list[Element]:
    leaves: list[Element] = []
    for number, value in enumerate(values):
        if number:
            leaves.append(blocks.words("\n"))
        leaves.extend(_leaves(idiom, slot, value))
    return leaves
