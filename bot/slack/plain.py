"""A message of an agent as plain text for the network, with what should not be published in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.cases.characters import clean
from bot.slack.mrkdwn import mrkdwn
from bot.slack.rich_text import rich_text
from bot.slack.scribe import Problem, ProblemKind, Scribe

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
