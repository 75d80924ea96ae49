"""Who is there in the local Slack: presence, do-not-disturb, status, user groups and members who left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.journal import Journal
from bot.sandbox.slack.settings import DEFAULT_SETTINGS
from tests.scenario.sandbox_slack import Bench, Json, bench, error_of, listening

TOLD = ("user_change", "user_profile_changed", "user_status_changed", "dnd_updated_user")
SETTINGS = replace(
    DEFAULT_SETTINGS,
    scopes=DEFAULT_SETTINGS.scopes | {"dnd:read"},
    bot_events=DEFAULT_SETTINGS.bot_events | frozenset(TOLD),
)


class Clock:
    """The clock of the workspace."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def at(clock: Clock) -> AsyncIterator[Bench]:
    async with bench(settings=SETTINGS, clock=clock) as one:
        yield one


async def status_of(at: Bench) -> tuple[str, str, int]:
    """Maaike's, as the bot is told it."""
    profile: Json = (await at.bot.users_info(user=at.maaike.id))["user"]["profile"]
    return profile["status_text"], profile["status_emoji"], profile["status_expiration"]


async def test_who_says_that_they_are_away_is_away_for_everybody(at: Bench) -> None:
    before = await at.bot.users_getPresence(user=at.maaike.id)
    await at.as_maaike.users_setPresence(presence="away")
    after = await at.bot.users_getPresence(user=at.maaike.id)
    own = await at.as_maaike.users_getPresence(user=at.maaike.id)
    await at.as_maaike.users_setPresence(presence="auto")
    back = await at.bot.users_getPresence(user=at.maaike.id)

    assert [answer["presence"] for answer in (before, after, back)] == ["active", "away", "active"]
    assert (own["manual_away"], after.get("manual_away")) == (True, None)
    assert await error_of(at.as_maaike, "users.setPresence", presence="gone") == "invalid_presence"
    assert await error_of(at.bot, "users.getPresence", user="U404") == "user_not_found"


async def test_a_status_is_told_shown_and_over_at_its_time(at: Bench, clock: Clock) -> None:
    ends = int((clock.at + timedelta(hours=1)).timestamp())
    async with listening(at) as bolt:
        profile = {"status_text": "Lunch", "status_emoji": ":bread:", "status_expiration": ends}
        await at.as_maaike.users_profile_set(profile=profile)
        await bolt.until(lambda: bool(bolt.events("user_status_changed")))
    during = await status_of(at)
    clock.at += timedelta(hours=1)

    for kind in TOLD[:3]:
        assert bolt.events(kind)[0]["user"]["profile"]["status_text"] == "Lunch"
    assert during == ("Lunch", ":bread:", ends)
    assert await status_of(at) == ("", "", 0)


async def test_a_status_that_slack_would_refuse_is_refused(at: Bench) -> None:
    assert await error_of(at.as_maaike, "users.profile.set", profile='{"status_text": 3}') == "too_long"
    long = f'{{"status_text": "{"x" * 101}"}}'
    assert await error_of(at.as_maaike, "users.profile.set", profile=long) == "too_long"
    assert await error_of(at.as_maaike, "users.profile.set", profile='{"title": "x"}') == "invalid_profile"


async def test_a_pause_is_told_and_seen_by_all_until_it_ends(at: Bench, clock: Clock) -> None:
    begins = int(clock.at.timestamp())
    async with listening(at) as bolt:
        own = await at.as_maaike.dnd_setSnooze(num_minutes=20)
        await bolt.until(lambda: bool(bolt.events("dnd_updated_user")))
    paused = {"dnd_enabled": True, "next_dnd_start_ts": begins, "next_dnd_end_ts": begins + 1200}
    seen = await at.bot.dnd_info(user=at.maaike.id)
    team = await at.bot.dnd_teamInfo(users=[at.maaike.id, at.tom.id])
    clock.at += timedelta(minutes=20)
    over = await at.bot.dnd_info(user=at.maaike.id)

    none = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    assert (own["snooze_enabled"], own["snooze_remaining"]) == (True, 1200)
    assert bolt.events("dnd_updated_user")[0]["dnd_status"] == paused
    assert {key: seen[key] for key in paused} == paused
    assert "snooze_enabled" not in seen.data
    assert team["users"] == {at.maaike.id: paused, at.tom.id: none}
    assert {key: over[key] for key in none} == none


async def test_a_pause_can_be_ended_once(at: Bench) -> None:
    await at.as_maaike.dnd_setSnooze(num_minutes=20)
    await at.as_maaike.dnd_endSnooze()

    assert (await at.as_maaike.dnd_info())["dnd_enabled"] is False
    assert await error_of(at.as_maaike, "dnd.endSnooze") == "snooze_not_active"


async def test_an_app_needs_the_right_to_ask(at: Bench) -> None:
    async with bench() as other:
        assert await error_of(other.bot, "dnd.info", user=other.tom.id) == "missing_scope"
        assert await error_of(other.bot, "users.setPresence", presence="away") == "missing_scope"


async def test_a_group_tells_its_members(at: Bench) -> None:
    group = at.slack.add_usergroup("leads", [at.maaike.id, at.tom.id])
    answer = await at.bot.usergroups_users_list(usergroup=group["id"])

    assert answer["users"] == [at.maaike.id, at.tom.id]
    assert await error_of(at.bot, "usergroups.users.list", usergroup="S404") == "no_such_subteam"


async def test_somebody_whose_account_was_taken_away_is_in_nothing_and_does_nothing(at: Bench) -> None:
    group = at.slack.add_usergroup("leads", [at.maaike.id, at.tom.id])
    said = await at.say("ik ben er nog")
    async with listening(at) as bolt:
        at.slack.deactivate(at.maaike.id)
        await bolt.until(lambda: bool(bolt.events("user_change")))
    user = (await at.bot.users_info(user=at.maaike.id))["user"]
    groups = await at.bot.usergroups_list(include_users=True)

    assert bolt.events("user_change")[0]["user"]["deleted"] is True
    assert (user["deleted"], user["profile"]["real_name"]) == (True, "Maaike de Vries")
    assert "is_restricted" not in user
    assert at.slack.workspace.channels[at.channel.id].members == [at.slack.bot.id, at.tom.id]
    assert groups["usergroups"][0]["users"] == [at.tom.id]
    assert (await at.bot.usergroups_users_list(usergroup=group["id"]))["users"] == [at.tom.id]
    assert await error_of(at.as_maaike, "chat.postMessage", channel="x", text="x") == "account_inactive"
    assert [message["ts"] for message in await at.messages()] == [said]
    with pytest.raises(LookupError, match="no longer a member"):
        await at.slack.slash(at.maaike.id, at.channel.id, "/webcare")


async def test_all_of_it_is_there_again_after_a_restart(clock: Clock) -> None:
    journal = Journal(None)
    async with bench(journal, SETTINGS, clock=clock) as at:
        await at.as_maaike.users_setPresence(presence="away")
        await at.as_maaike.dnd_setSnooze(num_minutes=20)
        at.slack.deactivate(at.tom.id)
        bot, maaike = at.slack.bot.token, at.maaike
    async with bench(journal, SETTINGS, clock=clock, bot_token=bot) as at:
        answer = await at.bot.users_getPresence(user=maaike.id)
        quiet = await at.bot.dnd_info(user=maaike.id)

    assert (answer["presence"], quiet["dnd_enabled"], at.tom.deleted) == ("away", True, True)
