"""The conversations.* methods."""

from __future__ import annotations

from bot.sandbox.slack.call import Call, Method
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Channel, Json
from bot.sandbox.slack.paging import page, page_of_times, replies_page

_READ = ("channels:read", "groups:read", "im:read")
_HISTORY = ("channels:history", "groups:history", "im:history")
_KIND_OF = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
_PLURAL = {"channel": "channels", "group": "groups", "im": "im"}


def history(call: Call) -> Json:
    """conversations.history"""
    channel = call.channel(right="history")
    times, more = page_of_times(call.parts.workspace.timeline(channel.id), call.args, 100, 999)
    return {"messages": _messages(call, channel, times), "has_more": bool(more), "pin_count": 0, **more}


def replies(call: Call) -> Json:
    """conversations.replies: the root on the first page, then its replies, oldest first.

    The ts of a reply gives that reply alone.
    """
    channel = call.channel(right="history")
    message = call.message(channel, "ts", missing="thread_not_found")
    if message.is_reply:
        return {"messages": _messages(call, channel, [message.ts]), "has_more": False}
    times, more = replies_page(call.parts.workspace.replies(channel.id, message.ts), call.args)
    if not call.args.text("cursor"):
        times = [message.ts, *times]
    return {"messages": _messages(call, channel, times), "has_more": bool(more), **more}


def _messages(call: Call, channel: Channel, times: list[str]) -> list[Json]:
    workspace = call.parts.workspace
    metadata = call.args.flag("include_all_metadata")
    found = [workspace.message(channel.id, ts) for ts in times]
    return [workspace.shown(message, metadata=metadata) for message in found if message is not None]


def info(call: Call) -> Json:
    """conversations.info"""
    channel = call.channel(right="read")
    shown = _shown(call, channel)
    if call.args.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def list_(call: Call) -> Json:
    """conversations.list"""
    kinds = set()
    for word in call.args.text("types", "public_channel").split(","):
        if word.strip() not in _KIND_OF:
            raise SlackError("invalid_types")
        kinds.add(_KIND_OF[word.strip()])
    for kind in kinds - {"mpim"}:
        call.need(f"{_PLURAL[kind]}:read")
    visible = [
        channel
        for channel in call.parts.workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channel" or call.caller.id in channel.members)
        and not (channel.archived and call.args.flag("exclude_archived"))
    ]
    channels, more = page(visible, call.args, 100, 999)
    return {
        "channels": [_shown(call, channel) for channel in channels],
        "response_metadata": {"next_cursor": ""},
        **more,
    }


def _shown(call: Call, channel: Channel) -> Json:
    workspace = call.parts.workspace
    return channel.shown(call.caller.id, workspace.team_id, workspace.foreign_teams(channel))


METHODS = {
    "conversations.history": Method(history, 3, _HISTORY),
    "conversations.replies": Method(replies, 3, _HISTORY),
    "conversations.info": Method(info, 3, _READ),
    "conversations.list": Method(list_, 2, _READ),
}
