"""Indices over some rows of a table alone, and the literals that their conditions are made of."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Index, literal_column


def word(value: str) -> ColumnElement[str]:
    """A state as a literal: with a bound value neither database would use a partial index."""
    return literal_column(f"'{value}'")


def partial(name: str, *columns: Column[object], where: ColumnElement[bool], unique: bool = False) -> Index:
    """An index over the rows of `where` alone; the very same expression must stand in the question."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
