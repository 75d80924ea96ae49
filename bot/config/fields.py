"""The kinds of value in app.yaml: each turns text into a typed value, or says in a sentence what to write."""

from __future__ import annotations

import ipaddress
import re
import zoneinfo
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import ConfigDict, PlainValidator
from pydantic_core import PydanticCustomError

from bot.cases.installation import WorkingDays
from bot.config.mistakes import did_you_mean, shown
from bot.texts import LANGUAGES
from bot.texts import emoji as emoji_table

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_WORKING_DAYS = re.compile(r"([1-9]\d?)wd")
_LONGEST_RESOLUTION = timedelta(days=365)
_PERCENT = re.compile(r"(\d{1,3})\s*%")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]+")
_CHANNEL_NAME = re.compile(r"#[^\s#@,A-Z]{1,80}")
_GROUP_ID = re.compile(r"S[A-Z0-9]{2,}")
_GROUP_HANDLE = re.compile(r"@[^\W_A-Z][^\s@,A-Z]{0,79}")
_AGENT_ID = re.compile(r"[UW][A-Z0-9]+")
_INITIALS = re.compile(r"\^?([^\W\d_]{1,5})")
_AMOUNT = re.compile(r"\d+(?:\.\d+)?")
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


#: What every block of app.yaml is: unknown keys are refused, and nothing changes after reading.
BLOCK = ConfigDict(frozen=True, extra="forbid")


class Listen(NamedTuple):
    """Where a server listens: an address or name of this machine, and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def wrong(sentence: str) -> PydanticCustomError:
    """An error whose sentence is complete: it names what stood there and what to write instead."""
    return PydanticCustomError("wrong", "{sentence}", {"sentence": sentence})


def or_nothing(value: Any) -> Any:
    """An optional block of which every line is commented out is an empty one."""
    return {} if value is None else value


def one_text(value: Any) -> str:
    """The value as text. Refuses nothing at all, lists and mappings; the caller adds an example."""
    if value is None or value == "":
        raise PydanticCustomError("empty", "empty")
    if not isinstance(value, str):
        raise PydanticCustomError("shape", "a single value")
    if "${" in value:
        raise wrong("takes nothing from the environment; only secrets do. Write the value itself.")
    return value.strip()


def read_duration(text: str) -> timedelta | None:
    """The duration in `text` (1h, 15m, 60s, 1h30m, 2d), or None when it is none."""
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        return None
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=rest)


def duration(least: str, most: str) -> PlainValidator:
    """A duration from `least` up to and including `most`, both in the notation of app.yaml."""
    low, high = read_duration(least), read_duration(most)
    assert low is not None
    assert high is not None

    def parse(value: Any) -> timedelta:
        text = one_text(value)
        try:
            parsed = read_duration(text)
        except OverflowError:
            parsed = timedelta.max
        if parsed is None:
            raise wrong(f"{shown(text)} is not a duration. {_duration_hint(text)}")
        if parsed < low:
            raise wrong(f"{shown(text)} is too short: at least {least}.")
        if parsed > high:
            raise wrong(f"{shown(text)} is too long: at most {most}.")
        return parsed

    return PlainValidator(parse)


def duration_or_part(least: str, most: str) -> PlainValidator:
    """A duration, as `duration` reads it, or a part of another, such as 20%."""
    read = duration(least, most).func

    def parse(value: Any) -> timedelta | Fraction:
        text = one_text(value)
        percent = _PERCENT.fullmatch(text)
        if percent is None:
            time: timedelta = read(value)  # type: ignore[call-arg]  # it takes no more
            return time
        if int(percent[1]) > 100:
            raise wrong(f"{shown(text)} is more than the whole. Write 0% to 100%, or a time such as 15m.")
        return Fraction(int(percent[1]), 100)

    return PlainValidator(parse)


def _part(value: Any) -> Fraction:
    text = one_text(value)
    percent = _PERCENT.fullmatch(text)
    if percent is None or int(percent[1]) > 100:
        raise wrong(f"{shown(text)} is not a part. Write 0% to 100%.")
    return Fraction(int(percent[1]), 100)


def _resolution(value: Any) -> timedelta | WorkingDays:
    text = one_text(value)
    days = _WORKING_DAYS.fullmatch(text)
    if days is not None:
        return WorkingDays(int(days[1]))
    parsed = read_duration(text) if "d" not in text and len(text) < 12 else None
    if not parsed:
        raise wrong(f"{shown(text)} is not a target. Write hours such as 8h, or working days such as 2wd.")
    if parsed > _LONGEST_RESOLUTION:
        raise wrong(f"{shown(text)} is too long: at most {_LONGEST_RESOLUTION // timedelta(hours=1)}h.")
    return parsed


def _duration_hint(text: str) -> str:
    if text.isdigit():
        return f"It lacks a unit: write {int(text)}s, {int(text)}m or {int(text)}h."
    if re.fullmatch(r"\d+:\d+", text):
        return "It may be read in two ways: write 1h30m for hours and minutes, 1m30s for minutes and seconds."
    return "Write hours, minutes and seconds like 1h, 15m, 60s or 1h30m."


def _name(value: Any) -> str:
    text = one_text(value)
    if _NAME.fullmatch(text) is None:
        raise wrong(f"{shown(text)} cannot be a name. Use letters, digits, - . and _, as in brand-x.")
    return text


def _language(value: Any) -> str:
    text = one_text(value)
    if text not in LANGUAGES:
        raise wrong(f"{shown(text)} is not a language of the bot. Write nl (Dutch) or en (English).")
    return text


def _timezone(value: Any) -> str:
    text = one_text(value)
    if not _is_zone(text):
        hint = did_you_mean(text, zoneinfo.available_timezones())
        hint = hint or " Write a name from the tz database, such as Europe/Amsterdam."
        raise wrong(f"{shown(text)} is not a time zone.{hint}")
    return text


def _is_zone(text: str) -> bool:
    """Whether the tz database has it: one file is looked at, where a list of all zones takes six hundred."""
    if text.startswith(("posix", "right/")):  # a system's own copies of the others
        return False
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _channel(value: Any) -> str:
    text = one_text(value)
    if not (_CHANNEL_ID.fullmatch(text) or _CHANNEL_NAME.fullmatch(text)):
        raise wrong(
            f"{shown(text)} is not a channel. Write its id (C0123456789, at the end of the channel's "
            'details) or its name in quotes ("#care").'
        )
    return text


def _call(value: Any) -> str:
    text = one_text(value)
    if text in ("channel", "here", "nobody") or _GROUP_ID.fullmatch(text) or _GROUP_HANDLE.fullmatch(text):
        return text
    raise wrong(
        f"{shown(text)} cannot be called. Write channel, here or nobody, or a user group: its id "
        '(S0123456789) or its handle in quotes ("@care").'
    )


def _agent_id(value: Any) -> str:
    text = one_text(value)
    if _AGENT_ID.fullmatch(text) is None:
        raise wrong("is not a member id. Write the one from the person's Slack profile, such as U0123456789.")
    return text


def _initials(value: Any) -> str:
    text = one_text(value)
    match = _INITIALS.fullmatch(text)
    if match is None:
        raise wrong(f"{shown(text)} cannot be initials. Write one to five letters, such as MK.")
    return match[1]


def _handle(value: Any) -> str:
    text = one_text(value).removeprefix("@")
    if not text or re.search(r"[\s/@]", text.split("@")[0]):
        raise wrong(
            f'{shown(text)} is not a handle. Write the brand\'s name on the network, such as "@brand".'
        )
    return text


def emoji(value: Any) -> str:
    """The name by which Slack calls an emoji, whatever alias was written."""
    text = one_text(value).strip(":")
    known = emoji_table.named()
    if text in known:
        return known[text].name
    points = "-".join(f"{ord(char):04X}" for char in text)
    name = next((char.name for char in known.values() if char.points == points), None)
    if name is not None:
        raise wrong(f"is the emoji itself; write its name: {name}.")
    raise wrong(f"{shown(text)} is not the name of an emoji.{did_you_mean(text, known)}")


def _mark(value: Any) -> str:
    """An emoji, or "" where none is wanted."""
    return "" if value == "false" else emoji(value)


def _api_url(value: Any) -> str:
    text = one_text(value)
    try:
        url = urlsplit(text)
        host, _port = url.hostname or "", url.port
    except ValueError:
        raise wrong("is not an address. Write one like https://api.example.com/.") from None
    if url.username or url.password:
        raise wrong(
            "holds a name or password. Write the address without them; credentials have keys of their own."
        )
    if url.query or url.fragment:
        raise wrong("has a part after ? or #. Write the address up to there.")
    if url.scheme == "https" and host:
        return text
    if url.scheme == "http" and _is_loopback(host):
        return text
    if url.scheme == "http":
        raise wrong("would send tokens unencrypted. Write https://; http:// is only for this very machine.")
    raise wrong("is not an address. Write one that begins with https://.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(value: Any) -> Listen:
    text = one_text(value)
    host, colon, port = text.rpartition(":")
    if text.isascii() and text.isdigit():
        raise wrong(f"lacks the host. Write 127.0.0.1:{text} for this machine alone.")
    if not colon or not host:
        raise wrong(
            f"{shown(text)} is not a host and a port. Write one like 127.0.0.1:8080; 0.0.0.0:8080 listens on "
            "every network of this machine."
        )
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65535):
        raise wrong(f"{shown(port)} is not a port. Write a number from 1 to 65535.")
    return Listen(_host(host), int(port))


def _host(text: str) -> str:
    inside = text.removeprefix("[").removesuffix("]")
    try:
        bare = inside if ipaddress.ip_address(inside).version == 4 else f"[{inside}]"
    except ValueError:
        bare = inside if _HOST_NAME.fullmatch(inside) else ""
    if text != bare:
        raise wrong(
            f"{shown(text)} is not a host. Write an address of this machine, such as 127.0.0.1, or [::1] in "
            "brackets."
        )
    return inside


def _flag(value: Any) -> bool:
    text = one_text(value)
    if text.lower() not in ("true", "false"):
        raise wrong(f"{shown(text)} is neither yes nor no here. Write true or false.")
    return text.lower() == "true"


def _amount(value: Any) -> Decimal:
    text = one_text(value)
    if _AMOUNT.fullmatch(text) is None:
        raise wrong(f"{shown(text)} is not an amount. Write US dollars as a plain number, such as 5.00.")
    return Decimal(text)


def _limit(value: Any) -> Decimal:
    amount = _amount(value)
    if amount == 0:
        raise wrong("would stop everything at once. Write an amount, or leave the line out for no limit.")
    return amount


Name = Annotated[str, PlainValidator(_name)]
Language = Annotated[str, PlainValidator(_language)]
Timezone = Annotated[str, PlainValidator(_timezone)]
Channel = Annotated[str, PlainValidator(_channel)]
Call = Annotated[str, PlainValidator(_call)]
AgentId = Annotated[str, PlainValidator(_agent_id)]
Initials = Annotated[str, PlainValidator(_initials)]
Part = Annotated[Fraction, PlainValidator(_part)]
Resolution = Annotated[timedelta | WorkingDays | None, PlainValidator(_resolution)]
OptionalName = Annotated[str | None, PlainValidator(_name)]
Handle = Annotated[str, PlainValidator(_handle)]
Emoji = Annotated[str, PlainValidator(emoji)]
Mark = Annotated[str, PlainValidator(_mark)]
ApiUrl = Annotated[str, PlainValidator(_api_url)]
ListenAddress = Annotated[Listen, PlainValidator(_listen)]
Flag = Annotated[bool, PlainValidator(_flag)]
#: US dollars.
Amount = Annotated[Decimal, PlainValidator(_amount)]
Limit = Annotated[Decimal | None, PlainValidator(_limit)]
