"""The bot's own messages: the line about a reply, redrawn as the reply moves, and alarms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.cases.model import Reply, ReplyKind, ReplyState
from bot.cases.pictures import AlarmLine, AlarmPicture, LinePicture
from bot.cases.posts import Surface
from bot.cases.reasons import OVERRULABLE, UNNAMED, UNREAD
from bot.cases.said import Instant, Money, Sentence, ThreadLink, say
from bot.cases.timers import FlagKind, TimerKind
from bot.slack import blocks, safe
from bot.slack.blocks import Block, Drawn, Element
from bot.slack.scribe import ProblemKind
from bot.slack.sentences import Sentences, handle
from bot.work.lists import QUEUE

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
        costs = speech.sentence("line.costs", network=picture.network, price=Money(price))
        told = [*told, blocks.words(" "), *costs]
    return [blocks.rich(blocks.section(told))]


def _by_command(reply: Reply, speech: Sentences) -> list[Element]:
    """How to change words that stand in no message of an agent."""
    why = reply.failure or reply.blocked
    if reply.message is not None or why is None or why.key not in _EDITS:
        return []
    return [blocks.words(" "), *speech.sentence("line.by_command")]


def _outgoing(reply: Reply) -> list[Block]:
    """The text that goes out, where no message of an agent shows it."""
    return blocks.quotes(safe.body(reply.text)) if reply.message is None else []


#: How much of a customer's words a warning shows, and how much a line of a list.
_WORDS = 300
_WORDS_OF_LINE = 80


def alarm(picture: AlarmPicture, speech: Sentences) -> Drawn:
    """An alarm as it stands."""
    if picture.single:
        return _single(picture, speech)
    return _list(picture, speech.knowing(picture.threads))


def _single(picture: AlarmPicture, speech: Sentences) -> Drawn:
    """One case: what is the matter, and the customer's words as they are."""
    line = picture.lines[0]
    if line.outcome is not None:
        return blocks.drawn([blocks.rich(blocks.section(_line(line, speech.knowing(picture.threads))))])
    held = "" if line.holder else "_unclaimed"
    told = speech.sentence(
        f"watch.{_said_of(line)}{held}",
        call=picture.call,
        n=line.case_id,
        customer=f"@{handle(line.author)}",
        due=Instant(line.due_at),
        who=safe.name(line.holder),
    )
    words = safe.cut(safe.body(line.words).strip(), _WORDS)
    return blocks.drawn([blocks.rich(blocks.section(told), *([blocks.quote(words)] if words else []))])


def _said_of(line: AlarmLine) -> str:
    """How the sentences about it are called: those about an answer by what is said alone."""
    return line.kind.value if line.timer is TimerKind.ANSWER else f"{line.timer}_{line.kind}"


def _list(picture: AlarmPicture, speech: Sentences) -> Drawn:
    lines = [_line(line, speech) for line in picture.lines]
    more = picture.open - sum(line.outcome is None for line in picture.lines)
    if more > 0:
        lines.append(speech.said(say("watch.more", count=more, most=QUEUE)))
    is_late = any(line.outcome is None and line.kind is not FlagKind.AT_RISK for line in picture.lines)
    if picture.open == 0:
        is_in_hand = picture.total == len(lines) and all(
            line.outcome != say("watch.over.released") for line in picture.lines
        )
        head = speech.sentence("watch.list_over" if is_in_hand else "watch.list_gone", cases=None)
    else:
        key = "watch.list_late" if is_late else "watch.list"
        head = speech.sentence(key, call=picture.call, count=picture.open, cases=None)
    leaves = [*head]
    for number, line in enumerate(lines):
        leaves += [*([blocks.words("\n")] if number else []), *line]
    return blocks.drawn([blocks.rich(blocks.section(leaves))])


def _line(line: AlarmLine, speech: Sentences) -> list[Element]:
    words = safe.cut(" ".join(safe.body(line.words).split()), _WORDS_OF_LINE) or "…"
    values = {"case": ThreadLink(line.case_id), "customer": f"@{handle(line.author)}", "words": words}
    if line.outcome is not None:
        over = blocks.struck(speech.sentence("watch.line_over", **values))
        return [*over, blocks.words(" → "), *speech.said(line.outcome)]
    holder = safe.name(line.holder) or speech.texts.text("watch.nobody")
    kind = say(f"watch.kind.{_said_of(line)}", due=Instant(line.due_at))
    return speech.sentence("watch.list_line", **values, kind=kind, who=holder)
