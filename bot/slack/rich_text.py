"""Slack's rich_text blocks, as composed in the client, as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.slack.scribe import Scribe


def rich_text(block: Mapping[str, Any], scribe: Scribe) -> str:
    """The text of a rich_text block: one line a paragraph, list items with their bullet or number."""
    lines: list[str] = []
    #: Next number of each ordered list by its indentation; a nested list comes in between as one of its own.
    numbers: dict[int, int] = {}
    for element in _maps(block.get("elements")):
        if element.get("type") == "rich_text_list":
            lines += _list(element, scribe, numbers)
        else:
            numbers.clear()
            lines.append(_leaves(element, scribe).removesuffix("\n"))
    return "\n".join(lines)


def _list(element: Mapping[str, Any], scribe: Scribe, numbers: dict[int, int]) -> Iterator[str]:
    indent = _whole(element.get("indent"))
    for deeper in [level for level in numbers if level > indent]:
        del numbers[deeper]
    number = max(numbers.get(indent, 1), _whole(element.get("offset")) + 1)
    for item in _maps(element.get("elements")):
        mark = f"{number}." if element.get("style") == "ordered" else "•"
        number += 1
        yield f"{'  ' * indent}{mark} {_leaves(item, scribe)}"
    numbers[indent] = number


def _leaves(element: Mapping[str, Any], scribe: Scribe) -> str:
    return "".join(_leaf(leaf, scribe) for leaf in _maps(element.get("elements")))


def _leaf(leaf: Mapping[str, Any], scribe: Scribe) -> str:
    match leaf.get("type"):
        case "text":
            return str(leaf.get("text", ""))
        case "link":
            return scribe.link(str(leaf.get("url", "")), str(leaf.get("text") or ""))
        case "emoji":
            tone = _whole(leaf.get("skin_tone")) or None
            return scribe.emoji(str(leaf.get("name", "")), tone, str(leaf.get("unicode") or ""))
        case "user" | "usergroup" | "team":
            return scribe.colleague()
        case "channel":
            return scribe.channel()
        case "broadcast":
            return scribe.broadcast(str(leaf.get("range", "")))
        case "date":
            return str(leaf.get("fallback") or "")
        case "color":
            return str(leaf.get("value") or "")
        case _:
            return ""


def _maps(values: Any) -> Sequence[Mapping[str, Any]]:
    return [value for value in values if isinstance(value, Mapping)] if isinstance(values, list) else []


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0
