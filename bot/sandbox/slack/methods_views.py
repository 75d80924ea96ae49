"""The views.* methods."""

from __future__ import annotations

from bot.sandbox.slack.blocks import check_view
from bot.sandbox.slack.call import Call, Method
from bot.sandbox.slack.errors import SlackError, faulty
from bot.sandbox.slack.model import Json


def _view(call: Call, kind: str) -> Json:
    view: Json | None = call.args.nested("view", dict, "invalid_arguments")
    if view is None:
        raise faulty("invalid_arguments", ["missing required field: view"])
    check_view(view, kind)
    return view


def open_(call: Call) -> Json:
    """views.open"""
    view = _view(call, "modal")
    user = call.parts.vouchers.redeem(call.args.required("trigger_id"))
    return {"view": call.parts.views.open(user, view)}


def push(call: Call) -> Json:
    """views.push"""
    view = _view(call, "modal")
    user = call.parts.vouchers.redeem(call.args.required("trigger_id"))
    return {"view": call.parts.views.push(user, view)}


def update(call: Call) -> Json:
    """views.update"""
    view = _view(call, "modal")
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    if bool(view_id) == bool(external_id):
        raise faulty("invalid_arguments", ["must define exactly one of view_id, external_id"])
    hash_ = call.args.text("hash")
    return {"view": call.parts.views.update(view, view_id=view_id, external_id=external_id, hash_=hash_)}


def publish(call: Call) -> Json:
    """views.publish"""
    view = _view(call, "home")
    user = call.args.required("user_id")
    if user not in call.parts.workspace.users:
        raise SlackError("user_not_found")
    return {"view": call.parts.views.publish(user, view, call.args.text("hash"))}


METHODS = {
    "views.open": Method(open_, 4),
    "views.push": Method(push, 4),
    "views.update": Method(update, 4),
    "views.publish": Method(publish, 4),
}
