"""Block Kit as plain values: the few blocks the desk uses, and the same told as text for screen readers.

Sentences and outside text are `rich_text` or `plain_text`, which Slack never parses; `mrkdwn` appears only
for dates and links in context blocks and is built from the catalogue and checked addresses alone. Limits are
those of Block Kit and are checked by `slack_sdk.models` in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack import safe

Block = dict[str, Any]
#: One element of a context block, or one leaf of a rich text.
Element = dict[str, Any]

#: Block Kit lets a text object hold 3,000 characters, an alt text 2,000, a button 75 and a context block 10
#: elements.
PART_LIMIT = 3000
ALT_LIMIT = 2000
LABEL_LIMIT = 75
CONTEXT_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message as Slack takes it: blocks, which are shown, and top-level text (harmless, at most 4,000) for
    notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]


def drawn(blocks: Iterable[Block]) -> Drawn:
    """The message of these blocks; its text tells all that they show. Where that is too long, addresses go
    before words: the end of a long list says how much more there is."""
    kept = tuple(blocks)
    text = whole = spoken(kept)
    if len(whole) > safe.TEXT_LIMIT:
        without = spoken(kept, addresses=False)
        text = without if len(without) <= safe.TEXT_LIMIT else safe.cut_escaped(whole)
    return Drawn(text, kept)


def words(text: str, *, bold: bool = False) -> Element:
    """A leaf of rich text, shown exactly as it is."""
    return {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}


def bold(leaves: Iterable[Element]) -> list[Element]:
    """The same leaves with their words in bold; Slack has no bold moments."""
    return [{**leaf, "style": {"bold": True}} if leaf["type"] == "text" else leaf for leaf in leaves]


def link(url: str, label: str) -> Element:
    """A leaf of rich text that opens `url`."""
    return {"type": "link", "url": url, "text": label}


def section(leaves: Sequence[Element]) -> Element:
    """A paragraph of rich text."""
    return {"type": "rich_text_section", "elements": list(leaves)}


def struck(leaves: Sequence[Element]) -> list[Element]:
    """The same words and links, struck out."""
    return [{**leaf, "style": {**leaf.get("style", {}), "strike": True}} for leaf in leaves]


def quote(text: str) -> Element:
    """Outside text, set apart and exactly as it is."""
    return {"type": "rich_text_quote", "elements": [words(text)]}


def copyable(text: str) -> list[Element]:
    """Text to copy, in as many boxes as it takes."""
    return [
        {"type": "rich_text_preformatted", "elements": [words(part)]} for part in safe.parts(text, PART_LIMIT)
    ]


def rich(*elements: Element) -> Block:
    """A block of rich text."""
    return {"type": "rich_text", "elements": list(elements)}


def quotes(text: str) -> list[Block]:
    """Outside text of any length in as many blocks as it takes; none for empty text."""
    return [rich(quote(part)) for part in safe.parts(text, PART_LIMIT)]


def plain(text: str) -> Element:
    """A context element that Slack does not parse."""
    return {"type": "plain_text", "text": safe.cut(text, PART_LIMIT), "emoji": False}


def mrkdwn(text: str) -> Element:
    """A context element of our own words and date tokens."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def avatar(url: str, alt: str) -> Element:
    """A small picture for a context block."""
    return {"type": "image", "image_url": url, "alt_text": safe.cut(alt, ALT_LIMIT)}


def context(elements: Sequence[Element]) -> Block:
    """A line of small print."""
    return {"type": "context", "elements": list(elements[:CONTEXT_LIMIT])}


def image(url: str, alt: str) -> Block:
    """A picture across the message."""
    return {"type": "image", "image_url": url, "alt_text": safe.cut(alt, ALT_LIMIT)}


def button(label: str, action: str, value: str, style: str = "", url: str = "") -> Element:
    """A button; `style` is "primary", "danger" or empty, `url` makes it open an address as well."""
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": safe.cut(label, LABEL_LIMIT), "emoji": False},
        "action_id": action,
        "value": value,
        **({"style": style} if style else {}),
        **({"url": url} if url else {}),
    }


def menu(label: str, action: str, chosen: str, options: Sequence[tuple[str, str]]) -> Element:
    """A menu in which one option may be chosen already; an option is a value and what it shows."""
    shown = [
        {"text": {"type": "plain_text", "text": safe.cut(text, LABEL_LIMIT), "emoji": False}, "value": value}
        for value, text in options
    ]
    initial = [{"initial_option": option} for option in shown if option["value"] == chosen]
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": {"type": "plain_text", "text": safe.cut(label, LABEL_LIMIT), "emoji": False},
        "options": shown,
        **(initial[0] if initial else {}),
    }


def actions(buttons: Sequence[Element]) -> list[Block]:
    """A row of buttons, whose action ids must differ: equal ones get a number, "dismiss_reason:1".

    What comes before the colon is the action; listeners match on that. No buttons, no block.
    """
    if not buttons:
        return []
    ids = [str(element["action_id"]) for element in buttons]
    numbered = [
        {**element, "action_id": f"{name}:{number}"} if ids.count(name) > 1 else element
        for number, (element, name) in enumerate(zip(buttons, ids, strict=True), start=1)
    ]
    return [{"type": "actions", "elements": numbered}]


def keyed(blocks: Sequence[Block], key: str) -> list[Block]:
    """The blocks with `key` as the id of the first one, by which the message can be found again."""
    first, *rest = blocks
    return [{**first, "block_id": key}, *rest]


def spoken(blocks: Iterable[Block], *, addresses: bool = True) -> str:
    """What the blocks show, as text with one line a block in which only what is ours has an effect; buttons
    are left out."""
    lines = (_spoken_block(block, addresses) for block in blocks)
    return "\n".join(line for line in lines if line)


def _spoken_block(block: Block, addresses: bool) -> str:
    match block["type"]:
        case "context":
            return " · ".join(filter(None, (spoken_leaf(e, addresses) for e in block["elements"])))
        case "rich_text":
            return "\n".join(
                "".join(spoken_leaf(element, addresses) for element in paragraph["elements"])
                for paragraph in block["elements"]
            )
        case "image":
            return safe.unmarked(block["alt_text"])
        case _:
            return ""


def spoken_leaf(element: Element, addresses: bool = True) -> str:
    """What a leaf of rich text or an element of a context block shows, as mrkdwn."""
    match element:
        case {"type": "mrkdwn", "text": text}:
            return str(text)
        case {"type": "text" | "plain_text", "text": text}:
            return safe.unmarked(text)
        case {"type": "link", "text": label} if not addresses:
            return safe.unmarked(label)
        case {"type": "link", "url": url, "text": label}:
            return f"<{safe.escape(url)}|{safe.unmarked(label)}>"
        case {"type": "user", "user_id": user}:
            return f"<@{user}>"
        case {"type": "broadcast", "range": range_}:
            return f"<!{range_}>"
        case {"type": "usergroup", "usergroup_id": group}:
            return f"<!subteam^{group}>"
        case {"type": "emoji", "name": name}:
            return f":{name}:"
        case {"type": "date", "timestamp": at, "format": form, "fallback": fallback}:
            return f"<!date^{at}^{form}|{safe.escape(fallback)}>"
        case _:
            return ""
