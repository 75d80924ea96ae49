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


@pytest.mark.parametrize(
    "written",
    [
        PUBLIC,
        f"{PUBLIC}/",
        f"{PUBLIC}//",
        f" {PUBLIC} ",
        f"{PUBLIC}/slack/events",
        f"{PUBLIC}/slack/events/",
        f"{PUBLIC}//slack/events",
        "HTTPS://bot.example.org/slack/events",
    ],
)
def test_the_command_prints_it(capsys: pytest.CaptureFixture[str], written: str) -> None:
    assert printed(capsys, "--http", written) == manifest(http=PUBLIC)


def test_an_address_below_another_keeps_its_path(capsys: pytest.CaptureFixture[str]) -> None:
    described = printed(capsys, "--http", "https://example.org/webcare/")

    assert described["settings"]["interactivity"]["request_url"] == (
        "https://example.org/webcare/slack/events"
    )


def test_the_address_that_slack_calls_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    main(["manifest", "--http", f"{PUBLIC}/slack/events"])

    assert f"#   {PUBLIC}/slack/events\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        *(
            (written, "is not an address like https://bot.example.org")
            for written in (
                "bot.example.org",
                "bot.example.org/slack/events",
                "ftp://bot.example.org",
                "https://",
                "https:///slack/events",
                "https://me@bot.example.org",
                "https://a?b=c",
                "https://a?",
                "https://a/slack/events?b=c",
                "https://a#b",
                "https://a b",
                "https://a:99999",
                "https://[::1",
            )
        ),
        ("http://bot.example.org", "to https:// only: http://bot.example.org must be an https:// address"),
        ("http://bot.example.org/slack/events", "Slack sends requests to https:// only"),
        ("https://bot.example.org/slack", "is added to the address: write https://bot.example.org alone."),
        ("https://bot.example.org/slack/", "is added to the address: write https://bot.example.org alone."),
        ("https://a.org/b/slack", "is added to the address: write https://a.org/b alone."),
    ],
)
def test_an_address_that_slack_cannot_call_is_refused(
    capsys: pytest.CaptureFixture[str], written: str, sentence: str
) -> None:
    with pytest.raises(SystemExit):
        main(["manifest", "--http", written])

    assert sentence in capsys.readouterr().err
