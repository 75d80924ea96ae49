"""The sandbox as a whole: one port, two networks that remember, people who can be added, no strangers."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.world import DirectoryTaken, PortTaken, World
from tests.scenario.sandbox_world import BRISK, Json, ask, running

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(tempo=BRISK) as started:
        yield started


# --- what it tells about itself


async def test_the_description_holds_what_a_script_needs(world: World) -> None:
    _, told = await ask(f"{world.base_url}/sandbox.json")

    assert told["slack"]["api_url"] == f"{world.base_url}/slack/api/"
    assert told["x"]["api_url"] == f"{world.base_url}/x"
    assert {"user_id", "bot_token", "app_token"} <= set(told["slack"]["bot"])
    assert {"consumer_key", "consumer_secret", "access_token", "access_token_secret"} == set(
        told["x"]["brand"]["credentials"]
    )
    assert len(told["slack"]["agents"]) >= 2
    assert len(told["x"]["customers"]) >= 10


async def test_a_customers_token_posts_through_the_ordinary_api(world: World) -> None:
    customer = world.description()["x"]["customers"][0]

    status, _ = await ask(f"{world.base_url}/x/2/tweets", {"text": "Hallo @wolkenhuis"}, customer["token"])

    assert status == 201
    assert world.x.posts[0].text == "Hallo @wolkenhuis"


async def test_an_agents_token_writes_through_the_ordinary_api(world: World) -> None:
    told = world.description()["slack"]

    _, answer = await ask(
        f"{told['api_url']}chat.postMessage",
        {"channel": told["channel"], "text": "Goedemorgen"},
        told["agents"][0]["token"],
    )

    assert answer["ok"]
    assert answer["message"]["text"] == "Goedemorgen"


async def test_the_bot_is_in_the_teams_channel(world: World) -> None:
    assert world.slack.bot.id in world.slack.workspace.channels[world.channel].members


async def test_every_profile_picture_is_served_here(world: World) -> None:
    address = world.x.people[0].avatar

    async with aiohttp.ClientSession() as session, session.get(address) as response:
        picture = await response.read()

    assert address.startswith(world.base_url)
    assert picture.startswith(b"\x89PNG")


# --- starting, stopping, starting again


async def test_a_taken_port_is_said_in_a_sentence(world: World) -> None:
    port = int(world.base_url.rpartition(":")[2])
    second = World(None)

    with pytest.raises(PortTaken, match=f"Port {port} .* is taken by another program"):
        await second.start(port)
    await second.stop()


async def test_two_sandboxes_cannot_share_a_directory(tmp_path: Path) -> None:
    async with running(tmp_path):
        with pytest.raises(DirectoryTaken, match="Another sandbox is running"):
            World(tmp_path)


async def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as world:
        world.add_customer("nieuwkomer", "Nieuwe Komer")
        world.add_agent("Invaller")
        world.x.post(world.x.people[0].id, "@wolkenhuis ben je er nog?")
        before = world.description()

    async with running(tmp_path) as again:
        after = again.description()

    assert after["slack"]["agents"] == before["slack"]["agents"]
    assert after["slack"]["bot"] == before["slack"]["bot"]
    assert after["slack"]["channel"] == before["slack"]["channel"]
    assert after["x"]["customers"] == before["x"]["customers"]
    assert after["x"]["brand"] == before["x"]["brand"]
    assert again.x.posts[0].text == "@wolkenhuis ben je er nog?"


_VICTIM = """
import asyncio, json, sys
from pathlib import Path
from bot.sandbox.world import World

async def main():
    world = World(Path(sys.argv[1]))
    await world.start(0)
    world.x.post(world.x.people[0].id, "@wolkenhuis dit moet blijven staan")
    print(json.dumps(world.description()["slack"]["agents"]), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_killing_the_process_loses_nothing(tmp_path: Path) -> None:
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _VICTIM, str(tmp_path), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert victim.stdout is not None
    agents = json.loads(await asyncio.wait_for(victim.stdout.readline(), 20))
    os.kill(victim.pid, signal.SIGKILL)
    await victim.wait()

    async with running(tmp_path) as again:
        assert again.x.posts[0].text == "@wolkenhuis dit moet blijven staan"
        assert again.description()["slack"]["agents"] == agents


async def test_stopping_lets_an_open_page_go_at_once() -> None:
    world = World(None)
    await world.start(0)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{world.base_url}/sandbox/events") as response,
    ):
        await response.content.readline()

        async with asyncio.timeout(2):
            await world.stop()
            rest = await response.content.read()

    assert rest.endswith(b"\n\n")


# --- people who are added


async def test_an_added_customer_can_post_at_once(world: World) -> None:
    _, added = await ask(f"{world.base_url}/sandbox/customers", {"handle": "kersvers", "name": "Kers Vers"})

    status, _ = await ask(f"{world.base_url}/x/2/tweets", {"text": "Dag @wolkenhuis"}, added["token"])

    assert status == 201
    assert added["handle"] == "kersvers"


async def test_an_added_agent_is_in_the_channel(world: World) -> None:
    _, added = await ask(f"{world.base_url}/sandbox/agents", {"name": "Pia Nieuw"})

    told = world.description()["slack"]
    _, answer = await ask(
        f"{told['api_url']}chat.postMessage", {"channel": told["channel"], "text": "Hoi"}, added["token"]
    )

    assert answer["ok"]


async def test_an_added_guest_is_marked_as_one(world: World) -> None:
    _, added = await ask(f"{world.base_url}/sandbox/agents", {"name": "Gast", "restricted": True})

    assert world.slack.workspace.users[added["id"]].restricted


async def test_somebody_of_another_organisation_comes_from_another_team(world: World) -> None:
    _, added = await ask(f"{world.base_url}/sandbox/agents", {"name": "Bezoek", "external": True})

    assert world.slack.workspace.users[added["id"]].team_id != world.slack.workspace.team_id


@pytest.mark.parametrize(
    ("what", "body", "sentence"),
    [
        ("customers", {"handle": "wolkenhuis"}, "@wolkenhuis is taken"),
        ("customers", {"handle": "te lang en met spaties"}, "is no handle"),
        ("customers", {"name": "Zonder"}, "handle: Field required"),
        ("agents", {"name": "Mira Klaver"}, "already is somebody called Mira Klaver"),
        ("crowd", {"running": True, "pace": 0}, "pace: Input should be greater than 0"),
        ("press", {"agent": "U0", "action_id": "claim"}, "nobody and nothing called 'U0'"),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_sentence(
    world: World, what: str, body: Json, sentence: str
) -> None:
    status, answer = await ask(f"{world.base_url}/sandbox/{what}", body)

    assert 400 <= status < 500
    assert sentence in answer["error"]


async def test_a_command_without_a_bot_answers_as_slack_does(world: World) -> None:
    agent = world.description()["slack"]["agents"][0]["id"]

    _, answer = await ask(
        f"{world.base_url}/sandbox/slash", {"agent": agent, "channel": world.channel, "command": "/webcare"}
    )

    assert answer == {"ok": False, "error": "dispatch_failed"}


async def test_a_fault_on_order_strikes_once(world: World) -> None:
    me = f"{world.base_url}/x/2/users/me"
    token = world.description()["x"]["brand"]["token"]
    await ask(
        f"{world.base_url}/sandbox/faults",
        {"server": "x", "path": "users/me", "kind": "status", "status": 503},
    )

    struck, _ = await ask(me, token=token)
    spared, _ = await ask(me, token=token)

    assert (struck, spared) == (503, 200)


# --- what a foreign web page could try


@pytest.mark.parametrize("path", ["/", "/sandbox.json", "/sandbox/events", "/page/page.js"])
async def test_a_foreign_name_is_not_answered(world: World, path: str) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{world.base_url}{path}", headers={"Host": "evil.example"}) as response,
    ):
        text = await response.text()

    assert response.status == 403
    assert "this machine only" in text


async def test_a_form_of_a_foreign_page_does_nothing(world: World) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{world.base_url}/sandbox/customers", data='{"handle": "sluiper"}') as response,
    ):
        status = response.status

    assert status == 415
    assert world.x.world.by_handle("sluiper") is None


async def test_the_page_may_load_nothing_from_outside(world: World) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{world.base_url}/") as response:
        policy = response.headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
