"""The Web API of the local Slack: tokens, scopes, bodies, people, rooms and files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack.settings import DEFAULT_SETTINGS, AppSettings
from tests.scenario.sandbox_slack import Bench, bench, error_of


@pytest.fixture
async def at() -> AsyncIterator[Bench]:
    async with bench() as one:
        one.slack.limits.enabled = False
        yield one


async def posted(at: Bench, method: str, **request: Any) -> dict[str, Any]:
    """The answer to a bare request."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{at.base}/api/{method}", **request) as answer,
    ):
        body: dict[str, Any] = await answer.json()
        return body


# --- tokens, scopes and bodies


async def test_a_bot_is_told_who_it_is(at: Bench) -> None:
    answer = await at.bot.auth_test()

    assert (answer["user_id"], answer["bot_id"]) == (at.slack.bot.id, at.slack.bot.bot_id)
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_a_person_is_told_who_they_are(at: Bench) -> None:
    answer = await at.as_maaike.auth_test()

    assert (answer["user_id"], answer["user"]) == (at.maaike.id, "maaike.de.vries")
    assert answer.get("bot_id") is None


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
async def test_a_call_without_a_good_token_is_refused(at: Bench, token: str, error: str) -> None:
    assert await error_of(at.client(token), "auth.test") == error


async def test_only_the_app_token_opens_a_connection_and_it_does_nothing_else(at: Bench) -> None:
    assert await error_of(at.bot, "apps.connections.open") == "not_allowed_token_type"
    assert await error_of(at.client(at.slack.app_token), "users.info") == "not_allowed_token_type"


async def test_a_missing_scope_is_named() -> None:
    settings = replace(DEFAULT_SETTINGS, scopes=DEFAULT_SETTINGS.scopes - {"reactions:write"})
    async with bench(settings=settings) as at:
        ts = await at.say("kaart")
        with pytest.raises(SlackApiError) as refusal:
            await at.bot.reactions_add(channel=at.channel.id, timestamp=ts, name="eyes")

    assert refusal.value.response["error"] == "missing_scope"
    assert refusal.value.response["needed"] == "reactions:write"
    assert "chat:write" in refusal.value.response["provided"]


async def test_private_channels_need_their_own_scope() -> None:
    settings = replace(DEFAULT_SETTINGS, scopes=DEFAULT_SETTINGS.scopes - {"groups:history"})
    async with bench(settings=settings) as at:
        private = at.slack.add_channel("leads", [at.slack.bot.id], private=True)

        assert await error_of(at.bot, "conversations.history", channel=private.id) == "missing_scope"


async def test_json_and_form_bodies_say_the_same(at: Bench) -> None:
    headers = {"Authorization": f"Bearer {at.slack.bot.token}"}
    message = {"channel": at.channel.id, "text": "hallo", "blocks": [{"type": "divider"}]}
    as_json = await posted(at, "chat.postMessage", json=message, headers=headers)
    form = {**message, "blocks": '[{"type": "divider"}]', "token": at.slack.bot.token}
    as_form = await posted(at, "chat.postMessage", data=form)

    assert as_json["ok"] is True
    assert as_form["ok"] is True
    assert as_json["message"]["blocks"][0]["type"] == as_form["message"]["blocks"][0]["type"] == "divider"


async def test_a_token_inside_json_is_not_taken(at: Bench) -> None:
    assert (await posted(at, "auth.test", json={"token": at.slack.bot.token}))["error"] == "not_authed"


@pytest.mark.parametrize(("raw", "error"), [("{", "invalid_json"), ("[]", "json_not_object")])
async def test_a_body_that_is_no_json_object_is_refused(at: Bench, raw: str, error: str) -> None:
    answer = await posted(at, "auth.test", data=raw, headers={"Content-Type": "application/json"})

    assert answer["error"] == error


async def test_an_unknown_method_is_refused(at: Bench) -> None:
    assert await error_of(at.bot, "chat.shout") == "unknown_method"


async def test_the_app_can_be_installed_from_its_manifest() -> None:
    settings = AppSettings.from_manifest(
        {
            "display_information": {"name": "Webcare"},
            "features": {
                "bot_user": {"display_name": "webcare"},
                "slash_commands": [{"command": "/hulp", "description": "x"}],
                "shortcuts": [{"callback_id": "acties", "type": "message"}],
            },
            "oauth_config": {"scopes": {"bot": ["chat:write"], "bot_optional": ["files:read"]}},
            "settings": {"event_subscriptions": {"bot_events": ["reaction_added"]}},
        }
    )

    assert settings.scopes == {"chat:write", "files:read"}
    assert settings.commands == {"/hulp"}
    assert settings.shortcuts == {"acties"}
    assert settings.bot_events == {"reaction_added"}


# --- refusals of chat methods


async def test_a_message_needs_something_to_say(at: Bench) -> None:
    assert await error_of(at.bot, "chat.postMessage", channel=at.channel.id) == "no_text"


async def test_a_message_needs_a_channel_that_exists_and_that_the_author_is_in(at: Bench) -> None:
    elsewhere = at.slack.add_channel("borrel", [at.maaike.id])
    private = at.slack.add_channel("directie", [at.maaike.id], private=True)

    assert await error_of(at.bot, "chat.postMessage", channel="C404", text="x") == "channel_not_found"
    assert await error_of(at.bot, "chat.postMessage", channel=elsewhere.id, text="x") == "not_in_channel"
    assert await error_of(at.bot, "chat.postMessage", channel=private.id, text="x") == "channel_not_found"


async def test_a_channel_may_be_addressed_by_its_name(at: Bench) -> None:
    answer = await at.bot.chat_postMessage(channel="#webcare", text="hallo")

    assert answer["channel"] == at.channel.id


async def test_nothing_is_said_in_an_archived_channel(at: Bench) -> None:
    at.slack.archive(at.channel.id, at.maaike.id)

    assert await error_of(at.bot, "chat.postMessage", channel=at.channel.id, text="x") == "is_archived"


async def test_a_long_message_is_cut_when_posted_and_refused_as_an_update(at: Bench) -> None:
    answer = await at.bot.chat_postMessage(channel=at.channel.id, text="x" * 40_001)
    with pytest.raises(SlackApiError) as refusal:
        await at.bot.chat_update(channel=at.channel.id, ts=answer["ts"], text="x" * 4_001)

    assert len(answer["message"]["text"]) == 40_000
    assert refusal.value.response["error"] == "msg_too_long"


async def test_an_update_of_nothing_is_refused(at: Bench) -> None:
    arguments = {"channel": at.channel.id, "ts": "1700000000.000001", "text": "x"}

    assert await error_of(at.bot, "chat.update", **arguments) == "message_not_found"


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ('{"event_type": "case"}', "invalid_metadata_schema"),
        ("[]", "invalid_metadata_format"),
        ('{"event_type": "case", "event_payload": {"x": "%s"}}' % ("x" * 16_000), "metadata_too_large"),
    ],
)
async def test_bad_metadata_is_refused(at: Bench, metadata: str, error: str) -> None:
    answer = await posted(
        at,
        "chat.postMessage",
        data={"token": at.slack.bot.token, "channel": at.channel.id, "text": "x", "metadata": metadata},
    )

    assert answer["error"] == error


async def test_an_ephemeral_message_needs_a_member_of_the_channel(at: Bench) -> None:
    nina = at.slack.add_agent("Nina")
    arguments = {"channel": at.channel.id, "user": nina.id, "text": "x"}

    assert await error_of(at.bot, "chat.postEphemeral", **arguments) == "user_not_in_channel"


async def test_the_link_to_a_message_leads_to_the_page(at: Bench) -> None:
    ts = await at.say("kaart")
    link = f"{(await at.bot.auth_test())['url']}archives/{at.channel.id}/p{ts.replace('.', '')}"
    async with aiohttp.ClientSession() as session, session.get(link, allow_redirects=False) as answer:
        target = answer.headers["Location"]

    assert target == f"/#slack/{at.channel.id}/{ts}"


# --- rooms and people


async def test_a_channel_tells_about_itself(at: Bench) -> None:
    answer = await at.bot.conversations_info(channel=at.channel.id, include_num_members=True)

    channel = answer["channel"]
    assert (channel["name"], channel["is_member"], channel["num_members"]) == ("webcare", True, 3)
    assert channel["is_ext_shared"] is False


async def test_channels_are_listed_by_kind_and_page(at: Bench) -> None:
    at.slack.add_channel("borrel", [at.maaike.id])
    at.slack.add_channel("directie", [at.maaike.id], private=True)
    pages = [
        [channel["name"] for channel in page["channels"]]
        async for page in await at.bot.conversations_list(types="public_channel,private_channel", limit=1)
    ]

    assert pages == [["webcare"], ["borrel"]]


async def test_a_direct_message_is_opened_once(at: Bench) -> None:
    first = await at.bot.chat_postMessage(channel=at.tom.id, text="onder ons")
    second = await at.as_tom.chat_postMessage(channel=at.slack.bot.id, text="gelukkig")
    answer = await at.as_tom.conversations_history(channel=first["channel"])

    assert first["channel"] == second["channel"]
    assert [message["text"] for message in answer["messages"]] == ["gelukkig", "onder ons"]


async def test_a_member_tells_what_kind_of_member_they_are(at: Bench) -> None:
    guest = at.slack.add_agent("Gast", restricted=True)
    shown = (await at.bot.users_info(user=guest.id))["user"]

    assert (shown["is_restricted"], shown["is_ultra_restricted"], shown["is_bot"]) == (True, False, False)
    assert shown["tz"] == "Europe/Amsterdam"
    assert shown["profile"]["display_name"] == "Gast"


async def test_adding_the_same_agent_again_gives_the_one_who_is_there(at: Bench) -> None:
    again = at.slack.add_agent("Tom Kramer", token="xoxp-fixed")

    assert again.id == at.tom.id
    assert (await at.client("xoxp-fixed").auth_test())["user_id"] == at.tom.id


async def test_user_groups_are_listed_with_their_members_on_request(at: Bench) -> None:
    at.slack.add_usergroup("leads", [at.maaike.id])
    bare = (await at.bot.usergroups_list())["usergroups"][0]
    full = (await at.bot.usergroups_list(include_users=True, include_count=True))["usergroups"][0]

    assert (bare["handle"], "user_count" in bare, "users" in bare) == ("leads", False, False)
    assert (full["users"], full["user_count"]) == ([at.maaike.id], 1)


# --- files


async def test_an_uploaded_file_is_shared_in_the_thread_a_moment_later(at: Bench) -> None:
    root = await at.say("kaart", who=at.bot)
    answer = await at.as_maaike.files_upload_v2(
        channel=at.channel.id,
        thread_ts=root,
        content=b"\x89PNG",
        filename="bon.png",
        initial_comment="de bon",
    )
    before = await at.bot.conversations_replies(channel=at.channel.id, ts=root)
    await asyncio.sleep(0.1)
    after = await at.bot.conversations_replies(channel=at.channel.id, ts=root)

    assert answer["files"][0]["mimetype"] == ""
    assert len(before["messages"]) == 1
    shared = after["messages"][1]
    assert (shared["subtype"], shared["text"]) == ("file_share", "de bon")
    assert shared["files"][0]["mimetype"] == "image/png"


async def test_a_file_is_downloaded_with_a_token_and_anybody_else_gets_a_login_page(at: Bench) -> None:
    answer = await at.as_maaike.files_upload_v2(channel=at.channel.id, content=b"\x89PNG", filename="bon.png")
    await asyncio.sleep(0.1)
    file = (await at.bot.files_info(file=answer["files"][0]["id"]))["file"]
    headers = {"Authorization": f"Bearer {at.slack.bot.token}"}
    async with aiohttp.ClientSession() as session:
        async with session.get(file["url_private_download"], headers=headers) as allowed:
            content = await allowed.read()
        async with session.get(file["url_private"]) as denied:
            kind = denied.content_type

    assert content == b"\x89PNG"
    assert kind == "text/html"
    assert at.channel.id in file["shares"]["public"]


async def test_a_file_that_was_never_uploaded_cannot_be_shared(at: Bench) -> None:
    files = '[{"id": "F404"}]'

    assert await error_of(at.bot, "files.completeUploadExternal", files=files) == "file_not_found"


async def test_an_upload_is_completed_by_who_began_it(at: Bench) -> None:
    begun = await at.as_maaike.files_getUploadURLExternal(filename="bon.txt", length=3)
    async with aiohttp.ClientSession() as session:
        await session.post(begun["upload_url"], data=b"bon")
    files = f'[{{"id": "{begun["file_id"]}"}}]'

    assert await error_of(at.as_tom, "files.completeUploadExternal", files=files) == "file_not_found"
    assert (await at.as_maaike.api_call("files.completeUploadExternal", params={"files": files}))[
        "ok"
    ] is True


async def test_a_token_that_may_not_read_files_gets_the_login_page() -> None:
    settings = replace(DEFAULT_SETTINGS, scopes=DEFAULT_SETTINGS.scopes - {"files:read"})
    async with bench(settings=settings) as at, aiohttp.ClientSession() as session:
        uploaded = await at.as_maaike.files_upload_v2(content=b"bon", filename="bon.txt")
        headers = {"Authorization": f"Bearer {at.slack.bot.token}"}
        async with session.get(uploaded["files"][0]["url_private"], headers=headers) as answer:
            assert answer.content_type == "text/html"
