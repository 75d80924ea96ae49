"""The checks that every reply passes before it is queued and once more before it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from bot.cases.ports import Measure, ReplyTarget
from bot.cases.posts import Surface
from bot.cases.said import Sentence, say

#: The longest text that any network takes, in characters: a direct message on X.
MOST = 10_000


class Rules(Protocol):
    """What the checks ask of a network."""

    def measure(self, text: str, target: ReplyTarget, mode: Surface) -> Measure:
        """The length of `text` as the network counts it in this place, in milliseconds also for `MOST`."""


def sign(body: str, initials: str) -> str:
    """The text as published: the body closed with the sender's initials, once."""
    body = body.strip()
    if not initials:
        return body
    mark = f"^{initials.lstrip('^')}"
    if body.casefold().endswith(mark.casefold()):
        return body
    return f"{body} {mark}"


def measured(text: str, rules: Rules, target: ReplyTarget, mode: Surface) -> Measure:
    """The length of a text as the network counts it. No network takes more than `MOST` characters, and none
    is given more to count: what is beyond counts one each."""
    beyond = len(text) - MOST
    if beyond <= 0:
        return rules.measure(text, target, mode)
    counted = rules.measure(text[:MOST], target, mode)
    return replace(counted, length=counted.length + beyond, valid=False)


def block_reason(body: str, measure: Measure) -> Sentence | None:
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
