"""A card that somebody deletes in Slack: what is not done goes on in a new thread, the rest stays away."""

from __future__ import annotations

import pytest

from bot.sandbox.faults import Fault
from tests.scenario.rig import LONG, LOST, WORDS, Rig, own_rig
from tests.scenario.sides import Json, labels_of
from tests.scenario.sides import Person as Someone
from tests.scenario.trouble import POST_MESSAGE

rig = own_rig(LONG)

#: The words of the sentence that opens a new thread.
ANEW = "goes on in this thread"
#: What is asked about words in a case that nobody has.
ASKED = "Nobody has claimed this case"


async def delete_card(rig: Rig, ts: str) -> None:
    """An admin deletes the bot's message."""
    bot = rig.world.slack.bot
    await rig.delete(Someone(bot.id, bot.name, bot.token), ts)


async def cards(rig: Rig, words: str) -> list[Json]:
    """The cards that stand in the channel with these words."""
    messages = await rig.channel_messages()
    return [m for m in messages if words in m["text"] and m.get("subtype") is None and "thread_ts" not in m]


async def new_card(rig: Rig, words: str, old: str) -> str:
    """Wait for the card that takes the place of another; returns its ts."""

    async def stands() -> str:
        found = [m["ts"] for m in await rig.channel_messages() if words in m["text"] and m["ts"] != old]
        return str(found[0]) if found else ""

    found = await rig.until(stands, "there is no new card")
    assert found is not None
    return found


async def test_the_card_of_a_waiting_case_comes_back_and_works(rig: Rig) -> None:
    post_id, old, _ = await rig.new_case(LOST)
    await delete_card(rig, old)
    ts = await new_card(rig, LOST, old)
    await rig.hears(ts, ANEW)
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.card_shows(ts, rig.agents[0].name)
    await rig.write(rig.agents[0], ts, WORDS)
    line = await rig.line(ts, "Will be posted")
    await rig.press(rig.agents[0], line["ts"], "Send now")

    assert await rig.reply_under(post_id)


async def test_what_the_customer_writes_after_a_deletion_that_nobody_heard_of_is_shown(
    rig: Rig,
) -> None:
    post_id, old, customer = await rig.new_case(LOST)
    await rig.stop()
    await delete_card(rig, old)
    await rig.post(customer, "@brand and now?", in_reply_to=post_id)
    await rig.start()
    ts = await new_card(rig, LOST, old)
    await rig.hears(ts, "and now?")
    strays = [m for m in await rig.channel_messages() if "and now?" in m["text"] and m["ts"] != ts]

    assert strays == []


async def test_a_card_that_was_deleted_while_the_bot_was_away_comes_back(rig: Rig) -> None:
    _, old, _ = await rig.new_case(LOST)
    await rig.stop()
    await delete_card(rig, old)
    await rig.start()

    assert await new_card(rig, LOST, old)


async def test_a_claim_does_not_end_with_the_card_that_was_deleted_while_the_bot_was_away(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    await rig.write(case.agent, case.ts, "// she called")
    await rig.stop()
    await delete_card(rig, case.ts)
    await rig.start()
    ts = await new_card(rig, LOST, case.ts)
    await rig.hears(ts, ANEW)

    assert case.agent.name in await rig.card_text(ts)


@pytest.mark.parametrize("error", ["thread_not_found", "cannot_reply_to_message"])
async def test_a_server_that_refuses_it_leads_to_a_new_thread_as_well(rig: Rig, error: str) -> None:
    post_id, old, customer = await rig.new_case(LOST)
    body = f'{{"ok": false, "error": "{error}"}}'
    rig.world.faults.order(Fault("slack", POST_MESSAGE, "status", times=1, status=200, body=body))
    await rig.post(customer, "@brand and now?", in_reply_to=post_id)
    ts = await new_card(rig, LOST, old)

    assert await rig.hears(ts, "and now?")


async def test_the_story_goes_along_and_what_waits_asks_a_person(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    newest = await rig.post(case.customer, "@brand and now?", in_reply_to=case.post_id)
    await rig.hears(case.ts, "and now?")
    await rig.queued(case, WORDS)
    await delete_card(rig, case.ts)
    ts = await new_card(rig, LOST, case.ts)
    await rig.hears(ts, ANEW)
    await rig.hears(ts, "and now?")
    line = await rig.line(ts, "was deleted. Send it, or stop it?")
    await rig.card_shows(ts, case.agent.name)
    await rig.press(case.agent, line["ts"], "Send anyway")

    assert await rig.reply_under(newest)


async def test_the_old_line_promises_nothing_any_more(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    _, line = await rig.queued(case, WORDS)
    await delete_card(rig, case.ts)
    ts = await new_card(rig, LOST, case.ts)
    await rig.line(ts, "was deleted. Send it, or stop it?")
    await rig.line(case.ts, "This goes on in the new thread of case")
    old = await rig.message(line["ts"])

    assert (labels_of(old), "Will be posted" in old["text"]) == ([], False)


@pytest.mark.parametrize("where", ["old", "new"])
async def test_a_question_of_the_old_thread_is_answered_once_and_shown_in_both(rig: Rig, where: str) -> None:
    post_id, old, _ = await rig.new_case(LOST)
    agent = rig.agents[0]
    await rig.write(agent, old, WORDS)
    asked = await rig.line(old, ASKED)
    if where == "old":  # it shows only later that it goes on elsewhere
        rig.world.faults.order(Fault("slack", "chat.update", "delay", seconds=1.0))
    await delete_card(rig, old)
    ts = await new_card(rig, LOST, old)
    anew = await rig.line(ts, ASKED)
    await rig.press(agent, {"old": asked, "new": anew}[where]["ts"], "Claim and send")
    line = await rig.line(ts, "Will be posted")
    await rig.line(ts, "claimed the case; the message is now a reply")
    await rig.press(agent, line["ts"], "Send now")
    await rig.reply_under(post_id)
    await rig.line(ts, "Posted as")

    async def settled() -> bool:
        shown = [await rig.message(question["ts"]) for question in (asked, anew)]
        return not any(labels_of(message) for message in shown)

    await rig.until(settled, "a question can still be answered")

    assert len(await rig.replies_to(post_id)) == 1


async def test_an_edit_in_the_old_thread_says_where_it_goes_on(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    message, _ = await rig.queued(case, WORDS)
    await delete_card(rig, case.ts)
    ts = await new_card(rig, LOST, case.ts)
    await rig.line(ts, "was deleted. Send it, or stop it?")
    await rig.edit(case.agent, message, "Another text.")

    assert "new thread" in await rig.whisper(case.agent, "What you write here is not read")


async def test_who_writes_below_what_is_left_of_the_old_card_is_told_where_to_go(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    await rig.queued(case, WORDS)
    await delete_card(rig, case.ts)
    await new_card(rig, LOST, case.ts)
    await rig.write(case.agent, case.ts, "Are you still there?")

    assert "new thread" in await rig.whisper(case.agent, "What you write here is not read")


async def test_a_settled_case_stays_away(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    await rig.write(case.agent, case.ts, "!dismiss spam")
    await rig.card_shows(case.ts, "Closed without a reply")
    await delete_card(rig, case.ts)
    await rig.settle(0.5)

    assert await cards(rig, LOST) == []
