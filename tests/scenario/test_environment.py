"""What libraries read in the environment on their own account does not change what the bot does."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.cases.errors import Retry
from bot.slack import calls
from connectors.x import XClient
from connectors.x.client import Timeouts
from connectors.x.options import Credentials
from tests.fakes import FakeClock
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


class Proxy:
    """A proxy that notes who asks for what, says what it is told to say, and hangs up."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.answer = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.heard.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.answer.encode())
        writer.close()


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    """A proxy that HTTPS_PROXY names, with a name and a password."""
    made = Proxy()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://us:secret@127.0.0.1:{port}")
    monkeypatch.setenv("NO_PROXY", "internal.example")
    async with server:
        yield made


async def ask_x(url: str, *, writing: bool = False) -> str:
    """One request to X at `url`, which will certainly not be done; returns why."""
    client = XClient(url, Credentials(bearer_token="token"), FakeClock(), Timeouts(connect=1, total=2))
    with pytest.raises(Retry) as caught:
        await (client.create_tweet(text="Hello!") if writing else client.get_me())
    await client.close()
    return caught.value.detail


async def test_x_is_reached_through_the_proxy_of_the_environment(proxy: Proxy) -> None:
    await ask_x("https://api.x.example")

    heard = proxy.heard[0]
    assert heard.startswith("CONNECT api.x.example:443 ")
    assert f"Basic {base64.b64encode(b'us:secret').decode()}" in heard
    assert "token" not in heard


@pytest.mark.parametrize("writing", [False, True])
@pytest.mark.parametrize("answer", ["407 Proxy Authentication Required", "502 not for us:secret"])
async def test_a_proxy_that_refuses_is_told_without_its_name_and_password(
    proxy: Proxy, answer: str, writing: bool
) -> None:
    proxy.answer = f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n"
    detail = await ask_x("https://api.x.example", writing=writing)

    assert f"the proxy of the environment refused the way to X with HTTP {answer[:3]}" in detail
    assert "us:" not in detail
    assert "secret" not in detail


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://name:secret@127.0.0.1:9", "the proxy of the environment cannot be reached"),
        ("name:secret@127.0.0.1:9", "the proxy of the environment cannot be reached"),
        ("http://name:sec/ret@127.0.0.1:9", "HTTPS_PROXY in the environment is no address"),
        ("http://", "HTTPS_PROXY in the environment is no address"),
    ],
    ids=["closed", "without a scheme", "a slash in the password", "without a host"],
)
async def test_a_proxy_that_leads_nowhere_is_told_without_its_name_and_password(
    address: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    monkeypatch.delenv("NO_PROXY", raising=False)
    detail = await ask_x("https://api.x.example")

    assert sentence in detail
    assert "name:sec" not in detail


@pytest.mark.parametrize("url", ["https://x.internal.example", "http://127.0.0.1:9", "https://localhost:9"])
async def test_x_is_reached_without_a_proxy_where_none_leads(proxy: Proxy, url: str) -> None:
    await ask_x(url)

    assert proxy.heard == []


async def test_an_event_is_not_acknowledged_unheard_when_slack_does_not_say_who_we_are(
    tmp_path: Path,
) -> None:
    async with open_rig(tmp_path, brisk=True) as rig:
        asked = sum(request.method == "auth.test" for request in rig.world.slack.requests)
        await rig.claimed("my parcel is lost")
        again = sum(request.method == "auth.test" for request in rig.world.slack.requests)

        assert again == asked
