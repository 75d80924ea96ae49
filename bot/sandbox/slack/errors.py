"""The one way in which a method of the local Slack says no: Slack's own error code and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class SlackError(Exception):
    """A method's refusal, answered as `{"ok": false, "error": code, …}`.

    `status` is the HTTP status (Slack answers 200 for all but rate limits), `headers` go with the answer,
    `fields` are further keys of the body.
    """

    def __init__(
        self,
        code: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.headers = dict(headers or {})
        self.fields = dict(fields or {})

    def body(self) -> dict[str, Any]:
        """The JSON object of the answer."""
        return {"ok": False, "error": self.code, **self.fields}


def faulty(code: str, messages: Sequence[str]) -> SlackError:
    """A refusal that lists what is wrong, in the two places where Slack puts such a list."""
    return SlackError(
        code,
        fields={
            "errors": list(messages),
            "response_metadata": {"messages": [f"[ERROR] {message}" for message in messages]},
        },
    )
