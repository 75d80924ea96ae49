"""Whether the desk in Slack is in order: tokens, scopes and channels, each with what to do when it is not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.cases.errors import DeskError, DeskRefused
from bot.cases.ports import Clock, Finding, Health
from bot.slack.calls import Caller, refused
from bot.slack.manifest import SCOPES

#: The subject of a finding about Slack as a whole: it does not answer.
SLACK = "Slack"

#: A clock that is further off than this is not set by the network.
_APART = timedelta(minutes=1)

_REINSTALL = "add it under OAuth & Permissions of your Slack app, then press Reinstall"

#: What to do about a token, by the code that Slack answers.
_TOKENS = {
    "account_inactive": "the app was removed from its workspace; install it again and copy the new token",
    "invalid_auth": "Slack does not know it; copy it again from your app's settings",
    "missing_scope": "it lacks the scope connections:write; make a new app-level token with it",
    "not_allowed_token_type": "it is a token of another kind; the bot token begins with xoxb-, the app-level"
    " token with xapp-",
    "not_authed": "it is empty; set it in the environment",
    "token_expired": "it has expired; turn token rotation off and install the app again",
    "token_revoked": "it was revoked; install the app again and copy the new token",
}


def _for_channels(name: str) -> dict[str, str]:
    """What to do about a channel that a bot of this name may not use, by the code that Slack answers."""
    return {
        "channel_not_found": "there is no such channel, or it is private and the bot is not in it. Check the"
        f" name or id in app.yaml and write /invite @{name} in the channel",
        "missing_scope": f"the bot may not look at channels: {_REINSTALL}",
    }


_GROUPS = {"missing_scope": f"to look for a handle it needs the scope usergroups:read; {_REINSTALL}"}


async def check(
    client: AsyncWebClient,
    calls: Caller,
    clock: Clock,
    app_token: str,
    channels: Iterable[str],
    groups: Iterable[str],
    people: Iterable[str],
    keep: Callable[[str], None],
) -> Health:
    """Everything that has to be right before the first run. Changes nothing in the workspace. Without an
    `app_token` no socket is looked for; with one `keep` is given the address at which one would open: Slack
    gives few of them in a minute."""
    findings, name = await _bot(client, calls, clock)
    if findings[0].ok:
        findings += [await _channel(client, calls, channel, name) for channel in channels]
        findings += [await _group(client, calls, group) for group in groups]
        findings += [await _person(client, calls, person) for person in people]
    if app_token and findings[-1].subject != SLACK:
        findings.append(await _app_token(client, calls, app_token, keep))
    return Health(tuple(findings))


async def _bot(client: AsyncWebClient, calls: Caller, clock: Clock) -> tuple[list[Finding], str]:
    """The bot token, and its scopes and the time where the server tells them; and what the bot is called."""
    subject = "Slack bot token"
    try:
        answer = await calls.read(client.auth_test)
    except DeskError as error:
        return [_finding(subject, "The bot token does not work", error, _TOKENS)], ""
    if not answer.get("bot_id"):
        return [Finding(subject, False, "This is a person's token; the bot token begins with xoxb-.")], ""
    name = str(answer.get("user"))
    findings = [Finding(subject, True, f"@{name} in {answer.get('team')} ({answer.get('url')})")]
    granted = str(answer.headers.get("x-oauth-scopes") or "")
    if granted:
        findings.append(_scopes({scope.strip() for scope in granted.split(",")}))
    date = str(answer.headers.get("date") or "")
    if date:
        findings += _time(clock.now(), date)
    return findings, name


def _time(now: datetime, date: str) -> list[Finding]:
    """Whether this machine's clock agrees with the `date` of an answer (RFC 9110, 6.6.1)."""
    try:
        ahead = now - parsedate_to_datetime(date)
    except (ValueError, TypeError):  # no date, or one without a zone
        return []
    if abs(ahead) <= _APART:
        return [Finding("Clock", True, "this machine and Slack agree on the time")]
    side = "ahead of" if ahead > timedelta(0) else "behind"
    text = (
        f"This machine's clock is {abs(ahead).total_seconds() / 60:.0f} min {side} Slack's. Let the network "
        "set it (NTP): due times are counted by it, and X refuses requests more than five minutes off."
    )
    return [Finding("Clock", False, text)]


def _scopes(granted: set[str]) -> Finding:
    missing = [f"{scope} (to {reason})" for scope, reason in SCOPES.items() if scope not in granted]
    if missing:
        return Finding("Slack scopes", False, f"The bot lacks {'; '.join(missing)}: {_REINSTALL}.")
    return Finding("Slack scopes", True, f"all {len(SCOPES)} granted")


async def _app_token(
    client: AsyncWebClient, calls: Caller, app_token: str, keep: Callable[[str], None]
) -> Finding:
    """Whether Socket Mode would open; asking for its address opens nothing yet."""
    subject = "Slack app-level token"
    try:
        answer = await calls.read(client.apps_connections_open, app_token=app_token)
    except DeskError as error:
        return _finding(subject, "Socket Mode does not open with it", error, _TOKENS)
    keep(str(answer.get("url") or ""))
    return Finding(subject, True, "Socket Mode opens")


async def _channel(client: AsyncWebClient, calls: Caller, wanted: str, name: str) -> Finding:
    """Whether a channel is there and the bot, which is called `name`, can work in it."""
    subject = f"Slack channel {wanted}"
    try:
        ids = await resolve_channels(client, calls, [wanted])
        if wanted not in ids:
            raise refused("channel_not_found")
        answer = await calls.read(client.conversations_info, channel=ids[wanted])
    except DeskError as error:
        return _finding(subject, "The bot cannot use this channel", error, _for_channels(name))
    channel: dict[str, Any] = answer.get("channel") or {}
    shown = f"#{channel.get('name')} ({channel.get('id')})"
    if channel.get("is_archived"):
        return Finding(subject, False, f"{shown} is archived; unarchive it or choose another in app.yaml.")
    if not channel.get("is_member"):
        return Finding(subject, False, f"The bot is not in {shown}: write /invite @{name} there.")
    return Finding(subject, True, shown)


async def _group(client: AsyncWebClient, calls: Caller, wanted: str) -> Finding:
    """Whether a user group can be called. By its id it is called even where the bot may not look."""
    subject = f"Slack user group {wanted}"
    try:
        group = _found(await _groups(client, calls), wanted)
    except DeskRefused as error:
        if error.detail == "missing_scope" and not wanted.startswith("@"):
            text = (
                "is called by its id. Whether there is such a group cannot be verified without the scope "
                f"usergroups:read; {_REINSTALL} to have it checked."
            )
            return Finding(subject, True, text)
        return _finding(subject, "The bot cannot find it", error, _GROUPS)
    except DeskError as error:
        return _finding(subject, "The bot cannot look for it", error, {})
    if group is None:
        return Finding(subject, False, "There is no such group. Check `call` in app.yaml.")
    shown = f"@{group.get('handle')} ({group.get('id')})"
    if group.get("date_delete"):
        return Finding(subject, False, f"{shown} is disabled in Slack; enable it or choose another.")
    if not group.get("user_count", 1):
        return Finding(subject, False, f"{shown} has no members, so nobody would be called.")
    return Finding(subject, True, shown)


async def _person(client: AsyncWebClient, calls: Caller, wanted: str) -> Finding:
    """Whether somebody whom app.yaml names as a lead or on duty is a member."""
    subject = f"Slack member {wanted}"
    try:
        user = (await calls.read(client.users_info, user=wanted))["user"]
    except DeskError as error:
        known = {"user_not_found": "there is no such member. Check `leads` and `duty` in app.yaml"}
        return _finding(subject, "The bot cannot find this person", error, known)
    shown = str(user.get("real_name") or user.get("name") or wanted)
    if user.get("deleted"):
        return Finding(subject, False, f"{shown} is deactivated. Change `leads` and `duty` in app.yaml.")
    return Finding(subject, True, shown)


async def resolve_groups(client: AsyncWebClient, calls: Caller, wanted: Iterable[str]) -> dict[str, str]:
    """The id of each user group by what was asked: a handle is looked up, an id stays as it is. A handle that
    is not found is absent. Raises `DeskBusy` or `DeskRefused`."""
    asked_for = tuple(wanted)
    found = {name: name for name in asked_for if not name.startswith("@")}
    handles = [name for name in asked_for if name not in found]
    if handles:
        groups = await _groups(client, calls)
        found |= {name: str(group["id"]) for name in handles if (group := _found(groups, name)) is not None}
    return found


async def _groups(client: AsyncWebClient, calls: Caller) -> list[dict[str, Any]]:
    answer = await calls.read(client.usergroups_list, include_disabled=True, include_count=True)
    return list(answer.get("usergroups") or ())


def _found(groups: Iterable[dict[str, Any]], wanted: str) -> dict[str, Any] | None:
    return next((g for g in groups if wanted in (g.get("id"), f"@{g.get('handle')}")), None)


async def resolve_channels(client: AsyncWebClient, calls: Caller, wanted: Iterable[str]) -> dict[str, str]:
    """The id of each channel that the bot can see, by what was asked: "#care" and "care" are looked up, an id
    stays as it is. A name that is not found is absent. Raises `DeskBusy` or `DeskRefused`."""
    asked_for = tuple(wanted)
    found = {name: name for name in asked_for if _is_id(name)}
    names = {name.removeprefix("#"): name for name in asked_for if name not in found}
    if names:
        async for channel in _channels(client, calls):
            if (asked := names.get(str(channel.get("name")))) is not None:
                found[asked] = str(channel["id"])
    return found


async def _channels(client: AsyncWebClient, calls: Caller) -> AsyncIterator[dict[str, Any]]:
    cursor = ""
    while True:
        page = await calls.read(
            client.conversations_list,
            types="public_channel,private_channel",
            exclude_archived=True,
            limit=1000,
            **({"cursor": cursor} if cursor else {}),
        )
        for channel in page.get("channels") or ():
            yield channel
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return


def _is_id(name: str) -> bool:
    """Channel ids are capitals and digits; names are never capitals."""
    return name[:1] in {"C", "G"} and name.isalnum() and name.isupper()


def _finding(subject: str, what: str, error: DeskError, advice: dict[str, str]) -> Finding:
    """What `error` says about a token or channel; or, where Slack did not answer, about the way to it."""
    if isinstance(error, DeskRefused):
        return Finding(
            subject, False, f"{what}: {advice.get(error.detail, f'Slack answers {error.detail}')}."
        )
    if "token" in subject:  # without which nothing works
        subject = SLACK
    if error.detail == "ratelimited":
        return Finding(subject, False, "Slack asks us to wait. Try again in a minute.")
    return Finding(
        subject,
        False,
        f"Slack cannot be reached ({error.detail}). Check this machine's network, the proxy (HTTPS_PROXY) "
        "and desk.api_url.",
    )
