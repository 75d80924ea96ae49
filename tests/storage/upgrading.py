"""Starting programs on an old database, as processes that can be stopped in the middle of their update."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage import upgrade
from storage.schema import HEAD

#: The migration of a program that comes after this one. It says how far it is, and waits to be told to go on.
_LATER = """
import sys

from alembic import op

revision, down_revision = "{revision}", "{head}"


def pause(where):
    print(where, flush=True)
    sys.stdin.readline()


def upgrade():
    pause("begun")
    op.execute("CREATE TABLE later_cases AS SELECT * FROM cases")
    op.execute("UPDATE cases SET status = 'dismissed'")
    pause("changed")
    op.execute("ALTER TABLE cases RENAME TO former_cases")
    pause("nearly done")
"""
REVISION = "9000"
#: Where that migration waits, in this order.
STAGES = ("begun", "changed", "nearly done")


def later_migrations(folder: Path) -> Path:
    """The migrations of a program that comes after this one, below `folder`."""
    migrations = folder / "migrations"
    shutil.copytree(upgrade.MIGRATIONS, migrations)
    source = _LATER.format(revision=REVISION, head=HEAD)
    (migrations / "versions" / f"{REVISION}_later.py").write_text(source)
    return migrations


class Starting:
    """A process that is started on a database."""

    def __init__(self, url: str, migrations: Path | None = None) -> None:
        arguments = [url, *([str(migrations), REVISION] if migrations else [])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.processes", "upgrade", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def says(self) -> str:
        """Wait for the next line that it prints; "" at its end."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def go_on(self) -> None:
        """Let it go on behind the stage that it named."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """kill -9, if it still runs."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.communicate()


@contextmanager
def starting(url: str, migrations: Path | None = None) -> Iterator[Starting]:
    """A process that is started on a database, as a later program if it has its `migrations`."""
    process = Starting(url, migrations)
    try:
        yield process
    finally:
        process.kill()
