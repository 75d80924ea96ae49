"""Whether what Slack shows is what the record says: every card and line drawn anew and compared."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import storage
from bot import bootstrap
from bot.cases.pictures import Picture
from bot.cases.record import Record
from bot.cases.tx import Setup, Tx
from bot.clock import SystemClock
from bot.config import parse
from bot.sandbox.slack.emoji import named
from bot.slack.render import draw
from bot.slack.sentences import Sentences
from bot.texts import Texts
from bot.transactions import Transactions
from bot.work import pictures
from tests.proof.subject import Orders

Json = dict[str, Any]


async def differences(orders: Orders, url: str, slack: Sequence[Json], now: datetime) -> list[str]:
    """Every card and line that Slack keeps otherwise than the record would draw it now."""
    setup = _setup(orders)
    installation = setup.installation
    speech = Sentences(
        Texts("en"), installation.reactions, ZoneInfo(installation.timezone), lambda ref: ref.ts
    )
    store = await asyncio.to_thread(storage.open_store, url)
    try:
        wanted = await Transactions(store, setup, SystemClock()).do(_wanted, now=now)
    finally:
        await store.close()
    return await asyncio.to_thread(_compared, wanted, speech, slack)


def _compared(wanted: list[tuple[str, str, Picture]], speech: Sentences, slack: Sequence[Json]) -> list[str]:
    shown = {str(message["ts"]): message for message in slack}
    found = []
    for ts, name, picture in wanted:
        drawn, message = draw(picture, speech), shown.get(ts, {})
        if named(drawn.text) != message.get("text") or _labels(list(drawn.blocks)) != _labels(
            message.get("blocks", ())
        ):
            found.append(f"The {name} shows {message.get('text')!r}, and the record says {drawn.text!r}.")
    return found


def _wanted(tx: Tx) -> list[tuple[str, str, Picture]]:
    found: list[tuple[str, str, Picture]] = []
    for case in _cases(tx.record):
        if case.thread is not None:
            found.append((case.thread.ts, f"card of case {case.id}", pictures.card(tx, case)))
        for reply in tx.replies.of_case(case.id):
            if reply.line is not None:
                picture = pictures.line(tx, case, reply)
                found.append((reply.line.ts, f"line of reply {reply.id}", picture))
    return found


def _cases(record: Record) -> list[Any]:
    return [*record.cases.open(), *record.cases.settled_since(datetime(2000, 1, 1, tzinfo=UTC))]


def _setup(orders: Orders) -> Setup:
    config = parse(orders.app_yaml, "app.yaml", orders.secrets, bootstrap.network_terms())
    opened = bootstrap.open_connectors(config, SystemClock())
    return Setup(config.installation(), opened, {"en": Texts("en")})


def _labels(blocks: Sequence[Json]) -> list[str]:
    """What stands on the buttons."""
    rows = [block for block in blocks if block["type"] == "actions"]
    elements = [element for row in rows for element in row["elements"]]
    return [element["text"]["text"] for element in elements if element["type"] == "button"]
