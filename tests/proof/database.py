"""The database under proof: a fresh one for each round, its trouble, and whether all in it is at rest."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from sqlalchemy import create_engine, text

#: What still asks for something to be done, by what is counted.
_UNREST = """
SELECT (SELECT count(*) FROM errands WHERE state IN ('waiting', 'underway'))
     + (SELECT count(*) FROM replies WHERE state = 'sending')
     + (SELECT count(*) FROM replies WHERE state IN ('queued', 'unconfirmed') AND held IS NULL)
"""


class SqliteDatabase:
    """A file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "webcare.db"
        self.url = f"sqlite:///{self._path}"

    async def lock(self, seconds: float) -> None:
        """Hold the right to write for so long."""
        if not self._path.exists():
            return
        connection = sqlite3.connect(self._path, timeout=1, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            pass  # it was taken all the time: locked enough
        finally:
            connection.close()

    def unrest(self) -> int:
        """How many rows still ask for something to be done."""
        return _unrest(self.url)

    def close(self) -> None:
        """The folder goes with its owner."""


def _unrest(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = int(connection.execute(text(_UNREST)).scalar_one())
    engine.dispose()
    return found
