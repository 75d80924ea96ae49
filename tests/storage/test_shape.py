"""How values lie in rows: by the names of fields and columns, and refused where a field has no column."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text

from storage.shape import Shape


@dataclass(frozen=True, slots=True)
class Place:
    room: str
    shelf: str


@dataclass(frozen=True, slots=True)
class Book:
    number: int
    title: str
    at: Place
    lent_from: Place | None = None
    pictures: tuple[str, ...] = ()


BOOKS = Table(
    "books",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("room", Text, nullable=False),
    Column("shelf", Text, nullable=False),
    Column("lent_from_room", Text),
    Column("lent_from_shelf", Text),
    Column("pictures", Text),
    Column("initial", Text),
)
SHAPE = Shape(Book, BOOKS, initial=lambda book: book.title[0])
BOOK = Book(1, "Max Havelaar", Place("a", "3"), Place("b", "7"), ("map",))


def test_a_value_lies_in_the_columns_of_its_fields_and_parts() -> None:
    assert SHAPE.row(BOOK) == {
        "number": 1,
        "title": "Max Havelaar",
        "room": "a",
        "shelf": "3",
        "lent_from_room": "b",
        "lent_from_shelf": "7",
        "pictures": ("map",),
        "initial": "M",
    }


def test_a_value_is_read_as_it_was_written() -> None:
    assert SHAPE.value(SimpleNamespace(**SHAPE.row(BOOK))) == BOOK


@pytest.mark.parametrize("missing", ["lent_from_room", "lent_from_shelf"])
def test_a_field_of_which_a_part_is_missing_is_none(missing: str) -> None:
    book = SHAPE.value(SimpleNamespace(**SHAPE.row(BOOK) | {missing: None}))

    assert book.lent_from is None


def test_a_field_that_lies_in_another_table_is_read_beside_and_not_written() -> None:
    shape = Shape(Book, BOOKS, beside={"pictures": lambda row: (row.picture,)})
    row = shape.row(BOOK)

    assert "pictures" not in row
    assert shape.value(SimpleNamespace(**row, picture="ship")).pictures == ("ship",)


def test_a_field_that_is_none_leaves_its_columns_empty() -> None:
    row = SHAPE.row(Book(1, "Max Havelaar", Place("a", "3")))

    assert (row["lent_from_room"], row["lent_from_shelf"]) == (None, None)


def test_an_empty_cell_is_read_as_what_its_field_is_when_nothing_is_given() -> None:
    book = SHAPE.value(SimpleNamespace(**SHAPE.row(BOOK) | {"pictures": None}))

    assert book.pictures == ()


def test_a_field_is_made_new_and_the_rest_stays() -> None:
    assert SHAPE.evolved(BOOK, "number", 2) == Book(2, BOOK.title, BOOK.at, BOOK.lent_from, BOOK.pictures)


@dataclass(frozen=True, slots=True)
class Dated:
    number: int
    bought: str


def test_a_field_without_a_column_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Dated\.bought has no column in the table books"):
        Shape(Dated, BOOKS)
