"""The guard before sending: what changed during the hold makes a reply wait and ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Config
from bot.sandbox.faults import Fault
from bot.slack import people
from bot.ticks import poll
from tests.scenario.rig import LONG, Claimed, Rig, in_one_loop, open_rig, shared_rig
from tests.scenario.sides import Json, labels_of
from tests.scenario.trouble import PUBLISH, attempts

pytestmark = in_one_loop
rig = shared_rig()


async def written_again(rig: Rig, words: str) -> tuple[Claimed, Json, str]:
    """A reply in its hold while the customer writes again: the case, the reply's line, the new post's id."""
    case = await rig.claimed(words)
    _, line = await rig.queued(case, f"About this: {words}")
    again = await rig.post(case.customer, "@brand never mind", in_reply_to=case.post_id)
    await rig.hears(case.ts, "never mind")
    await rig.press(case.agent, line["ts"], "Send now")
    return case, await rig.line(case.ts, "The customer has written again in the meantime."), again


async def test_a_reply_waits_and_asks_when_the_customer_wrote_again(rig: Rig) -> None:
    case, line, again = await written_again(rig, "is the museum open?")

    assert labels_of(line) == ["Send anyway", "Stop"]
    assert "Does your reply still fit?" in line["text"]
    assert await rig.replies_to(case.post_id) == await rig.replies_to(again) == []


async def test_send_anyway_sends_it(rig: Rig) -> None:
    case, line, _ = await written_again(rig, "is the theatre open?")
    await rig.press(case.agent, line["ts"], "Send anyway")

    assert await rig.reply_under(case.post_id) == "About this: is the theatre open? ^MK"


async def test_send_anyway_does_not_answer_for_what_comes_while_it_goes_out(rig: Rig) -> None:
    case, line, again = await written_again(rig, "is the circus open?")
    rig.world.faults.order(Fault("x", PUBLISH, "delay", after_effect=True, seconds=0.5))
    await rig.press(case.agent, line["ts"], "Send anyway")
    await rig.reply_under(case.post_id)
    late = await rig.post(case.customer, "@brand and tomorrow?", in_reply_to=again)
    posted = int(rig.world.x.world.posts[late].created_at.timestamp())
    await rig.hears(case.ts, "and tomorrow?")
    await rig.line(case.ts, "Posted as")

    await rig.card_shows(case.ts, f"Reply due <!date^{posted + 3600}^")


async def test_an_edit_that_takes_the_news_into_account_lets_it_go(rig: Rig) -> None:
    case = await rig.claimed("is the zoo open?")
    message, line = await rig.queued(case, "Yes it is.")
    again = await rig.post(case.customer, "@brand on Sunday I mean", in_reply_to=case.post_id)
    await rig.hears(case.ts, "on Sunday I mean")
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, "The customer has written again in the meantime.")
    await rig.edit(case.agent, message, "Also on Sunday.")
    await rig.line(case.ts, "Will be posted")
    await rig.press(case.agent, line["ts"], "Send now")

    assert await rig.reply_under(again) == "Also on Sunday. ^MK"


async def test_the_network_is_looked_at_once_more_before_sending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seldom(config: Config) -> Config:
        accounts = tuple(
            account.model_copy(update={"poll_every": timedelta(minutes=5)}) for account in config.accounts
        )
        return config.model_copy(update={"accounts": accounts})

    monkeypatch.setattr(poll, "FRESH", timedelta(0))
    async with open_rig(tmp_path, hold=LONG, brisk=True) as rig:
        case = await rig.claimed("is the cinema open?")
        _, line = await rig.queued(case, "It is.")
        await rig.stop()
        rig.adjust = seldom
        looks = attempts(rig, "GET", "/mentions")
        await rig.start()
        await rig.until(lambda: looked(rig, looks))
        await rig.post(case.customer, "@brand too late, forget it", in_reply_to=case.post_id)
        await rig.press(case.agent, line["ts"], "Send now")

        await rig.hears(case.ts, "The customer has written again in the meantime.")
        assert await rig.replies_to(case.post_id) == []


async def looked(rig: Rig, before: int) -> bool:
    """Whether the bot has looked at the mentions since there were so many looks."""
    return attempts(rig, "GET", "/mentions") > before


async def test_a_reply_waits_and_asks_when_the_brand_answered_elsewhere(rig: Rig) -> None:
    case = await rig.claimed("is the park open?")
    _, line = await rig.queued(case, "Until dark.")
    rig.by_hand("Until nine.", case.post_id)
    await rig.hears(case.ts, "answered outside Slack")
    await rig.press(case.agent, line["ts"], "Send now")
    held = await rig.line(case.ts, "The customer has been answered elsewhere in the meantime.")

    assert held["ts"] == line["ts"]
    assert labels_of(held) == ["Send anyway", "Stop"]
    assert await rig.replies_to(case.post_id) == ["Until nine."]


async def test_a_reply_after_an_answer_elsewhere_can_be_sent_anyway(rig: Rig) -> None:
    case = await rig.claimed("is the pool open?")
    _, line = await rig.queued(case, "Bring a towel.")
    rig.by_hand("Yes.", case.post_id)
    await rig.hears(case.ts, "answered outside Slack")
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, "The customer has been answered elsewhere in the meantime.")
    await rig.press(case.agent, line["ts"], "Send anyway")
    await rig.line(case.ts, "Posted as")

    assert await rig.replies_to(case.post_id) == ["Yes.", "Bring a towel. ^MK"]


async def test_an_answer_elsewhere_is_shown_in_the_thread_and_answers_the_case(rig: Rig) -> None:
    post_id, ts, _ = await rig.new_case("is the harbour open?")
    rig.by_hand("For boats only.", post_id)
    told = await rig.hears(ts, "answered outside Slack")

    assert f"@{rig.brand.name} answered outside Slack" in told
    assert "For boats only." in told
    await rig.card_shows(ts, "Answered")
    assert "Reply due" not in await rig.card_text(ts)


async def test_a_release_during_the_hold_holds_the_reply(rig: Rig) -> None:
    case = await rig.claimed("is the castle open?")
    _, line = await rig.queued(case, "For ghosts.")
    await rig.unreact(case.agent, case.ts, "eyes")
    held = await rig.line(case.ts, "The case was released in the meantime.")

    assert held["ts"] == line["ts"]
    assert labels_of(held) == ["Send anyway", "Stop"]


async def test_who_claims_a_released_case_can_send_what_waited_under_their_own_initials(rig: Rig) -> None:
    case = await rig.claimed("is the tower open?")
    _, line = await rig.queued(case, "All 300 steps.")
    await rig.unreact(case.agent, case.ts, "eyes")
    await rig.line(case.ts, "The case was released in the meantime.")
    await rig.react(rig.agents[1], case.ts, "eyes")
    await rig.card_shows(case.ts, rig.agents[1].name)
    await rig.press(rig.agents[1], line["ts"], "Send anyway")

    assert await rig.reply_under(case.post_id) == "All 300 steps. ^JV"


async def test_who_released_a_case_cannot_send_what_waited_without_claiming_it(rig: Rig) -> None:
    case = await rig.claimed("is the cellar open?")
    _, line = await rig.queued(case, "For mice.")
    await rig.unreact(case.agent, case.ts, "eyes")
    await rig.line(case.ts, "The case was released in the meantime.")
    await rig.press(case.agent, line["ts"], "Send anyway")
    await rig.whisper(case.agent, "Claim case")

    assert await rig.replies_to(case.post_id) == []


async def test_an_edit_that_slack_never_told_of_is_what_goes_out(rig: Rig) -> None:
    case = await rig.claimed("is the edit lost?")
    message, line = await rig.queued(case, "With the typpo.")
    await rig.delivered()
    rig.world.slack.mischief.lose = 1
    await rig.edit(case.agent, message, "Without the typo.")
    await rig.delivered()

    async def sent() -> list[str]:
        if "Send now" in labels_of(await rig.message(line["ts"])):
            await rig.press(case.agent, line["ts"], "Send now")
        return await rig.replies_to(case.post_id)

    assert await rig.until(sent) == ["Without the typo. ^MK"]


async def test_a_message_deleted_without_slack_telling_is_not_published(rig: Rig) -> None:
    case = await rig.claimed("is the deletion lost?")
    message, line = await rig.queued(case, "I take this back.")
    await rig.delivered()
    rig.world.slack.mischief.lose = 1
    await rig.delete(case.agent, message)
    await rig.delivered()
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, "Stopped. This reply was not posted.")

    assert await rig.replies_to(case.post_id) == []


async def test_the_words_of_who_became_a_guest_during_the_hold_stay_inside(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "JUST_NOW", timedelta(0))
    leaver = rig.new_agent("Lea Leaver")
    case = await rig.claimed("who is still here?", leaver)
    _, line = await rig.queued(case, "I am, for now.")
    workspace = rig.world.slack.workspace
    workspace.save_user(replace(workspace.users[leaver.id], restricted=True))
    await rig.press(case.agent, line["ts"], "Send now")
    await rig.line(case.ts, "Lea Leaver may no longer answer customers here.")

    assert await rig.replies_to(case.post_id) == []
