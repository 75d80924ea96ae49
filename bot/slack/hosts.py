"""Hosts that nobody outside can reach, by name or by number, in plain text as a browser reads it."""

from __future__ import annotations

import ipaddress
import re

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


def may_be_inside(plain: str) -> bool:
    """A quick look that nearly every text fails."""
    return _MAY_BE.search(plain) is not None


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
