"""A workspace that ends editing: what cards and lines cannot show any more is said in their threads."""

from __future__ import annotations

import pytest

from bot.sandbox.faults import Fault
from tests.scenario.rig import LONG, LOST, WORDS, Rig, own_rig
from tests.scenario.trouble import UPDATE, announced, heard

rig = own_rig(LONG)


def end_editing(rig: Rig, error: str = "edit_window_closed") -> None:
    """From now on Slack lets nobody change a message, the bot included."""
    body = f'{{"ok": false, "error": "{error}"}}'
    rig.world.faults.order(Fault("slack", UPDATE, "status", times=1000, status=200, body=body))


@pytest.mark.parametrize("error", ["edit_window_closed", "cant_update_message", "message_not_found"])
async def test_a_reply_that_is_out_is_shown_by_a_new_line(rig: Rig, error: str) -> None:
    case = await rig.claimed(LOST)
    _, line = await rig.queued(case, WORDS)
    end_editing(rig, error)
    await rig.press(case.agent, line["ts"], "Send now")
    shown = await rig.line(case.ts, "Posted as")

    assert shown["ts"] != line["ts"]


async def test_who_has_a_case_is_told_in_its_thread(rig: Rig) -> None:
    _, ts, _ = await rig.new_case(LOST)
    end_editing(rig)
    await rig.react(rig.agents[0], ts, "eyes")
    told = await rig.hears(ts, "I cannot update the card")

    assert f"The case is now claimed, and {rig.agents[0].name} has it; replies are public." in told


async def test_the_channel_is_told_once_what_to_change(rig: Rig) -> None:
    _, ts, _ = await rig.new_case(LOST)
    end_editing(rig)
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.hears(ts, "The case is now claimed")
    await rig.unreact(rig.agents[0], ts, "eyes")
    await rig.hears(ts, "The case is now new")
    await announced(rig, "Message Editing")
    await rig.settle(0.3)

    assert await heard(rig, "Message Editing") == [1]
