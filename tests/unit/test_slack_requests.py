"""The door for Slack's requests by itself: what it remembers, for how long, and what it tells the log."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.slack.receiver import Requests
from tests.fakes import FakeClock

SECRET = "not-a-real-signing-secret"
EVENT = b'{"type": "event_callback", "event_id": "Ev1", "event": {"type": "reaction_added", "user": "U1"}}'


class Receiver:
    """A door in a server of its own, and an app behind it that counts what comes through."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        #: The listener breaks as often as this says.
        self.faults = 0
        self.heard = 0
        app = AsyncApp(authorize=_authorize, process_before_response=True, request_verification_enabled=False)
        app.event("reaction_added")(self._hear)
        self.requests = Requests(app, SECRET, self.clock, lambda _connection: None)
        self.client: TestClient[web.Request, web.Application]

    def signed(self) -> dict[str, str]:
        """The headers of the event, signed at this moment."""
        timestamp = str(int(self.clock.now().timestamp()))
        digest = hmac.new(SECRET.encode(), f"v0:{timestamp}:".encode() + EVENT, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={digest}",
        }

    async def send(self, headers: dict[str, str]) -> int:
        """Send the event; returns the status."""
        async with self.client.post("/", data=EVENT, headers=headers) as response:
            return response.status

    async def _hear(self) -> None:
        if self.faults:
            self.faults -= 1
            raise LookupError("the disk is gone")
        self.heard += 1


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="UBOT", bot_id="BBOT")


@pytest.fixture
async def door() -> AsyncIterator[Receiver]:
    opened = Receiver()
    server = web.Application()
    server.router.add_post("/", opened.requests.answer)
    async with TestClient(TestServer(server)) as client:
        opened.client = client
        await opened.requests.open()
        yield opened
        await opened.requests.close()


async def test_a_request_passes_once(door: Receiver) -> None:
    headers = door.signed()

    assert [await door.send(headers), await door.send(headers)] == [200, 401]
    assert door.heard == 1


async def test_the_same_words_signed_anew_pass_again(door: Receiver) -> None:
    first = await door.send(door.signed())
    door.clock.turn(seconds=1)

    assert [first, await door.send(door.signed())] == [200, 200]


async def test_a_request_that_failed_passes_again(door: Receiver) -> None:
    door.faults = 1
    headers = door.signed()

    assert [await door.send(headers), await door.send(headers)] == [500, 200]
    assert door.heard == 1


async def test_a_signature_is_remembered_for_longer_than_it_holds(door: Receiver) -> None:
    early = door.signed()
    door.clock.turn(minutes=-4)
    first = await door.send(early)
    door.clock.turn(minutes=8)
    later = await door.send(early)
    door.clock.turn(minutes=2)

    assert [first, later, await door.send(early)] == [200, 401, 401]


async def test_what_no_longer_holds_is_forgotten(door: Receiver) -> None:
    await door.send(door.signed())
    door.clock.turn(minutes=11)
    await door.send(door.signed())

    assert len(door.requests._taken) == 1


async def test_a_closed_door_asks_to_come_again(door: Receiver) -> None:
    await door.requests.close()

    assert await door.send(door.signed()) == 503
    assert not await door.requests.is_open()


async def test_the_log_hears_of_refusals_once_a_minute_and_never_what_they_said(
    door: Receiver, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # import-linter, where it ran before in the same process, has switched off every logger there was.
    monkeypatch.setattr(logging.getLogger("bot.slack.receiver"), "disabled", False)
    with caplog.at_level(logging.DEBUG):
        for _ in range(3):
            await door.send({"Content-Type": "application/json"})
        door.clock.turn(minutes=1)
        await door.send({"Content-Type": "application/json"})
    told = [record for record in caplog.records if getattr(record, "action", "") == "request_refused"]

    assert [vars(record)["count"] for record in told] == [1, 3]
    assert "Ev1" not in caplog.text


@pytest.mark.parametrize("secret", ["", "   "])
def test_a_door_without_a_secret_cannot_be_made(secret: str) -> None:
    with pytest.raises(ValueError, match="signing_secret must not be empty"):
        Requests(AsyncApp(authorize=_authorize), secret, FakeClock(), lambda _connection: None)
