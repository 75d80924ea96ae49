"""How the values of one kind lie in the rows of a table: derived from its fields and the table's columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from operator import attrgetter
from types import MappingProxyType, NoneType
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from sqlalchemy import Table

V = TypeVar("V")


class Shape(Generic[V]):
    """A field lies in the column of its name. One without such a column is a dataclass itself: each of its
    parts lies in a column `field_part`, or else `part`, and it is None where one of them is.

    `derived` are columns that no field has: computed from the value whenever it is written, and not read.
    `beside` are fields that lie in another table: read from a row that has its columns too, and not written.
    """

    #: The value's columns by name.
    row: Callable[[V], dict[str, Any]]
    #: The value that lies in a row.
    value: Callable[[Any], V]

    def __init__(
        self,
        kind: type[V],
        table: Table,
        beside: Mapping[str, Callable[[Any], object]] = MappingProxyType({}),
        **derived: Callable[[V], object],
    ) -> None:
        known: dict[str, Any] = {"kind": kind, **derived}
        cells, contents = [], []
        kept: Any = kind
        self._kind = kind
        self._places = {field.name: place for place, field in enumerate(fields(kept))}
        self._fields = attrgetter(*self._places)
        for field in fields(kept):
            if field.name in beside:
                known[f"{field.name}_in"] = beside[field.name]
                contents.append(f"{field.name}_in(row)")
                continue
            if field.name in table.c:
                cells.append(f"{field.name!r}: value.{field.name}")
                contents.append(f"row.{field.name}")
                if table.c[field.name].nullable and field.default not in (MISSING, None):
                    known[f"no_{field.name}"] = field.default
                    contents[-1] = f"no_{field.name} if row.{field.name} is None else row.{field.name}"
                continue
            whole, parts = _parts(kind, field, table)
            known[field.name] = whole
            cells += [
                f"{column!r}: None if value.{field.name} is None else value.{field.name}.{part}"
                for part, column in parts.items()
            ]
            empty = " or ".join(f"row.{column} is None" for column in parts.values())
            taken = ", ".join(f"row.{column}" for column in parts.values())
            contents.append(f"None if {empty} else {field.name}({taken})")
        cells += [f"{name!r}: {name}(value)" for name in derived]
        self.row = _function("value", f"{{{', '.join(cells)}}}", known)
        self.value = _function("row", f"kind({', '.join(contents)})", known)

    def evolved(self, value: V, name: str, content: object) -> V:
        """The value with one field made new, in half the time that `dataclasses.replace` takes."""
        contents = list(self._fields(value))
        contents[self._places[name]] = content
        return self._kind(*contents)


def _function(argument: str, result: str, known: dict[str, Any]) -> Callable[[Any], Any]:
    """Written out by the program, as Python's dataclasses do: a loop over the fields takes twice as long,
    some 5 % of what a page of mentions takes."""
    made: Callable[[Any], Any] = eval(f"lambda {argument}: {result}", known)  # noqa: S307  # names of fields
    return made


def _parts(kind: type, field: Field[Any], table: Table) -> tuple[Any, dict[str, str]]:
    """The type of a field that lies in several columns, and the column of each of its parts. Raises
    `TypeError` if there is no place for it."""
    hint = get_type_hints(kind)[field.name]
    whole: Any = next((part for part in get_args(hint) if part is not NoneType), hint)
    names = [part.name for part in fields(whole)] if is_dataclass(whole) else []
    for columns in ({name: f"{field.name}_{name}" for name in names}, {name: name for name in names}):
        if columns and all(column in table.c for column in columns.values()):
            return whole, columns
    raise TypeError(f"{kind.__name__}.{field.name} has no column in the table {table.name}.")
