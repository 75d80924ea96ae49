"""Block Kit: what messages, modals and home tabs may hold, and what Slack says of what they may not.

Limits: docs.slack.dev/reference/block-kit. Blocks that the product has no use for (tables, cards, carousels,
plans) are not supported here, which is stricter than Slack.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.slack.elements import (
    ID,
    IMAGE,
    accessory,
    action,
    context_element,
    form_input,
    image_source,
    plain,
    section_content,
    text,
)
from bot.sandbox.slack.errors import faulty
from bot.sandbox.slack.model import Json
from bot.sandbox.slack.rich_text import rich_text_element
from bot.sandbox.slack.shapes import (
    Fields,
    Report,
    Required,
    address,
    both,
    flag,
    items,
    no_repeats,
    objects_in,
    string,
    typed,
)

#: Characters of all markdown blocks of a message together.
MARKDOWN_MOST = 12_000

_BLOCKS: dict[str, Fields] = {
    "section": {
        "text": text(3000),
        "fields": items(text(2000), 10),
        "accessory": accessory,
        "expand": flag,
    },
    "header": {"text": Required(plain(150))},
    "context": {"elements": Required(items(context_element, 10))},
    "actions": {"elements": Required(items(action, 25))},
    "divider": {},
    "image": {**IMAGE, "title": plain(2000)},
    "input": {
        "label": Required(plain(2000)),
        "element": Required(form_input),
        "hint": plain(2000),
        "optional": flag,
        "dispatch_action": flag,
    },
    "rich_text": {"elements": Required(items(rich_text_element, 100))},
    "video": {
        "alt_text": Required(string(2000, 1)),
        "title": Required(plain(200)),
        "video_url": Required(address),
        "thumbnail_url": Required(address),
        "title_url": address,
        "description": plain(200),
        "author_name": string(50),
        "provider_name": string(50),
        "provider_icon_url": address,
    },
}
_MARKDOWN: dict[str, Fields] = {"markdown": {"text": Required(string(MARKDOWN_MOST, 1))}}


def _with_block_id(kinds: dict[str, Fields]) -> dict[str, Fields]:
    return {kind: {"block_id": ID, **fields} for kind, fields in kinds.items()}


def _action_ids(block: Any) -> list[str]:
    return [str(element["action_id"]) for element in objects_in(block) if "action_id" in element]


def _block_ids(blocks: Any) -> list[str]:
    if not isinstance(blocks, list):
        return []
    return [str(block["block_id"]) for block in blocks if isinstance(block, dict) and "block_id" in block]


_extras = both(section_content, image_source, no_repeats("action_id", _action_ids))
_message_block = both(typed(_with_block_id({**_BLOCKS, **_MARKDOWN})), _extras)
_view_block = both(typed(_with_block_id(_BLOCKS)), _extras)
_unique_blocks = no_repeats("block_id", _block_ids)
_message_blocks = both(items(_message_block, 50, least=0), _unique_blocks)

_VIEW: Fields = {
    "blocks": Required(both(items(_view_block, 100, least=0), _unique_blocks)),
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_view = typed(
    {
        "modal": {
            **_VIEW,
            "title": Required(plain(24)),
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
        },
        "home": _VIEW,
    }
)


def check_message(blocks: list[Json]) -> None:
    """Refuse blocks that Slack would refuse in a message, with `invalid_blocks` and the reasons."""
    report: Report = []
    _message_blocks(blocks, "/blocks", report)
    markdown = sum(len(str(block.get("text", ""))) for block in blocks if _is(block, "markdown"))
    if markdown > MARKDOWN_MOST:
        report.append(f"must be less than {MARKDOWN_MOST + 1} characters [json-pointer:/blocks]")
    if report:
        raise faulty("invalid_blocks", report)


def check_view(view: Json, kind: str) -> None:
    """Refuse a view that Slack would refuse, with `invalid_arguments` and the reasons.

    `kind` is what the method takes: "modal" or "home".
    """
    report: Report = []
    _view(view, "/view", report)
    if view.get("type") != kind:
        report.append(f"must be a {kind} [json-pointer:/view/type]")
    blocks = view.get("blocks")
    has_input = isinstance(blocks, list) and any(_is(block, "input") for block in blocks)
    if kind == "modal" and has_input and "submit" not in view:
        report.append("missing required field: submit [json-pointer:/view]")
    if report:
        raise faulty("invalid_arguments", report)


def _is(block: Any, kind: str) -> bool:
    return isinstance(block, dict) and block.get("type") == kind
