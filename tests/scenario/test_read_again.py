"""Right before a reply goes its message is read again: a stop counts although Slack never told us of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.sandbox.faults import Fault
from tests.scenario.rig import Rig, in_one_loop, shared_rig

pytestmark = in_one_loop
rig = shared_rig()

STOPPED = "Stopped. This reply was not posted."


@contextmanager
def unheard(rig: Rig) -> Iterator[None]:
    """Reactions put while this lasts stand in Slack, and their events never come."""
    mischief = rig.world.slack.mischief
    mischief.only, mischief.lose = "reaction_added", 1_000
    yield
    mischief.only, mischief.lose = "", 0


def pages_read(rig: Rig) -> int:
    """How many pages of threads the bot has read."""
    bot = rig.world.slack.bot.id
    return sum(r.method == "conversations.replies" and r.who == bot for r in rig.world.slack.requests)


async def test_a_stop_on_the_message_that_nobody_heard_stops_the_reply(rig: Rig) -> None:
    case = await rig.claimed("my kettle whistles")
    message, line = await rig.queued(case, "Let it.")
    with unheard(rig):
        await rig.react(case.agent, message, "x")
        await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, STOPPED)

    assert await rig.replies_to(case.post_id) == []


async def test_a_stop_on_the_line_that_nobody_heard_stops_the_reply(rig: Rig) -> None:
    case = await rig.claimed("my toaster burns")
    _, line = await rig.queued(case, "Pull the plug.")
    with unheard(rig):
        await rig.react(case.agent, line["ts"], "x")
        await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, STOPPED)

    assert await rig.replies_to(case.post_id) == []


async def test_a_reaction_of_somebody_slack_does_not_know_does_not_hide_the_stop(rig: Rig) -> None:
    case = await rig.claimed("my oven smokes")
    message, line = await rig.queued(case, "Open a window.")
    body = '{"ok": false, "error": "user_not_found"}'
    rig.world.faults.order(Fault("slack", "GET /slack/api/users.info", "status", status=200, body=body))
    with unheard(rig):
        await rig.react(rig.new_agent("Nobody Knows"), message, "+1")
        await rig.react(case.agent, message, "x")
        await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, STOPPED)

    assert await rig.replies_to(case.post_id) == []


async def test_a_reaction_that_means_nothing_keeps_nothing_back(rig: Rig) -> None:
    case = await rig.claimed("my fridge hums")
    message, line = await rig.queued(case, "They do that.")
    with unheard(rig):
        await rig.react(case.agent, message, "+1")
        await rig.react(rig.agents[1], line["ts"], "tada")
        await rig.press(case.agent, line["ts"], "Send now")

    assert await rig.reply_under(case.post_id) == "They do that. ^MK"


async def test_the_message_and_the_line_are_read_with_one_call(rig: Rig) -> None:
    case = await rig.claimed("my blender jumps")
    _, line = await rig.queued(case, "Use the lid.")
    before = pages_read(rig)
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.reply_under(case.post_id)

    assert pages_read(rig) - before == 1
