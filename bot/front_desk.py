"""The desk as app.yaml describes it: made, waited for, known to work, its channels and groups found."""

from __future__ import annotations

import logging
from dataclasses import replace
from zoneinfo import ZoneInfo

import aiohttp

from bot.cases.errors import DeskError
from bot.cases.installation import Installation
from bot.cases.ports import Clock, Finding
from bot.config import Config
from bot.slack import calls
from bot.slack.desk import SlackDesk
from bot.slack.health import SLACK
from bot.slack.pace import Pace
from bot.texts import Texts

log = logging.getLogger(__name__)


class StartError(Exception):
    """The bot cannot start; the text says what a person can do."""


def made(config: Config, session: aiohttp.ClientSession, clock: Clock, pace: Pace | None = None) -> SlackDesk:
    """The desk, of which nothing is known yet."""
    installation = config.installation()
    return SlackDesk(
        calls.client(config.desk.bot_token.get_secret_value(), config.desk.api_url, session),
        clock,
        Texts(installation.language),
        ZoneInfo(installation.timezone),
        installation.reactions,
        channels=sorted(installation.channels()),
        groups=sorted(installation.groups()),
        people=sorted(installation.people()),
        app_token=config.desk.way_in() if config.desk.mode == "socket" else "",
        command=installation.command,
        pace=pace,
    )


async def opened(
    config: Config, session: aiohttp.ClientSession, clock: Clock, pace: Pace
) -> tuple[SlackDesk, Installation, list[Finding]]:
    """The desk, known to work, and what about it does not. A wrong token stops here: Socket Mode would try it
    for ever. A Slack that asks to wait is waited for. Raises `StartError`."""
    desk = made(config, session, clock, pace)
    with desk.waiting():
        return await _known_to_work(desk, config.installation())


async def _known_to_work(
    desk: SlackDesk, installation: Installation
) -> tuple[SlackDesk, Installation, list[Finding]]:
    unwell = [finding for finding in (await desk.check()).findings if not finding.ok]
    fatal = [finding for finding in unwell if "token" in finding.subject or finding.subject == SLACK]
    if fatal:
        raise StartError("\n".join(f"{finding.subject}: {finding.text}" for finding in fatal))
    for finding in unwell:
        log.warning("%s: %s", finding.subject, finding.text, extra={"action": "desk_unwell"})
    try:
        me = await desk.myself()
        ids = await desk.resolve_channels(installation.channels())
    except DeskError as error:
        raise StartError(
            f"Slack does not answer as it should ({error.detail}). Try again shortly."
        ) from error
    missing = sorted(installation.channels() - ids.keys())
    if missing:
        raise StartError(
            f"Slack knows no channel {', '.join(missing)} that the bot can see. "
            f"Write the channel's id in app.yaml, or invite the bot: /invite @{me.name}."
        )
    called = await _called(desk, installation)
    teams = {
        name: replace(team, channel=ids[team.channel], call=called.get(team.call, team.call))
        for name, team in installation.teams.items()
    }
    return desk, replace(installation, teams=teams), unwell


async def _called(desk: SlackDesk, installation: Installation) -> dict[str, str]:
    """The user groups that are called, by what app.yaml calls them. Where one cannot be found the channel is
    called in its place: a warning that reaches too many is better than one that reaches nobody."""
    groups = installation.groups()
    try:
        ids = await desk.resolve_groups(groups)
    except DeskError as error:
        log.warning(
            "Slack does not tell the user groups", extra={"action": "desk_unwell", "error": error.detail}
        )
        ids = {group: group for group in groups if not group.startswith("@")}
    return {group: ids.get(group, "channel") for group in groups}
