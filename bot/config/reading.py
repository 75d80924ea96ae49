"""From the path of app.yaml to a `Config`: reads, checks everything, and only then complains."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath

from pydantic import ValidationError

from bot.cases.ports import Terms
from bot.config import document, references
from bot.config.mistakes import ConfigError, Mistake, Path
from bot.config.model import Config
from bot.config.sentences import path_of, sentence


def load(path: FilePath, environ: Mapping[str, str], networks: Mapping[str, Terms] | None = None) -> Config:
    """The configuration in the file at `path`, its secrets taken from `environ`.

    `networks` are the terms of the networks that this program can speak to; without them the names of
    networks, credentials, private ways and prices are left for the connector to refuse when it is opened.
    Raises `ConfigError`, whose text lists every mistake and can be shown as it stands.
    """
    return parse(_read(path), path.name, environ, networks)


def parse(
    text: str, source: str, environ: Mapping[str, str], networks: Mapping[str, Terms] | None = None
) -> Config:
    """The configuration in `text`; `source` names it in errors. Raises `ConfigError`."""
    written = document.read(text, source)
    mistakes = list(written.mistakes)
    config: Config | None = None
    try:
        config = Config.model_validate(written.values, context={"environ": environ})
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        mistakes += [_at(written, path_of(each), sentence(each)) for each in found]
    mistakes += [_at(written, path, text) for path, text in references.faults(written.values, networks)]
    if mistakes or config is None:
        raise ConfigError(source, mistakes)
    return config


def _at(written: document.Document, path: Path, text: str) -> Mistake:
    return Mistake(path, written.line(path), text)


def _read(path: FilePath) -> str:
    def refuse(text: str, line: int | None = None) -> ConfigError:
        return ConfigError(path.name, [Mistake((), line, text)])

    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise refuse(
            f"There is no file {path}. Copy the app.yaml that comes with webcare and fill it in."
        ) from None
    except IsADirectoryError:
        raise refuse(f"{path} is a folder. Name the file itself.") from None
    except OSError as error:
        raise refuse(f"{path} cannot be read: {error.strerror}. Look at its permissions.") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refuse("is not UTF-8. Save the file as UTF-8.", line) from None
