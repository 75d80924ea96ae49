"""The Web API's door: finds method, caller and limits, answers as Slack does, and keeps a record."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.sandbox.slack import (
    methods_chat,
    methods_conversations,
    methods_files,
    methods_people,
    methods_presence,
    methods_reactions,
    methods_views,
)
from bot.sandbox.slack.arguments import Arguments, read
from bot.sandbox.slack.call import Call, Method, Parts
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Json, User

METHODS: dict[str, Method] = {
    **methods_chat.METHODS,
    **methods_conversations.METHODS,
    **methods_files.METHODS,
    **methods_people.METHODS,
    **methods_presence.METHODS,
    **methods_reactions.METHODS,
    **methods_views.METHODS,
}

#: Calls remembered, for tests and for the page.
RECORDED = 2_000


@dataclass(frozen=True)
class Request:
    """One call as it was answered."""

    method: str
    #: User id; "" when the token was not known.
    who: str
    at: datetime
    ok: bool
    #: Slack's error code; "" when it was answered.
    error: str
    arguments: Json = field(default_factory=dict)


class WebApi:
    """Serves `/api/{method}`."""

    def __init__(self, parts: Parts, heard_at: Callable[[str], None]) -> None:
        self._parts = parts
        self._heard_at = heard_at
        self.requests: deque[Request] = deque(maxlen=RECORDED)

    async def serve(self, request: web.Request) -> web.Response:
        """Answer one call."""
        name = request.match_info["method"]
        caller: User | None = None
        args = Arguments({}, as_form=False)
        headers: dict[str, str] = {"x-slack-req-id": secrets.token_hex(16)}
        status, error = 200, ""
        try:
            method = METHODS.get(name)
            if method is None:
                raise SlackError("unknown_method", fields={"req_method": name})
            args = await read(request)
            caller = self._caller(request, args, method)
            headers |= self._scope_headers(caller, method)
            base = f"{request.scheme}://{request.host}{request.path.rpartition('/api/')[0]}"
            self._heard_at(base)
            call = Call(self._parts, caller, args, base)
            if method.scopes:
                call.need(*method.scopes)
            if caller.bot or self._parts.limits.people:
                self._parts.limits.spend(method.tier, name, caller.id)
            body: dict[str, Any] = {"ok": True, **method.handle(call)}
        except SlackError as refusal:
            body, status, error = refusal.body(), refusal.status, refusal.code
            headers |= refusal.headers
        self._note(name, caller, args, error)
        return web.json_response(body, status=status, headers=headers)

    def _caller(self, request: web.Request, args: Arguments, method: Method) -> User:
        workspace = self._parts.workspace
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = args.text("token") if args.as_form else ""
        if not token:
            raise SlackError("not_authed")
        if token == workspace.app["app_token"]:
            if not method.app_level:
                raise SlackError("not_allowed_token_type")
            return workspace.users[workspace.app["user_id"]]
        caller = workspace.by_token(token)
        if caller is None:
            raise SlackError("invalid_auth")
        if caller.deleted:
            raise SlackError("account_inactive")
        if method.app_level:
            raise SlackError("not_allowed_token_type")
        return caller

    def _scope_headers(self, caller: User, method: Method) -> dict[str, str]:
        scopes = {"connections:write"} if method.app_level else caller.scopes
        return {
            "x-oauth-scopes": ",".join(sorted(scopes)),
            "x-accepted-oauth-scopes": ",".join(method.scopes),
        }

    def _note(self, name: str, caller: User | None, args: Arguments, error: str) -> None:
        who = caller.id if caller is not None else ""
        given = {key: value for key, value in args.items() if key != "token"}
        self.requests.append(Request(name, who, self._parts.workspace.clock(), not error, error, given))
