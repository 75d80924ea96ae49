"""Slack's markup and emoji as plain text, and what in an agent's message should not be published."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.slack.inside import internal_address
from bot.texts.emoji import named

#: Shown in place of a colleague or a channel. Such a text is held; the name must not slip out all the same.
_COLLEAGUE = "@…"
_CHANNEL = "#…"


class ProblemKind(StrEnum):
    """What keeps a text inside; each has a sentence in the catalogue below "hold."."""

    NAMES_COLLEAGUE = "names_colleague"
    NAMES_CHANNEL = "names_channel"
    BROADCAST = "broadcast"
    CUSTOM_EMOJI = "custom_emoji"
    INTERNAL_LINK = "internal_link"
    FILES = "files"
    #: Words that are struck through, which plain text would turn into their opposite.
    STRUCK = "struck"
    #: Words of somebody else, which plain text would put into the brand's mouth.
    QUOTED = "quoted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a message that does not belong in public. `shown` names it for the agent: no ids."""

    kind: ProblemKind
    shown: str = ""


class Scribe:
    """Turns the parts of a message into plain text and writes down each problem once, in order."""

    def __init__(self, workspace_host: str = "") -> None:
        self._workspace_host = workspace_host
        self._problems: dict[Problem, None] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was met so far."""
        return tuple(self._problems)

    def colleague(self) -> str:
        """A person or a group of the workspace."""
        return self._problem(ProblemKind.NAMES_COLLEAGUE, _COLLEAGUE)

    def channel(self) -> str:
        """A channel of the workspace."""
        return self._problem(ProblemKind.NAMES_CHANNEL, _CHANNEL)

    def broadcast(self, whom: str) -> str:
        """@here, @channel or @everyone."""
        return self._problem(ProblemKind.BROADCAST, f"@{whom}")

    def files(self) -> None:
        """Files that hang on the message."""
        self._problem(ProblemKind.FILES, "")

    def unknown(self) -> str:
        """A part of the message that we cannot read; what it says must not be left out unseen."""
        return self._problem(ProblemKind.UNKNOWN, "")

    def struck(self, text: str) -> str:
        """Words that are struck through."""
        if text.strip():
            self._problem(ProblemKind.STRUCK, "")
        return text

    def quoted(self) -> None:
        """A quote beside words of the agent's own."""
        self._problem(ProblemKind.QUOTED, "")

    def look_for_addresses(self, text: str) -> None:
        """Addresses in the whole text as it would be published, linked or not."""
        if address := internal_address(text, self._workspace_host):
            self._problem(ProblemKind.INTERNAL_LINK, address)

    def knows(self, name: str) -> bool:
        """Whether Unicode has an emoji of this name."""
        return bool(character(name))

    def emoji(self, name: str, tone: int | None = None, points: str = "") -> str:
        """An emoji, by its code points or its name."""
        known = from_points(points) or character(name, tone)
        return known or self._problem(ProblemKind.CUSTOM_EMOJI, f":{name}:")

    def link(self, url: str, label: str = "") -> str:
        """A link as a reader without markup needs it: the address, behind the label if that says more."""
        scheme, _, rest = url.partition(":")
        if scheme in {"mailto", "tel"}:
            return label or rest.partition("?")[0]
        if not label or label == url:
            return url
        # Slack makes a link of "example.com" as it is typed; that is what the agent wrote.
        return label if url.rstrip("/").endswith(f"//{label.rstrip('/')}") else f"{label} ({url})"

    def _problem(self, kind: ProblemKind, shown: str) -> str:
        self._problems[Problem(kind, shown)] = None
        return shown


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


#: Slack's skin tones, by the code point that Unicode has for them.
_TONES = {2: "1F3FB", 3: "1F3FC", 4: "1F3FD", 5: "1F3FE", 6: "1F3FF"}
_POINTS = re.compile(r"[0-9A-Fa-f]{2,6}(?:-[0-9A-Fa-f]{2,6})*")


def character(name: str, tone: int | None = None) -> str:
    """The emoji of this name ("wave", "+1", "flag-nl"), without colons; "" when Unicode has none, as for the
    emoji that a workspace made itself. A tone that the emoji does not have is left out."""
    found = named().get(name)
    if found is None:
        return ""
    return from_points(found.tones.get(_TONES.get(tone or 0, ""), found.points))


def canonical(reaction: str) -> str:
    """The one name of a reaction: without skin tone ("wave::skin-tone-3"), aliases resolved ("thumbsup")."""
    name = reaction.partition("::")[0]
    found = named().get(name)
    return found.name if found is not None else name


def from_points(points: str) -> str:
    """The characters of code points written as Slack writes them ("1f44b-1f3fc"); "" for anything else."""
    if not _POINTS.fullmatch(points):
        return ""
    numbers = [int(point, 16) for point in points.split("-")]
    if any(number > 0x10FFFF or 0xD800 <= number <= 0xDFFF for number in numbers):
        return ""
    return "".join(map(chr, numbers))
