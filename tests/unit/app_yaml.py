"""A good app.yaml, and what a bad one is told."""

from __future__ import annotations

import pytest

from bot.cases.ports import Terms
from bot.config import Config, ConfigError, parse

ENVIRON = {
    "SLACK_BOT_TOKEN": "xoxb-1-bot",
    "SLACK_APP_TOKEN": "xapp-1-app",
    "X_CONSUMER_KEY": "key-of-the-app",
    "X_CONSUMER_SECRET": "secret-of-the-app",
    "X_ACCESS_TOKEN": "token-of-the-brand",
    "X_ACCESS_TOKEN_SECRET": "secret-of-the-brand",
    "EMPTY": " ",
    "TORN": "half of\na secret",
    "DATABASE_PASSWORD": "p@ss/word",
    "DATABASE_URL": "postgresql+psycopg://webcare:swordfish@db/webcare",
}
NETWORKS = {
    "x": Terms(
        credentials=(
            frozenset({"consumer_key", "consumer_secret", "access_token", "access_token_secret"}),
            frozenset({"bearer_token"}),
        ),
        prices=frozenset({"mention_read", "post_create"}),
        private=frozenset({"dm"}),
    )
}
GOOD = """\
database: sqlite:///webcare.db
language: nl
timezone: Europe/Amsterdam
desk:
  kind: slack
  bot_token: ${SLACK_BOT_TOKEN}
  app_token: ${SLACK_APP_TOKEN}
teams:
  care:
    channel: C0123456789
    targets: {first_reply: 1h30m, next_reply: 2h, warn_before: 15m}
    hold: 15s
accounts:
  - name: brand-x
    network: x
    handle: "@brand"
    team: care
    poll_every: 60s
    credentials:
      consumer_key: ${X_CONSUMER_KEY}
      consumer_secret: ${X_CONSUMER_SECRET}
      access_token: ${X_ACCESS_TOKEN}
      access_token_secret: ${X_ACCESS_TOKEN_SECRET}
"""
SECOND = """\
  - name: brand-two
    network: x
    handle: "@two"
    team: care
    credentials: {consumer_key: ${X_CONSUMER_KEY}, consumer_secret: ${X_CONSUMER_SECRET}, \
access_token: ${X_ACCESS_TOKEN}, access_token_secret: ${X_ACCESS_TOKEN_SECRET}}
"""


def read(text: str) -> Config:
    return parse(text, "app.yaml", ENVIRON, NETWORKS)


def changed(old: str, new: str) -> str:
    """The good app.yaml with one thing different."""
    assert old in GOOD
    return GOOD.replace(old, new)


def complaint(text: str) -> str:
    """The one mistake in this app.yaml, as it is shown."""
    with pytest.raises(ConfigError) as refused:
        read(text)
    assert len(refused.value.mistakes) == 1, str(refused.value)
    return str(refused.value.mistakes[0])
