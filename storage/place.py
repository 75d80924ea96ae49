"""Whether an SQLite file can be kept where `database:` says; where not, what to do about it."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile

from storage.errors import StorageError
from storage.watched import marker_of

_ANOTHER = "or name another file under `database:` in app.yaml"


def refuse_place(file: Path) -> None:
    """Refuse a place at which no file can be made. It is tried, which leaves nothing behind: rights, lists of
    rights, read-only disks and quotas all count. Raises `StorageError`."""
    folder = file.absolute().parent
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StorageError(f"The database {file} cannot be made: {_why(folder, error)}") from error


def _why(folder: Path, error: OSError) -> str:
    """What is wrong with a folder in which no file could be made, and what to do."""
    if isinstance(error, NotADirectoryError):
        in_the_way = next(above for above in reversed((folder, *folder.parents)) if not above.is_dir())
        return f"{in_the_way} is a file, not a folder. Move it away, {_ANOTHER}."
    if isinstance(error, FileNotFoundError) and not folder.is_dir():
        return f"the folder {folder} does not exist. Create it, {_ANOTHER}."
    return (
        f"this user cannot make files in the folder {folder} ({error.strerror}). Give it write access to the "
        f"folder, {_ANOTHER}."
    )


def refuse_read_only(file: Path) -> None:
    """Refuse a database of which a part may be read only, or not at all. Only while this process alone has it
    and has not opened it yet. Raises `StorageError`."""
    beside = (file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))
    for path in (file, *beside, marker_of(file)):
        try:
            os.close(os.open(path, os.O_RDWR))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StorageError(
                f"This user may not write {path.absolute()} ({error.strerror}). Give it write access to that "
                f"file, {_ANOTHER}."
            ) from error
