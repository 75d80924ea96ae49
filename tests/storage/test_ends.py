"""Every table has a stated end, in the code and for the people who run the bot."""

from __future__ import annotations

import re
from pathlib import Path

from storage.ends import ENDS
from storage.schema import metadata

_PAGE = Path(__file__).parents[2] / "docs" / "operate.md"


def test_the_end_of_every_table_is_stated() -> None:
    assert {table.name for table, these in ENDS.items() if these} == set(metadata.tables)


def test_the_page_on_operation_tells_the_end_of_every_table() -> None:
    chapter = _PAGE.read_text(encoding="utf-8").split("\n## What the database keeps, and until when\n")[1]
    told = re.findall(r"^\| `(\w+)`", chapter.split("\n## ")[0], re.MULTILINE)

    assert sorted(told) == sorted(metadata.tables)
