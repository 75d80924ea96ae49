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


#: Controls that hold no value between two uses.
_WITHOUT_STATE = frozenset({"button", "overflow", "image"})


def state_of(shown: Json, filled: dict[str, Any]) -> Json:
    """The `state` of a message or a view: `filled` maps action_ids to what the member put in.

    Text goes in as text, an option as its value, several options as a list of values. Raises LookupError for
    an option that is not offered.
    """
    values: Json = {}
    for block in shown.get("blocks", ()):
        held = [block.get("element"), block.get("accessory"), *block.get("elements", ())]
        for element in held:
            if isinstance(element, dict) and "action_id" in element and element["type"] not in _WITHOUT_STATE:
                answer = chosen(element, filled.get(element["action_id"]))
                values.setdefault(block["block_id"], {})[element["action_id"]] = answer
    return {"values": values}


def chosen(element: Json, given: Any) -> Json:
    """What stands in a control once `given` was put in; what stood there at first where nothing was."""
    kind = element["type"]
    options = {option["value"]: option for option in _options(element)}
    if kind in ("static_select", "radio_buttons", "external_select", "overflow"):
        return {
            "type": kind,
            "selected_option": options[given] if given else element.get("initial_option"),
        }
    if kind in ("checkboxes", "multi_static_select"):
        if given is None:
            return {"type": kind, "selected_options": element.get("initial_options", [])}
        return {"type": kind, "selected_options": [options[one] for one in given]}
    if (noun := _NOUNS.get(kind)) is not None:
        return {"type": kind, f"selected_{noun}": given or element.get(f"initial_{noun}")}
    return {"type": kind, "value": given if given is not None else element.get("initial_value")}


#: What is chosen in a control without options of its own.
_NOUNS = {
    "datepicker": "date",
    "timepicker": "time",
    "users_select": "user",
    "channels_select": "channel",
    "conversations_select": "conversation",
}


def _options(element: Json) -> list[Json]:
    groups = [group["options"] for group in element.get("option_groups", ())]
    return [*element.get("options", ()), *(option for group in groups for option in group)]


def check_filled(view: Json) -> None:
    """Refuse what Slack's client keeps back: an input that is empty, or a text that is too long or short."""
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element, label = block["element"], block["label"]["text"]
        if "action_id" not in element:
            continue
        answer = view["state"]["values"][block["block_id"]][element["action_id"]]
        given = next(value for key, value in answer.items() if key != "type")
        if not given:
            if not block.get("optional"):
                raise ValueError(f"Slack's client asks to fill in “{label}” first.")
        elif "value" in answer and not (
            element.get("min_length", 0) <= len(given) <= element.get("max_length", 3000)
        ):
            raise ValueError(f"Slack's client asks for another length of “{label}” first.")
