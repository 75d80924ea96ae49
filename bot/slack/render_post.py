"""Posts in the thread: outside words and pictures, and who they are from."""

from __future__ import annotations

from bot.cases.pictures import PostPicture
from bot.cases.posts import Absence, Author, Post, PostId, Quoted, Standing, Surface
from bot.cases.said import Ping
from bot.slack import blocks, safe
from bot.slack.blocks import Block, Drawn, Element
from bot.slack.sentences import Sentences

_PICTURES = 4
#: How much of a post is shown for context.
_QUOTED_LIMIT = 300
#: Of somebody without name and handle.
_UNNAMED = {
    Standing.KNOWN: "author.nobody",
    Standing.UNKNOWN: "author.nobody",
    Standing.GONE: "author.gone",
    Standing.SUSPENDED: "author.suspended",
}

#: As much of a text as a message surely takes when the whole was refused as too long.
_BARE_LIMIT = 2800


def post(picture: PostPicture, speech: Sentences, *, bare: bool) -> Drawn:
    """A later post of the conversation."""
    shown, texts = picture.post, speech.texts
    head = [*author_element(picture.author, speech), blocks.plain(speech.network(picture.network))]
    head.append(blocks.mrkdwn(texts.text("card.posted", at=speech.date_token(shown.created_at, "date"))))
    buttons = []
    if url := safe.https(shown.url) if shown.absence is not Absence.DELETED else "":
        buttons.append(blocks.button(texts.text("button.open"), "open", str(shown.number), url=url))
    return blocks.drawn(
        [
            blocks.rich(blocks.section(_news(picture, speech))),
            blocks.context(head),
            *_framed("quotes", shown.quotes_id, shown.quotes, speech),
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
    if picture.reopens:
        nobody = "" if who else "_unheld"
        return speech.sentence(f"post.reopened{nobody}{private}", who=who)
    return speech.sentence(f"post.again{private}", who=who)


def outside(shown: Post, author: Author, speech: Sentences, *, bare: bool) -> list[Block]:
    """The words and pictures of a post, exactly as they are and without effect."""
    gone = absence(shown, author, speech)
    if shown.absence is Absence.DELETED:
        return [blocks.context([blocks.plain(gone)])]
    text = safe.body(shown.text)
    if bare and len(text) > _BARE_LIMIT:
        text = text[:_BARE_LIMIT] + speech.texts.text("card.cut")
    note = [blocks.context([blocks.plain(gone)])] if gone else []
    return [*blocks.quotes(text), *_media(shown, author, speech, bare=bare), *note]


def absence(shown: Post, author: Author, speech: Sentences) -> str:
    """Why the network no longer shows a post, as far as it said; "" for one that it shows."""
    if shown.absence is None:
        return ""
    is_alone = shown.absence is Absence.HIDDEN or author.standing is not Standing.GONE
    return speech.texts.text(f"card.{shown.absence}" if is_alone else "card.deleted_account")


def around(shown: Post, speech: Sentences) -> list[Block]:
    """What a post answers, and what it quotes."""
    return [
        *_framed("quoted", shown.parent_id, shown.quoted, speech),
        *_framed("quotes", shown.quotes_id, shown.quotes, speech),
    ]


def _framed(kind: str, post_id: PostId | None, quoted: Quoted | None, speech: Sentences) -> list[Block]:
    """A post shown for context; one that could not be looked up is not the same as one that is gone."""
    if quoted is None:
        return [_small(speech.texts.text(f"card.{kind}_unknown"))] if post_id else []
    if quoted.absence is not None:
        return [_small(speech.texts.text(f"card.{kind}_{quoted.absence}"))]
    text, handle_of = safe.cut(safe.body(quoted.text), _QUOTED_LIMIT), safe.name(quoted.author_handle) or "?"
    return [_small(speech.texts.text(f"card.{kind}", handle=handle_of, text=text))]


def _small(text: str) -> Block:
    return blocks.context([blocks.plain(text)])


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
    if name:
        return speech.texts.text("author.unknown", name=name)
    return speech.texts.text(_UNNAMED[author.standing])


def standing(author: Author, speech: Sentences) -> list[Element]:
    """What became of an account whose handle is still known."""
    if not author.handle or author.standing not in (Standing.GONE, Standing.SUSPENDED):
        return []
    return [blocks.plain(speech.texts.text(f"author.is_{author.standing}"))]


def handle(author: Author) -> str:
    """The handle without @, or a question mark where the network would not say."""
    return safe.name(author.handle) or "?"
