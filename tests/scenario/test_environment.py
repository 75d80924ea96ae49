"""What libraries read in the environment on their own account does not change what the bot does."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from bot.slack import calls
from tests.scenario.rig import open_rig


async def test_a_client_id_and_secret_in_the_environment_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "not ours")
    async with open_rig(tmp_path, brisk=True) as rig:
        case = await rig.claimed("my parcel is lost")

        assert case.agent.name in await rig.card_text(case.ts)


async def test_another_bots_token_in_the_environment_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-another")
    async with open_rig(tmp_path, brisk=True) as rig:
        case = await rig.claimed("my parcel is lost")

        assert case.agent.name in await rig.card_text(case.ts)
        assert "token" not in caplog.text


async def test_a_proxy_does_not_stand_before_a_server_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with open_rig(tmp_path, brisk=True) as rig:
        case = await rig.claimed("my parcel is lost")

        assert case.agent.name in await rig.card_text(case.ts)


@pytest.mark.parametrize(
    ("address", "proxy"),
    [
        ("https://slack.com/api/", "http://proxy.example:3128"),
        ("https://slack.internal.example/api/", None),
        ("http://localhost:8700/slack/api/", None),
        ("http://[::1]:8700/slack/api/", None),
    ],
)
async def test_a_proxy_leads_where_no_exception_is_made(
    address: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "internal.example")
    async with aiohttp.ClientSession() as session:
        client = calls.client("xoxb-1", address, session)

        assert client.proxy == proxy


async def test_an_event_is_not_acknowledged_unheard_when_slack_does_not_say_who_we_are(
    tmp_path: Path,
) -> None:
    async with open_rig(tmp_path, brisk=True) as rig:
        asked = sum(request.method == "auth.test" for request in rig.world.slack.requests)
        await rig.claimed("my parcel is lost")
        again = sum(request.method == "auth.test" for request in rig.world.slack.requests)

        assert again == asked
