"""A start that cannot go well is refused with a sentence: no bot sits there and hears nothing."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.bootstrap import StartError
from bot.sandbox.faults import Fault
from bot.slack import calls
from tests.scenario.rig import Rig, own_rig

rig = own_rig(start=False)


async def refusal_of(rig: Rig) -> str:
    """What the start is refused with."""
    with pytest.raises(StartError) as refused:
        await rig.start()
    return str(refused.value)


async def test_an_unknown_channel_with_what_to_do(rig: Rig) -> None:
    rig.app_yaml = rig.app_yaml.replace(rig.channel, '"#nowhere"')
    sentence = await refusal_of(rig)

    assert "Slack knows no channel #nowhere" in sentence
    assert "/invite" in sentence


async def test_a_slack_out_of_reach(rig: Rig) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/slack/api/"
    rig.app_yaml = rig.app_yaml.replace(rig.slack_url, nobody)

    assert "Slack cannot be reached" in await refusal_of(rig)


LIMIT = {"status": 429, "headers": {"Retry-After": "1"}, "body": '{"ok": false, "error": "ratelimited"}'}


@pytest.mark.parametrize(
    ("path", "trouble"),
    [
        ("auth.test", LIMIT),
        ("apps.connections.open", LIMIT),
        ("conversations.info", LIMIT),
        ("auth.test", {"status": 500}),
        ("auth.test", {"kind": "hang", "seconds": 60}),
    ],
    ids=["limit", "limit of sockets", "limit of channels", "error", "silence"],
)
async def test_a_slack_that_asks_to_wait_is_waited_for(
    rig: Rig,
    path: str,
    trouble: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(calls, "_SOON", timedelta(seconds=0.2))
    monkeypatch.setattr(calls, "_TIMEOUT", aiohttp.ClientTimeout(total=1))
    rig.world.faults.order(Fault("slack", path, **{"kind": "status", "times": 2, **trouble}))
    await rig.start()
    told = [record for record in caplog.records if getattr(record, "action", "") == "slack_waits"]

    assert await rig.new_case("my parcel is lost")
    assert [(record.levelname, record.exc_info) for record in told] == [("WARNING", None)] * 2


async def test_a_database_newer_than_the_program(rig: Rig) -> None:
    await rig.start()
    await rig.stop()
    with closing(sqlite3.connect(rig.directory / "webcare.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()

    assert "newer" in await refusal_of(rig)


async def test_a_file_that_is_no_database(rig: Rig) -> None:
    (rig.directory / "webcare.db").write_text("this is a letter and not a database " * 100)

    assert "webcare.db" in await refusal_of(rig)


async def test_a_folder_that_is_not_there(rig: Rig) -> None:
    rig.app_yaml = rig.app_yaml.replace("webcare.db", "nowhere/webcare.db")

    assert "nowhere" in await refusal_of(rig)


async def test_a_refused_start_leaves_nothing_behind_that_keeps_the_next_from_starting(rig: Rig) -> None:
    whole = rig.app_yaml
    rig.app_yaml = whole.replace(rig.channel, '"#nowhere"')
    await refusal_of(rig)
    rig.app_yaml = whole
    await rig.start()

    assert await rig.new_case("my parcel is lost")


async def test_a_channel_may_be_given_by_its_name(rig: Rig) -> None:
    name = rig.world.slack.workspace.channels[rig.channel].name
    rig.app_yaml = rig.app_yaml.replace(rig.channel, f'"#{name}"')
    await rig.start()

    assert await rig.new_case("my parcel is lost")
