"""A message of an agent as plain text for the network, with what should not be published in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.mrkdwn import mrkdwn
from bot.slack.rich_text import rich_text
from bot.slack.scribe import Problem, ProblemKind, Scribe

__all__ = ["Plain", "Problem", "ProblemKind", "plain"]


#: Blanks around a text, and what pasting leaves there without being seen: a note must begin with its mark.
_UNSEEN_ENDS = re.compile(r"^[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+$")


@dataclass(frozen=True, slots=True)
class Plain:
    """A message as it would be published."""

    text: str
    problems: tuple[Problem, ...] = ()


def plain(message: Mapping[str, Any], workspace_host: str = "") -> Plain:
    """The text of a Slack message event as it would be published.

    Its rich_text blocks count where it has them, since they say exactly what is formatting and what is not;
    otherwise its `text` in mrkdwn. `workspace_host` is the host of the workspace's own pages: links there are
    of no use to customers, as those to slack.com.
    """
    scribe = Scribe(workspace_host)
    blocks = [block for block in message.get("blocks") or () if isinstance(block, Mapping)]
    if blocks and all(block.get("type") == "rich_text" for block in blocks):
        text = "\n".join(rich_text(block, scribe) for block in blocks)
    else:
        text = mrkdwn(str(message.get("text") or ""), scribe)
    if message.get("files"):
        scribe.files()
    return Plain(_UNSEEN_ENDS.sub("", text.replace("\r\n", "\n")), scribe.problems)
