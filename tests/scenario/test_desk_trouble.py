"""Slack in trouble while something is posted: it is there once in the end, however often it was tried."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.sandbox.faults import Fault, Kind
from bot.slack import calls, people
from bot.work import unread
from tests.scenario.rig import LOST, WORDS, Rig, own_rig
from tests.scenario.sides import Person
from tests.scenario.trouble import POST_MESSAGE, UPDATE, broken, heard

rig = own_rig(hold="0s")


USERS = "GET /slack/api/users.info"


def refusing(path: str, code: str) -> Fault:
    body = json.dumps({"ok": False, "error": code})
    return Fault("slack", path, "status", 1000, status=200, body=body)


def busy(path: str, times: int) -> Fault:
    body = '{"ok": false, "error": "ratelimited"}'
    return Fault("slack", path, "status", times, status=429, body=body, headers={"Retry-After": "1"})


async def test_a_card_that_must_wait_for_slacks_limit_comes_after_it_and_once(rig: Rig) -> None:
    rig.world.faults.order(busy(POST_MESSAGE, 2))
    await rig.post(rig.customers[0], f"@brand {LOST}")
    await rig.card(LOST)
    tried = [r for r in rig.world.slack.requests if r.method == "chat.postMessage"]
    await rig.settle(0.5)

    assert await heard(rig, LOST) == [1]
    assert len(tried) == 1


@pytest.mark.parametrize("kind", ["status", "hang", "drop"])
async def test_a_card_whose_answer_was_lost_is_there_once(rig: Rig, kind: Kind) -> None:
    rig.world.faults.order(broken("slack", POST_MESSAGE, kind, after_effect=True))
    _, ts, _ = await rig.new_case(LOST)
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.card_shows(ts, rig.agents[0].name)

    assert await heard(rig, LOST) == [1]


async def test_a_card_is_claimed_by_who_reacts_before_slack_has_answered(rig: Rig) -> None:
    rig.world.faults.order(Fault("slack", POST_MESSAGE, "delay", after_effect=True, seconds=0.5))
    _, ts, _ = await rig.new_case(LOST)
    await rig.react(rig.agents[0], ts, "eyes")

    await rig.card_shows(ts, rig.agents[0].name)


async def late_card(rig: Rig) -> tuple[str, str]:
    """A card of which Slack says only after three seconds which message it is: its post's id and its ts."""
    rig.world.faults.order(Fault("slack", POST_MESSAGE, "delay", after_effect=True, seconds=3.0))
    post_id, ts, _ = await rig.new_case(LOST)
    return post_id, ts


async def test_who_reacts_long_before_slack_has_answered_has_the_case(rig: Rig) -> None:
    _, ts = await late_card(rig)
    await rig.react(rig.agents[0], ts, "eyes")

    await rig.card_shows(ts, rig.agents[0].name)


async def test_nothing_is_acknowledged_before_it_is_known_what_it_is_about(rig: Rig) -> None:
    _, ts = await late_card(rig)
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.settle(2.5)
    unacknowledged = rig.world.slack.undelivered
    await rig.card_shows(ts, rig.agents[0].name)
    await rig.delivered()

    assert unacknowledged == 1


async def test_what_is_taken_back_before_slack_has_answered_is_taken_back(rig: Rig) -> None:
    _, ts = await late_card(rig)
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.unreact(rig.agents[0], ts, "eyes")
    await rig.react(rig.agents[1], ts, "eyes")

    await rig.card_shows(ts, rig.agents[1].name)


async def test_words_below_a_card_count_long_before_slack_has_answered(rig: Rig) -> None:
    post_id, ts = await late_card(rig)
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.write(rig.agents[0], ts, WORDS)
    await rig.line(ts, "Posted as")

    assert await rig.replies_to(post_id) == [f"{WORDS} ^MK"]


async def test_a_card_that_is_deleted_before_slack_has_answered_comes_back(rig: Rig) -> None:
    _, old = await late_card(rig)
    bot = rig.world.slack.bot
    await rig.delete(Person(bot.id, bot.name, bot.token), old)

    async def stands() -> bool:
        return any(LOST in m["text"] and m["ts"] != old for m in await rig.channel_messages())

    await rig.until(stands, "there is no new card")


@pytest.mark.parametrize("kind", ["status", "drop"])
async def test_a_card_whose_request_was_lost_is_posted_all_the_same(rig: Rig, kind: Kind) -> None:
    rig.world.faults.order(broken("slack", POST_MESSAGE, kind, after_effect=False))
    _, ts, _ = await rig.new_case(LOST)
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.card_shows(ts, rig.agents[0].name)

    assert await heard(rig, LOST) == [1]


async def test_a_line_whose_answer_was_lost_is_there_once_and_goes_on_being_redrawn(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    rig.world.faults.order(Fault("slack", POST_MESSAGE, "delay", seconds=0))  # the agent's own message
    rig.world.faults.order(broken("slack", POST_MESSAGE, "drop", after_effect=True))
    await rig.write(case.agent, case.ts, WORDS)
    await rig.line(case.ts, "Posted as")

    assert len(await rig.said_in(case.ts)) == 1


async def test_a_warning_whose_answer_was_lost_is_said_once(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    rig.world.faults.order(broken("slack", POST_MESSAGE, "status", after_effect=True))
    await rig.post(case.customer, "@brand hello?", in_reply_to=case.post_id)
    await rig.hears(case.ts, "The customer wrote again")
    await rig.settle(0.6)

    assert len(await rig.said_in(case.ts)) == 1


@pytest.mark.parametrize("after_effect", [True, False])
async def test_a_redraw_that_got_lost_is_made_up_for(rig: Rig, after_effect: bool) -> None:
    _, ts, _ = await rig.new_case(LOST)
    rig.world.faults.order(broken("slack", UPDATE, "drop", after_effect=after_effect))
    await rig.react(rig.agents[0], ts, "eyes")

    await rig.card_shows(ts, rig.agents[0].name)


async def test_marks_that_got_lost_are_made_up_for(rig: Rig) -> None:
    case = await rig.claimed(LOST)
    rig.world.faults.order(broken("slack", "POST /slack/api/reactions.add", "drop", after_effect=True))
    message = await rig.write(case.agent, case.ts, WORDS)
    await rig.line(case.ts, "Posted as")

    await rig.marked(message, "outbox_tray")


async def test_a_person_slack_does_not_tell_about_is_heard_when_it_does(rig: Rig) -> None:
    _, ts, _ = await rig.new_case(LOST)
    rig.world.slack.pace.factor = 0.1
    rig.world.faults.order(broken("slack", USERS, "status", after_effect=False))
    await rig.react(rig.agents[0], ts, "eyes")

    await rig.card_shows(ts, rig.agents[0].name)


async def test_a_slack_that_does_not_say_who_somebody_is_makes_one_clear_log_line(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    _, ts, _ = await rig.new_case(LOST)
    rig.world.slack.pace.factor = 0.1
    rig.world.faults.order(broken("slack", USERS, "status", after_effect=False))
    await rig.react(rig.agents[0], ts, "eyes")
    await rig.card_shows(ts, rig.agents[0].name)
    told = [record for record in caplog.records if vars(record).get("action") == "delivery_failed"]

    assert [vars(record)["type"] for record in told] == ["reaction_added"]
    assert "Slack does not say who did this" in told[0].getMessage()
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (broken("slack", USERS, "status", after_effect=False, times=1000), "Slack does not answer properly"),
        (busy(USERS, 1000), "or asks me to wait; I keep asking"),
        (refusing(USERS, "missing_scope"), "Slack refuses to say (missing_scope); I keep asking"),
    ],
    ids=["an error", "a limit", "a refusal"],
)
async def test_a_reply_whose_writer_slack_does_not_name_says_so_and_goes_when_it_does(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, fault: Fault, why: str
) -> None:
    case = await rig.claimed(LOST)
    for age in ("JUST_NOW", "FRESH"):  # no answer of before is new enough
        monkeypatch.setattr(people, age, timedelta(0))
    monkeypatch.setattr(unread, "SHORTLY", timedelta(seconds=0.5))
    monkeypatch.setattr(calls, "_SOON", timedelta(seconds=0.5))
    rig.world.faults.order(fault)
    await rig.write(case.agent, case.ts, WORDS)
    told = await rig.hears(case.ts, "once Slack tells me who wrote it")
    kept = rig.published()
    rig.world.faults.clear()
    await rig.line(case.ts, "Posted as")

    assert why in told
    assert "listen" not in told
    assert "read this thread" not in told
    assert kept == []
    assert rig.published() == [f"{WORDS} ^MK"]


async def test_a_bot_put_out_of_its_channel_posts_what_waited_once_it_is_back(rig: Rig) -> None:
    slack = rig.world.slack
    slack.leave(slack.bot.id, rig.channel)
    await rig.post(rig.customers[0], f"@brand {LOST}")
    await refused(rig, "not_in_channel")
    slack.join(slack.bot.id, rig.channel)
    await rig.card(LOST)
    await rig.settle(0.3)

    assert await heard(rig, LOST) == [1]


async def test_an_archived_channel_gets_what_waited_once_it_is_opened_again(rig: Rig) -> None:
    slack = rig.world.slack
    slack.archive(rig.channel, rig.agents[0].id)
    await rig.post(rig.customers[0], f"@brand {LOST}")
    await refused(rig, "is_archived")
    slack.archive(rig.channel, rig.agents[0].id, archived=False)
    slack.join(slack.bot.id, rig.channel)
    await rig.card(LOST)
    await rig.settle(0.3)

    assert await heard(rig, LOST) == [1]


async def refused(rig: Rig, code: str) -> None:
    """Until Slack has refused to post with this code."""

    async def said_no() -> bool:
        return any(r.method == "chat.postMessage" and r.error == code for r in rig.world.slack.requests)

    await rig.until(said_no)


async def test_a_card_that_somebody_deleted_does_not_stop_the_rest(rig: Rig) -> None:
    _, ts, _ = await rig.new_case(LOST)
    await rig.slack(rig.agents[0], "chat.delete", channel=rig.channel, ts=ts)
    case = await rig.claimed("another matter")
    await rig.write(case.agent, case.ts, WORDS)

    assert await rig.reply_under(case.post_id)
