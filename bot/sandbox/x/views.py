"""How the local X shows what it holds: each object with the fields asked for, and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.sandbox.x import problems, texts
from bot.sandbox.x.model import Media, Message, Person, Post, iso
from bot.sandbox.x.params import Ask
from bot.sandbox.x.world import World

Json = dict[str, Any]

# The name of each field and list in the newer spelling, where it differs.
_NEWER = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "referenced_tweets": "referenced_posts",
    "note_tweet": "note_post",
    "tweets": "posts",
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
    "pinned_tweet_id": "pinned_post_id",
    "most_recent_tweet_id": "most_recent_post_id",
}
# A field that X returns without being asked when the expansion that leads through it is asked.
_CARRIER = {
    "author_id": "author_id",
    "in_reply_to_user_id": "in_reply_to_user_id",
    "referenced_tweets.id": "referenced_tweets",
    "referenced_tweets.id.author_id": "referenced_tweets",
    "attachments.media_keys": "attachments",
    "entities.mentions.username": "entities",
}

_NOTHING: tuple[Any, ...] = (None, "", [], {})  # X leaves a field out rather than showing it empty


def newer(value: Any) -> Any:
    """The same answer in the newer spelling."""
    if isinstance(value, dict):
        return {_NEWER.get(key, key): newer(item) for key, item in value.items()}
    if isinstance(value, list):
        return [newer(item) for item in value]
    return value


class Views:
    """Shows the world to readers. Texts are worked out once a post, as they never change."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._texts: dict[str, tuple[texts.Shown, texts.Shown | None]] = {}

    def text(self, post: Post) -> tuple[texts.Shown, texts.Shown | None]:
        """The text as the API returns it, and for a long post also the whole of it."""
        if post.id not in self._texts:
            self._texts[post.id] = self._work_out(post)
        return self._texts[post.id]

    def _work_out(self, post: Post) -> tuple[texts.Shown, texts.Shown | None]:
        people = self._world.people
        added = "".join(f"@{people[number].handle} " for number in post.added_mentions)
        free = [people[number].handle for number in post.mentions] if post.in_reply_to else []
        long = texts.weight(texts.without_leading(post.text, free)) > texts.LIMIT
        body = texts.cut(post.text) if long else post.text
        short = self._with_pictures(post, texts.shown(added + body, self._world.lookup))
        return short, texts.shown(added + post.text, self._world.lookup) if long else None

    def _with_pictures(self, post: Post, shown: texts.Shown) -> texts.Shown:
        """X ends the text of a post with pictures in one link to them."""
        if not post.media:
            return shown
        link = texts.short_link(f"{post.id}/photo")
        text = f"{shown.text} {link}".lstrip()
        where = f"https://x.com/{self._world.people[post.author_id].handle}/status/{post.id}/photo/1"
        entities = [
            {
                "start": len(text) - len(link),
                "end": len(text),
                "url": link,
                "expanded_url": where,
                "display_url": f"pic.x.com/{link.rpartition('/')[2]}",
                "media_key": media.key,
            }
            for media in post.media
        ]
        return texts.Shown(text, {**shown.entities, "urls": shown.entities.get("urls", []) + entities})

    def post(self, post: Post, ask: Ask) -> Json:
        """One post with the fields asked for; id, text and the edit history always."""
        short, note = self.text(post)
        wanted = ask.post | {_CARRIER[name] for name in ask.expansions & _CARRIER.keys()}
        shown = {"id": post.id, "text": short.text, "edit_history_tweet_ids": list(post.versions)}
        optional = {
            "author_id": post.author_id,
            "conversation_id": post.conversation_id,
            "created_at": iso(post.created_at),
            "in_reply_to_user_id": post.in_reply_to_author,
            "referenced_tweets": _references(post),
            "attachments": {"media_keys": [media.key for media in post.media]} if post.media else None,
            "entities": short.entities,
            "lang": "und",
            "possibly_sensitive": False,
            "reply_settings": post.reply_settings,
            "public_metrics": self._post_metrics(post) if "public_metrics" in wanted else None,
            "display_text_range": [0, len(short.text)],
            "note_tweet": _note(note) if note else None,
        }
        return shown | {
            key: value for key, value in optional.items() if key in wanted and value not in _NOTHING
        }

    def user(self, person: Person, ask: Ask, reader: Person | None) -> Json:
        """One person with the fields asked for; id, name and username always."""
        shown: Json = {"id": person.id, "name": person.name, "username": person.handle}
        optional: Json = {
            "created_at": iso(person.created_at),
            "description": person.description,
            "profile_image_url": person.avatar,
            "protected": person.protected,
            "verified": person.verified,
            "verified_type": "business" if person.verified else "none",
        }
        if reader is not None and "receives_your_dm" in ask.user:
            wrote = self._world.has_written_to(person.id, reader.id)
            optional["receives_your_dm"] = person.open_dms or wrote or not reader.automated
        if "public_metrics" in ask.user:
            optional["public_metrics"] = {
                "followers_count": 0,
                "following_count": 0,
                "tweet_count": (count := sum(1 for _ in self._world.posts_by(person.id))),
                "post_count": count,
                "listed_count": 0,
                "like_count": 0,
                "media_count": 0,
            }
        return shown | {key: value for key, value in optional.items() if key in ask.user}

    def message(self, message: Message, ask: Ask) -> Json:
        """One direct message event with the fields asked for; id, type and text always."""
        shown = {"id": message.id, "event_type": "MessageCreate", "text": message.text}
        optional = {
            "created_at": iso(message.created_at),
            "dm_conversation_id": message.conversation_id,
            "sender_id": message.sender_id,
            "participant_ids": [message.sender_id, message.recipient_id],
            "attachments": {"media_keys": [media.key for media in message.media]} if message.media else None,
        }
        wanted = ask.message | ask.expansions
        wanted |= {"attachments"} if "attachments.media_keys" in ask.expansions else set()
        return shown | {
            key: value for key, value in optional.items() if key in wanted and value not in _NOTHING
        }

    def around_posts(self, posts: Sequence[Post], ask: Ask, reader: Person | None) -> tuple[Json, list[Json]]:
        """What the expansions of these posts bring along (`includes`), and what they cannot (`errors`)."""
        people: dict[str, Person] = {}
        media = [item for post in posts for item in post.media]
        for post in posts:
            for person_id in self._named(post, ask):
                people[person_id] = self._world.people[person_id]
        referenced, errors = self._referenced(posts, ask, reader)
        if "referenced_tweets.id.author_id" in ask.expansions:
            people |= {post.author_id: self._world.people[post.author_id] for post in referenced}
        includes: Json = {}
        if "attachments.media_keys" in ask.expansions and media:
            includes["media"] = _media_views(media, ask)
        if people:
            includes["users"] = [self.user(person, ask, reader) for person in people.values()]
        if referenced:
            includes["tweets"] = [self.post(post, ask) for post in referenced]
        return includes, errors

    def around_messages(self, messages: Iterable[Message], ask: Ask, reader: Person) -> Json:
        """What the expansions of these messages bring along."""
        ids: list[str] = []
        media: list[Media] = []
        for message in messages:
            ids += [message.sender_id] if "sender_id" in ask.expansions else []
            if "participant_ids" in ask.expansions:
                ids += [message.sender_id, message.recipient_id]
            media += message.media if "attachments.media_keys" in ask.expansions else ()
        includes: Json = {}
        if ids:
            people = [self._world.people[number] for number in dict.fromkeys(ids)]
            includes["users"] = [self.user(person, ask, reader) for person in people]
        if media:
            includes["media"] = _media_views(media, ask)
        return includes

    def _named(self, post: Post, ask: Ask) -> list[str]:
        named = [post.author_id] if "author_id" in ask.expansions else []
        if "in_reply_to_user_id" in ask.expansions and post.in_reply_to_author:
            named.append(post.in_reply_to_author)
        if "entities.mentions.username" in ask.expansions:
            named += post.mentions
        return named

    def _referenced(
        self, posts: Sequence[Post], ask: Ask, reader: Person | None
    ) -> tuple[list[Post], list[Json]]:
        found: dict[str, Post] = {}
        errors: dict[str, Json] = {}
        if not ask.expansions & {"referenced_tweets.id", "referenced_tweets.id.author_id"}:
            return [], []
        for post in posts:
            for reference in _references(post):
                number = reference["id"]
                other = self._world.posts.get(number)
                if other is None:
                    errors[number] = problems.not_found("tweet", "referenced_tweets.id", number)
                elif not self._world.sees(reader.id if reader else None, other):
                    errors[number] = problems.not_authorized("tweet", "referenced_tweets.id", number)
                else:
                    found[number] = other
        return list(found.values()), list(errors.values())

    def _post_metrics(self, post: Post) -> Json:
        return {
            "retweet_count": 0,
            "reply_count": self._world.reply_count(post.id),
            "like_count": 0,
            "quote_count": 0,
            "bookmark_count": 0,
            "impression_count": 0,
        }


def _references(post: Post) -> list[Json]:
    quoted = [{"type": "quoted", "id": post.quotes}] if post.quotes else []
    replied = [{"type": "replied_to", "id": post.in_reply_to}] if post.in_reply_to else []
    return quoted + replied


def _note(note: texts.Shown) -> Json:
    return {"text": note.text} | ({"entities": note.entities} if note.entities else {})


def _media_views(media: Iterable[Media], ask: Ask) -> list[Json]:
    shown = []
    for item in {item.key: item for item in media}.values():
        optional = {"url": item.url, "width": item.width, "height": item.height, "alt_text": item.alt}
        wanted = {key: value for key, value in optional.items() if key in ask.media and value not in _NOTHING}
        shown.append({"media_key": item.key, "type": "photo", **wanted})
    return shown
