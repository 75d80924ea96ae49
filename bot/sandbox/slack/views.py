"""Modals that members have open, and what their App Home shows."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import Events
from bot.sandbox.slack.model import Json
from bot.sandbox.slack.workspace import Workspace

#: Views a modal may pile up.
MOST_STACKED = 3


class Views:
    """Modals last as long as the program, as in Slack they last as long as the client; homes are kept."""

    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace = workspace
        self._events = events
        self._stacks: dict[str, list[Json]] = {}

    def open(self, user: str, definition: Json) -> Json:
        """Show a modal; one that was open goes away."""
        view = self._made(definition)
        self._stacks[user] = [view]
        self._show(user)
        return view

    def push(self, user: str, definition: Json) -> Json:
        """Put a modal on top of the open one."""
        stack = self._stacks.get(user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= MOST_STACKED:
            raise SlackError("push_limit_reached")
        view = self._made(definition, root=stack[0]["id"], previous=stack[-1]["id"])
        stack.append(view)
        self._show(user)
        return view

    def update(self, definition: Json, *, view_id: str = "", external_id: str = "", hash_: str = "") -> Json:
        """Change an open modal; with a `hash_`, only if it is still the one that the hash was made of."""
        for user, stack in self._stacks.items():
            for position, old in enumerate(stack):
                if (view_id and old["id"] == view_id) or (external_id and old["external_id"] == external_id):
                    if hash_ and hash_ != old["hash"]:
                        raise SlackError("hash_conflict")
                    fixed = {key: old[key] for key in ("id", "root_view_id", "previous_view_id")}
                    changed: Json = {**self._made(definition), **fixed}
                    stack[position] = changed
                    self._show(user)
                    return changed
        raise SlackError("not_found")

    def publish(self, user: str, definition: Json, hash_: str = "") -> Json:
        """Set what a member's App Home shows."""
        old = self._workspace.homes.get(user)
        if hash_ and old is not None and hash_ != old["hash"]:
            raise SlackError("hash_conflict")
        view = {**self._made(definition), **({"id": old["id"]} if old else {})}
        self._workspace.save_home(user, view)
        self._events.show({"type": "home", "to": user, "view": view})
        return view

    def stack(self, user: str) -> list[Json]:
        """The modals a member sees, the top one last."""
        return list(self._stacks.get(user, ()))

    def find(self, user: str, view_id: str) -> Json:
        """An open modal or the home of a member."""
        home = self._workspace.homes.get(user)
        views: list[Json] = [*self._stacks.get(user, ()), *([home] if home else [])]
        for view in views:
            if view["id"] == view_id:
                return view
        raise LookupError(f"{user} has no view {view_id} open")

    def close(self, user: str, *, everything: bool) -> None:
        """Take away a member's top modal, or all of them."""
        stack = self._stacks.get(user, [])
        if everything:
            stack.clear()
        elif stack:
            stack.pop()
        self._show(user)

    def _show(self, user: str) -> None:
        self._events.show({"type": "views", "to": user, "views": self.stack(user)})

    def _made(self, definition: Json, *, root: str = "", previous: str = "") -> Json:
        view_id = "V" + secrets.token_hex(5).upper()
        digest = hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()[:8]
        defaults: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None}
        if definition["type"] == "modal":
            defaults |= {"submit": None, "close": None, "clear_on_close": False, "notify_on_close": False}
        return {
            **defaults,
            **definition,
            "id": view_id,
            "team_id": self._workspace.team_id,
            "state": {"values": {}},
            "hash": f"{self._workspace.now()}.{digest}",
            "root_view_id": root or view_id,
            "previous_view_id": previous or None,
            "app_id": self._workspace.app["app_id"],
            "bot_id": self._workspace.app["bot_id"],
            "blocks": [{"block_id": secrets.token_urlsafe(4)[:5], **block} for block in definition["blocks"]],
        }


def state_of(view: Json, filled: dict[str, Any]) -> Json:
    """The `state.values` of a submitted view: `filled` maps action_ids to what the member put in.

    Text goes in as text, an option as its value, several options as a list of values.
    """
    values: Json = {}
    for block in view["blocks"]:
        held = [block.get("element"), block.get("accessory"), *block.get("elements", ())]
        for element in held:
            if isinstance(element, dict) and "action_id" in element and element["type"] != "button":
                answer = _answer(element, filled.get(element["action_id"]))
                values.setdefault(block["block_id"], {})[element["action_id"]] = answer
    return {"values": values}


def _answer(element: Json, given: Any) -> Json:
    kind = element["type"]
    options = [*element.get("options", ())]
    for group in element.get("option_groups", ()):
        options += group["options"]
    match kind:
        case "static_select" | "radio_buttons" | "external_select":
            chosen = [option for option in options if option["value"] == given]
            return {"type": kind, "selected_option": chosen[0] if chosen else element.get("initial_option")}
        case "checkboxes" | "multi_static_select":
            if given is None:
                return {"type": kind, "selected_options": element.get("initial_options", [])}
            return {"type": kind, "selected_options": [one for one in options if one["value"] in given]}
        case "datepicker" | "timepicker" | "users_select" | "channels_select" | "conversations_select":
            noun = {"datepicker": "date", "timepicker": "time"}.get(kind, kind.removesuffix("s_select"))
            return {"type": kind, f"selected_{noun}": given or element.get(f"initial_{noun}")}
        case _:
            return {"type": kind, "value": given if given is not None else element.get("initial_value")}
