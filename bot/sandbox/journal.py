"""The memory of the sandbox: every change is a line in a file, and the lines replayed are the state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


class Journal:
    """An append-only list of JSON entries, kept in a file or, without a path, in memory only.

    A line is handed to the operating system before `append` returns, so that killing the process loses
    nothing that was answered. A last line cut short by such a kill is dropped when the file is opened.
    Several servers may share one journal: each reads only the kinds of entry that it knows.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lines: list[bytes] = []
        self._file: FileIO | None = None
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = path.read_bytes().rfind(b"\n") + 1 if path.exists() else 0
        self._file = path.open("ab", buffering=0)
        self._file.truncate(whole)

    def __iter__(self) -> Iterator[Entry]:
        """Every entry so far, oldest first, as it was written."""
        if self._path is None:
            yield from map(json.loads, tuple(self._lines))
            return
        with self._path.open("rb") as lines:
            yield from map(json.loads, lines)

    def append(self, entry: Entry) -> None:
        """Write one entry, which must be plain JSON. A journal that was closed refuses with ValueError."""
        line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if self._path is None:
            self._lines.append(line)
            return
        if self._file is None:
            raise ValueError(f"The journal {self._path} is closed; open it again to write in it.")
        self._file.write(line)

    def close(self) -> None:
        """Close the file; the entries stay on disk."""
        if self._file is not None:
            self._file.close()
            self._file = None
