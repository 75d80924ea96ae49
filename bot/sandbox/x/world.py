"""The state of the local X: who is there and what was said, changed only by journal entries."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Reversible
from dataclasses import replace
from typing import Any

from bot.sandbox.x.model import Media, Message, Person, Post

Entry = dict[str, Any]


class World:
    """People, posts and messages, with the indexes that make each list cheap to read.

    `apply` is the only way in; it takes the entries that `LocalX` writes and leaves every other kind alone.
    The lists of post ids are oldest first.
    """

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        #: Every version of every post that was not deleted.
        self.posts: dict[str, Post] = {}
        self.messages: list[Message] = []
        self.app_token = ""
        #: The highest id given out so far, 0 at the beginning.
        self.newest_id = 0
        #: Uploaded pictures by media id, and their bytes with the content type.
        self.uploads: dict[str, Media] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self._handles: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._by_author: dict[str, list[str]] = defaultdict(list)
        self._by_mention: dict[str, list[str]] = defaultdict(list)
        self._replies: dict[str, list[str]] = defaultdict(list)
        self._latest: dict[tuple[object, ...], str] = {}
        self._wrote: set[tuple[str, str]] = set()
        #: Versions that a newer one replaced in the lists.
        self._off: set[str] = set()
        self._steps: Mapping[str, Callable[[Any], None]] = {
            "x.app": self._take_app,
            "x.person": self._take_person,
            "x.post": self._take_post,
            "x.delete": self._take_delete,
            "x.message": self._take_message,
            "x.media": self._take_media,
            "x.alt": self._take_alt,
        }

    def apply(self, entry: Entry) -> None:
        """Let one journal entry happen."""
        step = self._steps.get(entry.get("kind", ""))
        if step is not None:
            step(entry["value"])

    def by_handle(self, handle: str) -> Person | None:
        """The person with that handle (without the @, any case)."""
        number = self._handles.get(handle.lower())
        return self.people[number] if number else None

    def by_bearer(self, token: str) -> Person | None:
        """The person whose OAuth 2.0 token this is."""
        number = self._tokens.get(token)
        return self.people[number] if number else None

    def lookup(self, handle: str) -> tuple[str, str] | None:
        """(id, handle) of the person with that handle."""
        person = self.by_handle(handle)
        return (person.id, person.handle) if person else None

    def sees(self, reader_id: str | None, post: Post) -> bool:
        """Whether the reader may see the post (None: nobody in particular)."""
        return post.author_id == reader_id or not self.people[post.author_id].protected

    def posts_by(self, person_id: str) -> Iterator[Post]:
        """The person's posts in their latest version, newest first."""
        return self._newest_first(self._by_author[person_id])

    def mentions_of(self, person_id: str) -> Iterator[Post]:
        """The posts that mention the person in their latest version, newest first."""
        return self._newest_first(self._by_mention[person_id])

    def all_posts(self) -> Iterator[Post]:
        """Every post in its latest version, newest first."""
        return self._newest_first(self.posts)

    def reply_count(self, post_id: str) -> int:
        """How many replies hang under the post."""
        return sum(number not in self._off and number in self.posts for number in self._replies[post_id])

    def messages_of(self, person_id: str) -> Iterator[Message]:
        """The person's direct messages, newest first."""
        for message in reversed(self.messages):
            if person_id in (message.sender_id, message.recipient_id):
                yield message

    def has_written_to(self, sender_id: str, recipient_id: str) -> bool:
        """Whether the sender ever sent the recipient a direct message."""
        return (sender_id, recipient_id) in self._wrote

    def same_as(self, draft: Post) -> Post | None:
        """The author's latest post that says the same to the same people and still stands."""
        return self.posts.get(self._latest.get(_said(draft), ""))

    def _newest_first(self, ids: Reversible[str]) -> Iterator[Post]:
        for number in reversed(ids):
            if number in self.posts and number not in self._off:
                yield self.posts[number]

    def _gave(self, number: str) -> None:
        self.newest_id = max(self.newest_id, int(number))

    def _take_app(self, token: str) -> None:
        self.app_token = token

    def _take_media(self, value: Entry) -> None:
        number = value["id"]
        self._gave(number)
        self.uploads[number] = Media(f"3_{number}", value["url"])
        self.files[number] = (base64.b64decode(value["data"]), value["type"])

    def _take_alt(self, value: Entry) -> None:
        self.uploads[value["id"]] = replace(self.uploads[value["id"]], alt=value["alt"])

    def _take_person(self, value: Entry) -> None:
        person = Person.from_entry(value)
        self._gave(person.id)
        self.people[person.id] = person
        self._handles[person.handle.lower()] = person.id
        self._tokens[person.credentials.bearer] = person.id

    def _take_post(self, value: Entry) -> None:
        post = Post.from_entry(value)
        self._gave(post.id)
        self.posts[post.id] = post
        self._latest[_said(post)] = post.id
        self._by_author[post.author_id].append(post.id)
        for person_id in post.mentions:
            self._by_mention[person_id].append(post.id)
        if post.in_reply_to is not None:
            self._replies[post.in_reply_to].append(post.id)
        for number in post.versions[:-1]:
            self._off.add(number)
            self.posts[number] = replace(self.posts[number], versions=post.versions)

    def _take_delete(self, post_id: str) -> None:
        for number in self.posts[post_id].versions:
            self.posts.pop(number, None)

    def _take_message(self, value: Entry) -> None:
        message = Message.from_entry(value)
        self._gave(message.id)
        self.messages.append(message)
        self._wrote.add((message.sender_id, message.recipient_id))


def _said(post: Post) -> tuple[object, ...]:
    """What makes two posts the same to X: author, words, who is addressed, and pictures."""
    words = " ".join(post.text.casefold().split())
    media = tuple(media.key for media in post.media)
    return post.author_id, words, post.added_mentions, post.quotes, media
