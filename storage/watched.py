"""Whether an SQLite file is still the one that was opened, and what is to be known of it when it is not."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

from storage.errors import StorageError

#: Only its owner may read what customers wrote. SQLite gives the -wal and -shm the same rights as the file.
PRIVATE = 0o600
#: What the first bytes of a file in use say (sqlite.org/fileformat, "The Database Header"): that it is an
#: SQLite database, and that it is written ahead (bytes 18 and 19), which a backup is not.
_MAGIC = b"SQLite format 3\0"
_AHEAD = b"\x02\x02"
_HEADER = 100
#: Begins a marker of a file that was seen to be lost.
_LOST = "LOST:"
_REMEDY = (
    "Nothing is published or taken in any more. Stop webcare, put the last backup back with webcare restore "
    "FILE, and start it again."
)


def make_private(file: Path) -> None:
    """Make the file if it is not there, for its owner alone; where everybody may read it or what SQLite keeps
    beside it, nobody else may from now on. A group that was let in stays. Raises `StorageError`."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, PRIVATE))
    except OSError as error:
        raise StorageError(
            f"The database {file} cannot be opened ({error.strerror}). Check that it is a file and that this "
            "user may read and write it and its folder."
        ) from error
    for suffix in ("", "-wal", "-shm"):
        path = file.with_name(file.name + suffix)
        with suppress(OSError):  # it is not there, or belongs to somebody else, who decides
            if path.stat().st_mode & stat.S_IRWXO:
                path.chmod(PRIVATE)


def marker_of(file: Path) -> Path:
    """Where it is kept that there is a record."""
    return file.with_name(file.name + ".marker")


def mark(file: Path) -> None:
    """Remember that the file holds a record, so that an empty one is not taken for a new one. Raises
    `StorageError`."""
    marker = marker_of(file)
    try:
        marker.write_text(
            f"{file.name} beside this file holds a record of webcare. If it is missing or empty, it was lost:"
            " put a backup back with `webcare restore FILE`. To begin with an empty one, delete this file.\n",
            encoding="utf-8",
        )
    except OSError as error:
        raise StorageError(
            f"{marker} cannot be written ({error.strerror}). Make room on its disk, see that this user may "
            "write there, and start again."
        ) from error


def refuse_if_lost(file: Path, *, empty: bool) -> None:
    """Refuse an `empty` database where a record was, and one that was seen to be lost while in use: SQLite
    may have written to what was left of it. Raises `StorageError`."""
    marker = marker_of(file)
    try:
        said = marker.read_text(encoding="utf-8", errors="replace")
    except OSError:  # there is none
        return
    if not empty and not said.startswith(_LOST):
        return
    what = "is missing or empty, but there was a record in it" if empty else "was lost while webcare ran"
    raise StorageError(
        f"The database {file} {what}: it was deleted, cut off or replaced. Put the last backup back with "
        f"webcare restore FILE. If you want to go on without, delete {marker}"
        f"{'' if empty else f' and {file}'} first."
    )


class Watched:
    """A file while it is in use. Nothing of it may be opened and closed again by this process meanwhile: the
    system would take that for the end of SQLite's own locks (sqlite.org/howtocorrupt, 2.2)."""

    def __init__(self, file: Path) -> None:
        """Begin to watch. Raises `StorageError`."""
        self._file = file
        self._opened = _open(file)
        self._lost = ""
        self._known = [(path, _identity(path)) for path in (str(file), f"{file}-wal")]

    def look(self) -> None:
        """Raise `StorageError` if what is written there would be lost. Takes some microseconds. Only while no
        transaction is being written to the file."""
        if self._lost or (lost := self._loss()):
            self._lost = self._lost or lost
            raise StorageError(f"{self._lost} while webcare was running. {_REMEDY}")

    def close(self) -> None:
        """Watch no more; only once SQLite has let go of the file."""
        os.close(self._opened)

    def _loss(self) -> str:
        """What happened to the file; "" when it is as it should be."""
        lost = ""
        header = os.pread(self._opened, _HEADER, 0)
        size = int.from_bytes(header[16:18], "big")
        pages = int.from_bytes(header[28:32], "big")
        for path, known in self._known:
            if _identity(path) != known:
                lost = f"{path} was deleted or replaced"
                break
        else:
            if header[:16] != _MAGIC or header[18:20] != _AHEAD:
                lost = f"{self._file} was overwritten"
            elif os.fstat(self._opened).st_size < pages * (1 << 16 if size == 1 else size):
                lost = f"{self._file} was cut off"
        if lost:
            with suppress(OSError):  # the disk may be what is lost
                marker_of(self._file).write_text(f"{_LOST} {lost}. {_REMEDY}\n", encoding="utf-8")
        return lost


def _open(file: Path) -> int:
    try:
        return os.open(file, os.O_RDONLY)
    except OSError as error:
        raise StorageError(f"The database {file} cannot be read ({error.strerror}).") from error


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # at each commit, and Path costs twice as much
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
