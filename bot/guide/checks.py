"""The checks that every reply passes before it is queued and once more before it is sent."""

from __future__ import annotations

from bot.cases.ports import Measure
from bot.cases.said import Said, say


def sign(body: str, initials: str) -> str:
    """The text as published: the body closed with the sender's initials, once."""
    body = body.strip()
    if not initials:
        return body
    mark = f"^{initials.lstrip('^')}"
    if body.casefold().endswith(mark.casefold()):
        return body
    return f"{body} {mark}"


def objection(body: str, measure: Measure) -> Said | None:
    """Why this text cannot go out as it stands; None when nothing is in the way."""
    if not body.strip():
        return say("hold.empty")
    if measure.length > measure.limit:
        return say(
            "hold.too_long", length=measure.length, limit=measure.limit, count=measure.length - measure.limit
        )
    if not measure.valid:
        return say("hold.not_valid")
    return None
