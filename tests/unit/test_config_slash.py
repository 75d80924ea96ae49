"""The slash command: what Slack takes for a name, and what it has itself."""

from __future__ import annotations

import pytest

from bot.cli import main
from bot.config.slash import RESERVED, command_of
from bot.sandbox.slack.settings import BUILT_IN, AppSettings
from bot.slack.manifest import manifest
from tests.unit.app_yaml import changed, complaint


@pytest.mark.parametrize(
    ("app", "command"),
    [
        ("Webcare", "/webcare"),
        ("Webcare test", "/webcare-test"),
        ("Team Één & Twee!", "/team-n-twee"),
        ("X" * 60, "/" + "x" * 27),
    ],
)
def test_an_apps_command_bears_its_name(app: str, command: str) -> None:
    assert command_of(app) == command
    assert AppSettings.from_manifest(manifest(app, command=command)).commands == {command, f"{command}-dm"}


@pytest.mark.parametrize("app", ["DM", "help", "Who?", "日本", "!", "", "A command " * 4])
def test_a_name_that_makes_no_command_is_refused_in_words(
    app: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["manifest", "--name", app]) != 0

    told = capsys.readouterr()
    assert told.err.startswith(("Error: ", "A command", "Slack", repr(app), f"Error: {app!r}")), told.err
    assert "Traceback" not in told.err


def test_a_manifest_of_another_name_says_what_to_write_in_app_yaml(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["manifest", "--name", "Webcare test"]) == 0

    assert "command: /webcare-test" in capsys.readouterr().out


@pytest.mark.parametrize(
    "written", ["/dm", "/help", "webcare", "/Web Care", "/", "/" + "x" * 40, "/web_care"]
)
def test_app_yaml_takes_no_command_that_slack_refuses(written: str) -> None:
    assert "such as /webcare" in complaint(changed("kind: slack", f'kind: slack\n  command: "{written}"'))


def test_both_ends_know_the_same_reserved_names() -> None:
    assert RESERVED == BUILT_IN


def test_a_manifest_with_a_reserved_name_is_refused_by_the_local_slack() -> None:
    with pytest.raises(ValueError, match="invalid name /dm"):
        AppSettings.from_manifest(manifest(command="/dm"))
