"""The line: the bot's one message about a reply, redrawn as the reply moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.cases.model import OVERRULABLE, UNNAMED, UNREAD, Reply, ReplyKind, ReplyState
from bot.cases.pictures import LinePicture
from bot.cases.posts import Surface
from bot.cases.said import Instant, Money, Sentence
from bot.slack import blocks, safe
from bot.slack.blocks import Block, Drawn, Element
from bot.slack.scribe import ProblemKind
from bot.slack.sentences import Sentences

#: Why a reply waits until its words are changed.
_EDITS = frozenset(
    {
        *(f"hold.{reason}" for reason in ("too_long", "not_valid", "empty")),
        *(f"refused.{reason}" for reason in ("too_long", "characters", "empty", "duplicate")),
        *(f"hold.{kind.value}" for kind in ProblemKind),
    }
)

#: A reply that waits longer than this shows the day too.
_SOON = timedelta(hours=12)


def line(picture: LinePicture, speech: Sentences) -> Drawn:
    """What happens with the reply now, and what an agent can do about it."""
    return blocks.drawn(_STATES[picture.reply.state](picture, speech))


def _queued(picture: LinePicture, speech: Sentences) -> list[Block]:
    reply = picture.reply
    if reply.blocked is not None:
        told = [*speech.sentence("line.held"), blocks.words(" "), *_because(reply.blocked, picture, speech)]
        if reply.blocked.key in OVERRULABLE:
            shown = _told(told, picture, speech)
        else:
            shown = [blocks.rich(blocks.section([*told, *_by_command(reply, speech)]))]
        return [*shown, *_outgoing(reply), *blocks.actions(speech.buttons(picture.buttons))]
    if picture.behind:
        key, at = f"line.behind_{reply.mode}", Instant(reply.send_after)
    elif reply.failure is not None and reply.failure.key in UNNAMED:
        key, at = f"line.unread_who_{reply.mode}", Instant(reply.send_after)
    elif reply.failure is not None and reply.failure.key in UNREAD:
        key, at = f"line.unread_{reply.mode}", Instant(reply.send_after)
    elif reply.send_after - reply.queued_at > _SOON:
        key, at = f"line.waiting_{reply.mode}_later", Instant(reply.send_after, "date")
    else:
        key, at = f"line.waiting_{reply.mode}", Instant(reply.send_after, "seconds")
    told = speech.sentence(
        key, brand=safe.name(picture.brand), customer=safe.name(picture.customer) or "?", at=at
    )
    if reply.failure is not None and not picture.behind:
        told += [blocks.words(" "), *_because(reply.failure, picture, speech)]
    return [
        *_told(told, picture, speech),
        *_outgoing(reply),
        *blocks.actions(speech.buttons(picture.buttons)),
    ]


def _sending(picture: LinePicture, speech: Sentences) -> list[Block]:
    reply = picture.reply
    told = speech.sentence(
        f"line.sending_{reply.mode}",
        brand=safe.name(picture.brand),
        customer=safe.name(picture.customer) or "?",
    )
    return [*_told(told, replace(picture, price=None), speech), *_outgoing(reply)]


def _sent(picture: LinePicture, speech: Sentences) -> list[Block]:
    reply = picture.reply
    key = "line.elsewhere" if reply.kind is ReplyKind.ELSEWHERE else f"line.sent_{reply.mode}"
    told = speech.sentence(
        key,
        brand=safe.name(picture.brand),
        customer=safe.name(picture.customer) or "?",
        at=Instant(reply.sent_at or reply.send_after),
    )
    if reply.mode is Surface.PUBLIC and (url := safe.https(reply.url)):
        label = speech.texts.text("line.link", network=speech.network(picture.network))
        told += [blocks.words(" "), blocks.link(url, label)]
    return [blocks.rich(blocks.section(told)), *_outgoing(reply)]


def _failed(picture: LinePicture, speech: Sentences) -> list[Block]:
    reply = picture.reply
    told = speech.sentence("line.failed")
    if reply.failure is not None:
        told += [blocks.words(" "), *_because(reply.failure, picture, speech), *_by_command(reply, speech)]
    buttons = speech.buttons(picture.buttons)
    url = safe.https(reply.manual_url)
    if not url:
        return [blocks.rich(blocks.section(told)), *_outgoing(reply), *blocks.actions(buttons)]
    told += [blocks.words(" "), *speech.sentence("line.manual")]
    compose = blocks.button(speech.texts.text("button.compose"), "open", str(reply.id), "primary", url)
    return [
        blocks.rich(blocks.section(told), *blocks.copyable(reply.text)),
        *blocks.actions([compose, *buttons]),
    ]


def _unconfirmed(picture: LinePicture, speech: Sentences) -> list[Block]:
    reply = picture.reply
    told = speech.sentence("line.unconfirmed", network=speech.network(picture.network))
    if reply.blocked is not None:
        asked = [*told, blocks.words(" "), *_because(reply.blocked, picture, speech)]
        shown = blocks.quotes(safe.body(reply.text))
        buttons = blocks.actions(speech.buttons(picture.buttons))
        return [blocks.rich(blocks.section(asked)), *shown, *buttons]
    if reply.looks:
        at = Instant(reply.send_after, "seconds")
        told += [blocks.words(" "), *speech.sentence("line.looks", count=reply.looks, at=at)]
    return [blocks.rich(blocks.section(told)), *_outgoing(reply)]


def _stopped(picture: LinePicture, speech: Sentences) -> list[Block]:
    told = speech.sentence("line.stopped")
    if picture.stopped_by:
        told = speech.sentence("line.stopped_by", agent=safe.name(picture.stopped_by))
    if picture.reply.failure is not None:
        told += [blocks.words(" "), *_because(picture.reply.failure, picture, speech)]
    return [blocks.rich(blocks.section(told))]


_STATES: dict[ReplyState, Callable[[LinePicture, Sentences], list[Block]]] = {
    ReplyState.QUEUED: _queued,
    ReplyState.SENDING: _sending,
    ReplyState.SENT: _sent,
    ReplyState.FAILED: _failed,
    ReplyState.UNCONFIRMED: _unconfirmed,
    ReplyState.STOPPED: _stopped,
}


def _because(why: Sentence, picture: LinePicture, speech: Sentences) -> list[Element]:
    """Why a reply waits or was not sent; such sentences may name its {network}."""
    return speech.sentence(why.key, **{"network": picture.network, **why.values})


def _told(told: list[Element], picture: LinePicture, speech: Sentences) -> list[Block]:
    """The sentence, with how it is signed and what it costs."""
    reply, price = picture.reply, picture.price
    initials = reply.text.removeprefix(reply.body).strip() if reply.kind is ReplyKind.ANSWER else ""
    if reply.body and initials and reply.text != initials:
        told = [*told, blocks.words(" "), *speech.sentence("line.signed", initials=safe.name(initials))]
    if price:
        told = [*told, blocks.words(" "), *_costs(price, picture.network, speech)]
    return [blocks.rich(blocks.section(told))]


def _costs(price: Decimal, network: str, speech: Sentences) -> list[Element]:
    return speech.sentence("line.costs", network=network, price=Money(price))


def _by_command(reply: Reply, speech: Sentences) -> list[Element]:
    """How to change words that stand in no message of an agent."""
    why = reply.failure or reply.blocked
    if reply.message is not None or why is None or why.key not in _EDITS:
        return []
    return [blocks.words(" "), *speech.sentence("line.by_command")]


def _outgoing(reply: Reply) -> list[Block]:
    """The text that goes out, where no message of an agent shows it."""
    return blocks.quotes(safe.body(reply.text)) if reply.message is None else []
