"""The app.yaml and the secrets with which the bot works in the sandbox: the same files as for a real team."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Promises of minutes and a hold that can be watched: a case gets at risk, and is missed, before one's eyes.
TARGETS = "{first_reply: 5m, next_reply: 5m, warn_before: 3m}"
HOLD = "15s"

#: Shown in the file, so that its reader knows where it comes from and what it is for.
TEMPLATE = """\
# Written by webcare for its sandbox; a real app.yaml looks the same. Written again at each start.
database: {database}
language: {language}
timezone: Europe/Amsterdam
desk:
  kind: slack
  api_url: {slack_url}
  bot_token: ${{SLACK_BOT_TOKEN}}
  app_token: ${{SLACK_APP_TOKEN}}
teams:
  care:
    channel: {channel}
    targets: {targets}
    hold: {hold}
accounts:
  - name: brand-x
    network: x
    handle: "@{handle}"
    team: care
    api_url: {x_url}
    poll_every: {poll_every}s  # X allows 300 looks in 15 minutes; the bot slows down before they are used up
    private: dm
    credentials:
      consumer_key: ${{X_CONSUMER_KEY}}
      consumer_secret: ${{X_CONSUMER_SECRET}}
      access_token: ${{X_ACCESS_TOKEN}}
      access_token_secret: ${{X_ACCESS_TOKEN_SECRET}}
"""


def app_yaml(description: Mapping[str, Any], directory: Path, language: str, speed: int = 1) -> str:
    """The configuration for the sandbox that `description` (GET /sandbox.json) tells of. Where the clock runs
    fast, X is looked at ten times a second of the machine's at most."""
    return TEMPLATE.format(
        database=f"sqlite:///{(directory / 'webcare.db').resolve().as_posix()}",
        language=language,
        targets=TARGETS,
        hold=HOLD,
        poll_every=max(2, speed // 10),
        slack_url=description["slack"]["api_url"],
        channel=description["slack"]["channel"],
        handle=description["x"]["brand"]["handle"].removeprefix("@"),
        x_url=description["x"]["api_url"],
    )


def secrets(description: Mapping[str, Any]) -> dict[str, str]:
    """The environment that the configuration names."""
    bot, brand = description["slack"]["bot"], description["x"]["brand"]["credentials"]
    return {
        "SLACK_BOT_TOKEN": bot["bot_token"],
        "SLACK_APP_TOKEN": bot["app_token"],
        "X_CONSUMER_KEY": brand["consumer_key"],
        "X_CONSUMER_SECRET": brand["consumer_secret"],
        "X_ACCESS_TOKEN": brand["access_token"],
        "X_ACCESS_TOKEN_SECRET": brand["access_token_secret"],
    }


def write(description: Mapping[str, Any], directory: Path, language: str, speed: int = 1) -> Path:
    """Write app.yaml and a file `env` beside it that a shell can read; returns the path of app.yaml."""
    path = directory / "app.yaml"
    path.write_text(app_yaml(description, directory, language, speed), encoding="utf-8")
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in secrets(description).items()]
    env = directory / "env"
    env.touch(mode=0o600)
    env.write_text("".join(lines), encoding="utf-8")
    return path
