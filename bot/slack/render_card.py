"""The card: the first message of a thread, which shows where a case stands."""

from __future__ import annotations

from bot.cases.model import SETTLED, Status
from bot.cases.pictures import CardPicture
from bot.cases.posts import Absence, Surface
from bot.cases.said import Instant
from bot.cases.timers import FlagKind
from bot.slack import blocks, safe
from bot.slack.blocks import Block, Drawn, Element
from bot.slack.render_post import absence, around, author_element, handle, outside, person, standing
from bot.slack.sentences import Sentences

#: How much is shown of a settled case's first post.
_SETTLED_LIMIT = 120
#: How much is shown of the newest post that waits.
_NEWEST_LIMIT = 300


def card(picture: CardPicture, speech: Sentences, *, bare: bool) -> Drawn:
    """The card of a case; one line once the case asks for nothing any more."""
    if picture.case.status in SETTLED:
        return blocks.drawn([_settled(picture, speech)])
    return blocks.drawn(
        [
            _head(picture, speech),
            *around(picture.first, speech),
            *outside(picture.first, picture.author, speech, bare=bare),
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
    posted = texts.text("card.posted", at=speech.date_token(picture.first.created_at, "date"))
    elements = [*face, blocks.plain(" · ".join(facts)), blocks.mrkdwn(posted)]
    if url := safe.https(picture.first.url) if picture.first.absence is not Absence.DELETED else "":
        elements.append(_link(url, texts.text("button.open")))
    elements += standing(author, speech)
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
    clock, owner = _clock(picture, speech), _owner(picture, speech)
    between = [blocks.words(" · ")] if clock and owner else []
    told = [*clock, *between, *owner]
    facts = _mode(picture, speech)
    if picture.later:
        facts.append(texts.text("card.later", count=picture.later))
    elements = [blocks.plain(" · ".join(facts))]
    if picture.answer is not None and (url := safe.https(picture.answer.url)):
        elements.append(_link(url, texts.text("line.link", network=speech.network(picture.network))))
    return [*([blocks.rich(blocks.section(told))] if told else []), blocks.context(elements)]


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
