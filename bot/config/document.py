"""YAML text into plain mappings, lists and texts, with the line on which each began.

Scalars stay the text that stands in the file, and each field says what it makes of it. So the traps of
YAML 1.1 do not exist here: `no` is the word no, `1:30` is not ninety, and `MK: NO` keeps its initials.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from bot.config.mistakes import ConfigError, Mistake, Path, shown

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
#: `${NAME}`. Inside `{…}` YAML would take its braces for a mapping, so they travel through it in disguise.
_VARIABLE = re.compile(r"\$\{([^{}\n]*)\}")
_DISGUISED = re.compile("\\$\ue000([^\ue001\n]*)\ue001")


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it was written. Values are dict, list, str, or None where nothing was written."""

    values: dict[str, Any]
    lines: Mapping[Path, int]
    #: What was wrong without making the rest unreadable: keys that are there twice, tags.
    mistakes: tuple[Mistake, ...]

    def line(self, path: Path) -> int | None:
        """The line of `path`, or of the nearest thing around it that is in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def read(text: str, source: str) -> Document:
    """The document in `text`. Raises `ConfigError` where it is not YAML, or not a mapping."""
    try:
        root = _Composer(_VARIABLE.sub("$\ue000\\1\ue001", text)).get_single_node()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        character = f"U+{error.character:04X}" if isinstance(error.character, int) else "one"
        raise ConfigError(
            source, [Mistake((), line, f"has a character that YAML does not allow ({character}). Remove it.")]
        ) from None
    except yaml.MarkedYAMLError as error:
        raise ConfigError(source, [_not_yaml(error)]) from None
    except _Alias as alias:
        said = "uses an alias (*name). Write the value out, or put it in quotes if the * belongs to it."
        raise ConfigError(source, [Mistake((), alias.line, said)]) from None
    except RecursionError:
        raise ConfigError(source, [Mistake((), None, "is nested too deeply to be read.")]) from None
    if root is None:
        raise ConfigError(
            source, [Mistake((), None, "The file is empty. Start from the app.yaml that comes with webcare.")]
        )
    if not isinstance(root, yaml.MappingNode):
        raise ConfigError(
            source, [Mistake((), 1, "must begin with keys, such as `database: sqlite:///webcare.db`.")]
        )
    walk = _Walk()
    return Document(walk.mapping(root, ()), walk.lines, tuple(walk.mistakes))


class _Alias(Exception):
    """An alias was met on this line."""

    def __init__(self, line: int | None) -> None:
        super().__init__()
        self.line = line


class _Composer(yaml.BaseLoader):
    """Nodes without any meaning given to scalars, and without aliases: a setting stands where it counts."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event: yaml.AliasEvent = self.get_event()  # type: ignore[no-untyped-call]  # missing in the stubs
            raise _Alias(event.start_mark.line + 1 if event.start_mark else None)
        return super().compose_node(parent, index)


class _Walk:
    """Goes through the nodes once, remembering lines and mistakes on the way."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.mistakes: list[Mistake] = []

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.mistakes.append(
                    Mistake(path, line, "has a key that is a list or a mapping; write a word.")
                )
                continue
            key = _text(key_node)
            here = (*path, key)
            if key in values:
                text = f"is there twice; the first is on line {self.lines[here]}. Keep one of them."
                self.mistakes.append(Mistake(here, line, text))
                continue
            self.lines[here] = line
            values[key] = self.value(value_node, here)
        return values

    def value(self, node: yaml.Node, path: Path) -> Any:
        if node.tag not in _PLAIN_TAGS:
            text = f"has the tag {shown(node.tag)}. Remove it: only plain values are read."
            self.mistakes.append(Mistake(path, node.start_mark.line + 1, text))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            values = []
            for index, item in enumerate(node.value):
                self.lines[(*path, index)] = item.start_mark.line + 1
                values.append(self.value(item, (*path, index)))
            return values
        assert isinstance(node, yaml.ScalarNode)
        text = _text(node)
        return None if node.style is None and text in _NOTHING else text


def _text(node: yaml.ScalarNode) -> str:
    return _DISGUISED.sub(r"${\1}", node.value)


def _not_yaml(error: yaml.MarkedYAMLError) -> Mistake:
    """PyYAML's complaint, in words for somebody who does not know YAML's grammar."""
    problem = error.problem or ""
    mark = error.problem_mark or error.context_mark
    opened = error.context_mark.line + 1 if error.context_mark else None
    line = mark.line + 1 if mark else None
    column = mark.column + 1 if mark else 0
    if r"'\t'" in problem:
        text = f"has a tab at column {column}. YAML is indented with spaces: replace it."
    elif "cannot start any token" in problem:
        text = f'has a value at column {column} that must stand in quotes, as in handle: "@brand".'
    elif "mapping values are not allowed" in problem:
        text = (
            f"has a colon at column {column} that YAML does not expect. Indent this line like its "
            "neighbours, or put the text in quotes."
        )
    elif "end of stream" in problem and "quoted" in (error.context or ""):
        line, text = opened, "opens a quote that is never closed. Close it."
    elif "flow" in (error.context or ""):
        text = (
            f"does not fit what was opened with {{ or [ on line {opened}: a comma or the closing bracket "
            "is missing."
        )
    elif "expected <block end>" in problem:
        text = f"does not line up with the lines above it (column {column}). Indent neighbours alike."
    elif "expected a single document" in (error.context or ""):
        text = "begins a second document (---). Keep one document in the file."
    else:
        text = f"is not YAML at column {column}: {problem}."
    return Mistake((), line, text)
