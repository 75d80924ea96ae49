"""What is wrong with app.yaml, in sentences that say where it is and what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Where something stands in app.yaml: keys, and positions in lists from 0.
Path = tuple[str | int, ...]

_LONGEST_SHOWN = 40
#: Runs of characters that only tokens and keys have; a slip of the paste buffer is never printed.
_LIKE_A_SECRET = re.compile(r"\bxox|\bxapp|[A-Za-z0-9]{20,}")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend. `text` is a sentence that reads on after the path; it never holds a secret."""

    path: Path
    #: From 1; None where no line is to blame.
    line: int | None
    text: str

    def __str__(self) -> str:
        where = [f"line {self.line}"] if self.line is not None else []
        where += [dotted(self.path)] if self.path else []
        return f"{', '.join(where)}: {self.text}" if where else self.text


class ConfigError(Exception):
    """app.yaml cannot be used; the text lists every mistake, a line each, top to bottom."""

    def __init__(self, source: str, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: mistake.line or 0))
        count = "1 mistake" if len(self.mistakes) == 1 else f"{len(self.mistakes)} mistakes"
        listed = "\n".join(f"  {mistake}" for mistake in self.mistakes)
        super().__init__(f"{source} cannot be used, {count}:\n{listed}")


def dotted(path: Path) -> str:
    """The path as people write it.

    >>> dotted(("accounts", 0, "handle"))
    'accounts[0].handle'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{shown(part, quoted=False)}"
    return text.removeprefix(".")


def shown(value: object, quoted: bool = True) -> str:
    """What stood in the file, fit for a terminal: one short line, and nothing that may be a secret."""
    text = " ".join(str(value).split())
    if _LIKE_A_SECRET.search(text):
        return "(not shown)"
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    if len(text) > _LONGEST_SHOWN:
        text = f"{text[: _LONGEST_SHOWN - 1]}…"
    return f'"{text}"' if quoted else text


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """A question that offers the option nearest to `word`, or the list of them; "" when there is none."""
    known = sorted(options)
    close = difflib.get_close_matches(word.lower(), {o.lower() for o in known}, n=1)
    if close:
        return f" Did you mean {next(o for o in known if o.lower() == close[0])}?"
    if known and len(known) <= _LONGEST_SHOWN:
        return f" Possible here: {', '.join(known)}."
    return ""
