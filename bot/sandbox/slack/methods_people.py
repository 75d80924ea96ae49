"""The methods about who is who: auth.*, users.*, bots.*, team.*, usergroups.*, and opening a connection."""

from __future__ import annotations

from bot.sandbox.slack.call import Call, Method
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.limits import UNTIERED
from bot.sandbox.slack.model import Json, User
from bot.sandbox.slack.paging import page


def auth_test(call: Call) -> Json:
    """auth.test"""
    workspace, caller = call.parts.workspace, call.caller
    return {
        "url": f"{call.base}/",
        "team": workspace.name,
        "user": caller.handle,
        "team_id": workspace.team_id,
        "user_id": caller.id,
        **({"bot_id": caller.bot_id} if caller.bot else {}),
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Json:
    """apps.connections.open"""
    ticket = call.parts.sockets.ticket()
    scheme, _, rest = call.base.partition("://")
    socket = {"http": "ws", "https": "wss"}[scheme]
    return {"url": f"{socket}://{rest}/link?ticket={ticket}&app_id={call.parts.workspace.app['app_id']}"}


def users_info(call: Call) -> Json:
    """users.info"""
    user = call.parts.workspace.users.get(call.args.required("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _shown(call, user)}


def users_list(call: Call) -> Json:
    """users.list"""
    users, more = page(list(call.parts.workspace.users.values()), call.args, 200, 1000)
    return {
        "members": [_shown(call, user) for user in users],
        "cache_ts": call.parts.workspace.now(),
        "response_metadata": {"next_cursor": ""},
        **more,
    }


def _shown(call: Call, user: User) -> Json:
    shown = user.shown(call.parts.workspace.clock())
    if user.team_id != call.parts.workspace.team_id:
        shown["is_stranger"] = True
    return shown


def bots_info(call: Call) -> Json:
    """bots.info"""
    for user in call.parts.workspace.users.values():
        if user.bot and user.bot_id == call.args.required("bot"):
            bot = {"id": user.bot_id, "deleted": False, "name": user.name, "updated": 0}
            return {"bot": {**bot, "app_id": user.app_id, "user_id": user.id, "icons": {}}}
    raise SlackError("bot_not_found")


def team_info(call: Call) -> Json:
    """team.info"""
    workspace = call.parts.workspace
    team = {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain}
    return {"team": {**team, "url": f"{call.base}/", "email_domain": "", "icon": {"image_default": True}}}


def usergroups_list(call: Call) -> Json:
    """usergroups.list"""
    asked = {"users": call.args.flag("include_users"), "user_count": call.args.flag("include_count")}
    disabled = call.args.flag("include_disabled")
    return {
        "usergroups": [
            {key: value for key, value in group.items() if asked.get(key, True)}
            for group in call.parts.workspace.usergroups.values()
            if disabled or not group["date_delete"]
        ]
    }


def api_test(call: Call) -> Json:
    """api.test: gives its arguments back, and fails with `error` when asked to."""
    given = {key: value for key, value in call.args.items() if key != "token" and isinstance(value, str)}
    if call.args.text("error"):
        raise SlackError(call.args.text("error"), fields={"args": given})
    return {"args": given} if given else {}


METHODS = {
    "api.test": Method(api_test, 4, open=True),
    "auth.test": Method(auth_test, UNTIERED),
    "apps.connections.open": Method(connections_open, 3, app_level=True),
    "users.info": Method(users_info, 4, ("users:read",)),
    "users.list": Method(users_list, 2, ("users:read",)),
    "bots.info": Method(bots_info, 3, ("users:read",)),
    "team.info": Method(team_info, 3, ("team:read",)),
    "usergroups.list": Method(usergroups_list, 2, ("usergroups:read",)),
}
