"""The files.* methods."""

from __future__ import annotations

from bot.sandbox.slack.activity import Draft
from bot.sandbox.slack.call import Call, Method
from bot.sandbox.slack.errors import SlackError, faulty
from bot.sandbox.slack.files import MOST_BYTES
from bot.sandbox.slack.model import Json


def get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal"""
    length = call.args.required("length")
    if not length.isdigit() or not 0 < int(length) <= MOST_BYTES:
        raise faulty("invalid_arguments", [f"length must be from 1 to {MOST_BYTES} [json-pointer:/length]"])
    return call.parts.files.expect(call.caller, call.args.required("filename"), int(length), call.base)


def complete_upload(call: Call) -> Json:
    """files.completeUploadExternal"""
    wanted = call.args.nested("files", list, "invalid_arguments") or []
    if not wanted or not all(isinstance(file, dict) and "id" in file for file in wanted):
        raise faulty("invalid_arguments", ["missing required field: files"])
    channel = call.channel("channel_id", member=True) if call.args.text("channel_id") else None
    if channel is not None and channel.archived:
        raise SlackError("is_archived")
    thread_ts = call.args.text("thread_ts")
    if thread_ts and (channel is None or call.parts.workspace.message(channel.id, thread_ts) is None):
        raise SlackError("thread_not_found")
    files = [
        call.parts.files.complete(call.caller, str(one["id"]), str(one.get("title", ""))) for one in wanted
    ]
    draft = Draft(call.args.text("initial_comment"), thread_ts=thread_ts)
    call.parts.files.share(call.caller, channel, draft, [file["id"] for file in files])
    return {"files": files}


def info(call: Call) -> Json:
    """files.info"""
    file = call.parts.workspace.files.get(call.args.required("file"))
    if file is None:
        raise SlackError("file_not_found")
    return {"file": file, "comments": [], "response_metadata": {"next_cursor": ""}}


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, 4, ("files:write",)),
    "files.completeUploadExternal": Method(complete_upload, 4, ("files:write",)),
    "files.info": Method(info, 4, ("files:read",)),
}
