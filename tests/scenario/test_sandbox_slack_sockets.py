"""Socket Mode of the local Slack: what is delivered, to whom, again after no answer, and lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.sandbox.slack.settings import DEFAULT_SETTINGS
from tests.scenario.sandbox_slack import Bench, bench, listening


@pytest.fixture
async def at() -> AsyncIterator[Bench]:
    async with bench() as one:
        # The waits between repeats are two hundredths of Slack's; for an answer there is time enough.
        one.slack.pace.factor, one.slack.pace.acknowledge = 0.02, 250.0
        yield one


async def link(at: Bench, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    """A bare connection, past the hello."""
    opened = await at.client(at.slack.app_token).apps_connections_open(app_token=at.slack.app_token)
    socket = await session.ws_connect(opened["url"])
    await socket.receive_json(timeout=5)
    return socket


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as one:
        yield one


async def test_a_connection_begins_with_a_hello(at: Bench, session: aiohttp.ClientSession) -> None:
    opened = await at.client(at.slack.app_token).apps_connections_open(app_token=at.slack.app_token)
    async with session.ws_connect(opened["url"]) as socket:
        hello = await socket.receive_json(timeout=5)

    assert opened["url"].startswith("ws://127.0.0.1:")
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert hello["connection_info"]["app_id"] == at.slack.app_id


async def test_a_ticket_lets_one_connection_in(at: Bench, session: aiohttp.ClientSession) -> None:
    opened = await at.client(at.slack.app_token).apps_connections_open(app_token=at.slack.app_token)
    async with session.ws_connect(opened["url"]):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])


async def test_each_payload_goes_to_one_of_several_connections(
    at: Bench, session: aiohttp.ClientSession
) -> None:
    one, other = await link(at, session), await link(at, session)
    await at.say("eerste")
    await at.say("tweede")
    texts = {(await socket.receive_json(timeout=5))["payload"]["event"]["text"] for socket in (one, other)}

    assert texts == {"eerste", "tweede"}


async def test_the_eleventh_connection_sends_the_oldest_away(
    at: Bench, session: aiohttp.ClientSession
) -> None:
    sockets = [await link(at, session) for _ in range(11)]
    farewell = await sockets[0].receive_json(timeout=5)

    assert (farewell["type"], farewell["reason"]) == ("disconnect", "too_many_websockets")


async def test_an_event_not_acknowledged_comes_three_times_more(at: Bench) -> None:
    at.slack.pace.acknowledge, at.slack.pace.repeats = 3.0, (0.0, 1.0, 2.0)
    async with listening(at) as bolt:
        bolt.deaf = True
        await at.say("hallo?")
        await bolt.until(lambda: len(bolt.heard) == 4)
        await asyncio.sleep(0.3)

    assert len({body["event_id"] for body in bolt.heard}) == 1
    assert bolt.retries == ["0", "1", "2", "3"]


async def test_an_acknowledged_event_comes_once(at: Bench) -> None:
    at.slack.pace.repeats = (0.0, 0.0, 0.0)
    async with listening(at) as bolt:
        await at.say("hallo")
        await bolt.until(lambda: bool(bolt.heard))
        await asyncio.sleep(0.2)

    assert len(bolt.heard) == 1


async def test_a_repeat_says_why(at: Bench, session: aiohttp.ClientSession) -> None:
    at.slack.pace.acknowledge = 3.0
    socket = await link(at, session)
    await at.say("hallo?")
    first, second = await socket.receive_json(timeout=5), await socket.receive_json(timeout=5)

    assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "http_timeout")
    assert first["envelope_id"] != second["envelope_id"]


async def test_an_event_of_a_short_outage_arrives_afterwards_as_a_repeat(at: Bench) -> None:
    at.slack.pace.repeats = (0.0, 20.0, 60.0)
    await at.say("is daar iemand?")
    async with listening(at) as bolt:
        await bolt.until(lambda: bool(bolt.heard))

    assert bolt.retries[0] in ("2", "3")


async def test_an_event_of_a_long_outage_is_lost(at: Bench) -> None:
    at.slack.pace.repeats = (0.0, 0.0, 0.0)
    await at.say("is daar iemand?")
    await asyncio.sleep(0.1)
    async with listening(at) as bolt:
        await at.say("later")
        await bolt.until(lambda: bool(bolt.heard))

    assert [event["text"] for event in bolt.events("message")] == ["later"]


@pytest.mark.parametrize("how", ["drop", "refresh"])
async def test_the_app_comes_back_after_its_connection_ended(at: Bench, how: str) -> None:
    async with listening(at) as bolt:
        if how == "drop":
            at.slack.drop_sockets()
            await bolt.until(lambda: at.slack.connections == 1)
        else:
            first = bolt.handler.client.current_session
            await at.slack.disconnect_sockets()
            await bolt.until(lambda: bolt.handler.client.current_session is not first)
        await at.say("weer terug")
        await bolt.until(lambda: bool(bolt.events("message")))

    assert bolt.events("message")[0]["text"] == "weer terug"


async def test_a_warning_leaves_the_connection_open(at: Bench, session: aiohttp.ClientSession) -> None:
    socket = await link(at, session)
    await at.slack.disconnect_sockets("warning")
    farewell = await socket.receive_json(timeout=5)
    await at.say("nog hier")

    assert farewell["reason"] == "warning"
    assert (await socket.receive_json(timeout=5))["payload"]["event"]["text"] == "nog hier"


# --- who hears what


async def test_the_app_hears_nothing_of_channels_it_is_not_in(at: Bench) -> None:
    elsewhere = at.slack.add_channel("borrel", [at.maaike.id])
    async with listening(at) as bolt:
        await at.as_maaike.chat_postMessage(channel=elsewhere.id, text="bier?")
        await at.say("werk")
        await bolt.until(lambda: bool(bolt.events("message")))

    assert [event["text"] for event in bolt.events("message")] == ["werk"]


async def test_the_app_hears_of_private_channels_and_direct_messages_it_is_in(at: Bench) -> None:
    private = at.slack.add_channel("leads", [at.slack.bot.id, at.maaike.id], private=True)
    async with listening(at) as bolt:
        await at.as_maaike.chat_postMessage(channel=private.id, text="besloten")
        await at.as_maaike.chat_postMessage(channel=at.slack.bot.id, text="onder ons")
        await bolt.until(lambda: len(bolt.events("message")) == 2)

    kinds = {event["text"]: event["channel_type"] for event in bolt.events("message")}
    assert kinds == {"besloten": "group", "onder ons": "im"}


@pytest.mark.parametrize(
    "settings",
    [
        replace(DEFAULT_SETTINGS, scopes=DEFAULT_SETTINGS.scopes - {"reactions:read"}),
        replace(DEFAULT_SETTINGS, bot_events=DEFAULT_SETTINGS.bot_events - {"reaction_added"}),
    ],
    ids=["without the scope", "without the subscription"],
)
async def test_the_app_hears_only_what_it_may_and_asked_for(settings: Any) -> None:
    async with bench(settings=settings) as at, listening(at) as bolt:
        ts = await at.say("kaart")
        await at.as_tom.reactions_add(channel=at.channel.id, timestamp=ts, name="eyes")
        await at.say("klaar")
        await bolt.until(lambda: len(bolt.events("message")) == 2)

    assert bolt.events("reaction_added") == []


async def test_the_app_hears_who_joins_and_leaves(at: Bench) -> None:
    nina = at.slack.add_agent("Nina")
    async with listening(at) as bolt:
        at.slack.join(nina.id, at.channel.id)
        at.slack.leave(nina.id, at.channel.id)
        await bolt.until(lambda: bool(bolt.events("member_left_channel")))

    assert bolt.events("member_joined_channel")[0]["user"] == nina.id
    assert {event.get("subtype") for event in bolt.events("message")} == {"channel_join", "channel_leave"}


async def test_the_app_hears_that_its_channel_was_renamed_archived_and_left(at: Bench) -> None:
    async with listening(at) as bolt:
        at.slack.rename(at.channel.id, "klantenservice")
        at.slack.archive(at.channel.id, at.maaike.id)
        at.slack.leave(at.slack.bot.id, at.channel.id)
        await bolt.until(lambda: bool(bolt.events("channel_left")))

    assert bolt.events("channel_rename")[0]["channel"]["name"] == "klantenservice"
    assert bolt.events("channel_archive")[0]["user"] == at.maaike.id


async def test_a_guest_from_another_workspace_is_marked_on_the_event(at: Bench) -> None:
    outsider = at.slack.add_agent("Externe Bram", team_id="T0ELSEWHERE")
    at.slack.add_channel("webcare", [outsider.id])
    async with listening(at) as bolt:
        await at.say("ik help mee", who=at.client(outsider.token))
        await bolt.until(lambda: bool(bolt.events("message")))

    assert bolt.heard[0]["is_ext_shared_channel"] is True
    assert bolt.events("message")[0]["user_team"] == "T0ELSEWHERE"


async def test_another_bots_message_carries_its_bot_id(at: Bench) -> None:
    other = at.slack.add_agent("Agenda", bot=True)
    at.slack.add_channel("webcare", [other.id])
    async with listening(at) as bolt:
        await at.say("vergadering", who=at.client(other.token))
        await bolt.until(lambda: bool(bolt.events("message")))

    assert bolt.events("message")[0]["bot_id"] == other.bot_id != at.slack.bot.bot_id


async def test_opening_the_home_tab_is_an_event(at: Bench) -> None:
    async with listening(at) as bolt:
        at.slack.open_home(at.tom.id)
        await bolt.until(lambda: bool(bolt.events("app_home_opened")))

    assert bolt.events("app_home_opened")[0]["tab"] == "home"


# --- mischief


async def test_a_lost_event_never_comes(at: Bench) -> None:
    at.slack.mischief.lose = 1
    async with listening(at) as bolt:
        await at.say("kwijt")
        await at.say("hier")
        await bolt.until(lambda: bool(bolt.heard))

    assert [event["text"] for event in bolt.events("message")] == ["hier"]


async def test_an_event_delivered_twice_has_one_event_id(at: Bench) -> None:
    at.slack.mischief.twice = 1
    async with listening(at) as bolt:
        await at.say("dubbel")
        await bolt.until(lambda: len(bolt.heard) == 2)

    assert bolt.heard[0]["event_id"] == bolt.heard[1]["event_id"]


async def test_a_late_event_is_overtaken(at: Bench) -> None:
    at.slack.mischief.late, at.slack.mischief.late_by = 1, 0.2
    async with listening(at) as bolt:
        await at.say("eerst")
        await at.say("dan")
        await bolt.until(lambda: len(bolt.heard) == 2)

    assert [event["text"] for event in bolt.events("message")] == ["dan", "eerst"]


async def test_events_arrive_last_first_on_order(at: Bench) -> None:
    at.slack.mischief.reverse = 3
    async with listening(at) as bolt:
        for text in ("een", "twee", "drie"):
            await at.say(text)
        await bolt.until(lambda: len(bolt.heard) == 3)

    assert [event["text"] for event in bolt.events("message")] == ["drie", "twee", "een"]


async def test_mischief_can_be_kept_to_one_kind_of_event(at: Bench) -> None:
    at.slack.mischief.lose, at.slack.mischief.only = 1, "reaction_added"
    async with listening(at) as bolt:
        ts = await at.say("kaart")
        await at.as_tom.reactions_add(channel=at.channel.id, timestamp=ts, name="eyes")
        await at.as_tom.reactions_remove(channel=at.channel.id, timestamp=ts, name="eyes")
        await bolt.until(lambda: bool(bolt.events("reaction_removed")))

    assert len(bolt.events("message")) == 1
    assert bolt.events("reaction_added") == []
