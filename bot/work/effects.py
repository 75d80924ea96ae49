"""The kinds of effects: what each draws and where, what is kept of it, and what becomes of a lost one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.cases.errors import DeskRefused, MessageFrozen
from bot.cases.history import STEPS
from bot.cases.model import SETTLED, Case, MessageRef, Reply
from bot.cases.outbox import Card, Delivery, Effect, Entry, FollowUp, Line, Mark, Say, Warn, Whisper
from bot.cases.pictures import SaidPicture
from bot.cases.said import Sentence, say
from bot.cases.tx import Tx
from bot.outbox import put
from bot.outbox.queue import Handler, Queue
from bot.work import alarms, new_thread, pictures

#: More flags than one alarm is likely to have.
MANY = 1000


class _Passing:
    """What nobody asks for again: it has no place of its own, and nothing comes in its stead."""

    def posted(self, tx: Tx, effect: Any, ref: MessageRef) -> None:
        """Nothing is kept."""

    def lost(self, tx: Tx, effect: Any, delivery: Delivery, error: DeskRefused) -> None:
        """It was for that moment."""

    def post_anew(self, tx: Tx, effect: Any) -> None:
        """It needs its message."""


class _Cards(_Passing):
    def prepare(self, tx: Tx, entry: Entry, effect: Card) -> Delivery | None:
        case = tx.cases.get(effect.case_id)
        if case is None:
            return None
        if case.version > 0:  # nothing was ever said of one that is still as it came in
            alarms.follow(tx, case)
        return Delivery(entry, pictures.card(tx, case), tx.channel(case), case.thread, None)

    def posted(self, tx: Tx, effect: Card, ref: MessageRef) -> None:
        case = tx.cases.get(effect.case_id)
        if case is not None and case.thread is None:
            tx.cases.save(replace(case, thread=ref))

    def lost(self, tx: Tx, effect: Card, delivery: Delivery, error: DeskRefused) -> None:
        """A card that is gone is posted again, in a new thread; one that is frozen tells below it how things
        stand."""
        case = tx.cases.get(effect.case_id)
        if case is None or delivery.ref is None:
            return
        if isinstance(error, MessageFrozen):
            steps = sum(event.kind in STEPS for event in tx.history.of_case(case.id))
            put.tell(tx, case, _stand(tx, case), key=f"stand-{case.id}-{steps}")
            _tell_frozen(tx, case, error)
        else:
            new_thread.begin(tx, case, delivery.ref)

    def post_anew(self, tx: Tx, effect: Card) -> None:
        if (case := tx.cases.get(effect.case_id)) is not None:
            put.card(tx, case)


class _Lines(_Passing):
    def prepare(self, tx: Tx, entry: Entry, effect: Line) -> Delivery | None:
        case, reply = _of_line(tx, effect)
        if case is None or reply is None:
            return None
        return Delivery(entry, pictures.line(tx, case, reply), tx.channel(case), reply.line, case.thread)

    def posted(self, tx: Tx, effect: Line, ref: MessageRef) -> None:
        _, reply = _of_line(tx, effect)
        if reply is not None and reply.line is None:
            tx.replies.save(replace(reply, line=ref))

    def lost(self, tx: Tx, effect: Line, delivery: Delivery, error: DeskRefused) -> None:
        """Another line is posted, below."""
        case, reply = _of_line(tx, effect)
        if case is None or reply is None:
            return
        if reply.line == delivery.ref:
            put.line(tx, case, tx.replies.save(replace(reply, line=None)))
        if isinstance(error, MessageFrozen):
            _tell_frozen(tx, case, error)

    def post_anew(self, tx: Tx, effect: Line) -> None:
        case, reply = _of_line(tx, effect)
        if case is not None and reply is not None:
            put.line(tx, case, reply)


class _FollowUps(_Passing):
    def prepare(self, tx: Tx, entry: Entry, effect: FollowUp) -> Delivery | None:
        case = tx.cases.get(effect.case_id)
        picture = pictures.post(tx, case, effect.post_number) if case else None
        if case is None or picture is None:
            return None
        shown = tx.outbox.shown(put.key_of_post(effect.post_number))
        return Delivery(entry, picture, tx.channel(case), shown.ref if shown else None, case.thread)

    def lost(self, tx: Tx, effect: FollowUp, _: Delivery, error: DeskRefused) -> None:
        """Who deletes the message has seen it."""
        case = tx.cases.get(effect.case_id)
        if case is not None and isinstance(error, MessageFrozen):
            _tell_frozen(tx, case, error)


class _Alarms(_Passing):
    def prepare(self, tx: Tx, entry: Entry, effect: Warn) -> Delivery | None:
        alarm = tx.alarms.get(effect.alarm_id)
        picture = alarms.picture(tx, alarm) if alarm else None
        if alarm is None or picture is None:
            return None
        is_over = alarm.ref is None and picture.open == 0
        if is_over and not entry.may_stand:
            return None
        case = tx.cases.get(effect.case_id) if effect.case_id is not None else None
        thread = case.thread if case is not None and alarm.in_thread else None
        return Delivery(entry, picture, alarm.audience.channel, alarm.ref, thread, is_over=is_over)

    def posted(self, tx: Tx, effect: Warn, ref: MessageRef) -> None:
        alarm = tx.alarms.get(effect.alarm_id)
        if alarm is not None and alarm.ref is None:
            tx.alarms.save(replace(alarm, ref=ref))

    def lost(self, tx: Tx, effect: Warn, _: Delivery, __: DeskRefused) -> None:
        """It is posted again if it has something to add that still stands: who deleted it has seen what it
        said before."""
        alarm = tx.alarms.get(effect.alarm_id)
        if alarm is None:
            return
        added = (flag for flag in tx.alarms.flags_in(alarm.id, MANY) if flag.over_at is None)
        if any(flag.at > alarm.opened_at for flag in added):
            tx.alarms.save(replace(alarm, ref=None))
            put.alarm(tx, replace(alarm, ref=None), again=True)

    def post_anew(self, tx: Tx, effect: Warn) -> None:
        if (alarm := tx.alarms.get(effect.alarm_id)) is not None:
            put.alarm(tx, alarm)


class _Sentences(_Passing):
    def prepare(self, tx: Tx, entry: Entry, effect: Say) -> Delivery | None:
        case = tx.cases.get(effect.case_id) if effect.case_id is not None else None
        picture = SaidPicture(effect.said, pictures.threads_of(tx, effect.said))
        channel, thread = (tx.channel(case), case.thread) if case else (entry.lane, None)
        return Delivery(entry, picture, channel, effect.ref, thread)

    def lost(self, tx: Tx, effect: Say, delivery: Delivery, error: DeskRefused) -> None:
        """Who deletes an answer of the bot, or a question that was decided, wants no other; below one that is
        frozen it is said."""
        case = tx.cases.get(effect.case_id) if effect.case_id is not None else None
        if case is not None and isinstance(error, MessageFrozen):
            put.tell(tx, case, effect.said, key=f"{delivery.entry.key}-anew")
            _tell_frozen(tx, case, error)


class _Whispers(_Passing):
    def prepare(self, _: Tx, entry: Entry, effect: Whisper | Mark) -> Delivery | None:
        ref = effect.ref
        return Delivery(entry, None, ref.channel, ref, None)


def _of_line(tx: Tx, effect: Line) -> tuple[Case | None, Reply | None]:
    return tx.cases.get(effect.case_id), tx.replies.get(effect.reply_id)


def _tell_frozen(tx: Tx, case: Case, error: DeskRefused) -> None:
    """Tell the channel, once, that the desk does not let its messages be changed any more."""
    channel = tx.channel(case)
    put.announce(tx, channel, say("desk.edits_closed", detail=error.detail), key=f"edits-closed-{channel}")


def _stand(tx: Tx, case: Case) -> Sentence:
    """Where the case stands, for a thread whose card cannot show it. Nobody is called by it."""
    who = tx.people.agent(case.assignee) if case.assignee and case.status not in SETTLED else None
    mode = say(f"mode.name.{case.mode.value}")
    if who is None:
        return say("desk.stand", n=case.id, status=case.status.value, mode=mode)
    return say("desk.stand_with", n=case.id, status=case.status.value, mode=mode, name=who.name)


def _new_thread(tx: Tx, gone: MessageRef) -> bool:
    """Let the case whose thread is `gone` go on in a new one; False when it asks for nothing."""
    case = tx.cases.of_thread(gone)
    return case is None or new_thread.begin(tx, case, gone)


HANDLERS: Mapping[type[Effect], Handler] = {
    Card: _Cards(),
    Line: _Lines(),
    FollowUp: _FollowUps(),
    Warn: _Alarms(),
    Say: _Sentences(),
    Whisper: _Whispers(),
    Mark: _Whispers(),
}
OUTBOX = Queue(HANDLERS, _new_thread)
