"""A message of an agent in Slack as the work wants it: where it stands, what it says, what holds it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from bot.cases.model import MessageRef
from bot.cases.said import Said, say
from bot.guide.intent import Meant
from bot.slack.plain import Plain, has_files, plain
from bot.work import commands, threads
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
        problem=hold_of(text),
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
    meant = commands.meant(f"!{marked[2]}") if marked else None
    if marked is None or meant is None or meant.meant is not Meant.COMMAND:
        return "", ""
    is_word = marked[1] == "!" or meant.word in MEANINGS
    return (meant.typed or meant.word, meant.rest) if is_word else ("", "")


def changed(event: Message) -> Message:
    """A message as it is after a change. Slack does not call it edited when its files were deleted; for us
    that is an edit, and bears the stamp of the event."""
    message: Message = event.get("message") or {}
    if not has_files(event.get("previous_message") or {}) or has_files(message):
        return message
    stamp = max((message.get("edited") or {}).get("ts", ""), event.get("event_ts") or event.get("ts", ""))
    return {**message, "edited": {"ts": stamp}}


def hold_of(text: Plain) -> Said | None:
    """What in a text must not leave the house, as the reason to hold it; the first says enough."""
    if not text.problems:
        return None
    problem = text.problems[0]
    return say(f"hold.{problem.kind.value}", emoji=problem.shown, shown=problem.shown)
