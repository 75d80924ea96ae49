"""The customers let loose: they come at a pace, and write on when they are answered, or when they are not."""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections.abc import AsyncIterator, Callable

import pytest

from bot.sandbox import people
from bot.sandbox.crowd import SCRIPTS, Book
from bot.sandbox.world import World
from tests.scenario.sandbox_world import BRISK, Json, ask, running, until


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(tempo=BRISK) as started:
        yield started


async def test_the_crowd_posts_by_itself_and_stops_when_told(world: World) -> None:
    await ask(f"{world.base_url}/sandbox/crowd", {"running": True, "pace": 120})
    await until(lambda: len(world.x.posts) >= 2)

    await ask(f"{world.base_url}/sandbox/crowd", {"running": False})
    counted = len(world.x.posts)
    await asyncio.sleep(1.0)

    assert len(world.x.posts) == counted


def test_a_pace_that_is_none_is_refused() -> None:
    world = World(None)

    with pytest.raises(ValueError, match="a minute"):
        world.crowd.start(0)


async def opened(world: World, has: Callable[[Json], bool]) -> tuple[Json, str]:
    """Let customers loose until one comes whose script `has` something; the script and the id of the post."""
    book = tomllib.loads(SCRIPTS.read_text("utf-8"))
    scripts = [script for language in ("nl", "en") for script in book[language] if has(script)]
    patterns = [(script, re.sub(r"\\{\w+\\}", ".+", re.escape(script["opening"]))) for script in scripts]

    def found() -> tuple[Json, str] | None:
        for post in reversed(world.x.posts):
            for script, pattern in patterns:
                if re.fullmatch(pattern, post.text):
                    return script, post.id
        return None

    world.crowd.start(120)
    await until(lambda: found() is not None, 20)
    result = found()
    assert result is not None
    return result


async def test_who_is_answered_in_public_writes_on(world: World) -> None:
    script, opening = await opened(world, lambda script: bool(script.get("then")))
    world.crowd.stop()

    answer = world.x.post(world.brand.id, "Wat vervelend, we kijken het na.", opening)
    await until(lambda: any(post.in_reply_to == answer.id for post in world.x.posts))

    reply = next(post for post in world.x.posts if post.in_reply_to == answer.id)
    assert world.x.world.people[reply.author_id].handle == script["customer"]


async def test_who_is_invited_writes_in_private_and_goes_on_there(world: World) -> None:
    _, opening = await opened(world, lambda script: len(script.get("private", ())) > 1)
    world.crowd.stop()
    customer = world.x.world.posts[opening].author_id

    world.x.post(world.brand.id, "Stuur je ons een DM met je bestelnummer?", opening)
    await until(lambda: len(world.x.messages) == 1)
    world.x.direct_message(world.brand.id, customer, "Dankjewel, ik zoek het op.")
    await until(lambda: len(world.x.messages) == 3)

    assert [message.sender_id for message in world.x.messages] == [customer, world.brand.id, customer]


async def test_who_hears_nothing_asks_again(world: World) -> None:
    _, opening = await opened(world, lambda script: bool(script.get("impatient")))

    await until(lambda: any(post.in_reply_to == opening for post in world.x.posts))

    assert world.x.world.posts[opening].author_id in {
        post.author_id for post in world.x.posts if post.in_reply_to == opening
    }


def test_every_script_is_spoken_by_somebody_who_lives_here() -> None:
    handles = {customer.handle for customer in people.CUSTOMERS}

    assert {script.customer for script in Book.read().scripts} <= handles


def test_every_opening_names_the_brand_and_fits_in_a_post() -> None:
    blanks = {
        "brand": people.BRAND.handle,
        "order": "WH-12345",
        "hours": "9",
        "branch": "Market Square",
    }
    openings = [script.opening.format(**blanks) for script in Book.read().scripts]

    assert all(f"@{people.BRAND.handle}" in opening and len(opening) <= 280 for opening in openings)


def test_each_team_hears_its_own_language_and_only_a_few_others() -> None:
    dutch, english = Book.read().heard_in("nl"), Book.read().heard_in("en")

    assert {script.language for script in english} == {"en"}
    assert 0 < len([script for script in dutch if script.language == "en"]) <= len(dutch) // 5
    assert len(Book.read().heard_in(None)) == len(Book.read().scripts)


async def test_who_comes_speaks_what_the_team_speaks_now(world: World) -> None:
    class English:
        language = "en"

        async def speak(self, language: str) -> None: ...

        def begin_anew(self) -> None: ...

    world.director = English()
    openings = {script.customer for script in Book.read().heard_in("en")}
    world.crowd.start(120)
    await until(lambda: len(world.x.posts) >= 4)

    assert {world.x.world.people[post.author_id].handle for post in world.x.posts} <= openings
