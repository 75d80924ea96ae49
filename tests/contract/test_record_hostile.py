"""Whatever X sends in the place of a post goes through parser, intake and either database, or is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import storage
from bot.cases.ports import Page
from bot.cases.posts import Author, AuthorId
from bot.cases.record import Record, Store
from bot.cases.tx import Tx
from bot.work import intake, pictures
from bot.work.context import Answers
from bot.work.intake import Look
from connectors.x import payload, walk
from connectors.x.payload import parsed, unread_of
from tests import hostile
from tests.contract.samples import BRAND, a_stream, an_account
from tests.postgres import postgres_record_url as postgres_record_url
from tests.unit.office import Office


class Undo(Exception):
    """Ends a piece of work that went well, so that nothing of it is kept."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database of each kind, in which every piece is undone."""
    is_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/record.db" if is_file else request.getfixturevalue("postgres_record_url")
    store = storage.open_store(url)
    yield store
    asyncio.run(store.close())


def page_of(found: dict[str, Any], *, private: bool) -> Page:
    """An answer as the connector hands it over."""
    listed = walk.page_of({**found, "meta": {}})
    parse = partial(
        payload.message_of if private else payload.post_of,
        media=listed.media,
        account=BRAND,
        brand_id=hostile.BRAND,
        received_at=hostile.NOW,
    )
    posts, unread = parsed(listed.items, parse, private=private)
    unread += [unread_of(entry, "no id", private=private) for entry in listed.odd]
    return Page(tuple(posts), None, unread=tuple(unread))


def taken_in(record: Record, page: Page, people: list[Author]) -> None:
    """Take the page in and draw what came of it."""
    tx = Tx(record, Office().setup, hostile.NOW)
    tx.accounts.save(an_account())
    stream = tx.streams.save(a_stream(lease_by="us"))
    intake.take_in(tx, Look(stream, hostile.NOW, page, Answers(people)))
    for case in tx.cases.open():
        pictures.card(tx, case)


@pytest.mark.parametrize("kind", ["post", "message"])
# Each example undoes what it did, so that they may share a database.
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.data())
def test_no_post_stops_its_account(database: Store, kind: str, drawn: st.DataObject) -> None:
    page = page_of(drawn.draw(hostile.mutated(kind)), private=kind == "message")
    person = {
        "id": hostile.BRAND[:-1] + "2",
        "username": drawn.draw(st.sampled_from(hostile.NASTY)),
        "name": drawn.draw(st.sampled_from(hostile.NASTY)),
        "profile_image_url": drawn.draw(st.sampled_from(hostile.NASTY)),
        "public_metrics": {"followers_count": drawn.draw(st.sampled_from(hostile.NASTY))},
    }
    people = [author for author in [payload.author_of(person)] if author]

    def work(record: Record) -> None:
        taken_in(record, page, people)
        mentions = [post for post in page.posts if not post.by_brand]
        assert record.posts.known(BRAND, [post.id for post in mentions]) == {post.id for post in mentions}
        assert [each for each in page.unread if record.posts.keep_unread(BRAND, each, hostile.NOW)] == []
        assert all(author.id == AuthorId(person["id"]) for author in people)
        raise Undo

    with pytest.raises(Undo):
        asyncio.run(database.do(work))
