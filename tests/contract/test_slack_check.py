"""What the check of Slack's desk finds amiss, and what it cannot verify."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.slack.settings import DEFAULT_SETTINGS
from bot.slack.calls import Caller, client
from bot.slack.health import check
from bot.slack.manifest import SCOPES
from tests.contract.desks import OnSlack, on_slack


@pytest.fixture
async def on() -> AsyncIterator[OnSlack]:
    async with on_slack() as opened:
        yield opened


async def told(
    on: OnSlack,
    *channels: str,
    bot: str = "",
    app: str = "",
    groups: tuple[str, ...] = (),
    people: tuple[str, ...] = (),
) -> dict[str, str]:
    """What a check finds amiss, by subject."""
    session = on.desk._client.session
    assert session is not None
    slack = client(bot or on.at.slack.bot.token, f"{on.at.base}/api/", session)
    calls, token = Caller(on.clock, on.desk.time), app or on.at.slack.app_token
    health = await check(slack, calls, on.clock, token, channels, groups, people, lambda _address: None)
    return {finding.subject: finding.text for finding in health.findings if not finding.ok}


async def test_all_is_well_with_a_channel_by_name_or_id(on: OnSlack) -> None:
    assert await told(on, "#webcare", "webcare", on.channel) == {}


async def test_a_user_group_is_found_by_its_id_and_by_its_handle(on: OnSlack) -> None:
    group = on.at.slack.add_usergroup("leads", [on.colleague])

    assert await told(on, groups=("@leads", group["id"])) == {}
    assert await on.desk.resolve_groups(["@leads", "S0SOMEID"]) == {
        "@leads": group["id"],
        "S0SOMEID": "S0SOMEID",
    }


async def test_a_user_group_that_calls_nobody_is_told(on: OnSlack) -> None:
    on.at.slack.add_usergroup("empty", [])
    amiss = await told(on, groups=("@empty", "@none", "S0SOMEID"))

    assert "no members" in amiss["Slack user group @empty"]
    assert "no such group" in amiss["Slack user group @none"]
    assert "no such group" in amiss["Slack user group S0SOMEID"]


async def test_a_lead_or_somebody_on_duty_who_is_no_member_is_told(on: OnSlack) -> None:
    amiss = await told(on, people=(on.colleague, "U0NOBODY"))

    assert list(amiss) == ["Slack member U0NOBODY"]
    assert "there is no such member. Check `leads` and `duty` in app.yaml" in amiss["Slack member U0NOBODY"]


async def test_a_user_group_that_cannot_be_verified_is_called_by_its_id_alone() -> None:
    lacking = replace(DEFAULT_SETTINGS, scopes=frozenset(SCOPES))
    async with on_slack(settings=lacking) as on:
        on.at.slack.add_usergroup("leads", [on.colleague])
        amiss = await told(on, groups=("@leads", "S0SOMEID"))

    assert "needs the scope usergroups:read" in amiss["Slack user group @leads"]
    assert "Slack user group S0SOMEID" not in amiss


async def test_a_wrong_bot_token_is_told_and_nothing_else_is_tried(on: OnSlack) -> None:
    amiss = await told(on, "#webcare", bot="xoxb-wrong")

    assert list(amiss) == ["Slack bot token"]
    assert "copy it again" in amiss["Slack bot token"]


async def test_a_persons_token_is_recognised(on: OnSlack) -> None:
    amiss = await told(on, bot=on.at.maaike.token)

    assert "the bot token begins with xoxb-" in amiss["Slack bot token"]


async def test_a_wrong_app_token_is_told(on: OnSlack) -> None:
    assert "copy it again" in (await told(on, app="xapp-wrong"))["Slack app-level token"]


async def test_a_bot_token_in_the_place_of_the_app_token_is_told(on: OnSlack) -> None:
    amiss = await told(on, app=on.at.slack.bot.token)

    assert "token" in amiss["Slack app-level token"]


async def test_an_unknown_channel_is_told_with_what_to_do(on: OnSlack) -> None:
    assert "/invite" in (await told(on, "#nowhere"))["Slack channel #nowhere"]


async def test_a_channel_without_the_bot_is_told(on: OnSlack) -> None:
    on.at.slack.add_channel("empty", [on.at.maaike.id])

    assert "The bot is not in #empty" in (await told(on, "#empty"))["Slack channel #empty"]


async def test_whoever_invites_the_bot_is_told_its_own_name() -> None:
    async with on_slack(settings=replace(DEFAULT_SETTINGS, name="zorgbot")) as on:
        on.at.slack.add_channel("empty", [on.at.maaike.id])
        amiss = await told(on, "#empty", "#nowhere")

    assert "write /invite @zorgbot there" in amiss["Slack channel #empty"]
    assert "write /invite @zorgbot in the channel" in amiss["Slack channel #nowhere"]


async def test_an_archived_channel_is_told(on: OnSlack) -> None:
    on.at.slack.archive(on.channel, on.at.maaike.id)

    assert "is archived" in (await told(on, on.channel))[f"Slack channel {on.channel}"]


async def test_a_missing_scope_is_told_with_what_it_is_for() -> None:
    lacking = replace(DEFAULT_SETTINGS, scopes=DEFAULT_SETTINGS.scopes - {"reactions:write"})
    async with on_slack(settings=lacking) as on:
        amiss = await told(on)

    assert SCOPES["reactions:write"] in amiss["Slack scopes"]


async def test_a_slack_that_cannot_be_reached_is_told(on: OnSlack) -> None:
    on.at.faults.order(Fault("slack", r"/auth\.test", "drop"))

    assert "cannot be reached" in (await told(on))["Slack"]


async def test_channels_are_resolved_to_their_ids(on: OnSlack) -> None:
    found = await on.desk.resolve_channels(["#webcare", on.channel, "#nowhere"])

    assert found == {"#webcare": on.channel, on.channel: on.channel}
