"""The database file is lost while the bot runs: it says so everywhere, and does not start over."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.bootstrap import StartError
from tests.scenario.rig import LONG, WORDS, Rig, own_rig
from tests.scenario.test_http_mode import free_port

rig = own_rig(hold=LONG, start=False)


@pytest.mark.parametrize("lose", [os.unlink, lambda file: os.truncate(file, 0)], ids=["deleted", "emptied"])
async def test_it_is_noticed_within_seconds_and_nothing_goes_out(
    rig: Rig, lose: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    rig.app_yaml += f"web: {{listen: 127.0.0.1:{port}}}\n"
    await rig.start()
    case = await rig.claimed("my parcel is lost")
    await rig.write(case.agent, case.ts, WORDS)
    line = await rig.line(case.ts, "Will be posted")
    lose(rig.directory / "webcare.db")
    async with rig.http.get(f"http://127.0.0.1:{port}/readyz") as answer:
        status, told = answer.status, json.loads(await answer.text())

    async def said() -> bool:
        return any("cannot reach my data" in message["text"] for message in await rig.channel_messages())

    await rig.until(said, "the channel does not hear of it", patience=30)
    with pytest.raises(AssertionError, match="operation_timeout"):  # nobody acknowledges the press
        await rig.press(case.agent, line["ts"], "Send now")
    await rig.settle(1)
    published = rig.published()
    await rig.stop()

    assert published == []
    assert status == 503
    assert "while webcare was running" in told["reasons"]["database"]
    assert "webcare restore FILE" in told["reasons"]["database"]
    with pytest.raises(StartError, match="webcare restore FILE"):
        await rig.start()
