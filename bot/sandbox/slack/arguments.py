"""The arguments of a Web API call, whether they came as a form, as JSON or in the query."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.slack.errors import SlackError, faulty


class Arguments(Mapping[str, Any]):
    """Named values of a call; a getter refuses what Slack would refuse.

    Forms carry everything as text: nested values are JSON in text there, and are read as such.
    """

    def __init__(self, values: Mapping[str, Any], *, as_form: bool) -> None:
        self._values = dict(values)
        #: Whether the call came as a form; only then may the token be among the arguments.
        self.as_form = as_form

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def text(self, name: str, default: str = "") -> str:
        """The value as text; numbers are taken as their digits."""
        value = self._values.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise faulty("invalid_arguments", [f"must be a string [json-pointer:/{name}]"])
        return str(value)

    def required(self, name: str) -> str:
        """The value as text; a call without it is refused."""
        value = self.text(name)
        if not value:
            raise faulty("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """The value as yes or no."""
        value = self._values.get(name)
        if value is None or value == "":
            return default
        return value in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int, most: int) -> int:
        """The value as a count between 1 and `most`; an absent one or 0 is the default."""
        value = self.text(name)
        if not value or value == "0":
            return default
        if not value.lstrip("-").isdigit() or int(value) < 0:
            raise SlackError("invalid_limit")
        return min(int(value), most)

    def nested(self, name: str, kind: type[list[Any]] | type[dict[str, Any]], error: str) -> Any:
        """The value as a list or an object, or None when absent; `error` is for any other kind of value."""
        value = self._values.get(name)
        if isinstance(value, str):
            if not value:
                return None
            try:
                value = json.loads(value)
            except ValueError:
                raise SlackError(error) from None
        if value is not None and not isinstance(value, kind):
            raise SlackError(error)
        return value


async def read(request: web.Request) -> Arguments:
    """The arguments of a request: query and body together, the body winning."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type != "application/json":
        if request.method == "POST":
            values.update(await request.post())
        return Arguments(values, as_form=True)
    raw = await request.text()
    try:
        body = json.loads(raw or "{}")
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    values.update(body)
    return Arguments(values, as_form=False)
