"""What the tests of the desk's drawings share: pictures to draw, two languages, and Block Kit's rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as BlockModel

from bot.cases.installation import Reactions
from bot.cases.model import Case, CaseId, MessageRef, Reply
from bot.cases.pictures import AlarmLine, AlarmPicture, CardPicture, LinePicture, Picture
from bot.cases.posts import Author, AuthorId, Post
from bot.cases.said import Call
from bot.cases.timers import FlagKind
from bot.slack.blocks import Block, Drawn, Element
from bot.slack.render import draw
from bot.slack.sentences import Sentences
from bot.texts import Texts
from bot.work.actions import on_card, on_line
from tests.contract import samples

NOW = datetime(2026, 3, 14, 13, 3, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
CUSTOMER = Author("x", AuthorId("7"), "jansen", "Jan Jansen", "https://pics.example/7.png", 1200)

#: What people write to get more than words onto the desk.
BAIT = (
    "<!channel> <@U0MAAIKE1> <#C0WEBCARE> @here #general *bold* _it_ ~gone~ `code` ```code :tada: "
    "https://evil.example &lt;\n> quote"
)

#: What would format, link or become an emoji in a message's text, once tokens and our own emoji are left out.
MARKUP = re.compile(r"[*`~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^\s*&gt;|://|:[^\s:\u2236]+:", re.MULTILINE)
_OURS = re.compile("<[^<>]*>|" + "|".join(f":{name}:" for name in asdict(Reactions()).values()))

#: Any text an author may send, with much of what does harm.
hostile = st.lists(
    st.one_of(
        st.text(max_size=40), st.sampled_from([BAIT, "\u202eabc", "👩‍👩‍👧", "a" * 500, "\n\n", "&", "<", ">"])
    ),
    max_size=30,
).map("".join)


def speaking(language: str = "en", *, threads: dict[CaseId, MessageRef] | None = None) -> Sentences:
    """How a Dutch house speaks, in either language."""
    return Sentences(
        Texts(language),
        Reactions(),
        ZoneInfo("Europe/Amsterdam"),
        lambda ref: f"https://care.slack.example/{ref.channel}/{ref.ts}",
        threads=threads or {},
    )


def drawing(picture: Picture, language: str = "en", *, bare: bool = False) -> Drawn:
    """The picture as Slack gets it, with the buttons it is offered, once Block Kit has nothing against it."""
    if isinstance(picture, CardPicture):
        picture = replace(picture, buttons=on_card(picture))
    elif isinstance(picture, LinePicture):
        picture = replace(picture, buttons=on_line(picture))
    drawn = draw(picture, speaking(language), bare=bare)
    check(drawn)
    if isinstance(picture, CardPicture | LinePicture):  # one without a label would be left out
        shown = {element["action_id"] for element in _elements(drawn)}
        assert {button.action for button in picture.buttons} <= shown
    return drawn


def a_case(**fields: Any) -> Case:
    """Case 12, whose customer waits until an hour from now."""
    ordinary: dict[str, Any] = {"id": CaseId(12), "answer_due": samples.a_clock(NOW + HOUR)}
    return samples.a_case(**ordinary | fields)


def a_post(**fields: Any) -> Post:
    """A mention with a link to it."""
    ordinary: dict[str, Any] = {"url": "https://x.com/jansen/status/1500", "created_at": NOW}
    return samples.a_post(**ordinary | fields)


def a_card(case: Case | None = None, post: Post | None = None, **fields: Any) -> CardPicture:
    """The card of a case with one mention."""
    ordinary: dict[str, Any] = {
        "case": case or a_case(),
        "brand": "brand",
        "network": "x",
        "author": CUSTOMER,
        "first": post or a_post(),
        "later": 0,
        "private_way": True,
    }
    return CardPicture(**ordinary | fields)


def a_reply(**fields: Any) -> Reply:
    """A reply that goes out fifteen seconds from now."""
    timing: dict[str, Any] = {"queued_at": NOW, "send_after": NOW + timedelta(seconds=15)}
    return samples.a_reply(CaseId(12), **timing | fields)


def an_alarm_line(**fields: Any) -> AlarmLine:
    """What an alarm says of case 12, which nobody has and whose answer is due in an hour."""
    ordinary: dict[str, Any] = {
        "case_id": CaseId(12),
        "author": CUSTOMER,
        "words": "Where is my parcel?",
        "kind": FlagKind.AT_RISK,
        "due_at": NOW + HOUR,
        "holder": "",
    }
    return AlarmLine(**ordinary | fields)


def an_alarm(*lines: AlarmLine, **fields: Any) -> AlarmPicture:
    """A warning that calls the channel; a list as soon as it has more lines than one."""
    shown = lines or (an_alarm_line(),)
    ordinary: dict[str, Any] = {
        "lines": shown,
        "total": len(shown),
        "open": sum(line.outcome is None for line in shown),
        "call": Call(),
        "single": len(shown) == 1,
        "to_channel": True,
    }
    return AlarmPicture(**ordinary | fields)


def a_line(price: Decimal | None = None, **fields: Any) -> LinePicture:
    """The line about a reply."""
    return LinePicture(a_reply(**fields), "brand", "x", "jansen", price)


def check(drawn: Drawn) -> None:
    """Hold a message to Block Kit: the SDK's models know its limits, the rest is written out here."""
    assert len(drawn.text) <= 4000
    assert not MARKUP.search(_OURS.sub("", drawn.text))
    assert 0 < len(drawn.blocks) <= 50
    for block, model in zip(drawn.blocks, BlockModel.parse_all(drawn.blocks), strict=True):
        assert model.to_dict() == block
    for leaf in leaves(drawn.blocks):
        assert leaf.get("text") != ""
        # Slack must not look for mentions, links or emoji names by itself, not even in our own words.
        assert leaf.get("verbatim", True)
        assert not leaf.get("emoji", False)
    pressed = [element["action_id"] for element in _elements(drawn)]
    assert len(pressed) == len(set(pressed))


def buttons(drawn: Drawn) -> list[Element]:
    """Every button of a message."""
    return [element for element in _elements(drawn) if element["type"] == "button"]


def menus(drawn: Drawn) -> list[Element]:
    """Every menu of a message."""
    return [element for element in _elements(drawn) if element["type"] == "static_select"]


def _elements(drawn: Drawn) -> list[Element]:
    return [element for block in drawn.blocks if block["type"] == "actions" for element in block["elements"]]


def actions(drawn: Drawn) -> list[str]:
    """What its buttons do."""
    return [button["action_id"] for button in buttons(drawn)]


def leaves(blocks: Sequence[Block]) -> Iterator[Element]:
    """Every leaf of text, in context blocks and rich text."""
    for block in blocks:
        if block["type"] == "context":
            yield from block["elements"]
        if block["type"] == "rich_text":
            for paragraph in block["elements"]:
                yield from paragraph["elements"]


def quoted(drawn: Drawn) -> str:
    """The outside words that a message shows, set apart and put together again."""
    return "".join(
        leaf["text"]
        for block in drawn.blocks
        if block["type"] == "rich_text"
        for paragraph in block["elements"]
        if paragraph["type"] == "rich_text_quote"
        for leaf in paragraph["elements"]
    )


def parsed(drawn: Drawn) -> str:
    """Everything in the blocks that Slack would parse."""
    return "\n".join(leaf["text"] for leaf in leaves(drawn.blocks) if leaf["type"] == "mrkdwn")
