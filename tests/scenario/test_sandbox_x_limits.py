"""What the local X counts and keeps: rate limits, prices, requests, faults on order, the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tweepy.errors import HTTPException, TooManyRequests

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.journal import Journal
from bot.sandbox.x import LocalX
from tests.scenario.sandbox_x import House, open_house

MENTIONS = "GET /2/users/:id/mentions"


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house() as house:
        yield house


# Rate limits


async def test_every_answer_tells_what_is_left(house: House) -> None:
    reply = await house.mentions()
    told = {name: reply.headers[f"x-rate-limit-{name}"] for name in ("limit", "remaining", "reset")}
    reset = int(house.clock().timestamp()) + 15 * 60

    assert told == {"limit": "300", "remaining": "299", "reset": str(reset)}


async def test_tweepy_is_stopped_when_the_window_is_used_up(house: House) -> None:
    house.x.limits.per_user[MENTIONS] = 1
    client = house.tweepy(house.brand)
    await client.get_users_mentions(house.brand.id, user_auth=True)

    with pytest.raises(TooManyRequests) as stopped:
        await client.get_users_mentions(house.brand.id, user_auth=True)

    assert stopped.value.reset_time == int(house.clock().timestamp()) + 15 * 60


async def test_after_a_quarter_of_an_hour_the_window_is_new(house: House) -> None:
    house.x.limits.per_user[MENTIONS] = 1
    await house.mentions()
    house.clock.pass_by(minutes=15)

    assert (await house.mentions()).status == 200


async def test_each_endpoint_has_a_window_of_its_own(house: House) -> None:
    house.x.limits.per_user[MENTIONS] = 0

    assert (await house.get("/2/users/me", house.brand)).status == 200


async def test_the_hundred_and_first_post_in_a_quarter_is_stopped(house: House) -> None:
    statuses = [(await house.write(house.brand, f"Number {number}")).status for number in range(101)]

    assert statuses == [201] * 100 + [429]


async def test_people_are_not_held_to_the_limits_of_apps(house: House) -> None:
    house.x.limits.per_user["GET /2/users/me"] = 1
    await house.get("/2/users/me", house.jan)

    assert (await house.get("/2/users/me", house.jan)).status == 200


# Prices


async def test_an_app_without_credits_is_told_to_pay(house: House) -> None:
    house.x.credits = 0

    with pytest.raises(HTTPException, match="402"):
        await house.tweepy(house.brand).get_users_mentions(house.brand.id, user_auth=True)


async def test_credits_run_out_while_they_are_used(house: House) -> None:
    house.x.credits = 0.02
    statuses = [(await house.write(house.brand, f"Number {number}")).status for number in range(3)]

    assert statuses == [201, 201, 402]


async def test_people_pay_nothing(house: House) -> None:
    house.x.credits = 0

    assert (await house.write(house.jan, "@brand hello")).status == 201
    assert house.x.spent == 0


async def test_reading_ones_own_mentions_is_the_cheap_read(house: House) -> None:
    house.x.post(house.jan.id, "@brand hello")
    await house.mentions()

    assert house.x.spent == pytest.approx(0.001)


async def test_the_same_read_by_an_app_without_a_user_is_the_dear_one(house: House) -> None:
    house.x.post(house.jan.id, "@brand hello")
    await house.get(f"/2/users/{house.brand.id}/mentions", house.x.app_token)

    assert house.x.spent == pytest.approx(0.005)


async def test_a_post_is_paid_for_once_a_day(house: House) -> None:
    house.x.post(house.jan.id, "@brand hello")
    await house.mentions()
    await house.mentions()
    once = house.x.spent
    house.clock.pass_by(days=1)
    await house.mentions()

    assert [once, house.x.spent] == pytest.approx([0.001, 0.002])


@pytest.mark.parametrize(("text", "price"), [("Hello", 0.015), ("See https://example.com", 0.2)])
async def test_a_link_makes_a_post_dear(house: House, text: str, price: float) -> None:
    await house.write(house.brand, text)

    assert house.x.spent == pytest.approx(price)


async def test_the_authors_brought_along_cost_ten_times_the_mention(house: House) -> None:
    house.x.post(house.jan.id, "@brand hello")
    await house.mentions(expansions="author_id")

    assert house.x.spent == pytest.approx(0.011)


# The record of requests


async def test_each_request_is_recorded_with_who_asked(house: House) -> None:
    await house.mentions(max_results=5)
    await house.get("/2/users/me", "nobodys-token")
    recorded = [(item.method, item.path, item.who, item.status) for item in house.x.requests]

    assert recorded == [
        ("GET", f"/2/users/{house.brand.id}/mentions", "brand", 200),
        ("GET", "/2/users/me", None, 401),
    ]
    assert house.x.requests[0].query == {"max_results": "5"}


async def test_an_address_x_does_not_know_is_a_bare_404(house: House) -> None:
    reply = await house.get("/2/nonsense", house.brand)

    assert (reply.status, reply.body) == (404, {})
    assert house.x.requests[-1].status == 404


# Faults on order


async def test_an_ordered_html_page_comes_once(house: House) -> None:
    page = Fault(
        "x", "GET /x/2/users/.*/mentions", "status", status=503, body="<h1>", content_type="text/html"
    )
    house.x.faults.order(page)

    with pytest.raises(aiohttp.ContentTypeError):
        await house.mentions()

    assert (await house.mentions()).status == 200


async def test_a_dropped_answer_leaves_the_post_in_place(house: House) -> None:
    house.x.faults.order(Fault("x", "POST /x/2/tweets", "drop", after_effect=True))

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await house.write(house.brand, "Hello")

    assert [post.text for post in house.x.posts] == ["Hello"]


async def test_a_dropped_request_leaves_nothing(house: House) -> None:
    house.x.faults.order(Fault("x", "POST /x/2/tweets", "drop"))

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await house.write(house.brand, "Hello")

    assert house.x.posts == []


async def test_a_request_left_hanging_runs_into_the_clients_patience(house: House) -> None:
    house.x.faults.order(Fault("x", "/2/users/me", "hang", seconds=30))
    patience = aiohttp.ClientTimeout(total=0.1)

    with pytest.raises(TimeoutError):
        await house.session.get(f"{house.base}/2/users/me", timeout=patience)


async def test_a_fault_for_another_server_does_not_strike_x(house: House) -> None:
    house.x.faults.order(Fault("slack", ".", "status"))

    assert (await house.mentions()).status == 200


# The journal


@pytest.fixture
def reopen(tmp_path: Path) -> Iterator[Callable[[], Journal]]:
    """Opens the same journal again and again, as a sandbox does that is started again."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(Journal(tmp_path / "x.jsonl")))


async def test_a_new_x_over_the_same_journal_goes_on_where_the_last_ended(
    reopen: Callable[[], Journal],
) -> None:
    async with open_house(reopen()) as house:
        house.x.post(house.jan.id, "@brand hello", media=[{"url": "https://pics.example/1.jpg"}])
        gone = house.x.post(house.jan.id, "never mind")
        house.x.delete(gone.id)
        house.x.edit(house.x.post(house.els.id, "Helo").id, "Hello")
        house.x.direct_message(house.jan.id, house.brand.id, "psst")
    again = LocalX(reopen(), Faults(), house.clock)

    assert again.people == house.x.people
    assert again.posts == house.x.posts
    assert again.messages == house.x.messages
    assert again.app_token == house.x.app_token


async def test_ids_go_on_rising_over_a_restart_and_a_clock_put_back(reopen: Callable[[], Journal]) -> None:
    async with open_house(reopen()) as house:
        before = house.x.post(house.jan.id, "@brand hello")
    house.clock.pass_by(days=-1)
    again = LocalX(reopen(), Faults(), house.clock)

    assert int(again.post(house.jan.id, "@brand hello again").id) > int(before.id)


async def test_tokens_still_open_the_door_after_a_restart(reopen: Callable[[], Journal]) -> None:
    async with open_house(reopen()) as house:
        credentials = house.x.credentials(house.jan)
    again = LocalX(reopen(), Faults())

    assert again.credentials(house.jan) == credentials
    assert again.world.by_bearer(credentials.bearer) == house.jan


def test_a_line_cut_short_by_a_kill_is_dropped(tmp_path: Path, reopen: Callable[[], Journal]) -> None:
    (tmp_path / "x.jsonl").write_bytes(b'{"kind":"one"}\n{"kind":"tw')
    journal = reopen()
    journal.append({"kind": "three"})

    assert [entry["kind"] for entry in journal] == ["one", "three"]


def test_a_closed_journal_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    journal.close()

    with pytest.raises(ValueError, match="is closed; open it again"):
        journal.append({"kind": "late"})


# What the page is told


async def test_each_change_is_told_once(house: House) -> None:
    told: list[dict[str, Any]] = []
    leave = house.x.subscribe(told.append)
    post = house.x.post(house.jan.id, "@brand helo")
    newer = house.x.edit(post.id, "@brand hello")
    house.x.direct_message(house.jan.id, house.brand.id, "psst")
    house.x.delete(newer.id)
    house.x.add_person("new", "New")
    leave()
    house.x.post(house.jan.id, "not told")

    assert [event["type"] for event in told] == ["post", "edit", "message", "delete", "person"]


async def test_the_page_is_told_the_text_as_typed(house: House) -> None:
    told: list[dict[str, Any]] = []
    mention = house.x.post(house.jan.id, "@brand where is it?")
    house.x.subscribe(told.append)
    await house.write(house.brand, "See https://example.com & wait", mention)

    assert told[0]["post"]["text"] == "See https://example.com & wait"
    assert told[0]["post"]["replying_to"] == ["jan"]
    assert told[0]["post"]["in_reply_to"] == mention.id


@pytest.mark.parametrize(("handle", "says"), [("jan", "is taken"), ("no handle", "is no handle")])
async def test_a_handle_nobody_can_have_is_refused(house: House, handle: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        house.x.add_person(handle, "Somebody")
