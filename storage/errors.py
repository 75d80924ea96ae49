"""What can go wrong with the database, in sentences that tell a person what to do next."""

from __future__ import annotations

import re

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError


class StorageError(Exception):
    """The record cannot be reached, or did not take what it was given; the message says what to do."""


class Unusable(StorageError):
    """What is there is no sound database of webcare."""


#: What the drivers say of a file that is no sound database.
_UNUSABLE = ("not a database", "malformed")

#: What the drivers say (in lower case, as a pattern) and what a person should read instead; the first that
#: fits counts.
_SENTENCES: tuple[tuple[str, str], ...] = (
    ("database or disk is full", "The disk of the database is full. Make room; nothing was saved."),
    ("no space left", "The disk of the database is full. Make room; nothing was saved."),
    ("disk i/o error", "The disk of {place} fails or is full. Look at the disk; nothing was saved."),
    ("database is locked", "Another program holds {place} locked. Close it; nothing was saved."),
    ("readonly database", "The database {place} may not be written. Give this user write access to it."),
    (
        "unable to open database file",
        "The database {place} cannot be opened. Check that its folder exists and may be written.",
    ),
    (
        "not a database",
        "{place} is not a database of webcare. Give `database:` another file, or move this one away.",
    ),
    ("malformed", "The database {place} is damaged. Stop webcare and put back the last backup."),
    (
        "password authentication failed",
        "PostgreSQL refused the user or the password in `database:`. Correct them and start again.",
    ),
    (
        "no password supplied",
        "PostgreSQL asks for a password and `database:` gives none. Write it as user:password@host.",
    ),
    (
        "no pg_hba.conf entry",
        "PostgreSQL does not let this machine in. Add it to pg_hba.conf, or correct `database:`.",
    ),
    (
        "too many connections|too many clients|connection slots are reserved",
        "PostgreSQL takes no more connections. Close some, or raise max_connections, or the limit of the "
        "user or of the database in `database:`.",
    ),
    (
        'role "[^"]*" is not permitted to log in',
        "The user in `database:` may not log in to PostgreSQL. Allow it with ALTER ROLE … LOGIN, or name "
        "another.",
    ),
    (
        'role "[^"]*" does not exist',
        "PostgreSQL does not know the user in `database:`. Create the user or correct the name.",
    ),
    (
        "(relation|column|table) .* does not exist|no such (table|column)|cached plan must not change",
        "The tables of webcare in {place} are not as this program knows them. If a newer webcare has been "
        "started on it, stop this one. Otherwise check that `database:` names the right one; if it does, "
        "stop webcare and put back the last backup.",
    ),
    (
        'database "[^"]*" does not exist',
        "PostgreSQL has no database of that name. Create it with createdb, or correct `database:`.",
    ),
    (
        "permission denied",
        "The user in `database:` may not do this in PostgreSQL. Grant it the right to create tables.",
    ),
    (
        "could not translate host name",
        "The host in `database:` is not known: {place}. Correct its name.",
    ),
    ("failed to resolve host", "The host in `database:` is not known: {place}. Correct its name."),
    (
        "connection",
        "PostgreSQL cannot be reached at {place}. Check that it runs and that host and port are right.",
    ),
)


def place_of(url: URL) -> str:
    """The database as a person may see it: the file, or the address without its password."""
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    return url.render_as_string(hide_password=True)


def in_words(error: Exception, url: URL) -> StorageError:
    """A driver's fault as a `StorageError`, without statement and values: those hold customers' words."""
    fault = error.orig if isinstance(error, DBAPIError) else error
    said = str(fault).strip()
    lowered = said.lower()
    for sign, sentence in _SENTENCES:
        if re.search(sign, lowered):
            kind = Unusable if sign in _UNUSABLE else StorageError
            return kind(sentence.format(place=place_of(url)))
    first_line = said.splitlines()[0] if said else type(fault).__name__
    return StorageError(f"The database {place_of(url)} did not take this: {first_line}. Nothing was saved.")
