"""Slack's rich_text blocks, as composed in the client, as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.slack.mrkdwn import decoded
from bot.slack.safe import escape
from bot.slack.scribe import Scribe

_LINES = frozenset({"rich_text_section", "rich_text_quote", "rich_text_preformatted"})
_ENTITY = re.compile(r"&(?:amp|lt|gt);")


class Part(NamedTuple):
    """One paragraph or list item: its bullet or number as it is shown, which nobody typed, and its words."""

    mark: str
    words: str
    is_quote: bool = False


def rich_text(block: Mapping[str, Any], scribe: Scribe, sent: str = "") -> list[Part]:
    """The text of a rich_text block, a paragraph or list item a part.

    `sent` is the message's own `text`, which tells whether Slack escaped what the block says. Whatever is not
    understood is a problem of its own, and leaves nothing.
    """
    return _RichText(scribe, sent).block(block)


class _RichText:
    """One block on its way to plain text."""

    def __init__(self, scribe: Scribe, sent: str) -> None:
        self._scribe = scribe
        self._sent = sent
        #: Next number of each ordered list by its indentation; a nested list comes in between as one of its
        #: own.
        self._numbers: dict[int, int] = {}

    def block(self, block: Mapping[str, Any]) -> list[Part]:
        """All of it."""
        lines: list[Part] = []
        for element in self._parts(block):
            if element.get("type") == "rich_text_list":
                lines += self._list(element)
            else:
                self._numbers.clear()
                is_quote = element.get("type") == "rich_text_quote"
                lines.append(Part("", self._line(element).removesuffix("\n"), is_quote))
        return lines

    def _list(self, element: Mapping[str, Any]) -> Iterator[Part]:
        numbers = self._numbers
        indent, style = _whole(element.get("indent")), element.get("style")
        if style not in ("bullet", "ordered"):
            self._scribe.unknown()
        for deeper in [level for level in numbers if level > indent]:
            del numbers[deeper]
        number = max(numbers.get(indent, 1), _whole(element.get("offset")) + 1)
        for item in self._parts(element):
            mark = f"{number}." if style == "ordered" else "•"
            number += 1
            yield Part(f"{'  ' * indent}{mark} ", self._line(item))
        numbers[indent] = number

    def _line(self, element: Mapping[str, Any]) -> str:
        if element.get("type") not in _LINES:
            return self._scribe.unknown()
        return "".join(self._styled(leaf) for leaf in self._parts(element))

    def _styled(self, leaf: Mapping[str, Any]) -> str:
        """A leaf, of whose style only crossing out says something that the words do not."""
        style, shown = leaf.get("style"), self._leaf(leaf)
        is_struck = isinstance(style, Mapping) and style.get("strike")
        return self._scribe.struck(shown) if is_struck else shown

    def _leaf(self, leaf: Mapping[str, Any]) -> str:
        scribe = self._scribe
        match leaf:
            case {"type": "text", "text": str(text)}:
                return self._typed(text)
            # An address that Slack shows as the title of what it leads to is a link as well.
            case {"type": "link" | "attachment_mention", "url": str(url), **rest} if url:
                return scribe.link(self._typed(url), self._typed(str(rest.get("text") or "")))
            case {"type": "emoji", "name": str(name), **rest}:
                tone = _whole(rest.get("skin_tone")) or None
                return scribe.emoji(name, tone, str(rest.get("unicode") or ""))
            case {"type": "user" | "usergroup" | "team"}:
                return scribe.colleague()
            case {"type": "channel"}:
                return scribe.channel()
            case {"type": "broadcast"}:
                return scribe.broadcast(str(leaf.get("range", "")))
            case {"type": "date", "fallback": str(text), **rest} if text.strip():
                url, shown = self._typed(str(rest.get("url") or "")), self._typed(text)
                return scribe.link(url, shown) if url else shown
            case {"type": "color", "value": str(text)} if text.strip():
                return self._typed(text)
            case _:
                return scribe.unknown()

    def _typed(self, text: str) -> str:
        """A text as it was typed, whether Slack escaped it here or not: the message's own text always is."""
        lines = [line for line in text.splitlines() if _ENTITY.search(line)]
        is_escaped = any(line in self._sent and escape(line) not in self._sent for line in lines)
        return decoded(text) if is_escaped else text

    def _parts(self, whole: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """The elements of a block, a list or a line."""
        parts = whole.get("elements")
        found = [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []
        if not isinstance(parts, list) or len(found) < len(parts):
            self._scribe.unknown()
        return found


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0
