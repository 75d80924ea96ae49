"""Addresses that only work inside: Slack's own pages and program, and hosts that nobody outside can reach."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import unquote

from bot.cases.characters import is_unseen
from bot.slack import hosts

#: Where Slack serves workspaces, their files and its redirects (slack.com/help, "Manage Slack connection
#: issues": domains to allow).
_SLACK_HOSTS = (
    "slack.com",
    "slack-gov.com",
    "slack-files.com",
    "slack-edge.com",
    "slack-redir.net",
    "slack-imgs.com",
    "slack-msgs.com",
    "slack-core.com",
    "slackb.com",
)
#: Slack's own scheme, also as Android writes it, and the path of a message whose host was left out.
_SLACK_FORMS = re.compile(
    r"(?<![a-z0-9])slack[a-z-]*:(?:[/\\]|[a-z-]+\?)|scheme=slack\b|archives/[cdg][a-z0-9]{7,}(?:/|\b)"
)

_APART = re.compile(r"[\s<>(){}\"“”„«»‘’|]+")
_AROUND = ".,;:!?'*_~`[]"
_BRACKETS = re.compile(r"\[[0-9A-Fa-f:.]{2,45}(?:%[\w.-]{0,40})?\]")
_SCHEME_END = re.compile(r"[/\\]{2}")
_MAILBOX = re.compile(r"[^/\\@]@[a-z0-9.-]*$")
#: The longest name of a host (RFC 1035).
_NAME_LENGTH = 255
#: "%" that was encoded, however often.
_PERCENT = re.compile("%(?:25)+")
#: How many times its own length, and how many characters besides, are decoded of a text.
_TIMES, _BESIDES = 10, 1000
#: Says of the number beside it that it is a version, and no address.
_VERSION = re.compile(
    r"(?:v|ver|versi(?:e|on)\w*|firmware\w*|software\w*|releases?|builds?|updates?|patch|drivers?|ipados|ios"
    r"|macos|android|windows|apps?|api|client|sdk)[.:=]?"
)
_OR_NEWER = re.compile(r"(?:of|or|en|and) (?:hoger|higher|nieuwer|newer|later|up|above)\b")


def internal_address(text: str, workspace_host: str = "") -> str:
    """The first part of `text` that is, or leads on to, an address inside, as it stands there; "" for none.

    A host is known in upper case, in wide or otherwise equivalent characters, with a dot at its end or dots
    of another script, with a port, with a user, as a parameter of another address, percent-encoded or not,
    and without a scheme; a number of a host in every way that a browser reads it. What is encoded more often
    than anybody would is taken for one. `workspace_host` is the host of the workspace's own pages.
    """
    known = (*_SLACK_HOSTS, *([workspace_host] if workspace_host else []))
    if not _may_have(_plain(text), known):
        return ""
    words = _APART.split(text)
    for place, word in enumerate(words):
        plain = _plain(word)
        if not _may_have(plain, known):
            continue
        if plain is None or _leads_inside(plain, known) or _is_bare(plain, words, place):
            return _shown(word)
    return ""


def _may_have(plain: str | None, known: Sequence[str]) -> bool:
    """A quick look that nearly every text passes."""
    if plain is None or hosts.may_be_inside(plain) or "slack" in plain or "archives/" in plain:
        return True
    return any(host in plain for host in known)


def _leads_inside(plain: str, known: Sequence[str]) -> bool:
    if _SLACK_FORMS.search(plain) or hosts.leads_inside(plain):
        return True
    return any(host in plain and _names(plain, host) for host in known)


def _names(plain: str, host: str) -> bool:
    """Whether a word names a host or one below it. As the end of an e-mail address it does not."""
    scheme = _SCHEME_END.search(plain)
    for found in re.finditer(rf"(?<![a-z0-9-]){re.escape(host)}(?!\.?[a-z0-9-])", plain):
        start = found.start()
        is_address = scheme is not None and scheme.start() < start
        if is_address or not _MAILBOX.search(plain, max(0, start - _NAME_LENGTH), start):
            return True
    return False


def _is_bare(plain: str, words: Sequence[str], place: int) -> bool:
    """Whether a word is a host inside with nothing that makes a link of it. The end of one sentence and the
    beginning of the next ("closed.Local") is none, nor is the number of a version."""
    if hosts.is_private_name(plain.strip(_AROUND)):
        return not words[place].strip(_AROUND).rpartition(".")[2].istitle()
    if not hosts.has_private_number(plain):
        return False
    before, after = words[max(0, place - 3) : place], words[place + 1 : place + 3]
    beside = [*(word.casefold().strip(",;") for word in before), *re.split("[:=]", plain)[:1]]
    is_version = any(map(_VERSION.fullmatch, [*beside, *(word.casefold() for word in after[:1])]))
    return not is_version and not _OR_NEWER.match(" ".join(after).casefold())


def _shown(word: str) -> str:
    """A word without the signs around it; brackets around a number are part of the address."""
    shown = word.strip(_AROUND)
    if (number := _BRACKETS.search(word)) and number[0] not in shown:
        start, end = word.find(shown), word.find(shown) + len(shown)
        return word[min(start, number.start()) : max(end, number.end())]
    return shown


def _plain(text: str) -> str | None:
    """A text as a browser reads the addresses in it: decoded until it stands still, small letters, each in
    its plain form, without what cannot be seen. None when it does not come to stand still."""
    if text.isascii() and text.isprintable() and "%" not in text:
        return text.lower()
    left = _TIMES * len(text) + _BESIDES
    while left > 0:
        before, left = text, left - len(text)
        text = unicodedata.normalize("NFKC", unquote(_PERCENT.sub("%", text)))
        text = text.translate(_SEEN).replace("\u3002", ".").casefold()
        if text == before:
            return text
    return None


class _Seen(dict[int, str]):
    """Each character as it is, or "" for one that nobody sees. Filled as characters come."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        self[point] = seen = "" if is_unseen(char) and not char.isspace() else char
        return seen


_SEEN = _Seen()
