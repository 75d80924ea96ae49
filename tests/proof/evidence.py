"""The evidence: the servers' own records and the rows of the database, laid out for looking things up."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import create_engine, text

from bot.sandbox.x.model import Message as PrivateMessage
from bot.sandbox.x.model import Post
from tests.proof.chronicle import Chronicle

Row = dict[str, Any]
Json = dict[str, Any]

TABLES = (
    "cases", "conversations", "posts", "replies", "messages", "reactions", "agents", "events", "flags",
    "alarms", "timers", "outbox", "shown", "accounts", "deliveries", "proof_begun", "proof_left",
    "shifts", "absences", "reminders", "answers",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """Everything there is to compare."""

    brand: str
    bot: str
    posts: list[Post]
    private: list[PrivateMessage]
    slack: list[Json]
    #: How often each member was shown something alone.
    told_alone: dict[str, int]
    chronicle: Chronicle
    tables: dict[str, list[Row]]
    #: When the bot could not read its channel: from, until, how.
    unreadable: list[tuple[datetime, datetime, str]]
    #: Whether the subjects' clock was ever an hour off.
    leapt: bool
    #: When the first subject had found out where X stood: what was posted later counts.
    since: datetime
    #: How far the subjects' clock was ahead at the end, in seconds.
    now: datetime


def read_tables(url: str) -> dict[str, list[Row]]:
    """Every row of every table that matters, by plain SQL."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            name: [dict(row) for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()]
            for name in TABLES
        }
    engine.dispose()
    return found


def detail_of(event: Row) -> Json:
    """The details of a row of the history."""
    found = event["detail"] or {}
    return json.loads(found) if isinstance(found, str) else dict(found)


class Bench:
    """The evidence, laid out for looking things up."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.tables = evidence.tables
        self.chronicle = evidence.chronicle
        self.cases = {row["id"]: row for row in self.tables["cases"]}
        self.of_key: dict[str, list[Json]] = defaultdict(list)
        for message in evidence.slack:
            key = ((message.get("metadata") or {}).get("event_payload") or {}).get("key")
            if key:
                self.of_key[key].append(message)
        self.by_ts = {str(message["ts"]): message for message in evidence.slack}
        self.mentions = [post for post in evidence.posts if self._is_mention(post)]
        self.by_brand = [post for post in evidence.posts if post.author_id == evidence.brand]
        self.private_by_brand = [m for m in evidence.private if m.sender_id == evidence.brand]

    def _is_mention(self, post: Post) -> bool:
        brand = self.evidence.brand
        return brand in post.mentions and post.author_id != brand and post.created_at > self.evidence.since

    def keyed(self, prefix: str) -> list[Json]:
        """The bot's messages whose key begins like this."""
        return [m for key, messages in self.of_key.items() if key.startswith(prefix) for m in messages]

    def thread(self, case: Row) -> list[Json]:
        """What the bot said in the case's thread, its card aside."""
        root = case["thread_ts"]
        return [
            m
            for m in self.evidence.slack
            if m.get("thread_ts") == root and m["ts"] != root and m.get("user") == self.evidence.bot
        ]

    def says(self, case: Row, words: str) -> bool:
        """Whether the bot said these words in the thread of the case."""
        return any(words in str(m.get("text", "")) for m in self.thread(case))

    def published(self, word: str) -> list[Post | PrivateMessage]:
        """What the brand published with this word in it."""
        pattern = re.compile(rf"\b{word}\b")
        everything: Iterable[Post | PrivateMessage] = [*self.by_brand, *self.private_by_brand]
        return [item for item in everything if pattern.search(item.text)]
