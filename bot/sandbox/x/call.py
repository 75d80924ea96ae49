"""One request to the local X as its endpoints see it: who asks, what for, and the answer they give."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.x import problems
from bot.sandbox.x.auth import Caller
from bot.sandbox.x.model import Person, Post
from bot.sandbox.x.params import Params, is_id

if TYPE_CHECKING:
    from bot.sandbox.x.local import LocalX

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What goes back: a body, and the HTTP status."""

    body: Json
    status: int = 200


@dataclass(frozen=True)
class Call:
    """A request whose caller is known and within the limits."""

    x: LocalX
    caller: Caller
    request: web.Request

    @property
    def me(self) -> Person:
        """The person who asks; 403 for an app that speaks for nobody."""
        if self.caller.person is None:
            raise problems.wrong_kind_of_auth()
        return self.caller.person

    @property
    def mount(self) -> str:
        """The path under which this server hangs."""
        return self.request.path.partition("/2/")[0]

    def params(self, *allowed: Collection[str]) -> Params:
        """The query string, which may hold only these parameters."""
        names = frozenset().union(*allowed)
        query = {name: ",".join(self.request.query.getall(name)) for name in self.request.query}
        return Params(query, names)

    def path_id(self, name: str) -> str:
        """An id out of the path; 400 when it does not look like one."""
        value = self.request.match_info[name]
        if not is_id(value):
            message = f"The `{name}` query parameter value [{value}] is not valid"
            raise problems.invalid([(name, value, message)])
        return value

    def sees(self, post: Post) -> bool:
        """Whether the caller may see the post."""
        return self.x.world.sees(self.caller.person.id if self.caller.person else None, post)

    def charge_reads(self, kind: str, ids: Collection[str]) -> None:
        """Let the caller pay for what was read."""
        self.x.purse.charge_reads(self.caller, kind, ids, self.x.clock().date())

    async def body(self) -> Json:
        """The JSON object that was sent; 400 when it is none."""
        try:
            body = await self.request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise problems.invalid([("$", "", "$: must be a JSON object")])
        return body
