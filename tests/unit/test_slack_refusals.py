"""Slack's refusals by their codes: what is gone, what may not be changed, and what a person can mend."""

from __future__ import annotations

import pytest

from bot.cases.errors import DeskClosed, DeskRefused, MessageFrozen, MessageGone
from bot.slack.calls import refused


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("message_not_found", MessageGone),
        ("thread_not_found", MessageGone),
        ("cannot_reply_to_message", MessageGone),
        ("edit_window_closed", MessageFrozen),
        ("cant_update_message", MessageFrozen),
        ("channel_not_found", DeskClosed),
        ("not_in_channel", DeskClosed),
        ("is_archived", DeskClosed),
        ("invalid_auth", DeskClosed),
        ("account_inactive", DeskClosed),
        ("token_revoked", DeskClosed),
        ("token_expired", DeskClosed),
        ("not_authed", DeskClosed),
        ("missing_scope", DeskRefused),
        ("msg_too_long", DeskRefused),
        ("invalid_blocks", DeskRefused),
        ("some_new_code", DeskRefused),
    ],
)
def test_a_code_stands_for_one_kind_of_refusal(code: str, kind: type[DeskRefused]) -> None:
    error = refused(code)

    assert (type(error), error.detail) == (kind, code)


def test_what_a_person_can_mend_is_told_and_the_rest_left_to_itself() -> None:
    assert "/invite" in refused("not_in_channel").remedy
    assert refused("some_new_code").remedy == DeskRefused.remedy
