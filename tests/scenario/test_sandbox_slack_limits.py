"""Rate limits of the local Slack: when a call is too much, and what the caller is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError

from tests.scenario.sandbox_slack import Bench, bench


class Watch:
    """A clock that goes on when told to."""

    def __init__(self) -> None:
        self.time = 1_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def at(watch: Watch) -> AsyncIterator[Bench]:
    async with bench() as one:
        one.slack.limits.monotonic = watch
        yield one


async def refused(at: Bench) -> SlackApiError:
    """The refusal of a message of the bot."""
    with pytest.raises(SlackApiError) as refusal:
        await at.say("x", who=at.bot)
    return refusal.value


async def test_a_channel_takes_three_messages_at_once_and_then_one_a_second(at: Bench, watch: Watch) -> None:
    for _ in range(3):
        await at.say("x", who=at.bot)
    refusal = await refused(at)
    watch.time += 1.0
    await at.say("x", who=at.bot)

    assert refusal.response.status_code == 429
    assert refusal.response["error"] == "ratelimited"
    assert refusal.response.headers["Retry-After"] == "1"
    assert (await refused(at)).response.status_code == 429


async def test_each_channel_has_its_own_budget(at: Bench) -> None:
    other = at.slack.add_channel("reviews", [at.slack.bot.id])
    for _ in range(3):
        await at.say("x", who=at.bot)

    assert (await at.bot.chat_postMessage(channel=other.id, text="x"))["ok"] is True


async def test_the_workspace_takes_three_hundred_messages_a_minute(at: Bench, watch: Watch) -> None:
    at.slack.limits.posting_burst = 1_000
    for _ in range(300):
        at.slack.limits.spend_post(at.channel.id, at.slack.bot.id)
    watch.time += 30.0

    assert (await refused(at)).response.headers["Retry-After"] == "30"


async def test_a_tier_three_method_takes_fifty_calls_a_minute(at: Bench, watch: Watch) -> None:
    for _ in range(50):
        await at.messages()
    watch.time += 12.5
    with pytest.raises(SlackApiError) as refusal:
        await at.messages()
    watch.time += 48.0

    assert refusal.value.response.headers["Retry-After"] == "48"
    assert await at.messages() == []


async def test_methods_have_budgets_of_their_own(at: Bench) -> None:
    for _ in range(50):
        await at.messages()

    assert (await at.bot.conversations_info(channel=at.channel.id))["ok"] is True


async def test_people_are_not_limited_unless_asked_for(at: Bench) -> None:
    for _ in range(10):
        await at.say("x")
    at.slack.limits.people = True
    for _ in range(3):
        await at.say("x")
    with pytest.raises(SlackApiError) as refusal:
        await at.say("x")

    assert refusal.value.response["error"] == "ratelimited"


async def test_limits_can_be_switched_off(at: Bench) -> None:
    at.slack.limits.enabled = False
    for _ in range(60):
        await at.say("x", who=at.bot)

    assert len(await at.messages(limit=100)) == 60


async def test_a_refused_message_is_not_posted(at: Bench) -> None:
    for _ in range(3):
        await at.say("x", who=at.bot)
    await refused(at)

    assert len(await at.messages()) == 3
