"""The local Slack as a bot and its agents meet it: messages, threads, reactions and their events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.faults import Fault
from bot.sandbox.journal import Journal
from bot.sandbox.slack.settings import DEFAULT_SETTINGS
from tests.scenario.sandbox_slack import Bench, bench, listening


@pytest.fixture
async def at() -> AsyncIterator[Bench]:
    async with bench() as one:
        yield one


# --- messages


async def test_an_agents_message_reaches_the_bot_as_slack_sends_it(at: Bench) -> None:
    async with listening(at) as bolt:
        ts = await at.say("Wie pakt deze op?")
        await bolt.until(lambda: bool(bolt.events("message")))

    event = bolt.events("message")[0]
    assert event["user"] == at.maaike.id
    assert event["ts"] == event["event_ts"] == ts
    assert event["channel_type"] == "channel"
    assert event["client_msg_id"]
    assert "blocks" not in event
    assert "subtype" not in event
    assert "bot_id" not in event


async def test_the_envelope_carries_what_bolt_needs_to_authorise(at: Bench) -> None:
    async with listening(at) as bolt:
        await at.say("hallo")
        await bolt.until(lambda: bool(bolt.heard))

    body = bolt.heard[0]
    assert body["type"] == "event_callback"
    assert body["event_id"].startswith("Ev")
    assert body["api_app_id"] == at.slack.app_id
    assert body["authorizations"][0]["user_id"] == at.slack.bot.id


async def test_the_bots_own_message_is_an_event_too(at: Bench) -> None:
    async with listening(at) as bolt:
        await at.say("Ik ben er", who=at.bot)
        await bolt.until(lambda: bool(bolt.events("message")))

    assert bolt.events("message")[0]["bot_id"] == at.slack.bot.bot_id


async def test_a_reply_names_its_thread_and_the_threads_author(at: Bench) -> None:
    root = await at.say("kaart", who=at.bot)
    async with listening(at) as bolt:
        await at.say("Ik kijk even", thread=root)
        await bolt.until(lambda: bool(bolt.events("message")))

    event = bolt.events("message")[0]
    assert event["thread_ts"] == root
    assert event["parent_user_id"] == at.slack.bot.id


async def test_replies_are_in_the_thread_and_not_in_the_channel(at: Bench) -> None:
    root = await at.say("kaart", who=at.bot)
    reply = await at.say("antwoord", thread=root)

    thread = await at.bot.conversations_replies(channel=at.channel.id, ts=root)
    assert [message["ts"] for message in thread["messages"]] == [root, reply]
    assert [message["ts"] for message in await at.messages()] == [root]


async def test_a_root_counts_its_replies(at: Bench) -> None:
    root = await at.say("kaart", who=at.bot)
    await at.say("een", thread=root)
    last = await at.say("twee", who=at.as_tom, thread=root)

    shown = (await at.messages())[0]
    assert (shown["reply_count"], shown["latest_reply"]) == (2, last)
    assert shown["reply_users"] == [at.maaike.id, at.tom.id]


async def test_a_reply_also_sent_to_the_channel_is_shown_there(at: Bench) -> None:
    root = await at.say("kaart", who=at.bot)
    async with listening(at) as bolt:
        await at.as_maaike.chat_postMessage(
            channel=at.channel.id, text="klaar", thread_ts=root, reply_broadcast=True
        )
        await bolt.until(lambda: bool(bolt.events("message")))

    assert bolt.events("message")[0]["subtype"] == "thread_broadcast"
    assert [message["text"] for message in await at.messages()] == ["klaar", "kaart"]


@pytest.mark.parametrize(
    ("thread", "error"),
    [("1700000000.000001", "thread_not_found"), ("gisteren", "invalid_thread_ts")],
)
async def test_a_reply_to_nothing_is_refused(at: Bench, thread: str, error: str) -> None:
    with pytest.raises(SlackApiError) as refusal:
        await at.say("antwoord", thread=thread)

    assert refusal.value.response["error"] == error


async def test_a_reply_to_a_reply_is_refused(at: Bench) -> None:
    reply = await at.say("antwoord", thread=await at.say("kaart"))
    with pytest.raises(SlackApiError) as refusal:
        await at.say("nog een", thread=reply)

    assert refusal.value.response["error"] == "cannot_reply_to_message"


async def test_an_edit_is_told_with_the_text_before_and_after(at: Bench) -> None:
    ts = await at.say("Goedemorgen")
    async with listening(at) as bolt:
        await at.as_maaike.chat_update(channel=at.channel.id, ts=ts, text="Goedemiddag")
        await bolt.until(lambda: bool(bolt.events("message")))

    event = bolt.events("message")[0]
    assert event["subtype"] == "message_changed"
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("Goedemorgen", "Goedemiddag")
    assert event["message"]["edited"]["user"] == at.maaike.id


async def test_a_redraw_with_blocks_does_not_show_as_edited(at: Bench) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*kaart*"}}]
    ts = await at.say("kaart", who=at.bot)
    answer = await at.bot.chat_update(channel=at.channel.id, ts=ts, text="kaart", blocks=blocks)

    assert "edited" not in answer["message"]


async def test_an_update_with_text_alone_takes_the_blocks_away(at: Bench) -> None:
    blocks = [{"type": "divider"}]
    ts = (await at.bot.chat_postMessage(channel=at.channel.id, text="kaart", blocks=blocks))["ts"]
    await at.bot.chat_update(channel=at.channel.id, ts=ts, text="klaar")

    assert "blocks" not in (await at.messages())[0]


async def test_metadata_survives_an_update_and_is_shown_on_request(at: Bench) -> None:
    metadata = {"event_type": "case", "event_payload": {"case": 12}}
    ts = (await at.bot.chat_postMessage(channel=at.channel.id, text="kaart", metadata=metadata))["ts"]
    await at.bot.chat_update(channel=at.channel.id, ts=ts, text="anders")

    assert "metadata" not in (await at.messages())[0]
    assert (await at.messages(include_all_metadata=True))[0]["metadata"] == metadata


async def test_a_preview_is_a_change_in_which_the_text_stays_the_same(at: Bench) -> None:
    ts = await at.say("zie https://example.org/")
    async with listening(at) as bolt:
        at.slack.unfurl(at.channel.id, ts, [{"title": "Example"}])
        await bolt.until(lambda: bool(bolt.events("message")))

    event = bolt.events("message")[0]
    assert event["subtype"] == "message_changed"
    assert event["message"]["text"] == event["previous_message"]["text"]
    assert "edited" not in event["message"]


async def test_a_deleted_message_is_told_and_gone(at: Bench) -> None:
    ts = await at.say("foutje")
    async with listening(at) as bolt:
        await at.as_maaike.chat_delete(channel=at.channel.id, ts=ts)
        await bolt.until(lambda: bool(bolt.events("message")))

    event = bolt.events("message")[0]
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", ts)
    assert event["previous_message"]["text"] == "foutje"
    assert await at.messages() == []


async def test_a_deleted_root_with_replies_leaves_a_tombstone(at: Bench) -> None:
    root = await at.say("kaart")
    await at.say("antwoord", thread=root)
    async with listening(at) as bolt:
        await at.as_maaike.chat_delete(channel=at.channel.id, ts=root)
        await bolt.until(lambda: bool(bolt.events("message")))

    event = bolt.events("message")[0]
    assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")
    assert (await at.messages())[0]["reply_count"] == 1


async def test_a_tombstone_goes_with_its_last_reply(at: Bench) -> None:
    root = await at.say("kaart")
    reply = await at.say("antwoord", thread=root)
    for ts in (root, reply):
        await at.as_maaike.chat_delete(channel=at.channel.id, ts=ts)

    assert await at.messages() == []


async def test_nobody_changes_the_message_of_another(at: Bench) -> None:
    ts = await at.say("van Maaike")
    with pytest.raises(SlackApiError) as update:
        await at.as_tom.chat_update(channel=at.channel.id, ts=ts, text="van Tom")
    with pytest.raises(SlackApiError) as delete:
        await at.bot.chat_delete(channel=at.channel.id, ts=ts)

    assert update.value.response["error"] == "cant_update_message"
    assert delete.value.response["error"] == "cant_delete_message"


async def test_a_message_under_another_name_has_no_user_and_cannot_be_deleted() -> None:
    settings = replace(DEFAULT_SETTINGS, scopes=DEFAULT_SETTINGS.scopes | {"chat:write.customize"})
    async with bench(settings=settings) as at:
        answer = await at.bot.chat_postMessage(channel=at.channel.id, text="hoi", username="Klant")
        with pytest.raises(SlackApiError) as refusal:
            await at.bot.chat_delete(channel=at.channel.id, ts=answer["ts"])

    assert "user" not in answer["message"]
    assert answer["message"]["subtype"] == "bot_message"
    assert refusal.value.response["error"] == "cant_delete_message"


async def test_another_name_without_the_scope_is_silently_ignored(at: Bench) -> None:
    answer = await at.bot.chat_postMessage(channel=at.channel.id, text="hoi", username="Klant")

    assert answer["message"]["user"] == at.slack.bot.id


async def test_an_ephemeral_message_is_shown_to_one_member_and_to_no_history(at: Bench) -> None:
    seen: list[dict[str, object]] = []
    at.slack.subscribe(seen.append)
    await at.bot.chat_postEphemeral(channel=at.channel.id, user=at.tom.id, text="alleen jij")

    assert [message["text"] for message in at.slack.ephemerals(at.tom.id)] == ["alleen jij"]
    assert at.slack.ephemerals(at.maaike.id) == []
    assert (seen[-1]["type"], seen[-1]["to"]) == ("ephemeral", at.tom.id)
    assert await at.messages() == []


# --- reactions


async def test_a_reaction_is_told_with_the_message_and_its_author(at: Bench) -> None:
    ts = await at.say("kaart", who=at.bot)
    async with listening(at) as bolt:
        await at.as_maaike.reactions_add(channel=at.channel.id, timestamp=ts, name="eyes")
        await at.as_maaike.reactions_remove(channel=at.channel.id, timestamp=ts, name="eyes")
        await bolt.until(lambda: bool(bolt.events("reaction_removed")))

    event = bolt.events("reaction_added")[0]
    assert (event["user"], event["reaction"]) == (at.maaike.id, "eyes")
    assert event["item"] == {"type": "message", "channel": at.channel.id, "ts": ts}
    assert event["item_user"] == at.slack.bot.id


@pytest.mark.parametrize(
    ("given", "stored"),
    [("thumbsup", "+1"), ("wave::skin-tone-3", "wave::skin-tone-3"), (":eyes:", "eyes")],
)
async def test_an_emoji_is_kept_under_its_canonical_name(at: Bench, given: str, stored: str) -> None:
    ts = await at.say("kaart")
    await at.as_tom.reactions_add(channel=at.channel.id, timestamp=ts, name=given)

    assert (await at.messages())[0]["reactions"] == [{"name": stored, "users": [at.tom.id], "count": 1}]


@pytest.mark.parametrize("name", ["onzin", "eyes::skin-tone-3", "👀"])
async def test_an_emoji_that_does_not_exist_is_refused(at: Bench, name: str) -> None:
    ts = await at.say("kaart")
    with pytest.raises(SlackApiError) as refusal:
        await at.as_tom.reactions_add(channel=at.channel.id, timestamp=ts, name=name)

    assert refusal.value.response["error"] == "invalid_name"


async def test_the_same_reaction_twice_is_refused_and_so_is_taking_off_none(at: Bench) -> None:
    ts = await at.say("kaart")
    await at.as_tom.reactions_add(channel=at.channel.id, timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError) as twice:
        await at.as_tom.reactions_add(channel=at.channel.id, timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError) as none:
        await at.as_maaike.reactions_remove(channel=at.channel.id, timestamp=ts, name="eyes")

    assert twice.value.response["error"] == "already_reacted"
    assert none.value.response["error"] == "no_reaction"


# --- after a restart


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Journal]]:
    """Opens the journal as each new process would; none is closed before the test is over."""
    with ExitStack() as journals:
        yield lambda: journals.enter_context(closing(Journal(tmp_path / "journal")))


async def test_everything_is_there_again_after_the_program_was_killed(opened: Callable[[], Journal]) -> None:
    async with bench(opened()) as first:
        root = await first.say("kaart", who=first.bot)
        reply = await first.say("antwoord", thread=root)
        gone = await first.say("weg")
        await first.as_tom.reactions_add(channel=first.channel.id, timestamp=root, name="eyes")
        await first.as_maaike.chat_update(channel=first.channel.id, ts=reply, text="beter")
        await first.as_maaike.chat_delete(channel=first.channel.id, ts=gone)
        before = await first.messages()

    # The journal is neither closed nor flushed: opening the file again is all that a new process could do.
    async with bench(opened()) as second:
        thread = await second.as_maaike.conversations_replies(channel=second.channel.id, ts=root)

        assert await second.messages() == before
        assert thread["messages"][1]["text"] == "beter"
        assert second.maaike == first.maaike
        assert second.slack.app_token == first.slack.app_token
        assert second.slack.bot.token == first.slack.bot.token


async def test_files_homes_and_groups_are_there_again_too(opened: Callable[[], Journal]) -> None:
    async with bench(opened()) as first:
        uploaded = await first.as_maaike.files_upload_v2(content=b"bon", filename="bon.txt")
        await first.bot.views_publish(user_id=first.tom.id, view={"type": "home", "blocks": []})
        first.slack.add_usergroup("leads", [first.tom.id])
    async with bench(opened()) as second:
        file_id = uploaded["files"][0]["id"]

        assert (await second.bot.files_info(file=file_id))["file"]["name"] == "bon.txt"
        assert second.slack.workspace.contents[file_id] == b"bon"
        assert second.slack.home(second.tom.id) == first.slack.home(first.tom.id)
        assert (await second.bot.usergroups_list())["usergroups"][0]["handle"] == "leads"


async def test_a_ts_is_never_given_twice_even_when_the_clock_goes_back(opened: Callable[[], Journal]) -> None:
    async with bench(opened()) as first:
        earlier = await first.say("eerst")
        past = first.slack.workspace.clock().replace(year=2020)
    async with bench(opened(), clock=lambda: past) as second:
        later = await second.say("dan")

    assert later > earlier


# --- order from the outside


async def test_an_ordered_fault_strikes_a_call(at: Bench) -> None:
    at.faults.order(Fault("slack", "chat.postMessage", "status", status=503, body="{}"))
    with pytest.raises(SlackApiError) as refusal:
        await at.say("hallo")

    assert refusal.value.response.status_code == 503
    assert await at.messages() == []


async def test_each_call_is_on_record_with_caller_and_outcome(at: Bench) -> None:
    await at.say("hallo")
    with pytest.raises(SlackApiError):
        await at.bot.users_info(user="U404")

    said, asked = list(at.slack.requests)[-2:]
    assert (said.method, said.who, said.ok, said.arguments["text"]) == (
        "chat.postMessage",
        at.maaike.id,
        True,
        "hallo",
    )
    assert (asked.who, asked.error) == (at.slack.bot.id, "user_not_found")


async def test_no_token_is_on_record(at: Bench) -> None:
    form = {"token": at.maaike.token, "foo": "bar"}
    async with aiohttp.ClientSession() as session, session.post(f"{at.base}/api/auth.test", data=form):
        pass

    assert at.slack.requests[-1].arguments == {"foo": "bar"}
