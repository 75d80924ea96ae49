"""The slash command of an installation: what Slack takes for a name, and which names are its own."""

from __future__ import annotations

import re
from typing import Any

from bot.config.fields import one_text, wrong

#: Slack's built-in commands. One of them in a manifest makes Slack refuse the whole of it.
RESERVED = frozenset(
    {
        *("/archive", "/away", "/call", "/collapse", "/dm", "/dnd", "/expand", "/feed", "/help", "/invite"),
        *("/join", "/kick", "/leave", "/me", "/msg", "/mute", "/open", "/part", "/prefs", "/pro"),
        *("/remind", "/remove", "/rename", "/search", "/shortcuts", "/shrug", "/status", "/topic", "/who"),
    }
)

#: Slack takes 32 characters with the slash; the short way to a private reply adds "-dm".
_LONGEST = 28
_NAME = re.compile(r"/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_OTHERS = re.compile(r"[^a-z0-9]+")


def command(value: Any) -> str:
    """A command as app.yaml names it. Raises a mistake whose sentence says what to write instead."""
    text = one_text(value).strip()
    if text in RESERVED:
        raise wrong(
            f"is {text}, which is a command of Slack's own. Name it after your app, such as /webcare."
        )
    if not _NAME.fullmatch(text) or len(text) > _LONGEST:
        raise wrong(
            f"is {text[:40]!r}. A command is a slash and up to {_LONGEST - 1} small letters, digits and "
            "hyphens, such as /webcare."
        )
    return text


def command_of(app: str) -> str:
    """The command with the name of an app: "Webcare test" has /webcare-test. ValueError, in words for a
    person, where no command can bear it."""
    slug = _OTHERS.sub("-", app.casefold()).strip("-")[: _LONGEST - 1].strip("-")
    named = f"/{slug}"
    if not slug:
        raise ValueError(f"A command needs letters or digits from a to z, and {app!r} has none.")
    if named in RESERVED:
        raise ValueError(
            f"{app!r} would make the command {named}, which is Slack's own. Choose another name."
        )
    return named
