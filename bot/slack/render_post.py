"""Posts in the thread: outside words and pictures, and who they are from."""

from __future__ import annotations

from bot.cases.errands import PostPicture
from bot.cases.posts import Author, Post, Surface
from bot.cases.said import Ping
from bot.slack import blocks, safe
from bot.slack.blocks import Block, Drawn, Element
from bot.slack.sentences import Sentences

_PICTURES = 4

#: As much of a text as a message surely takes when the whole was refused as too long.
_BARE_LIMIT = 2800


def post(picture: PostPicture, speech: Sentences, *, bare: bool) -> Drawn:
    """A later post of the conversation."""
    shown, texts = picture.post, speech.texts
    head = [*author_element(picture.author, speech), blocks.plain(speech.network(picture.network))]
    head.append(blocks.mrkdwn(texts.text("card.posted", at=speech.date_token(shown.created_at, "date"))))
    buttons = []
    if url := safe.https(shown.url):
        buttons.append(blocks.button(texts.text("button.open"), "open", str(shown.number), url=url))
    return blocks.drawn(
        [
            blocks.rich(blocks.section(_news(picture, speech))),
            blocks.context(head),
            *outside(shown, picture.author, speech, bare=bare),
            *blocks.actions(buttons),
        ]
    )


def _news(picture: PostPicture, speech: Sentences) -> list[Element]:
    """What this post means for the team."""
    private = "_private" if picture.post.surface is Surface.PRIVATE else ""
    if picture.post.by_brand:
        return speech.sentence(f"post.elsewhere{private}", handle=handle(picture.author))
    who = Ping(picture.ping) if picture.ping else None
    if picture.before:
        return speech.sentence(f"post.reopened{private}", who=who, before=safe.name(picture.before))
    return speech.sentence(f"post.again{private}", who=who)


def outside(shown: Post, author: Author, speech: Sentences, *, bare: bool) -> list[Block]:
    """The words and pictures of a post, exactly as they are and without effect."""
    text = safe.body(shown.text)
    if bare and len(text) > _BARE_LIMIT:
        text = text[:_BARE_LIMIT] + speech.texts.text("card.cut")
    return [*blocks.quotes(text), *_media(shown, author, speech, bare=bare)]


def _media(shown: Post, author: Author, speech: Sentences, *, bare: bool) -> list[Block]:
    """Pictures that Slack can fetch as images; the rest is mentioned, with its description if it has one."""
    images: list[Block] = []
    notes: list[Element] = []
    unseen = 0
    for medium in shown.media:
        alt = safe.body(medium.alt).strip()
        url = safe.https(medium.url)
        if url and not bare and len(images) < _PICTURES:
            images.append(blocks.image(url, alt or speech.texts.text("card.picture", handle=handle(author))))
            continue
        unseen += 1
        if alt:
            notes.append(blocks.plain(speech.texts.text("card.media_alt", alt=alt)))
    if unseen:
        notes.insert(0, blocks.plain(speech.texts.text("card.media", count=unseen)))
    return [*images, *([blocks.context(notes)] if notes else [])]


def author_element(author: Author, speech: Sentences) -> list[Element]:
    """Face and name, for a context block."""
    who = person(author, speech)
    face = safe.https(author.avatar_url)
    return [*([blocks.avatar(face, who)] if face else []), blocks.plain(who)]


def person(author: Author, speech: Sentences) -> str:
    """Handle and name. The handle comes first: it cannot be chosen freely; a name may pose as another's."""
    name, at = safe.name(author.name), safe.name(author.handle)
    if at:
        return speech.texts.text("author.known" if name else "author.handle", name=name, handle=at)
    return speech.texts.text("author.unknown" if name else "author.gone", name=name)


def handle(author: Author) -> str:
    """The handle without @, or a question mark where the network would not say."""
    return safe.name(author.handle) or "?"
