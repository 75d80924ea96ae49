"""Slack tells things twice, late, in the wrong order or of what nobody asked: each counts once."""

from __future__ import annotations

from bot.sandbox.faults import Fault
from tests.scenario.rig import Rig, in_one_loop, shared_rig

pytestmark = in_one_loop
rig = shared_rig(hold="0s")


async def test_a_message_that_is_told_twice_is_published_once(rig: Rig) -> None:
    case = await rig.claimed("say it once")
    rig.world.slack.mischief.only = "message"
    rig.world.slack.mischief.twice = 1
    await rig.write(case.agent, case.ts, "Once.")
    await rig.hears(case.ts, "Posted as")
    await rig.delivered()

    assert await rig.replies_to(case.post_id) == ["Once. ^MK"]
    assert len(await rig.said_in(case.ts)) == 1


async def test_a_reaction_that_is_told_twice_claims_once(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("claim it once")
    rig.world.slack.mischief.only = "reaction_added"
    rig.world.slack.mischief.twice = 1
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.card_shows(ts, rig.agents[0].name)
    await rig.delivered()

    assert await rig.said_in(ts) == []


async def test_a_command_word_that_is_told_twice_is_answered_once(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("answer it once")
    before = len(rig.whispered(rig.agents[0]))
    rig.world.slack.mischief.only = "message"
    rig.world.slack.mischief.twice = 1
    await rig.write(rig.agents[0], ts, "!help")
    await rig.whisper(rig.agents[0], "!claim")
    await rig.delivered()
    await rig.write(rig.agents[0], ts, "!nonsense")
    await rig.whisper(rig.agents[0], "!nonsense")

    assert len(rig.whispered(rig.agents[0])) == before + 2
    assert await rig.said_in(ts) == []


async def test_an_edit_that_overtakes_its_message_counts(rig: Rig) -> None:
    case = await rig.claimed("overtake me")
    rig.world.slack.mischief.only = "message"
    rig.world.slack.mischief.reverse = 2
    message = await rig.write(case.agent, case.ts, "Teh edit.")
    await rig.edit(case.agent, message, "The edit.")
    await rig.hears(case.ts, "Posted as")
    await rig.delivered()

    assert await rig.replies_to(case.post_id) == ["The edit. ^MK"]


async def test_a_deletion_that_overtakes_its_message_keeps_it_inside(rig: Rig) -> None:
    case = await rig.claimed("overtake me twice")
    rig.world.slack.mischief.only = "message"
    rig.world.slack.mischief.reverse = 2
    message = await rig.write(case.agent, case.ts, "I take this back.")
    await rig.delete(case.agent, message)
    await rig.delivered()
    await rig.write(case.agent, case.ts, "I leave this here.")
    await rig.hears(case.ts, "Posted as")

    assert await rig.replies_to(case.post_id) == ["I leave this here. ^MK"]
    assert len(await rig.said_in(case.ts)) == 1


async def test_what_could_not_be_dealt_with_is_not_acknowledged_and_comes_again(rig: Rig) -> None:
    newcomer = rig.new_agent("Nina Nieuw")
    _, ts, _ = await rig.new_case("try me again")
    rig.world.slack.pace.factor = 0.1
    rig.world.faults.order(Fault("slack", "users.info", "status", status=500))
    await rig.react(newcomer, ts, "eyes")
    await rig.card_shows(ts, "Claimed by Nina Nieuw")
    rig.world.slack.pace.factor = 1.0


async def test_events_that_mean_nothing_are_acknowledged_all_the_same(rig: Rig) -> None:
    passer_by = rig.new_agent("Pim Passant")
    rig.world.slack.open_home(passer_by.id)
    rig.world.slack.leave(passer_by.id, rig.channel)
    rig.world.slack.rename(rig.channel, "webcare-desk")

    await rig.delivered()
