"""A hold that ends while the bot is away: what agents changed, stopped or took back meanwhile comes first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from tests.scenario.rig import WORDS, Claimed, Rig, claimed_case, open_rig
from tests.scenario.trouble import promise, rows

#: Long enough to stop the bot in, short enough to be over when it is back.
HOLD = timedelta(milliseconds=400)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with open_rig(tmp_path, brisk=True, start=False) as opened:
        promise(opened, hold=HOLD)
        await opened.start()
        yield opened


case = claimed_case


async def hold_is_over(rig: Rig) -> None:
    await rig.settle(0.5)


async def start_late(rig: Rig) -> None:
    """Start once the hold is over, before a Slack that takes its time to show the thread."""
    await hold_is_over(rig)
    rig.world.faults.order(Fault("slack", "conversations.replies", "delay", seconds=0.5))
    await rig.start()


async def caught_up(rig: Rig) -> None:
    """Until everything that was missed must have been dealt with: a later reaction of somebody shows on a
    card, and what the bot would say or send has had its time."""
    _, ts, _ = await rig.new_case("a later matter")
    await rig.react(rig.agents[1], ts, "eyes")
    await rig.card_shows(ts, rig.agents[1].name)
    await hold_is_over(rig)


async def test_a_reply_written_meanwhile_goes_out_once(rig: Rig, case: Claimed) -> None:
    await rig.stop()
    await rig.write(case.agent, case.ts, WORDS)
    await rig.start()
    await rig.line(case.ts, "Posted as")
    await caught_up(rig)

    assert rig.published() == [f"{WORDS} ^MK"]


@pytest.mark.parametrize("claimed_first", [True, False])
async def test_of_a_claim_and_words_made_meanwhile_nobody_knows_which_was_first(
    rig: Rig, claimed_first: bool
) -> None:
    _, ts, _ = await rig.new_case("my parcel is lost")
    await rig.stop()
    if claimed_first:
        await rig.react(rig.agents[0], ts, "eyes")
    await rig.write(rig.agents[0], ts, WORDS)
    if not claimed_first:
        await rig.react(rig.agents[0], ts, "eyes")
    await rig.start()
    question = await rig.line(ts, "you wrote this before the case was yours")
    await caught_up(rig)

    assert rig.published() == []

    await rig.press(rig.agents[0], question["ts"], "Send to the customer")
    await rig.line(ts, "Posted as")

    assert rig.published() == [f"{WORDS} ^MK"]


async def test_a_queued_message_edited_meanwhile_goes_out_as_it_was_edited(rig: Rig, case: Claimed) -> None:
    message, _ = await rig.queued(case, WORDS)
    await rig.stop()
    await rig.edit(case.agent, message, "Your parcel is found.")
    await start_late(rig)
    await rig.line(case.ts, "Posted as")

    assert rig.published() == ["Your parcel is found. ^MK"]


async def test_a_queued_message_deleted_meanwhile_never_goes_out(rig: Rig, case: Claimed) -> None:
    message, _ = await rig.queued(case, WORDS)
    await rig.stop()
    await rig.delete(case.agent, message)
    await start_late(rig)
    await rig.line(case.ts, "Stopped. This reply was not posted.")
    await caught_up(rig)

    assert rig.published() == []


async def test_a_queued_reply_stopped_by_reaction_meanwhile_never_goes_out(rig: Rig, case: Claimed) -> None:
    message, _ = await rig.queued(case, WORDS)
    await rig.stop()
    await rig.react(case.agent, message, "x")
    await start_late(rig)
    await rig.line(case.ts, "Stopped. This reply was not posted.")
    await caught_up(rig)

    assert rig.published() == []


@pytest.mark.parametrize("text", ["!stop!", "!stopp", "STOP!!", "/stop"])
async def test_a_stop_written_meanwhile_is_obeyed(rig: Rig, case: Claimed, text: str) -> None:
    await rig.queued(case, WORDS)
    await rig.stop()
    await rig.write(case.agent, case.ts, text)
    await start_late(rig)
    await rig.line(case.ts, "Stopped. This reply was not posted.")
    await caught_up(rig)

    assert rig.published() == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("edit", "X still shows: “"),
        ("delete", "X still shows: “"),
    ],
)
@pytest.mark.parametrize("quiet", [True, False])
async def test_what_becomes_of_the_message_behind_a_published_reply_is_told_once(
    rig: Rig, case: Claimed, change: str, told: str, quiet: bool
) -> None:
    message, _ = await rig.queued(case, WORDS)
    await rig.line(case.ts, "Posted as")
    await rig.delivered()
    await rig.stop()
    if change == "edit":
        await rig.edit(case.agent, message, "Your parcel is found.")
    else:
        await rig.delete(case.agent, message)
    if not quiet:
        await rig.write(case.agent, case.ts, "// and a note")
    await rig.start()
    await rig.line(case.ts, told)
    await rig.stop()
    await rig.start()
    await caught_up(rig)

    assert len([m for m in await rig.by_bot(case.ts) if told in m["text"]]) == 1
    assert rig.published() == [f"{WORDS} ^MK"]


async def test_a_queued_reply_of_a_case_released_meanwhile_waits_for_a_person(
    rig: Rig, case: Claimed
) -> None:
    await rig.queued(case, WORDS)
    await rig.stop()
    await rig.unreact(case.agent, case.ts, "eyes")
    await start_late(rig)
    await rig.line(case.ts, "The case was released in the meantime.")
    await caught_up(rig)

    assert rig.published() == []


async def test_what_was_seen_before_is_not_done_again(rig: Rig, case: Claimed) -> None:
    await rig.write(case.agent, case.ts, "!release")
    await rig.card_shows(case.ts, "Nobody has claimed this yet")
    await rig.stop()
    await rig.start()
    await caught_up(rig)

    assert "Nobody has claimed this yet" in await rig.card_text(case.ts)
    assert rows(rig, "SELECT count(*) FROM events WHERE case_id = 1 AND kind = 'claimed'") == [(1,)]


async def test_a_message_answered_with_a_question_is_asked_about_once(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("my parcel is lost")
    await rig.write(rig.agents[0], ts, WORDS)
    await rig.hears(ts, "Nobody has claimed this case")
    await rig.stop()
    await rig.start()
    await caught_up(rig)

    assert len(await rig.said_in(ts)) == 1


async def test_events_lost_without_a_trace_are_found_when_the_socket_opens_again(
    rig: Rig, case: Claimed
) -> None:
    rig.world.slack.mischief.lose = 10
    await rig.write(case.agent, case.ts, WORDS)
    rig.world.slack.mischief.lose = 0
    await rig.world.slack.disconnect_sockets()
    await rig.line(case.ts, "Posted as")

    assert rig.published() == [f"{WORDS} ^MK"]


async def test_a_deletion_while_the_line_is_down_reaches_the_reply_in_time(rig: Rig, case: Claimed) -> None:
    """Slack delivers nothing while no socket is open; what is due then must not go out unheard."""
    message, _ = await rig.queued(case, WORDS)
    rig.world.slack.pace.factor = 100
    rig.world.slack.drop_sockets()
    await rig.delete(case.agent, message)
    await rig.line(case.ts, "Stopped. This reply was not posted.")
    await hold_is_over(rig)

    assert rig.published() == []
