"""Slack's mrkdwn, as the API sends it for messages without blocks, as plain text."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.slack.scribe import Scribe

#: What Slack puts between angle brackets. A mention without its end was cut off; it must not slip through.
_TOKEN = re.compile(r"<([@#!][^<>\s|]+(?:\|[^<>]*)?)>?|<([a-z][a-z0-9+.-]*:[^<>|]+(?:\|[^<>]*)?)>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">"}

_BLOCK_CODE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
#: Underscores in addresses and handles are no formatting.
_NAMES = re.compile(r"https?://[^\s\x00]+|(?<![^\W_])@\w+")
_EMOJI = re.compile(
    r"(?P<before>\d?):(?P<name>[a-z0-9_+'-]+):(?::skin-tone-(?P<tone>[2-6]):)?(?=(?P<after>\d?))"
)
_QUOTED = re.compile(r"^(?:&gt;(?:&gt;&gt;)?) ?", re.MULTILINE)

#: A mark formats when it stands before a word and after one: not in 2*3*4, snake_case or a lone "*".
_FORMATS = [
    re.compile(
        rf"(?<![^\W_])(?<!{mark}){mark}(?=[^\s{mark}])([^{mark}\n]*?[^\s{mark}]){mark}(?!{mark})(?![^\W_])"
    )
    for mark in (r"\*", "_", "~")
]

_KEPT = re.compile(r"\x00(\d+)\x00")


def mrkdwn(text: str, scribe: Scribe) -> str:
    """The text without markup. Formatting marks go by Slack's own rules, entities are decoded once."""
    kept: list[str] = []

    def keep(done: str) -> str:
        """Put finished text out of reach of what follows."""
        kept.append(done)
        return f"\x00{len(kept) - 1}\x00"

    def keeping(make: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
        return lambda match: keep(make(match))

    text = text.replace("\x00", "")
    text = _TOKEN.sub(keeping(lambda token: _token(token[1] or token[2], scribe)), text)
    text = _BLOCK_CODE.sub(keeping(lambda code: scribe.words(decoded(code[1]))), text)
    text = _CODE.sub(keeping(lambda code: scribe.words(decoded(code[1]))), text)
    text = _NAMES.sub(keeping(lambda name: scribe.words(decoded(name[0]))), text)
    text = _EMOJI.sub(lambda found: _emoji(found, scribe, keep), text)
    text = _QUOTED.sub("", text)
    for form in _FORMATS:
        text = form.sub(r"\1", text)
    text = decoded(text)
    while _KEPT.search(text):
        text = _KEPT.sub(lambda place: kept[int(place[1])], text)
    return text


def decoded(text: str) -> str:
    """The text with Slack's three entities as characters, once: "&amp;lt;" is "&lt;"."""
    return _ENTITY.sub(lambda entity: _CHARACTERS[entity[1]], text)


def _token(token: str, scribe: Scribe) -> str:
    """What stands between angle brackets."""
    target, _, label = token.partition("|")
    match target[:1]:
        case "@":
            return scribe.colleague()
        case "#":
            return scribe.channel()
        case "!":
            return _special(target[1:], decoded(label), scribe)
        case _:
            return scribe.link(decoded(target), decoded(label))


def _special(command: str, label: str, scribe: Scribe) -> str:
    kind, _, _ = command.partition("^")
    if kind == "date":
        return label
    if kind in {"here", "channel", "everyone", "group"}:
        return scribe.broadcast(kind)
    return scribe.colleague()


def _emoji(found: re.Match[str], scribe: Scribe, keep: Callable[[str], str]) -> str:
    """An emoji by its name. Between digits it is a time or a ratio; a name without a letter is one only when
    Unicode has it."""
    name, before = found["name"], found["before"]
    if before and found["after"]:
        return found[0]
    tone = int(found["tone"]) if found["tone"] else None
    if not any(char.isalpha() for char in name) and not scribe.knows(name):
        return found[0]
    return before + keep(scribe.emoji(name, tone))
