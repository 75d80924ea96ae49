"""Alarms: a warning about one case, or a list of cases; what somebody acted on is struck out."""

from __future__ import annotations

from typing import Any

from bot.cases.pictures import AlarmLine, AlarmPicture
from bot.cases.said import Instant, ThreadLink, say
from bot.cases.timers import FlagKind
from bot.slack import blocks, safe
from bot.slack.blocks import Drawn, Element
from bot.slack.render_post import handle
from bot.slack.sentences import Sentences
from bot.work.lists import QUEUE

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
        f"watch.{line.kind.value}{held}",
        call=picture.call,
        n=line.case_id,
        customer=f"@{handle(line.author)}",
        due=Instant(line.due_at),
        who=safe.name(line.holder),
    )
    words = safe.cut(safe.body(line.words).strip(), _WORDS)
    return blocks.drawn([blocks.rich(blocks.section(told), *([blocks.quote(words)] if words else []))])


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
    values = _who_and_what(line)
    if line.outcome is not None:
        return [*blocks.struck(speech.sentence("watch.line_over", **values)), *_outcome(line, speech)]
    holder = safe.name(line.holder) or speech.texts.text("watch.nobody")
    kind = say(f"watch.kind.{line.kind.value}", due=Instant(line.due_at))
    return speech.sentence("watch.list_line", **values, kind=kind, who=holder)


def _who_and_what(line: AlarmLine) -> dict[str, Any]:
    words = " ".join(safe.body(line.words).split())
    return {
        "case": ThreadLink(line.case_id),
        "customer": f"@{handle(line.author)}",
        "words": safe.cut(words, _WORDS_OF_LINE) or "…",
    }


def _outcome(line: AlarmLine, speech: Sentences) -> list[Element]:
    assert line.outcome is not None
    return [blocks.words(" → "), *speech.said(line.outcome)]
