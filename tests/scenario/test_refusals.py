"""What X refuses: the line says why and what can be done, and a person can go on from there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.sandbox.faults import Fault
from tests.scenario.rig import Claimed, Rig, in_one_loop, shared_rig
from tests.scenario.sides import Json, buttons_of, labels_of

pytestmark = in_one_loop
rig = shared_rig()

FORBIDDEN = '{"title": "Forbidden", "status": 403, "detail": "The moon is in the wrong house."}'


async def sent(rig: Rig, case: Claimed, text: str) -> tuple[str, Json]:
    """A reply that is sent at once, whatever comes of it: the message's ts and its line as it was."""
    message, line = await rig.queued(case, text)
    await rig.press(case.agent, line["ts"], "Send now")
    return message, line


async def test_a_refusal_is_told_with_its_reason_and_marked(rig: Rig) -> None:
    case = await rig.claimed("may I ask something?")
    rig.world.faults.order(Fault("x", "POST .*/2/tweets", "status", status=403, body=FORBIDDEN))
    message, line = await sent(rig, case, "Ask away.")
    refused = await rig.line(case.ts, "The moon is in the wrong house.")

    assert refused["ts"] == line["ts"]
    assert "Not sent." in refused["text"]
    assert "Try again" in labels_of(refused)
    await rig.marked(message, "boom")


async def test_try_again_publishes_it_and_takes_the_mark_away(rig: Rig) -> None:
    case = await rig.claimed("may I ask again?")
    rig.world.faults.order(Fault("x", "POST .*/2/tweets", "status", status=403, body=FORBIDDEN))
    message, line = await sent(rig, case, "Ask again.")
    await rig.marked(message, "boom")
    await rig.press(case.agent, line["ts"], "Try again")

    assert await rig.reply_under(case.post_id) == "Ask again. ^MK"
    await rig.marked(message, "outbox_tray")
    await rig.marked(message, "boom", present=False)
    assert len(await rig.said_in(case.ts)) == 1


async def test_a_duplicate_is_refused_and_an_edit_lets_it_go(rig: Rig) -> None:
    case = await rig.claimed("can you repeat that?")
    await rig.answered(case, "No.")
    message, line = await sent(rig, case, "No.")
    refused = await rig.line(case.ts, "The same text is already on X.")
    await rig.edit(case.agent, message, "No, really.")
    await rig.line(case.ts, "Will be posted")
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.marked(message, "outbox_tray")

    assert refused["ts"] == line["ts"]
    assert await rig.replies_to(case.post_id) == ["No. ^MK", "No, really. ^MK"]
    await rig.marked(message, "boom", present=False)


async def test_a_deleted_mention_is_told_in_the_thread(rig: Rig) -> None:
    case = await rig.claimed("I should not have said this")
    message, line = await rig.queued(case, "What was that?")
    rig.world.x.delete(case.post_id)
    await rig.line(case.ts, "The customer deleted a message that you had seen.")
    await rig.press(case.agent, line["ts"], "Send anyway")
    refused = await rig.line(case.ts, "The post no longer exists, or its author hides it from us")

    assert refused["ts"] == line["ts"]
    assert labels_of(refused) == ["No reply needed", "Discard"]
    await rig.marked(message, "boom")


async def test_an_author_gone_private_is_told_in_the_thread(rig: Rig) -> None:
    case = await rig.claimed("I hide from now on")
    rig.world.x.update_person(case.customer.id, protected=True)
    await sent(rig, case, "Where are you?")

    line = await rig.line(case.ts, "The post no longer exists, or its author hides it from us")
    await rig.press(case.agent, line["ts"], "No reply needed")
    question = await rig.line(case.ts, "need no reply?")
    await rig.press(case.agent, question["ts"], "the post is gone")

    await rig.card_shows(case.ts, f"Closed without a reply by {case.agent.name}: the post is gone")


@pytest_asyncio.fixture(loop_scope="module")
async def handed_over(rig: Rig) -> AsyncIterator[tuple[Claimed, str, Json]]:
    """A reply that X takes from no app, since its customer never named the brand: the case, the post to be
    answered, and the reply's line."""
    case = await rig.claimed(f"case {len(rig.world.x.posts)} goes on")
    first = await rig.post(case.customer, "@brand more to come", in_reply_to=case.post_id)
    await rig.hears(case.ts, "more to come")
    rig.world.x.implicit_summons = False
    _, _ = await sent(rig, case, "Tell us.")
    await rig.reply_under(first)
    mine = next(post for post in rig.world.x.posts if post.in_reply_to == first)
    last = await rig.post(case.customer, "it is blue", in_reply_to=mine.id)
    await rig.hears(case.ts, "it is blue")
    _, line = await rig.queued(case, "Blue is <https://example.org/b|rare> & fine.")
    await rig.press(case.agent, line["ts"], "Send now")
    yield case, last, await rig.line(case.ts, "Copy this text and post it yourself")
    rig.world.x.implicit_summons = True


async def test_a_manual_hand_over_shows_the_text_and_opens_the_composer(
    rig: Rig, handed_over: tuple[Claimed, str, Json]
) -> None:
    _, last, line = handed_over
    copied = [
        leaf["text"]
        for block in line["blocks"]
        if block["type"] == "rich_text"
        for box in block["elements"]
        if box["type"] == "rich_text_preformatted"
        for leaf in box["elements"]
    ]
    composer = next(button for button in buttons_of(line) if "url" in button)

    assert "only lets me answer posts that mention us" in line["text"]
    assert copied == ["Blue is rare (https://example.org/b) & fine. ^MK"]
    assert composer["text"]["text"] == "Post it yourself"
    assert composer["url"].startswith(f"https://x.com/intent/post?in_reply_to={last}&text=Blue+is+rare")


async def test_the_brands_own_post_closes_the_loop_of_a_hand_over(
    rig: Rig, handed_over: tuple[Claimed, str, Json]
) -> None:
    case, last, line = handed_over
    rig.by_hand("Blue is rare (https://example.org/b) & fine. ^MK", last)

    async def public() -> bool:
        return "See it on X" in (await rig.message(line["ts"]))["text"]

    await rig.until(public, "the hand-over is not recognised")
    await rig.card_shows(case.ts, "Answered")
    assert "answered outside Slack" not in "\n".join(await rig.said_in(case.ts))


async def test_the_mark_follows_the_loop_of_a_hand_over(
    rig: Rig, handed_over: tuple[Claimed, str, Json]
) -> None:
    case, last, _ = handed_over
    message = (await rig.by(case.agent, case.ts))[-1]["ts"]
    await rig.marked(message, "boom")
    rig.by_hand("We love blue.", last)

    await rig.marked(message, "outbox_tray")
    await rig.marked(message, "boom", present=False)


async def test_a_hand_over_that_was_posted_in_other_words_closes_the_loop_too(
    rig: Rig, handed_over: tuple[Claimed, str, Json]
) -> None:
    case, last, line = handed_over
    rig.by_hand("We like blue.", last)

    async def public() -> bool:
        return "Posted as" in (await rig.message(line["ts"]))["text"]

    await rig.until(public, "the hand-over is not recognised")
    await rig.card_shows(case.ts, "Answered")


async def test_a_hand_over_can_be_given_up(rig: Rig, handed_over: tuple[Claimed, str, Json]) -> None:
    case, last, line = handed_over
    await rig.press(case.agent, line["ts"], "Discard")
    await rig.line(case.ts, "Stopped. This reply was not posted.")

    assert await rig.replies_to(last) == []
