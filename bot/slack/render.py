"""A picture of the record as a Slack message, pure and whole each time; cards and posts are drawn here."""

from __future__ import annotations

from bot.cases.model import SETTLED, Status
from bot.cases.pictures import AlarmPicture, CardPicture, LinePicture, Picture, PostPicture, SaidPicture
from bot.cases.posts import Absence, Author, Post, PostId, Quoted, Standing, Surface
from bot.cases.priority import Priority
from bot.cases.said import Instant, Ping, ThreadLink, say
from bot.cases.timers import FlagKind, TimerKind
from bot.slack import blocks, safe
from bot.slack.blocks import Block, Drawn, Element
from bot.slack.render_line import alarm, line
from bot.slack.sentences import Sentences, handle


def draw(picture: Picture, speech: Sentences, *, bare: bool = False) -> Drawn:
    """The message that shows `picture`.

    `bare` leaves out what Slack may choke on: pictures (it fetches them, and refuses the whole message when
    it cannot) and the far end of a very long text.
    """
    match picture:
        case CardPicture():
            return card(picture, speech, bare=bare)
        case LinePicture():
            return line(picture, speech)
        case PostPicture():
            return post(picture, speech, bare=bare)
        case AlarmPicture():
            return alarm(picture, speech)
        case SaidPicture():
            speaker = speech.knowing(picture.threads)
            return blocks.drawn(
                [
                    blocks.rich(blocks.section(speaker.said(picture.said))),
                    *blocks.actions(speaker.buttons(picture.said.buttons)),
                ]
            )


#: How much is shown of a settled case's first post.
_SETTLED_LIMIT = 120
#: How much is shown of the newest post that waits.
_NEWEST_LIMIT = 300


def card(picture: CardPicture, speech: Sentences, *, bare: bool) -> Drawn:
    """The card of a case; one line once the case asks for nothing any more."""
    if picture.case.status in SETTLED:
        return blocks.drawn([_settled(picture, speech)])
    first = picture.first
    return blocks.drawn(
        [
            _head(picture, speech),
            *_framed("quoted", first.parent_id, first.quoted, speech),
            *_framed("quotes", first.quotes_id, first.quotes, speech),
            *outside(first, picture.author, speech, bare=bare),
            *_newest(picture, speech),
            *_state(picture, speech),
            *blocks.actions(speech.buttons(picture.buttons)),
        ]
    )


def _head(picture: CardPicture, speech: Sentences) -> Block:
    """Whose post, for which account, in which case, of when; and the way to it."""
    texts, author = speech.texts, picture.author
    *face, who = author_element(author, speech)
    facts = [str(who["text"])]
    if author.followers:
        facts.append(texts.text("author.followers", count=author.followers))
    facts.append(_place(picture, speech))
    posted = texts.text("card.posted", at=blocks.spoken_leaf(speech.moment(picture.first.created_at, "date")))
    elements = [*face, blocks.plain(" · ".join(facts)), blocks.mrkdwn(posted)]
    if url := safe.https(picture.first.url) if picture.first.absence is not Absence.DELETED else "":
        elements.append(_link(url, texts.text("button.open")))
    if author.handle and author.standing in (Standing.GONE, Standing.SUSPENDED):
        elements.append(blocks.plain(texts.text(f"author.is_{author.standing}")))
    return blocks.context(elements)


def _newest(picture: CardPicture, speech: Sentences) -> list[Block]:
    """The customer's newest words that wait, beside the first; the thread has all of them."""
    if picture.newest is None:
        return []
    key = "card.newest_private" if picture.newest.surface is Surface.PRIVATE else "card.newest"
    told = blocks.bold([blocks.words(speech.texts.text(key))])
    text = safe.cut(safe.body(picture.newest.text).strip(), _NEWEST_LIMIT) or "…"
    return [blocks.rich(blocks.section(told), blocks.quote(text))]


def _place(picture: CardPicture, speech: Sentences) -> str:
    return speech.texts.text(
        "card.place",
        network=speech.network(picture.network),
        brand=safe.name(picture.brand),
        number=str(picture.case.id),
    )


def _state(picture: CardPicture, speech: Sentences) -> list[Block]:
    """The clock and who has it stand out; in small print follow how replies go out and what came later."""
    texts = speech.texts
    told: list[Element] = []
    for tell in (_haste, _clock, _owner, _wait):
        part = tell(picture, speech)
        told += [*([blocks.words(" · ")] if told and part else []), *part]
    facts = _mode(picture, speech)
    if picture.later:
        facts.append(texts.text("card.later", count=picture.later))
    elements = [blocks.plain(" · ".join(facts)), *_later(picture, speech)]
    if picture.answer is not None and (url := safe.https(picture.answer.url)):
        elements.append(_link(url, texts.text("line.link", network=speech.network(picture.network))))
    for reminder in picture.reminders:
        due = Instant(reminder.due_at, "date")
        shown = speech.sentence(f"card.{reminder.kind}", at=due, phone=reminder.phone, words=reminder.words)
        told += [blocks.words("\n"), *shown]
    if picture.case.follows is not None:
        link = ThreadLink(picture.case.follows)
        told += [blocks.words("\n"), *speech.knowing(picture.threads).sentence("card.follows", case=link)]
    return [*([blocks.rich(blocks.section(told))] if told else []), blocks.context(elements)]


def _wait(picture: CardPicture, speech: Sentences) -> list[Element]:
    case, timer = picture.case, picture.timers.get(TimerKind.WAIT)
    if case.waits_for is None or timer is None:
        return []
    whom, at = say(f"wait.for.{case.waits_for}"), Instant(timer.due_at, "date")
    return speech.sentence("card.waits", whom=whom, at=at, reason=case.wait_reason)


def _later(picture: CardPicture, speech: Sentences) -> list[Element]:
    """What happens by itself, or should have happened, and when."""
    resolution, quiet = (picture.timers.get(kind) for kind in (TimerKind.RESOLUTION, TimerKind.QUIET))
    shown = []
    if resolution is not None and resolution.rest is None:
        key = "card.unresolved" if resolution.flag is FlagKind.MISSED else "card.resolution"
        shown.append((key, resolution.due_at))
    if quiet is not None:
        shown.append(("card.quiet", quiet.due_at))
    moments = ((key, blocks.spoken_leaf(speech.moment(at, "date"))) for key, at in shown)
    return [blocks.mrkdwn(speech.texts.text(key, at=at)) for key, at in moments]


def _haste(picture: CardPicture, speech: Sentences) -> list[Element]:
    case = picture.case
    if case.priority_reason is None:
        return []
    shown = speech.sentence(f"card.priority.{case.priority}", reason=case.priority_reason)
    return blocks.bold(shown) if case.priority.rank < Priority.NORMAL.rank else shown


def _clock(picture: CardPicture, speech: Sentences) -> list[Element]:
    case = picture.case
    if case.due_at is not None:
        key = {FlagKind.MISSED: "card.missed", FlagKind.AT_RISK: "card.at_risk", None: "card.due"}[case.flag]
        return blocks.bold(speech.sentence(key, at=Instant(case.due_at, "date")))
    return blocks.bold(speech.sentence("card.answered")) if case.status is Status.ANSWERED else []


def _owner(picture: CardPicture, speech: Sentences) -> list[Element]:
    if picture.assignee is not None:
        owner = blocks.bold(speech.sentence("card.claimed", agent=safe.name(picture.assignee.name)))
        if picture.since is None:
            return owner
        since = speech.sentence("card.since", at=Instant(picture.since, "date"))
        return [*owner, blocks.words(" "), *since]
    return speech.sentence("card.unclaimed") if picture.case.status is Status.NEW else []


def _mode(picture: CardPicture, speech: Sentences) -> list[str]:
    """How replies go out, if they can; and whether the customer was asked to write in private."""
    texts = speech.texts
    if picture.case.mode is Surface.PRIVATE:
        key = "card.mode_private" if picture.private_known else "card.mode_private_untried"
        if not picture.private_way:
            key = "card.mode_private_closed"
        network = speech.network(picture.network)
        return [texts.text(key, handle=handle(picture.author), network=network)]
    shown = [texts.text("card.mode_public", brand=safe.name(picture.brand))]
    if picture.invitation is not None:
        if picture.invitation.sent_at is None:
            key = "card.invitation_draft"
        else:
            key = "card.invited" if picture.hears_private else "card.invited_unheard"
        shown.append(texts.text(key, network=speech.network(picture.network)))
    return shown


def _settled(picture: CardPicture, speech: Sentences) -> Block:
    """Who, why, whose words, and the way to the post, on one line."""
    texts, case = speech.texts, picture.case
    done = texts.text("card.dismissed" if case.status is Status.DISMISSED else "card.closed")
    if picture.assignee is not None:
        done = f"{done} {texts.text('card.by', agent=safe.name(picture.assignee.name))}"
    if case.dismiss_reason:
        done = f"{done}: {speech.word('dismiss.reason', case.dismiss_reason)}"
    first = absence(picture.first, picture.author, speech) or " ".join(safe.body(picture.first.text).split())
    elements = [
        blocks.plain(done),
        blocks.plain(_place(picture, speech)),
        blocks.plain(f"{person(picture.author, speech)}: {safe.cut(first, _SETTLED_LIMIT)}"),
    ]
    shown = picture.answer.url if picture.answer is not None else picture.first.url
    if url := safe.https(shown) or safe.https(picture.first.url):
        elements.append(_link(url, texts.text("line.link", network=speech.network(picture.network))))
    return blocks.context(elements)


def _link(url: str, label: str) -> Element:
    """A link in small print. `url` went through `safe.https`; `label` is ours."""
    return blocks.mrkdwn(f"<{safe.escape(url)}|{safe.unmarked(label)}>")


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
    posted = blocks.spoken_leaf(speech.moment(shown.created_at, "date"))
    head.append(blocks.mrkdwn(texts.text("card.posted", at=posted)))
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


def _framed(kind: str, post_id: PostId | None, quoted: Quoted | None, speech: Sentences) -> list[Block]:
    """A post shown for context; one that could not be looked up is not the same as one that is gone."""
    if quoted is None and not post_id:
        return []
    if quoted is None:
        told = speech.texts.text(f"card.{kind}_unknown")
    elif quoted.absence is not None:
        told = speech.texts.text(f"card.{kind}_{quoted.absence}")
    else:
        text = safe.cut(safe.body(quoted.text), _QUOTED_LIMIT)
        told = speech.texts.text(f"card.{kind}", handle=safe.name(quoted.author_handle) or "?", text=text)
    return [blocks.context([blocks.plain(told)])]


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
