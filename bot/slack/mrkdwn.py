"""Slack's mrkdwn, as the API sends it for messages without blocks, as plain text."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.slack.scribe import Scribe

#: Where something between angle brackets begins or ends. Any other bracket is what it looks like.
_BRACKET = re.compile(r"<(?=[@#!][^\s<>|])|<(?=[a-z][a-z0-9+.-]*:[^\s<>|])|>", re.IGNORECASE)
#: A mention without its end was cut off; it must not slip through.
_CUT_OFF = re.compile(r"[@#!][^\s<>|]+(?:\|[^<>\x00]*)?")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">"}

_BLOCK_CODE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
#: Underscores in addresses and handles are no formatting.
_NAMES = re.compile(r"https?://[^\s\x00]+|(?<![^\W_])@\w+")
_EMOJI = re.compile(
    r"(?P<before>\d?):(?P<name>[a-z0-9_+'-]+):(?::skin-tone-(?P<tone>[2-6]):)?(?=(?P<after>\d?))"
)
_QUOTED = re.compile(r"&gt;(?:&gt;&gt;)? ?")


#: A mark formats when it stands before a word and after one: not in 2*3*4, snake_case or a lone "*".
def _format(mark: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![^\W_])(?<!{mark}){mark}(?=[^\s{mark}])([^{mark}\n]*?[^\s{mark}]){mark}(?!{mark})(?![^\W_])"
    )


_FORMATS = (_format(r"\*"), _format("_"))
_STRUCK = _format("~")

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

    text = _tokens(text.replace("\x00", ""), scribe, keep)
    text = _BLOCK_CODE.sub(keeping(lambda code: decoded(code[1])), text)
    text = _CODE.sub(keeping(lambda code: decoded(code[1])), text)
    text = _NAMES.sub(keeping(lambda name: decoded(name[0])), text)
    text = _EMOJI.sub(lambda found: _emoji(found, scribe, keep), text)
    text = _unquoted(text, scribe)
    for form in _FORMATS:
        text = form.sub(r"\1", text)
    text = _STRUCK.sub(lambda struck: scribe.struck(struck[1]), text)
    text = decoded(text)
    while _KEPT.search(text):
        text = _KEPT.sub(lambda place: kept[int(place[1])], text)
    return text


def decoded(text: str) -> str:
    """The text with Slack's three entities as characters, once: "&amp;lt;" is "&lt;"."""
    return _ENTITY.sub(lambda entity: _CHARACTERS[entity[1]], text)


def _tokens(text: str, scribe: Scribe, keep: Callable[[str], str]) -> str:
    """The text with all that stands between angle brackets done, one in the label of another first."""
    #: What is read of the text itself, and of each bracket that is open at this place.
    open_parts: list[list[str]] = [[]]
    place = 0
    for bracket in _BRACKET.finditer(text):
        open_parts[-1].append(text[place : bracket.start()])
        place = bracket.end()
        if bracket[0] == "<":
            open_parts.append([])
        elif len(open_parts) > 1:
            token = "".join(open_parts.pop())
            open_parts[-1].append(keep(_token(token, scribe)))
        else:
            open_parts[-1].append(">")
    open_parts[-1].append(text[place:])
    whole, *never_closed = map("".join, open_parts)
    return whole + "".join(_cut_off(rest, scribe, keep) for rest in never_closed)


def _cut_off(rest: str, scribe: Scribe, keep: Callable[[str], str]) -> str:
    """What begins with a bracket that is never closed."""
    mention = _CUT_OFF.match(rest)
    return keep(_token(mention[0], scribe)) + rest[mention.end() :] if mention else f"<{rest}"


def _token(token: str, scribe: Scribe) -> str:
    """What stands between angle brackets: a target, and perhaps a label."""
    target, _, label = token.partition("|")
    match target[:1]:
        case "@":
            return scribe.colleague()
        case "#":
            return scribe.channel()
        case "!":
            return _special(target[1:], _labelled(label, scribe), scribe)
        case _:
            return scribe.link(decoded(target), _labelled(label, scribe))


def _labelled(label: str, scribe: Scribe) -> str:
    """A label as people see it. What stood between brackets in it is done already."""
    return decoded(_EMOJI.sub(lambda found: _emoji(found, scribe, lambda done: done), label))


def _special(command: str, label: str, scribe: Scribe) -> str:
    """What begins with "!": a date with its fallback and perhaps a link, a call, a group of people."""
    kind, *rest = command.split("^")
    if kind == "date" and label.strip():
        url = decoded(rest[2]) if len(rest) > 2 else ""
        return scribe.link(url, label) if url else label
    if kind in {"here", "channel", "everyone", "group"}:
        return scribe.broadcast(kind)
    return scribe.colleague() if kind == "subteam" else scribe.unknown()


def _unquoted(text: str, scribe: Scribe) -> str:
    """The text without the marks of quotes; ">>>" quotes all that follows."""
    lines, to_the_end = [], False
    for line in text.split("\n"):
        mark = _QUOTED.match(line)
        to_the_end = to_the_end or line.startswith("&gt;&gt;&gt;")
        lines.append((to_the_end or mark is not None, line[mark.end() :] if mark else line))
    if len({is_quote for is_quote, line in lines if line.strip()}) > 1:
        scribe.quoted()
    return "\n".join(line for _, line in lines)


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
