"""Histories and threads of the local Slack: pages, periods, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.scenario.sandbox_slack import Bench, bench, error_of


@pytest.fixture
async def at() -> AsyncIterator[Bench]:
    async with bench() as one:
        yield one


async def test_history_goes_back_page_by_page(at: Bench) -> None:
    sent = [await at.say(str(number)) for number in range(5)]
    first = await at.bot.conversations_history(channel=at.channel.id, limit=2)
    second = await at.bot.conversations_history(
        channel=at.channel.id, limit=2, cursor=first["response_metadata"]["next_cursor"]
    )

    assert [message["ts"] for message in first["messages"]] == sent[4:2:-1]
    assert first["has_more"] is True
    assert [message["ts"] for message in second["messages"]] == sent[2:0:-1]


async def test_history_from_an_instant_on_begins_with_what_is_closest_to_it(at: Bench) -> None:
    sent = [await at.say(str(number)) for number in range(5)]
    pages = [
        [message["ts"] for message in page["messages"]]
        async for page in await at.bot.conversations_history(channel=at.channel.id, oldest=sent[0], limit=2)
    ]

    assert pages == [[sent[2], sent[1]], [sent[4], sent[3]]]


async def test_the_ends_of_a_period_count_only_when_asked(at: Bench) -> None:
    sent = [await at.say(str(number)) for number in range(3)]
    period = {"oldest": sent[0], "latest": sent[2]}

    assert [message["ts"] for message in await at.messages(**period)] == [sent[1]]
    assert len(await at.messages(**period, inclusive=True)) == 3


async def test_a_long_thread_comes_in_pages_of_which_the_first_has_the_root(at: Bench) -> None:
    root = await at.say("kaart")
    sent = [await at.say(str(number), thread=root) for number in range(4)]
    pages = [
        [message["ts"] for message in page["messages"]]
        async for page in await at.bot.conversations_replies(channel=at.channel.id, ts=root, limit=3)
    ]

    assert pages == [[root, sent[0], sent[1]], [sent[2], sent[3]]]


async def test_the_news_of_a_thread_comes_with_its_root(at: Bench) -> None:
    root = await at.say("kaart")
    old, new = [await at.say(text, thread=root) for text in ("oud", "nieuw")]
    answer = await at.bot.conversations_replies(channel=at.channel.id, ts=root, oldest=old)

    assert [message["ts"] for message in answer["messages"]] == [root, new]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"cursor": "onzin"}, "invalid_cursor"),
        ({"oldest": "gisteren"}, "invalid_ts_oldest"),
        ({"latest": "morgen"}, "invalid_ts_latest"),
        ({"limit": "veel"}, "invalid_limit"),
    ],
)
async def test_a_bad_bound_of_history_is_refused(at: Bench, arguments: dict[str, str], error: str) -> None:
    assert await error_of(at.bot, "conversations.history", channel=at.channel.id, **arguments) == error


async def test_a_thread_that_is_not_there_is_refused(at: Bench) -> None:
    arguments = {"channel": at.channel.id, "ts": "1700000000.000001"}

    assert await error_of(at.bot, "conversations.replies", **arguments) == "thread_not_found"


async def test_a_bot_reads_only_where_it_is_while_a_person_reads_every_public_channel(at: Bench) -> None:
    elsewhere = at.slack.add_channel("borrel", [at.maaike.id])

    assert await error_of(at.bot, "conversations.history", channel=elsewhere.id) == "not_in_channel"
    assert (await at.as_tom.conversations_history(channel=elsewhere.id))["ok"] is True
