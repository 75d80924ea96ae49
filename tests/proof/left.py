"""The verdict on what left the outbox: the product says that it is at the desk, and there it stands.

A row goes whether its effect came about or was given up. So the database itself writes down what was tried
and went (`database.note_what_passes`), and each of it is looked for in Slack.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from tests.proof.evidence import Bench, Json, Row

#: What is no longer said once it is over, also where it was tried before.
_UNSAID = "unread-"


def what_was_said_stands(bench: Bench) -> Iterator[str]:
    """Each sentence and each later post that was tried stands under its key; what was redrawn instead of a
    question has lost its buttons."""
    redrawn: dict[str, Row] = {}
    for row in _departed(bench, "say", "post"):
        if row["ref_ts"] is not None:
            redrawn[row["ref_ts"]] = row
        elif (
            row["lane"] != "redraw" and row["key"] not in bench.of_key and not row["key"].startswith(_UNSAID)
        ):
            yield f"The entry {row['key']} ({row['kind']}) was given up: it is not in Slack."
    for ts, row in redrawn.items():
        shown = bench.by_ts.get(ts, {})
        if ts not in bench.chronicle.deleted and _has_buttons(shown) is not bool(_buttons(row)):
            yield f"The entry {row['key']} ({row['kind']}) was given up: {ts} shows {shown.get('text')!r}."


def every_mark_stands(bench: Bench) -> Iterator[str]:
    """Of each reaction of the bot on a message the last that was tried counts."""
    last = {(row["ref_ts"], row["reaction"]): row for row in _departed(bench, "mark")}
    for (ts, reaction), row in last.items():
        message = bench.by_ts.get(ts)
        if message is None or ts in bench.chronicle.deleted:
            continue
        who = next((r["users"] for r in message.get("reactions", ()) if r["name"] == reaction), ())
        if (bench.evidence.bot in who) is not bool(row["present"]):
            yield f"The entry {row['key']} (mark) was given up: {reaction} on {ts} is not as it should be."


def every_whisper_was_heard(bench: Bench) -> Iterator[str]:
    """Nobody was told less often than was tried."""
    tried = Counter(row["agent"] for row in _departed(bench, "whisper"))
    for agent, count in tried.items():
        if (told := bench.evidence.told_alone.get(agent, 0)) < count:
            yield f"An entry (whisper) was given up: {agent} was told {told} times of {count}."


def what_is_known_to_stand_does(bench: Bench) -> Iterator[str]:
    """Where the record says that something stands it does, under its key."""
    for row in bench.tables["shown"]:
        message = bench.by_ts.get(row["ref_ts"], {})
        key = ((message.get("metadata") or {}).get("event_payload") or {}).get("key")
        if key != row["key"] and row["ref_ts"] not in bench.chronicle.deleted:
            yield f"The record says that {row['key']} stands at {row['ref_ts']}, and there is {key}."


def _departed(bench: Bench, *kinds: str) -> list[Row]:
    rows = (row for row in bench.tables["proof_left"] if row["kind"] in kinds)
    return sorted(rows, key=lambda row: int(row["number"]))


def _buttons(row: Row) -> list[Json]:
    said = row["said"]
    return list((json.loads(said) if isinstance(said, str) else said)["buttons"])


def _has_buttons(message: Json) -> bool:
    return any(block["type"] == "actions" for block in message.get("blocks", ()))
