"""`webcare check` and `webcare migrate`: a line for each thing that must be right, with what to do if not."""

from __future__ import annotations

import asyncio
import re
import socket
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import bootstrap, cli
from tests.fakes import FakeClock
from tests.scenario.program import environ_of, written
from tests.scenario.rig import Rig, own_rig
from tests.scenario.trouble import page

rig = own_rig(start=False, brisk=False)


@pytest.fixture
def desktop(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The rig's secrets in the environment."""
    for name, value in environ_of(rig).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


async def command(rig: Rig, name: str) -> int:
    return await asyncio.to_thread(cli.main, [name, "--config", str(written(rig))])


pytestmark = pytest.mark.usefixtures("desktop")


async def test_a_set_up_in_order_is_a_tick_on_each_line(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    code = await command(rig, "check")
    lines = capsys.readouterr().out.splitlines()

    assert code == 0
    assert all(line.startswith("✓") for line in lines)
    for subject in ("Database", "Slack bot token", "Slack scopes", "Slack channel", "Slack app-level token"):
        assert any(subject in line for line in lines), subject
    assert any("A mention read will cost $0.001" in line for line in lines)


@pytest.mark.parametrize(
    ("hours", "line"),
    [
        (0, "✓ Clock: this machine and Slack agree on the time"),
        (1, "✗ Clock: This machine's clock is 60 min ahead of Slack's."),
        (-2, "✗ Clock: This machine's clock is 120 min behind Slack's."),
    ],
)
async def test_a_wrong_clock_is_a_cross_with_what_to_do(
    rig: Rig, desktop: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hours: int, line: str
) -> None:
    now = datetime.now(UTC) + timedelta(hours=hours)
    desktop.setattr(bootstrap, "SystemClock", lambda: FakeClock(now))
    await command(rig, "check")

    assert line in capsys.readouterr().out


async def test_checking_changes_nothing(rig: Rig) -> None:
    await command(rig, "check")

    assert not (rig.directory / "webcare.db").exists()
    assert await rig.channel_messages() == []


async def test_a_wrong_bot_token_is_a_cross_with_what_to_do(
    rig: Rig, desktop: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desktop.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
    code = await command(rig, "check")

    assert code == 1
    assert "✗ Slack bot token: The bot token does not work: Slack does not know it" in capsys.readouterr().out


async def test_a_missing_token_is_named(
    rig: Rig, desktop: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desktop.delenv("X_ACCESS_TOKEN_SECRET")

    assert await command(rig, "check") == 1
    assert "X_ACCESS_TOKEN_SECRET" in capsys.readouterr().err


async def test_broken_yaml_is_told_with_its_line(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.app_yaml = rig.app_yaml.replace("teams:\n", "teams: [\n")

    assert await command(rig, "check") == 1
    assert re.search(r"app\.yaml.*line \d+", capsys.readouterr().err, re.DOTALL)


async def test_a_missing_file_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = await asyncio.to_thread(cli.main, ["check", "--config", str(tmp_path / "nowhere.yaml")])
    told = capsys.readouterr().err

    assert code == 1
    assert "nowhere.yaml" in told
    assert "Traceback" not in told


async def test_a_bot_outside_its_channel_is_a_cross_with_what_to_do(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    rig.world.slack.leave(rig.world.slack.bot.id, rig.channel)
    code = await command(rig, "check")

    assert code == 1
    assert "write /invite @webcare there" in capsys.readouterr().out


async def test_wrong_credentials_of_x_are_a_cross_and_slack_is_still_looked_at(
    rig: Rig, desktop: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desktop.setenv("X_ACCESS_TOKEN_SECRET", "wrong")
    code = await command(rig, "check")
    out = capsys.readouterr().out

    assert code == 1
    assert "✗ Account brand-x: credentials: X does not take the credentials." in out
    assert "✓ Slack channel" in out


async def test_credentials_of_somebody_else_are_a_cross(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.app_yaml = rig.app_yaml.replace(f'handle: "@{rig.brand.name}"', 'handle: "@another"')
    code = await command(rig, "check")

    assert code == 1
    assert "but app.yaml says @another" in capsys.readouterr().out


async def test_a_server_that_is_not_x_is_a_cross(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.world.faults.order(page("GET /x/2/"))
    code = await command(rig, "check")

    assert code == 1
    assert "does not answer as X does" in capsys.readouterr().out


async def test_used_up_credit_is_a_cross(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.world.x.credits = 0
    code = await command(rig, "check")

    assert code == 1
    assert "prepaid credit is used up" in capsys.readouterr().out


async def test_migrate_makes_the_database_ready(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    assert await command(rig, "migrate") == 0
    await command(rig, "check")

    assert "webcare.db is ready" in capsys.readouterr().out


async def test_a_database_in_use_is_a_cross(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    await rig.start()
    code = await command(rig, "check")

    assert code == 1
    assert "✗ Database" in capsys.readouterr().out


@pytest.mark.parametrize("is_free", [True, False])
async def test_an_address_is_tried_before_the_first_run(
    rig: Rig, capsys: pytest.CaptureFixture[str], *, is_free: bool
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        if is_free:
            other.close()
        rig.app_yaml += f"web: {{listen: 127.0.0.1:{port}}}\n"
        code = await command(rig, "check")
    sentence = {
        True: f"✓ web.listen: 127.0.0.1, port {port}, is free.",
        False: f"✗ web.listen: Nothing can be listened on at 127.0.0.1, port {port}: another program has it.",
    }[is_free]

    assert code == (0 if is_free else 1)
    assert sentence in capsys.readouterr().out
