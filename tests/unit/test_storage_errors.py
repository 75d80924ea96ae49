"""What the drivers of the databases say becomes a sentence that tells a person what to do."""

from __future__ import annotations

import pytest
from sqlalchemy import make_url

from storage.errors import in_words

PLACE = make_url("postgresql://webcare:secret@db.example:5432/webcare")
REACHED = 'connection to server at "db.example" (10.0.0.5), port 5432 failed: FATAL:  '


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (REACHED + 'too many connections for role "webcare"', "takes no more connections"),
        (REACHED + 'too many connections for database "webcare"', "takes no more connections"),
        (REACHED + "sorry, too many clients already", "takes no more connections"),
        (
            REACHED + "remaining connection slots are reserved for roles with the SUPERUSER attribute",
            "takes no more connections",
        ),
        (REACHED + 'role "webcare" is not permitted to log in', "may not log in to PostgreSQL"),
        (REACHED + 'role "webcare" does not exist', "does not know the user"),
        (REACHED + 'database "webcare" does not exist', "has no database of that name"),
        (
            'relation "cases" does not exist\nLINE 1: SELECT id FROM cases',
            "are not as this program knows them",
        ),
        ('column "due_at" of relation "cases" does not exist', "are not as this program knows them"),
        ("cached plan must not change result type", "are not as this program knows them"),
        ("no such table: cases", "are not as this program knows them"),
        (REACHED + "Connection refused", "cannot be reached at postgresql://webcare:***@db.example"),
        ("permission denied for table cases", "may not do this"),
        ('must be member of role "owner"', 'did not take this: must be member of role "owner"'),
        (
            'null value in column "url" of relation "posts" violates not-null constraint',
            "did not take this: null value",
        ),
    ],
)
def test_a_fault_has_the_sentence_that_fits_it(said: str, sentence: str) -> None:
    assert sentence in str(in_words(RuntimeError(said), PLACE))
