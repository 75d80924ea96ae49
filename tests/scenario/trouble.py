"""Trouble on order: what goes wrong with a server, and what the bot says and keeps of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.config import Config
from bot.sandbox.faults import Fault, Kind
from bot.sandbox.x.local import Recorded
from bot.work import publishing
from connectors.x.connector import XConnector
from tests.scenario.rig import Rig
from tests.scenario.sides import Json

#: What X's front puts before its API when it has too much to do.
OVERLOADED = "<html><head><title>X / Over capacity</title></head><body><h1>503</h1></body></html>"

MENTIONS = r"GET /x/2/users/\d+/mentions"
PUBLISH = r"POST /x/2/tweets"
POST_MESSAGE = r"POST /slack/api/chat.postMessage"
UPDATE = r"POST /slack/api/chat.update"


def page(path: str, status: int = 503, *, times: int = 1000, after_effect: bool = False) -> Fault:
    """X answers with a page for people."""
    return Fault(
        "x", path, "status", times, after_effect, status=status, body=OVERLOADED, content_type="text/html"
    )


def refusal(path: str, status: int, *, times: int = 1000, headers: dict[str, str] | None = None) -> Fault:
    """X answers in its own way that it will not."""
    body = f'{{"title": "No", "detail": "No.", "type": "about:blank", "status": {status}}}'
    return Fault("x", path, "status", times, status=status, body=body, headers=headers or {})


def limit(path: str, reset: datetime) -> Fault:
    """X refuses one request, because the limit is used up until `reset`."""
    until = str(int(reset.timestamp()))
    headers = {"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0", "x-rate-limit-reset": until}
    return refusal(path, 429, times=1, headers=headers)


def broken(server: str, path: str, kind: Kind, *, after_effect: bool, times: int = 1) -> Fault:
    """The request, or its answer, gets lost; or something went wrong inside the server."""
    return Fault(server, path, kind, times, after_effect, seconds=0.5)


async def announced(rig: Rig, words: str) -> Json:
    """Wait until the bot says these words in the channel itself; returns the message."""

    async def heard() -> Json | None:
        return next((m for m in await rig.channel_messages() if words in m["text"]), None)

    found = await rig.until(heard, f"the channel does not hear {words!r}")
    assert found is not None
    return found


async def heard(rig: Rig, *wanted: str) -> list[int]:
    """How many messages of the channel show each of these words."""
    texts = [message["text"] for message in await rig.channel_messages()]
    return [sum(words in text for text in texts) for words in wanted]


def asked_by_bot(rig: Rig, method: str, path: str) -> list[Recorded]:
    """The requests of this kind with which the bot reached X, the spoiled ones included, oldest first."""
    people = {person.handle for person in rig.world.x.people} - {rig.brand.name.removeprefix("@")}
    asked = [r for r in rig.world.x.requests if r.method == method and r.path.endswith(path)]
    return [request for request in asked if request.who not in people]


def attempts(rig: Rig, method: str, path: str) -> int:
    """How many requests of this kind the bot made."""
    return len(asked_by_bot(rig, method, path))


def promise(rig: Rig, **changes: Any) -> None:
    """Let the teams hold and answer within parts of a second, which app.yaml does not allow; `changes` are
    fields of a team. Counts from the next start."""
    before = rig.adjust

    def quicker(config: Config) -> Config:
        config = before(config)
        teams = {name: team.model_copy(update=changes) for name, team in config.teams.items()}
        return config.model_copy(update={"teams": teams})

    rig.adjust = quicker


def rows(rig: Rig, question: str) -> list[tuple[Any, ...]]:
    """What the bot's database answers; it may be asked while the bot runs."""
    with closing(sqlite3.connect(f"file:{rig.directory / 'webcare.db'}?mode=ro", uri=True)) as database:
        return database.execute(question).fetchall()


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lost replies are looked for often, and X is taken to show a post of ours at once."""
    for looks in ("LOOKS", "PRIVATE_LOOKS"):
        monkeypatch.setattr(publishing, looks, (timedelta(milliseconds=100),) * 8)
    defaults = XConnector.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "settle", timedelta(milliseconds=400))
