"""The catalogue: a text by its key, in one language, with the values it names filled in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal

#: Language of the texts -> locale of numbers and dates. English is British: day before month.
_LOCALES = {"en": "en_GB", "nl": "nl_NL"}

#: Language -> how a clock is read there, with and without seconds: CLDR patterns, and the locale of their
#: words, as Slack itself writes them: 6:56 AM, 06:56.
_CLOCKS = {"en": ("h:mm a", "h:mm:ss a", "en_US"), "nl": ("HH:mm", "HH:mm:ss", "nl_NL")}
_DAY = "d MMM"

LANGUAGES = tuple(_LOCALES)

#: What pictures show, and what the bot says; a key is in one of them.
_FILES = ("pictures.toml", "sentences.toml")


class UnknownText(KeyError):
    """No text has this key; a mistake in the program."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a text that a value goes into."""

    name: str


class Texts:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        if language not in _LOCALES:
            raise ValueError(f"There are no texts in {language!r}; choose one of {', '.join(LANGUAGES)}.")
        self.language = language
        self._locale = Locale.parse(_LOCALES[language])
        self._texts = _catalogue()[language]

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def pieces(self, key: str, count: int | None = None) -> Sequence[str | Slot]:
        """The text as literals and slots, in order; `count` chooses the plural form where there are several.

        Raises `UnknownText`.
        """
        try:
            forms = self._texts[key]
        except KeyError:
            raise UnknownText(key) from None
        if len(forms) == 1:
            return forms["other"]
        if count is None:
            raise ValueError(f"The text {key!r} needs a count.")
        return forms.get(self._locale.plural_form(count), forms["other"])

    def text(self, key: str, **values: object) -> str:
        """The text with its values, as plain text. Whole numbers are written as the language writes them.

        Raises `UnknownText`, or KeyError when a value that the text names is not given.
        """
        count = values.get("count")
        written = []
        for piece in self.pieces(key, count if isinstance(count, int) else None):
            value = piece if isinstance(piece, str) else values[piece.name]
            written.append(self.number(value) if isinstance(value, int) else str(value))
        return "".join(written)

    def number(self, value: int) -> str:
        """A whole number: 1,234 or 1.234."""
        return _number(value, self._locale)

    def money(self, amount: Decimal) -> str:
        """US dollars, with as many decimals as small prices need, at most four: a post may cost $0.015."""
        pattern: str = self._locale.currency_formats["standard"].pattern
        form = pattern.split(";")[0].replace("0.00", "0.00##")
        return str(format_currency(amount, "USD", format=form, locale=self._locale, currency_digits=False))

    def moment(self, at: datetime, style: str, zone: ZoneInfo) -> str:
        """A moment as text, for readers whose desk cannot show it in their own zone.

        `style` is "time" (2:03 PM), "seconds" (2:03:15 PM) or "date" (3 Oct at 2:03 PM).
        """
        minutes, seconds, words = _CLOCKS[self.language]
        clock = _moment(at, seconds if style == "seconds" else minutes, zone, Locale.parse(words))
        if style != "date":
            return clock
        return self.text("moment", day=_moment(at, _DAY, zone, self._locale), time=clock)


# A card is drawn again and again with the same moments and numbers, of which each takes Babel 50 µs.


@lru_cache(4096)
def _moment(at: datetime, pattern: str, zone: ZoneInfo, locale: Locale) -> str:
    return str(format_datetime(at, pattern, tzinfo=zone, locale=locale))


@lru_cache(4096)
def _number(value: int, locale: Locale) -> str:
    return str(format_decimal(value, locale=locale))


@cache
def _catalogue() -> Mapping[str, Mapping[str, Mapping[str, Sequence[str | Slot]]]]:
    """Language -> key -> plural form -> pieces. A text without forms has the one form "other"."""
    texts: dict[str, dict[str, dict[str, Sequence[str | Slot]]]] = {language: {} for language in LANGUAGES}
    for name in _FILES:
        raw = tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
        for key, entry in _entries(raw, ""):
            for language, text in entry.items():
                forms = {"other": text} if isinstance(text, str) else text
                texts[language][key] = {form: tuple(_parse(value)) for form, value in forms.items()}
    return texts


def _entries(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every (key, {language: text}) below a table. A key may be both a text and a prefix of others."""
    entry = {language: table[language] for language in LANGUAGES if language in table}
    if entry:
        yield prefix, entry
    for name, below in table.items():
        if name not in LANGUAGES:
            yield from _entries(below, f"{prefix}.{name}" if prefix else name)


def _parse(text: str) -> Iterator[str | Slot]:
    for literal, name, spec, conversion in Formatter().parse(text.strip("\n")):
        if spec or conversion or name == "":
            raise ValueError(f"Only plain {{name}} slots can be used: {text!r}")
        if literal:
            yield literal
        if name is not None:
            yield Slot(name)
