"""What must hold of the timers, the claims and the promises of the cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.proof.evidence import Bench, detail_of
from tests.proof.pace import PROMISED

_SETTLED = ("closed", "dismissed")


def a_settled_case_has_no_timer(bench: Bench) -> Iterator[str]:
    """Nothing is due of what is over."""
    for timer in bench.tables["timers"]:
        status = bench.cases[timer["case_id"]]["status"]
        if status in _SETTLED:
            yield f"Case {timer['case_id']} is {status}, and its timer {timer['kind']} stands."


def due_times_are_those_that_were_promised(bench: Bench) -> Iterator[str]:
    """A due time is stored once and never rewritten, save by another priority."""
    timed = [(row["case_id"], row["since"], row["due_at"]) for row in bench.tables["answers"]]
    timed += [
        (t["case_id"], t["since"], t["due_at"]) for t in bench.tables["timers"] if t["kind"] == "answer"
    ]
    for case_id, since, due_at in timed:
        if due_at - since not in PROMISED:
            yield f"In case {case_id} the due time is {(due_at - since) / 1_000_000:g} s after the mention."


def a_wait_ends_once(bench: Bench) -> Iterator[str]:
    """A timer turns once."""
    counts: Counter[tuple[int, str]] = Counter()
    for event in bench.tables["events"]:
        counts[event["case_id"], event["kind"]] += 1
    for case_id in bench.cases:
        if counts[case_id, "wait_over"] > counts[case_id, "waits"]:
            yield f"In case {case_id} a wait was over more often than one began."


def no_claim_runs_out_while_a_reply_is_on_its_way(bench: Bench) -> Iterator[str]:
    """Nobody loses a case in which a reply waits for its time, for a person, or is being sent."""
    pending: dict[int, set[int]] = defaultdict(set)
    for event in sorted(bench.tables["events"], key=lambda row: int(row["id"])):
        theirs, reply = pending[event["case_id"]], int(detail_of(event).get("reply") or 0)
        if event["kind"] in ("reply_queued", "reply_changed", "reply_again", "reply_not_there"):
            theirs.add(reply)
        elif event["kind"] in ("answered", "reply_refused", "reply_stopped"):
            theirs.discard(reply)
        elif event["kind"] == "claim_expired" and theirs:
            yield f"A claim of case {event['case_id']} ran out while replies {sorted(theirs)} waited."


def what_is_promised_is_told_or_will_be(bench: Bench) -> Iterator[str]:
    """An open promise has a timer until it was told."""
    timed = {row["case_id"] for row in bench.tables["timers"] if row["kind"] == "reminder"}
    for row in bench.tables["reminders"]:
        is_untold = row["state"] == "open" and row["told_for"] != row["due_at"]
        if is_untold and row["case_id"] not in timed:
            yield f"Case {row['case_id']} has a promise that nobody will be reminded of."
        if row["state"] != "open" and row["phone"]:
            yield f"Case {row['case_id']} keeps a number that is no longer needed."


def what_waits_has_an_end(bench: Bench) -> Iterator[str]:
    """A case that waits on purpose has a time at which that ends."""
    timed = {row["case_id"] for row in bench.tables["timers"] if row["kind"] == "wait"}
    for case in bench.cases.values():
        if case["waits_for"] and case["id"] not in timed:
            yield f"Case {case['id']} waits, and nothing ends that."


LAWS = (
    a_settled_case_has_no_timer,
    due_times_are_those_that_were_promised,
    a_wait_ends_once,
    no_claim_runs_out_while_a_reply_is_on_its_way,
    what_is_promised_is_told_or_will_be,
    what_waits_has_an_end,
)
