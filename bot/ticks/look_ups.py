"""Asking a network about posts and people, a hundred at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import TypeVar

from bot.cases import errors
from bot.cases.ports import Connector, Spent
from bot.cases.posts import Absence, Author, Post, PostId, is_somebody
from bot.work.context import AT_ONCE, Answers, Wanted

log = logging.getLogger(__name__)

Id = TypeVar("Id")


async def look_up(connector: Connector, wanted: Wanted) -> Answers:
    """What the network says about these posts and people, who wrote what it shows of them, and whether a post
    is gone alone or with its author. No error leaves: what was said before it stands beside it."""
    posts: list[Post] = []
    absent: dict[PostId, Absence] = {}
    authors: list[Author] = []
    spent: list[Spent] = []
    fault: errors.NetworkError | None = None
    try:
        for some in _chunks([*wanted.posts]):
            found = await connector.posts(some)
            posts += found.posts
            absent.update(found.absent)
            spent += found.spent
        writers = [post.author_id for post in posts if not post.by_brand and not wanted.posts.get(post.id)]
        left = [each for post_id, each in wanted.posts.items() if each and post_id in absent]
        people = [each for each in (*wanted.authors, *writers, *left) if not is_somebody(each)]
        for each in _chunks(list(dict.fromkeys(people))):
            known = await connector.authors(each)
            authors += known.authors
            spent += known.spent
    except Exception as error:
        fault = error if isinstance(error, errors.NetworkError) else errors.Retry(type(error).__name__)
        log.warning(
            "Names or context could not be looked up",
            extra={"action": "look_up_failed", "error": type(error).__name__},
            exc_info=fault is not error,
        )
    return Answers(authors, posts, absent, spent, fault)


def _chunks(ids: Sequence[Id]) -> Iterator[Sequence[Id]]:
    """As many at a time as one question may hold."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
