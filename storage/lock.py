"""One process owns an SQLite file: a lock beside it, which the system lets go of when the process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

from storage.errors import StorageError

if sys.platform == "win32":
    import msvcrt

    #: Windows locks bytes: one far behind the process number, so that others can read who holds the file.
    _BYTE = 1 << 20

    def _take(file: BinaryIO) -> None:
        file.seek(_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """Holds the database file at `database` for this process, from construction to `release`."""

    def __init__(self, database: Path) -> None:
        path = lock_path(database)
        try:
            self._file = path.open("a+b", buffering=0)
        except OSError as error:
            raise StorageError(
                f"The database {database} cannot be written ({error.strerror}). "
                "Check that its folder exists and that this user may write in it."
            ) from error
        try:
            _take(self._file)
        except OSError as error:
            holder = _holder(self._file)
            self._file.close()
            raise StorageError(
                f"The database {database} is in use by another webcare{holder}. Stop that one first, or give "
                "this one a file of its own under `database:` in app.yaml."
            ) from error
        try:
            self._file.truncate(0)
            self._file.write(str(os.getpid()).encode())
        except OSError as error:
            self._file.close()
            raise StorageError(
                f"The lock of the database {database} cannot be written ({error.strerror}). "
                "Make room on its disk and try again."
            ) from error

    def release(self) -> None:
        """Let the next process have the file. The lock file stays: removing it would race."""
        self._file.close()


def lock_path(database: Path) -> Path:
    """Where the lock of a database file lies."""
    return database.with_name(database.name + ".lock")


def _holder(file: BinaryIO) -> str:
    try:
        file.seek(0)
        number = file.read(20).decode("ascii", "replace").strip()
    except OSError:  # Windows may refuse to read a locked file
        return ""
    return f" (process {number})" if number.isdigit() else ""
