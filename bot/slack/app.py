"""The bolt app: every delivery finds its listener, and nothing is acknowledged before it is committed."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.cases.errors import DeskError
from bot.cases.model import MessageRef
from bot.cases.pictures import SaidPicture
from bot.slack.blocks import Drawn
from bot.slack.desk import Self
from bot.slack.early import StillUnknown
from bot.slack.listeners import Listeners

log = logging.getLogger(__name__)

#: What bolt reads for itself: client id and secret turn an app into one that serves many workspaces and asks
#: a store of its own who may be heard. Ours is told everything by its caller.
_BOLTS_OWN = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")


def build(
    client: AsyncWebClient,
    me: Self,
    listeners: Listeners,
    drawn: Callable[[SaidPicture], Drawn],
    spoken_in: Callable[[MessageRef], None],
) -> AsyncApp:
    """An app that hears as `me`; `drawn` makes what a slash command says into a message, and `spoken_in` is
    told of the thread in which somebody just wrote. `client` opens the socket and needs no bot token: what
    listeners say leaves through the desk.

    `process_before_response` lets a listener finish before the acknowledgement goes out (bolt acknowledges
    first by default, so that a crash would lose the event). The catch-alls acknowledge what means nothing to
    us: Slack repeats what nobody acknowledges and counts it as a failure. Signatures are not looked at here:
    a socket needs none, and `Requests` lets nothing in without one. Without `authorize` bolt would ask Slack
    who we are when the first event comes, and acknowledge that event unheard if Slack refused to say.
    """

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=me.team_id, bot_user_id=me.user_id, bot_id=me.bot_id
        )

    with _unset(*_BOLTS_OWN):
        app = AsyncApp(
            name="webcare",  # bolt would look for the name of the calling file, for a tenth of a second
            client=client,
            authorize=authorize,
            process_before_response=True,
            request_verification_enabled=False,
            # It would also keep from us that somebody deleted a message of ours.
            ignoring_self_events_enabled=False,
        )
    _listen(app, me, listeners, drawn, spoken_in)
    return app


def _listen(
    app: AsyncApp,
    me: Self,
    listeners: Listeners,
    drawn: Callable[[SaidPicture], Drawn],
    spoken_in: Callable[[MessageRef], None],
) -> None:
    """Bring every delivery to its listener. What we posted or drew is no person's message for them; marks of
    ours go no further. What a listener could not deal with is not acknowledged, and the log says so."""

    async def message(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("user") != me.user_id:
            spoken_in(MessageRef(event.get("channel", ""), event.get("thread_ts", "")))
        await listeners.message(event, body.get("event_id", ""))

    async def reaction_added(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("user") != me.user_id:
            await listeners.reaction(event, True, body.get("event_id", ""))

    async def reaction_removed(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("user") != me.user_id:
            await listeners.reaction(event, False, body.get("event_id", ""))

    async def press(ack: AsyncAck, body: dict[str, Any]) -> None:
        await listeners.press(body)
        await ack()

    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        answer = drawn(await listeners.command(body))
        await ack(text=answer.text, blocks=answer.blocks, response_type="ephemeral")

    async def nothing(ack: AsyncAck) -> None:
        await ack()

    everything = re.compile(".*")
    app.error(_failed)
    # The hot ones first: bolt asks its listeners in the order of their registration.
    app.event("message")(message)
    app.event("reaction_added")(reaction_added)
    app.event("reaction_removed")(reaction_removed)
    app.action(everything)(press)
    app.command(everything)(command)
    app.event(everything)(nothing)
    app.shortcut(everything)(nothing)
    app.view(everything)(nothing)


async def _failed(error: Exception, body: dict[str, Any]) -> None:
    """What was told is not acknowledged; Slack tells an event again."""
    if isinstance(error, StillUnknown):
        log.info("An event waits for a message that is being posted", extra={"action": "early_event"})
    elif isinstance(error, DeskError):
        kind = (body.get("event") or body).get("type", "command")
        log.warning(
            "Slack does not say who did this; events come again, buttons and commands must be repeated",
            extra={"action": "delivery_failed", "type": kind, "error": error.detail},
        )
    else:
        log.error("An event could not be dealt with", extra={"action": "event_failed"}, exc_info=error)


@contextmanager
def _unset(*names: str) -> Iterator[None]:
    """The environment without these, for a moment."""
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
