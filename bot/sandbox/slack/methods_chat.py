"""The chat.* methods."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from bot.sandbox.slack import blocks as block_kit
from bot.sandbox.slack.activity import Draft
from bot.sandbox.slack.call import Call, Method
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.limits import UNTIERED
from bot.sandbox.slack.model import Channel, Json

#: chat.postMessage cuts longer text, chat.update refuses it.
POSTED_MOST = 40_000
UPDATED_MOST = 4_000
METADATA_MOST = 16_000
ATTACHMENTS_MOST = 100


def draft_from(call: Call, *, parse: str = "") -> Draft:
    """The message that a call's arguments describe; `parse` is the method's default for that argument."""
    args = call.args
    blocks = args.nested("blocks", list, "invalid_blocks_format")
    attachments = args.nested("attachments", list, "invalid_attachments")
    if blocks:
        block_kit.check_message(blocks)
    _check_attachments(attachments or [])
    text = args.text("text")
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    return Draft(
        text=text,
        blocks=blocks,
        attachments=attachments,
        thread_ts=args.text("thread_ts"),
        broadcast=args.flag("reply_broadcast"),
        parse=args.text("parse", parse),
        link_names=args.flag("link_names"),
        metadata=_metadata(call),
        custom=_custom(call),
    )


def _check_attachments(attachments: list[Any]) -> None:
    if len(attachments) > ATTACHMENTS_MOST:
        raise SlackError("too_many_attachments")
    for attachment in attachments:
        if not isinstance(attachment, dict):
            raise SlackError("invalid_attachments")
        block_kit.check_message(attachment.get("blocks", []))


def _metadata(call: Call) -> Json | None:
    metadata: Json | None = call.args.nested("metadata", dict, "invalid_metadata_format")
    if not metadata:
        return None
    if set(metadata) != {"event_type", "event_payload"} or not isinstance(metadata["event_payload"], dict):
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > METADATA_MOST:
        raise SlackError("metadata_too_large")
    return metadata


def _custom(call: Call) -> Json:
    """Customised authorship; silently left out without the scope, as Slack does."""
    if "chat:write.customize" not in call.caller.scopes:
        return {}
    custom: Json = {}
    if call.args.text("username"):
        custom["username"] = call.args.text("username")
    if call.args.text("icon_emoji"):
        custom["icons"] = {"emoji": call.args.text("icon_emoji")}
    elif call.args.text("icon_url"):
        custom["icons"] = {"image_48": call.args.text("icon_url")}
    return custom


def _addressed(call: Call) -> Channel:
    """Where a message goes: a channel id, a channel's name, or a user id for a direct message."""
    where = call.args.required("channel")
    workspace = call.parts.workspace
    named = workspace.channels.get(where) or workspace.channel_named(where.removeprefix("#"))
    if named is None and where in workspace.users:
        named = call.parts.rooms.direct(call.caller.id, where)
    if named is None or (named.kind != "channel" and call.caller.id not in named.members):
        raise SlackError("channel_not_found")
    if call.caller.id not in named.members:
        raise SlackError("not_in_channel")
    if named.archived:
        raise SlackError("is_archived")
    return named


def post_message(call: Call) -> Json:
    """chat.postMessage"""
    channel = _addressed(call)
    if call.caller.bot or call.parts.limits.people:
        call.parts.limits.spend_post(channel.id, call.caller.id)
    draft = draft_from(call)
    warnings: Json = {}
    if len(draft.text) > POSTED_MOST:
        draft = Draft(**{**draft.__dict__, "text": draft.text[:POSTED_MOST]})
        warnings = {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    message = call.parts.activity.post(call.caller, channel, draft)
    shown = call.parts.workspace.shown(message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown, **warnings}


def update(call: Call) -> Json:
    """chat.update"""
    channel = call.channel(member=True)
    message = call.message(channel, "ts")
    if channel.archived:
        raise SlackError("is_archived")
    if len(call.args.text("text")) > UPDATED_MOST:
        raise SlackError("msg_too_long")
    draft = draft_from(call, parse="client")
    wanted = call.args.nested("file_ids", list, "invalid_arguments")
    if wanted is not None:
        files = [file for file in message.fields.get("files", ()) if file["id"] in wanted]
        draft = replace(draft, files=files)
    edited = call.parts.activity.edit(call.caller, message, draft)
    shown = call.parts.workspace.shown(edited, metadata=True)
    return {"channel": channel.id, "ts": edited.ts, "text": edited.fields["text"], "message": shown}


def delete(call: Call) -> Json:
    """chat.delete"""
    channel = call.channel(member=True)
    message = call.message(channel, "ts")
    call.parts.activity.delete(call.caller, message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral"""
    channel = _addressed(call)
    user = call.args.required("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    draft = draft_from(call)
    if len(draft.text) > POSTED_MOST:
        raise SlackError("msg_too_long")
    return {"message_ts": call.parts.activity.whisper(call.caller, channel, user, draft)}


METHODS = {
    "chat.postMessage": Method(post_message, UNTIERED, ("chat:write",)),
    "chat.update": Method(update, 3, ("chat:write",)),
    "chat.delete": Method(delete, 3, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, 4, ("chat:write",)),
}
