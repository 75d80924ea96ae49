"""Message text: how Slack stores what was posted, and whom a stored message would notify."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.slack.emoji import named
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.shapes import objects_in

_ENTITY = re.compile(
    r"<(?:@[UWB][A-Z0-9]+|#C[A-Z0-9]+|!(?:here|channel|everyone)|!subteam\^S[A-Z0-9]+|!date\^[^<>]+"
    r"|(?:https?://|mailto:|tel:)[^<>|\s]+)(?:\|[^<>]*)?>"
)
_BARE_LINK = re.compile(r"https?://[^\s<>|]*[^\s<>|.,;:!?'\")\]}]")
_BARE_NAME = re.compile(r"(?<![\w@/.])@([a-z0-9][a-z0-9._-]*)", re.IGNORECASE)
_BARE_CHANNEL = re.compile(r"(?<![\w#/&])#([a-z0-9][a-z0-9_-]*)")
_BARE_USER = re.compile(r"<@([UW][A-Z0-9]+)>")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_PINGING_ENTITY = re.compile(
    r"<(?:@(?P<user>[UW][A-Z0-9]+)|!(?P<room>here|channel|everyone)|!subteam\^(?P<group>S[A-Z0-9]+))"
)
_ROOM_WORDS = ("here", "channel", "everyone")


def stored(
    text: str, parse: str, link_names: bool, names: Mapping[str, str], channels: Mapping[str, str]
) -> str:
    """The text as Slack keeps it.

    Entities stay; any other `&`, `<` and `>` is escaped; Unicode emoji become names; addresses become
    links unless `parse` is "none"; with `parse` "full" or "client", or `link_names`, bare `@name` and
    `#name` become entities. `names` maps handles to user ids, `channels` maps channel names to ids.
    """
    pieces: list[str] = []
    end = 0
    for match in _ENTITY.finditer(text):
        pieces += [_plain(text[end : match.start()], parse, link_names, names, channels), match[0]]
        end = match.end()
    pieces.append(_plain(text[end:], parse, link_names, names, channels))
    return "".join(pieces)


def escaped(text: str, names: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """What is sent of the text behind a slash command that wants it escaped: as it would be kept, with every
    user and channel by id and name."""
    handles = {user: handle for handle, user in names.items()}
    kept = stored(text, "full", True, names, channels)
    return _BARE_USER.sub(lambda match: f"<@{match[1]}|{handles.get(match[1], '')}>", kept)


def _plain(
    text: str, parse: str, link_names: bool, names: Mapping[str, str], channels: Mapping[str, str]
) -> str:
    text = _AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    text = named(text)
    if parse != "none":
        text = _BARE_LINK.sub(lambda match: f"<{match[0]}>", text)
    if link_names or parse in ("full", "client"):
        text = _BARE_NAME.sub(lambda match: _mention(match[0], match[1].lower(), names), text)
        text = _BARE_CHANNEL.sub(
            lambda match: f"<#{channels[match[1]]}|{match[1]}>" if match[1] in channels else match[0], text
        )
    return text


def _mention(written: str, name: str, names: Mapping[str, str]) -> str:
    if name in _ROOM_WORDS:
        return f"<!{name}>"
    return f"<@{names[name]}>" if name in names else written


def pings(message: Message | Mapping[str, Any], names: Mapping[str, str] | None = None) -> set[str]:
    """Whom showing this message would notify: user ids, group ids, "here", "channel", "everyone".

    Looks at the top-level text, at every mrkdwn object whose automatic parsing is not switched off
    (`verbatim`), at markdown blocks, at rich-text mentions and at attachments. `names` maps handles to user
    ids, for bare `@name` where it would be parsed.
    """
    fields = message.fields if isinstance(message, Message) else message
    parse = message.parse if isinstance(message, Message) else str(fields.get("parse", ""))
    link_names = message.link_names if isinstance(message, Message) else bool(fields.get("link_names"))
    found = _in_text(str(fields.get("text", "")), link_names or parse in ("full", "client"), names or {})
    for text, bare in _texts([fields.get("blocks"), fields.get("attachments")]):
        found |= _in_text(text, bare, names or {})
    for element in objects_in(fields.get("blocks")):
        match element:
            case {"type": "user", "user_id": user}:
                found.add(str(user))
            case {"type": "usergroup", "usergroup_id": group}:
                found.add(str(group))
            case {"type": "broadcast", "range": words}:
                found.add(str(words))
    return found


def _in_text(text: str, bare: bool, names: Mapping[str, str]) -> set[str]:
    found = {str(match[match.lastgroup or 0]) for match in _PINGING_ENTITY.finditer(text)}
    if bare:
        for match in _BARE_NAME.finditer(_ENTITY.sub(" ", text)):
            name = match[1].lower()
            if name in _ROOM_WORDS or name in names:
                found.add(names.get(name, name))
    return found


def _texts(node: Any) -> Iterator[tuple[str, bool]]:
    """Every text in blocks and attachments that is parsed, with whether bare names in it are parsed too."""
    match node:
        case list():
            for item in node:
                yield from _texts(item)
        case {"type": "mrkdwn", "text": str(text), **rest}:
            yield text, not rest.get("verbatim", False)
        case {"type": "markdown", "text": str(text)}:
            yield text, True
        case {"type": "plain_text" | "text" | "raw_text"}:
            return
        case dict():
            for key, value in node.items():
                if (
                    isinstance(value, str)
                    and key in ("text", "pretext", "value", "title")
                    and "type" not in node
                ):
                    yield value, True
                else:
                    yield from _texts(value)
