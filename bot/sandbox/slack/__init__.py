"""A local Slack: Web API, Socket Mode, Block Kit and rate limits as the real one has them."""

from bot.sandbox.slack.interactions import Answer
from bot.sandbox.slack.limits import Limits
from bot.sandbox.slack.local import LocalSlack
from bot.sandbox.slack.model import Channel, Message, User
from bot.sandbox.slack.mrkdwn import pings
from bot.sandbox.slack.settings import AppSettings
from bot.sandbox.slack.socket_mode import Mischief, Pace
from bot.sandbox.slack.web_api import Request

__all__ = [
    "Answer",
    "AppSettings",
    "Channel",
    "Limits",
    "LocalSlack",
    "Message",
    "Mischief",
    "Pace",
    "Request",
    "User",
    "pings",
]
