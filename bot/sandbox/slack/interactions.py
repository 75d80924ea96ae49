"""What members do with the app (buttons, slash commands, shortcuts, modals) and what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.slack import blocks as block_kit
from bot.sandbox.slack.activity import Draft
from bot.sandbox.slack.call import Parts
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.model import Channel, Json, Message, User
from bot.sandbox.slack.mrkdwn import escaped
from bot.sandbox.slack.settings import BUILT_IN
from bot.sandbox.slack.views import check_filled, chosen, state_of
from bot.sandbox.slack.vouchers import Place


@dataclass(frozen=True)
class Answer:
    """How the app answered an interaction."""

    #: What it acknowledged with; empty for a bare acknowledgement.
    payload: Json = field(default_factory=dict)
    #: What the member is told instead: "operation_timeout" or "dispatch_failed"; "" when nothing is.
    error: str = ""

    @property
    def text(self) -> str:
        """The text that the member is shown at once."""
        return str(self.payload.get("text", ""))


class Interactions:
    """Sends members' interactions to the app, and carries out what it answers."""

    def __init__(self, parts: Parts, base: Callable[[], str]) -> None:
        self._parts = parts
        self._base = base

    async def press(
        self, user_id: str, channel_id: str, ts: str, action_id: str, *, block_id: str = "", value: Any = None
    ) -> Answer:
        """Use the control `action_id` of a message that the member sees, an ephemeral one included.

        `value` is the option chosen, for selects and the like. Raises LookupError when the message has no
        such control.
        """
        user, channel = self._who_and_where(user_id, channel_id)
        seen = self._seen(user, channel, ts)
        ephemeral = bool(seen.get("is_ephemeral"))
        block, element = _control(seen, action_id, block_id)
        container = {"type": "message", "message_ts": ts, "channel_id": channel.id, "is_ephemeral": ephemeral}
        if "thread_ts" in seen:
            container["thread_ts"] = seen["thread_ts"]
        place = Place(user.id, channel.id, ts, ephemeral)
        payload = {
            **self._common("block_actions", user),
            "container": container,
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "message": seen,
            "state": state_of(seen, {action_id: value}),
            "response_url": self._response_url(place),
            "actions": [self._action(block, element, value)],
        }
        return await self._ask("interactive", payload, user, accepts_response=False)

    async def press_in_view(
        self,
        user_id: str,
        view_id: str,
        action_id: str,
        *,
        value: Any = None,
        filled: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Use a control of an open modal or of the Home tab; `filled` is what was put in so far, as for
        `submit_view`."""
        user = self._who(user_id)
        view = {**self._parts.views.find(user_id, view_id)}
        view["state"] = state_of(view, {**(filled or {}), action_id: value})
        block, element = _control(view, action_id, "")
        payload = {
            **self._common("block_actions", user),
            "container": {"type": "view", "view_id": view_id},
            "view": view,
            "actions": [self._action(block, element, value)],
        }
        return await self._ask("interactive", payload, user, accepts_response=False)

    async def slash(self, user_id: str, channel_id: str, command: str, text: str = "") -> Answer:
        """Type a slash command in a channel (Slack has none in threads); LookupError for an unknown one."""
        user, channel = self._who_and_where(user_id, channel_id)
        if command in BUILT_IN:
            raise LookupError(f"{command} is a command of Slack's own; no app hears of it")
        if command not in self._parts.settings.commands:
            raise LookupError(f"{command} is not a command of the app")
        workspace = self._parts.workspace
        place = Place(user.id, channel.id)
        payload = {
            "token": "sandbox",
            "team_id": workspace.team_id,
            "team_domain": workspace.domain,
            "channel_id": channel.id,
            "channel_name": {"channel": channel.name, "group": "privategroup"}.get(
                channel.kind, "directmessage"
            ),
            "user_id": user.id,
            "user_name": user.handle,
            "command": command,
            "text": self._sent(command, text),
            "api_app_id": workspace.app["app_id"],
            "is_enterprise_install": "false",
            "response_url": self._response_url(place),
            "trigger_id": self._parts.vouchers.trigger(user.id),
        }
        answer = await self._ask("slash_commands", payload, user, accepts_response=True)
        if not answer.payload:
            return answer
        return self._carried_out(answer, lambda: self._respond(place, answer.payload))

    async def shortcut(self, user_id: str, channel_id: str, ts: str, callback_id: str) -> Answer:
        """Choose a message shortcut. Raises LookupError for an unknown one."""
        user, channel = self._who_and_where(user_id, channel_id)
        if callback_id not in self._parts.settings.shortcuts:
            raise LookupError(f"{callback_id} is not a shortcut of the app")
        seen = self._seen(user, channel, ts)
        payload = {
            **self._common("message_action", user),
            "callback_id": callback_id,
            "action_ts": self._parts.workspace.next_ts(),
            "message_ts": ts,
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "message": seen,
            "response_url": self._response_url(Place(user.id, channel.id, ts)),
        }
        return await self._ask("interactive", payload, user, accepts_response=False)

    async def submit_view(self, user_id: str, view_id: str, filled: Mapping[str, Any]) -> Answer:
        """Submit a modal; `filled` maps action_ids to what was put in. Errors keep the modal open. Raises
        ValueError for what Slack's client does not send off."""
        user = self._who(user_id)
        view = {**self._parts.views.find(user_id, view_id)}
        view["state"] = state_of(view, dict(filled))
        check_filled(view)
        payload = {**self._common("view_submission", user), "view": view, "response_urls": []}
        answer = await self._ask("interactive", payload, user, accepts_response=True)
        return self._carried_out(answer, lambda: self._after_submission(user_id, view, answer.payload))

    async def close_view(self, user_id: str, view_id: str) -> Answer:
        """Close a modal by its cross; the app hears of it if it asked to."""
        user = self._who(user_id)
        view = self._parts.views.find(user_id, view_id)
        self._parts.views.close(user_id, everything=bool(view.get("clear_on_close")))
        if not view.get("notify_on_close"):
            return Answer()
        payload = {**self._common("view_closed", user), "view": view, "is_cleared": False}
        del payload["trigger_id"]
        return await self._ask("interactive", payload, user, accepts_response=False)

    async def response(self, request: web.Request) -> web.Response:
        """Serve a response_url: the app's later answer to an interaction."""
        try:
            place = self._parts.vouchers.answer(request.match_info["key"])
            body = json.loads(await request.text())
            if not isinstance(body, dict):
                raise SlackError("invalid_payload", status=400)
            self._respond(place, body)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        except SlackError as refusal:
            status = 400 if refusal.status == 200 else refusal.status
            return web.json_response(refusal.body(), status=status)
        return web.Response(text="ok")

    # --- parts

    def _sent(self, command: str, text: str) -> str:
        """What the app gets of the text behind a command."""
        workspace = self._parts.workspace
        if command not in self._parts.settings.escaped_commands:
            return text
        return escaped(text, workspace.handles(), workspace.channel_ids())

    def _carried_out(self, answer: Answer, carry_out: Callable[[], None]) -> Answer:
        """The answer once it was carried out; one that Slack cannot carry out is an error for the member."""
        if answer.error:
            return answer
        try:
            carry_out()
        except SlackError as refusal:
            return Answer(answer.payload, refusal.code)
        return answer

    def _respond(self, place: Place, body: Json) -> None:
        """Carry out an answer: a new message, a replacement or a deletion, for one member or for all."""
        parts = self._parts
        user, channel = self._who_and_where(place.user, place.channel)
        bot = parts.workspace.users[parts.workspace.app["user_id"]]
        original = parts.workspace.message(channel.id, place.message_ts) if place.message_ts else None
        if body.get("delete_original"):
            if place.ephemeral:
                parts.activity.replace_ephemeral(user.id, place.message_ts, None)
            elif original is not None:
                parts.activity.delete(bot, original)
            return
        blocks = body.get("blocks")
        if blocks:
            block_kit.check_message(blocks)
        draft = Draft(
            str(body.get("text", "")), blocks, body.get("attachments"), str(body.get("thread_ts", ""))
        )
        if not draft.text and not blocks and not draft.attachments:
            raise SlackError("no_text")
        if body.get("replace_original"):
            if place.ephemeral:
                parts.activity.replace_ephemeral(user.id, place.message_ts, draft)
            elif original is not None:
                parts.activity.edit(bot, original, draft)
        elif body.get("response_type") == "in_channel":
            parts.activity.post(bot, channel, draft)
        else:
            parts.activity.whisper(bot, channel, user.id, draft)

    def _after_submission(self, user_id: str, view: Json, payload: Json) -> None:
        views = self._parts.views
        match payload.get("response_action"):
            case "errors":
                inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
                errors = payload.get("errors")
                if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
                    raise SlackError("invalid_response_errors")
                self._parts.events.show({"type": "view_errors", "to": user_id, "errors": errors})
            case "update":
                block_kit.check_view(payload["view"], "modal")
                views.update(payload["view"], view_id=view["id"])
            case "push":
                block_kit.check_view(payload["view"], "modal")
                views.push(user_id, payload["view"])
            case action:
                views.close(user_id, everything=action == "clear")

    async def _ask(self, kind: str, payload: Json, user: User, *, accepts_response: bool) -> Answer:
        try:
            return Answer(await self._parts.sockets.ask(kind, payload, accepts_response=accepts_response))
        except TimeoutError:
            answer = Answer(error="operation_timeout")
        except ConnectionError:
            answer = Answer(error="dispatch_failed")
        self._parts.events.show({"type": "interaction_failed", "to": user.id, "error": answer.error})
        return answer

    def _who(self, user_id: str) -> User:
        user = self._parts.workspace.users[user_id]
        if user.deleted:
            raise LookupError(f"{user.name} is no longer a member")
        return user

    def _who_and_where(self, user_id: str, channel_id: str) -> tuple[User, Channel]:
        return self._who(user_id), self._parts.workspace.channels[channel_id]

    def _seen(self, user: User, channel: Channel, ts: str) -> Json:
        message: Message | None = self._parts.workspace.message(channel.id, ts)
        if message is not None:
            return self._parts.workspace.shown(message)
        for whispered in self._parts.activity.ephemerals(user.id):
            if whispered["ts"] == ts and whispered["channel"] == channel.id:
                return whispered
        raise LookupError(f"{user.name} sees no message {ts} in {channel.name}")

    def _common(self, kind: str, user: User) -> Json:
        workspace = self._parts.workspace
        return {
            "type": kind,
            "user": {
                "id": user.id,
                "username": user.handle,
                "name": user.handle,
                "team_id": user.team_id,
            },
            "api_app_id": workspace.app["app_id"],
            "token": "sandbox",
            "trigger_id": self._parts.vouchers.trigger(user.id),
            "team": {"id": workspace.team_id, "domain": workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _response_url(self, place: Place) -> str:
        return f"{self._base()}/response/{self._parts.vouchers.address(place)}"

    def _action(self, block: Json, element: Json, value: Any) -> Json:
        kind = element["type"]
        action = {
            "type": kind,
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": self._parts.workspace.next_ts(),
        }
        if kind == "button":
            return {**action, **{key: element[key] for key in ("text", "value", "style") if key in element}}
        told = {key: element[key] for key in element if key == "placeholder" or key.startswith("initial_")}
        return {**action, **told, **chosen(element, value)}


def _control(shown: Json, action_id: str, block_id: str) -> tuple[Json, Json]:
    """The block and the element of a message or view that has this action_id."""
    for block in shown.get("blocks", ()):
        if block_id and block["block_id"] != block_id:
            continue
        for element in (*block.get("elements", ()), block.get("accessory"), block.get("element")):
            if isinstance(element, dict) and element.get("action_id") == action_id:
                return block, element
    raise LookupError(f"there is no control {action_id} there")
