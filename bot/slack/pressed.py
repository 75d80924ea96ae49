"""A button in Slack, read as an action."""

from __future__ import annotations

from typing import Any

from bot.cases.actions import Action, Verb, Via
from bot.cases.model import CaseId, MessageRef

#: What buttons of earlier messages call a verb.
_OTHER_NAMES = {"dismiss_reason": Verb.DISMISS}


def name_of(body: dict[str, Any]) -> str:
    """The button's name; what stands behind ":" tells buttons of one name apart."""
    return str(body["actions"][0]["action_id"]).partition(":")[0]


def pressed(body: dict[str, Any]) -> Action | None:
    """What the button asks for: its value is "CASE", "CASE:ARGUMENT", "REPLY" or "CHANNEL:TS". None for one
    that only leads elsewhere, and for what no program of ours has put there."""
    name, value = name_of(body), str(body["actions"][0].get("value") or "")
    verb = _OTHER_NAMES.get(name) or (Verb(name) if name in set(Verb) else None)
    if verb is None:
        return None
    first, _, rest = value.partition(":")
    message, channel = body.get("message") or {}, _channel(body)
    at, thread = MessageRef(channel, message.get("ts", "")), message.get("thread_ts", "")
    place = MessageRef(channel, thread if thread != message.get("ts") else "")
    if first.isdecimal():
        return Action(verb, Via.BUTTON, CaseId(int(first)), argument=rest, at=at, place=place)
    return Action(verb, Via.BUTTON, MessageRef(first, rest), at=at, place=place) if rest else None


def _channel(body: dict[str, Any]) -> str:
    channel = (body.get("channel") or {}).get("id", "")
    return str(channel or (body.get("container") or {}).get("channel_id", ""))
