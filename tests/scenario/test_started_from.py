"""The command that `make setup` writes starts this program, whatever lies in the folder where one is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenario.program import ROOT


@pytest.fixture
def webcare(tmp_path: Path) -> Path:
    """The command, as the Makefile writes it into a venv that is there already."""
    project = tmp_path / "a project"
    (project / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "bot", "connectors", "storage"):
        (project / name).symlink_to(ROOT / name)
    (project / "requirements.lock").touch()
    (project / ".venv" / ".ready").touch()
    python = project / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    subprocess.run(["make", "--silent", ".venv/bin/webcare"], cwd=project, check=True)
    return project / ".venv" / "bin" / "webcare"


def run(webcare: Path, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [webcare, "manifest"],
        cwd=folder,
        env=without | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder in which others keep packages of the same names."""
    folder = tmp_path / "elsewhere"
    for name in ("bot", "connectors", "storage", "yaml", "asyncio"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("raise SystemExit('this is another program')\n")
    return folder


def test_packages_of_the_same_names_are_left_alone(webcare: Path, elsewhere: Path) -> None:
    ended = run(webcare, elsewhere)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "display_information" in ended.stdout


def test_the_python_path_of_the_environment_is_kept_behind_the_program(
    webcare: Path, elsewhere: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text("print('it was read')\n")
    ended = run(webcare, elsewhere, PYTHONPATH=f"{tmp_path}:{elsewhere / 'nothing'}")

    assert ended.returncode == 0
    assert ended.stdout.startswith("it was read\n_metadata:")
