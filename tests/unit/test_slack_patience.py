"""How long Slack's limit is waited for, whatever its header says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.slack.calls import _retry_after


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30),
        ("0", 1),
        ("86400000", 3600),
        ("99999999999999999", 30),
        ("²", 30),
        ("-1", 30),
        ("0.5", 30),
        ("abc", 30),
        ("", 30),
    ],
)
def test_it_is_kept_to_within_reason(header: str, seconds: int) -> None:
    assert _retry_after({"Retry-After": header}) == timedelta(seconds=seconds)
