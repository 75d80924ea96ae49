"""Whether members are there: away, not to be disturbed, with what status, and whether they still belong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.sandbox.slack.events import Events
from bot.sandbox.slack.model import Json, User
from bot.sandbox.slack.workspace import Workspace


class Presence:
    """Changes it, and tells. Nobody is told when something ends by its time, as an app may miss any event."""

    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace = workspace
        self._events = events

    def set_away(self, user: User, *, away: bool) -> None:
        """A member says that they are away, or lets Slack see for itself. No app hears of it."""
        changed = replace(user, away=away)
        self._workspace.save_user(changed)
        self._events.show({"type": "presence_change", "user": user.id, "presence": changed.presence})

    def set_status(self, user: User, text: str, emoji: str, expires: int = 0) -> None:
        """A member says what they are doing; `expires` is in seconds since 1970, 0 for never."""
        self._workspace.save_user(
            replace(user, status_text=text, status_emoji=emoji, status_expiration=expires)
        )
        self._tell(user.id, "user_change", "user_profile_changed", "user_status_changed")

    def snooze(self, user: User, pause: timedelta) -> None:
        """A member is not to be disturbed for so long; nothing ends it."""
        begins = self._workspace.now()
        ends = begins + int(pause.total_seconds()) if pause else 0
        self._workspace.save_user(replace(user, quiet_since=begins, quiet_until=ends))
        self._events.announce(
            {
                "type": "dnd_updated_user",
                "user": user.id,
                "dnd_status": self.quiet(user.id),
                "event_ts": self._workspace.next_ts(),
            }
        )

    def quiet(self, user_id: str) -> Json:
        """What everybody may know of a member's do-not-disturb; Slack says 1 for no time at all."""
        user = self._workspace.users[user_id]
        if user.quiet_until <= self._workspace.now():
            return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
        return {
            "dnd_enabled": True,
            "next_dnd_start_ts": user.quiet_since,
            "next_dnd_end_ts": user.quiet_until,
        }

    def deactivate(self, user: User) -> None:
        """An owner of the workspace takes a member's account away: they are in no channel and no group."""
        workspace = self._workspace
        for channel in list(workspace.channels.values()):
            if user.id in channel.members and channel.kind != "im":
                others = [member for member in channel.members if member != user.id]
                workspace.save_channel(replace(channel, members=others))
        for group in list(workspace.usergroups.values()):
            others = [member for member in group["users"] if member != user.id]
            workspace.save_usergroup({**group, "users": others, "user_count": len(others)})
        workspace.save_user(replace(user, deleted=True))
        self._tell(user.id, "user_change")

    def _tell(self, user_id: str, *events: str) -> None:
        workspace = self._workspace
        shown = workspace.users[user_id].shown(workspace.clock())
        for event in events:
            told = {"type": event, "user": shown, "cache_ts": workspace.now()}
            self._events.announce({**told, "event_ts": workspace.next_ts()})
