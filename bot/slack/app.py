"""The bolt app: every delivery finds its listener, and nothing is acknowledged before it is committed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.cases.errands import SaidPicture
from bot.slack.listeners import Listeners


def build(
    client: AsyncWebClient, listeners: Listeners, answer_text: Callable[[SaidPicture], str]
) -> AsyncApp:
    """An app around `client`; `answer_text` turns what a slash command says into Slack's markup.

    `process_before_response` lets a listener finish before the acknowledgement goes out (bolt acknowledges
    first by default, so that a crash would lose the event). The catch-alls acknowledge what means nothing to
    us: Slack repeats what nobody acknowledges and counts it as a failure. Signatures are not looked at here:
    a socket needs none, and `requests` lets nothing in without one.
    """
    app = AsyncApp(
        client=client,
        process_before_response=True,
        request_verification_enabled=False,
        installation_store=None,
    )

    async def message(event: dict[str, Any], body: dict[str, Any]) -> None:
        await listeners.message(event, body.get("event_id", ""))

    async def reaction_added(event: dict[str, Any], body: dict[str, Any]) -> None:
        await listeners.reaction(event, True, body.get("event_id", ""))

    async def reaction_removed(event: dict[str, Any], body: dict[str, Any]) -> None:
        await listeners.reaction(event, False, body.get("event_id", ""))

    async def press(ack: AsyncAck, body: dict[str, Any]) -> None:
        await listeners.press(body)
        await ack()

    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        answer = await listeners.command(body)
        await (ack(text=answer_text(answer), response_type="ephemeral") if answer else ack())

    async def nothing(ack: AsyncAck) -> None:
        await ack()

    everything = re.compile(".*")
    # The hot ones first: bolt asks its listeners in the order of their registration.
    app.event("message")(message)
    app.event("reaction_added")(reaction_added)
    app.event("reaction_removed")(reaction_removed)
    app.action(everything)(press)
    app.command(everything)(command)
    app.event(everything)(nothing)
    app.shortcut(everything)(nothing)
    app.view(everything)(nothing)
    return app
