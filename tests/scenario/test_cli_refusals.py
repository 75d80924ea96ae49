"""Whatever is wrong with what a command is given: a sentence and an exit code, never a trace."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot import cli
from tests.scenario.forked import run
from tests.scenario.program import ROOT

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "X_CONSUMER_KEY": "a",
    "X_CONSUMER_SECRET": "b",
    "X_ACCESS_TOKEN": "c",
    "X_ACCESS_TOKEN_SECRET": "d",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an app.yaml and a record, and much that is neither."""
    made = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        for name, value in SECRETS.items():
            patch.setenv(name, value)
        _fill(made)
    return made


def _fill(made: Path) -> None:
    shipped = (ROOT / "app.yaml").read_text(encoding="utf-8")
    (made / "app.yaml").write_text(
        shipped.replace("kind: slack", "kind: slack\n  api_url: http://127.0.0.1:9/api/", 1), encoding="utf-8"
    )
    (made / "folder").mkdir()
    (made / "junk").write_bytes(bytes(range(256)) * 40)
    (made / "empty").touch()
    (made / "words").write_text("this is a letter and not a database " * 200)
    (made / "half-state").mkdir()
    (made / "half-state" / "slack.jsonl").write_text("{broken\n")
    (made / "other-state").mkdir()
    (made / "other-state" / "x.jsonl").write_text('{"a": 1}\n[1]\n')
    (made / "odd-state" / "x.jsonl").mkdir(parents=True)
    (made / "ahead").mkdir()
    (made / "ahead" / "clock").write_text("2999-01-01T00:00:00+00:00")
    (made / "odder-state" / "app.yaml").mkdir(parents=True)
    with closing(sqlite3.connect(made / "foreign.db")) as foreign:
        foreign.execute("CREATE TABLE cases (title TEXT)")
    assert cli.main(["migrate"]) == 0
    assert cli.main(["backup", "copy.db"]) == 0
    (made / "cut.db").write_bytes((made / "copy.db").read_bytes()[:20_000])


@pytest.fixture(autouse=True)
def there(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, in which the test stands."""
    there = tmp_path / "there"
    shutil.copytree(made, there)
    monkeypatch.chdir(there)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return there


#: What is typed, and a part of what is said.
REFUSED = {
    "demo --port 99999": "99999 is no port",
    "demo --port -1": "is no port",
    "demo --port 1_0": "is no port",
    "demo --port ٣": "is no port",
    "demo --speed 0": "0 is no speed: write a whole number from 1 (as time passes) to 1000",
    "demo --speed 1001": "1001 is no speed",
    "demo --speed -5": "is no speed",
    "demo --speed 2.5": "2.5 is no speed",
    "demo --speed fast": "fast is no speed",
    "demo --speed ٣": "is no speed",
    "sandbox --no-browser --port 0 --dir ahead": "ran fast, and what was said there is of later than now",
    "sandbox --port 65536": "65536 is no port",
    "demo --no-browser --port 0 --dir /proc/foo": "cannot keep its state in /proc/foo",
    "demo --no-browser --port 0 --dir junk": "cannot keep its state in junk",
    "demo --no-browser --port 0 --dir junk/x": "cannot keep its state in junk/x",
    "demo --no-browser --port 0 --dir half-state": "Delete that folder to start over",
    "sandbox --no-browser --port 0 --dir other-state": "Delete that folder to start over",
    "sandbox --no-browser --port 0 --dir odd-state": "cannot keep its state in odd-state",
    "sandbox --no-browser --port 0 --dir odder-state": "odder-state/app.yaml: Is a directory",
    "demo --no-browser --port 0 --dir odder-state": "odder-state/app.yaml: Is a directory",
    "run --config folder": "folder is a folder",
    "run --config nowhere.yaml": "There is no file nowhere.yaml",
    "run --config junk": "is not UTF-8",
    "check --config empty": "The file is empty",
    "check --config folder/x": "There is no file folder/x",
    "status --config junk": "is not UTF-8",
    "run": "Slack cannot be reached",
    "backup folder": "exists already",
    "backup nowhere/copy.db": "cannot be written",
    "backup junk/copy.db": "cannot be written",
    "backup webcare.db": "exists already",
    "restore": "Name the backup",
    "restore nowhere.db": "There is no file nowhere.db",
    "restore folder": "There is no file folder",
    "restore junk": "junk is not a sound backup of webcare",
    "restore words": "words is not a sound backup of webcare",
    "restore cut.db": "cut.db is not a sound backup of webcare",
    "restore foreign.db": "foreign.db is not a sound backup of webcare",
    "restore empty": "empty is not a backup of webcare",
    "manifest --http ftp://example.org": "is not an address like https://bot.example.org",
    "manifest --http https://[::1": "is not an address like https://bot.example.org",
    "nonsense": "invalid choice",
    "": "required",
}


@pytest.mark.parametrize("typed", REFUSED)
def test_a_wrong_argument_is_answered_with_a_sentence(typed: str, there: Path) -> None:
    before = (there / "webcare.db").read_bytes()
    code, said = run(*typed.split())

    assert code in (1, 2)
    assert REFUSED[typed] in said
    assert "Traceback" not in said
    assert "[Errno" not in said
    assert (there / "webcare.db").read_bytes() == before


@pytest.mark.parametrize("typed", ["restore junk", "restore foreign.db", "restore cut.db", "restore empty"])
def test_a_file_that_is_no_backup_leads_to_no_change_of_settings(typed: str) -> None:
    _, said = run(*typed.split())

    assert "Name a file that webcare backup has made" in said
    assert "`database:`" not in said


@pytest.mark.parametrize("typed", ["run", "check", "status", "migrate", "backup new.db"])
def test_a_record_that_was_lost_is_told_by_every_command(typed: str, there: Path) -> None:
    (there / "webcare.db").unlink()
    code, said = run(*typed.split())

    assert code == 1
    assert "webcare restore FILE" in said
    assert not (there / "webcare.db").exists()


def test_a_slack_out_of_reach_is_no_fault_of_the_token() -> None:
    _, said = run("check")

    assert "✗ Slack: Slack cannot be reached" in said
    assert "token does not work" not in said
    assert said.count("cannot be reached") == 1


def test_a_terminal_without_ticks_gets_question_marks() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bot.cli", "check"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        check=False,
    )

    assert ended.returncode == 1
    assert "? Database: " in ended.stdout


def test_a_reader_that_goes_away_is_no_fault() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "manifest"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        said = program.stderr.read().decode()

    assert said == ""


def test_a_full_disk_behind_the_output_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "bot.cli", "manifest"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            text=True,
            check=False,
        )

    assert ended.returncode == 1
    assert "No space left on device" in ended.stderr
    assert "Traceback" not in ended.stderr
