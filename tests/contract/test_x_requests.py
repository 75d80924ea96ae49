"""What we ask of X, against X's own OpenAPI description, and a server that takes nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from aiohttp import ClientSession, web
from aiohttp.typedefs import Handler

from bot.cases.posts import PostId
from bot.sandbox.faults import Faults
from bot.sandbox.journal import Journal
from bot.sandbox.x import LocalX
from bot.sandbox.x.api import ENDPOINTS, Endpoint
from connectors.x import refusals
from tests.contract.benches import XBench
from tests.contract.test_x_openapi import DESCRIPTION, parameters
from tests.fakes import FakeClock

described = pytest.mark.skipif(
    not DESCRIPTION.exists(), reason=f"X's OpenAPI description is not part of the repository ({DESCRIPTION})"
)


@web.middleware
async def _only_newer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse the older way, as a server would that only knows its description."""
    message = ""
    if "tweet.fields" in request.query:
        message = "The query parameter [tweet.fields] is not one of [post.fields,user.fields]"
    if "sender_id" in request.query.get("dm_event.fields", ""):
        message = "The `dm_event.fields` query parameter value [sender_id] is not one of [id,text]"
    if message:
        return web.json_response({"errors": [{"message": message}], "title": "Invalid Request"}, status=400)
    return await handler(request)


@pytest.fixture(params=["either way", "the newer way only"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[XBench]:
    clock = FakeClock()
    x = LocalX(Journal(None), Faults(), clock.now)
    app = web.Application(middlewares=[_only_newer] if request.param == "the newer way only" else [])
    app.add_subapp("/x", x.app())
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    opened = XBench(x, clock, f"http://127.0.0.1:{runner.addresses[0][1]}/x")
    yield opened
    await opened.connector.close()
    await runner.cleanup()


async def ask_for_everything(bench: XBench) -> list[PostId]:
    """Ask whatever the program asks of X; returns the mentions that came."""
    x = bench.connector
    cursors = {stream: (await x.pull(stream, None)).cursor for stream in ("mentions", "own", "dms")}
    first = bench.mention("@brand hello?")
    bench.brand_writes("Hello!", first)
    bench.whisper("psst")
    bench.edit(bench.mention("@brand one"), "@brand two")
    pages = {stream: await x.pull(stream, cursor) for stream, cursor in cursors.items()}
    await x.posts([first, PostId("12345")])
    await x.authors([bench.customer])
    return [post.id for post in pages["mentions"].posts]


async def test_posts_come_whole_in_either_spelling(bench: XBench) -> None:
    x = bench.connector
    cursor = (await x.pull("mentions", None)).cursor
    first = bench.mention("@brand one")
    second = bench.mention("@brand two", first)
    bench.edit(second, "@brand three")
    page = await x.pull("mentions", cursor)
    [one, three] = page.posts

    assert (one.author_id, one.text, one.parent_id) == (bench.customer, "@brand one", None)
    assert (three.id, three.text, three.parent_id, three.version) == (second, "@brand three", first, 2)


async def test_what_comes_along_in_the_newer_spelling_is_counted_once_a_day(bench: XBench) -> None:
    x = bench.connector
    cursor = (await x.pull("mentions", None)).cursor
    bench.mention("@brand one")
    first = await x.pull("mentions", cursor)
    bench.mention("@brand two")
    second = await x.pull("mentions", first.cursor)
    paid = [sum((each.amount for each in page.spent), Decimal(0)) for page in (first, second)]
    is_newer = any("post.fields" in request.query for request in bench.x.requests)

    assert paid == [Decimal("0.011") if is_newer else Decimal("0.001"), Decimal("0.001")]


async def test_messages_come_whole_in_either_spelling(bench: XBench) -> None:
    x = bench.connector
    cursor = (await x.pull("dms", None)).cursor
    bench.whisper("psst")
    [message] = (await x.pull("dms", cursor)).posts

    assert (message.author_id, message.text, message.root_id) == (
        bench.customer,
        "psst",
        f"dm:{bench.customer}",
    )


async def test_a_persons_figures_have_both_names(bench: XBench) -> None:
    headers = {"Authorization": f"Bearer {bench.x.credentials(bench.brand).bearer}"}
    url = f"{bench.url}/2/users/me?user.fields=public_metrics"
    async with ClientSession() as http, http.get(url, headers=headers) as response:
        metrics = (await response.json())["data"]["public_metrics"]

    assert metrics["post_count"] == metrics["tweet_count"]


@described
async def test_every_read_asks_only_what_the_description_knows(bench: XBench) -> None:
    assert len(await ask_for_everything(bench)) == 2
    asked = [request for request in bench.x.requests if request.method == "GET"]
    unknown = [
        (request.path, name, value)
        for request in asked
        for name, value in refusals.newer(request.query).items()
        if not is_described(endpoint_of(request.path), name, str(value))
    ]

    assert (len(asked) > 8, unknown) == (True, [])


def is_described(endpoint: Endpoint, name: str, value: str) -> bool:
    """Whether the description knows this parameter of an endpoint, and each name in its value."""
    listed = parameters(endpoint)
    known = listed.get(name, {}).get("items", {}).get("enum")
    return name in listed and (known is None or set(value.split(",")) <= set(known))


def endpoint_of(path: str) -> Endpoint:
    """The endpoint that a read went to."""
    parts = path.split("/")

    def fits(endpoint: Endpoint) -> bool:
        named = endpoint.route.split("/")
        return len(named) == len(parts) and all(
            name.startswith(":") or name == part for name, part in zip(named, parts, strict=True)
        )

    found = [endpoint for endpoint in ENDPOINTS if endpoint.method == "GET" and fits(endpoint)]
    return min(found, key=lambda endpoint: endpoint.route.count(":"))


async def test_a_post_that_is_asked_for_again_is_counted_once_a_day(bench: XBench) -> None:
    number = bench.mention("@brand one")
    kinds = []
    for hours in (0, 1, 24):
        bench.clock.turn(hours=hours)
        found = await bench.connector.posts([number])
        kinds.append([each.kind for each in found.spent if each.kind == "post_read"])

    assert kinds == [["post_read"], [], ["post_read"]]
