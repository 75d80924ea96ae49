"""What pydantic found, said in sentences; the names and examples in them come from the models themselves."""

from __future__ import annotations

from collections.abc import Sequence
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.config.mistakes import Path, did_you_mean, shown
from bot.config.model import Config


def path_of(error: ErrorDetails) -> Path:
    """Where the error is in app.yaml; pydantic marks a bad key of a mapping with an extra "[key]"."""
    return tuple(part for part in error["loc"] if part != "[key]")


def sentence(error: ErrorDetails) -> str:
    """What to write instead, reading on after the path."""
    path = path_of(error)
    match error["type"]:
        case "wrong":
            return str(error["msg"])
        case "literal_secret":
            return (
                f"holds the secret itself. Put it into an environment variable and write "
                f"{_variable(path)} here; if others could read this file, have a new one made."
            )
        case "missing":
            return f"is missing. Write for example {path[-1]}: {_example(path)}"
        case "extra_forbidden":
            return f"is not known here.{did_you_mean(str(path[-1]), _keys_at(path[:-1]))}"
        case "empty":
            comment = (
                " (In YAML a # begins a comment; a name with # needs quotes.)"
                if path[-1] == "channel"
                else ""
            )
            return f"is empty. Write for example {path[-1]}: {_example(path)}{comment}"
        case "shape" | "string_type":
            return f"must be a single value. Write for example {path[-1]}: {_example(path)}"
        case "literal_error":
            return f"cannot be {shown(error['input'])}. Write {_example(path)}."
        case "tuple_type":
            return "must be a list: let each item begin with - and a space."
        case "model_type" | "dict_type":
            return _not_a_mapping(path, error["input"])
        case kind:
            raise AssertionError(f"app.yaml has a kind of mistake without a sentence: {kind}")


def _not_a_mapping(path: Path, given: Any) -> str:
    keys = sorted(_keys_at(path))
    inside = f" with {', '.join(keys)}" if keys else ""
    fault = "is empty: it must be" if given is None else "must be"
    return f"{fault} a block of keys{inside}, each on a line of its own and indented."


def _at(path: Path) -> tuple[FieldInfo | None, Any]:
    """The field of the models that describes `path`, and the type of what stands there; None where the models
    have none."""
    model: Any = Config
    found: FieldInfo | None = None
    for part in path:
        if isinstance(model, type) and issubclass(model, BaseModel):
            found = model.model_fields.get(str(part))
            model = _given(found.annotation) if found else None
        else:
            model = _item_of(model)
    return found, model


def _given(annotation: Any) -> Any:
    """What a field is where it is not left out."""
    return get_args(annotation)[0] if isinstance(annotation, UnionType) else annotation


def _item_of(annotation: Any) -> Any:
    """What the items of a list, or the values of a mapping, are."""
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0]
    return None


def _keys_at(path: Path) -> Sequence[str]:
    _, model = _at(path)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return tuple(field.alias or name for name, field in model.model_fields.items())
    return ()


def _variable(path: Path) -> str:
    example = _example(path)
    return example if example.startswith("${") else f"${{{str(path[-1]).upper()}}}"


def _example(path: Path) -> str:
    field, _ = _at(path)
    examples: Any = field.examples if field else None
    return str(examples[0]) if examples else "…"
