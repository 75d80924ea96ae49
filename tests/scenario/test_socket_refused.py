"""A socket that does not open: each try has an address of its own, and what waits meanwhile says so."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.sandbox.faults import Fault
from bot.slack import calls, catch_up, receiver
from bot.work import unread
from tests.scenario.rig import LONG, WORDS, Claimed, Rig, claimed_case, own_rig

rig = own_rig(LONG)
case = claimed_case

LINK = "GET /slack/link"
OPEN = "/slack/api/apps.connections.open"


def addresses(rig: Rig) -> int:
    """How many addresses the bot was given."""
    return sum(r.method == "apps.connections.open" and r.ok for r in rig.world.slack.requests)


async def hears_a_claim(rig: Rig, words: str) -> None:
    """Until a claim of now shows on its card."""
    _, ts, _ = await rig.new_case(words)
    await rig.react(rig.agents[1], ts, "eyes")
    await rig.card_shows(ts, f"Claimed by {rig.agents[1].name}")


async def test_each_try_after_a_refusal_has_a_new_address(rig: Rig) -> None:
    before = addresses(rig)
    rig.world.faults.order(Fault("slack", LINK, "status", times=3, status=403))
    rig.world.slack.drop_sockets()
    await hears_a_claim(rig, "my parcel is lost")

    assert addresses(rig) - before == 4


@pytest.mark.parametrize(
    "fault",
    [
        Fault("slack", OPEN, "status", status=200, body=json.dumps({"ok": True, "url": "ws://127.0.0.1:9/"})),
        Fault("slack", OPEN, "status", status=200, body=json.dumps({"ok": True, "url": "wss://no.invalid/"})),
        Fault("slack", OPEN, "status", times=2, status=500),
        Fault("slack", OPEN, "status", status=429, headers={"Retry-After": "1"}),
        Fault("slack", OPEN, "drop", times=2),
        Fault("slack", LINK, "drop", times=2),
        Fault("slack", LINK, "hang", seconds=60),
    ],
    ids=[
        "a dead port",
        "an unknown host",
        "an error",
        "a limit",
        "a lost answer",
        "a lost socket",
        "silence",
    ],
)
async def test_whatever_happens_on_the_way_the_socket_opens_in_the_end(
    rig: Rig, fault: Fault, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(receiver, "_HELLO", 1.0)
    monkeypatch.setattr(calls, "_SOON", timedelta(seconds=0.2))
    rig.world.faults.order(fault)
    rig.world.slack.drop_sockets()
    await hears_a_claim(rig, "my parcel is lost")

    assert not [record for record in caplog.records if record.exc_info]


async def test_what_waits_for_a_socket_says_so_and_goes_once_it_is_open(
    rig: Rig, case: Claimed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "SHORTLY", timedelta(seconds=0.5))
    monkeypatch.setattr(catch_up, "UNTOLD", timedelta(seconds=1))
    _, line = await rig.queued(case, WORDS)
    rig.world.faults.order(Fault("slack", LINK, "status", times=1000, status=403))
    rig.world.faults.order(Fault("slack", "/slack/api/conversations.replies", "delay", seconds=1))
    await rig.press(case.agent, line["ts"], "Send now")
    rig.world.slack.drop_sockets()
    told = await rig.hears(case.ts, "I cannot listen in Slack at the moment")
    kept = rig.published()
    rig.world.faults.clear()

    assert await rig.reply_under(case.post_id) == f"{WORDS} ^MK"
    assert kept == []
    assert "once I know what is written here now" in told
