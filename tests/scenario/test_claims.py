"""Claiming, releasing, closing and dismissing with reactions: who has a case, and who is told what."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.scenario.rig import Rig, in_one_loop, open_rig, shared_rig
from tests.scenario.sides import labels_of

pytestmark = in_one_loop
rig = shared_rig()


async def test_eyes_on_the_card_claim_the_case(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("my lamp is broken")
    await rig.react(rig.agents[1], ts, "eyes")

    await rig.card_shows(ts, f"Claimed by {rig.agents[1].name}")


async def test_a_skin_tone_and_an_alias_claim_as_well(tmp_path: Path) -> None:
    async with open_rig(tmp_path, brisk=True, start=False) as rig:
        rig.app_yaml += "reactions: {claim: thumbsup}\n"
        await rig.start()
        _, ts, _ = await rig.new_case("my lamp is broken")
        await rig.react(rig.agents[0], ts, "+1::skin-tone-4")

        await rig.card_shows(ts, f"Claimed by {rig.agents[0].name}")


async def test_taking_the_reaction_away_releases(rig: Rig) -> None:
    case = await rig.claimed("my chair wobbles")
    await rig.unreact(case.agent, case.ts, "eyes")

    await rig.card_shows(case.ts, "Nobody has claimed this yet")


async def test_a_released_case_can_be_claimed_by_somebody_else(rig: Rig) -> None:
    case = await rig.claimed("my table wobbles")
    await rig.unreact(case.agent, case.ts, "eyes")
    await rig.card_shows(case.ts, "Nobody has claimed this yet")
    await rig.react(rig.agents[2], case.ts, "eyes")

    await rig.card_shows(case.ts, f"Claimed by {rig.agents[2].name}")


async def test_a_second_claimer_is_told_who_has_it(rig: Rig) -> None:
    case = await rig.claimed("my curtain is torn")
    await rig.react(rig.agents[1], case.ts, "eyes")
    told = await rig.hears(case.ts, "take it over?")

    assert f"<@{rig.agents[1].id}>, {case.agent.name} has had case {await rig.number(case.ts)} since" in told
    assert f"Claimed by {case.agent.name}" in await rig.card_text(case.ts)


async def test_a_second_claimers_reaction_taken_away_releases_nothing(rig: Rig) -> None:
    case = await rig.claimed("my shelf is crooked")
    await rig.react(rig.agents[1], case.ts, "eyes")
    await rig.hears(case.ts, "take it over?")
    await rig.unreact(rig.agents[1], case.ts, "eyes")
    await rig.write(rig.agents[1], case.ts, "!release")
    await rig.whisper(rig.agents[1], "or take it over with")

    assert f"Claimed by {case.agent.name}" in await rig.card_text(case.ts)


async def test_of_two_who_claim_at_once_one_gets_it_and_the_other_is_told(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("who is the fastest?")
    one, other = rig.agents[0], rig.agents[1]
    await asyncio.gather(rig.react(one, ts, "eyes"), rig.react(other, ts, "eyes"))
    told = await rig.hears(ts, "take it over?")
    winner, loser = (other, one) if told.startswith(f"<@{one.id}>") else (one, other)

    assert told.startswith(f"<@{loser.id}>, {winner.name} has had case")
    await rig.card_shows(ts, f"Claimed by {winner.name}")


async def test_a_colleague_who_is_sure_takes_the_case_over(rig: Rig) -> None:
    case = await rig.claimed("my colleague went home")
    _, line = await rig.queued(case, "We look into it.")
    other = rig.agents[1]
    await rig.react(other, case.ts, "eyes")
    question = await rig.line(case.ts, "take it over?")
    await rig.press(other, question["ts"], "Take over")
    told = await rig.line(case.ts, "from you")
    await rig.card_shows(case.ts, f"Claimed by {other.name}")
    held = await rig.line(case.ts, "only they can send this now")
    await rig.unreact(case.agent, case.ts, "eyes")
    await rig.press(other, line["ts"], "Send")
    await rig.line(case.ts, "Posted as")

    assert held["ts"] == line["ts"]
    assert rig.world.slack.pings(told) == {case.agent.id}
    assert f"Claimed by {other.name}" in await rig.card_text(case.ts)
    assert await rig.replies_to(case.post_id) == ["We look into it. ^JV"]


async def test_a_check_mark_closes_an_answered_case(rig: Rig) -> None:
    case = await rig.claimed("where is the exit?")
    await rig.answered(case, "Over there.")
    await rig.react(rig.agents[1], case.ts, "white_check_mark")

    await rig.card_shows(case.ts, "Closed")


async def test_a_check_mark_asks_why_what_was_never_answered_needs_no_answer(rig: Rig) -> None:
    case = await rig.claimed("where is the entrance?")
    await rig.react(case.agent, case.ts, "white_check_mark")
    question = await rig.line(case.ts, "was never answered")
    waits = await rig.card_text(case.ts)
    await rig.press(case.agent, question["ts"], "no question")

    assert question["text"].startswith(f"<@{case.agent.id}>")
    assert "Closed" not in waits
    await rig.card_shows(case.ts, f"Closed without a reply by {case.agent.name}: no question")


async def test_a_check_mark_closes_over_a_thank_you(rig: Rig) -> None:
    case = await rig.claimed("where is the toilet?")
    await rig.answered(case, "Over there.")
    await rig.post(case.customer, "@brand thank you!", in_reply_to=case.post_id)
    await rig.hears(case.ts, "thank you!")
    await rig.react(case.agent, case.ts, "white_check_mark")

    await rig.card_shows(case.ts, f"Closed by {case.agent.name}: no reply needed")


async def test_a_monkey_asks_for_the_reason_by_buttons(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("you all stink")
    await rig.react(rig.agents[0], ts, "see_no_evil")
    question = await rig.line(ts, "need no reply?")

    assert labels_of(question) == [
        "only venting",
        "thank you",
        "answered elsewhere",
        "spam",
        "not about us",
        "no question",
        "duplicate",
        "the post is gone",
        "another reason",
    ]
    assert "Nobody has claimed this yet" in await rig.card_text(ts)


async def test_a_chosen_reason_dismisses_and_stands_on_the_card(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("you still stink")
    await rig.react(rig.agents[0], ts, "see_no_evil")
    question = await rig.line(ts, "need no reply?")
    await rig.press(rig.agents[0], question["ts"], "only venting")

    await rig.card_shows(ts, f"Closed without a reply by {rig.agents[0].name}: only venting")


async def test_a_monkey_does_not_dismiss_what_was_answered(rig: Rig) -> None:
    case = await rig.claimed("is this answered?")
    await rig.answered(case, "Yes, now it is.")
    await rig.react(case.agent, case.ts, "see_no_evil")

    await rig.hears(case.ts, "has been answered, so close it with")


async def test_claiming_a_dismissed_case_opens_it_again_with_its_clock(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("was this a mistake?")
    due = (await rig.card_text(ts)).partition("Reply due ")[2].partition("^{")[0]
    await rig.write(rig.agents[0], ts, "!dismiss other")
    await rig.card_shows(ts, "Closed without a reply")
    await rig.react(rig.agents[1], ts, "eyes")
    await rig.card_shows(ts, f"Claimed by {rig.agents[1].name}")

    assert f"Reply due {due}" in await rig.card_text(ts)


async def test_reactions_on_what_is_no_card_mean_nothing(rig: Rig) -> None:
    case = await rig.claimed("please react to me")
    message, line = await rig.answered(case, "Certainly.")
    await rig.card_shows(case.ts, "Answered")
    note = await rig.write(case.agent, case.ts, "// a note")
    chat = await rig.write(case.agent, "", "lunch?")
    said, card = await rig.said_in(case.ts), await rig.card_text(case.ts)
    for place in (note, chat, message, line):
        for name in ("eyes", "white_check_mark", "see_no_evil", "lock"):
            await rig.react(rig.agents[1], place, name)
    await rig.write(rig.agents[1], case.ts, "!nonsense")
    await rig.whisper(rig.agents[1], "!nonsense")
    await rig.settle(0.3)

    assert await rig.said_in(case.ts) == said
    assert await rig.card_text(case.ts) == card
    assert (await rig.message(chat)).get("reply_count", 0) == 0


async def test_other_reactions_on_a_card_mean_nothing(rig: Rig) -> None:
    case = await rig.claimed("please cheer for me")
    before = await rig.card_text(case.ts)
    for name in ("tada", "heart", "-1"):
        await rig.react(rig.agents[1], case.ts, name)
    await rig.write(case.agent, case.ts, "!nonsense")
    await rig.whisper(case.agent, "!nonsense")
    await rig.settle(0.3)

    assert await rig.said_in(case.ts) == []
    assert await rig.card_text(case.ts) == before


async def test_a_guests_reaction_claims_nothing(rig: Rig) -> None:
    guest = rig.new_agent("Guido Gast", restricted=True)
    stranger = rig.new_agent("Pia Partner", external=True)
    _, ts, _ = await rig.new_case("may a guest have this?")
    await rig.react(guest, ts, "eyes")
    await rig.react(stranger, ts, "eyes")
    await rig.react(rig.agents[0], ts, "eyes")

    await rig.card_shows(ts, f"Claimed by {rig.agents[0].name}")
    assert await rig.said_in(ts) == []
