"""X's two ways of saying what a read wants.

Its guides ask by `tweet.fields`; its description (OpenAPI 2.167) knows `post.fields` alone, and leaves some
fields, those of messages too, to expansions. We ask in the older way, and in the newer one as soon as a
server does not take that. Expansions also bring, and bill, the people and posts behind a field.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from connectors.x.refusals import Answer


@dataclass(frozen=True, slots=True)
class _Newer:
    """How a parameter is said in the newer way."""

    name: str
    #: What its fields are called; "" for those that come along by themselves or with an expansion.
    fields: Mapping[str, str]
    expansions: tuple[str, ...]


_WAYS = {
    "tweet.fields": _Newer(
        "post.fields",
        {
            "author_id": "",
            "edit_history_tweet_ids": "",
            "in_reply_to_user_id": "",
            "note_tweet": "note_post",
            "referenced_tweets": "",
        },
        ("author_id", "edit_history_post_ids", "referenced_posts"),
    ),
    "dm_event.fields": _Newer(
        "dm_event.fields",
        {"participant_ids": "", "referenced_tweets": "", "sender_id": ""},
        ("referenced_posts", "sender_id"),
    ),
}


def refused(answer: Answer, params: Mapping[str, object]) -> set[str]:
    """The parameters of a read that a server does not take in the older way."""
    if answer.status != HTTPStatus.BAD_REQUEST:
        return set()
    return {name for name in _WAYS.keys() & params.keys() if name in answer.body}


def newer(params: Mapping[str, object], names: Collection[str] = tuple(_WAYS)) -> dict[str, object]:
    """The same read, with these parameters said in the newer way."""
    said = dict(params)
    for name in _WAYS.keys() & params.keys() & set(names):
        way = _WAYS[name]
        asked = [way.fields.get(field, field) for field in str(said.pop(name)).split(",")]
        expansions = [*str(said.get("expansions") or "").split(","), *way.expansions]
        said[way.name] = ",".join(filter(None, asked))
        said["expansions"] = ",".join(dict.fromkeys(filter(None, expansions)))
    return said
