"""Slack's events late, out of order, or while no line is up: what agents did counts as they meant it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from tests.scenario.rig import LONG, LOST, WORDS, Rig, open_rig
from tests.scenario.trouble import promise


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path, brisk=True, start=False) as opened:
        promise(opened, hold=timedelta(milliseconds=400))
        await opened.start()
        opened.world.slack.pace.factor = 0.1
        yield opened


async def test_of_two_edits_in_the_wrong_order_the_later_one_goes_out(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    message, _ = await rig.queued(case, WORDS)
    rig.world.slack.mischief.reverse = 2
    await rig.edit(case.agent, message, "Your parcel is found")
    await rig.edit(case.agent, message, "Your parcel is found and on its way.")
    await rig.line(case.ts, "Posted as")

    assert rig.published() == ["Your parcel is found and on its way. ^MK"]


async def test_a_message_that_comes_before_the_claim_it_followed_is_a_reply_after_all(rig: Rig) -> None:
    _, ts, _ = await rig.new_case(LOST)
    rig.world.slack.mischief.reverse = 2
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.write(rig.agents[0], ts, WORDS)
    await rig.line(ts, "Posted as")

    assert rig.published() == [f"{WORDS} ^MK"]


async def test_a_claim_that_was_taken_back_stays_so_when_slack_tells_it_last(rig: Rig) -> None:
    _, ts, _ = await rig.new_case(LOST)
    rig.world.slack.mischief.reverse = 2
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.unreact(rig.agents[0], ts, "eyes")
    await rig.delivered()
    await rig.write(rig.agents[0], ts, WORDS)
    await rig.hears(ts, "Nobody has claimed this case, so your message stays internal for now.")
    await rig.settle(0.6)

    assert rig.published() == []


async def test_a_claim_that_was_made_again_stands_when_slack_tells_its_end_last(rig: Rig) -> None:
    _, ts, _ = await rig.new_case(LOST)
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.card_shows(ts, rig.agents[0].name)
    rig.world.slack.mischief.reverse = 2
    await rig.unreact(rig.agents[0], ts, "eyes")
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.delivered()
    await rig.write(rig.agents[0], ts, WORDS)
    await rig.line(ts, "Posted as")

    assert rig.published() == [f"{WORDS} ^MK"]


async def test_a_case_belongs_to_who_claimed_it_after_it_was_given_back_whichever_slack_tells_first(
    rig: Rig,
) -> None:
    case = await rig.claimed(LOST)
    rig.world.slack.mischief.reverse = 2
    await rig.unreact(case.agent, case.ts, "eyes")
    await rig.react(rig.agents[1], case.ts, "eyes")
    await rig.card_shows(case.ts, rig.agents[1].name)
    await rig.write(rig.agents[1], case.ts, WORDS)
    await rig.line(case.ts, "Posted as")

    assert rig.published() == [f"{WORDS} ^JV"]


async def test_a_word_that_gives_a_case_back_is_told_after_the_claim_that_followed_it(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    rig.world.slack.mischief.reverse = 2
    await rig.write(case.agent, case.ts, "!release")
    await rig.react(rig.agents[1], case.ts, "eyes")

    await rig.card_shows(case.ts, rig.agents[1].name)


async def test_what_somebody_slack_does_not_show_does_is_acknowledged_and_changes_nothing(rig: Rig) -> None:
    _, ts, _ = await rig.new_case(LOST)
    body = '{"ok": false, "error": "user_not_found"}'
    rig.world.faults.order(Fault("slack", "GET /slack/api/users.info", "status", status=200, body=body))
    stranger = rig.new_agent("Nobody Knows")
    await rig.react(stranger, ts, "eyes")
    await rig.delivered()
    await rig.write(stranger, ts, WORDS)
    await rig.delivered()
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.card_shows(ts, rig.agents[0].name)

    assert rig.published() == []


async def test_a_late_event_is_heard_when_it_comes(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    rig.world.slack.mischief.late = 1
    rig.world.slack.mischief.late_by = 0.3
    await rig.write(case.agent, case.ts, WORDS)
    await rig.line(case.ts, "Posted as")

    assert rig.published() == [f"{WORDS} ^MK"]


async def test_events_are_heard_over_each_new_connection(rig: Rig) -> None:
    _, ts, _ = await rig.new_case(LOST)
    for _ in range(3):
        await rig.world.slack.disconnect_sockets()
    await rig.react(rig.agents[0], ts, "eyes")

    await rig.card_shows(ts, rig.agents[0].name)


async def test_what_was_done_while_the_line_was_down_counts_once_it_is_up(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    _, other, _ = await rig.new_case("another matter")
    rig.world.slack.drop_sockets()
    await rig.write(case.agent, case.ts, WORDS)
    await rig.react(rig.agents[1], other, "eyes")
    await rig.card_shows(other, rig.agents[1].name)
    await rig.line(case.ts, "Posted as")
    await rig.settle(0.6)

    assert rig.published() == [f"{WORDS} ^MK"]


async def test_a_button_pressed_twice_acts_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path, hold=LONG, brisk=True) as rig:
        case = await rig.claimed(LOST)
        _, line = await rig.queued(case, WORDS)
        await rig.press(case.agent, line["ts"], "Send now")
        await rig.world.slack.press(case.agent.id, rig.channel, line["ts"], "send_now")
        await rig.line(case.ts, "Posted as")
        await rig.settle(0.5)

        assert rig.published() == [f"{WORDS} ^MK"]


@pytest.mark.parametrize("change", ["edit", "delete"])
async def test_of_the_second_of_two_messages_a_change_counts_that_slack_never_told(
    tmp_path: Path, change: str
) -> None:
    async with open_rig(tmp_path, hold="2s") as rig:
        case = await rig.claimed(LOST)
        await rig.write(case.agent, case.ts, "We are looking.")
        await rig.settle(1)
        second = await rig.write(case.agent, case.ts, "It is gone for good")
        await rig.line(case.ts, "Posted as")  # its thread was read for that
        rig.world.slack.mischief.only = "message"
        rig.world.slack.mischief.lose = 1
        if change == "edit":
            await rig.edit(case.agent, second, WORDS)
        else:
            await rig.delete(case.agent, second)
        await rig.settle(7)  # a changed reply is held anew

        assert rig.published()[:-1] == ([f"{WORDS} ^MK"] if change == "edit" else [])
