"""The live feed of the sandbox: what an open page is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.world import World
from tests.scenario.sandbox_world import ask, frames, running


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running() as started:
        yield started


async def test_a_page_is_told_everything_and_then_each_change(world: World) -> None:
    async def post() -> None:
        world.x.post(world.x.people[0].id, "@wolkenhuis nieuw bericht")

    told = frames(world, post)
    first, snapshot = await anext(told)
    second, change = await anext(told)
    await told.aclose()

    assert first == "snapshot"
    assert {"person", "user", "channel", "crowd"} <= {thing["kind"] for thing in snapshot}
    assert second == "change"
    assert [thing["value"]["text"] for thing in change] == ["@wolkenhuis nieuw bericht"]


async def test_a_deleted_post_is_told_as_gone(world: World) -> None:
    post = world.x.post(world.x.people[0].id, "@wolkenhuis toch niet")

    async def delete() -> None:
        world.x.delete(post.id)

    told = frames(world, delete)
    await anext(told)
    _, change = await anext(told)
    await told.aclose()

    assert change == [{"kind": "post", "id": post.id, "value": None}]


async def test_a_reply_in_a_thread_also_changes_the_count_under_its_root(world: World) -> None:
    slack = world.description()["slack"]
    write, token = f"{slack['api_url']}chat.postMessage", slack["agents"][0]["token"]
    _, root = await ask(write, {"channel": world.channel, "text": "begin"}, token)

    async def reply() -> None:
        await ask(write, {"channel": world.channel, "text": "antwoord", "thread_ts": root["ts"]}, token)

    told = frames(world, reply)
    await anext(told)
    _, change = await anext(told)
    await told.aclose()

    assert {thing["id"]: thing["value"].get("reply_count") for thing in change}[root["ts"]] == 1
