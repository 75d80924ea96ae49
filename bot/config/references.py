"""Whether the blocks of app.yaml fit together, looked at even where something else in them is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.cases.ports import Terms
from bot.config.mistakes import Path, did_you_mean, shown

_IN_DAYS = re.compile(r"\d+d[\dhms]*")

#: A path and what is wrong there.
Fault = tuple[Path, str]


def faults(values: Mapping[str, Any], networks: Mapping[str, Terms] | None) -> Iterator[Fault]:
    """What does not fit in the values of a document; they may be of any shape.

    Without `networks`, nothing is said about what belongs to a network.
    """
    accounts = values.get("accounts")
    items = list(enumerate(accounts)) if isinstance(accounts, list) else []
    blocks = [(index, account) for index, account in items if isinstance(account, dict)]
    yield from _way_in(values)
    yield from _teams(blocks, values.get("teams"))
    yield from _doubles(blocks)
    yield from _targets(blocks, values.get("teams"))
    if networks is None:
        return
    for index, account in blocks:
        yield from _terms(("accounts", index), account, networks)
    prices = values.get("prices")
    if isinstance(prices, dict):
        yield from _prices(prices, networks)


def _way_in(values: Mapping[str, Any]) -> Iterator[Fault]:
    """What each way for Slack's events to arrive needs besides the bot's token."""
    desk = values.get("desk")
    if not isinstance(desk, dict):
        return
    match desk.get("mode", "socket"):
        case "socket":
            if "app_token" not in desk:
                yield (
                    ("desk", "app_token"),
                    "is missing. Write for example app_token: ${SLACK_APP_TOKEN}",
                )
        case "http":
            if "signing_secret" not in desk:
                yield (
                    ("desk", "signing_secret"),
                    "is missing: in the mode http it tells Slack's requests from everybody else's. "
                    "Write for example signing_secret: ${SLACK_SIGNING_SECRET}",
                )
            if values.get("web") is None:
                yield (
                    ("web",),
                    "is missing: in the mode http Slack's requests must arrive somewhere. "
                    "Write for example web: {listen: 127.0.0.1:8080}",
                )


def _teams(accounts: list[tuple[int, dict[str, Any]]], teams: Any) -> Iterator[Fault]:
    known = [name for name in teams if isinstance(name, str)] if isinstance(teams, dict) else []
    for index, account in accounts:
        team = account.get("team")
        if known and isinstance(team, str) and team and team not in known:
            text = f"names {shown(team)}, which is not below teams.{did_you_mean(team, known)}"
            yield ("accounts", index, "team"), text


def _doubles(accounts: list[tuple[int, dict[str, Any]]]) -> Iterator[Fault]:
    names: dict[str, int] = {}
    profiles: dict[tuple[str, str], int] = {}
    for index, account in accounts:
        name, network, handle = account.get("name"), account.get("network"), account.get("handle")
        if isinstance(name, str) and name:
            if name in names:
                text = (
                    f"is {shown(name)}, as accounts[{names[name]}] is. Give each account a name of its own."
                )
                yield ("accounts", index, "name"), text
            names.setdefault(name, index)
        if isinstance(network, str) and isinstance(handle, str) and handle:
            profile = (network, handle.strip().lstrip("@").casefold())
            if profile in profiles:
                text = f"is the profile of accounts[{profiles[profile]}] too. Keep one of the two."
                yield ("accounts", index, "handle"), text
            profiles.setdefault(profile, index)


def _targets(accounts: list[tuple[int, dict[str, Any]]], teams: Any) -> Iterator[Fault]:
    """A team has targets of its own only for the accounts that it works."""
    for name, team in teams.items() if isinstance(teams, dict) else ():
        targets = team.get("targets") if isinstance(team, dict) else None
        per_account = targets.get("per_account") if isinstance(targets, dict) else None
        theirs = [str(account.get("name")) for _, account in accounts if account.get("team") == name]
        for account in per_account if isinstance(per_account, dict) else ():
            if account not in theirs:
                text = f"is no account of this team.{did_you_mean(account, theirs)}"
                yield ("teams", name, "targets", "per_account", account), text
        if isinstance(targets, dict) and team.get("hours"):
            yield from _days(("teams", name, "targets"), targets)


def _days(path: Path, targets: Mapping[str, Any]) -> Iterator[Fault]:
    """In service hours a day has no length of its own."""
    for key, value in targets.items():
        if isinstance(value, dict):
            yield from _days((*path, key), value)
        elif key != "resolution" and isinstance(value, str) and _IN_DAYS.fullmatch(value.strip()):
            text = f"counts in service hours, and {shown(value)} has days. Write the hours, such as 8h."
            yield (*path, key), text


def _terms(path: Path, account: Mapping[str, Any], networks: Mapping[str, Terms]) -> Iterator[Fault]:
    """What the account's network knows of credentials and private ways."""
    network = account.get("network")
    if not isinstance(network, str) or not network:
        return
    terms = networks.get(network)
    if terms is None:
        yield (*path, "network"), f"{shown(network)} is not known.{did_you_mean(network, networks)}"
        return
    credentials = account.get("credentials")
    if isinstance(credentials, dict):
        for key, text in _credentials(set(credentials), network, terms):
            yield (*path, "credentials", key), text
    private = account.get("private")
    if isinstance(private, str) and private and private not in terms.private:
        ways = " or ".join(sorted(terms.private))
        hint = f"Write {ways}, or leave the line out." if ways else "Leave the line out."
        text = f"cannot be {shown(private)} on {network}. {hint}"
        yield (*path, "private"), text


def _credentials(given: set[str], network: str, terms: Terms) -> Iterator[tuple[str, str]]:
    """What is wrong with the names, compared with the way of signing in that they are nearest to."""
    known = frozenset[str]().union(*terms.credentials)
    meant = max(terms.credentials, key=lambda way: len(way & given), default=known)
    for key in sorted(given - known):
        yield key, f"is not a credential of {network}.{did_you_mean(key, known)}"
    for key in sorted(given & known - meant):
        yield key, f"is of another way of signing in. Keep either {key} or {', '.join(sorted(meant))}."
    for key in sorted(meant - given):
        yield key, f"is missing. Write for example {key}: ${{{network.upper()}_{key.upper()}}}"


def _prices(prices: Mapping[str, Any], networks: Mapping[str, Terms]) -> Iterator[Fault]:
    for network, table in prices.items():
        terms = networks.get(network)
        if terms is None:
            yield ("prices", network), f"is not a network.{did_you_mean(str(network), networks)}"
        elif isinstance(table, dict):
            for kind in table:
                if kind not in terms.prices:
                    text = f"is not a kind of cost on {network}.{did_you_mean(str(kind), terms.prices)}"
                    yield ("prices", network, kind), text
