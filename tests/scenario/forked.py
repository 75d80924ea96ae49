"""The program in a process that is forked from one in which everything is loaded: many short runs of it."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing import forkserver
from pathlib import Path

import pytest

import bot.bootstrap
import bot.demo
import bot.upkeep
import connectors.x
import storage
from bot import cli
from tests.scenario.program import ROOT

#: What a command loads when it needs it: that is done here, once.
LOADED = (bot.bootstrap, bot.demo, bot.upkeep, connectors.x, storage)
#: More than a refusal takes, in seconds.
PATIENCE = 60.0

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


@cache
def _serve() -> None:
    """Start the process that forks. Python 3.11 does not tell it where modules are looked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        forkserver.ensure_running()


def run(*arguments: str) -> tuple[int, str]:
    """The exit code of a command in this folder and environment, and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        _serve()
        process = _forks.Process(target=_do, args=(arguments, Path.cwd(), dict(os.environ), said))
        process.start()
        process.join(PATIENCE)
        assert process.exitcode is not None, f"{' '.join(arguments)} does not end"
        return process.exitcode, said.read_text(encoding="utf-8")


def _do(arguments: Sequence[str], folder: Path, environ: Mapping[str, str], said: Path) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    with said.open("wb") as file:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8")
    sys.exit(cli.main(arguments))
