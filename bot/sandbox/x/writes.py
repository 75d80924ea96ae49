"""The endpoints that write: posting, deleting, direct messages and pictures."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.x import prices, problems, rules, texts
from bot.sandbox.x.call import Answer, Call, Json
from bot.sandbox.x.model import Media
from bot.sandbox.x.params import is_id

#: The bodies taken: key -> type, or the keys of a nested object. What is not here is refused, as X refuses
#: what it does not know; polls, places and the like, which the local X does not have, are among that.
POST_BODY: Mapping[str, Any] = {
    "text": str,
    "reply": {
        "in_reply_to_tweet_id": str,
        "exclude_reply_user_ids": list,
        "auto_populate_reply_metadata": bool,
    },
    "media": {"media_ids": list, "tagged_user_ids": list},
    "quote_tweet_id": str,
    "reply_settings": str,
}
MESSAGE_BODY: Mapping[str, Any] = {"text": str, "attachments": list}
UPLOAD_BODY: Mapping[str, Any] = {"media": str, "media_category": str, "additional_owners": str}
METADATA_BODY: Mapping[str, Any] = {"id": str, "metadata": {"alt_text": {"text": str}}}

MAX_IMAGE = 5 * 1024 * 1024
_IMAGES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}


async def create_post(call: Call) -> Answer:
    """POST /2/tweets."""
    body = await call.body()
    _check(body, POST_BODY)
    x, author = call.x, call.me
    reply = body.get("reply")
    parent = _need_id(reply, "in_reply_to_tweet_id", "$.reply.") if reply is not None else None
    quoted = _need_id(body, "quote_tweet_id", "$.") if "quote_tweet_id" in body else None
    settings = body.get("reply_settings", "everyone")
    if settings not in rules.REPLY_SETTINGS:
        raise _wrong("$.reply_settings", settings, f"is not one of [{','.join(rules.REPLY_SETTINGS)}]")
    targets = ((parent, problems.PARENT_GONE), (quoted, problems.QUOTE_GONE))
    for number, refusal in targets:
        if author.automated and number is not None:
            target = rules.visible(x.world, author.id, number, refusal)
            rules.check_summons(x.world, author, target, implicit=x.implicit_summons)
    post = x.post(
        author.id,
        body.get("text", ""),
        parent,
        _pictures(call, (body.get("media") or {}).get("media_ids", [])),
        quotes=quoted,
        reply_settings=settings,
        leave_out=map(str, (reply or {}).get("exclude_reply_user_ids", ())),
    )
    linked = any(span.kind == "urls" for span in texts.spans(post.text))
    plain = prices.POST_SUMMONED if parent else prices.POST
    x.purse.charge(call.caller, prices.POST_WITH_LINK if linked else plain)
    shown = x.views.text(post)[0].text
    return Answer({"data": {"id": post.id, "text": shown, "edit_history_tweet_ids": [post.id]}}, 201)


async def delete_post(call: Call) -> Answer:
    """DELETE /2/tweets/:id."""
    number = call.path_id("id")
    post = call.x.world.posts.get(number)
    if post is None:
        raise problems.missing("tweet", "id", number)
    if post.author_id != call.me.id:
        raise problems.forbidden("You are not authorized to delete this Tweet.")
    call.x.delete(number)
    call.x.purse.charge(call.caller, prices.DELETE)
    return Answer({"data": {"deleted": True}})


async def send_message(call: Call) -> Answer:
    """POST /2/dm_conversations/with/:participant_id/messages."""
    number = call.path_id("participant_id")
    body = await call.body()
    _check(body, MESSAGE_BODY)
    if number not in call.x.world.people or number == call.me.id:
        raise _wrong("participant_id", number, "is not somebody you can write to")
    attachments = body.get("attachments", [])
    if len(attachments) > 1 or not all(isinstance(item, dict) and "media_id" in item for item in attachments):
        raise _wrong("$.attachments", "", "must be one object with a media_id")
    pictures = _pictures(call, [item["media_id"] for item in attachments])
    message = call.x.direct_message(call.me.id, number, body.get("text", ""), pictures)
    call.x.purse.charge(call.caller, prices.MESSAGE)
    return Answer({"data": {"dm_conversation_id": message.conversation_id, "dm_event_id": message.id}}, 201)


async def upload(call: Call) -> Answer:
    """POST /2/media/upload, in one piece: JSON with base64, or a multipart form."""
    category: Any
    if call.request.content_type == "multipart/form-data":
        form = await call.request.post()
        field, category = form.get("media"), form.get("media_category")
        content = field.file.read() if isinstance(field, web.FileField) else b""
    else:
        body = await call.body()
        _check(body, UPLOAD_BODY)
        category = body.get("media_category")
        try:
            content = base64.b64decode(body.get("media", ""), validate=True)
        except (binascii.Error, ValueError) as error:
            raise _wrong("$.media", "", "is not base64") from error
    if category not in ("tweet_image", "dm_image", "tweet_gif", "dm_gif"):
        raise _wrong(
            "$.media_category", str(category), "is not one of [tweet_image,tweet_gif,dm_image,dm_gif]"
        )
    kind = next((kind for magic, kind in _IMAGES.items() if content.startswith(magic)), None)
    if kind is None or len(content) > MAX_IMAGE:
        raise _wrong("$.media", "", "must be a JPEG, PNG, GIF or WebP image of at most 5 MB")
    origin = f"{call.request.scheme}://{call.request.host}{call.mount}"
    media = call.x.upload(content, kind, origin)
    number = media.key.partition("_")[2]
    data = {"id": number, "media_key": media.key, "size": len(content), "expires_after_secs": 86_400}
    return Answer({"data": data})


async def describe_media(call: Call) -> Answer:
    """POST /2/media/metadata: the alternative text of a picture."""
    body = await call.body()
    _check(body, METADATA_BODY)
    number = _need_id(body, "id", "$.")
    alt = body.get("metadata", {}).get("alt_text", {}).get("text", "")
    if number not in call.x.world.uploads:
        raise _wrong("$.id", number, "is not a media id of yours")
    if len(alt) > 1000:
        raise _wrong("$.metadata.alt_text.text", alt[:50], "must be at most 1000 characters long")
    call.x.describe(number, alt)
    return Answer({"data": {"id": number, "associated_metadata": {"alt_text": {"text": alt}}}})


def _pictures(call: Call, ids: list[Any]) -> list[Media]:
    if len(ids) > 4:
        raise _wrong("$.media.media_ids", "", "must have at most 4 items")
    for number in ids:
        if number not in call.x.world.uploads:
            raise _wrong("$.media.media_ids", str(number), "Your media IDs are invalid.")
    return [call.x.world.uploads[number] for number in ids]


def _check(body: Json, known: Mapping[str, Any], where: str = "$.") -> None:
    """400 for a key that is not known, and for a value of the wrong type."""
    for key, value in body.items():
        if key not in known:
            raise _wrong(where + key, "", "is not defined in the schema and the schema does not allow it")
        kind = known[key]
        if isinstance(kind, Mapping):
            if not isinstance(value, dict):
                raise _wrong(where + key, str(value), "must be an object")
            _check(value, kind, f"{where}{key}.")
        elif not isinstance(value, kind):
            raise _wrong(where + key, str(value), f"must be of type {kind.__name__}")


def _need_id(body: Json, key: str, where: str) -> str:
    value = body.get(key)
    if value is None:
        raise _wrong(where + key, "", "is missing but it is required")
    if not is_id(value):
        raise _wrong(where + key, value, "does not match the regex pattern ^[0-9]{1,19}$")
    return str(value)


def _wrong(name: str, value: str, what: str) -> problems.Problem:
    return problems.invalid([(name, value, f"{name}: {what}")])
