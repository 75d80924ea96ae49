"""How values lie in columns: the same on SQLite and PostgreSQL, whole numbers and plain text throughout."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    Index,
    Integer,
    Text,
    TypeDecorator,
    literal_column,
)

from bot.cases.posts import Absence, Media, PostId, Quoted
from bot.cases.said import Sentence, from_json, to_json

E = TypeVar("E", bound=StrEnum)
#: What SQLAlchemy calls a processor: turns one value, None included, on its way in or out.
Convert = Callable[[Any], Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICRODOLLAR = Decimal("0.000001")
#: Made once: `json.dumps` would make another for each value.
_encode = json.JSONEncoder(separators=(",", ":")).encode
#: NUL, which PostgreSQL refuses, and halves of surrogate pairs, which are not text in any encoding.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")

#: Row numbers; SQLite makes only INTEGER PRIMARY KEY an alias of its own row number.
RowId = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """An instant as microseconds since 1970 in UTC; comes back aware, in UTC. A naive one is refused."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Convert:
        return lambda value: None if value is None else (value - _EPOCH) // _MICROSECOND

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Convert:
        return lambda value: None if value is None else _EPOCH + timedelta(microseconds=value)


class Duration(TypeDecorator[timedelta]):
    """A length of time as whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Convert:
        return lambda value: None if value is None else value // _MICROSECOND

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Convert:
        return lambda value: None if value is None else value * _MICROSECOND


class Dollars(TypeDecorator[Decimal]):
    """An amount in US dollars as whole micro-dollars, so that the database adds it up exactly."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Convert:
        return lambda value: None if value is None else int((value / _MICRODOLLAR).to_integral_value())

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Convert:
        return lambda value: None if value is None else Decimal(value) * _MICRODOLLAR


class Named(TypeDecorator[E], Generic[E]):
    """A member of a `StrEnum`, by its value."""

    impl = Text
    cache_ok = True

    def __init__(self, names: type[E]) -> None:
        super().__init__()
        self.names = names

    def bind_processor(self, _dialect: Dialect) -> Convert:
        # `value` is looked up by a function of Python's, which costs three times as much.
        return lambda member: None if member is None else member._value_

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Convert:
        members: dict[str | None, E | None] = {None: None, **{member.value: member for member in self.names}}
        return members.__getitem__


class Json(TypeDecorator[Any]):
    """Plain JSON as ASCII text, which carries every character that JSON can name."""

    impl = Text
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Convert:
        return lambda value: None if value is None else _encode(value)

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Convert:
        return lambda value: None if value is None else json.loads(value)


class SentenceText(TypeDecorator[Sentence]):
    """Something said, as JSON."""

    impl = Text
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Convert:
        return lambda said: None if said is None else _encode(to_json(said))

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Convert:
        return lambda text: None if text is None else from_json(json.loads(text))


class Pictures(TypeDecorator[tuple[Media, ...]]):
    """What a post shows, as lists in a JSON list; nothing at all where it shows nothing."""

    impl = Text
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Convert:
        return lambda media: _encode([[each.kind, each.url, each.alt] for each in media]) if media else None

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Convert:
        return lambda text: None if text is None else tuple(Media(*each) for each in json.loads(text))


class Excerpt(TypeDecorator[Quoted]):
    """What is shown of another post, as a JSON list. Rows of the first program lack the last item."""

    impl = Text
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Convert:
        return lambda post: None if post is None else _encode(_parts_of(post))

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Convert:
        return lambda text: None if text is None else _to_quoted(*json.loads(text))


_parts_of = attrgetter("id", "author_handle", "text", "url", "absence")


def _to_quoted(post_id: str, handle: str, text: str, url: str = "", absence: str | None = None) -> Quoted:
    return Quoted(PostId(post_id), handle, text, url, Absence(absence) if absence else None)


class Truth(TypeDecorator[bool]):
    """Yes or no. SQLite keeps it as a whole number, which its driver takes four times as fast."""

    impl = Boolean
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        if dialect.supports_native_boolean:
            return None
        return lambda value: None if value is None else int(value)

    def result_processor(self, dialect: Dialect, _coltype: object) -> Convert | None:
        if dialect.supports_native_boolean:
            return None
        return lambda value: None if value is None else bool(value)


class Words(TypeDecorator[str]):
    """Text from outside. What no database can hold becomes U+FFFD, so that no post stops the intake."""

    impl = Text
    cache_ok = True

    def bind_processor(self, _dialect: Dialect) -> Convert:
        return _text


def _text(value: str | None) -> str | None:
    # Whether all of it is ASCII is known without looking: the search takes five times as long.
    if value is None or (value.isascii() and "\x00" not in value):
        return value
    return _NOT_TEXT.sub("\ufffd", value)


def word(value: str) -> ColumnElement[str]:
    """A state as a literal: with a bound value neither database would use a partial index."""
    return literal_column(f"'{value}'")


def partial(name: str, *columns: Column[object], where: ColumnElement[bool], unique: bool = False) -> Index:
    """An index over the rows of `where` alone; the very same expression must stand in the question."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
