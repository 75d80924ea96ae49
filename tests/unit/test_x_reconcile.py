"""A reply of unclear outcome is looked for in the brand's own list, no farther back than it can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cases.ports import SendCommand
from bot.cases.posts import AccountId, AuthorId, Post, PostId
from connectors.x import payload, reconciling
from connectors.x.walk import PageRequest, Stream

ATTEMPT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BRAND = "100"
COMMAND = SendCommand("key", "public", "Hello! ^MK", PostId("12"), AuthorId("7"), "klant", ATTEMPT)


def own(number: int, minutes: float, text: str = "Something else", parent: str = "12") -> dict[str, Any]:
    """A post of the brand, so many minutes after the attempt."""
    return {
        "id": str(number),
        "author_id": BRAND,
        "text": text,
        "created_at": (ATTEMPT + timedelta(minutes=minutes)).isoformat(),
        "referenced_tweets": [{"type": "replied_to", "id": parent}],
    }


class Pages:
    """The brand's own list, in pages that were written out beforehand."""

    def __init__(self, *pages: list[dict[str, Any]], endless: bool = False) -> None:
        self.pages = pages
        self.endless = endless
        self.read_so_far = 0

    async def read(self, ask: PageRequest) -> dict[str, Any]:
        page = self.pages[self.read_so_far % len(self.pages)]
        self.read_so_far += 1
        more = self.endless or self.read_so_far < len(self.pages)
        return {"data": page, "meta": {"next_token": f"t{self.read_so_far}"} if more else {}}


def parse(item: payload.Json) -> Post | None:
    return payload.post_of(item, (), AccountId("brand-1"), BRAND, ATTEMPT)


async def look(pages: Pages, command: SendCommand = COMMAND) -> reconciling.Look:
    stream = Stream(pages.read, route="/list", price="own_read")
    return await reconciling.look(stream, parse, command, ATTEMPT - reconciling.SKEW)


async def test_the_reply_is_found_on_a_later_page() -> None:
    found = await look(Pages([own(3, 2)], [own(2, 1, "@klant Hello! ^MK")], [own(1, -60)]))

    assert found.post is not None
    assert found.post.id == "2"


async def test_reading_ends_where_the_reply_can_no_longer_be() -> None:
    pages = Pages([own(3, 2)], [own(2, -60)], [own(1, -90)])
    found = await look(pages)

    assert (found.post, found.whole, pages.read_so_far) == (None, True, 2)


async def test_an_older_reply_with_the_same_words_is_another() -> None:
    found = await look(Pages([own(2, -60, "Hello! ^MK")]))

    assert found.post is None


async def test_a_clock_some_minutes_fast_does_not_hide_the_reply() -> None:
    found = await look(Pages([own(2, -5, "Hello! ^MK")]))

    assert found.post is not None


async def test_a_list_that_does_not_end_is_not_read_whole() -> None:
    found = await look(Pages([own(2, 1)], endless=True))

    assert (found.post, found.whole) == (None, False)


async def test_every_post_that_was_read_is_counted() -> None:
    found = await look(Pages([own(4, 2), own(3, 1)], [own(2, -60)]))

    assert len(found.read) == 3


@pytest.mark.parametrize(
    ("sent", "shown", "expanded", "display"),
    [
        ("(www.brand.nl/retour)", "({})", "http://www.brand.nl/retour", "brand.nl/retour"),
        ("“brand.nl/retour”", "“{}”", "http://brand.nl/retour", "brand.nl/retour"),
        ('"https://brand.nl/"', '"{}"', "https://brand.nl", "brand.nl"),
        (
            "(brand.nl/hulp/retour/formulier)",
            "({})",
            "http://brand.nl/hulp/retour/formulier",
            "brand.nl/hulp/retour/formu…",
        ),
    ],
    ids=["www in brackets", "bare in quotes", "a slash in quotes", "shortened in brackets"],
)
async def test_a_reply_with_a_link_is_found_however_x_writes_the_link(
    sent: str, shown: str, expanded: str, display: str
) -> None:
    short = "https://t.co/abcdefghij"
    post = own(2, 1, f"@klant See {shown.format(short)} ^MK")
    post["entities"] = {"urls": [{"url": short, "expanded_url": expanded, "display_url": display}]}
    found = await look(Pages([post]), replace(COMMAND, text=f"See {sent} ^MK"))

    assert found.post is not None
