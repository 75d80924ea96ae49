"""The program as a process: where something is wrong it ends with a sentence that says what to do."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import closing
from pathlib import Path

import aiohttp
import yaml

from bot.sandbox.faults import Fault
from tests.scenario.program import Ended, environ_of, launch, running, written
from tests.scenario.rig import Rig, own_rig
from tests.scenario.trouble import PUBLISH

UP = "Webcare is up"


rig = own_rig(hold="0s", start=False, brisk=False)


async def run(rig: Rig, **environ: str) -> Ended:
    """`webcare run`, to its end."""
    program = await launch("run", "--config", written(rig), environ=environ_of(rig, **environ))
    return await program.ends()


async def test_a_wrong_token_ends_it_with_a_sentence_instead_of_trying_for_ever(rig: Rig) -> None:
    ended = await run(rig, SLACK_APP_TOKEN="xapp-wrong")

    assert ended.code == 1
    assert "Socket Mode does not open with it: Slack does not know it" in ended.err
    assert "xapp-wrong" not in ended.err


async def test_a_database_that_another_run_has_is_refused_and_the_other_goes_on(rig: Rig) -> None:
    async with running("run", "--config", written(rig), environ=environ_of(rig)) as first:
        await first.says(UP)
        second = await run(rig)
        await rig.post(rig.customers[0], "@brand my parcel is lost")

        assert second.code == 1
        assert "webcare.db" in second.err
        assert await rig.card("my parcel is lost")


async def test_what_does_not_work_yet_is_said_with_being_up(rig: Rig) -> None:
    rig.app_yaml = rig.app_yaml.replace(rig.channel, "C0NOWHERE")
    async with running(
        "run", "--config", written(rig), environ=environ_of(rig, X_ACCESS_TOKEN_SECRET="wrong")
    ) as program:
        said = await program.says("Stop with Ctrl+C")
        await asyncio.sleep(5)

        assert "Webcare is up, but not everything works yet:" in said
        assert "✗ Slack channel C0NOWHERE: The bot cannot use this channel" in said
        assert "write /invite @webcare" in said
        assert "✗ Account brand-x: credentials: X does not take the credentials. Create new ones" in said
        assert "mentions become threads" not in said
        assert program.err.count("The network of account brand-x could not be read: it does not accept") == 1
        assert program.err.count("The channel did not take a message: Slack does not show the bot") == 1


async def test_all_well_is_said_with_being_up(rig: Rig) -> None:
    async with running("run", "--config", written(rig), environ=environ_of(rig)) as program:
        said = await program.says("Stop with Ctrl+C")

        assert said == "Webcare is up: mentions become threads from now on. Stop with Ctrl+C.\n"


async def test_it_stops_at_sigterm_while_it_is_still_starting(rig: Rig) -> None:
    rig.world.faults.order(Fault("slack", "auth.test", "hang", seconds=30))
    async with running("run", "--config", written(rig), environ=environ_of(rig)) as program:

        async def asked() -> bool:
            return not rig.world.faults.standing

        await rig.until(asked)
        program.stop()
        ended = await program.ends(within=5)

        assert (ended.code, ended.err) == (0, "")


async def test_it_stops_at_sigterm_and_says_so(rig: Rig) -> None:
    async with running("run", "--config", written(rig), environ=environ_of(rig)) as program:
        await program.says(UP)
        program.stop()
        ended = await program.ends(within=10)

        assert ended.code == 0
        assert "Stopping" in ended.out
        assert ended.err == ""


async def test_it_stops_within_ten_seconds_while_a_network_hangs_and_nothing_is_sent_twice(rig: Rig) -> None:
    config = written(rig)
    async with running("run", "--config", config, environ=environ_of(rig)) as program:
        await program.says(UP)
        case = await rig.claimed("my parcel is lost")
        rig.world.faults.order(Fault("x", PUBLISH, "hang", after_effect=True, seconds=30))
        await rig.write(case.agent, case.ts, "Sorry! We look for it.")
        await rig.reply_under(case.post_id)
        program.stop()
        await program.ends(within=10)
    rig.world.faults.clear()
    async with running("run", "--config", config, environ=environ_of(rig)) as program:
        await program.says(UP)
        await rig.line(case.ts, "Posted as")

        assert rig.published() == ["Sorry! We look for it. ^MK"]


async def test_the_manifest_is_yaml_with_a_link_that_creates_the_app(tmp_path: Path) -> None:
    ended = await (await launch("manifest", "--name", "Our webcare")).ends()
    manifest = yaml.safe_load(ended.out)

    assert ended.code == 0
    assert manifest["display_information"]["name"] == "Our webcare"
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert "https://api.slack.com/apps?new_app=1" in ended.out


async def test_the_demo_writes_its_configuration_and_answers_scripts(tmp_path: Path) -> None:
    async with running("demo", "--port", "0", "--no-browser", "--empty", "--dir", tmp_path) as program:
        said = await program.says("sandbox.json")
        address = next(word for word in said.split() if word.endswith("/sandbox.json"))
        async with aiohttp.ClientSession() as http, http.get(address) as response:
            told = json.loads(await response.text())

        assert len(told["slack"]["agents"]) >= 2
        assert len(told["x"]["customers"]) >= 10
        assert told["slack"]["api_url"] in (tmp_path / "app.yaml").read_text()
        assert (tmp_path / "env").stat().st_mode & 0o077 == 0


async def test_a_demo_on_a_port_that_is_taken_says_so(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        ended = await (
            await launch("demo", "--port", port, "--no-browser", "--empty", "--dir", tmp_path)
        ).ends()

    assert ended.code == 1
    assert f"Port {port} on 127.0.0.1 is taken by another program." in ended.err


async def test_a_second_demo_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    arguments = ("demo", "--port", "0", "--no-browser", "--empty", "--dir", tmp_path)
    async with running(*arguments) as first:
        await first.says("sandbox.json")
        ended = await (await launch(*arguments)).ends()

        assert ended.code == 1
        assert "Another sandbox is running" in ended.err


async def test_credentials_of_another_account_are_named_and_nothing_is_read_with_them(
    rig: Rig,
) -> None:
    rig.app_yaml = rig.app_yaml.replace(f"@{rig.world.brand.handle}", "@another")
    async with running("run", "--config", written(rig), environ=environ_of(rig)) as program:
        said = await program.says("Stop with Ctrl+C")
        await rig.post(rig.customers[0], "@brand my parcel is lost")
        await asyncio.sleep(2.5)

        assert f"The credentials belong to @{rig.world.brand.handle}, but app.yaml says @another" in said
        assert not any("my parcel is lost" in message["text"] for message in await rig.channel_messages())
