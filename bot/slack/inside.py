"""Addresses that only work inside: Slack's own pages and program, and hosts that nobody outside can reach."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import unquote

from bot.cases.characters import is_unseen

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
    if plain is None or _MAY_BE.search(plain) or "slack" in plain or "archives/" in plain:
        return True
    return any(host in plain for host in known)


def _leads_inside(plain: str, known: Sequence[str]) -> bool:
    if _SLACK_FORMS.search(plain) or leads_inside(plain):
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
    if is_private_name(plain.strip(_AROUND)):
        return not words[place].strip(_AROUND).rpartition(".")[2].istitle()
    if not has_private_number(plain):
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


#: Names that no public server has (RFC 6762, RFC 8375, ICANN's .internal, and those in wide use).
_SURE_NAMES = ("local", "localdomain", "internal", "intranet", "lan", "corp", r"home\.arpa")
#: The same, but also words that end a sentence: alone they need more than one name before them.
_OTHER_NAMES = ("localhost", "home", "intra", "intern", "private", "test")
_NAMES = "|".join((*_SURE_NAMES, *_OTHER_NAMES))
_SURE = "|".join(_SURE_NAMES)

#: Where a host may begin that has no scheme: not within a name, nor in the path of another address.
_BEGIN = r"(?:(?<![\w./\\-])|(?<=[/\\]{2}))"
#: What makes a link of a host: a port, a path, a parameter.
_LINKED = r"\.?(?::[0-9]|[/\\]|[?#]\w)"
_PART = r"(?:0x[0-9a-f]{1,8}|[0-9]{1,4})"
_LABELS = r"(?:[\w-]++\.)"

#: Browsers read these schemes with any number of slashes behind them; any other has two.
_ADDRESS = re.compile(
    r"(?<![a-z0-9+.-])(?:(?:https?|wss?|ftp):([/\\]*+)|[a-z][a-z0-9+.-]*+:([/\\]{2,}+))(?=([^/\\?#]{0,400}))"
)
_NUMBER = re.compile(rf"{_BEGIN}({_PART}(?:\.{_PART}){{3}})(?={_LINKED})")
_NAME = re.compile(rf"{_BEGIN}(?:{_LABELS}+(?:{_NAMES})|localhost)(?={_LINKED})")
_BRACKETED = re.compile(r"(?<![\w/\\])\[([0-9a-f:.]{2,45})(?:%[\w.-]{0,40})?\]")
#: A mailbox too: no mail from outside gets there.
_BARE_NAME = re.compile(rf"(?:[\w.+-]+@)?(?:{_LABELS}+(?:{_SURE})|{_LABELS}{{2,}}(?:{_NAMES}))")
_BARE_NUMBER = re.compile(r"(?<![\w.-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w-]|\.\w)")
_BARE_LONG_NUMBER = re.compile(r"(?<![\w:.-])f[cde][0-9a-f]{2}:[0-9a-f:]{2,40}(?![\w:]|\.\w)")
_FILE = re.compile(r"(?<![a-z0-9+.-])file:[/\\]|^\W{0,9}\\\\[\w.$-]+\\")
_MAY_BE = re.compile(
    rf"[/\\]{{2}}|(?:https?|wss?|ftp|file):|[0-9a-f]\.{_PART}\.|localhost|\[[0-9a-f:]|f[cde][0-9a-f]{{2}}:"
    rf"|\.(?:{_NAMES})(?!\w)"
)


def _networks(*names: str) -> frozenset[tuple[int, int]]:
    """Networks, each as the bits that are any host's in it and the bits that all its hosts begin with."""
    networks = map(ipaddress.IPv4Network, names)
    return frozenset((int(network.hostmask), int(network.network_address)) for network in networks)


#: What is private when it stands alone (RFC 1918; 192.168.… is the router in a customer's home too), and what
#: a path or a port behind it makes a link inside.
_HOUSES = _networks("10.0.0.0/8", "172.16.0.0/12")
_LINKED_HOUSES = _HOUSES | _networks(
    "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "0.0.0.0/32"
)


def leads_inside(word: str) -> bool:
    """Whether a word has a link to a host inside, with a scheme or without."""
    if _FILE.search(word) or _NAME.search(word):
        return True
    if any(_is_inside(host, bool(one or two)) for one, two, host in _ADDRESS.findall(word)):
        return True
    if any(_is_inside_long(number) for number in _BRACKETED.findall(word)):
        return True
    numbers = map(_number, _NUMBER.findall(word))
    return any(number is not None and _is_in(number, _LINKED_HOUSES) for number in numbers)


def is_private_name(word: str) -> bool:
    """Whether a word is nothing but a name that no public server has."""
    return _BARE_NAME.fullmatch(word) is not None


def has_private_number(word: str) -> bool:
    """Whether a word that is no link has a number of a private network, written as people write it.

    >>> [has_private_number(word) for word in ("10.0.0.7", "10.000.000.000", "10.0.0", "93.184.216.34")]
    [True, False, False, False]
    """
    if "/" in word or "\\" in word:
        return False
    if any(map(_is_inside_long, _BARE_LONG_NUMBER.findall(word))):
        return True
    for found in _BARE_NUMBER.findall(word):
        try:
            number = ipaddress.IPv4Address(found)
        except ValueError:
            continue
        if _is_in(number, _HOUSES):
            return True
    return False


def _is_inside(authority: str, has_slashes: bool) -> bool:
    """Whether what stands between a scheme and a path has a host that nobody outside can reach."""
    host = authority.rpartition("@")[2]
    if host.startswith("["):
        within, closed, _ = host[1:].partition("]")
        return bool(closed) and _is_inside_long(within.partition("%")[0])
    host = host.partition(":")[0].rstrip(".,;!")
    number = _number(host)
    if number is not None:
        return not number.is_global
    if "." not in host:
        return bool(host) and (has_slashes or host == "localhost")
    return re.search(rf"\.(?:{_NAMES})$", host) is not None


def _number(host: str) -> ipaddress.IPv4Address | None:
    """A host as browsers read one that is a number (WHATWG URL, "IPv4 parser"): one to four parts, each
    decimal, octal or hexadecimal, of which the last fills what is left. None for any other."""
    parts = host.split(".", 4)
    if len(parts) > 4:
        return None
    values: list[int] = []
    for part in parts:
        if not re.fullmatch(r"0x[0-9a-f]{0,16}|[0-9]{1,16}", part):
            return None
        base = 16 if part.startswith("0x") else 8 if part.startswith("0") and part != "0" else 10
        try:
            values.append(int(part.removeprefix("0x") or "0", base))
        except ValueError:
            return None
    *front, last = values
    if last >= 256 ** (5 - len(values)) or any(value > 255 for value in front):
        return None
    return ipaddress.IPv4Address(last + sum(value << 8 * (3 - place) for place, value in enumerate(front)))


def _is_inside_long(number: str) -> bool:
    try:
        return not ipaddress.IPv6Address(number).is_global
    except ValueError:
        return False


def _is_in(number: ipaddress.IPv4Address, networks: frozenset[tuple[int, int]]) -> bool:
    return any(int(number) & ~mask == first for mask, first in networks)
