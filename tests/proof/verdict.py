"""The verdict: the servers' own records beside the rows of the database, and every promise that was broken.

It knows the tables and the servers, and nothing of the code between them.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator

from bot.sandbox.x.model import Message as PrivateMessage
from bot.sandbox.x.model import Post
from tests.proof import desk_laws
from tests.proof.askers import nothing_deleted_unseen_is_out, nothing_is_out_unasked
from tests.proof.evidence import Bench, Evidence, Json, Row, detail_of
from tests.proof.left import (
    every_mark_stands,
    every_whisper_was_heard,
    what_is_known_to_stand_does,
    what_was_said_stands,
)
from tests.proof.source import (
    old_words_are_not_answered,
    what_is_shown_reads_as_on_x,
    what_was_deleted_is_gone,
)

#: An event takes its way: what an agent changed this short before the publication may come too late, in s.
LATENCY = 0.3
#: So many cases an alarm names at most.
ALARM_LINES = 10
#: The words by which an agent sees how a reply stands, by state; what is held says "Not sent yet".
SAID = {
    "sent": ("Posted as", "Sent privately to", "answered this outside Slack"),
    "failed": ("Not sent.",),
    "unconfirmed": ("gave no clear answer",),
    "stopped": ("This reply was not posted",),
    "queued": ("Not sent yet", "once it is clear whether the previous reply was sent"),
}


def violations(evidence: Evidence) -> list[str]:
    """Every broken promise, as a sentence."""
    return [sentence for law in LAWS for sentence in law(Bench(evidence))]


def _every_mention_has_one_card(bench: Bench) -> Iterator[str]:
    rows = {row["id"]: row for row in bench.tables["posts"]}
    for post in bench.mentions:
        row = rows.get(post.versions[0]) or next((rows[v] for v in post.versions if v in rows), None)
        if row is None or row["case_id"] is None:
            yield f"The mention {post.id} ({post.text!r}) has no case."
        elif bench.cases[row["case_id"]]["author_id"] != post.author_id:
            yield f"The mention {post.id} lies in case {row['case_id']}, which is somebody else's."
        elif row["version"] < len(post.versions):
            yield f"The record does not know the edit of mention {post.id}."
    for message in bench.evidence.private:
        sent_later = message.created_at > bench.evidence.since
        if message.recipient_id == bench.evidence.brand and sent_later and message.id not in rows:
            yield f"The private message {message.id} has no case."
    for case in bench.cases.values():
        cards = bench.keyed(f"card-{case['id']}-")
        if len(cards) != 1:
            yield f"Case {case['id']} has {len(cards)} cards."
        elif cards[0]["ts"] != case["thread_ts"]:
            yield f"The record does not know the card of case {case['id']}."


def _every_later_post_is_shown_once(bench: Bench) -> Iterator[str]:
    first: dict[int, int] = {}
    for row in sorted(bench.tables["posts"], key=lambda row: int(row["number"])):
        case_id = row["case_id"]
        if case_id is None or first.setdefault(case_id, row["number"]) == row["number"]:
            continue
        shown = bench.keyed(f"post-{row['number']}")
        exact = [m for m in shown if m["metadata"]["event_payload"]["key"] == f"post-{row['number']}"]
        if len(exact) != 1:
            yield f"Post {row['id']} of case {case_id} is shown {len(exact)} times in its thread."


def _nothing_is_said_twice(bench: Bench) -> Iterator[str]:
    for key, messages in bench.of_key.items():
        if len(messages) > 1:
            yield f"The message {key} stands {len(messages)} times in Slack."


def _every_reply_is_out_once_or_accounted_for(bench: Bench) -> Iterator[str]:
    for reply in bench.tables["replies"]:
        if reply["kind"] == "elsewhere":
            yield f"Reply {reply['id']} is taken for somebody else's ({reply['text']!r})."
            continue
        name = f"Reply {reply['id']} ({reply['state']}, {reply['text']!r})"
        out = bench.published(_word(reply["body"]))
        most = {"sent": (1, 1), "unconfirmed": (0, 1)}.get(reply["state"], (0, 0))
        if not most[0] <= len(out) <= most[1]:
            yield f"{name} is out {len(out)} times."
        moving = reply["state"] in ("queued", "unconfirmed") and not reply["blocked"]
        if reply["state"] == "sending" or (moving and not _is_behind(bench, reply)):
            yield f"{name} never came to rest."
        for item in out:
            if isinstance(item, Post) is not (reply["mode"] == "public"):
                yield f"{name} was written for {reply['mode']} and went out in the other."
            if reply["state"] == "sent" and reply["post_id"] not in (None, item.id):
                yield f"{name} is {item.id} on X, and the record calls it {reply['post_id']}."
        yield from _its_line(bench, reply, name)


def _is_behind(bench: Bench, reply: Row) -> bool:
    """Whether it waits for an earlier one of its case, about which a person is asked."""
    return reply["state"] == "queued" and any(
        before["case_id"] == reply["case_id"]
        and before["id"] < reply["id"]
        and before["state"] == "unconfirmed"
        and before["blocked"]
        for before in bench.tables["replies"]
    )


def _its_line(bench: Bench, reply: Row, name: str) -> Iterator[str]:
    lines = bench.keyed(f"line-{reply['id']}-")
    if len(lines) != 1:
        yield f"{name} has {len(lines)} lines in its thread."
    elif lines[0]["ts"] != reply["line_ts"]:
        yield f"The record does not know the line of {name}."
    elif not any(words in lines[0]["text"] for words in SAID.get(reply["state"], ())):
        yield f"The line of {name} says {lines[0]['text']!r}."


def _nothing_public_is_asked_for_twice(bench: Bench) -> Iterator[str]:
    """X refuses the same words a second time; unless a person wanted it, it never has to."""
    by_hand = {detail_of(row).get("reply") for row in bench.tables["events"] if row["kind"] == "reply_again"}
    wanted = {_word(reply["body"]) for reply in bench.tables["replies"] if reply["id"] in by_hand}
    for words in bench.chronicle.repeated:
        if _word(words) not in wanted:
            yield f"X was asked again for what is out: {words!r}."


def _nothing_internal_is_out(bench: Bench) -> Iterator[str]:
    """Whatever the brand published is a reply that the record calls published or is looking for."""
    fate = {_word(reply["body"]): reply for reply in bench.tables["replies"]}
    everything: list[Post | PrivateMessage] = [*bench.by_brand, *bench.private_by_brand]
    for item in everything:
        if isinstance(item, Post) and item.created_at <= bench.evidence.since:
            continue
        word = _word(item.text)
        reply = fate.get(word)
        if word.startswith("n"):
            yield f"An internal message is out: {item.text!r}."
        elif reply is None:
            yield f"Something that is no reply is out: {item.text!r}."
        elif reply["state"] not in ("sent", "unconfirmed"):
            yield f"Reply {reply['id']} is {reply['state']}, and out: {item.text!r}."


def _the_last_words_count(bench: Bench) -> Iterator[str]:
    """What an agent changed or took back before the publication is not published as it was; what came too
    late is said."""
    messages = {row["ts"]: row for row in bench.tables["messages"]}
    for reply in bench.tables["replies"]:
        ts = reply["message_ts"]
        out = bench.published(_word(reply["body"]))
        if ts is None or not out or ts not in messages:
            continue
        at, case = out[0].created_at.timestamp(), bench.cases[reply["case_id"]]
        name = f"Reply {reply['id']} ({out[0].text!r})"
        deleted = bench.chronicle.deleted.get(ts)
        edits = [
            (when, words) for when, words in bench.chronicle.edits.get(ts, ()) if words not in out[0].text
        ]
        if deleted is not None:
            if deleted < at - LATENCY:
                yield f"{name} was deleted {at - deleted:.1f} s before it was published."
            elif _heard(bench, ts, "message_deleted") and not _says_what_stands(
                bench, case, "deleting your message here"
            ):
                yield f"{name} was deleted too late, and nobody said so."
        elif edits and edits[-1][1] == bench.chronicle.edits[ts][-1][1]:
            if edits[-1][0] < at - LATENCY:
                yield f"{name} was edited {at - edits[-1][0]:.1f} s before it was published."
            elif _heard(bench, ts, "message_changed") and not _says_what_stands(
                bench, case, "your edit does not change it"
            ):
                yield f"{name} was edited too late, and nobody said so."


def _says_what_stands(bench: Bench, case: Row, in_doubt: str) -> bool:
    """Whether the thread tells what the network shows, or, while that is not clear, what it may show."""
    return any(bench.says(case, words) for words in ("still shows", "The customer already has", in_doubt))


def _heard(bench: Bench, ts: str, subtype: str) -> bool:
    """Whether Slack could tell of the last change of a message. What it could not tell is looked for only
    while it still matters: before the publication."""
    events = (event for _, event in bench.chronicle.acknowledged.values() if event.get("subtype") == subtype)
    return any(ts in (e.get("deleted_ts"), (e.get("message") or {}).get("ts")) for e in events)


def _whoever_waits_has_a_due_time(bench: Bench) -> Iterator[str]:
    answered: dict[int, int] = defaultdict(int)
    for reply in bench.tables["replies"]:
        if reply["sent_at"] is not None:
            answered[reply["case_id"]] = max(answered[reply["case_id"]], reply["seen_number"])
    timed = {row["case_id"] for row in bench.tables["timers"] if row["kind"] == "answer"}
    for case in bench.cases.values():
        unanswered = [
            row
            for row in bench.tables["posts"]
            if row["case_id"] == case["id"]
            and not row["by_brand"]
            and row["number"] > answered[case["id"]]
            and row["id"] not in bench.chronicle.gone_posts
        ]
        if case["status"] in ("closed", "dismissed"):
            unanswered = [row for row in unanswered if _came_after_the_end(bench, case, row)]
        if unanswered and case["id"] not in timed:
            yield f"In case {case['id']} ({case['status']}) a customer waits, and nothing is due."


def _came_after_the_end(bench: Bench, case: Row, post: Row) -> bool:
    """Whether the history names the arrival of a post after the last closing or dismissal of its case."""
    history = [row for row in bench.tables["events"] if row["case_id"] == case["id"]]
    ended = max(row["id"] for row in history if row["kind"] in ("closed", "dismissed"))
    arrived = [row["id"] for row in history if row["detail"] and f'"post":"{post["id"]}"' in row["detail"]]
    return bool(min(arrived, default=0) > ended)


def _every_flag_was_said_once(bench: Bench) -> Iterator[str]:
    """Each flag has a line in the one message of its alarm, and in the one that called for it later."""
    strays = {key: messages for key, messages in bench.of_key.items() if key.startswith("alarm-")}
    for alarm in bench.tables["alarms"]:
        flags = [row for row in bench.tables["flags"] if alarm["id"] in (row["alarm_id"], row["called_by"])]
        open_ = {row["case_id"] for row in flags if row["over_at"] is None}
        keys = [key for key in strays if key.startswith(alarm["key"])]
        messages = [message for key in keys for message in strays.pop(key)]
        if not messages and not open_:
            continue  # dealt with before it could be said
        if len(messages) != 1:
            yield f"The alarm {alarm['id']} of {len(flags)} flags was said {len(messages)} times."
            continue
        said, more = _named(messages[0])
        cases = {row["case_id"] for row in flags}
        # A list that is too long names first what still needs attention, and counts the rest of that.
        missing = len(open_ - said) if len(cases) > ALARM_LINES else len(cases - said)
        if said - cases or missing != more:
            yield f"The alarm {alarm['id']} says {sorted(said)} and {more} more; it is of {sorted(cases)}."
    for key, messages in strays.items():
        for case_id in {case_id for message in messages for case_id in _named(message)[0]}:
            yield f"Case {case_id} was flagged once, and it was said again by {key}."
    for row in bench.tables["flags"]:
        if row["alarm_id"] is None:
            yield f"Case {row['case_id']} was flagged {row['kind']}, and no alarm says so."
    yield from _no_call_comes_too_soon(bench)
    turned = {(row["case_id"], row["due_at"], row["kind"]) for row in bench.tables["flags"]}
    now = int(bench.evidence.now.timestamp() * 1_000_000)
    for timer in bench.tables["timers"]:
        case_id, due = timer["case_id"], timer["due_at"]
        if timer["kind"] == "answer" and due < now - 1_500_000 and (case_id, due, "missed") not in turned:
            yield f"Case {case_id} missed its due time, and no flag says so."


def _named(message: Json) -> tuple[set[int], int]:
    """The cases that an alarm names, and how many more it speaks of."""
    found = re.findall(r"\bcase (\d+)", message["text"], re.IGNORECASE)
    more = re.search(r"and (\d+) more", message["text"])
    return set(map(int, found)), int(more[1]) if more else 0


def _no_call_comes_too_soon(bench: Bench) -> Iterator[str]:
    """A channel is called at most once in ten minutes, by a clock that was never put an hour back."""
    if bench.evidence.leapt:
        return
    calls = sorted(
        (row["channel"], row["who"], row["opened_at"])
        for row in bench.tables["alarms"]
        if row["calls"] and not row["is_agent"]
    )
    for (channel, who, before), (other, to_whom, at) in itertools.pairwise(calls):
        if (channel, who) == (other, to_whom) and at - before < 600_000_000:
            yield f"The channel {channel} was called twice within {(at - before) / 1_000_000:.0f} s."


def _reactions_arrive(bench: Bench) -> Iterator[str]:
    known = {(row["ts"], row["agent"], row["reaction"]) for row in bench.tables["reactions"]}
    for case in bench.cases.values():
        card = bench.by_ts.get(str(case["thread_ts"]), {})
        for reaction in card.get("reactions", ()):
            for who in reaction["users"]:
                if who != bench.evidence.bot and (case["thread_ts"], who, reaction["name"]) not in known:
                    yield f"The reaction {reaction['name']} of {who} on case {case['id']} was missed."
        history = bench.tables["events"]
        claimed = {e["who"] for e in history if _is(e, case, "claimed") or _is(e, case, "taken_over")}
        eyes: list[str] = next((r["users"] for r in card.get("reactions", ()) if r["name"] == "eyes"), [])
        for who in eyes:
            if who not in claimed and not bench.says(case, f"<@{who}>"):
                yield f"{who} reached for case {case['id']}, did not get it, and was told nothing."


def _is(event: Row, case: Row, kind: str) -> bool:
    return bool(event["case_id"] == case["id"] and event["kind"] == kind)


def _what_was_acknowledged_is_kept(bench: Bench) -> Iterator[str]:
    """An acknowledged event in a thread that was known has its row; so has every acknowledged press."""
    kept = {row["key"] for row in bench.tables["deliveries"]}
    reply_actions = sum(key.startswith("press-") for key in kept)
    if reply_actions < bench.chronicle.reply_actions:
        yield f"{bench.chronicle.reply_actions} presses were acknowledged, and {reply_actions} are kept."
    threads = {case["thread_ts"] for case in bench.cases.values()}
    known: dict[str, float] = {}
    events = sorted(bench.chronicle.acknowledged.items(), key=lambda item: item[1][0])
    for event_id, (at, event) in events:
        thread = _thread_of(event)
        if thread not in threads or event.get("user") == bench.evidence.bot or event.get("bot_id"):
            continue
        if event_id in kept:
            known.setdefault(thread, at)
        elif thread in known and known[thread] < at - LATENCY:
            yield f"The event {event_id} ({event['type']}) was acknowledged, and is not kept."


def _thread_of(event: Json) -> str:
    """The thread of an event that the record keeps: a person's message in it, or a reaction on its card."""
    if event["type"] in ("reaction_added", "reaction_removed"):
        return str(event["item"].get("ts", ""))
    if event["type"] == "message" and not event.get("subtype"):
        return str(event.get("thread_ts", ""))
    return ""


def _every_word_in_a_thread_was_read(bench: Bench) -> Iterator[str]:
    threads = {case["thread_ts"]: case for case in bench.cases.values()}
    known = {row["ts"] for row in bench.tables["messages"]}
    for message in bench.evidence.slack:
        case = threads.get(message.get("thread_ts"))
        if case is None or message["ts"] == message.get("thread_ts") or message.get("subtype"):
            continue
        if message.get("user") != bench.evidence.bot and message["ts"] not in known:
            yield f"The message {message['ts']} ({message['text']!r}) in case {case['id']} was never read."


def _nothing_is_left_to_do(bench: Bench) -> Iterator[str]:
    for row in bench.tables["outbox"]:
        yield f"The entry {row['key']} ({row['kind']}) is {row['state']}: {row['detail']!r}."


def _slack_was_never_pressed(bench: Bench) -> Iterator[str]:
    if bench.chronicle.too_fast:
        yield f"Slack refused {len(bench.chronicle.too_fast)} messages because they came too fast."


def _word(words: str) -> str:
    """The word by which a text is known: r… or n… with a number, wherever in it."""
    found = re.search(r"\b[rn]\d+q\d+\b", words)
    return found[0] if found else "?"


LAWS = (
    _every_mention_has_one_card,
    _every_later_post_is_shown_once,
    _nothing_is_said_twice,
    _every_reply_is_out_once_or_accounted_for,
    _nothing_public_is_asked_for_twice,
    _nothing_internal_is_out,
    _the_last_words_count,
    nothing_is_out_unasked,
    nothing_deleted_unseen_is_out,
    old_words_are_not_answered,
    what_is_shown_reads_as_on_x,
    what_was_deleted_is_gone,
    _whoever_waits_has_a_due_time,
    _every_flag_was_said_once,
    _reactions_arrive,
    _what_was_acknowledged_is_kept,
    _every_word_in_a_thread_was_read,
    _nothing_is_left_to_do,
    what_was_said_stands,
    every_mark_stands,
    every_whisper_was_heard,
    what_is_known_to_stand_does,
    _slack_was_never_pressed,
    *desk_laws.LAWS,
)
