"""Secrets: named in app.yaml as ${ENV_NAME}, taken from the environment, and never shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import parse_qs, quote, urlsplit

from pydantic import PlainValidator, SecretStr, ValidationInfo
from pydantic_core import PydanticCustomError

from bot.config.fields import wrong

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
#: What people and programs put around a value.
_QUOTES = frozenset("\"'`\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a")
_BEARER = re.compile(r"\W*(?:authorization\W+)?bearer[\s:]", re.IGNORECASE)
#: What pages and examples put in the place of the rest of a secret.
_SHORTENED = re.compile("\u2026|\\.\\.\\.|\u2022\u2022|\\*\\*")
_URL_WITH_PASSWORD = re.compile(r"(?P<head>[^/]*//[^/@]*:)(?P<password>[^/]*)(?P<tail>@.*)")
_SQLITE = "sqlite:///"
_POSTGRESQL = "postgresql+psycopg"


def _from_environment(variable: re.Match[str], info: ValidationInfo) -> str:
    environ: Mapping[str, str] = info.context["environ"] if info.context else {}
    value = environ.get(variable[1])
    if value is None:
        raise wrong(
            f"needs the environment variable {variable[1]}, which is not set. Set it and start again."
        )
    if not value.strip():
        raise wrong(f"needs the environment variable {variable[1]}, which is empty. Give it its value.")
    return value.strip()


def _reference(value: Any, info: ValidationInfo) -> SecretStr:
    if value is None or value == "":
        raise PydanticCustomError("empty", "empty")
    if not isinstance(value, str):
        raise PydanticCustomError("shape", "a single value")
    variable = _VARIABLE.fullmatch(value.strip())
    if variable is None and "${" in value:
        raise wrong(
            "must be one variable and nothing else: a name of letters, digits and _, as in ${X_ACCESS_TOKEN}."
        )
    if variable is None:
        raise PydanticCustomError("literal_secret", "literal secret")
    secret = _unquoted(_from_environment(variable, info))
    if fault := _slip_in(secret):
        raise wrong(f"comes from {variable[1]}, which {fault}")
    return SecretStr(secret)


def _unquoted(text: str) -> str:
    """A value without the quotation marks around it, which not all that reads an .env file takes away."""
    if len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES:
        return text[1:-1].strip()
    return text


def _slip_in(secret: str) -> str:
    """What went wrong when a secret was copied, with what to do; "" when nothing did. It repeats nothing."""
    if not secret:
        return "is empty. Give it its value."
    if _BEARER.match(secret):
        return "has the word Bearer in front. Leave that word out: the token alone is needed."
    if _SHORTENED.search(secret):
        return "is an example, or was copied while it was shown shortened. Copy it again, whole."
    if re.search(r"\s", secret):
        return "has a space or a line break inside. Copy it again, whole."
    if not _QUOTES.isdisjoint(secret):
        return "has a quotation mark in it. Write the token alone."
    if foreign := next((char for char in secret if not "!" <= char <= "~"), ""):
        return (
            f"has a character that no token has (U+{ord(foreign):04X}), which may be invisible. Copy it "
            "again, or delete that character."
        )
    return ""


def _slack_token(
    kind: str, not_these: tuple[str, ...], where: str
) -> Callable[[Any, ValidationInfo], SecretStr]:
    """A token of Slack. Only what is surely another kind is refused: compatible servers have their own."""

    def parse(value: Any, info: ValidationInfo) -> SecretStr:
        token = _reference(value, info)
        if token.get_secret_value().startswith(not_these):
            raise wrong(f"is not {kind}: its variable holds another kind of token. {where}")
        return token

    return parse


def _database(value: Any, info: ValidationInfo) -> SecretStr:
    """The URL, whole from the environment or with its password from there. The whole is kept as a secret."""
    if value is None or value == "":
        raise PydanticCustomError("empty", "empty")
    if not isinstance(value, str):
        raise PydanticCustomError("shape", "a single value")
    url = value.strip()
    whole = _VARIABLE.fullmatch(url)
    if whole is not None:
        url = _unquoted(_from_environment(whole, info))
    elif (parts := _URL_WITH_PASSWORD.fullmatch(url)) is not None:
        variable = _VARIABLE.fullmatch(parts["password"])
        if variable is None:
            raise wrong(
                "holds a password. Put it into an environment variable and write "
                f"{_POSTGRESQL}://webcare:${{DATABASE_PASSWORD}}@host/webcare."
            )
        password = quote(_from_environment(variable, info), safe="")
        url = f"{parts['head']}{password}{parts['tail']}"
    elif "${" in url:
        raise wrong("may name a variable for the whole address or for its password, and nowhere else.")
    _check_database(url, whole is None)
    return SecretStr(url)


def _check_database(url: str, literal: bool) -> None:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise wrong(
            f"is not an address. Write {_SQLITE}webcare.db or {_POSTGRESQL}://host/webcare."
        ) from None
    if literal and "password" in parse_qs(parts.query):
        raise wrong("holds a password after the ?. Put the whole address into a variable: ${DATABASE_URL}.")
    if parts.scheme == "sqlite":
        path = parts.path.removeprefix("/")
        if not url.startswith(_SQLITE) or path in ("", ":memory:"):
            raise wrong(
                f"names no file, so everything would be lost at each stop. Write {_SQLITE}webcare.db."
            )
        return
    if parts.scheme in ("postgres", "postgresql", _POSTGRESQL):
        return
    if parts.scheme.startswith("postgres"):
        raise wrong(f"must begin with {_POSTGRESQL}:// (the driver that webcare brings along).")
    if parts.scheme.startswith("sqlite"):
        raise wrong(f"must begin with {_SQLITE} (the driver that webcare brings along).")
    raise wrong(f"must be an SQLite file ({_SQLITE}webcare.db) or PostgreSQL ({_POSTGRESQL}://host/webcare).")


Secret = Annotated[SecretStr, PlainValidator(_reference)]
BotToken = Annotated[
    SecretStr,
    PlainValidator(
        _slack_token(
            "a bot token",
            ("xapp-", "xoxp-", "xoxe"),
            "Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions.",
        )
    ),
]
AppToken = Annotated[
    SecretStr | None,
    PlainValidator(
        _slack_token(
            "an app-level token",
            ("xoxb-", "xoxp-", "xoxe"),
            "Make one (xapp-…) under Basic Information, with the scope connections:write.",
        )
    ),
]
SigningSecret = Annotated[
    SecretStr | None,
    PlainValidator(
        _slack_token(
            "the signing secret",
            ("xoxb-", "xapp-", "xoxp-", "xoxe"),
            "Copy the Signing Secret from Basic Information, App Credentials.",
        )
    ),
]
DatabaseUrl = Annotated[SecretStr, PlainValidator(_database)]
