"""Words in a thread: each does what it says and answers, also when it is wrong."""

from __future__ import annotations

import pytest

from tests.scenario.rig import Rig, in_one_loop, shared_rig
from tests.scenario.sides import labels_of

pytestmark = in_one_loop
rig = shared_rig()


async def test_claim_claims_and_tells_what_follows(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("claim me by word")
    await rig.write(rig.agents[1], ts, "!claim")
    told = await rig.whisper(rig.agents[1], "is yours")

    assert "What you write in its thread goes to the customer; start with // to keep it internal." in told
    await rig.card_shows(ts, f"Claimed by {rig.agents[1].name}")


async def test_claim_tells_who_has_it_already(rig: Rig) -> None:
    case = await rig.claimed("claim me twice")
    await rig.write(rig.agents[1], case.ts, "!claim")

    assert f"{case.agent.name} has had case" in await rig.hears(case.ts, "take it over?")


async def test_release_gives_the_case_back(rig: Rig) -> None:
    case = await rig.claimed("release me by word")
    await rig.write(case.agent, case.ts, "!release")
    await rig.whisper(case.agent, "is free again")

    await rig.card_shows(case.ts, "Nobody has claimed this yet")


async def test_release_of_somebody_elses_case_is_refused(rig: Rig) -> None:
    case = await rig.claimed("keep me")
    await rig.write(rig.agents[1], case.ts, "!release")
    await rig.whisper(rig.agents[1], "or take it over with")

    assert f"Claimed by {case.agent.name}" in await rig.card_text(case.ts)


async def test_release_of_a_free_case_is_answered(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("I am free")
    await rig.write(rig.agents[0], ts, "!release")

    await rig.whisper(rig.agents[0], "so there is nothing to release")


async def test_close_closes_an_answered_case(rig: Rig) -> None:
    case = await rig.claimed("close me by word")
    await rig.answered(case)
    await rig.write(case.agent, case.ts, "!close")
    await rig.whisper(case.agent, "is closed. It opens again if the customer writes again.")

    await rig.card_shows(case.ts, "Closed")


async def test_close_of_what_waits_is_refused(rig: Rig) -> None:
    case = await rig.claimed("do not close me")
    await rig.write(case.agent, case.ts, "!close")
    await rig.hears(case.ts, "was never answered")

    assert "Closed" not in await rig.card_text(case.ts)


async def test_close_while_a_reply_waits_is_refused(rig: Rig) -> None:
    case = await rig.claimed("do not close me yet")
    await rig.answered(case)
    await rig.queued(case, "One more thing.")
    await rig.write(case.agent, case.ts, "!close")

    await rig.whisper(case.agent, "is still on its way")


async def test_close_of_a_closed_case_is_answered(rig: Rig) -> None:
    case = await rig.claimed("close me again")
    await rig.answered(case)
    await rig.write(case.agent, case.ts, "!close")
    await rig.whisper(case.agent, "is closed.")
    await rig.write(case.agent, case.ts, "!close")

    await rig.whisper(case.agent, "is no longer open")


async def test_dismiss_without_a_reason_asks_for_it(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("dismiss me by word")
    await rig.write(rig.agents[0], ts, "!dismiss")
    question = await rig.line(ts, "need no reply?")

    assert "spam" in labels_of(question)


async def test_dismiss_with_a_reason_is_done_at_once(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("dismiss me with a reason")
    await rig.write(rig.agents[0], ts, "!dismiss not ours")
    await rig.whisper(rig.agents[0], "is closed without a reply: not about us.")

    await rig.card_shows(ts, ": not about us")


async def test_dismissing_stops_a_reply_that_waits(rig: Rig) -> None:
    case = await rig.claimed("dismiss me and my reply")
    _, line = await rig.queued(case, "Hello!")
    await rig.write(case.agent, case.ts, "!dismiss spam")
    stopped = await rig.line(case.ts, "Stopped. This reply was not posted.")

    assert stopped["ts"] == line["ts"]


async def test_a_colleague_takes_the_case_over_before_setting_aside_what_waits(rig: Rig) -> None:
    case = await rig.claimed("who stops my reply?")
    _, line = await rig.queued(case, "Hello!")
    bea = rig.agents[2]
    await rig.write(bea, case.ts, "!dismiss spam")
    question = await rig.line(case.ts, "a reply in it has not been sent yet")
    assert "Stopped" not in (await rig.message(line["ts"]))["text"]
    await rig.press(bea, question["ts"], "Take over")
    await rig.line(case.ts, f"{bea.name} has taken over case")
    await rig.write(bea, case.ts, "!dismiss spam")

    assert (await rig.line(case.ts, f"Stopped by {bea.name}. This reply was not posted."))["ts"] == line["ts"]
    await rig.card_shows(case.ts, f"Closed without a reply by {bea.name}: spam")
    assert await rig.replies_to(case.post_id) == []


async def test_who_had_a_case_is_told_when_a_colleague_sets_it_aside(rig: Rig) -> None:
    case = await rig.claimed("whose is this?")
    bea = rig.agents[2]
    await rig.write(bea, case.ts, "!dismiss spam")

    assert f"<@{case.agent.id}>" in (await rig.line(case.ts, f"{bea.name} has closed case"))["text"]


async def test_stop_stops_the_newest_reply_and_says_which(rig: Rig) -> None:
    case = await rig.claimed("stop, I said")
    _, line = await rig.queued(case, "Hello!")
    await rig.write(case.agent, case.ts, "!stop")
    await rig.whisper(case.agent, "Stopped, so this will not be sent: “Hello!”")
    stopped = await rig.line(case.ts, "Stopped. This reply was not posted.")
    await rig.write(case.agent, case.ts, "!stop")
    await rig.whisper(case.agent, "No reply is waiting here")

    assert stopped["ts"] == line["ts"]
    assert await rig.replies_to(case.post_id) == []


@pytest.mark.parametrize("text", ["! stop", "stop!", "!stop!", "!stpo", "wacht even"])
async def test_what_nearly_says_stop_stops_it_too(rig: Rig, text: str) -> None:
    case = await rig.claimed(f"{text} it, I nearly said")
    _, line = await rig.queued(case, f"Hello, {case.post_id}")
    await rig.write(case.agent, case.ts, text)
    await rig.whisper(case.agent, f"Stopped, so this will not be sent: “Hello, {case.post_id}”")
    stopped = await rig.line(case.ts, "octagonal_sign: Stopped")

    assert stopped["ts"] == line["ts"]
    assert await rig.replies_to(case.post_id) == []


async def test_words_for_another_case_never_reach_this_ones_customer(rig: Rig) -> None:
    other, case = await rig.claimed("I am another"), await rig.claimed("I am not that one")
    number, here = await rig.number(other.ts), await rig.number(case.ts)
    for text in (f"!dm {number} hoi daar", f"!close {number}"):
        await rig.write(case.agent, case.ts, text)
    told = await rig.hears(case.ts, "not sent; it stays internal")
    await rig.whisper(case.agent, f"For case {number}: /webcare close {number}")
    await rig.answered(case, "This one is for you.")

    assert f"This is the thread of case {here}. For case " in told
    assert f"/webcare dm {number}, or type it in the thread of that case." in told
    assert await rig.replies_to(case.post_id) == ["This one is for you. ^MK"]


async def test_note_keeps_the_rest_inside(rig: Rig) -> None:
    case = await rig.claimed("note this")
    await rig.write(case.agent, case.ts, "!note he called as well")
    await rig.whisper(case.agent, "Kept as an internal note.")
    await rig.answered(case, "We call you back.")

    assert await rig.replies_to(case.post_id) == ["We call you back. ^MK"]
    assert len(await rig.said_in(case.ts)) == 1


async def test_an_empty_note_is_answered_with_an_example(rig: Rig) -> None:
    case = await rig.claimed("note nothing")
    await rig.write(case.agent, case.ts, "!note")

    await rig.whisper(case.agent, "Type your note after it")


async def test_help_tells_what_can_be_done_in_a_thread(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("help me")
    await rig.write(rig.agents[0], ts, "!help")
    told = await rig.whisper(rig.agents[0], "!claim")

    for word in ("!release", "!close", "!dismiss", "!note", "!dm", "!public", ":eyes:", ":rocket:", "//"):
        assert word in told


@pytest.mark.parametrize("word", ["!publish", "!CLOZE it", "!q"])
async def test_an_unknown_word_is_answered_and_not_published(rig: Rig, word: str) -> None:
    case = await rig.claimed(f"what is {word}?")
    await rig.write(case.agent, case.ts, word)
    told = await rig.whisper(case.agent, "I don't know")

    assert word.partition(" ")[0].casefold() in told
    assert "Type !help" in told
    assert await rig.said_in(case.ts) == []


async def test_words_are_understood_in_capitals(rig: Rig) -> None:
    _, ts, _ = await rig.new_case("shout at me")
    await rig.write(rig.agents[0], ts, "!CLAIM")

    await rig.card_shows(ts, f"Claimed by {rig.agents[0].name}")


async def test_an_exclamation_that_is_no_word_is_published(rig: Rig) -> None:
    case = await rig.claimed("surprise me")
    await rig.answered(case, "!!! What a day, don't you think!")

    assert await rig.replies_to(case.post_id) == ["!!! What a day, don't you think! ^MK"]
