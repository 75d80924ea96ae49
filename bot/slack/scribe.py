"""The scribe: parts of an agent's message as plain text, and what in them should not be published."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.slack import emoji
from bot.slack.inside import internal_address

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
        return bool(emoji.character(name))

    def emoji(self, name: str, tone: int | None = None, points: str = "") -> str:
        """An emoji, by its code points or its name."""
        known = emoji.from_points(points) or emoji.character(name, tone)
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
