"""The verdict on posts that their authors edited or deleted on X: what shows them reads as they do there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.proof.evidence import Bench, Json, Row, detail_of

#: What is told of a reply in the history of its case without anybody having decided about its words.
_NO_DECISIONS = frozenset({"reply_unconfirmed", "reply_not_there", "answered", "reply_stopped"})


def what_is_shown_reads_as_on_x(bench: Bench) -> Iterator[str]:
    """A later post, shown in its thread, has the words that it has on X by now."""
    numbers = {row["id"]: row["number"] for row in bench.tables["posts"]}
    for post in bench.mentions:
        number = numbers.get(post.versions[0]) or next(
            (numbers[v] for v in post.versions if v in numbers), None
        )
        word = _word(post.text)
        for message in bench.of_key.get(f"post-{number}", ()):
            if word not in _everything(message):
                yield f"Post {post.id} says {post.text!r} on X, and its message another reason."


def what_was_deleted_is_gone(bench: Bench) -> Iterator[str]:
    """The words of a post that its author deleted stand neither in Slack nor in the record. The product asks
    X about posts of customers who wait: what is deleted just before somebody settles the case it does not
    hear of."""
    chronicle = bench.chronicle
    settled = {row["id"] for row in bench.tables["cases"] if row["status"] in ("closed", "dismissed")}
    unasked = {row["id"] for row in bench.tables["posts"] if row["case_id"] in settled}
    gone = {
        _word(chronicle.said[post_id]): post_id
        for post_id in chronicle.gone_posts - unasked
        if post_id in chronicle.said
    }
    gone.pop("", None)
    kept = {_word(row["text"]) for row in bench.tables["posts"]}
    shown = {word for m in bench.evidence.slack if m.get("user") == bench.evidence.bot for word in _words(m)}
    for word, post_id in gone.items():
        if word in kept:
            yield f"Post {post_id} ({word}) was deleted on X, and the record still has its words."
        if word in shown:
            yield f"Post {post_id} ({word}) was deleted on X, and Slack still shows its words."


def old_words_are_not_answered(bench: Bench) -> Iterator[str]:
    """A reply that waited when the product heard of an edit of what it answers asks again before it goes."""
    for reply in bench.tables["replies"]:
        if not bench.published(reply["body"].split()[1] if " " in reply["body"] else "?"):
            continue
        history = [row for row in bench.tables["events"] if row["case_id"] == reply["case_id"]]
        for begun in (
            row["event_id"] for row in bench.tables["proof_begun"] if row["reply_id"] == reply["id"]
        ):
            before = [row for row in history if row["id"] <= begun]
            decided = max((row["id"] for row in before if _decides(row, reply)), default=begun)
            edits = [row for row in before if row["kind"] == "post_edited" and row["id"] > decided]
            if edits:
                yield f"Reply {reply['id']} went out although the post had been edited since it was written."


def _decides(event: Row, reply: Row) -> bool:
    return event["kind"] not in _NO_DECISIONS and detail_of(event).get("reply") == reply["id"]


def _everything(message: Json) -> str:
    return f"{message.get('text', '')} {message.get('blocks', '')}"


def _words(message: Json) -> list[str]:
    return re.findall(r"\bm\d+q\d+\b", _everything(message))


def _word(words: str) -> str:
    """The word by which a mention is known; "" for what nobody will look for."""
    found = re.search(r"\bm\d+q\d+\b", words or "")
    return found[0] if found else ""
