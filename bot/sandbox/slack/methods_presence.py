"""The methods about who is there: users.getPresence, users.setPresence, users.profile.set, dnd.*."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.slack.call import Call, Method
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Json, User

#: Members that dnd.teamInfo tells of at a time.
_MOST_USERS = 50
#: Characters of a status (docs.slack.dev/apis/web-api/user-presence-and-status).
_STATUS_MOST = 100


def _member(call: Call, number: str) -> User:
    user = call.parts.workspace.users.get(number)
    if user is None:
        raise SlackError("user_not_found")
    return user


def get_presence(call: Call) -> Json:
    """users.getPresence"""
    user = _member(call, call.args.text("user") or call.caller.id)
    if user.id != call.caller.id:
        return {"presence": user.presence}
    return {
        "presence": user.presence,
        "online": not user.away,
        "auto_away": False,
        "manual_away": user.away,
        "connection_count": 1,
        "last_activity": call.parts.workspace.now(),
    }


def set_presence(call: Call) -> Json:
    """users.setPresence"""
    presence = call.args.required("presence")
    if presence not in ("auto", "away"):
        raise SlackError("invalid_presence")
    call.parts.presence.set_away(call.caller, away=presence == "away")
    return {}


def set_profile(call: Call) -> Json:
    """users.profile.set, for one's own status only."""
    given: Json = call.args.nested("profile", dict, "invalid_profile") or {}
    if not given or not given.keys() <= {"status_text", "status_emoji", "status_expiration"}:
        raise SlackError("invalid_profile")
    now = call.parts.workspace.clock()
    status = {**call.caller.status(now), **given}
    text, emoji, expires = status["status_text"], status["status_emoji"], status["status_expiration"]
    if not isinstance(text, str) or len(text) > _STATUS_MOST:
        raise SlackError("too_long")
    if not isinstance(emoji, str) or not isinstance(expires, int):
        raise SlackError("profile_status_set_failed_not_valid_emoji")
    call.parts.presence.set_status(call.caller, text, emoji or (":speech_balloon:" if text else ""), expires)
    return {"profile": call.parts.workspace.users[call.caller.id].profile(now)}


def dnd_info(call: Call) -> Json:
    """dnd.info"""
    user = _member(call, call.args.text("user") or call.caller.id)
    quiet = call.parts.presence.quiet(user.id)
    return {**quiet, **(_snooze(call, user.id) if user.id == call.caller.id else {})}


def _snooze(call: Call, user_id: str) -> Json:
    """What only the member sees of their own pause."""
    quiet = call.parts.presence.quiet(user_id)
    if not quiet["dnd_enabled"]:
        return {"snooze_enabled": False}
    ends = quiet["next_dnd_end_ts"]
    return {
        "snooze_enabled": True,
        "snooze_endtime": ends,
        "snooze_remaining": ends - call.parts.workspace.now(),
        "snooze_is_indefinite": False,
    }


def team_info(call: Call) -> Json:
    """dnd.teamInfo"""
    asked = [number for number in call.args.required("users").split(",") if number]
    if len(asked) > _MOST_USERS:
        raise SlackError("too_many_users")
    known = [number for number in asked if number in call.parts.workspace.users]
    return {"users": {number: call.parts.presence.quiet(number) for number in known}}


def set_snooze(call: Call) -> Json:
    """dnd.setSnooze"""
    minutes = call.args.required("num_minutes")
    if not minutes.isdecimal():
        raise SlackError("missing_duration")
    call.parts.presence.snooze(call.caller, timedelta(minutes=int(minutes)))
    return _snooze(call, call.caller.id)


def end_snooze(call: Call) -> Json:
    """dnd.endSnooze"""
    quiet = call.parts.presence.quiet(call.caller.id)
    if not quiet["dnd_enabled"]:
        raise SlackError("snooze_not_active")
    call.parts.presence.snooze(call.caller, timedelta(0))
    return {**call.parts.presence.quiet(call.caller.id), "snooze_enabled": False}


METHODS = {
    "users.getPresence": Method(get_presence, 3, ("users:read",)),
    "users.setPresence": Method(set_presence, 2, ("users:write",)),
    "users.profile.set": Method(set_profile, 3, ("users.profile:write",)),
    "dnd.info": Method(dnd_info, 3, ("dnd:read",)),
    "dnd.teamInfo": Method(team_info, 2, ("dnd:read",)),
    "dnd.setSnooze": Method(set_snooze, 2, ("dnd:write",)),
    "dnd.endSnooze": Method(end_snooze, 2, ("dnd:write",)),
}
