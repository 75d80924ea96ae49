"""The card's buttons: what they do, which are there when, and what a presser who may not is told."""

from __future__ import annotations

import asyncio

from tests.scenario.rig import Rig, in_one_loop, shared_rig
from tests.scenario.sides import Json, labels_of

pytestmark = in_one_loop
rig = shared_rig()


async def test_claim_claims_and_gives_way_to_release(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("press claim")
    await rig.press(rig.agents[1], ts, "Claim")
    await rig.card_shows(ts, f"Claimed by {rig.agents[1].name}")

    assert labels_of(await rig.message(ts)) == ["Release", "No reply needed", "Switch to private"]
    assert await rig.said_in(ts) == []


async def test_of_two_who_press_claim_at_once_one_is_told_who_has_it(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("press claim together")
    one, other = rig.agents[1], rig.agents[2]
    await asyncio.gather(rig.press(one, ts, "Claim"), rig.press(other, ts, "Claim"))
    told = await rig.hears(ts, "take it over?")
    winner, loser = (other, one) if told.startswith(f"<@{one.id}>") else (one, other)

    assert told.startswith(f"<@{loser.id}>, {winner.name} has had case")
    await rig.card_shows(ts, f"Claimed by {winner.name}")


async def test_release_releases(rig: Rig) -> None:
    case = await rig.claimed("press release")
    await rig.press(case.agent, case.ts, "Release")

    await rig.card_shows(case.ts, "Nobody has claimed this yet")


async def test_release_by_a_colleague_is_refused_in_a_whisper(rig: Rig) -> None:
    case = await rig.claimed("press release, colleague")
    await rig.press(rig.agents[1], case.ts, "Release")
    await rig.whisper(rig.agents[1], "or take it over with")

    assert f"Claimed by {case.agent.name}" in await rig.card_text(case.ts)
    assert await rig.said_in(case.ts) == []


async def test_close_is_offered_once_the_case_is_answered(rig: Rig) -> None:
    case = await rig.claimed("press close")
    before = labels_of(await rig.message(case.ts))
    await rig.answered(case)
    await rig.press(case.agent, case.ts, "Close")

    assert "Close" not in before
    await rig.card_shows(case.ts, "Closed")


async def test_set_aside_asks_for_the_reason(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("press set aside")
    await rig.press(rig.agents[0], ts, "No reply needed")
    question = await rig.line(ts, "need no reply?")
    await rig.press(rig.agents[0], question["ts"], "no question")

    await rig.card_shows(ts, ": no question")


async def another_question(rig: Rig, ts: str, first: str) -> str:
    """The ts of a question about setting aside that is not the first."""
    asked = [m["ts"] for m in await rig.thread(ts) if "need no reply?" in m["text"]]
    return next((question for question in asked if question != first), "")


async def test_a_decided_question_shows_the_decision_and_no_buttons(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("press set aside once")
    await rig.press(rig.agents[0], ts, "No reply needed")
    question = await rig.line(ts, "need no reply?")
    await rig.press(rig.agents[0], question["ts"], "no question")
    decided = await rig.until(lambda: without_buttons(rig, question["ts"]))

    assert "no question" in decided["text"]


async def without_buttons(rig: Rig, ts: str) -> Json:
    """The message, once it has no buttons any more."""
    message = await rig.message(ts)
    return message if not labels_of(message) else {}


async def test_a_reason_chosen_twice_is_told_in_a_whisper(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("press set aside twice")
    await rig.press(rig.agents[0], ts, "No reply needed")
    question = await rig.line(ts, "need no reply?")
    await rig.press(rig.agents[1], ts, "No reply needed")
    second = await rig.until(lambda: another_question(rig, ts, question["ts"]))
    await rig.press(rig.agents[0], question["ts"], "no question")
    await rig.card_shows(ts, "Closed without a reply")
    await rig.press(rig.agents[1], second, "spam")
    await rig.whisper(rig.agents[1], "is no longer open")

    assert ": no question" in await rig.card_text(ts)


async def test_go_private_and_go_public_take_turns(rig: Rig) -> None:
    case = await rig.claimed("press private and public")
    await rig.press(case.agent, case.ts, "Switch to private")
    await rig.card_shows(case.ts, f"Replies go privately to @{case.customer.name}")
    private = labels_of(await rig.message(case.ts))
    await rig.press(case.agent, case.ts, "Switch to public")
    await rig.card_shows(case.ts, f"Replies are posted publicly as @{rig.brand.name}")

    assert private == ["Release", "No reply needed", "Switch to public"]


async def test_go_private_by_a_colleague_is_refused_in_a_whisper(rig: Rig) -> None:
    case = await rig.claimed("press private, colleague")
    await rig.press(rig.agents[1], case.ts, "Switch to private")
    await rig.whisper(rig.agents[1], "and only who has a case can switch it")

    assert "Replies are posted publicly" in await rig.card_text(case.ts)


async def test_a_colleague_cannot_send_or_stop_ones_reply(rig: Rig) -> None:
    case = await rig.claimed("press send, colleague")
    _, line = await rig.queued(case, "This one is mine.")
    for label in ("Send now", "Stop"):
        await rig.press(rig.agents[1], line["ts"], label)
        await rig.whisper(
            rig.agents[1], "Only the person who wrote this reply, or who has the case, can do that."
        )

    assert "Will be posted" in (await rig.message(line["ts"]))["text"]


async def test_open_post_is_acknowledged_and_changes_nothing(rig: Rig) -> None:
    post_id, ts, customer = await rig.new_case("press open")
    await rig.post(customer, "@brand and another thing", in_reply_to=post_id)
    later = await rig.line(ts, "and another thing")
    before = await rig.said_in(ts)
    await rig.press(rig.agents[0], later["ts"], "Open post")

    assert await rig.said_in(ts) == before
