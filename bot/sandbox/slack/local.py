"""The local Slack as a whole: a workspace with an app in it, served over HTTP and WebSocket."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from bot.sandbox.faults import Faults, middleware
from bot.sandbox.journal import Journal
from bot.sandbox.slack.activity import Activity
from bot.sandbox.slack.call import Parts
from bot.sandbox.slack.events import Callback, Events
from bot.sandbox.slack.files import MOST_BYTES, Files
from bot.sandbox.slack.interactions import Answer, Interactions
from bot.sandbox.slack.limits import Limits
from bot.sandbox.slack.model import Channel, Json, Message, User, utcnow
from bot.sandbox.slack.mrkdwn import pings
from bot.sandbox.slack.presence import Presence
from bot.sandbox.slack.rooms import Rooms
from bot.sandbox.slack.settings import DEFAULT_SETTINGS, AppSettings
from bot.sandbox.slack.socket_mode import Mischief, Pace, SocketMode
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.vouchers import Vouchers
from bot.sandbox.slack.web_api import Request, WebApi
from bot.sandbox.slack.workspace import Workspace


class LocalSlack:
    """A Slack workspace on this machine.

    Mount `app()` under "/slack": the Web API is then at "/slack/api/". What is in `journal` is there again
    after a restart: people, channels, messages, reactions, files, homes and all tokens. Tokens that are given
    here or to `add_agent` replace those in the journal.
    """

    def __init__(
        self,
        journal: Journal,
        faults: Faults,
        clock: Callable[[], datetime] = utcnow,
        *,
        speed: float = 1.0,
        settings: AppSettings = DEFAULT_SETTINGS,
        bot_token: str | None = None,
        app_token: str | None = None,
    ) -> None:
        """`speed` is that of the clock: limits and repetitions keep to it. How long an acknowledgement may
        take and a trigger_id is good for is a matter of the machine."""
        self._faults = faults
        self.workspace = Workspace(journal, clock)
        sockets = SocketMode(lambda: str(self.workspace.app["app_id"]))
        sockets.pace.repeats = tuple(pause / speed for pause in sockets.pace.repeats)
        events = Events(self.workspace, settings, sockets.deliver)
        activity = Activity(self.workspace, events)
        self._parts = Parts(
            settings=settings,
            workspace=self.workspace,
            events=events,
            activity=activity,
            rooms=Rooms(self.workspace, events, activity),
            presence=Presence(self.workspace, events),
            files=Files(self.workspace, activity),
            views=Views(self.workspace, events),
            vouchers=Vouchers(),
            sockets=sockets,
            limits=Limits(monotonic=lambda: time.monotonic() * speed),
        )
        #: Where the server was last reached; response_urls begin with it.
        self.base_url = "http://127.0.0.1/slack"
        self._api = WebApi(self._parts, self._heard_at)
        self._interactions = Interactions(self._parts, lambda: self.base_url)
        self._install(settings, bot_token, app_token)

    # --- serving

    def app(self) -> web.Application:
        """The servers, to be mounted under "/slack"."""
        app = web.Application(
            middlewares=[middleware(self._faults, "slack")], client_max_size=MOST_BYTES + 65_536
        )
        app.router.add_route("*", "/api/{method}", self._api.serve)
        app.router.add_get("/link", self._parts.sockets.link)
        app.router.add_post("/response/{key}", self._interactions.response)
        app.router.add_post("/upload/{key}", self._parts.files.upload)
        app.router.add_get("/files-pri/{file}/{name}", self._parts.files.download)
        app.router.add_get("/files-pri/{file}/download/{name}", self._parts.files.download)
        app.router.add_get("/archives/{channel}/{message}", _to_the_page)
        app.on_response_prepare.append(self._date)
        app.on_shutdown.append(self._shut_down)
        return app

    async def _date(self, _: web.Request, response: web.StreamResponse) -> None:
        """The answer's date by the clock that stamps the messages, as with any server."""
        response.headers["Date"] = format_datetime(self.workspace.clock(), usegmt=True)

    async def _shut_down(self, _app: web.Application) -> None:
        await self._parts.sockets.close()

    def _heard_at(self, base: str) -> None:
        self.base_url = base

    # --- the app and its members

    def _install(self, settings: AppSettings, bot_token: str | None, app_token: str | None) -> None:
        workspace = self.workspace
        app = dict(workspace.app) or {
            "app_id": workspace.new_id("A", 0),
            "user_id": workspace.new_id("U", 0),
            "bot_id": workspace.new_id("B", 0),
            "app_token": workspace.new_token("xapp-1"),
        }
        app["app_token"] = app_token or app["app_token"]
        workspace.save_app(app)
        known = workspace.users.get(app["user_id"]) or replace(
            workspace.new_person(settings.name, workspace.new_token("xoxb"), None, "Europe/Amsterdam"),
            id=app["user_id"],
            bot_id=app["bot_id"],
            app_id=app["app_id"],
        )
        bot = replace(known, name=settings.name, scopes=settings.scopes, token=bot_token or known.token)
        workspace.save_user(bot)

    @property
    def bot(self) -> User:
        """Our bot's user; its `token` is the xoxb- token."""
        return self.workspace.users[self.workspace.app["user_id"]]

    @property
    def app_token(self) -> str:
        """The xapp- token that opens Socket Mode connections."""
        return str(self.workspace.app["app_token"])

    @property
    def app_id(self) -> str:
        """The app's id."""
        return str(self.workspace.app["app_id"])

    def add_agent(
        self,
        name: str,
        *,
        token: str | None = None,
        restricted: bool = False,
        ultra_restricted: bool = False,
        bot: bool = False,
        team_id: str | None = None,
        tz: str = "Europe/Amsterdam",
    ) -> User:
        """The member called `name`, made when there is none; with a user token that acts as that member.

        `restricted` makes a guest, `ultra_restricted` a single-channel guest, `bot` another app's bot, and
        another `team_id` somebody of a connected workspace.
        """
        workspace = self.workspace
        known = next((user for user in workspace.users.values() if user.name == name), None)
        user = known or workspace.new_person(name, token, team_id, tz)
        user = replace(
            user, restricted=restricted, ultra_restricted=ultra_restricted, token=token or user.token
        )
        if bot and known is None:
            number = len(workspace.users)
            user = replace(user, bot_id=workspace.new_id("B", number), app_id=workspace.new_id("A", number))
        workspace.save_user(user)
        if known is None:
            self._parts.events.announce({"type": "team_join", "user": user.shown(workspace.clock())})
        return user

    def add_channel(self, name: str, members: list[str], *, private: bool = False) -> Channel:
        """The channel called `name` (without #) with at least these members, made when there is none."""
        return self._parts.rooms.add(name, members, private=private)

    def add_usergroup(self, handle: str, members: list[str]) -> Json:
        """A user group, such as @webcare-leads."""
        group = {
            "id": self.workspace.new_id("S", len(self.workspace.usergroups)),
            "team_id": self.workspace.team_id,
            "is_usergroup": True,
            "name": handle,
            "handle": handle,
            "date_delete": 0,
            "users": members,
            "user_count": len(members),
        }
        self.workspace.save_usergroup(group)
        return group

    # --- what members do outside the Web API

    def deactivate(self, user_id: str) -> None:
        """An owner of the workspace takes a member's account away."""
        self._parts.presence.deactivate(self.workspace.users[user_id])

    async def press(
        self, user_id: str, channel: str, ts: str, action_id: str, block_id: str = "", value: Any = None
    ) -> Answer:
        """A member uses a control of a message."""
        return await self._interactions.press(user_id, channel, ts, action_id, block_id=block_id, value=value)

    async def press_in_view(
        self,
        user_id: str,
        view_id: str,
        action_id: str,
        value: Any = None,
        filled: Mapping[str, Any] | None = None,
    ) -> Answer:
        """A member uses a control of a modal or of the Home tab, with what was put in so far."""
        return await self._interactions.press_in_view(user_id, view_id, action_id, value=value, filled=filled)

    async def slash(self, user_id: str, channel: str, command: str, text: str = "") -> Answer:
        """A member types a slash command; what they are shown at once is the answer's `text`."""
        return await self._interactions.slash(user_id, channel, command, text)

    async def shortcut(self, user_id: str, channel: str, ts: str, callback_id: str) -> Answer:
        """A member chooses a message shortcut."""
        return await self._interactions.shortcut(user_id, channel, ts, callback_id)

    async def submit_view(self, user_id: str, view_id: str, filled: Mapping[str, Any]) -> Answer:
        """A member submits a modal; `filled` maps action_ids to text or option values."""
        return await self._interactions.submit_view(user_id, view_id, filled)

    async def close_view(self, user_id: str, view_id: str) -> Answer:
        """A member closes a modal."""
        return await self._interactions.close_view(user_id, view_id)

    def open_home(self, user_id: str) -> None:
        """A member opens the app's Home tab."""
        self._parts.rooms.open_home(self.workspace.users[user_id])

    def join(self, user_id: str, channel: str) -> None:
        """A member joins a channel."""
        self._parts.rooms.join(self.workspace.users[user_id], self.workspace.channels[channel])

    def leave(self, user_id: str, channel: str) -> None:
        """A member leaves a channel, or the bot is removed from it."""
        self._parts.rooms.leave(self.workspace.users[user_id], self.workspace.channels[channel])

    def archive(self, channel: str, by: str, *, archived: bool = True) -> None:
        """A member archives a channel, or brings it back."""
        self._parts.rooms.archive(self.workspace.channels[channel], by, archived=archived)

    def rename(self, channel: str, name: str) -> None:
        """A channel gets another name."""
        self._parts.rooms.rename(self.workspace.channels[channel], name)

    def unfurl(self, channel: str, ts: str, attachments: list[Json]) -> None:
        """Slack adds a preview to a message: a change in which the text stays the same."""
        message = self.workspace.message(channel, ts)
        assert message is not None, f"no message {ts} in {channel}"
        self._parts.activity.unfurl(message, attachments)

    def delete_files(self, channel: str, ts: str) -> None:
        """A member deletes the files of a message: a change in which nobody edited it."""
        message = self.workspace.message(channel, ts)
        assert message is not None, f"no message {ts} in {channel}"
        self._parts.activity.bury_files(message)

    # --- looking on

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Call `callback` with a JSON object for each change; the returned function ends it.

        These are Slack's own events, and for what no app hears: "ephemeral", "ephemeral_gone", "views",
        "view_errors", "home" and "interaction_failed", each with the member concerned in `to`.
        """
        return self._parts.events.subscribe(callback)

    def ephemerals(self, user_id: str) -> list[Json]:
        """The ephemeral messages that a member was shown, oldest first."""
        return self._parts.activity.ephemerals(user_id)

    def views(self, user_id: str) -> list[Json]:
        """The modals that a member has open, the top one last."""
        return self._parts.views.stack(user_id)

    def home(self, user_id: str) -> Json | None:
        """What the app's Home tab shows a member."""
        return self.workspace.homes.get(user_id)

    def pings(self, message: Message | Json) -> set[str]:
        """Whom a message notifies: user ids, group ids, "here", "channel", "everyone"."""
        return pings(message, self.workspace.handles())

    @property
    def requests(self) -> deque[Request]:
        """The last Web API calls, oldest first."""
        return self._api.requests

    # --- trouble on order

    @property
    def limits(self) -> Limits:
        """The rate limits, to be changed at will."""
        return self._parts.limits

    @property
    def pace(self) -> Pace:
        """How long acknowledgements are waited for, and when events are repeated."""
        return self._parts.sockets.pace

    @property
    def mischief(self) -> Mischief:
        """What goes wrong with the next events."""
        return self._parts.sockets.mischief

    @property
    def connections(self) -> int:
        """How many Socket Mode connections are open."""
        return self._parts.sockets.connected

    @property
    def undelivered(self) -> int:
        """How many events the app has not acknowledged yet and may still be told."""
        return self._parts.sockets.undelivered

    def drop_sockets(self) -> None:
        """Break every connection as a network failure would."""
        self._parts.sockets.drop()

    async def disconnect_sockets(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to go, as Slack does every few hours; or "warning", "link_disabled"."""
        await self._parts.sockets.bid_farewell(reason)


async def _to_the_page(request: web.Request) -> web.Response:
    """A permalink opened in a browser: the page shows the message, given as `/#slack/CHANNEL/TS`."""
    packed = request.match_info["message"].removeprefix("p")
    where = f"/#slack/{request.match_info['channel']}/{packed[:-6]}.{packed[-6:]}"
    raise web.HTTPFound(where)
