"""Sentences of the catalogue as Slack's rich text: our own words, with outside values that stay plain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.cases.installation import Reactions
from bot.cases.model import CaseId, MessageRef
from bot.cases.posts import Author
from bot.cases.said import Button, Call, Calls, Instant, Link, Money, Ping, Sentence, ThreadLink
from bot.slack import blocks, safe
from bot.slack.blocks import Element
from bot.texts import Texts

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")
_GROUP_ID = re.compile(r"S[A-Z0-9]{2,}")
#: Everybody in the channel, and those of them who are there.
_ROOM = ("channel", "here")

#: Slots that may hold a code, which is shown as the catalogue's word for it.
_WORDS = {"status": "status", "network": "network"}

#: Slots of somebody's name or handle, which they may have chosen to mislead.
_NAMES = frozenset({"agent", "customer", "name", "who"})

#: A case number is a name and no amount: it has no thousands mark.
_CASE_NUMBER = "n"

_VALUE_LIMIT = 2000

#: Stands where a sentence names a value that was not given: a warning with a hole is better than none.
_MISSING = "…"


@dataclass(frozen=True, slots=True)
class Sentences:
    """How this installation speaks at this desk."""

    texts: Texts
    reactions: Reactions
    #: For readers whose Slack cannot show a moment in their own zone.
    zone: ZoneInfo
    #: The address of a message, for links between threads.
    thread_url: Callable[[MessageRef], str]
    #: The slash command of this installation, for the slot {command}.
    command: str = "/webcare"
    threads: Mapping[CaseId, MessageRef] = field(default_factory=dict)

    def knowing(self, threads: Mapping[CaseId, MessageRef]) -> Sentences:
        """The same, able to link to these threads."""
        return replace(self, threads=threads)

    def said(self, said: Sentence) -> list[Element]:
        """What is said as leaves of rich text, without its buttons."""
        return self.sentence(said.key, **said.values)

    def buttons(self, buttons: Iterable[Button]) -> list[Element]:
        """Buttons of ours, in their order."""
        return [
            self._menu(button)
            if button.options
            else blocks.button(self.texts.text(button.label), button.action, button.value, button.style)
            for button in buttons
            if button.label in self.texts
        ]

    def _menu(self, menu: Button) -> Element:
        options = [(value, self.texts.text(label)) for value, label in menu.options]
        return blocks.menu(self.texts.text(menu.label), menu.action, menu.value, options)

    def sentence(self, key: str, **values: Any) -> list[Element]:
        """One sentence as leaves of rich text. A value that is empty takes the space behind it along. What an
        earlier program asked for in words that this one has no longer is said to be just that."""
        if key not in self.texts:
            key = "desk.former"
        count = values.get("count")
        leaves: list[Element] = []
        dropped = False
        for piece in self.texts.pieces(key, count if isinstance(count, int) else None):
            if isinstance(piece, str):
                text = piece.removeprefix(" ") if dropped else piece
                leaves += [blocks.words(text)] if text else []
                dropped = False
            else:
                filled = self._ours(piece.name) or self._leaves(piece.name, values.get(piece.name, _MISSING))
                leaves += filled
                dropped = not filled
        return leaves

    def moment(self, at: datetime, style: str) -> Element:
        """A moment as a leaf of rich text, which each reader sees in their own zone and way of writing."""
        form = "{time_secs}" if style == "seconds" else "{time}"
        if style == "date":
            form = self.texts.text("moment", day="{date_short_pretty}", time="{time}")
        shown = self.texts.moment(at, style, self.zone)
        return {"type": "date", "timestamp": int(at.timestamp()), "format": form, "fallback": shown}

    def network(self, kind: str) -> str:
        """The name of a network as people write it."""
        return self.word("network", kind)

    def word(self, family: str, code: str) -> str:
        """The catalogue's word for a code, or the code itself where it has none."""
        key = f"{family}.{code}"
        return self.texts.text(key) if key in self.texts else safe.name(code)

    def _ours(self, slot: str) -> list[Element]:
        """What this installation means by a slot: {command}, or a reaction such as {claim_emoji}."""
        if slot == "command":
            return [blocks.words(self.command)]
        meaning, is_reaction = slot.removesuffix("_emoji"), slot.endswith("_emoji")
        return [{"type": "emoji", "name": getattr(self.reactions, meaning)}] if is_reaction else []

    def _leaves(self, slot: str, value: Any) -> list[Element]:
        match value:
            case None | "" | Ping(""):
                return []
            case Ping(agent_id) if _USER_ID.fullmatch(agent_id):
                return [{"type": "user", "user_id": agent_id}]
            case Call(who) if who in _ROOM:
                return [{"type": "broadcast", "range": who}]
            case Call(who) if _GROUP_ID.fullmatch(who):
                return [{"type": "usergroup", "usergroup_id": who}]
            case Call():
                return []
            case Calls(whom):
                return self._together(slot, whom)
            case Instant(at, style):
                return [self.moment(at, style)]
            case Link(url, label):
                return _linked(safe.https(url), label or url)
            case ThreadLink(case_id, label):
                ref = self.threads.get(CaseId(case_id))
                shown = label or self.texts.text("queue.case_link", n=str(case_id))
                return _linked(self.thread_url(ref) if ref else "", shown)
            case Sentence():
                return self.said(value)
            case list() | tuple():
                return self._lines(slot, value)
            case _:
                return [blocks.words(self._plain(slot, value))]

    def _together(self, slot: str, whom: Sequence[Any]) -> list[Element]:
        """Several values with a space between them."""
        leaves: list[Element] = []
        for value in whom:
            leaves += [*([blocks.words(" ")] if leaves else []), *self._leaves(slot, value)]
        return leaves

    def _lines(self, slot: str, values: Sequence[Any]) -> list[Element]:
        """Several values, one a line."""
        leaves: list[Element] = []
        for value in values:
            leaves += [*([blocks.words("\n")] if leaves else []), *self._leaves(slot, value)]
        return leaves

    def _plain(self, slot: str, value: Any) -> str:
        """A value without any markup of its own."""
        match value:
            case Money(amount):
                return self.texts.money(amount)
            case int() if slot != _CASE_NUMBER:
                return self.texts.number(value)
            case Ping(agent_id):
                return safe.name(agent_id)
            case str() if slot in _WORDS:
                return self.word(_WORDS[slot], value)
            case str() if slot in _NAMES:
                return safe.name(value)
            case _:
                return safe.cut(safe.body(str(value)), _VALUE_LIMIT)


def handle(author: Author) -> str:
    """The handle without @, or a question mark where the network would not say."""
    return safe.name(author.handle) or "?"


def calls_channel(said: Sentence) -> bool:
    """Whether several people are called, so that the channel must see it."""
    values = said.values.values()
    return any(
        isinstance(value, Call | Calls) or (isinstance(value, Sentence) and calls_channel(value))
        for value in values
    )


def _linked(url: str, label: str) -> list[Element]:
    """A link that the bot vouches for; without an address just the label."""
    shown = safe.body(label)
    is_link = url.startswith(("https://", "http://"))
    return [blocks.link(url, shown) if is_link else blocks.words(shown)]
