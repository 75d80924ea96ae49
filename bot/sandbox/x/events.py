"""What the live page is told: each change of the local X as plain JSON, texts as they were typed."""

from __future__ import annotations

from typing import Any

from bot.sandbox.x.model import Message, Person, Post, iso
from bot.sandbox.x.world import World

Event = dict[str, Any]


def person_picture(person: Person) -> Event:
    """A person as the page shows them."""
    return {
        "id": person.id,
        "handle": person.handle,
        "name": person.name,
        "avatar": person.avatar,
        "verified": person.verified,
        "protected": person.protected,
        "automated": person.automated,
    }


def post_picture(world: World, post: Post) -> Event:
    """A post as the page shows it."""
    return {
        "id": post.id,
        "author": person_picture(world.people[post.author_id]),
        "text": post.text,
        "replying_to": [world.people[number].handle for number in post.added_mentions],
        "mentions": list(post.mentions),
        "created_at": iso(post.created_at),
        "in_reply_to": post.in_reply_to,
        "conversation": post.conversation_id,
        "quotes": post.quotes,
        "media": [{"url": media.url, "alt": media.alt} for media in post.media],
        "versions": list(post.versions),
    }


def message_picture(world: World, message: Message) -> Event:
    """A direct message as the page shows it."""
    return {
        "id": message.id,
        "conversation": message.conversation_id,
        "from": person_picture(world.people[message.sender_id]),
        "to": person_picture(world.people[message.recipient_id]),
        "text": message.text,
        "created_at": iso(message.created_at),
        "media": [{"url": media.url, "alt": media.alt} for media in message.media],
    }
