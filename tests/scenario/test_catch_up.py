"""Catching up: what happened in the threads while nobody listened is dealt with once somebody does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.scenario.rig import LONG, Rig, own_rig
from tests.scenario.sides import labels_of

rig = own_rig(LONG)


@asynccontextmanager
async def outage(rig: Rig) -> AsyncIterator[None]:
    """The bot is down while this lasts; what Slack would have told it is lost for good."""
    await rig.delivered()
    await rig.stop()
    rig.world.slack.mischief.lose = 1_000
    yield
    rig.world.slack.mischief.lose = 0
    await rig.start()


async def test_a_claim_that_was_missed_is_made(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("claim me in the dark")
    async with outage(rig):
        await rig.react(rig.agents[1], ts, "eyes")

    await rig.card_shows(ts, f"Claimed by {rig.agents[1].name}")


async def test_a_release_that_was_missed_is_made(rig: Rig) -> None:
    case = await rig.claimed("release me in the dark")
    async with outage(rig):
        await rig.unreact(case.agent, case.ts, "eyes")

    await rig.card_shows(case.ts, "Nobody has claimed this yet")


async def test_who_claimed_what_was_given_back_in_the_dark_has_it(rig: Rig) -> None:
    case = await rig.claimed("pass me on in the dark")
    async with outage(rig):
        await rig.unreact(case.agent, case.ts, "eyes")
        await rig.react(rig.agents[1], case.ts, "eyes")

    await rig.card_shows(case.ts, f"Claimed by {rig.agents[1].name}")


async def test_a_reply_that_was_missed_is_queued(rig: Rig) -> None:
    case = await rig.claimed("write to me in the dark")
    async with outage(rig):
        await rig.write(case.agent, case.ts, "Here I am.")
    line = await rig.line(case.ts, "Will be posted")
    await rig.press(case.agent, line["ts"], "Send now")

    assert await rig.reply_under(case.post_id) == "Here I am. ^MK"


async def test_notes_that_were_missed_stay_inside(rig: Rig) -> None:
    case = await rig.claimed("whisper in the dark")
    async with outage(rig):
        await rig.write(case.agent, case.ts, "// between us")
        await rig.write(rig.agents[1], case.ts, "I heard that")
        await rig.write(rig.new_agent("Gina Gast", restricted=True), case.ts, "me too")
        await rig.write(case.agent, case.ts, "!nonsense")
    await rig.whisper(case.agent, "!nonsense")
    await rig.settle(0.3)

    assert await rig.said_in(case.ts) == []


async def test_a_message_in_an_unclaimed_thread_that_was_missed_is_asked_about(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("ask me in the dark")
    async with outage(rig):
        await rig.write(rig.agents[1], ts, "Who is there?")
    question = await rig.line(ts, "Nobody has claimed this case, so your message stays internal for now.")

    assert labels_of(question) == ["Claim and send", "Keep as a note"]


async def test_an_edit_that_was_missed_changes_what_waits(rig: Rig) -> None:
    case = await rig.claimed("correct me in the dark")
    message, line = await rig.queued(case, "Teh correction.")
    async with rig.redraw(line["ts"]), outage(rig):
        await rig.edit(case.agent, message, "The correction.")
    await rig.press(case.agent, line["ts"], "Send now")

    assert await rig.reply_under(case.post_id) == "The correction. ^MK"


async def test_a_deletion_that_was_missed_stops_what_waits(rig: Rig) -> None:
    case = await rig.claimed("forget me in the dark")
    message, line = await rig.queued(case, "Never mind.")
    async with outage(rig):
        await rig.delete(case.agent, message)
    stopped = await rig.line(case.ts, "Stopped. This reply was not posted.")

    assert stopped["ts"] == line["ts"]


async def test_a_stop_that_was_missed_stops_what_waits(rig: Rig) -> None:
    case = await rig.claimed("stop me in the dark")
    message, _ = await rig.queued(case, "I go on and on.")
    async with outage(rig):
        await rig.react(case.agent, message, "x")

    await rig.line(case.ts, "Stopped. This reply was not posted.")


async def test_a_closing_that_was_missed_is_done(rig: Rig) -> None:
    case = await rig.claimed("close me in the dark")
    await rig.answered(case)
    async with outage(rig):
        await rig.react(case.agent, case.ts, "white_check_mark")

    await rig.card_shows(case.ts, "Closed")


async def test_a_word_that_was_missed_is_answered(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("help me in the dark")
    async with outage(rig):
        await rig.write(rig.agents[0], ts, "!help")

    await rig.whisper(rig.agents[0], "!claim")


async def test_what_was_dealt_with_before_is_not_dealt_with_again(rig: Rig) -> None:
    case = await rig.claimed("once is enough")
    await rig.answered(case, "Agreed.")
    before = sum("!claim" in text for text in rig.whispered(case.agent))
    await rig.write(case.agent, case.ts, "!help")
    await rig.whisper(case.agent, "!claim")
    said = await rig.said_in(case.ts)
    async with outage(rig):
        await rig.write(case.agent, case.ts, "!nonsense")
    await rig.whisper(case.agent, "!nonsense")
    await rig.settle(0.3)

    assert sum("!claim" in text for text in rig.whispered(case.agent)) == before + 1
    assert await rig.said_in(case.ts) == said
    assert await rig.replies_to(case.post_id) == ["Agreed. ^MK"]


async def test_a_mention_of_the_outage_gets_its_card(rig: Rig) -> None:
    async with outage(rig):
        await rig.post(rig.customers[0], "@brand is it dark there?")

    await rig.card("is it dark there?")


async def test_after_a_reconnect_the_threads_are_read_as_well(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("claim me off the line")
    rig.world.slack.mischief.only = "reaction_added"
    rig.world.slack.mischief.lose = 1
    await rig.react(rig.agents[1], ts, "eyes")
    await rig.world.slack.disconnect_sockets()

    await rig.card_shows(ts, f"Claimed by {rig.agents[1].name}")


async def test_a_message_that_was_missed_before_one_that_was_heard_is_queued_too(rig: Rig) -> None:
    case = await rig.claimed("answer me twice")
    await rig.delivered()
    rig.world.slack.mischief.lose = 1
    await rig.write(case.agent, case.ts, "This one is missed.")
    await rig.delivered()
    await rig.write(case.agent, case.ts, "// this one is heard")
    await rig.delivered()
    await rig.stop()
    await rig.start()

    await rig.line(case.ts, "Will be posted")
