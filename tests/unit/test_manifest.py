"""The app manifest is one that Slack takes, asks for nothing it does not use, and fits in a link."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
import yaml

from bot.cli import main
from bot.sandbox.slack.settings import AppSettings
from bot.slack.manifest import EVENTS, OPTIONAL_SCOPES, SCOPES, create_link, manifest

#: Slack's published schema is not part of this project; name its place to hold the manifest to it.
SCHEMA = Path(
    os.environ.get(
        "SLACK_MANIFEST_SCHEMA", Path(__file__).parents[3] / "shared/data/slack-manifest.schema.json"
    )
)


@pytest.fixture
def schema() -> Any:
    if not SCHEMA.exists():
        pytest.skip(f"Slack's manifest schema is not at {SCHEMA}; set SLACK_MANIFEST_SCHEMA to where it is")
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def test_the_manifest_satisfies_slacks_schema(schema: Any) -> None:
    validator = jsonschema.validators.validator_for(schema)(schema)

    assert [error.message for error in validator.iter_errors(manifest())] == []


def test_the_link_carries_the_manifest() -> None:
    query = parse_qs(urlsplit(create_link("Webcare test")).query)

    assert json.loads(query["manifest_json"][0]) == manifest("Webcare test")
    assert query["new_app"] == ["1"]


def test_the_link_is_short_enough_for_any_browser() -> None:
    assert len(create_link()) < 4000


def test_every_scope_has_its_reason() -> None:
    assert all(reason for reason in [*SCOPES.values(), *OPTIONAL_SCOPES.values()])


def test_the_app_asks_for_exactly_the_scopes_that_have_a_reason() -> None:
    scopes = manifest()["oauth_config"]["scopes"]

    assert scopes == {"bot": list(SCOPES), "bot_optional": list(OPTIONAL_SCOPES)}


def test_the_app_needs_no_public_address() -> None:
    settings = manifest()["settings"]

    assert settings["socket_mode_enabled"]
    assert "request_url" not in settings["event_subscriptions"]
    assert "request_url" not in settings["interactivity"]


def test_the_commands_are_those_that_the_desk_answers() -> None:
    assert AppSettings.from_manifest(manifest()).commands == {"/webcare", "/webcare-dm"}


@pytest.mark.parametrize("name", ["Webcare", "Webcare test", "Zorg & Co. (proef)", "ÉÉN merk", "A_b"])
def test_the_bot_has_a_name_that_slack_takes(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["manifest", "--name", name]) == 0
    described = yaml.safe_load(capsys.readouterr().out)
    named = described["features"]["bot_user"]["display_name"]

    assert re.fullmatch(r"[a-z0-9._-]{1,80}", named)
    assert described["display_information"]["name"] == name


def test_a_bot_of_another_name_is_told_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    main(["manifest", "--name", "Webcare test"])

    assert "/invite @webcare-test\n" in capsys.readouterr().out


def test_names_and_links_behind_a_command_come_as_what_they_are() -> None:
    commands = manifest()["features"]["slash_commands"]

    assert all(command["should_escape"] for command in commands)


def test_messages_and_reactions_are_heard() -> None:
    assert {"message.channels", "message.groups", "reaction_added", "reaction_removed"} == set(EVENTS)
