"""Slack's way in: a socket that the bot opens, or requests that Slack sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from slack_bolt.async_app import AsyncApp

from bot.cases.ports import Clock
from bot.slack.catch_up import Connection
from bot.slack.requests import Requests
from bot.slack.socket import Socket

Receiver = Socket | Requests


def receiver_of(
    app: AsyncApp,
    mode: Literal["socket", "http"],
    secret: str,
    clock: Clock,
    opened: Callable[[Connection], None],
    address: str = "",
) -> Receiver:
    """The door of a mode, still closed. `secret` is the app-level token for a socket and the signing secret
    for requests; `opened` is told each time events can arrive again. A socket
    is opened at `address` first, if there is one.

    ValueError without a secret, in words for a person: a door that anybody can pass is never made.
    """
    if mode == "http":
        if not secret.strip():
            raise ValueError(
                "Without a signing secret anybody could pass for Slack: set desk.signing_secret."
            )
        return Requests(app, secret, clock, opened)
    if not secret:
        raise ValueError("Without an app-level token Slack opens no socket: set desk.app_token.")
    return Socket(app, secret, opened, clock, address)
