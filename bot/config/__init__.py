"""app.yaml and the environment, read into one frozen `Config` or refused with every mistake at once."""

from bot.config.fields import Listen
from bot.config.mistakes import ConfigError, Mistake
from bot.config.model import AccountConfig, AgentConfig, Config, DeskConfig, TeamConfig, WebConfig
from bot.config.reading import load, parse

__all__ = [
    "AccountConfig",
    "AgentConfig",
    "Config",
    "ConfigError",
    "DeskConfig",
    "Listen",
    "Mistake",
    "TeamConfig",
    "WebConfig",
    "load",
    "parse",
]
