"""The reactions.* methods."""

from __future__ import annotations

from bot.sandbox.slack.call import Call, Method
from bot.sandbox.slack.emoji import canonical
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Channel, Json, Message


def _message(call: Call) -> tuple[Channel, Message]:
    if not call.args.text("channel") and not call.args.text("timestamp"):
        raise SlackError("no_item_specified")
    channel = call.channel(member=True)
    return channel, call.message(channel, "timestamp")


def _emoji(call: Call) -> str:
    name = canonical(call.args.required("name"))
    if name is None:
        raise SlackError("invalid_name")
    return name


def add(call: Call) -> Json:
    """reactions.add"""
    name = _emoji(call)
    channel, message = _message(call)
    if channel.archived:
        raise SlackError("is_archived")
    call.parts.activity.react(call.caller, channel, message, name)
    return {}


def remove(call: Call) -> Json:
    """reactions.remove"""
    name = _emoji(call)
    channel, message = _message(call)
    call.parts.activity.unreact(call.caller, channel, message, name)
    return {}


def get(call: Call) -> Json:
    """reactions.get"""
    channel, message = _message(call)
    return {"type": "message", "channel": channel.id, "message": call.parts.workspace.shown(message)}


METHODS = {
    "reactions.add": Method(add, 3, ("reactions:write",)),
    "reactions.remove": Method(remove, 2, ("reactions:write",)),
    "reactions.get": Method(get, 3, ("reactions:read",)),
}
