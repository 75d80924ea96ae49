"""What X refuses: each rule looks at the world and raises the problem X would answer with, or lets pass."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.sandbox.x import problems, texts
from bot.sandbox.x.model import Person, Post
from bot.sandbox.x.world import World

#: How long the same words by the same author count as a duplicate. X keeps its own number to itself.
DUPLICATE_WITHIN = timedelta(hours=24)

REPLY_SETTINGS = ("everyone", "following", "mentionedUsers", "subscribers", "verified")


def check_text(author: Person, counted: str, has_media: bool) -> None:
    """Length and characters. `counted` is the text without the mentions that are free in a reply."""
    if not counted and not has_media:
        raise problems.invalid([("text", counted, "$.text: must not be empty when there is no media")])
    if texts.has_forbidden_characters(counted):
        raise problems.invalid([("text", counted, "$.text: holds a character that is not allowed")])
    if len(counted) > texts.PREMIUM_LIMIT or (not author.premium and texts.weight(counted) > texts.LIMIT):
        raise problems.forbidden(problems.TOO_LONG)


def check_duplicate(world: World, draft: Post) -> None:
    """The same author may not say the same twice: same words, to the same people, within the window."""
    earlier = world.same_as(draft)
    if earlier is not None and earlier.created_at > draft.created_at - DUPLICATE_WITHIN:
        raise problems.forbidden(problems.DUPLICATE)


def visible(world: World, reader_id: str, post_id: str, refusal: str) -> Post:
    """The post to reply to or to quote; when it is gone or kept from the reader, 403 with `refusal`."""
    post = world.posts.get(post_id)
    if post is None or not world.sees(reader_id, post):
        raise problems.forbidden(refusal)
    return post


def check_reply_settings(world: World, replier: Person, parent: Post) -> None:
    """Who may reply is settled by the first post. Nobody follows or subscribes to anybody here."""
    root = world.posts.get(parent.conversation_id, parent)
    allowed = (
        root.reply_settings == "everyone"
        or replier.id == root.author_id
        or replier.id in root.mentions
        or (root.reply_settings == "verified" and replier.verified)
    )
    if not allowed:
        raise problems.forbidden(problems.NOT_ENGAGED)


def check_summons(world: World, app: Person, target: Post, *, implicit: bool) -> None:
    """An app may reply to and quote its own posts, and those whose author called it by @mention or quote.

    With `implicit`, the mentions that X writes into a reply count where the author had a part in them: in a
    reply straight to the app's account, and in a reply to an own post that called it. A mention inherited
    from somebody else never counts. What the real X does with these is not documented; this is the stricter
    reading that still lets a conversation go on.
    """
    post: Post | None = target
    while post is not None and post.author_id == target.author_id:
        if _calls(world, app.id, post) or (implicit and post.in_reply_to_author == app.id):
            return
        post = world.posts.get(post.in_reply_to or "") if implicit else None
    if target.author_id != app.id:
        raise problems.forbidden(problems.NOT_SUMMONED)


def _calls(world: World, account_id: str, post: Post) -> bool:
    quoted = world.posts.get(post.quotes or "")
    return account_id in post.typed_mentions or (quoted is not None and quoted.author_id == account_id)


def check_message(world: World, sender: Person, recipient: Person, text: str, has_media: bool) -> None:
    """An app may write to who wrote to it first, and to who takes messages from anybody."""
    if not text and not has_media:
        raise problems.invalid([("text", text, "$.text: must not be empty when there is no attachment")])
    if len(text) > 10_000:
        raise problems.invalid([("text", text[:50], "$.text: must be at most 10000 characters long")])
    if not sender.automated or recipient.open_dms:
        return
    if not world.has_written_to(recipient.id, sender.id):
        raise problems.forbidden(problems.NO_DM)


def editable(post: Post, now: datetime) -> bool:
    """X lets a post be edited for an hour, five times, and never a reply to somebody else."""
    own = post.in_reply_to_author in (None, post.author_id)
    return own and len(post.versions) <= 5 and now - post.created_at <= timedelta(hours=1)
