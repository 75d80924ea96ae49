"""The card shows the whole case, lets outside words do nothing, and shrinks once the case is settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.model import Agent, AgentId, Case, Invited, ReplyKind, ReplyState, Status
from bot.cases.posts import Author, AuthorId, Media, PostId, Quoted, Surface
from bot.cases.priority import Priority
from bot.cases.said import say
from bot.cases.timers import FlagKind
from bot.slack import safe
from bot.texts import LANGUAGES
from tests.contract.samples import a_clock
from tests.unit.drawing import (
    BAIT,
    CUSTOMER,
    HOUR,
    NOW,
    a_card,
    a_case,
    a_post,
    a_reply,
    actions,
    buttons,
    drawing,
    hostile,
    leaves,
    menus,
    parsed,
    quoted,
)

MAAIKE = Agent(AgentId("U0MAAIKE1"), "Maaike")


def with_status(status: Status, **fields: Any) -> Any:
    return a_card(a_case(status=status, **fields))


# --- what it tells


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", Status)
def test_a_card_can_be_drawn_in_every_state_and_language(status: Status, language: str) -> None:
    text = drawing(with_status(status, dismiss_reason="spam"), language).text

    assert "@jansen" in text


def test_a_screen_reader_hears_the_whole_card() -> None:
    text = drawing(a_card()).text

    assert text == (
        "@jansen · Jan Jansen · 1,200 followers · X · @brand · case 12"
        " · Posted <!date^1773493395^{date_short_pretty} at {time}|14 Mar at 2:03 PM>"
        " · <https://x.com/jansen/status/1500|Open post>\n"
        "@brand where is my parcel?\n"
        "Reply due <!date^1773496995^{date_short_pretty} at {time}|14 Mar at 3:03 PM>"
        " · Nobody has claimed this yet\n"
        "Replies are posted publicly as @brand"
    )


def test_times_are_the_readers_own_and_fall_back_to_the_houses_zone() -> None:
    shown = drawing(a_card(), "nl").text

    assert "Antwoord uiterlijk <!date^1773496995^{date_short_pretty} om {time}|14 mrt om 15:03>" in shown


def test_the_avatar_stands_beside_the_handle() -> None:
    face, who = drawing(a_card()).blocks[0]["elements"][:2]

    assert face == {"type": "image", "image_url": CUSTOMER.avatar_url, "alt_text": "@jansen · Jan Jansen"}
    assert who["text"] == "@jansen · Jan Jansen · 1,200 followers · X · @brand · case 12"


def test_nobody_is_told_to_have_no_followers() -> None:
    assert "follower" not in drawing(a_card(author=replace(CUSTOMER, followers=0))).text


@pytest.mark.parametrize(
    ("flag", "mark"),
    [(None, "Reply due"), (FlagKind.AT_RISK, "⚠️ At risk"), (FlagKind.MISSED, "🔴 Late since")],
)
def test_the_clock_says_how_it_stands(flag: FlagKind | None, mark: str) -> None:
    case = a_case(answer_due=a_clock(NOW + HOUR, flag=flag))
    (told,) = [leaf for leaf in leaves(drawing(a_card(case)).blocks) if mark in leaf.get("text", "")]

    assert told["type"] == "text"
    assert told["style"] == {"bold": True}


def test_it_says_who_has_the_case_without_calling_them() -> None:
    text = drawing(replace(with_status(Status.CLAIMED, assignee=MAAIKE.id), assignee=MAAIKE)).text

    assert "👀 Claimed by Maaike" in text
    assert MAAIKE.id not in text


def test_a_private_case_names_whom_replies_go_to() -> None:
    assert "🔒 Replies go privately to @jansen" in drawing(a_card(a_case(mode=Surface.PRIVATE))).text


def test_later_messages_are_counted() -> None:
    assert "2 later messages from the customer" in drawing(a_card(later=2)).text


def test_the_post_that_is_answered_is_shown_for_context() -> None:
    post = a_post(quoted=Quoted(PostId("1"), "piet", "who knows a good shop?"))

    assert "In reply to @piet: who knows a good shop?" in drawing(a_card(post=post)).text


# --- what it offers


@pytest.mark.parametrize(
    ("status", "assignee", "offered"),
    [
        (Status.NEW, None, ["claim", "dismiss"]),
        (Status.CLAIMED, MAAIKE.id, ["release", "dismiss", "private"]),
        (Status.ANSWERED, MAAIKE.id, ["close", "release", "private"]),
        (Status.ANSWERED, None, ["claim", "close"]),
        (Status.CLOSED, None, []),
        (Status.DISMISSED, None, []),
    ],
)
def test_the_buttons_are_the_moves_that_the_case_allows(
    status: Status, assignee: AgentId | None, offered: list[str]
) -> None:
    assert actions(drawing(with_status(status, assignee=assignee))) == offered


def test_every_button_carries_the_case() -> None:
    assert {button["value"] for button in buttons(drawing(a_card()))} == {"12"}


PRIVATE = a_case(assignee=MAAIKE.id, mode=Surface.PRIVATE)
ASKED = a_case(assignee=MAAIKE.id, invited=Invited.UNDECIDED)
KNOWN = a_case(assignee=MAAIKE.id, invited=Invited.PUBLIC)
DRAFT = a_reply(kind=ReplyKind.INVITATION)
OUT = a_reply(kind=ReplyKind.INVITATION, state=ReplyState.SENT, sent_at=NOW)


@pytest.mark.parametrize(
    ("case", "ways", "label", "action"),
    [
        (PRIVATE, {}, "Switch to public", "public"),
        (PRIVATE, {"public_way": False}, "", ""),
        (a_case(assignee=MAAIKE.id), {}, "Switch to private", "private"),
        (a_case(assignee=MAAIKE.id), {"private_way": False}, "Invite to write privately", "private"),
        (a_case(assignee=MAAIKE.id), {"private_way": False, "may_invite": False}, "", ""),
        (a_case(), {}, "", ""),
        (ASKED, {"private_way": False, "invitation": DRAFT}, "Stay public", "public"),
        (ASKED, {"private_way": False, "invitation": OUT}, "Stay public", "public"),
        (ASKED, {"invitation": OUT}, "Switch to private", "private"),
        (KNOWN, {"private_way": False, "invitation": OUT}, "", ""),
    ],
)
def test_the_switch_is_offered_only_where_it_works(
    case: Case, ways: dict[str, Any], label: str, action: str
) -> None:
    drawn = drawing(a_card(case, **ways))
    switches = [b for b in buttons(drawn) if b["action_id"] in ("public", "private")]

    assert [(b["text"]["text"], b["action_id"]) for b in switches] == ([(label, action)] if label else [])


@pytest.mark.parametrize(
    ("case", "ways", "shown"),
    [
        (PRIVATE, {}, "Replies go privately to @jansen"),
        (PRIVATE, {"private_way": False}, "does not accept private messages from us: nothing can be sent"),
        (ASKED, {"invitation": DRAFT}, "Invitation to write in private: not sent yet"),
        (ASKED, {"invitation": OUT}, "this case becomes private once they do"),
        (ASKED, {"invitation": OUT, "hears_private": False}, "does not come in here, so check X"),
    ],
)
def test_a_card_says_how_replies_go_out_as_things_are(case: Case, ways: dict[str, Any], shown: str) -> None:
    text = drawing(a_card(case, **ways)).text

    assert shown in text
    assert ("Replies are posted publicly as @brand" in text) is (case is not PRIVATE)
    assert ("Replies go privately" in text) is (case is PRIVATE and not ways)


@pytest.mark.parametrize(
    "url", ["", "http://x.com/1", "javascript:alert(1)", "https://x.com/a b", "https://me@x.com/"]
)
def test_only_a_plain_https_address_becomes_a_link(url: str) -> None:
    assert "Open post" not in drawing(a_card(post=a_post(url=url))).text


# --- pictures


def test_pictures_are_shown_with_what_they_show() -> None:
    post = a_post(media=(Media("photo", "https://pics.example/1.jpg", "a crushed box"),))
    (image,) = (block for block in drawing(a_card(post=post)).blocks if block["type"] == "image")

    assert image["image_url"] == "https://pics.example/1.jpg"
    assert image["alt_text"] == "a crushed box"


def test_a_picture_that_nobody_described_says_whose_it_is() -> None:
    post = a_post(media=(Media("photo", "https://pics.example/1.jpg"),))

    assert "Picture in the post by @jansen" in drawing(a_card(post=post)).text


def test_what_slack_cannot_fetch_is_mentioned() -> None:
    post = a_post(media=(Media("video", ""), Media("photo", "http://pics.example/2.jpg", "a receipt")))
    text = drawing(a_card(post=post)).text

    assert "2 pictures or videos are in the post itself" in text
    assert "Picture: a receipt" in text


def test_a_bare_card_has_no_pictures_that_slack_could_refuse() -> None:
    post = a_post(media=(Media("photo", "https://pics.example/1.jpg", "a crushed box"),))
    drawn = drawing(a_card(post=post), bare=True)

    assert not [block for block in drawn.blocks if block["type"] == "image"]
    assert "Picture: a crushed box" in drawn.text


def test_a_bare_card_of_a_very_long_post_says_that_it_goes_on() -> None:
    drawn = drawing(a_card(post=a_post(text="a" * 9000)), bare=True)

    assert quoted(drawn).endswith("… The rest is in the post itself.")


# --- outside words


def test_the_words_are_exactly_those_that_were_written() -> None:
    assert quoted(drawing(a_card(post=a_post(text=BAIT)))) == BAIT


def test_the_longest_post_is_shown_whole() -> None:
    text = "word " * 5000

    assert quoted(drawing(a_card(post=a_post(text=text)))) == text


@given(text=hostile, name=hostile, handle=hostile, alt=hostile)
def test_nothing_from_outside_is_ever_parsed(text: str, name: str, handle: str, alt: str) -> None:
    author = replace(CUSTOMER, name=name, handle=handle)
    media = (Media("photo", "https://pics.example/1.jpg", alt),)
    quote = Quoted(PostId("1"), handle, text)
    bland = drawing(a_card(author=replace(CUSTOMER, name="n", handle="h")))
    drawn = drawing(a_card(post=a_post(text=text, media=media, quoted=quote), author=author))

    assert parsed(drawn) == parsed(bland)
    assert {leaf["type"] for leaf in leaves(drawn.blocks)} <= {
        "text",
        "plain_text",
        "mrkdwn",
        "image",
        "date",
    }


@given(text=hostile, name=hostile)
def test_the_text_for_screen_readers_holds_no_markup_from_outside(text: str, name: str) -> None:
    drawn = drawing(a_card(post=a_post(text=text), author=replace(CUSTOMER, name=name)))
    tokens = {token.partition("^")[0].partition(">")[0] for token in drawn.text.split("<")[1:]}

    assert tokens == {"!date", "https://x.com/jansen/status/1500|Open post"}


@given(text=hostile)
def test_a_post_is_shown_character_by_character(text: str) -> None:
    drawn = drawing(a_card(post=a_post(text=text)))

    assert quoted(drawn) == safe.body(text)


def test_characters_that_turn_the_text_around_are_made_visible() -> None:
    assert quoted(drawing(a_card(post=a_post(text="pay \u202etxt.exe")))) == "pay [U+202E]txt.exe"


def test_characters_that_cannot_be_seen_in_a_name_are_made_visible() -> None:
    text = drawing(a_card(author=replace(CUSTOMER, name="Web\u200bcare\u202e"))).text

    assert "@jansen · Web[U+200B]care[U+202E]" in text


def test_a_name_cannot_pose_as_the_handle() -> None:
    who = drawing(a_card(author=replace(CUSTOMER, name="@brand"))).blocks[0]["elements"][1]["text"]

    assert who.startswith("@jansen")


def test_an_author_without_a_handle_is_said_to_have_none() -> None:
    assert "Jan (handle unknown)" in drawing(a_card(author=Author("x", AuthorId("7"), name="Jan"))).text


# --- settled


def test_a_closed_card_is_one_line() -> None:
    drawn = drawing(replace(with_status(Status.CLOSED), assignee=MAAIKE))

    assert [block["type"] for block in drawn.blocks] == ["context"]
    assert drawn.text.startswith("✅ Closed by Maaike · X · @brand · case 12")


def test_a_dismissed_card_says_why() -> None:
    text = drawing(with_status(Status.DISMISSED, dismiss_reason="not_ours"), "nl").text

    assert "🙈 Zonder antwoord afgehandeld: gaat niet over ons" in text


@pytest.mark.parametrize(
    ("status", "reason", "language", "shown"),
    [
        (Status.DISMISSED, "venting", "en", "🙈 Closed without a reply by Maaike: only venting"),
        (
            Status.DISMISSED,
            "venting",
            "nl",
            "🙈 Zonder antwoord afgehandeld door Maaike: alleen stoom afblazen",
        ),
        (Status.CLOSED, "no_answer_needed", "en", "✅ Closed by Maaike: no reply needed"),
        (Status.CLOSED, "no_answer_needed", "nl", "✅ Gesloten door Maaike: geen antwoord nodig"),
    ],
)
def test_a_settled_card_says_who_settled_it_before_it_says_why(
    status: Status, reason: str, language: str, shown: str
) -> None:
    card = replace(with_status(status, dismiss_reason=reason), assignee=MAAIKE)

    assert drawing(card, language).text.startswith(shown)


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "🔺 Urgent (says “lawyer”) · "), ("nl", "🔺 Spoed (noemt “lawyer”) · ")],
)
def test_a_card_shows_its_priority_with_the_reason_and_a_menu_to_change_it(language: str, shown: str) -> None:
    because = say("priority.because.word", word="lawyer")
    drawn = drawing(a_card(a_case(priority=Priority.URGENT, priority_reason=because)), language)
    [menu] = menus(drawn)

    assert shown in drawn.text
    assert [option["value"] for option in menu["options"]] == ["12:urgent", "12:high", "12:normal", "12:low"]
    assert menu["initial_option"]["value"] == "12:urgent"


def test_an_ordinary_case_shows_no_priority_and_a_settled_one_no_menu() -> None:
    assert "riority" not in drawing(a_card()).text
    assert menus(drawing(with_status(Status.CLOSED))) == []


def test_close_is_offered_once_the_case_was_answered() -> None:
    never, once = a_case(status=Status.CLAIMED), a_case(status=Status.CLAIMED, first_replied_at=NOW)

    assert ("close" in actions(drawing(a_card(never))), "close" in actions(drawing(a_card(once)))) == (
        False,
        True,
    )


def test_a_settled_card_links_to_the_answer() -> None:
    answer = a_reply(url="https://x.com/brand/status/1502", sent_at=NOW)

    assert (
        "<https://x.com/brand/status/1502|See it on X>"
        in drawing(replace(with_status(Status.CLOSED), answer=answer)).text
    )


@given(text=hostile, name=hostile)
def test_a_settled_card_lets_outside_words_do_nothing_either(text: str, name: str) -> None:
    card = replace(with_status(Status.CLOSED), first=a_post(text=text), author=replace(CUSTOMER, name=name))

    assert parsed(drawing(card)) == "<https://x.com/jansen/status/1500|See it on X>"


@given(st.timedeltas(timedelta(0), HOUR * 48))
def test_any_due_time_can_be_drawn(late: timedelta) -> None:
    due_at = NOW + late

    assert f"<!date^{int(due_at.timestamp())}^" in drawing(a_card(a_case(answer_due=a_clock(due_at)))).text
