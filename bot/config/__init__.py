"""app.yaml and the environment, read into one frozen `Config` or refused with every mistake at once."""

from bot.config.reading import load, parse
from bot.config.mistakes import ConfigError, Mistake
from bot.config.model import AccountConfig, AgentConfig, Config, DeskConfig, TeamConfig
from bot.config.networks import NetworkTerms

__all__ = [
    "AccountConfig",
    "AgentConfig",
    "Config",
    "ConfigError",
    "DeskConfig",
    "Mistake",
    "NetworkTerms",
    "TeamConfig",
    "load",
    "parse",
]
