"""What cannot be read cannot be sent: a refusal of the last look keeps the reply until it was."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.sandbox.faults import Fault
from bot.slack import calls
from bot.work import unread
from tests.scenario.rig import LONG, WORDS, Claimed, Rig, claimed_case, own_rig

rig = own_rig(LONG)
case = claimed_case

REPLIES = r"/slack/api/conversations.replies"
STOPPED = "Stopped. This reply was not posted."
#: Long enough for a reply that is not kept to be public.
A_WHILE = 0.8


def refusing(code: str, times: int = 1000) -> Fault:
    """Slack answers every reading of a thread with this code."""
    body = json.dumps({"ok": False, "error": code})
    return Fault("slack", REPLIES, "status", times, status=200, body=body)


async def hurried(rig: Rig, case: Claimed) -> tuple[str, str]:
    """A reply whose time has come, and whose event of a change would be lost: its message and its line."""
    message, line = await rig.queued(case, WORDS)
    await rig.delivered()
    return message, str(line["ts"])


@pytest.mark.parametrize(
    "code",
    [
        "not_in_channel",
        "is_archived",
        "channel_not_found",
        "missing_scope",
        "token_revoked",
        "account_inactive",
        "thread_not_found",
        "internal_error",
        "something_new",
    ],
)
async def test_a_reply_whose_thread_slack_does_not_show_is_kept_until_it_does(
    rig: Rig, case: Claimed, code: str
) -> None:
    message, line = await hurried(rig, case)
    rig.world.faults.order(refusing(code))
    await rig.press(case.agent, line, "Send now")
    rig.world.slack.mischief.lose = 1_000
    await rig.delete(case.agent, message)
    rig.world.slack.mischief.lose = 0
    await rig.settle(A_WHILE)
    kept = rig.published()
    rig.world.faults.clear()
    await rig.line(case.ts, STOPPED)

    assert kept == []
    assert rig.published() == []


async def test_the_line_says_what_keeps_the_reply_and_since_when(rig: Rig, case: Claimed) -> None:
    _, line = await hurried(rig, case)
    rig.world.faults.order(refusing("missing_scope"))
    await rig.press(case.agent, line, "Send now")

    async def told() -> bool:
        text = str((await rig.message(line))["text"])
        return "once I know what is written here now" in text and "(missing_scope); I keep trying" in text

    await rig.until(told, "the line does not say why")
    rig.world.faults.clear()
    await rig.line(case.ts, "Posted as")

    assert rig.published() == [f"{WORDS} ^MK"]


async def test_a_line_tells_a_thread_that_cannot_be_read_from_a_slack_that_sends_no_events(
    rig: Rig, case: Claimed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "SHORTLY", timedelta(seconds=0.5))
    monkeypatch.setattr(calls, "_SOON", timedelta(seconds=1))
    _, line = await hurried(rig, case)
    rig.world.faults.order(Fault("slack", REPLIES, "status", 1000, status=500))
    await rig.press(case.agent, line, "Send now")

    async def waits() -> str | None:
        text = str((await rig.message(line))["text"])
        return text if "It was due to be sent" in text and "reading the threads" not in text else None

    told = await rig.until(waits, "the line does not say why")
    rig.world.faults.clear()
    await rig.line(case.ts, "Posted as")

    assert told is not None
    assert "I cannot read this thread now" in told
    assert rig.published() == [f"{WORDS} ^MK"]


async def test_a_bot_that_is_put_out_of_the_channel_sends_once_it_is_back(rig: Rig, case: Claimed) -> None:
    _, line = await hurried(rig, case)
    slack = rig.world.slack
    slack.leave(slack.bot.id, rig.channel)
    await rig.react(case.agent, line, "rocket")
    await rig.settle(A_WHILE)
    kept = rig.published()
    slack.join(slack.bot.id, rig.channel)
    await rig.slack(case.agent, "chat.postMessage", channel=rig.channel, text="back")
    await rig.world.slack.disconnect_sockets()

    assert await rig.reply_under(case.post_id) == f"{WORDS} ^MK"
    assert kept == []


async def test_who_that_was_being_refused_keeps_the_reply(rig: Rig, case: Claimed) -> None:
    """A stop that is not understood for want of a right is no stop that may be left out."""
    message, line = await hurried(rig, case)
    body = json.dumps({"ok": False, "error": "missing_scope"})
    rig.world.slack.mischief.lose = 1_000
    stopper = rig.new_agent("Nina Nieuw")
    await rig.react(stopper, message, "x")
    rig.world.slack.mischief.lose = 0
    rig.world.faults.order(Fault("slack", "/slack/api/users.info", "status", 1000, status=200, body=body))
    await rig.press(case.agent, line, "Send now")
    await rig.settle(A_WHILE)

    assert rig.published() == []


async def test_an_answer_without_the_thread_is_no_reading(rig: Rig, case: Claimed) -> None:
    _, line = await hurried(rig, case)
    body = json.dumps({"ok": True, "messages": []})
    rig.world.faults.order(Fault("slack", REPLIES, "status", 2, status=200, body=body))
    await rig.press(case.agent, line, "Send now")

    assert await rig.reply_under(case.post_id) == f"{WORDS} ^MK"


async def test_a_reply_without_a_message_is_stopped_by_a_reaction_on_its_line_that_nobody_heard(
    rig: Rig, case: Claimed
) -> None:
    await rig.slash(case.agent, "/webcare", f"dm {await rig.number(case.ts)} Only between us.")
    line = await rig.line(case.ts, "Only between us.")
    rig.world.slack.mischief.lose = 1_000
    await rig.react(case.agent, line["ts"], "x")
    rig.world.slack.mischief.lose = 0
    for label in ("Send now", "Send"):
        if label in str(line["blocks"]):
            await rig.press(case.agent, line["ts"], label)
            break
    await rig.line(case.ts, STOPPED)

    assert rig.messages_to(case.customer) == []
    assert rig.published() == []


async def test_one_thread_that_cannot_be_read_keeps_no_other(rig: Rig, case: Claimed) -> None:
    other = await rig.claimed("my kettle whistles")
    _, line = await hurried(rig, case)
    _, others = await rig.queued(other, WORDS)
    await rig.delivered()
    rig.world.faults.order(refusing("thread_not_found", times=1))
    await rig.press(case.agent, line, "Send now")
    await rig.press(other.agent, str(others["ts"]), "Send now")

    assert await rig.reply_under(other.post_id)
    assert await rig.reply_under(case.post_id)
