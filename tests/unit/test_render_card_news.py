"""What a card says of a private way that may reach nobody, and of the customer's newest words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.cases.model import AgentId, Status
from bot.cases.posts import Surface
from tests.unit.drawing import a_card, a_case, a_post, buttons, drawing


def test_where_only_trying_tells_whether_private_reaches_anybody_it_is_not_promised() -> None:
    private = a_card(a_case(mode=Surface.PRIVATE), private_known=False)

    assert "🔒 Replies go privately to @jansen, if X lets them through" in drawing(private).text
    assert "als X ze doorlaat" in drawing(private, "nl").text


def test_a_card_shows_the_newest_words_that_wait_beside_the_first() -> None:
    newest = a_post(text="It is " + "still not there. " * 40)
    shown = drawing(a_card(newest=newest, later=1))

    assert "@brand where is my parcel?" in shown.text
    assert "The customer wrote after that:\nIt is still not there." in shown.text
    assert len(shown.text) < 800
    assert (
        "🔒 De klant schreef daarna, privé:"
        in drawing(a_card(newest=a_post(surface=Surface.PRIVATE)), "nl").text
    )


@pytest.mark.parametrize(
    ("ways", "labels"),
    [
        ({}, ["Invite to write privately", "Reply in public"]),
        ({"may_invite": False}, ["Reply in public"]),
        ({"public_way": False}, []),
        ({"private_way": True}, ["Switch to public"]),
    ],
)
def test_a_private_card_that_reaches_nobody_offers_what_does(ways: dict[str, Any], labels: list[str]) -> None:
    case = a_case(status=Status.CLAIMED, assignee=AgentId("U1"), mode=Surface.PRIVATE)
    picture = replace(a_card(case, private_way=False), **ways)
    shown = drawing(picture)

    assert [button["text"]["text"] for button in buttons(shown)][2:] == labels
