"""How X says no: each refusal as an exception with the HTTP status and the problem body X would send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

_TYPES = "https://api.x.com/2/problems/"

DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
TOO_LONG = (
    "Your Tweet text is too long. "
    "For more information on how Twitter determines text length see https://github.com/twitter/twitter-text."
)
NOT_SUMMONED = "You can only reply to or quote posts where you are mentioned or are the author."
NOT_ENGAGED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged "
    "by the author of the post you are replying to."
)
PARENT_GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."
QUOTE_GONE = "You attempted to quote a Tweet that is deleted or not visible to you."
NO_DM = "You do not have permission to DM one or more participants."


class Problem(Exception):
    """A refusal. `body` is what goes over the wire; `str()` is its detail, readable as it stands."""

    def __init__(self, status: int, title: str, detail: str, kind: str = "", **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.body: Json = {
            **more,
            "title": title,
            "detail": detail,
            "type": _TYPES + kind if kind else "about:blank",
            "status": status,
        }


def forbidden(detail: str) -> Problem:
    """403: understood, and not allowed."""
    return Problem(403, "Forbidden", detail)


def unauthorized() -> Problem:
    """401: no credentials, or wrong ones. X does not say which."""
    return Problem(401, "Unauthorized", "Unauthorized")


def wrong_kind_of_auth() -> Problem:
    """403: an app-only token where somebody's own token is needed."""
    return Problem(
        403,
        "Unsupported Authentication",
        "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  "
        "Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
        "unsupported-authentication",
    )


def too_many() -> Problem:
    """429: the window of this endpoint is used up."""
    return Problem(429, "Too Many Requests", "Too Many Requests")


def out_of_credits(account: str) -> Problem:
    """402: pay-per-use has nothing left to pay with."""
    detail = f"Your enrolled account [{account}] does not have any credits to fulfill this request."
    return Problem(402, "CreditsDepleted", detail, "credits")


def invalid(faults: Iterable[tuple[str, str, str]]) -> Problem:
    """400: parameters X does not take, as (parameter, value, message)."""
    return Problem(
        400,
        "Invalid Request",
        "One or more parameters to your request was invalid.",
        "invalid-request",
        errors=[{"parameters": {name: [value]}, "message": message} for name, value, message in faults],
    )


def missing(resource: str, parameter: str, value: str) -> Problem:
    """404: what the path names is not there."""
    body = not_found(resource, parameter, value)
    more = {key: item for key, item in body.items() if key not in ("title", "detail", "type")}
    return Problem(404, body["title"], body["detail"], "resource-not-found", **more)


def not_found(resource: str, parameter: str, value: str) -> Json:
    """A partial error: inside an answer with HTTP 200, in `errors`."""
    return _partial(
        "Not Found Error",
        f"Could not find {resource} with {parameter}: [{value}].",
        "resource-not-found",
        {"resource_type": resource, "parameter": parameter, "value": value, "resource_id": value},
    )


def not_authorized(resource: str, parameter: str, value: str) -> Json:
    """A partial error: it exists, and its author keeps it from the reader."""
    shown = "Tweet" if resource == "tweet" else resource
    return _partial(
        "Authorization Error",
        f"Sorry, you are not authorized to see the {shown} with {parameter}: [{value}].",
        "not-authorized-for-resource",
        {
            "resource_type": resource,
            "parameter": parameter,
            "value": value,
            "resource_id": value,
            "section": "data",
        },
    )


def _partial(title: str, detail: str, kind: str, more: Json) -> Json:
    return {**more, "title": title, "detail": detail, "type": _TYPES + kind}
