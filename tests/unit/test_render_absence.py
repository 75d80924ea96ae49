"""Not known yet, gone, and not visible to us are three things, of people and of posts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.model import Status
from bot.cases.pictures import PostPicture
from bot.cases.posts import Absence, Author, PostId, Quoted, Standing
from bot.texts import LANGUAGES
from tests.unit.drawing import CUSTOMER, a_card, a_case, a_post, actions, drawing


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing.UNKNOWN, "someone whose name is not known yet"),
        (Standing.GONE, "someone whose account no longer exists"),
        (Standing.SUSPENDED, "someone whose account is suspended or not visible to us"),
    ],
)
def test_somebody_without_a_name_is_called_what_is_known(standing: Standing, words: str) -> None:
    author = Author("x", CUSTOMER.id, standing=standing)

    assert words in drawing(a_card(author=author)).text


def test_a_name_that_was_known_stays_with_what_became_of_the_account() -> None:
    text = drawing(a_card(author=replace(CUSTOMER, standing=Standing.GONE))).text

    assert ("@jansen" in text, "The account no longer exists" in text) == (True, True)


@pytest.mark.parametrize("status", [Status.NEW, Status.CLAIMED, Status.DISMISSED])
def test_a_deleted_post_has_no_words_and_no_button_that_opens_it(status: Status) -> None:
    gone = a_post(text="secret").emptied()
    drawn = drawing(a_card(a_case(status=status, dismiss_reason="spam"), gone))

    assert "Deleted by its author" in drawn.text
    assert ("secret" in drawn.text, "open" in actions(drawn)) == (False, False)


def test_a_post_that_went_with_its_account_is_not_called_deleted_by_its_author() -> None:
    author = replace(CUSTOMER, standing=Standing.GONE)

    assert (
        "Gone, along with its author's account"
        in drawing(a_card(None, a_post().emptied(), author=author)).text
    )


def test_a_hidden_post_keeps_its_words_and_says_so() -> None:
    text = drawing(a_card(None, a_post(absence=Absence.HIDDEN))).text

    assert ("where is my parcel?" in text, "No longer visible to us" in text) == (True, True)


@pytest.mark.parametrize(
    ("quotes", "words"),
    [
        (None, "Quotes a post I could not look up yet"),
        (Quoted(PostId("1"), "piet", "closed on Mondays"), "Quotes @piet: closed on Mondays"),
        (Quoted(PostId("1"), "", "", absence=Absence.DELETED), "Quotes a post that no longer exists"),
        (Quoted(PostId("1"), "", "", absence=Absence.HIDDEN), "Quotes a post that is not visible to us"),
    ],
)
def test_a_quoted_post_is_shown_on_the_card_and_with_a_later_post(quotes: Quoted | None, words: str) -> None:
    post = a_post(quotes_id=PostId("1"), quotes=quotes)

    assert words in drawing(a_card(None, post)).text
    assert words in drawing(PostPicture(post, CUSTOMER, "x")).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("absence", [None, *Absence])
@pytest.mark.parametrize("standing", Standing)
def test_every_absence_can_be_drawn(language: str, absence: Absence | None, standing: Standing) -> None:
    quoted = Quoted(PostId("1"), "", "", absence=absence)
    post = a_post(absence=absence, parent_id=PostId("1"), quoted=quoted)
    for author in (replace(CUSTOMER, standing=standing), Author("x", CUSTOMER.id, standing=standing)):
        assert drawing(a_card(None, post, author=author), language).text
