"""The HTTP side of the local X: the table of endpoints, and what each request passes on its way to one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.sandbox import faults
from bot.sandbox.x import problems, reads, writes
from bot.sandbox.x.call import Answer, Call

if TYPE_CHECKING:
    from bot.sandbox.x.local import LocalX

_CALLER = web.RequestKey("caller", str)


class Endpoint(NamedTuple):
    """One endpoint, with how often one user and one app may call it in fifteen minutes.

    `per_app` is None where somebody's own token is needed.
    """

    method: str
    route: str
    answer: Callable[[Call], Awaitable[Answer]]
    per_user: int
    per_app: int | None = None


# The order matters where a fixed word stands in the place of an id.
ENDPOINTS = (
    Endpoint("GET", "/2/users/me", reads.me, 75),
    Endpoint("GET", "/2/users", reads.users, 900, 300),
    Endpoint("GET", "/2/users/:id/mentions", reads.mentions, 300, 450),
    Endpoint("GET", "/2/users/:id/tweets", reads.timeline, 900, 10_000),
    Endpoint("GET", "/2/tweets/search/recent", reads.search, 300, 450),
    Endpoint("GET", "/2/tweets/:id", reads.post, 900, 450),
    Endpoint("GET", "/2/tweets", reads.posts, 5_000, 3_500),
    Endpoint("GET", "/2/dm_events", reads.messages, 15),
    Endpoint("POST", "/2/tweets", writes.create_post, 100),
    Endpoint("DELETE", "/2/tweets/:id", writes.delete_post, 50),
    Endpoint("POST", "/2/dm_conversations/with/:participant_id/messages", writes.send_message, 15),
    Endpoint("POST", "/2/media/upload", writes.upload, 500),
    Endpoint("POST", "/2/media/metadata", writes.describe_media, 500),
)

PER_USER = {f"{endpoint.method} {endpoint.route}": endpoint.per_user for endpoint in ENDPOINTS}
PER_APP = {
    f"{endpoint.method} {endpoint.route}": endpoint.per_app
    for endpoint in ENDPOINTS
    if endpoint.per_app is not None
}


def build_app(x: LocalX) -> web.Application:
    """The application that answers for `x`."""
    strike = faults.middleware(x.faults, "x")
    app = web.Application(middlewares=[_recorder(x), strike], client_max_size=16 * 1024 * 1024)

    async def date(_: web.Request, response: web.StreamResponse) -> None:
        """The answer's date by the clock of this X, as by any server's own."""
        response.headers["Date"] = format_datetime(x.clock(), usegmt=True)

    app.on_response_prepare.append(date)
    for endpoint in ENDPOINTS:
        app.router.add_route(endpoint.method, _pattern(endpoint.route), _handler(x, endpoint))
    app.router.add_get("/media/{id}", _picture(x))
    return app


def _pattern(route: str) -> str:
    parts = (f"{{{part[1:]}}}" if part.startswith(":") else part for part in route.split("/"))
    return "/".join(parts)


def _handler(x: LocalX, endpoint: Endpoint) -> Handler:
    route = f"{endpoint.method} {endpoint.route}"

    async def handle(request: web.Request) -> web.StreamResponse:
        headers: dict[str, str] = {}
        try:
            mount = request.path.partition("/2/")[0]
            caller = x.door.caller(request, mount)
            request[_CALLER] = caller.person.handle if caller.person else "app"
            if caller.person is None and endpoint.per_app is None:
                raise problems.wrong_kind_of_auth()
            allowance = x.limits.count(route, caller, x.clock())
            headers = allowance.headers()
            if allowance.spent:
                raise problems.too_many()
            x.purse.check(caller)
            answer = await endpoint.answer(Call(x, caller, request))
        except problems.Problem as problem:
            return web.json_response(
                problem.body,
                status=problem.status,
                headers=headers,
                content_type="application/problem+json",
            )
        return web.json_response(answer.body, status=answer.status, headers=headers)

    return handle


def _picture(x: LocalX) -> Handler:
    async def picture(request: web.Request) -> web.StreamResponse:
        """An uploaded picture, for anybody who has its address, as on X."""
        content, content_type = x.world.files.get(request.match_info["id"], (b"", ""))
        if not content:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type=content_type)

    return picture


def _recorder(x: LocalX) -> Middleware:
    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            # X answers an address it does not know with a bare status and nothing else.
            response = web.Response(status=error.status)
        x.note(request, request.get(_CALLER), response.status)
        return response

    return record
