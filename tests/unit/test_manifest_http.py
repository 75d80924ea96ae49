"""The manifest of the mode http: Slack takes it, and every way in leads to the one address."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
import yaml

from bot.cli import main
from bot.slack.manifest import create_link, manifest
from tests.unit.test_manifest import schema as schema

PUBLIC = "https://bot.example.org"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The manifest as the command prints it."""
    assert main(["manifest", *arguments]) == 0
    return yaml.safe_load(capsys.readouterr().out)


def test_the_manifest_satisfies_slacks_schema(schema: Any) -> None:
    validator = jsonschema.validators.validator_for(schema)(schema)

    assert [error.message for error in validator.iter_errors(manifest(http=PUBLIC))] == []


def test_every_way_in_leads_to_the_one_address() -> None:
    described = manifest(http=PUBLIC)
    settings = described["settings"]
    urls = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        *(command["url"] for command in described["features"]["slash_commands"]),
    }

    assert urls == {"https://bot.example.org/slack/events"}


def test_no_socket_is_asked_for() -> None:
    assert manifest(http=PUBLIC)["settings"]["socket_mode_enabled"] is False


def test_but_for_its_ways_in_the_app_is_the_same() -> None:
    over_http, over_a_socket = manifest(http=PUBLIC), manifest()
    for described in (over_http, over_a_socket):
        for command in described["features"]["slash_commands"]:
            command.pop("url", None)
        for name in ("event_subscriptions", "interactivity"):
            described["settings"][name].pop("request_url", None)
        described["settings"].pop("socket_mode_enabled")

    assert over_http == over_a_socket


def test_the_link_carries_the_manifest_and_fits_any_browser() -> None:
    link = create_link("Webcare test", PUBLIC)

    assert json.loads(parse_qs(urlsplit(link).query)["manifest_json"][0]) == manifest("Webcare test", PUBLIC)
    assert len(link) < 4000


@pytest.mark.parametrize("written", [PUBLIC, f"{PUBLIC}/"])
def test_the_command_prints_it(capsys: pytest.CaptureFixture[str], written: str) -> None:
    assert printed(capsys, "--http", written) == manifest(http=PUBLIC)


def test_an_address_below_another_keeps_its_path(capsys: pytest.CaptureFixture[str]) -> None:
    described = printed(capsys, "--http", "https://example.org/webcare/")

    assert described["settings"]["interactivity"]["request_url"] == (
        "https://example.org/webcare/slack/events"
    )


@pytest.mark.parametrize(
    "written",
    ["http://bot.example.org", "bot.example.org", "https://", "https://me@bot.example.org", "https://a?b=c"],
)
def test_an_address_that_slack_cannot_call_is_refused(
    capsys: pytest.CaptureFixture[str], written: str
) -> None:
    with pytest.raises(SystemExit):
        main(["manifest", "--http", written])

    assert f"{written} is not an address like https://bot.example.org" in capsys.readouterr().err
