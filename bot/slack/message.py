"""A message of an agent in Slack as the work wants it: where it stands, what it says, what holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bot.cases.characters import clean
from bot.cases.model import MessageRef
from bot.cases.said import Sentence, say
from bot.guide.intent import Meant
from bot.slack.safe import escape
from bot.slack.scribe import Problem, ProblemKind, Scribe, decoded, mrkdwn
from bot.work import doors, threads
from bot.work.actions import MEANINGS

Message = dict[str, Any]

#: A word behind the mark of words for the bot; behind another one, such as "! ", only those that are known.
_MARKED = re.compile(r"\s*([!！]+ ?)([^\W\d_].*)", re.DOTALL)


def read(channel: str, message: Message, workspace_host: str) -> threads.Written | None:
    """A person's message in a thread as the work wants it; None for everything else: bots, workflows, the
    first message of a thread, the shell that a deleted message leaves behind."""
    ts, thread_ts = message.get("ts", ""), message.get("thread_ts", "")
    if not thread_ts or thread_ts == ts or not message.get("user") or message.get("bot_id"):
        return None
    if message.get("subtype") not in (None, "thread_broadcast", "file_share"):
        return None
    text, edited = plain(message, workspace_host), (message.get("edited") or {}).get("ts", "")
    return threads.Written(
        ref=MessageRef(channel, ts),
        thread=MessageRef(channel, thread_ts),
        text=text.text,
        at=datetime.fromtimestamp(float(ts), UTC),
        blocked=hold_of(text),
        edited=edited,
        edited_at=datetime.fromtimestamp(float(edited), UTC) if edited else None,
        typed=text.typed,
    )


def word_in_channel(message: Message) -> tuple[str, str]:
    """The word for the bot, known or not, that a person's message in the channel itself is, and what follows
    it; "" when it is none."""
    in_thread = message.get("thread_ts") not in (None, "", message.get("ts"))
    if in_thread or not message.get("user") or message.get("bot_id") or message.get("subtype"):
        return "", ""
    marked = _MARKED.match(str(message.get("text") or ""))
    meant = doors.meant(f"!{marked[2]}") if marked else None
    if marked is None or meant is None or meant.meant is not Meant.COMMAND:
        return "", ""
    is_word = marked[1] == "!" or meant.word in MEANINGS
    return (meant.typed or meant.word, meant.rest) if is_word else ("", "")


def changed(event: Message) -> Message:
    """A message as it is after a change. Slack does not call it edited when its files were deleted; for us
    that is an edit, and has the stamp of the event."""
    message: Message = event.get("message") or {}
    if not has_files(event.get("previous_message") or {}) or has_files(message):
        return message
    stamp = max((message.get("edited") or {}).get("ts", ""), event.get("event_ts") or event.get("ts", ""))
    return {**message, "edited": {"ts": stamp}}


def hold_of(text: Plain) -> Sentence | None:
    """What in a text must not leave the house, as the reason to hold it; the first says enough."""
    if not text.problems:
        return None
    problem = text.problems[0]
    return say(f"hold.{problem.kind.value}", emoji=problem.shown, shown=problem.shown)


__all__ = ["Plain", "Problem", "ProblemKind", "plain"]

_CALLS_CHANNEL = re.compile(r"(?<![\w@/.])@(here|channel|everyone)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Plain:
    """A message as it would be published."""

    text: str
    #: The same without the bullets and numbers of lists, which Slack draws and nobody typed.
    typed: str
    problems: tuple[Problem, ...] = ()


def plain(message: Mapping[str, Any], workspace_host: str = "") -> Plain:
    """The text of a Slack message event as it would be published.

    Its rich_text blocks count where it has them, since they say exactly what is formatting and what is not;
    otherwise its `text` in mrkdwn. Any other part that an agent sees and the text does not say, such as a
    table or a message passed on, is a problem. `workspace_host` is the host of the workspace's own pages:
    links there are of no use to customers, as those to slack.com.
    """
    scribe = Scribe(workspace_host)
    sent = str(message.get("text") or "")
    blocks = message.get("blocks") or ()
    if blocks and all(_is_rich_text(block) for block in blocks):
        parts = [part for block in blocks for part in rich_text(block, scribe, sent)]
        text = "\n".join(part.mark + part.words for part in parts)
        typed_text = "\n".join(part.words for part in parts)
        if len({part.is_quote for part in parts if part.words.strip()}) > 1:
            scribe.quoted()
    else:
        text = typed_text = mrkdwn(sent, scribe)
        if blocks:
            scribe.unknown()
    if has_files(message):
        scribe.files()
    if not all(_is_preview(attachment) for attachment in message.get("attachments") or ()):
        scribe.unknown()
    return _plain(text, typed_text, scribe)


def typed(text: str, workspace_host: str = "") -> Plain:
    """What follows a slash command, as it would be published.

    Slack turns names and links in it into its own markup where the app asked for that, and leaves words that
    call the channel as they were typed.
    """
    scribe = Scribe(workspace_host)
    line = mrkdwn(text, scribe)
    for whom in _CALLS_CHANNEL.findall(line):
        scribe.broadcast(whom)
    return _plain(line, line, scribe)


def has_files(message: Mapping[str, Any]) -> bool:
    """Whether files hang on a message. Slack keeps the place of one that was deleted."""
    hanging = message.get("files") or ()
    return any(not (isinstance(file, Mapping) and file.get("mode") == "tombstone") for file in hanging)


def _plain(text: str, typed_text: str, scribe: Scribe) -> Plain:
    text = clean(text)
    scribe.look_for_addresses(text)
    return Plain(text, clean(typed_text), scribe.problems)


def _is_rich_text(block: Any) -> bool:
    return isinstance(block, Mapping) and block.get("type") == "rich_text"


def _is_preview(attachment: Any) -> bool:
    """Whether this only shows what a link leads to, and the text has the link. Who pastes a table or passes a
    message on says more than that."""
    if not isinstance(attachment, Mapping) or attachment.get("is_msg_unfurl") or attachment.get("is_share"):
        return False
    return any(attachment.get(link) for link in ("from_url", "original_url", "app_unfurl_url"))


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
