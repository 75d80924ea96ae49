"""The methods about who is who: auth.*, users.*, usergroups.*, and opening a connection."""

from __future__ import annotations

from bot.sandbox.slack.call import Call, Method
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.limits import UNTIERED
from bot.sandbox.slack.model import Json, User


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


def _shown(call: Call, user: User) -> Json:
    shown = user.shown(call.parts.workspace.clock())
    if user.team_id != call.parts.workspace.team_id:
        shown["is_stranger"] = True
    return shown


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


def usergroups_users_list(call: Call) -> Json:
    """usergroups.users.list"""
    group = call.parts.workspace.usergroups.get(call.args.required("usergroup"))
    if group is None or (group["date_delete"] and not call.args.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": list(group["users"])}


METHODS = {
    "auth.test": Method(auth_test, UNTIERED),
    "apps.connections.open": Method(connections_open, 3, app_level=True),
    "users.info": Method(users_info, 4, ("users:read",)),
    "usergroups.list": Method(usergroups_list, 2, ("usergroups:read",)),
    "usergroups.users.list": Method(usergroups_users_list, 2, ("usergroups:read",)),
}
