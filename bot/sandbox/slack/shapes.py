"""Small checks that combine into the description of a JSON shape, with Slack's words for what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Collects "message [json-pointer:/where]".
Report = list[str]
#: Checks a value found at a JSON pointer and adds what is wrong with it to the report.
Check = Callable[[Any, str, Report], None]


@dataclass(frozen=True)
class Required:
    """Marks a field of a record that must be there."""

    check: Check


Fields = Mapping[str, "Check | Required"]


def _wrong(report: Report, message: str, where: str) -> None:
    report.append(f"{message} [json-pointer:{where}]")


def string(most: int | None = None, least: int = 0) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, str):
            _wrong(report, "must be a string", where)
        elif len(value) < least:
            _wrong(report, f"must be more than {least - 1} characters", where)
        elif most is not None and len(value) > most:
            _wrong(report, f"must be less than {most + 1} characters", where)

    return check


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, where: str, report: Report) -> None:
        if value not in allowed:
            _wrong(report, f"must be one of {', '.join(allowed)}", where)

    return check


def flag(value: Any, where: str, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        _wrong(report, "must be a boolean", where)


def number(value: Any, where: str, report: Report) -> None:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        _wrong(report, "must be an integer", where)


def address(value: Any, where: str, report: Report) -> None:
    """A link of at most 3,000 characters."""
    string(3000, 1)(value, where, report)
    if isinstance(value, str) and not value.startswith(("https://", "http://", "mailto:", "tel:")):
        _wrong(report, "must be a valid url", where)


def items(check_item: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` things."""

    def check(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, list):
            _wrong(report, "must be an array", where)
            return
        if len(value) > most:
            _wrong(report, f"no more than {most} items allowed", where)
        if len(value) < least:
            _wrong(report, f"no fewer than {least} items allowed", where)
        for position, item in enumerate(value):
            check_item(item, f"{where}/{position}", report)

    return check


def record(fields: Fields) -> Check:
    """An object with these fields and no others."""

    def check(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, dict):
            _wrong(report, "must be an object", where)
            return
        for name, field in fields.items():
            if name in value:
                (field.check if isinstance(field, Required) else field)(
                    value[name], f"{where}/{name}", report
                )
            elif isinstance(field, Required):
                _wrong(report, f"missing required field: {name}", where)
        for name in value:
            if name not in fields:
                _wrong(report, f"invalid additional property: {name}", where)

    return check


def typed(kinds: Mapping[str, Fields]) -> Check:
    """An object whose `type` names which of several records it is."""
    checks = {kind: record({"type": one_of(kind), **fields}) for kind, fields in kinds.items()}

    def check(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, dict):
            _wrong(report, "must be an object", where)
        elif "type" not in value:
            _wrong(report, "missing required field: type", where)
        elif value["type"] not in checks:
            _wrong(report, f"unsupported type: {value['type']}", f"{where}/type")
        else:
            checks[value["type"]](value, where, report)

    return check


def both(*checks: Check) -> Check:
    """All of several checks."""

    def check(value: Any, where: str, report: Report) -> None:
        for one in checks:
            one(value, where, report)

    return check


def exactly_one(*names: str) -> Check:
    """An object that has one of these fields, not none and not two."""

    def check(value: Any, where: str, report: Report) -> None:
        if isinstance(value, dict) and sum(name in value for name in names) != 1:
            _wrong(report, f"must define exactly one of {', '.join(names)}", where)

    return check


def at_least_one(*names: str) -> Check:
    """An object that has at least one of these fields."""

    def check(value: Any, where: str, report: Report) -> None:
        if isinstance(value, dict) and not any(name in value for name in names):
            _wrong(report, f"must define either {' or '.join(names)}", where)

    return check


def only_when(kind: str, *checks: Check) -> Check:
    """Checks for the objects of one type; others pass."""

    def check(value: Any, where: str, report: Report) -> None:
        if isinstance(value, dict) and value.get("type") == kind:
            both(*checks)(value, where, report)

    return check


def no_repeats(name: str, pick: Callable[[Any], list[str]]) -> Check:
    """A value in which no two things share an id; `pick` lists the ids."""

    def check(value: Any, where: str, report: Report) -> None:
        seen: set[str] = set()
        for one in pick(value):
            if one in seen:
                _wrong(report, f'{name} "{one}" already exists', where)
            seen.add(one)

    return check


def objects_in(node: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object within a JSON value, itself included."""
    if isinstance(node, list):
        for item in node:
            yield from objects_in(item)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from objects_in(value)
