"""What the bot says at the desk before it has a language: a key of the catalogue and its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Ping:
    """An agent, called by name at the desk. Only the bot's own sentences carry one."""

    agent_id: str


@dataclass(frozen=True, slots=True)
class Call:
    """Several people, called; what carries one in a thread is shown in the channel as well.

    `who` is "channel" for everybody in it, "here" for those of them who are there, or the id of a group.
    """

    who: str = "channel"


@dataclass(frozen=True, slots=True)
class Calls:
    """Several people and groups, called in one breath."""

    whom: tuple[Ping | Call, ...]


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment, shown in the reader's own time zone; `style` is "time" (14:03), "seconds" (14:03:15) or
    "date" (with the day)."""

    at: datetime
    style: str = "time"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in US dollars, the currency in which the networks bill."""

    amount: Decimal


@dataclass(frozen=True, slots=True)
class Link:
    """A link that the bot itself vouches for. `label` is shown instead of the address when given."""

    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ThreadLink:
    """A link to the thread of a case, made by the desk. Without a `label` it is called "Case 12"."""

    case_id: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button below something said. `value` travels back with the press; `label` is a catalogue key.

    One with `options`, each a value and a label, is a menu, with that of the button's own value chosen."""

    action: str
    value: str
    label: str
    style: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for agents: `key` of the catalogue and the values it names.

    A value is hostile or plain text (str), a number, a `Ping`, `Call`, `Calls`, `Instant`, `Money`, `Link`,
    `ThreadLink`, another `Sentence`, or a list of these, one a line.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()


def say(key: str, *buttons: Button, **values: Any) -> Sentence:
    """Shorthand for `Sentence`."""
    return Sentence(key, values, buttons)


def to_json(said: Sentence) -> dict[str, Any]:
    """Plain JSON for a row; `from_json` gives the same `Sentence` back."""
    return {
        "key": said.key,
        "values": {name: _value_to_json(value) for name, value in said.values.items()},
        "buttons": [[b.action, b.value, b.label, b.style] for b in said.buttons],
    }


def from_json(row: Mapping[str, Any]) -> Sentence:
    """The `Sentence` that `to_json` wrote."""
    return Sentence(
        row["key"],
        {name: _value_from_json(value) for name, value in row["values"].items()},
        tuple(Button(*button) for button in row["buttons"]),
    )


def _value_to_json(value: Any) -> Any:
    match value:
        case Ping(agent_id):
            return {"ping": agent_id}
        case Call(who):
            return {"call": who}
        case Calls(whom):
            return {"calls": [_value_to_json(each) for each in whom]}
        case list() | tuple():
            return {"lines": [_value_to_json(each) for each in value]}
        case Instant(at, style):
            return {"at": at.isoformat(), "style": style}
        case Money(amount):
            return {"money": str(amount)}
        case Link(url, label):
            return {"link": url, "label": label}
        case ThreadLink(case_id, label):
            return {"case": case_id, "label": label}
        case Sentence():
            return {"said": to_json(value)}
        case _:
            return value


def _value_from_json(value: Any) -> Any:
    match value:
        case {"ping": agent_id}:
            return Ping(agent_id)
        case {"ping_channel": True}:  # written by a program that called nobody else
            return Call()
        case {"call": who}:
            return Call(who)
        case {"calls": whom}:
            return Calls(tuple(_value_from_json(each) for each in whom))
        case {"lines": lines}:
            return [_value_from_json(each) for each in lines]
        case {"at": at, "style": style}:
            return Instant(datetime.fromisoformat(at), style)
        case {"money": amount}:
            return Money(Decimal(amount))
        case {"link": url, "label": label}:
            return Link(url, label)
        case {"case": case_id, "label": label}:
            return ThreadLink(case_id, label)
        case {"said": said}:
            return from_json(said)
        case _:
            return value
