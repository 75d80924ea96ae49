"""Sentences and later posts: our own words call and link, outside words do neither."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given

from bot.cases.characters import beginning
from bot.cases.model import AgentId, CaseId, MessageRef
from bot.cases.pictures import PostPicture, SaidPicture
from bot.cases.posts import Author, AuthorId, Surface
from bot.cases.said import Button, Call, Instant, Link, Money, Ping, Sentence, ThreadLink, say
from bot.sandbox.slack.blocks import check_message
from bot.slack.sentences import calls_channel
from bot.texts import LANGUAGES
from bot.work.lists import QUEUE
from tests.unit.drawing import (
    BAIT,
    CUSTOMER,
    NOW,
    a_post,
    actions,
    buttons,
    drawing,
    hostile,
    leaves,
    quoted,
)

MAAIKE = AgentId("U0MAAIKE1")


def told(said: Sentence, language: str = "en") -> str:
    return drawing(SaidPicture(said), language).text


def follow_up(**fields: Any) -> PostPicture:
    return replace(PostPicture(a_post(number=3), CUSTOMER, "x"), **fields)


# --- values


def test_an_agent_is_called() -> None:
    assert told(say("claim.taken", n=12, agent=Ping(MAAIKE))).startswith("<@U0MAAIKE1> has had case 12")


def test_what_is_no_id_of_an_agent_calls_nobody() -> None:
    assert told(say("claim.taken", n=12, agent=Ping("<!channel>"))).startswith("&lt;!channel&gt; has had")


def test_an_absent_value_takes_its_space_along() -> None:
    assert told(say("watch.at_risk", call=None, n=1, due=Instant(NOW))).startswith("⚠️ Case 1")


def test_the_channel_is_called_when_nobody_has_the_case() -> None:
    said = say("watch.missed_unclaimed", call=Call(), due=Instant(NOW))

    assert "<!channel>" in told(said)
    assert calls_channel(said)


def test_a_call_inside_another_sentence_counts_too() -> None:
    inner = say("watch.missed_unclaimed", call=Call(), due=Instant(NOW))

    assert calls_channel(say("answer.to", agent=Ping(MAAIKE), answer=inner))


def test_an_ordinary_sentence_does_not_call_the_channel() -> None:
    assert not calls_channel(say("watch.at_risk", call=Ping(MAAIKE), due=Instant(NOW)))


@pytest.mark.parametrize(
    ("style", "shown"),
    [("time", "{time}|2:03 PM"), ("seconds", "{time_secs}|2:03:15 PM"), ("date", "{time}|14 Mar at 2:03 PM")],
)
def test_a_moment_is_shown_in_the_readers_zone(style: str, shown: str) -> None:
    assert shown in told(say("refused.retry", until=Instant(NOW, style)))


def test_small_prices_keep_their_decimals() -> None:
    said = say("invite.draft", n=12, price=Money(Decimal("0.015")))

    assert "US$0.015" in told(said)
    assert "US$\xa00,015" in told(said, "nl")


def test_numbers_are_written_as_the_language_writes_them() -> None:
    said = say("hold.too_long", count=1220, length=1500, limit=280)

    assert "1,220 characters" in told(said)
    assert "1.220 tekens" in told(said, "nl")


def test_the_number_of_a_case_is_a_name_and_no_amount() -> None:
    assert "Case 12345 is closed" in told(say("close.done", n=12345))


def test_a_case_links_to_its_thread() -> None:
    picture = SaidPicture(
        say("command.which_case", word="dm", cases=[ThreadLink(12, "#12")]),
        {CaseId(12): MessageRef("C1", "5.1")},
    )

    assert "<https://care.slack.example/C1/5.1|#12>" in drawing(picture).text


def test_a_case_without_a_thread_is_named_all_the_same() -> None:
    assert told(say("command.which_case", word="dm", cases=[ThreadLink(12, "#12")])).endswith("#12")


def test_a_list_has_a_line_for_each() -> None:
    cases = [ThreadLink(number, f"#{number}") for number in (1, 2, 3)]

    assert told(say("command.which_case", word="dm", cases=cases)).endswith("\n#1\n#2\n#3")


def test_a_status_is_shown_by_its_word() -> None:
    assert "is nu nieuw" in told(say("desk.stand", n=12, status="new", mode=""), "nl")


def test_a_link_that_the_bot_vouches_for_shows_its_label() -> None:
    link = Link("https://x.com/1", "the post")

    assert told(say("refused.refused", detail=link)).endswith("<https://x.com/1|the post>")


def test_only_web_addresses_become_links() -> None:
    link = Link("javascript:alert(1)", "the post")

    assert told(say("refused.refused", detail=link)).endswith("the post")


def test_a_reaction_is_shown_as_this_installation_has_it() -> None:
    assert ":see_no_evil:" in told(say("close.needs_reason_there", n=12))


def test_a_value_that_was_forgotten_leaves_a_visible_gap() -> None:
    assert told(say("refused.refused")) == "… refused it: …"


@given(detail=hostile)
def test_a_value_from_outside_stays_plain(detail: str) -> None:
    drawn = drawing(SaidPicture(say("refused.refused", detail=detail)))

    assert {leaf["type"] for leaf in leaves(drawn.blocks)} == {"text"}
    assert "<" not in drawn.text


@given(handle=hostile, words=hostile)
@example(handle="00000000" + BAIT, words="000000_0" + BAIT)  # cut behind the mark
def test_a_full_list_fits_whatever_its_customers_say_and_are_called(handle: str, words: str) -> None:
    numbers = range(1, QUEUE + 1)
    cases = [
        say(
            "queue.line",
            mark="🔴",
            case=say("queue.case", case=ThreadLink(n), customer=f"@{handle}", words=beginning(words, 60)),
            due=Instant(NOW, "date"),
            who=Ping(MAAIKE),
        )
        for n in numbers
    ]
    threads = {CaseId(n): MessageRef("C0WEBCARE", f"170000000{n}.000100") for n in numbers}
    drawn = drawing(SaidPicture(say("queue.first", count=QUEUE, cases=cases), threads))
    kinds = [leaf["type"] for leaf in leaves(drawn.blocks)]

    check_message(list(drawn.blocks))
    assert [kinds.count(kind) for kind in ("link", "date", "user")] == [QUEUE] * 3
    assert set(kinds) == {"text", "link", "date", "user"}
    # Slack takes about thirteen thousand characters of blocks (error msg_blocks_too_long).
    assert sum(len(leaf.get("text", "")) for leaf in leaves(drawn.blocks)) < 6000


def test_a_handle_in_a_sentence_stays_on_one_line_and_hides_nothing() -> None:
    said = say("queue.case", case="Case 1", customer="@jan\n\u200bCase 2", words="Hello")

    assert "@jan [U+200B]Case 2:" in told(said)


# --- the text beside the blocks


@pytest.mark.parametrize(
    ("words", "harmless"),
    {
        "*PAID* and 5*3*2": "∗PAID∗ and 5∗3∗2",
        "_x_ of order_id_7, by _jan_": "＿x＿ of order_id_7, by ＿jan＿",
        "~gone~": "∼gone∼",
        "``` steal": "ˋˋˋ steal",
        ":tada::wave::skin-tone-2: 12:30 today": "∶tada:∶wave:∶skin-tone-2: 12:30 today",
        "http://evil.example/pay": "http∶//evil.example/pay",
        "a\n > quote <b>": "a\n › quote &lt;b&gt;",
    }.items(),
)
def test_the_text_of_a_message_reads_the_same_and_does_nothing(words: str, harmless: str) -> None:
    drawn = drawing(SaidPicture(say("refused.refused", network="x", detail=words)))

    assert drawn.text == f"X refused it: {harmless}"
    assert words in [leaf["text"] for leaf in leaves(drawn.blocks)]


def test_a_handle_makes_no_emoji_with_a_colon_of_ours() -> None:
    assert "@∶tada: “Hello”" in told(say("queue.case", case="Case 1", customer="@:tada", words="Hello"))


def test_a_label_is_no_markup_in_the_text_either() -> None:
    said = say("refused.refused", network="x", detail=Link("https://x.com/a_b_", "*the post*"))

    assert told(said).endswith("<https://x.com/a_b_|∗the post∗>")


# --- buttons


def test_buttons_of_one_kind_are_told_apart_by_a_number_behind_a_colon() -> None:
    reasons = ("spam", "other")
    ask = say(
        "dismiss.ask", *[Button("dismiss_reason", f"12:{r}", f"dismiss.reason.{r}") for r in reasons], n=12
    )
    drawn = drawing(SaidPicture(ask))

    assert actions(drawn) == ["dismiss_reason:1", "dismiss_reason:2"]
    assert [button["value"] for button in buttons(drawn)] == ["12:spam", "12:other"]


def test_a_single_button_keeps_its_name() -> None:
    ask = say("ask.unclaimed", Button("keep_note", "C1:5.1", "ask.keep"), agent=Ping(MAAIKE))

    assert actions(drawing(SaidPicture(ask))) == ["keep_note"]


# --- later posts


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("surface", Surface)
def test_a_follow_up_calls_the_assignee(surface: Surface, language: str) -> None:
    text = drawing(follow_up(post=a_post(surface=surface), ping=MAAIKE), language).text

    assert "<@U0MAAIKE1>" in text


def test_a_follow_up_shows_the_words_exactly() -> None:
    assert quoted(drawing(follow_up(post=a_post(text="*still* waiting, @here")))) == "*still* waiting, @here"


def test_a_private_follow_up_is_marked() -> None:
    assert drawing(follow_up(post=a_post(surface=Surface.PRIVATE))).text.startswith("🔒")


def test_a_customer_who_comes_back_calls_who_had_the_case() -> None:
    text = drawing(follow_up(ping=MAAIKE, reopens=True)).text
    private = drawing(follow_up(post=a_post(surface=Surface.PRIVATE), ping=MAAIKE, reopens=True), "nl").text

    assert text.startswith(
        "<@U0MAAIKE1>, the customer wrote again. The case is open again: claim it with :eyes:."
    )
    assert private.startswith(
        "🔒 <@U0MAAIKE1>, de klant heeft een privébericht gestuurd. De case staat weer open"
    )


def test_a_customer_who_comes_back_where_nobody_had_the_case_is_told_all_the_same() -> None:
    text = drawing(follow_up(reopens=True)).text

    assert text.startswith("The customer wrote again. The case is open again: claim it with :eyes:.")


def test_an_answer_of_the_brand_from_elsewhere_is_told_as_such() -> None:
    brand = Author("x", AuthorId("1"), "brand", "The Brand")

    assert (
        "@brand answered outside Slack" in drawing(follow_up(post=a_post(by_brand=True), author=brand)).text
    )


def test_a_later_post_can_be_opened() -> None:
    (button,) = buttons(drawing(follow_up()))

    assert button["url"] == "https://x.com/jansen/status/1500"


def test_words_of_an_earlier_program_are_said_to_be_that() -> None:
    former = say("close.needs_answer", Button("gone", "1", "gone.label"), n=12)

    assert "Before it was updated" in told(former)
    assert "Before it was updated" in told(say("answer.to", agent=Ping("U1"), answer=former))
