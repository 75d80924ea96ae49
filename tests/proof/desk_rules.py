"""The rules of the team at the desk, as app.yaml has them in the proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: By which a customer is promised an answer within four seconds, and within two where it is urgent.
_TARGETS = (
    "{first_reply: 4s, next_reply: 4s, warn_before: 2s, resolution: 8s,"
    " per_priority: {urgent: {first_reply: 2s, next_reply: 2s}}}"
)


def rules(seed: int, told: Mapping[str, Any]) -> str:
    """The targets and the lines below them. Every second seed escalates in steps, with a roster."""
    first, second = (agent["id"] for agent in told["slack"]["agents"][:2])
    lines = [_TARGETS, "claim_expires: 6s", "close_after: 7s", "second_reader: 100%"]
    if seed % 2:
        lines += [
            "escalation: [{when: at_risk, call: assignee_or_duty}, {when: missed, call: lead},"
            " {when: missed, again: 2s, times: 2, call: duty}]",
            f"leads: [{first}]",
            f'duty: {{mon-sun: {{"00:00-24:00": [{second}]}}}}',
        ]
    return "\n    ".join(lines)
