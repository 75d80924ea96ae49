"""The verdict on what was written before its writer had the case, and on what the bot could not read."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tests.proof.chronicle import Chronicle
from tests.proof.evidence import Bench, Row

#: An event takes its way to the product, in seconds.
LATENCY = 0.3
#: Buttons by which a case is somebody's from then on, and those by which the writer of a message lets it go
#: although the bot asked about it.
CLAIMS = frozenset({"claim", "claim_and_send", "take_over"})
ANSWERS = frozenset({"claim_and_send", "send_anyway"})


def nothing_is_out_unasked(bench: Bench) -> Iterator[str]:
    """What was written before its writer reached for the case, or after they gave it back, goes out only by
    their own answer to a question; whatever came first at the bot."""
    for reply in bench.tables["replies"]:
        out = bench.published(_word(reply))
        if not out or not reply["message_ts"] or not reply["agent"]:
            continue
        at = min(item.created_at.timestamp() for item in out)
        written = _written(bench.chronicle, reply, at)
        if not _had_it(bench, reply, written, at) and not _was_asked(bench.chronicle, reply):
            yield f"Reply {reply['id']} was written before its writer had the case, and went out unasked."


def _word(reply: Row) -> str:
    return next((word for word in str(reply["body"]).split() if word[:1] == "r" and "q" in word), "?")


def _written(chronicle: Chronicle, reply: Row, published: float) -> float:
    """When its words were written: with the message, or by its last edit before the publication."""
    edits = [at for at, _ in chronicle.edits.get(reply["message_ts"], ()) if at < published]
    return max([float(reply["message_ts"]), *edits])


def _had_it(bench: Bench, reply: Row, written: float, published: float) -> bool:
    """Whether the writer had reached for the case by then, and not given it back since: in a way of which the
    bot heard in time, and which it did not refuse."""
    chronicle, who = bench.chronicle, reply["agent"]
    gave_back = any(
        row["case_id"] == reply["case_id"] and row["kind"] == "released" and row["who"] == who
        for row in bench.tables["events"]
    )
    card = bench.cases[reply["case_id"]]["thread_ts"]
    acts = [(press.at, True, False) for press in chronicle.pressed
            if press.who == who and press.thread == card and press.action in CLAIMS]  # fmt: skip
    for ts, (speaker, thread, word) in chronicle.words.items():
        is_act = speaker == who and thread == card and word in ("!claim", "!release")
        if is_act and (word == "!claim" or _heard_of(chronicle, ts, published)):
            acts.append((float(ts), word == "!claim", False))
    for gesture in chronicle.gestures:
        is_act = (gesture.who, gesture.message, gesture.name) == (who, card, "eyes")
        if is_act and (gesture.added or _heard_of(chronicle, f"{gesture.stamp:.6f}", published)):
            acts.append((gesture.stamp, gesture.added, True))
    has_it = by_hand = False
    for at, claims, is_reaction in sorted(acts):
        if at >= written:
            break
        if claims:
            has_it, by_hand = True, by_hand or not is_reaction
        elif gave_back and (
            not is_reaction or not by_hand
        ):  # taking 👀 away gives back only what 👀 had claimed
            has_it = by_hand = False
    return has_it


def _heard_of(chronicle: Chronicle, stamp: str, before: float) -> bool:
    """Whether the app acknowledged the event with this stamp well before an instant."""
    for at, event in chronicle.acknowledged.values():
        told = event.get("event_ts") if "reaction" in event else event.get("ts")
        if told is not None and math.isclose(float(told), float(stamp), abs_tol=1e-6):
            return at < before - LATENCY
    return False


def _was_asked(chronicle: Chronicle, reply: Row) -> bool:
    about = {str(reply["id"]), reply["message_ts"]}
    return any(
        press.who == reply["agent"] and press.action in ANSWERS and press.value.rpartition(":")[2] in about
        for press in chronicle.pressed
    )


def nothing_deleted_unseen_is_out(bench: Bench) -> Iterator[str]:
    """What cannot be read cannot be sent: it may be deleted."""
    for reply in bench.tables["replies"]:
        deleted, out = bench.chronicle.deleted.get(reply["message_ts"]), bench.published(_word(reply))
        if deleted is None or not out:
            continue
        at = out[0].created_at.timestamp()
        for since, until, how in bench.evidence.unreadable:
            if since.timestamp() <= deleted <= until.timestamp() and deleted < at - LATENCY:
                yield f"Reply {reply['id']} was deleted while the bot could not read ({how}), and went out."
