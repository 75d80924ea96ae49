"""The line about a reply says what happens with it and offers what can be done about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from bot.cases.model import MessageRef, ReplyKind, ReplyState
from bot.cases.posts import Surface
from bot.cases.reasons import LASTING, OVERRULABLE
from bot.cases.said import Instant, Sentence, say
from bot.texts import LANGUAGES, Texts
from tests.unit.drawing import (
    BAIT,
    NOW,
    a_line,
    actions,
    buttons,
    drawing,
    hostile,
    leaves,
    parsed,
    quoted,
)

MESSAGE = MessageRef("C0CARE", "1773493390.000100")
HOLDS = sorted(key for key in Texts("en") if key.startswith("hold."))
FAILURES = sorted(key for key in Texts("en") if key.startswith("refused."))


def blocked(key: str) -> Sentence:
    mode = say("mode.name.private")
    return say(key, emoji=":party:", shown="", count=3, length=283, limit=280, mode=mode, agent="Mo")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ReplyKind)
@pytest.mark.parametrize("mode", Surface)
@pytest.mark.parametrize("state", ReplyState)
def test_a_line_can_be_drawn_for_every_reply(
    state: ReplyState, mode: Surface, kind: ReplyKind, language: str
) -> None:
    drawn = drawing(a_line(state=state, mode=mode, kind=kind), language)

    assert drawn.text


def test_every_button_carries_the_reply() -> None:
    line = a_line(id=34)

    assert {button["value"] for button in buttons(drawing(line))} == {"34"}


# --- waiting


@pytest.mark.parametrize(
    ("mode", "words"), [(Surface.PUBLIC, "Will be posted as @brand"), (Surface.PRIVATE, "to @jansen")]
)
def test_a_reply_behind_one_in_doubt_says_what_it_waits_for(mode: Surface, words: str) -> None:
    drawn = drawing(replace(a_line(mode=mode, message=MESSAGE), behind=True))

    assert words in drawn.text
    assert "once it is clear whether the previous reply was sent" in drawn.text
    assert actions(drawn) == ["stop"]


def test_a_waiting_reply_says_when_and_as_whom_it_goes_out() -> None:
    text = drawing(a_line(message=MESSAGE)).text

    assert text == ("🕑 Will be posted as @brand at <!date^1773493410^{time_secs}|2:03:30 PM>. Signed ^MK.")


def test_a_reply_that_no_message_of_an_agent_shows_is_shown_by_its_line() -> None:
    line = a_line(text="On its way! ^MK")

    assert quoted(drawing(line)) == "On its way! ^MK"
    assert quoted(drawing(a_line(message=MESSAGE))) == ""


def test_a_waiting_reply_can_be_hurried_and_stopped() -> None:
    assert actions(drawing(a_line())) == ["send_now", "stop"]


def test_a_private_reply_says_to_whom_it_goes() -> None:
    assert "🔒 Wordt om" in drawing(a_line(mode=Surface.PRIVATE), "nl").text
    assert "privé verstuurd naar @jansen" in drawing(a_line(mode=Surface.PRIVATE), "nl").text


def test_a_reply_that_waits_until_tomorrow_says_the_day() -> None:
    text = drawing(a_line(send_after=NOW + timedelta(hours=20))).text

    assert "{date_short_pretty} at {time}|15 Mar at 10:03 AM" in text


def test_a_reply_that_the_network_keeps_waiting_says_why() -> None:
    failure = say("refused.limited", until=Instant(NOW))

    assert "X asks us to wait. I will send it at" in drawing(a_line(failure=failure)).text


def test_what_it_costs_is_told_before_it_goes_out() -> None:
    assert "X charges US$0.20 for this." in drawing(a_line(price=Decimal("0.20"))).text


def test_without_initials_no_signature_is_mentioned() -> None:
    assert "Signed" not in drawing(a_line(body="Hello", text="Hello")).text


def test_a_draft_shows_the_text_that_goes_out() -> None:
    line = a_line(kind=ReplyKind.INVITATION, text=BAIT)

    assert quoted(drawing(line)) == BAIT


# --- held


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", HOLDS)
def test_every_hold_can_be_told(key: str, language: str) -> None:
    text = drawing(a_line(blocked=blocked(key)), language).text

    assert text.startswith("✋")
    assert "…" not in text


@pytest.mark.parametrize("key", sorted(OVERRULABLE))
def test_a_hold_that_a_person_may_overrule_offers_to_send(key: str) -> None:
    assert actions(drawing(a_line(blocked=blocked(key)))) == ["send_anyway", "stop"]


@pytest.mark.parametrize("key", ["hold.names_colleague", "hold.too_long", "hold.custom_emoji", "hold.empty"])
def test_a_hold_that_only_an_edit_lifts_offers_no_sending(key: str) -> None:
    assert actions(drawing(a_line(blocked=blocked(key)))) == ["stop"]


def test_the_price_is_told_where_a_person_decides_and_not_where_an_edit_does() -> None:
    overrulable = a_line(price=Decimal("0.20"), blocked=say("hold.customer_wrote"))
    not_yet = a_line(price=Decimal("0.20"), blocked=say("hold.names_colleague"))

    assert "X charges US$0.20 for this." in drawing(overrulable).text
    assert "charges" not in drawing(not_yet).text


def test_a_held_draft_is_simply_sent() -> None:
    line = a_line(kind=ReplyKind.INVITATION, blocked=say("hold.draft"))
    labels = [button["text"]["text"] for button in buttons(drawing(line, "nl"))]

    assert labels == ["Versturen", "Stoppen"]


# --- on its way and out


def test_a_reply_on_its_way_offers_nothing() -> None:
    assert actions(drawing(a_line(state=ReplyState.SENDING))) == []


def test_a_public_reply_links_to_itself() -> None:
    line = a_line(state=ReplyState.SENT, sent_at=NOW, url="https://x.com/brand/status/1502")
    links = [leaf for leaf in leaves(drawing(line).blocks) if leaf["type"] == "link"]

    assert links == [{"type": "link", "url": "https://x.com/brand/status/1502", "text": "See it on X"}]


def test_a_private_reply_that_is_out_says_so() -> None:
    line = a_line(state=ReplyState.SENT, mode=Surface.PRIVATE, sent_at=NOW)

    assert "🔒 Sent privately to @jansen" in drawing(line).text


def test_an_answer_from_elsewhere_is_shown_in_full() -> None:
    line = a_line(state=ReplyState.SENT, kind=ReplyKind.ELSEWHERE, text="It is on its way.", sent_at=NOW)

    assert quoted(drawing(line)) == "It is on its way."


def test_a_stopped_reply_says_that_nothing_was_sent() -> None:
    drawn = drawing(a_line(state=ReplyState.STOPPED))

    assert drawn.text == "🛑 Stopped. This reply was not posted."
    assert actions(drawn) == []


def test_a_reply_that_somebody_else_stopped_names_them() -> None:
    stopped = replace(a_line(state=ReplyState.STOPPED), stopped_by="Bea <!here>")

    assert drawing(stopped).text == "🛑 Stopped by Bea &lt;!here&gt;. This reply was not posted."


# --- refused


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", FAILURES)
def test_every_refusal_can_be_told(key: str, language: str) -> None:
    failure = say(key, detail="Nope", until=Instant(NOW))
    drawn = drawing(a_line(state=ReplyState.FAILED, failure=failure), language)

    assert drawn.text.startswith("💥")
    assert "…" not in drawn.text
    assert actions(drawn) == (["stop"] if key in LASTING else ["again", "stop"])


def test_a_manual_hand_over_gives_the_text_to_copy_and_the_composer() -> None:
    line = a_line(
        state=ReplyState.FAILED,
        failure=say("refused.not_mentioned"),
        manual_url="https://x.com/intent/post?text=Hi",
        text="Hi *there* ^MK",
    )
    drawn = drawing(line)
    boxes = [p for p in drawn.blocks[0]["elements"] if p["type"] == "rich_text_preformatted"]

    assert boxes[0]["elements"] == [{"type": "text", "text": "Hi *there* ^MK"}]
    assert buttons(drawn)[0]["url"] == "https://x.com/intent/post?text=Hi"
    assert actions(drawn) == ["open", "stop"]


@pytest.mark.parametrize("way_out", ["public", "private", "close", "dismiss"])
@pytest.mark.parametrize(
    "stuck",
    [
        {"state": ReplyState.FAILED, "failure": say("refused.gone")},
        {"state": ReplyState.QUEUED, "blocked": say("hold.dm_off")},
    ],
)
def test_where_the_way_of_a_reply_is_closed_the_case_offers_another(
    stuck: dict[str, Any], way_out: str
) -> None:
    drawn = drawing(replace(a_line(**stuck), ways_out=(way_out,)))

    assert actions(drawn) == [way_out, "stop"]
    assert buttons(drawn)[0]["value"] == "12"


def test_a_customer_who_takes_no_private_messages_can_be_invited_or_answered_in_public() -> None:
    refused = a_line(state=ReplyState.FAILED, mode=Surface.PRIVATE, failure=say("refused.dm_closed"))
    shown = drawing(replace(refused, ways_out=("invite", "public")), "nl")

    assert [button["text"]["text"] for button in buttons(shown)] == [
        "Uitnodigen voor privébericht",
        "Openbaar antwoorden",
        "Weggooien",
    ]


def test_what_did_not_go_out_in_private_is_asked_for_anew_once_the_case_is_public() -> None:
    refused = a_line(state=ReplyState.FAILED, mode=Surface.PRIVATE, failure=say("refused.was_private"))
    shown = drawing(refused, "nl")

    assert shown.text.startswith(
        "💥 Niet verstuurd. Deze case is weer openbaar; stuur je antwoord opnieuw als iedereen het mag lezen."
    )
    assert [button["text"]["text"] for button in buttons(shown)] == ["Weggooien"]


@pytest.mark.parametrize("message", [None, MessageRef("C1", "5.1")])
def test_words_that_stand_in_no_message_are_not_said_to_be_edited_there(message: MessageRef | None) -> None:
    text = drawing(a_line(blocked=blocked("hold.too_long"), message=message)).text

    assert ("give the command again" in text) is (message is None)


@given(detail=hostile)
def test_the_networks_own_words_are_not_parsed(detail: str) -> None:
    drawn = drawing(a_line(state=ReplyState.FAILED, failure=say("refused.refused", detail=detail)))

    assert {leaf["type"] for leaf in leaves(drawn.blocks)} == {"text"}
    assert "<" not in drawn.text


# --- unconfirmed


def test_an_unconfirmed_reply_says_that_it_is_being_looked_for() -> None:
    line = a_line(state=ReplyState.UNCONFIRMED, looks=2)
    drawn = drawing(line)

    assert "X gave no clear answer" in drawn.text
    assert "Checked 2 times; next check at" in drawn.text
    assert actions(drawn) == []


def test_when_looking_does_not_help_a_person_is_asked() -> None:
    line = a_line(state=ReplyState.UNCONFIRMED, blocked=say("hold.needs_person"))
    drawn = drawing(line)

    assert actions(drawn) == ["found", "again"]
    assert quoted(drawn) == line.reply.text


@given(brand=hostile)
def test_no_line_needs_markup_but_for_its_own_dates(brand: str) -> None:
    line = a_line(state=ReplyState.SENT, kind=ReplyKind.ELSEWHERE, text=brand, sent_at=NOW)

    assert parsed(drawing(line)) == ""


@pytest.mark.parametrize("why", ["unread.reading", "unread.who", "unread.deaf"])
def test_a_reply_whose_thread_is_not_read_is_not_sent_by_a_button(why: str) -> None:
    assert actions(drawing(a_line(failure=say(why)))) == ["stop"]


@pytest.mark.parametrize(
    ("ways", "styles"), [(("public",), ["primary"]), (("invite", "public"), [None, None])]
)
def test_the_only_way_out_stands_out(ways: tuple[str, ...], styles: list[str | None]) -> None:
    refused = a_line(state=ReplyState.FAILED, failure=say("refused.dm_closed"), mode=Surface.PRIVATE)
    shown = buttons(drawing(replace(refused, ways_out=ways)))

    assert [button.get("style") for button in shown if button["action_id"] in ways] == styles
