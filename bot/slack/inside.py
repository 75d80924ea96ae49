"""Addresses that only work inside: Slack's own pages and program, and hosts that nobody outside can reach."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

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
#: Names that no public server has (RFC 6762, RFC 8375, ICANN's .internal, and those in wide use).
_PRIVATE_NAMES = ("local", "localhost", "internal", "intranet", "lan", "corp", "home", "home.arpa")

_APART = re.compile(r"[\s<>(){}\"“”„«»‘’|]+")
_AROUND = ".,;:!?'*_~`[]"
_ADDRESS = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:[/\\]{2,}[^/\\]*")
_SCHEME_END = re.compile(r"[/\\]{2}")
_MAILBOX = re.compile(r"[^/\\@]@[a-z0-9.-]*$")
#: The longest name of a host (RFC 1035).
_NAME_LENGTH = 255
#: How often an address may have been encoded on its way through redirects.
_TIMES = 3


def internal_address(text: str, workspace_host: str = "") -> str:
    """The first part of `text` that is, or leads on to, an address inside, as it stands there; "" for none.

    A host is known in upper case, in wide or otherwise equivalent characters, with a dot at its end or dots
    of another script, with a port, with a user, as a parameter of another address, percent-encoded or not,
    and without a scheme. `workspace_host` is the host of the workspace's own pages.
    """
    hosts = (*_SLACK_HOSTS, *([workspace_host] if workspace_host else []))
    if not _may_have(_plain(text), hosts):
        return ""
    for word in _APART.split(text):
        plain = _plain(word)
        if _may_have(plain, hosts) and _leads_inside(plain, hosts):
            return word.strip(_AROUND)
    return ""


def _may_have(plain: str, hosts: Sequence[str]) -> bool:
    """A quick look that nearly every text passes."""
    if _SCHEME_END.search(plain) or "slack" in plain or "archives/" in plain:
        return True
    return any(host in plain for host in hosts)


def _leads_inside(plain: str, hosts: Sequence[str]) -> bool:
    if _SLACK_FORMS.search(plain) or any(map(_is_private, _ADDRESS.findall(plain))):
        return True
    return any(_names(plain, host) for host in hosts)


def _names(plain: str, host: str) -> bool:
    """Whether a word names a host or one below it. As the end of an e-mail address it does not."""
    scheme = _SCHEME_END.search(plain)
    for found in re.finditer(rf"(?<![a-z0-9-]){re.escape(host)}(?!\.?[a-z0-9-])", plain):
        start = found.start()
        is_address = scheme is not None and scheme.start() < start
        if is_address or not _MAILBOX.search(plain, max(0, start - _NAME_LENGTH), start):
            return True
    return False


def _is_private(address: str) -> bool:
    """Whether an address with a scheme has a host that nobody outside can reach."""
    try:
        host = (urlsplit(address.replace("\\", "/")).hostname or "").rstrip(".")
    except ValueError:
        return False
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(tuple(f".{name}" for name in _PRIVATE_NAMES)))


def _plain(text: str) -> str:
    """A text as a browser reads the addresses in it: decoded, small letters, each in its plain form."""
    for _ in range(_TIMES):
        text, before = unquote(text), text
        if text == before:
            break
    return unicodedata.normalize("NFKC", text).replace("\u3002", ".").casefold()
